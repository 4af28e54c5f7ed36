"""The method "seams": evidence, the collection's model, decoder, confidence, order and strays, joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine.anchors import JOINT, anchors_of
from clustering.engine.collection_model import CollectionModel
from clustering.engine.collection_prior import foreignness, prior_for
from clustering.engine.evidence import Evidence, Known, Sheets, gather
from clustering.engine.evidence.numbering import PageNumber
from clustering.engine.evidence.reading_order import reading_order
from clustering.engine.evidence.strays import find_strays
from clustering.engine.family import Family, shipped_family
from clustering.engine.labeled import decided_stream
from clustering.engine.learning import decisions
from clustering.engine.records import (
    STRANGE,
    Constraints,
    Features,
    PageRecord,
    Proposal,
    ProposedGroup,
    Report,
    ScoredSeam,
    SeamFact,
    Weighing,
)
from clustering.engine.segmentation import Cut, Decoded, cut_out, decode_seams
from clustering.engine.streaming import Lazy

Floats = npt.NDArray[np.float64]

WORTH_SAYING = 0.05
"""Log-odds from which a fact is shown."""
FEWEST_PAGES = 30
"""Pages up to which a collection may look strange by chance."""
BEGIN_ELSEWHERE = "Elsewhere in this collection, pages like these seem to begin a new document."
CONTINUE_ELSEWHERE = "Elsewhere in this collection, pages like these seem to continue a document."
RARELY_ALONE = "A new document here may leave a page by itself, which is rare."
UNEXPECTED = "The answer to a page break next to this one was unexpected."


class SeamStream:
    """A stream of pages that is proposed again and again: its evidence is gathered once, deciding takes milliseconds.

    Evidence is kept for the pages that are left when groups with gaps are cut out, and gathered again when others are.
    """

    def __init__(
        self, pages: Sequence[PageRecord], *, family: Family | None = None, known: Known | None = None
    ) -> None:
        """`family` is what the collection's model begins with; the shipped one where None. `known` is what was computed
        before, on the terms of the pages for which evidence is gathered first."""
        self.pages = pages
        self.family = family or shipped_family()
        self._known = known
        self._kept: tuple[int, ...] | None = None
        self._gathered: tuple[Sheets, Evidence] | None = None

    def gathered(self, kept: tuple[int, ...]) -> tuple[Sheets, Evidence]:
        """Return these pages (indices, ascending) as sheets, and the evidence at the seams between them; then kept."""
        if self._gathered is None or self._kept != kept:
            pages = self._pages(kept)
            sheets = Sheets.of(pages, self._known if self._kept is None else None)
            self._gathered, self._kept = (sheets, gather(pages, sheets)), kept
        return self._gathered

    def _pages(self, kept: tuple[int, ...]) -> Sequence[PageRecord]:
        return self.pages if len(kept) == len(self.pages) else Lazy(len(kept), lambda at: self.pages[kept[at]])

    def propose(self, settings: Mapping[str, Any], constraints: Constraints, report: Report | None = None) -> Proposal:
        """Return a whole proposal under these decisions. Linear in the number of pages."""
        total = len(self.pages)
        cut = cut_out(total, constraints.hardened())
        known = cut_out(total, constraints.decided()).constraints
        sheets, evidence = self.gathered(cut.pages)
        if report:
            report(total // 2, total)
        prior = prior_for(self.family, evidence)
        model = CollectionModel(prior, evidence.matrix, evidence.traits)
        model.fit(decisions(decided_stream(evidence, known)) if settings["learn"] else {})
        log_odds = _log_odds(model, cut, settings["caution"])
        decoded = believed = _decoded(log_odds, cut)
        if constraints.held:
            # What a person only moved about is kept, but the machine goes on doubting what they did not look at.
            believed = _decoded(log_odds, replace(cut, constraints=known))
        proposed = _groups(cut, decoded, sheets.numbers, sheets.headlines)
        reward = believed.reward if believed else 0.0
        seams = _scored(cut, total, evidence, model, believed, log_odds + reward, proposed, explain=settings["explain"])
        if report:
            report(total, total)
        features = Features(evidence.names, prior, evidence.matrix, evidence.traits, cut.pages)
        return Proposal(
            groups=tuple(proposed),
            seams=tuple(seams),
            strays=tuple(find_strays(proposed, sheets.numbers, sheets.sizes, cut.pages)),
            warnings=(*evidence.warnings, *self._strange(evidence)),
            settings=dict(settings),
            model=self.family.name,
            weighing=Weighing(anchors_of(seams), float(settings["caution"]) + reward),
            features=features if settings["learn"] else None,
        )

    def _strange(self, evidence: Evidence) -> tuple[str, ...]:
        """Return a warning where the collection is unlike anything in the training, and not by chance."""
        return (STRANGE,) if evidence.pages > FEWEST_PAGES and foreignness(self.family, evidence) > 1 else ()


def _log_odds(model: CollectionModel, cut: Cut, caution: float) -> Floats:
    """Log-odds at the seams of the pages that are left."""
    if not cut.pages:
        return np.zeros(0)
    log_odds = model.log_odds + caution
    log_odds[list(cut.joints)] += JOINT
    return log_odds


def _decoded(log_odds: Floats, cut: Cut) -> Decoded | None:
    """Return the remaining pages decoded; None where none is left."""
    return decode_seams(log_odds, cut.constraints) if cut.pages else None


def _groups(
    cut: Cut,
    decoded: Decoded | None,
    numbers: Sequence[tuple[PageNumber, ...]],
    headlines: Sequence[float],
) -> list[ProposedGroup]:
    """All groups by their first page, fixed ones in the order that people gave them."""
    groups, certainty = (decoded.groups, decoded.confidence) if decoded else ([], np.zeros(0))
    fixed = {frozenset(pages) for pages in cut.constraints.fixed}
    out = []
    for group, whole, probability in zip(groups, cut.restore(groups), certainty, strict=True):
        reason = ""
        if frozenset(group) not in fixed:
            order, reason = reading_order(tuple(group), numbers, headlines)
            whole = tuple(cut.pages[page] for page in order)
        out.append(ProposedGroup(whole, float(np.clip(probability, 0.0, 1.0)), order_reason=reason))
    out += [ProposedGroup(tuple(pages), 1.0) for pages in cut.removed]
    return sorted(out, key=lambda group: min(group.pages))


def _scored(
    cut: Cut,
    n: int,
    evidence: Evidence,
    model: CollectionModel,
    decoded: Decoded | None,
    log_odds: Floats,
    groups: Sequence[ProposedGroup],
    *,
    explain: bool,
) -> list[ScoredSeam]:
    """Every seam of the whole stream with its probability and its facts, strongest first."""
    owner = np.zeros(n, dtype=int)
    for number, group in enumerate(groups):
        owner[list(group.pages)] = number
    probability = cut.restore_seams(decoded.seams if decoded else np.zeros(0))
    seam_of = {page: seam for seam, page in enumerate(cut.pages)}
    explained = _Explainer(evidence, model) if explain and len(log_odds) else None
    out = []
    for i in range(n - 1):
        seam = seam_of.get(i)
        known = seam is not None and seam_of.get(i + 1) == seam + 1
        facts = explained.facts(seam) if explained and known and seam is not None else ()
        alone = float(log_odds[seam]) if known and seam is not None else None
        chance = float(np.clip(probability[i], 0.0, 1.0))
        out.append(ScoredSeam(i, chance, bool(owner[i] != owner[i + 1]), facts, alone))
    return out


class _Explainer:
    """What the model may say of each seam, in words."""

    def __init__(self, evidence: Evidence, model: CollectionModel) -> None:
        self.columns = evidence.columns
        self.matrix = evidence.matrix
        self.shares, self.looks, self.neighbors, self.surprised = model.contributions()

    def facts(self, seam: int) -> tuple[SeamFact, ...]:
        """All that is worth saying, strongest first."""
        shares = self.shares[seam]
        facts = [
            SeamFact(c.family, c.name, round(float(self.matrix[seam, k]), 3), c.say(seam), round(float(shares[k]), 3))
            for k, c in enumerate(self.columns)
            if abs(shares[k]) >= WORTH_SAYING
        ]
        look = float(self.looks[seam])
        learned = (
            ("resembles", BEGIN_ELSEWHERE if look > 0 else CONTINUE_ELSEWHERE, look),
            ("neighbor", RARELY_ALONE, float(self.neighbors[seam])),
            ("surprise", UNEXPECTED, float(self.surprised[seam])),
        )
        facts += [
            SeamFact("example", name, None, sentence, round(share, 3))
            for name, sentence, share in learned
            if abs(share) >= WORTH_SAYING
        ]
        return tuple(sorted(facts, key=lambda fact: -abs(fact.contribution)))
