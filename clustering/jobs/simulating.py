"""Simulate a whole review: the real queue and the real acts, with answers from the truth.

Everything happens in a copy of the collection, in a transaction that is rolled back: nobody sees it, and nothing of the
real desk is locked or changed.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from uuid import uuid4

from django.db import transaction

from clustering.actions.accept import LOWEST, BulkConsent, accept_many, acceptable
from clustering.actions.answer import answer_seam
from clustering.actions.confirm import confirm_groups
from clustering.actions.merge import merge_groups
from clustering.actions.move import move_pages
from clustering.actions.publish import publish_run
from clustering.actions.split import split_group
from clustering.engine.effort import LOOK, MERGE, MOVE, SPLIT
from clustering.engine.family import Family
from clustering.engine.proposing import propose
from clustering.engine.records import Constraints, PageRecord, Proposal, ProposedGroup
from clustering.engine.seaming import SeamStream
from clustering.jobs.records import page_records
from clustering.jobs.stages import runs
from clustering.jobs.truths import Truth, WrongTruth, fit
from clustering.models import Answer, Collection, Group, LiveScore, Page, Run
from clustering.selectors.ground_truth import constraints_for
from clustering.selectors.queue import open_seams

STRATEGIES = ("by_hand", "dbscan", "scan_order", "queue", "queue+learning")
LEARN_EVERY = 5
"""Answers after which a new run is proposed."""
DONE_BELOW = 0.5
"""Expected errors left at which a person would stop."""
_SECONDS = {"split": SPLIT, "merge": MERGE, "move": MOVE}
"""Seconds of each act; all others take as long as a look."""


@dataclass(frozen=True, slots=True)
class Step:
    """State of the work after an act."""

    acts: int
    seconds: float
    wrong: int
    """Seams at which the desk differs from the truth."""
    expected: float
    """The value of `wrong` that the model expects for undecided seams, which a person sees."""


@dataclass(slots=True)
class Played:
    """One strategy from its first look to the end."""

    name: str
    pages: int
    counts: Counter[str] = field(default_factory=Counter)
    steps: list[Step] = field(default_factory=list)
    mistakes: int = 0
    """Wrong answers."""
    wrong_first: int = 0
    """Seams at which the first proposal differs from the truth."""
    wrong_left: int = 0

    @property
    def acts(self) -> int:
        """Looks, corrections, confirmations, and bulk confirmations, each one act."""
        return sum(self.counts.values())

    def seconds(self) -> float:
        """Modeled: a bulk confirmation, or confirming many, costs as much as a look."""
        return sum(count * _SECONDS.get(kind, LOOK) for kind, count in self.counts.items())

    def per_100(self) -> float:
        """Acts per 100 pages."""
        return 100 * self.acts / self.pages

    def stopped(self) -> Step | None:
        """Return the first moment at which a person would stop, expecting less than half an error."""
        return next((step for step in self.steps if step.expected < DONE_BELOW), None)


def simulate(
    collection: Collection,
    truth: Truth,
    *,
    encoder: str,
    strategies: Sequence[str] = STRATEGIES,
    family: Family | None = None,
    wrong: float = 0.0,
    seed: int = 0,
) -> list[Played]:
    """Simulate each strategy from its first proposal until the desk matches the truth.

    `truth` has the mark of every page. The model starts with `family`, by default the shipped
    one; people's decisions in the real collection aren't used. `wrong` of the answers in the queue are inverted; the
    end is then reached when everything else is right. Raises WrongTruth if pages lack a mark.
    """
    pages, records = page_records(collection, encoder=encoder)
    marked = fit(truth, pages).marks
    missing = [page.identifier for page in pages if page.identifier not in marked]
    if missing or len(pages) < 2:
        first = f", {missing[0]} first" if missing else ""
        raise WrongTruth(
            f"{truth.shown} lacks the mark of {len(missing)} of {len(pages)} pages{first}. A simulation needs the mark "
            "of every page under its identifier, and two pages at least. Add the missing rows."
        )
    marks = [marked[page.identifier] for page in pages]
    stream = SeamStream(records, family=family)
    played = []
    for name in strategies:
        with _copy_of(collection, pages) as copy:
            chance = random.Random(seed)
            one = _Play(copy, records, marks, stream, Played(name, len(pages)), wrong, chance)
            one.run(name)
            played.append(one.played)
    return played


@contextmanager
def _copy_of(collection: Collection, pages: Sequence[Page]) -> Iterator[Collection]:
    """Yield the same pages in a temporary collection."""
    with transaction.atomic():
        copy = Collection.objects.create(slug=f"simulated-{uuid4().hex[:12]}", title=collection.title)
        names = ("position", "identifier", "filename", "sha256", "size_bytes", "media_type", "width", "height")
        Page.objects.bulk_create(
            [Page(collection=copy, **{name: getattr(page, name) for name in names}) for page in pages], batch_size=2000
        )
        yield copy
        transaction.set_rollback(True)


class _Play:
    """Simulate one strategy on one copy."""

    def __init__(
        self,
        copy: Collection,
        records: Sequence[PageRecord],
        marks: Sequence[str],
        stream: SeamStream,
        played: Played,
        wrong: float,
        chance: random.Random,
    ) -> None:
        self.copy = copy
        self.records = records
        self.marks = marks
        self.stream = stream
        self.played = played
        self.wrong = wrong
        self.chance = chance
        self.pages = list(copy.pages.in_scan_order())
        self.place = {page.pk: at for at, page in enumerate(self.pages)}
        self.at_position = {page.position: at for at, page in enumerate(self.pages)}
        self.slipped: set[int] = set()
        self.marginals: dict[int, float] = {}

    def run(self, name: str) -> None:
        """Simulate it to the end."""
        if name == "by_hand":
            self._publish(Proposal(groups=(ProposedGroup(tuple(range(len(self.pages)))),)), "by hand")
            self._documents()
        elif name == "dbscan":
            self._publish(propose("dbscan", self.records), "dbscan")
            self._documents()
        else:
            self._propose(learn=False)
            self.played.wrong_first = len(self._differing())
            self._seams(in_order=name == "scan_order", learn=name == "queue+learning")
        self._confirm_rest()
        self.played.wrong_left = len(self._differing())

    # --- Document by document, where no seam has a probability ---------------------------------------------------
    def _documents(self) -> None:
        """Look at every seam in scan order, and correct each document, with a single act if possible."""
        for document in self._true_documents():
            self.played.counts["look"] += len(document) - (document[-1] == len(self.pages) - 1)
            self._make(document)
            self._step()

    def _true_documents(self) -> list[list[int]]:
        """Return the indices of the pages of each document; at a "?", as on the desk."""
        group = self._groups()
        starts = [0]
        for at in range(1, len(self.pages)):
            mark = self.marks[at]
            if mark == "1" or (mark == "?" and group[at] != group[at - 1]):
                starts.append(at)
        return [list(range(a, b)) for a, b in pairwise([*starts, len(self.pages)])]

    def _make(self, document: list[int]) -> None:
        """Make these pages one group: by nothing, a merge, a split, or a move."""
        pages = {self.pages[at].pk for at in document}
        where = dict(Page.objects.filter(pk__in=pages).values_list("pk", "group_id"))
        homes: dict[int, set[int]] = {pk: set() for pk in where.values() if pk is not None}
        for page, home in Page.objects.filter(group__in=list(homes)).values_list("pk", "group"):
            homes[home].add(page)
        if list(homes.values()) == [pages]:
            return
        if set().union(*homes.values()) == pages:
            merge_groups(Group.objects.filter(pk__in=list(homes)), actor=None)
            self.played.counts["merge"] += 1
        elif len(homes) == 1 and self._heads(document, next(iter(homes.values()))):
            split_group(Group.objects.get(pk=next(iter(homes))), before=self.pages[document[-1] + 1], actor=None)
            self.played.counts["split"] += 1
        else:
            move_pages([self.pages[at] for at in document], to=None, actor=None)
            self.played.counts["move"] += 1

    def _heads(self, document: list[int], home: set[int]) -> bool:
        """Whether these are the first pages of a group that continues right after them."""
        places = sorted(self.place[page] for page in home)
        return places[: len(document)] == document and places[len(document)] == document[-1] + 1

    # --- Seam by seam ---------------------------------------------------------------------------------------------
    def _seams(self, *, in_order: bool, learn: bool) -> None:
        """Look at seams until the desk is right, always at the first of the queue."""
        answers = 0
        while self._differing() - self.slipped:
            seam = self._next(in_order=in_order)
            if seam is None:
                return
            self.played.counts["look"] += 1
            corrected = self._answer(seam)
            answers += 1
            if learn and (corrected or answers % LEARN_EVERY == 0):
                self._propose(learn=True)
            self._step()

    def _next(self, *, in_order: bool) -> int | None:
        run = Run.objects.filter(collection=self.copy).latest("pk")
        seams = open_seams(self.copy, run, least=0)
        if not seams:
            return None
        chosen = min(seams, key=lambda seam: seam.left) if in_order else seams[0]
        return self.at_position[chosen.left]

    def _answer(self, seam: int) -> bool:
        """Answer from the truth, or wrongly by mistake; return whether the desk changed."""
        group = self._groups()
        joined = group[seam] == group[seam + 1]
        mark = self.marks[seam + 1]
        boundary = (not joined) if mark == "?" else mark == "1"
        if self.wrong and mark != "?" and self.chance.random() < self.wrong:
            boundary = not boundary
            self.slipped.add(seam)
            self.played.mistakes += 1
        verdict = Answer.Verdict.DIFFERENT if boundary else Answer.Verdict.SAME
        answer_seam(self.pages[seam], verdict=verdict, right=self.pages[seam + 1], actor=None)
        if boundary == joined:
            self.played.counts["split" if boundary else "merge"] += 1
        return boundary == joined

    def _propose(self, *, learn: bool) -> None:
        constraints = constraints_for(self.copy, [page.pk for page in self.pages]) if learn else Constraints()
        settings = {"learn": True, "caution": 0.0, "explain": False}
        self._publish(self.stream.propose(settings, constraints), "seams")

    def _publish(self, proposal: Proposal, method: str) -> None:
        kept = runs.Computed(self.copy, self.pages, proposal, method, "", 0.0)
        publish_run(runs.keep(kept, job=None, actor=None), actor=None)
        self.marginals = {seam.index: seam.probability for seam in proposal.seams}

    # --- The end ---------------------------------------------------------------------------------------------------
    def _confirm_rest(self) -> None:
        """Confirm in bulk what nobody touched, then confirm all the rest at once."""
        self.copy.refresh_from_db()
        sure = acceptable(self.copy, threshold=LOWEST).count()
        if sure:
            accept_many(self.copy, BulkConsent(LOWEST, sure, self.copy.version), actor=None)
            self.played.counts["accept"] += 1
        rest = Group.objects.filter(collection=self.copy).exclude(state=Group.State.CONFIRMED)
        if rest.exists():
            confirm_groups(rest, actor=None)
            self.played.counts["confirm"] += 1
        self._step()

    def _step(self) -> None:
        group = self._groups()
        answered = set(Answer.objects.filter(collection=self.copy).values_list("first__position", flat=True))
        live = LiveScore.objects.filter(run__collection=self.copy).order_by("run")
        probabilities = {self.at_position[at]: p for at, p in live.values_list("page__position", "probability")}
        expected = sum(
            p if group[seam] == group[seam + 1] else 1 - p
            for seam, p in {**self.marginals, **probabilities}.items()
            if self.pages[seam].position not in answered
        )
        self.played.steps.append(
            Step(self.played.acts, self.played.seconds(), len(self._differing()), round(expected, 4))
        )

    def _groups(self) -> list[int | None]:
        """Return the group of each page, in scan order."""
        return list(Page.objects.filter(collection=self.copy).order_by("position").values_list("group_id", flat=True))

    def _differing(self) -> set[int]:
        """Count the seams at which the desk differs from the truth, and those inside groups with gaps."""
        group = self._groups()
        last = {g: at for at, g in enumerate(group)}
        wrong = set()
        for seam, (one, other) in enumerate(pairwise(group)):
            mark = self.marks[seam + 1]
            if ((one == other) == (mark == "1") and mark != "?") or (one != other and last[one] > seam):
                wrong.add(seam)
        return wrong
