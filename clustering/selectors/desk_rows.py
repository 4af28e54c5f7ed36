"""What the desk in the browser is told: groups and pages in short rows, because there may be 50,000 of them, and what
changed since a version, as the browser lays it over what it knows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast, get_type_hints

from django.db import connection
from django.db.models import Count, F, Func, JSONField, Q, QuerySet, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, JSONObject, Left, NullIf
from django.utils import timezone

from clustering.access import Anyone, hidden_in, open_findings, shown_groups, shown_pages
from clustering.models import ROTATION, VERBS, Answer, Collection, Edit, Group, Page
from clustering.models.collection import DraftTerms
from clustering.redecode.live import moved_since
from clustering.selectors.desk_shapes import Changes, GroupRow, Packed, PageRow, RecentAct, Restricted, Span
from clustering.wording import Among, array_of, percent, translated

MOST_EDITS = 200
MOST_GROUPS = 1500
"""Beyond these the browser asks for the whole index: one request of known cost instead of many rows of changes."""
MOST_DOUBTS = 20_000
"""Some 200 KB, still less than the whole index of a collection with this many pages."""
MOST_ACTS_TOLD = 5

_LINE_LETTERS = 90
_TEXT_LETTERS = 400
"""Characters among which the first meaningful line is."""


def spans_of(pages: QuerySet[Page]) -> dict[int, list[Span]]:
    """Return the pages of each group, by id, as ranges in reading order. Unassigned pages must be left out.

    One query.
    """
    spans: dict[int, list[Span]] = {}
    for group, position in pages.order_by("group_id", "group_order").values_list("group_id", "position"):
        span = spans.get(group)
        if span is None:
            spans[group] = [[position, position]]
        elif span[-1][1] == position - 1:
            span[-1][1] = position
        else:
            span.append([position, position])
    return spans


def packed(kind: type, rows: Iterable[Mapping[str, Any]]) -> Packed:
    """Return these rows, of the type `kind`, in short."""
    columns = list(get_type_hints(kind))
    return {"columns": columns, "rows": [[row[column] for column in columns] for row in rows]}


def group_rows(collection: Collection, ids: Iterable[int] | None = None) -> list[GroupRow]:
    """All groups (or those asked for) by first page. Four queries."""
    return [cast("GroupRow", dict(zip(_AT, row, strict=True))) for row in _group_rows(collection, ids)]


def packed_groups(collection: Collection) -> Packed:
    """Return all groups in short."""
    return {"columns": list(_AT), "rows": list(_group_rows(collection))}


def _group_rows(collection: Collection, ids: Iterable[int] | None = None) -> Iterator[list[Any]]:
    """Yield the values of a `GroupRow` in its order, as the database gives them: there may be ten thousand of them."""
    wanted = shown_groups(collection)
    placed = shown_pages(collection).filter(group__isnull=False)
    personal = open_findings(collection).filter(page__group__isnull=False)
    hidden = set(hidden_in(collection).values_list("group", flat=True))
    if ids is None:  # most groups are one stretch of the scan order, which their own row tells
        scattered = placed.exclude(position=F("group__first_position") + F("group_order") - 1).values("group")
        placed = placed.filter(Q(group__in=scattered) | Q(group__in=hidden))
    else:
        some = list(ids)
        wanted, placed = wanted.filter(Among("pk", some)), placed.filter(Among("group", some))
        personal = personal.filter(Among("page__group", some))
    counts: dict[int, int] = dict(personal.order_by().values_list("page__group").annotate(Count("pk")))
    spans = spans_of(placed)
    for values in wanted.order_by("first_position").values_list(*(_FROM.get(name, name) for name in _AT)):
        row = list(values)
        pk, first, pages = row[0], row[_SPANS], row[_PERSONAL]
        row[_SPANS] = spans.get(pk) or [[first, first + pages - 1]]
        row[_PERSONAL] = counts.get(pk, 0)
        row[_CONFIDENCE] = None if row[_CONFIDENCE] is None else percent(row[_CONFIDENCE])
        row[_DETAILS], row[_UNSURE] = row[_DETAILS] or {}, row[_UNSURE] or []
        yield _without_drafts(row) if pk in hidden else row


def _without_drafts(row: list[Any]) -> list[Any]:
    """As `Group.leave_out_drafts`."""
    unsaid = ("draft_title", "draft_kind", "draft_date", *row[_AT["accepted"]])
    none: dict[str, list[str]] = {"accepted": [], "unsure": []}
    return ["" if name in unsaid else none.get(name, row[at]) for name, at in _AT.items()]


def _draft(name: str) -> Coalesce:
    return Coalesce(KeyTextTransform("value", KeyTextTransform(name, "draft")), Value("", TextField()))


def _unsure() -> NullIf:
    """Return the fields whose drafts are below the collection's least confidence, as `DraftTerms.takes` rounds it."""
    stored = KeyTransform("least", KeyTransform("drafts", "collection__settings"))
    unsure = Func(
        F("draft"),
        JSONObject(least=Coalesce(stored, Value(DraftTerms().least, JSONField()))),
        template="jsonb_path_query_array(%(expressions)s, true)",
        arg_joiner=", '$.keyvalue() ? (@.value.confidence < ($least - 0.5) / 100).key', ",
        output_field=JSONField(),
    )
    return NullIf(unsure, Value([], JSONField()))


