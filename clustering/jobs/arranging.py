"""Turn a document structure made elsewhere into a run, which can be compared, previewed, applied, and undone."""

from __future__ import annotations

from collections.abc import Sequence

from clustering.engine.records import Drafted, GroupDraft, Proposal, ProposedGroup
from clustering.jobs.stages import runs
from clustering.models import Collection, Run, User
from clustering.sources.arrangements import Arranged, NoArrangement
from clustering.wording import say, say_n

METHOD = "arrangement"
NAMED = 5
"""Unknown pages that the refusal names."""


def identifiers_of(collection: Collection) -> frozenset[str]:
    """Return the identifiers of the pages, for a file that gives them several names."""
    return frozenset(collection.pages.values_list("identifier", flat=True))


def keep_arrangement(
    collection: Collection, arranged: Sequence[Arranged], *, source: str, actor: User | None = None
) -> Run:
    """Return a run with these groups; pages that aren't named become groups of one. Nothing on the desk changes.

    Titles become drafts, to be accepted by a person. Raises NoArrangement for pages that the collection doesn't have.
    """
    pages = list(collection.pages.in_scan_order().only("identifier"))
    index_of = {page.identifier: at for at, page in enumerate(pages)}
    unknown = [name for document in arranged for name in document.identifiers if name not in index_of]
    if unknown:
        some = ", ".join(unknown[:NAMED])
        more = len(unknown) - NAMED
        names = say("%(names)s and %(more)s more", names=some, more=more) if more > 0 else some
        raise NoArrangement(
            say(
                "%(source)s names pages that %(title)s does not have: %(names)s. Import them first, "
                "or choose another collection.",
                source=source,
                title=collection.title,
                names=names,
            )
        )
    groups = []
    for document in arranged:
        draft = GroupDraft(title=Drafted(document.title, 1.0, source, given=True)) if document.title else None
        groups.append(
            ProposedGroup(tuple(index_of[name] for name in document.identifiers), draft=draft or GroupDraft())
        )
    named = {at for group in groups for at in group.pages}
    groups += [ProposedGroup((at,), draft=GroupDraft()) for at in range(len(pages)) if at not in named]
    left = len(pages) - len(named)
    unnamed = say_n(
        "%(count)s page is not named in %(source)s.",
        "%(count)s pages are not named in %(source)s.",
        left,
        source=source,
    )
    proposal = Proposal(
        groups=tuple(sorted(groups, key=lambda group: min(group.pages))),
        settings={"source": source},
        warnings=(unnamed,) if left else (),
    )
    return runs.keep(runs.Computed(collection, pages, proposal, METHOD, "", 0.0), job=None, actor=actor)
