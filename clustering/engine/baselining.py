"""The methods that know image vectors only, made to obey people's decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from clustering.engine import baselines
from clustering.engine.methods import Method, NotReady
from clustering.engine.records import Constraints, PageRecord, Proposal, ProposedGroup, Report, ScoredSeam
from clustering.engine.segmentation import cut_out, decode_seams
from clustering.sentences import grouped, say

SURE = 20.0
"""Log-odds by which a baseline's own decision outweighs distances when it has to produce a number of documents."""


def propose_by_baseline(
    method: Method,
    pages: Sequence[PageRecord],
    settings: Mapping[str, Any],
    constraints: Constraints,
    report: Report | None,
) -> Proposal:
    """Group by image vectors alone. Raises NotReady if vectors are missing or can't tell pages apart."""
    cut = cut_out(len(pages), constraints)
    vectors = _vectors(pages)
    if method.name in {"dbscan", "hdbscan"}:
        groups, distances = _anywhere(method.name, vectors, settings, constraints)
    else:
        groups, distances = _consecutive(method.name, vectors, settings, constraints)
    _ = cut  # contradictions have already been refused
    owner = np.zeros(len(pages), dtype=int)
    for number, group in enumerate(groups):
        owner[list(group)] = number
    seams = tuple(ScoredSeam(i, float(distances[i]), bool(owner[i] != owner[i + 1])) for i in range(len(pages) - 1))
    if report:
        report(len(pages), len(pages))
    return Proposal(tuple(ProposedGroup(group) for group in groups), seams, settings=dict(settings))


def _vectors(pages: Sequence[PageRecord]) -> npt.NDArray[np.float64]:
    missing = sum(page.vector is None for page in pages)
    if missing:
        raise NotReady(
            say("No page has been analyzed yet. Run “Analyze images”, then propose again; or choose “All evidence”.")
            if missing == len(pages)
            else say(
                "%(missing)s of %(pages)s pages have not been analyzed yet. Run “Analyze images”, then propose again; "
                "or choose “All evidence”.",
                missing=grouped(missing),
                pages=grouped(len(pages)),
            )
        )
    lengths = {len(page.vector) for page in pages if page.vector is not None}
    if len(lengths) > 1:
        raise NotReady(say("Different encoders analyzed the pages. Run “Analyze images” again with one of them."))
    try:
        return baselines.check_vectors(np.array([page.vector for page in pages]))
    except ValueError as fault:
        raise NotReady(str(fault)) from fault


def _consecutive(
    name: str, vectors: npt.NDArray[np.float64], settings: Mapping[str, Any], constraints: Constraints
) -> tuple[list[tuple[int, ...]], npt.NDArray[np.float64]]:
    """Return groups of neighbors; if a number of documents is given, the largest distances become boundaries."""
    cut = cut_out(len(vectors), constraints)
    kept = vectors[list(cut.pages)]
    if name == "adjacent":
        grouping = baselines.adjacent(vectors, threshold=settings["threshold"])
    else:
        grouping = baselines.agglomerative(vectors, threshold=settings["threshold"])
    if not len(kept):
        return sorted(cut.removed, key=min), grouping.seams
    labels = grouping.labels[list(cut.pages)]
    log_odds = np.where(labels[1:] != labels[:-1], SURE, -SURE) + baselines.neighbor_distances(kept)
    groups = [*cut.restore(decode_seams(log_odds, cut.constraints).groups), *cut.removed]
    return sorted(groups, key=min), grouping.seams


def _anywhere(
    name: str, vectors: npt.NDArray[np.float64], settings: Mapping[str, Any], constraints: Constraints
) -> tuple[list[tuple[int, ...]], npt.NDArray[np.float64]]:
    """Return groups of any pages; decisions move pages between clusters, confirmed groups stay."""
    if constraints.count is not None:
        raise NotReady(
            say(
                "This method can’t be told how many documents there are. Leave the expected number out, or "
                "choose “All evidence”."
            )
        )
    if name == "dbscan":
        grouping = baselines.dbscan(vectors, eps=settings["eps"], min_samples=settings["min_samples"])
    else:
        grouping = baselines.hdbscan(vectors, min_cluster_size=settings["min_cluster_size"])
    labels = grouping.labels.copy()
    for seam in sorted(constraints.same):
        labels[labels == labels[seam + 1]] = labels[seam]
    for seam in sorted(constraints.apart):
        if labels[seam] == labels[seam + 1]:
            after = np.arange(len(labels)) > seam
            labels[after & (labels == labels[seam])] = labels.max() + 1
    for group in constraints.fixed:
        labels[list(group)] = labels.max() + 1
    fixed = {frozenset(group): tuple(group) for group in constraints.fixed}
    groups = []
    for label in dict.fromkeys(labels.tolist()):
        members = tuple(int(page) for page in np.flatnonzero(labels == label))
        groups.append(fixed.get(frozenset(members), members))
    return sorted(groups, key=min), grouping.seams
