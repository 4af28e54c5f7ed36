"""The method "seams": evidence, seam model, decoder, confidence, order and strays, joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence import Evidence, gather
from clustering.engine.evidence.numbering import PageNumber, all_numbers
from clustering.engine.evidence.order import headline, reading_order
from clustering.engine.evidence.sizes import compare_sizes
from clustering.engine.evidence.strays import find_strays
from clustering.engine.records import Constraints, PageRecord, Proposal, ProposedGroup, Report, ScoredSeam, SeamFact
from clustering.engine.seams import SeamModel, SeamWeights, shipped_weights
from clustering.engine.segmentation import Cut, LengthPrior, cut_out, decode

Floats = npt.NDArray[np.float64]

WORTH_SAYING = 0.05
"""Log-odds from which a fact is shown."""
LEARNED_STRENGTH = 10.0
"""How strongly a collection's own model is held to the one before, in seams; as the shipped one to the expectations."""


class SeamStream:
    """A stream of pages that is proposed again and again: its evidence is gathered once, deciding takes milliseconds.

    Evidence is kept for the pages that are left when groups with gaps are cut out, and gathered anew when others are.
    """

    def __init__(self, pages: Sequence[PageRecord], *, weights: SeamWeights | None = None) -> None:
        """`weights` are the seam model to begin with; the shipped ones where None."""
        self.pages = pages
        self.weights = weights or shipped_weights()
        self._kept: tuple[int, ...] | None = None
        self._evidence: Evidence | None = None

    def evidence_of(self, kept: tuple[int, ...]) -> Evidence:
        """Evidence at the seams between these pages (indices, ascending). Some 10 ms a page the first time."""
        if self._evidence is None or self._kept != kept:
            self._evidence, self._kept = gather([self.pages[i] for i in kept]), kept
        return self._evidence

    def model(self, evidence: Evidence, constraints: Constraints, *, is_learning: bool) -> SeamModel:
        """The model that decides: the weights as they are, or moved by what people decided about these seams."""
        if is_learning:
            return learn(evidence, constraints, self.weights)
        return SeamModel.from_weights(self.weights, evidence.names)

    def propose(self, settings: Mapping[str, Any], constraints: Constraints, report: Report | None = None) -> Proposal:
        """A whole proposal under these decisions. Linear in the number of pages."""
        total = len(self.pages)
        cut = cut_out(total, constraints.hardened())
        known = cut_out(total, constraints.decided()).constraints
        kept = [self.pages[i] for i in cut.pages]
        evidence = self.evidence_of(cut.pages)
        if report:
            report(total // 2, total)
        model = self.model(evidence, known, is_learning=bool(settings["learn"]))
        numbers = all_numbers(kept)
        groups, marginals, confidence = _decoded(evidence, model, self.weights, cut, settings["caution"])
        if constraints.held:
            # What a person only moved about is kept, but the machine goes on doubting what they did not look at.
            open_cut = replace(cut, constraints=known)
            marginals = _decoded(evidence, model, self.weights, open_cut, settings["caution"])[1]
        proposed = _groups(cut, groups, confidence, numbers, [headline(page) for page in kept])
        seams = _scored(cut, total, evidence, model, marginals, proposed, explain=bool(settings["explain"]))
        if report:
            report(total, total)
        return Proposal(
            groups=tuple(proposed),
            seams=tuple(seams),
            strays=tuple(find_strays(proposed, numbers, compare_sizes(kept), cut.pages)),
            warnings=evidence.warnings,
            settings=dict(settings),
            model=self.weights.name,
        )


def learn(evidence: Evidence, constraints: Constraints, weights: SeamWeights) -> SeamModel:
    """The shipped model, moved by what people decided about seams of this stream."""
    known, truth = decided_seams(evidence.pages, constraints)
    model = SeamModel.from_weights(weights, evidence.names)
    if len(known) == 0:
        return model
    fresh = SeamModel(strength=LEARNED_STRENGTH, signs=[int(s) for s in evidence.signs])
    return fresh.fit(evidence.matrix[known], truth, names=evidence.names, prior=weights)


def decided_seams(n: int, constraints: Constraints) -> tuple[npt.NDArray[np.intp], Floats]:
    """Seams that people decided, and 1 where they said that a document ends."""
    from clustering.engine.segmentation.constraints import hard_seams

    forced, forbidden = hard_seams(n, constraints)
    known = np.flatnonzero(forced | forbidden)
    return known, forced[known].astype(np.float64)


def _decoded(
    evidence: Evidence, model: SeamModel, weights: SeamWeights, cut: Cut, caution: float
) -> tuple[list[range], Floats, Floats]:
    """Groups of the remaining pages, seam marginals and the groups' confidence."""
    if not cut.pages:
        return [], np.zeros(0), np.zeros(0)
    odds = model.decision_function(evidence.matrix) + caution
    odds[list(cut.joints)] += 4.0
    table = (weights.extra or {}).get("lengths")
    lengths = LengthPrior(tuple(table), float((weights.extra or {}).get("tail", 0.0))) if table else None
    found = decode(odds, lengths=lengths, constraints=cut.constraints, temperature=weights.temperature)
    return found.groups, found.seams, found.confidence


def _groups(
    cut: Cut,
    groups: Sequence[range],
    confidence: Floats,
    numbers: Sequence[tuple[PageNumber, ...]],
    headlines: Sequence[float],
) -> list[ProposedGroup]:
    """All groups by their first page, fixed ones in the order that people gave them."""
    fixed = {frozenset(pages) for pages in cut.constraints.fixed}
    out = []
    for group, whole, probability in zip(groups, cut.restore(groups), confidence, strict=True):
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
    model: SeamModel,
    marginals: Floats,
    groups: Sequence[ProposedGroup],
    *,
    explain: bool,
) -> list[ScoredSeam]:
    """Every seam of the whole stream with its probability and its facts, strongest first."""
    owner = np.zeros(n, dtype=int)
    for number, group in enumerate(groups):
        owner[list(group.pages)] = number
    probability = cut.restore_seams(marginals)
    place = {page: seam for seam, page in enumerate(cut.pages)}
    matrix = evidence.matrix
    shares = model.contributions(matrix) if len(matrix) else matrix
    out = []
    for i in range(n - 1):
        facts: tuple[SeamFact, ...] = ()
        seam = place.get(i)
        if explain and seam is not None and place.get(i + 1) == seam + 1:
            facts = _facts(evidence, matrix, shares, seam)
        out.append(ScoredSeam(i, float(np.clip(probability[i], 0.0, 1.0)), bool(owner[i] != owner[i + 1]), facts))
    return out


def _facts(evidence: Evidence, matrix: Floats, shares: Floats, seam: int) -> tuple[SeamFact, ...]:
    order = np.argsort(-np.abs(shares[seam]))
    out = []
    for k in order:
        if abs(shares[seam, k]) < WORTH_SAYING:
            break
        column = evidence.columns[k]
        out.append(
            SeamFact(
                column.family,
                column.name,
                round(float(matrix[seam, k]), 3),
                column.say(seam),
                round(float(shares[seam, k]), 3),
            )
        )
    return tuple(out)