_AT = {name: at for at, name in enumerate(get_type_hints(GroupRow))}
_SPANS, _PERSONAL, _CONFIDENCE, _DETAILS, _UNSURE = (
    _AT[name] for name in ("spans", "personal", "confidence", "details", "unsure")
)
_FROM: dict[str, Any] = {
    "id": "pk",
    "spans": "first_position",
    "personal": "page_count",
    "draft_title": _draft("title"),
    "draft_kind": _draft("kind"),
    "draft_date": _draft("date"),
    "copy_of": Coalesce("copy_of", 0),
    "accepted": "accepted_drafts",
    "unsure": _unsure(),
    # Few documents have details, and to read "nothing" from JSON thousands of times takes a quarter of the time.
    "details": NullIf("details", Value({}, JSONField())),
}
"""Sources of the columns of `GroupRow` that aren't the field of the same name."""


def page_rows(collection: Collection, *, at: Sequence[int]) -> list[PageRow]:
    """Pages at these positions, a range of them or single ones. One query."""
    rows = (
        shown_pages(collection)
        .filter(**_positions(at))
        .annotate(start=Left("reading__text", _TEXT_LETTERS), shown=ROTATION)
        .order_by("position")
        .values_list(
            "position",
            "pk",
            "identifier",
            "sha256",
            "width",
            "height",
            "role",
            "start",
            "shown",
            "placeholder",
            *_RESTRICTED,
        )
    )
    return [
        {
            "position": position,
            "id": pk,
            "identifier": name,
            "digest": sha[:16],
            "width": width,
            "height": height,
            "role": role,
            "line": "" if (restricted := restriction_shown(restriction)) else first_line(text or ""),
            "rotation": rotation,
            "restricted": restricted,
            "placeholder": "" if restricted else blurred,
        }
        for position, pk, name, sha, width, height, role, text, rotation, blurred, *restriction in rows
    ]


_RESTRICTED = ("restricted", "restricted_reason", "restricted_until")


def restriction_shown(columns: Sequence[Any]) -> Restricted | None:
    """Return these columns of a page, with None if it isn't restricted today."""
    restricted, reason, until = columns
    if not restricted or (until is not None and until < timezone.localdate()):
        return None
    return reason, until.isoformat() if until else None


def _positions(at: Sequence[int]) -> dict[str, Any]:
    if isinstance(at, range):
        return {"position__gte": at.start, "position__lt": at.stop}
    return {"position__in": list(at)}


def first_line(text: str) -> str:
    """Return the first line that says something: three letters at least, and more letters than other signs."""
    for line in text.splitlines():
        letters = sum(sign.isalpha() for sign in line)
        if letters >= 3 and 2 * letters > len("".join(line.split())):
            return " ".join(line.split())[:_LINE_LETTERS]
    return ""


def confidence_words(percent: float | None) -> str:
    """Return a confidence in the words the desk uses; the browser has the same steps from LEVELS."""
    if percent is None:
        return ""
    return next(word for floor, word in LEVELS if percent >= floor)


LEVELS: tuple[tuple[int, str], ...] = ((95, "High"), (80, "Medium"), (0, "Low"))
"""From how many percent on a confidence is called what."""


