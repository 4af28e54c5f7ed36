"""Records that cross the engine's border: pages, and proposals.

Plain frozen dataclasses without Django, torch, or file handles, so that jobs, benches, and tests build them alike. A
**page index** is the 0-based position in the sequence of `PageRecord`s that was passed in. A **seam index** `i` is the
place between page `i` and page `i + 1`, so a stream of n pages has the seams 0 … n - 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clustering.sentences import say

Vector = npt.NDArray[np.float32]
"""One L2-normalized embedding, shape (d,)."""

Report = Callable[[int, int], None]
"""Progress callback: (done, total), in the caller's own units."""

STRANGE = say(
    "hhreview has not seen an archive like this. Check the first 20 pages: suggestions improve with every answer."
)
"""The warning of a proposal for a collection unlike all training archives."""


class Line(NamedTuple):
    """One line of OCR text, in pixels of the upright page.

    A tuple, since a proposal builds those of every page several times.
    """

    text: str
    left: int
    top: int
    right: int
    bottom: int
    confidence: float
    """0 … 100, Tesseract's mean word confidence of the line."""


@dataclass(frozen=True, slots=True)
class PageReading:
    """The OCR result of one page, after the page was rotated upright."""

    text: str
    lines: tuple[Line, ...]
    width: int
    """Pixels of the upright image the boxes refer to."""
    height: int
    rotation: int = 0
    """Degrees clockwise by which to rotate the stored image upright: 0, 90, 180, or 270."""
    confidence: float = 0.0
    """0 … 100, mean over words; 0 without text."""
    language: str = ""
    """ISO 639-1 code; empty if there is too little text."""
    is_unread: bool = False
    """Whether a page without readable text looks written on: handwriting, a faint copy, print at an angle."""
    is_second: bool = False
    """Whether the second reader read it, because the first had low confidence: most such pages are handwritten."""


@dataclass(frozen=True, slots=True)
class SeamOpinion:
    """A language model's opinion on the seam after a page."""

    after: str
    """Identifier of the next page: the opinion holds for these two pages only."""
    new_document: bool
    confidence: float
    """0.5 (a guess) … 1 (certain), as the model states."""
    reason: str
    model: str
    """Name of the model, for the sentence."""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """Everything the engine knows of a page. None means: not available yet; the engine continues without it."""

    identifier: str
    width: int
    """Pixels of the image as displayed (EXIF orientation applied)."""
    height: int
    paper: Mapping[str, Any] | None = None
    """Result of `engine.paper.measure_paper`, as stored with the page."""
    reading: PageReading | None = None
    vector: Vector | None = None
    """Image embedding."""
    text_vector: Vector | None = None
    """Text embedding of the reading."""
    opinion: SeamOpinion | None = None
    """A language model's opinion on the seam after this page; None if it wasn't asked."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """People's decisions. All of them are binding: a proposal that breaks one is a bug."""

    fixed: tuple[tuple[int, ...], ...] = ()
    """Groups to keep: page indices in reading order, not necessarily consecutive. Disjoint."""
    same: frozenset[int] = frozenset()
    """Seams that are not a boundary."""
    apart: frozenset[int] = frozenset()
    """Seams that are a boundary."""
    count: int | None = None
    """Expected number of documents in the whole stream, including the fixed ones."""
    held: tuple[tuple[int, ...], ...] = ()
    """Groups that a person edited but did not confirm. A proposal keeps them, but seams in them without an answer are
    not decisions: they stay uncertain, and nothing is learned from them. Disjoint, also from `fixed`."""

    def hardened(self) -> Constraints:
        """Return the constraints with held groups among the fixed ones: what a proposal must obey."""
        return replace(self, fixed=self.fixed + self.held, held=())

    def decided(self) -> Constraints:
        """Return the constraints without held groups that are runs in scan order: what is known for certain."""
        gappy = tuple(pages for pages in self.held if max(pages) - min(pages) + 1 != len(pages))
        return replace(self, fixed=self.fixed + gappy, held=())


@dataclass(frozen=True, slots=True)
class SeamFact:
    """One piece of evidence at one seam, with the sentence that people see."""

    family: str
    """One of `evidence.FAMILIES`."""
    name: str
    value: float | str | None
    sentence: str
    contribution: float = 0.0
    """Log-odds for a boundary that this fact adds; negative is evidence for one document."""


