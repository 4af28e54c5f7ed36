"""The method "seams": evidence, seam model, decoder, confidence, order and strays, joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine.evidence import Evidence, gather
from clustering.engine.evidence.numbering import PageNumber, all_numbers
from clustering.engine.evidence.order import reading_order
from clustering.engine.evidence.sizes import compare_sizes
from clustering.engine.evidence.strays import find_strays
from clustering.engine.records import Constraints, PageRecord, Proposal, ProposedGroup, Report, ScoredSeam, SeamFact
from clustering.engine.seams import SeamModel, SeamWeights, shipped_weights
from clustering.engine.segmentation import Cut, LengthPrior, cut_out, decode

Floats = npt.NDArray[np.float64]

WORTH_SAYING = 0.05
"""Log-odds from which a fact is shown."""
LEARNED_STRENGTH = 4.0
"""How strongly a collection's own model is held to the shipped one, in seams."""


def propose_by_seams(
    pages: Sequence[PageRecord], settings: Mapping[str, Any], constraints: Constraints, report: Report | None
) -> Proposal:
    """The whole way from pages to a proposal. Some 10 ms a page, linear in their number."""
    cut = cut_out(len(pages), constraints)
    kept = [pages[i] for i in cut.pages]
    weights = shipped_weights()
    evidence = gather(kept)
    if report:
        report(len(pages) // 2, len(pages))
    model = SeamModel.from_weights(weights, evidence.names)
    if settings["learn"]:
        model = learn(evidence, cut.constraints, weights)
    numbers = all_numbers(kept)
    groups, marginals, confidence = _decoded(evidence, model, weights, cut, settings["caution"])
    proposed = _groups(cut, groups, confidence, numbers)
    seams = _scored(cut, len(pages), evidence, model, marginals, proposed, explain=bool(settings["explain"]))
    if report:
        report(len(pages), len(pages))
    return Proposal(
        groups=tuple(proposed),
        seams=tuple(seams),
        strays=tuple(find_strays(proposed, numbers, compare_sizes(kept), cut.pages)),
        warnings=evidence.warnings,
        settings=dict(settings),
        model=weights.name,
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
    cut: Cut, groups: Sequence[range], confidence: Floats, numbers: Sequence[tuple[PageNumber, ...]]
) -> list[ProposedGroup]:
    """All groups by their first page, fixed ones in the order that people gave them."""
    fixed = {frozenset(pages) for pages in cut.constraints.fixed}
    out = []
    for group, whole, probability in zip(groups, cut.restore(groups), confidence, strict=True):
        reason = ""
        if frozenset(group) not in fixed:
            order, reason = reading_order(tuple(group), numbers)
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