# --- What changed since a version ------------------------------------------------------------------------------------
def changes(
    collection: Collection, since: int, *, me: Anyone, also: Iterable[int] = (), edit: Edit | None = None
) -> Changes:
    """Return the groups touched after `since` as they stand now, those of `also` with them, and the seams whose
    probability moved since, with the confidence of the groups beside them. `edit` is the act that is answered: one that
    came right after `since` is all there is to tell.
    """
    edits = [edit] if edit is not None and edit.sequence == since + 1 else _edits_after(collection, since)
    # Every edit raises the version by one, and `collection` may have been read before the newest of them.
    news: Changes = {
        "version": max([collection.version, *(one.sequence for one in edits)]),
        "reload": True,
        "closed": collection.closed is not None,
        "groups": [],
        "removed": [],
        "answered": [],
        "doubts": [],
        "drafting": drafting(collection),
        "redrafted": collection.redrafted,
        "sure": [],
        "roles": [],
        "rotations": [],
        "restricted": [],
        "acts": [] if hidden_in(collection).exists() else _recent_acts(edits, me),
    }
    if edit is not None:
        pages = Page.objects.filter(Among("pk", edit.pages)).order_by("position")
        focus = pages.values_list("position", flat=True).first()
        news["edit"] = {"id": edit.pk, "sequence": edit.sequence, "summary": _sentence(edit)}
        news |= {"message": _sentence(edit), "focus": focus}
    touched = {pk for one in edits for pk in one.groups} | set(also) | set(edit.groups if edit else ())
    doubts, beside = _doubts(collection, since) if edits else ([], set())
    moved = any(VERBS[one.verb].renumbers for one in edits)
    if collection.hides_restricted:  # pages come and go for this person
        moved = moved or any(VERBS[(one.undoes or one.redoes or one).verb].restricts for one in edits)
        hidden = set(hidden_in(collection).values_list("position", flat=True))
        doubts = [(at, chance) for at, chance in doubts if at not in hidden and at + 1 not in hidden]
    if moved or len(edits) > MOST_EDITS or len(touched) > MOST_GROUPS or len(doubts) > MOST_DOUBTS:
        return news
    groups = group_rows(collection, touched) if touched else []
    there = {row["id"] for row in groups}
    rotated = _touched(collection, edits, "rotates").annotate(shown=ROTATION)
    restricted = _touched(collection, edits, "restricts").values_list("position", *_RESTRICTED)
    return news | {
        "reload": False,
        "groups": groups,
        "removed": sorted(touched - there),
        "answered": _answered(collection, there),
        "doubts": doubts,
        "roles": list(_touched(collection, edits, "marks").values_list("position", "role")),
        "rotations": list(rotated.values_list("position", "shown")),
        "restricted": [(at, restriction_shown(restriction)) for at, *restriction in restricted],
        "sure": _sure(beside - there),
    }


def _edits_after(collection: Collection, since: int) -> list[Edit]:
    """Return the edits of a collection since a version, without what they changed; at most one more than is told."""
    after = Edit.objects.filter(collection=collection, sequence__gt=since).select_related("actor", "undoes", "redoes")
    return list(after.order_by("sequence").defer("before", "after")[: MOST_EDITS + 1])


def drafting(collection: Collection) -> int:
    """How many groups wait for a new draft."""
    return collection.groups.filter(awaits_draft=True).count()


def _answered(collection: Collection, groups: set[int]) -> list[int]:
    """Left positions of answered seams whose left page is in one of these groups."""
    if not groups:
        return []
    hidden = hidden_in(collection)
    answers = Answer.objects.filter(Among("first__group", groups), collection=collection).order_by()
    shown = answers.exclude(first__in=hidden).exclude(second__in=hidden)
    return sorted(shown.values_list("first__position", flat=True))


def _doubts(collection: Collection, since: int) -> tuple[list[tuple[int, int]], set[int]]:
    """[left position, percent] of the seams whose probability moved after a version; and the groups on both sides of
    them, whose confidence may have moved as well."""
    moved = moved_since(collection, since, most=MOST_DOUBTS + 1)
    beside = {group for seam in moved for group in (seam.group, seam.group_after) if group is not None}
    return [(seam.position, percent(seam.probability)) for seam in moved], beside


def _sure(groups: set[int]) -> list[tuple[int, int]]:
    """[id, percent] of these groups, where they have a confidence."""
    if not groups:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SURE, [array_of(groups)])
        return [(pk, percent(confidence)) for pk, confidence in cursor.fetchall()]


_SURE = f'SELECT id, confidence FROM "{Group._meta.db_table}" WHERE id = ANY(%s::bigint[]) AND confidence IS NOT NULL'
"""Written out: it may name thousands."""


def _touched(collection: Collection, edits: list[Edit], what: str) -> QuerySet[Page]:
    """Return the pages of acts whose verb does this, and of acts that took such back."""
    pages: set[int] = set()
    for edit in edits:
        act = edit.undoes or edit.redoes or edit
        if getattr(VERBS[act.verb], what):
            pages.update(edit.pages or act.pages)
    return shown_pages(collection).filter(Among("pk", pages)).order_by("position") if pages else Page.objects.none()


def _sentence(edit: Edit) -> str:
    """As `Edit.sentence`, written out: fewer modules to read for an act."""
    return translated(edit.message or edit.summary)


def _recent_acts(edits: list[Edit], me: Anyone) -> list[RecentAct]:
    return [
        {
            "who": edit.actor.get_username() if edit.actor else "hhreview",
            "summary": _sentence(edit),
            "mine": edit.actor_id == me.pk,
        }
        for edit in edits[-MOST_ACTS_TOLD:]
    ]