@dataclass(frozen=True, slots=True)
class ScoredSeam:
    """One seam with the probability that a document ends there."""

    index: int
    probability: float
    """Marginal probability given everything (baselines: 0.0 or 1.0, or their own score)."""
    boundary: bool
    """Whether the proposal has a boundary here."""
    facts: tuple[SeamFact, ...] = ()
    log_odds: float | None = None
    """Log-odds of a boundary from the evidence at this seam alone, before decoding; None without any."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """One drafted value of a group."""

    value: str
    confidence: float
    """0 … 1."""
    evidence: str = ""
    """Where it was read: "page 1, line 2"."""
    given: bool = False
    """Whether it comes from a list that a person imported, not from the pages."""
    chances: Mapping[str, float] = field(default_factory=dict)
    """Of a kind: the probability of every kind by the pages alone, before `kind_here`. Of a title: the title by the
    pages alone with its probability, before `title_here`."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Of a title: what titles of the document can be made of, by names as in `forms`."""
    form: str = ""
    """Of a title: the form of the one that a person wrote in its place."""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """Draft metadata of one group; None where nothing was found."""

    title: Drafted | None = None
    kind: Drafted | None = None
    date: Drafted | None = None
    """EDTF."""
    language: Drafted | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as stored, without None: {"title": {"value": …, "confidence": …, "evidence": …}}."""
        return {
            name: {
                key: value
                for key, value in drafted.items()
                if value is not False and value != {} and (key != "form" or value)
            }
            for name, drafted in asdict(self).items()
            if drafted is not None
        }


@dataclass(frozen=True, slots=True)
class ProposedGroup:
    """One proposed document."""

    pages: tuple[int, ...]
    """Page indices in reading order."""
    probability: float | None = None
    """Probability that exactly these pages are one document; None if the method has none."""
    draft: GroupDraft | None = None
    order_reason: str = ""
    """Why the reading order differs from the scan order, if it does."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A page that may belong to another group: suggested, never applied."""

    page: int
    group: int
    """Index of the other group in `Proposal.groups`."""
    probability: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Weighing:
    """The decoder's inputs beside the seams' log-odds, enough to decode a part of the stream again."""

    anchors: tuple[int, ...] = ()
    """Seams that are boundaries so surely that decisions on one side don't affect the other; ascending."""
    offset: float = 0.0
    """Log-odds added to every seam: the setting “bias”, and the effect of a requested number of documents."""


@dataclass(frozen=True, slots=True)
class Prior:
    """Prior of the weights of one collection's model: only numbers, so that it can be stored with a proposal."""

    mean: npt.NDArray[np.float64]
    """(k + 1,) mean weights of the facts, adjusted to this collection, and the intercept."""
    spread: npt.NDArray[np.float64]
    """(k + 1,) their standard deviations."""
    traits_spread: float
    sharpness: float = 1.0
    answered_sharpness: float = 1.0
    neighbor: float = 0.0
    """Log-odds that each boundary right before or after a seam adds."""
    surprise: float = 0.0
    """How much an unexpected answer makes the seams next to it doubtful."""
    even: float = -1
    """Column of the fact that makes the odds even, however often documents end; -1 for none."""
    looks: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0), kw_only=True)
    """(2 t,) log-odds per unit of each trait, for the page after a seam and the one before it; empty: all 0."""


@dataclass(frozen=True, slots=True)
class Features:
    """A collection's model, enough to add answers without gathering evidence again."""

    names: tuple[str, ...]
    """Names of the k facts."""
    prior: Prior
    facts: npt.NDArray[np.float64]
    """(n - 1, k)."""
    traits: npt.NDArray[np.float32]
    """(n, t)."""
    pages: tuple[int, ...]
    """(n,) page indices of the rows of `traits`."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One grouping of the whole stream. Every page is in exactly one group."""

    groups: tuple[ProposedGroup, ...]
    seams: tuple[ScoredSeam, ...] = ()
    strays: tuple[Stray, ...] = ()
    warnings: tuple[str, ...] = ()
    """Full sentences: what was missing, and its effect."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """All settings used, including defaults."""
    model: str = ""
    """Name and version of the seam model, if any."""
    weighing: Weighing | None = None
    """None if the method can't decode a part again."""
    features: Features | None = None
    """None if the method doesn't learn from answers."""
