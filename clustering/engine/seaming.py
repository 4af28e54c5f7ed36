"""The method "seams": evidence, seam model, decoder, confidence, order and strays, joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine.adapting import adapted
from clustering.engine.evidence import Evidence, gather
from clustering.engine.evidence.framing import without_frames
from clustering.engine.evidence.numbering import PageNumber, all_numbers
from clustering.engine.evidence.order import headline, reading_order
from clustering.engine.evidence.sizes import compare_sizes
from clustering.engine.evidence.strays import find_strays
from clustering.engine.learning import TooLittle, decided_stream, learn_weights
from clustering.engine.neighbourhood import JOINT, anchors_of, length_prior
from clustering.engine.records import (
    Constraints,
    PageRecord,
    Proposal,
    ProposedGroup,
    Report,
    ScoredSeam,
    SeamFact,
    Weighing,
)
from clustering.engine.seams import SeamModel, SeamWeights, shipped_weights
from clustering.engine.segmentation import Cut, Decoding, cut_out, decode

Floats = npt.NDArray[np.float64]

WORTH_SAYING = 0.05
"""Log-odds from which a fact is shown."""


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

    def weights_for(self, evidence: Evidence, constraints: Constraints, *, is_learning: bool) -> SeamWeights:
        """The weights as they hold here; where they are better by them (`learning`), moved by what people decided."""
        if not is_learning:
            return adapted(self.weights, evidence)
        try:
            learned = learn_weights([decided_stream(evidence, constraints)], prior=self.weights, name=self.weights.name)
        except TooLittle:
            return adapted(self.weights, evidence)
        return adapted(learned.weights if learned.is_better else self.weights, evidence)

    def propose(self, settings: Mapping[str, Any], constraints: Constraints, report: Report | None = None) -> Proposal:
        """A whole proposal under these decisions. Linear in the number of pages."""
        total = len(self.pages)
        cut = cut_out(total, constraints.hardened())
        known = cut_out(total, constraints.decided()).constraints
        kept = [self.pages[i] for i in cut.pages]
        evidence = self.evidence_of(cut.pages)
        if report:
            report(total // 2, total)
        weights = self.weights_for(evidence, known, is_learning=bool(settings["learn"]))
        model = SeamModel.from_weights(weights, evidence.names)
        sheets = without_frames(kept)
        numbers = all_numbers(sheets)
        odds = _odds(evidence, model, cut, settings["caution"])
        weighing = _weighing(weights)
        found = believed = _decoded(odds, weighing, cut)
        if constraints.held:
            # What a person only moved about is kept, but the machine goes on doubting what they did not look at.
            believed = _decoded(odds, weighing, replace(cut, constraints=known))
        groups, confidence = (found.groups, found.confidence) if found else ([], np.zeros(0))
        proposed = _groups(cut, groups, confidence, numbers, [headline(page) for page in sheets])
        seams = _scored(
            cut,
            total,
            evidence,
            model,
            believed,
            odds,
            proposed,
            temperature=weighing.temperature,
            explain=bool(settings["explain"]),
        )
        if report:
            report(total, total)
        return Proposal(
            groups=tuple(proposed),
            seams=tuple(seams),
            strays=tuple(find_strays(proposed, numbers, compare_sizes(sheets), cut.pages)),
            warnings=evidence.warnings,
            settings=dict(settings),
            model=self.weights.name,
            weighing=replace(weighing, anchors=anchors_of(seams, weighing.temperature)),
        )


def _odds(evidence: Evidence, model: SeamModel, cut: Cut, caution: float) -> Floats:
    """Log-odds at the seams of the pages that are left."""
    if not cut.pages:
        return np.zeros(0)
    odds = model.decision_function(evidence.matrix) + caution
    odds[list(cut.joints)] += JOINT
    return odds


def _weighing(weights: SeamWeights) -> Weighing:
    extra = weights.extra or {}
    return Weighing(weights.temperature, tuple(extra.get("lengths") or ()), float(extra.get("tail", 0.0)))


def _decoded(odds: Floats, weighing: Weighing, cut: Cut) -> Decoding | None:
    """The remaining pages decoded; None where none is left."""
    if not cut.pages:
        return None
    return decode(odds, lengths=length_prior(weighing), constraints=cut.constraints, temperature=weighing.temperature)


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
    found: Decoding | None,
    odds: Floats,
    groups: Sequence[ProposedGroup],
    *,
    temperature: float,
    explain: bool,
) -> list[ScoredSeam]:
    """Every seam of the whole stream with its probability and its facts, strongest first."""
    owner = np.zeros(n, dtype=int)
    for number, group in enumerate(groups):
        owner[list(group.pages)] = number
    probability = cut.restore_seams(found.seams if found else np.zeros(0))
    # A number of documents that was asked for is a reward for each of them: kept with the odds, it holds in a part too.
    weighed = odds + (found.posterior.chain.reward * temperature if found else 0.0)
    place = {page: seam for seam, page in enumerate(cut.pages)}
    matrix = evidence.matrix
    shares = model.contributions(matrix) if len(matrix) else matrix
    out = []
    for i in range(n - 1):
        facts: tuple[SeamFact, ...] = ()
        seam = place.get(i)
        known = seam is not None and place.get(i + 1) == seam + 1
        if explain and known and seam is not None:
            facts = _facts(evidence, matrix, shares, seam)
        alone = float(weighed[seam]) if known and seam is not None else None
        chance = float(np.clip(probability[i], 0.0, 1.0))
        out.append(ScoredSeam(i, chance, bool(owner[i] != owner[i + 1]), facts, alone))
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
