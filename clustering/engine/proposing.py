"""From pages to a proposal: the front door of the engine.

    proposal = propose("seams", pages, constraints=Constraints(count=87))

Every method obeys the constraints; only "seams" weighs evidence, says how sure it is and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from clustering.engine.methods import Method, NotReady, Setting
from clustering.engine.records import Constraints, PageRecord, Proposal, Report
from clustering.sentences import say

if TYPE_CHECKING:
    from clustering.engine.evidence import Known
    from clustering.engine.family import Family

__all__ = ["METHODS", "Method", "NotReady", "Setting", "propose"]

NO_CONSTRAINTS = Constraints()

METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method(
            "seams",
            "All evidence",
            "Weighs all evidence between pages and finds the most probable documents in the whole collection.",
            (
                Setting(
                    "learn",
                    bool,
                    default=True,
                    help="Learn from documents of this collection that people confirmed or corrected.",
                ),
                Setting(
                    "caution",
                    float,
                    0.0,
                    "Above 0: more and shorter documents. Below 0: fewer and longer ones. 3 is a strong preference.",
                    -6,
                    6,
                ),
                Setting(
                    "explain",
                    bool,
                    default=True,
                    help="Keep the evidence, so that reviewers see the reasons for each page break.",
                ),
            ),
        ),
        Method(
            "dbscan",
            "Similar pages (DBSCAN)",
            "Gathers pages that look alike, wherever they are in scan order.",
            (
                Setting(
                    "eps",
                    float,
                    0.1,
                    "How different two pages of a document may look (cosine distance, from 0 for the same).",
                    0.0,
                    2.0,
                ),
                Setting("min_samples", int, 1, "How many pages must look that similar to form a document.", 1, 1000),
            ),
        ),
        Method(
            "hdbscan",
            "Similar pages (HDBSCAN)",
            "Gathers pages that look alike, wherever they are in scan order. How alike is found automatically.",
            (Setting("min_cluster_size", int, 2, "Fewest pages that form a document.", 2, 1000),),
        ),
        Method(
            "adjacent",
            "Neighbors that look alike",
            "Starts a new document where two neighboring pages look less alike than a threshold.",
            (
                Setting(
                    "threshold",
                    float,
                    0.3,
                    "How different two neighboring pages must look for a new document to start (cosine distance, "
                    "from 0 for the same).",
                    0.0,
                    2.0,
                ),
            ),
        ),
        Method(
            "agglomerative",
            "Neighboring documents joined",
            "Joins neighboring documents that look most alike until a distance is reached.",
            (
                Setting(
                    "threshold",
                    float,
                    0.4,
                    "How different documents must look, on average, for joining to stop (cosine distance, from 0 for "
                    "the same).",
                    0.0,
                    2.0,
                ),
            ),
        ),
    )
}
"""All methods by name, in the order in which they are offered."""


def propose(
    method: str,
    pages: Sequence[PageRecord],
    *,
    settings: Mapping[str, Any] | None = None,
    constraints: Constraints = NO_CONSTRAINTS,
    report: Report | None = None,
    family: Family | None = None,
    known: Known | None = None,
) -> Proposal:
    """Group a stream of pages, in scan order, into documents.

    Parameters
    ----------
    method : str
        One of `METHODS`. Only "seams" weighs evidence.
    pages : sequence of PageRecord, (n,)
        What is known of each page; what is missing is named in the proposal's warnings.
    settings : mapping, optional
        Settings of the method by name; the rest as `METHODS` says.
    constraints : Constraints
        What people decided. Every method obeys it exactly.
    report : callable, optional
        Called with (done, total) pages.
    family : Family, optional
        What "seams" begins with; None: the shipped one. Other methods have none.
    known : Known, optional
        What was computed before about single pages and neighbors, for "seams".

    Returns
    -------
    Proposal
        Every page in one group; empty without pages.

    Raises
    ------
    ValueError
        For an unknown method or a wrong setting.
    NotReady
        Where the method lacks what it needs.
    ContradictoryConstraints
        Where decisions contradict each other. All messages are sentences for people.
    """
    if method not in METHODS:
        raise ValueError(
            say(
                "There is no method “%(method)s”. Choose one of these: %(known)s.",
                method=method,
                known=", ".join(METHODS),
            )
        )
    filled = METHODS[method].filled(settings)
    if not pages:
        return Proposal(groups=(), settings=filled)
    if method == "seams":
        from clustering.engine.seaming import SeamStream

        return SeamStream(pages, family=family, known=known).propose(filled, constraints, report)
    from clustering.engine.baselining import propose_by_baseline

    return propose_by_baseline(METHODS[method], pages, filled, constraints.hardened(), report)
