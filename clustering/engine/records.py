"""Records that cross the engine's border: what it is told of a page, and what it proposes.

Plain frozen dataclasses without Django, torch or file handles, so that jobs, benches and tests build them alike.
A **page index** is a 0-based place in the sequence of `PageRecord`s that was handed in. A **seam index** `i` names the
place between page `i` and page `i + 1`, so a stream of n pages has the seams 0 … n - 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from clustering.sentences import say

if TYPE_CHECKING:
    from clustering.engine.collection_model import Prior

Vector = npt.NDArray[np.float32]
"""One L2-normalized embedding, shape (d,)."""

Report = Callable[[int, int], None]
"""Progress callback: (done, total), in the caller's own units."""

STRANGE = say(
    "hhreview has not seen an archive like this. Check the first 20 pages: suggestions improve with every answer."
)
"""What a proposal warns of where a collection is unlike all that hhreview was taught with."""


class Line(NamedTuple):
    """One line of print as OCR saw it, in pixels of the upright page.

    A tuple, since a proposal makes those of every page several times.
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
    """What OCR read on one page, after the page was turned upright."""

    text: str
    lines: tuple[Line, ...]
    width: int
    """Pixels of the upright image the boxes refer to."""
    height: int
    rotation: int = 0
    """Degrees clockwise by which the stored image must be turned to stand upright: 0, 90, 180 or 270."""
    confidence: float = 0.0
    """0 … 100, mean over words; 0 where there is no text."""
    language: str = ""
    """ISO 639-1 code, or empty where too little text tells."""
    is_unread: bool = False
    """Whether the page looks written on where nothing was read: handwriting, a faint copy, print that stands askew."""
    is_second: bool = False
    """Whether the second reader read it, since the first was unsure: most such pages are handwritten."""


@dataclass(frozen=True, slots=True)
class SeamOpinion:
    """What a language model said of the place between a page and the one after it."""

    after: str
    """Identifier of the page after: the opinion holds for these two pages only."""
    new_document: bool
    confidence: float
    """0.5 (a guess) … 1 (certain), by its own word."""
    reason: str
    model: str
    """Name of the model, as the sentence says it."""


@dataclass(frozen=True, slots=True)
class PageRecord:
    """All the engine may know of one page. None means: not there yet; the engine then goes on without."""

    identifier: str
    width: int
    """Pixels of the image as displayed (EXIF orientation applied)."""
    height: int
    paper: Mapping[str, Any] | None = None
    """What `engine.paper.measure_paper` found, as stored with the page."""
    reading: PageReading | None = None
    vector: Vector | None = None
    """Image embedding."""
    text_vector: Vector | None = None
    """Text embedding of the reading."""
    opinion: SeamOpinion | None = None
    """What a language model said of the place after this page; None where it was not asked."""


@dataclass(frozen=True, slots=True)
class Constraints:
    """What people said for sure. All of it is hard: a proposal that breaks one is a defect."""

    fixed: tuple[tuple[int, ...], ...] = ()
    """Groups that stand as they are: page indices in reading order, not necessarily consecutive. Disjoint."""
    same: frozenset[int] = frozenset()
    """Seams that are no boundary."""
    apart: frozenset[int] = frozenset()
    """Seams that are a boundary."""
    count: int | None = None
    """Expected number of documents in the whole stream, the fixed ones included."""
    held: tuple[tuple[int, ...], ...] = ()
    """Groups that a person edited but did not confirm: the grouping keeps them as they are, but a seam in them that
    nobody answered is no decision, so it stays open to doubt and teaches nothing. Disjoint, also from `fixed`."""

    def hardened(self) -> Constraints:
        """Return the same with the held groups among the fixed ones: what a grouping must obey."""
        return replace(self, fixed=self.fixed + self.held, held=())

    def decided(self) -> Constraints:
        """Return the same without the held groups that are stretches of the scan order: what is known for sure."""
        gappy = tuple(pages for pages in self.held if max(pages) - min(pages) + 1 != len(pages))
        return replace(self, fixed=self.fixed + gappy, held=())


@dataclass(frozen=True, slots=True)
class SeamFact:
    """One piece of evidence at one seam, with the sentence the desk shows."""

    family: str
    """paper, look, numbers, text, hand, page or kind."""
    name: str
    value: float | str | None
    sentence: str
    contribution: float = 0.0
    """Log-odds this fact adds in favor of a boundary; negative speaks for one document."""


@dataclass(frozen=True, slots=True)
class ScoredSeam:
    """One seam with the probability that a document ends there."""

    index: int
    probability: float
    """Marginal of the decoder given everything (baselines: 0.0 or 1.0, or their own score)."""
    boundary: bool
    """What the proposal does here."""
    facts: tuple[SeamFact, ...] = ()
    log_odds: float | None = None
    """Log-odds of a boundary by the evidence at this seam alone, as the decoder took it; None where it had none."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """One drafted fact of a group."""

    value: str
    confidence: float
    """0 … 1."""
    evidence: str = ""
    """Where it was read, in words: "page 1, line 2"."""
    given: bool = False
    """Whether it comes with a list that a person handed in, and was not read on the pages."""


@dataclass(frozen=True, slots=True)
class GroupDraft:
    """Draft metadata of one group; None where nothing could be said."""

    title: Drafted | None = None
    kind: Drafted | None = None
    date: Drafted | None = None
    """EDTF."""
    language: Drafted | None = None

    def to_json(self) -> dict[str, Any]:
        """As it is stored, without what could not be said: {"title": {"value": …, "confidence": …, "evidence": …}}."""
        return {
            name: {key: value for key, value in drafted.items() if value is not False}
            for name, drafted in asdict(self).items()
            if drafted is not None
        }


@dataclass(frozen=True, slots=True)
class ProposedGroup:
    """One proposed document."""

    pages: tuple[int, ...]
    """Page indices in reading order."""
    probability: float | None = None
    """Chance that exactly these pages are one document; None where the method cannot say."""
    draft: GroupDraft | None = None
    order_reason: str = ""
    """Why the reading order differs from the scan order, where it does."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A page that may belong to a group elsewhere: proposed, never applied."""

    page: int
    group: int
    """Place of the other group in `Proposal.groups`."""
    probability: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Weighing:
    """What the decoder was told beside the seams' log-odds: enough to decode a part of the stream again."""

    anchors: tuple[int, ...] = ()
    """Seams that are boundaries so surely that what is decided on one side does not matter on the other; ascending."""
    offset: float = 0.0
    """Log-odds added to every seam: caution, and the pull toward a number of documents that was asked for."""


@dataclass(frozen=True, slots=True)
class Features:
    """What a collection's model is made of: enough to take in further answers without gathering evidence again."""

    names: tuple[str, ...]
    """The facts, k of them."""
    prior: Prior
    facts: npt.NDArray[np.float64]
    """(n - 1, k)."""
    traits: npt.NDArray[np.float32]
    """(n, t)."""
    pages: tuple[int, ...]
    """(n,) page indices that the rows of `traits` are about."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One grouping of the whole stream. Every page stands in exactly one group."""

    groups: tuple[ProposedGroup, ...]
    seams: tuple[ScoredSeam, ...] = ()
    strays: tuple[Stray, ...] = ()
    warnings: tuple[str, ...] = ()
    """Full sentences: what was missing, what was done without."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """All settings as they were used, defaults filled in."""
    model: str = ""
    """Name and version of the seam model, where one was used."""
    weighing: Weighing | None = None
    """None where the method cannot decode a part again."""
    features: Features | None = None
    """None where the method does not learn from answers."""
