"""Notes about single pages, and scores of neighbors: what a proposal takes from one page or two, written down once.

Most of the time of a proposal goes into looking at one page at a time. All that this takes from the other pages is in
`NoteTerms`. So any number of processes may look at some pages each (`note`), and one of them proposes from their notes.
"""

from __future__ import annotations

import io
import pickle
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any, NamedTuple

from clustering.engine.evidence.columns import Floats
from clustering.engine.evidence.framing import Framing
from clustering.engine.evidence.glances import Answers, PageGlance
from clustering.engine.evidence.hand import Type
from clustering.engine.evidence.leaves import Pair, shine_scores
from clustering.engine.evidence.numbering import PageNumber, believed_numbers, page_language
from clustering.engine.evidence.prose import Glance, Prose, prose_of
from clustering.engine.evidence.sizes import Sizes, compare_sizes
from clustering.engine.languages import usual_language
from clustering.engine.records import PageRecord
from clustering.engine.streaming import Lazy, Spool, packed

_KINDS = (Answers, PageNumber, Type)
"""What notes consist of beside plain values."""


@dataclass(frozen=True, slots=True)
class NoteTerms:
    """All that looking at one page, or at two neighbors, takes from the other pages of their collection."""

    framing: Framing
    usual: str
    """Language of pages with too little text to tell theirs."""
    is_cut: bool
    """Whether pages were cropped at random."""

    @classmethod
    def of(cls, pages: Sequence[PageRecord]) -> NoteTerms:
        """Look at all pages of a collection; only their outlines and languages matter."""
        framing, usual = looked_over(pages)
        return cls.by(framing, usual, compare_sizes(framing.without_frames(pages)))

    @classmethod
    def by(cls, framing: Framing, usual: str, sizes: Sizes) -> NoteTerms:
        """Return the terms of a collection whose sizes are compared already."""
        return cls(framing, usual, sizes.trust < 1)

    def to_json(self) -> dict[str, Any]:
        """Return it as stored."""
        sizes = sorted(map(list, self.framing.sizes))
        return {
            "sizes": sizes,
            "shows_edges": self.framing.shows_edges,
            "usual": self.usual,
            "is_cut": self.is_cut,
            "code": code(),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> NoteTerms:
        """Read what `to_json` returned."""
        sizes = frozenset((width, height) for width, height in stored["sizes"])
        return cls(Framing(sizes, stored["shows_edges"]), stored["usual"], stored["is_cut"])

    def scores(self, pages: Sequence[PageRecord]) -> Floats:
        """Return `shine_scores` of some pages of the collection in scan order."""
        return shine_scores([self.framing.sheet(page) for page in pages], is_cut=self.is_cut)

    def notes(self, pages: Sequence[PageRecord]) -> list[bytes]:
        """Return a packed `Note` about each of some pages of the collection."""
        return [packed(tuple(note_of(self.framing.sheet(page), usual=self.usual))) for page in pages]


def looked_over(pages: Sequence[PageRecord]) -> tuple[Framing, str]:
    """Return how a collection was photographed, and its usual language."""
    return Framing.of(pages), usual_language(page_language(page) for page in pages)


@cache
def code() -> int:
    """Return a number that changes with the functions whose answers are in notes: other versions' don't fit."""
    tellers = (*PageGlance.tellers, *PageGlance.bulky, *Glance.tellers, *Glance.bulky)
    return zlib.crc32(" ".join(f"{each.__module__}.{each.__qualname__}" for each in tellers).encode())


class Note(NamedTuple):
    """All that evidence takes from one sheet, without its vectors."""

    width: int
    height: int
    answers: Answers
    numbers: tuple[PageNumber, ...]
    prose: tuple[dict[str, Any], Answers] | None
    """Its fields but for the lines; None if it was not read."""


def note_of(sheet: PageRecord, *, usual: str) -> Note:
    """Look at a sheet; `usual` is the language of those with too little text to tell theirs."""
    prose = prose_of(sheet, usual=usual)
    return Note(
        sheet.width,
        sheet.height,
        PageGlance.tell(sheet),
        believed_numbers(sheet, usual=usual),
        None if prose is None else (_fields(prose), Glance.tell(prose)),
    )


def _fields(prose: Prose) -> dict[str, Any]:
    return {
        "height": prose.height,
        "width": prose.width,
        "size": prose.size,
        "language": prose.language,
        "is_written": prose.is_written,
    }


@dataclass(frozen=True, slots=True)
class Known:
    """What was computed before about the pages of a collection, on these terms; by identifiers."""

    terms: NoteTerms
    notes: dict[str, Callable[[], bytes]] = field(default_factory=dict)
    """Each returns a packed `Note`."""
    scores: dict[Pair, float] = field(default_factory=dict)
    """Of neighbors as the two sides of a leaf."""


def bundled(notes: Sequence[bytes]) -> bytes:
    """Return packed notes as they are stored."""
    return zlib.compress(packed(list(notes)), level=1)


def unbundled(stored: bytes) -> list[bytes]:
    """Return packed notes that were stored. Raises as `unpacked`."""
    notes: list[bytes] = _Plain(io.BytesIO(zlib.decompress(stored))).load()
    return notes


def unpacked(note: bytes) -> Note:
    """Return a packed note. Raises UnpicklingError for anything but plain values and _KINDS: it may do no harm."""
    return Note(*_Plain(io.BytesIO(note)).load())


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return a class that notes consist of."""
        for kind in _KINDS:
            if (module, name) == (kind.__module__, kind.__qualname__):
                return kind
        raise pickle.UnpicklingError(f"unexpected: {module}.{name}")


def glances_of(pages: Sequence[PageRecord], framing: Framing, usual: str, known: Known | None) -> Lazy[PageGlance]:
    """Return the sheets of a collection's pages: each is looked at once, unless there is a note about it.

    What they tell is in memory or in a temporary file; only for their vectors, pages are loaded again.
    """
    spool, sheets = Spool(), framing.without_frames(pages)
    notes = known.notes if known else {}

    def glance(at: int) -> PageGlance:
        page = pages[at]
        written = notes.get(page.identifier)
        note = unpacked(written()) if written else note_of(sheets[at], usual=usual)
        load = partial(sheets.__getitem__, at)
        prose = None
        if note.prose:
            fields, answers = note.prose
            prose = Glance.of(answers, spool, _load=partial(_prose_of, load, usual), **fields)
        size = {"identifier": page.identifier, "width": note.width, "height": note.height}
        glance: PageGlance = PageGlance.of(note.answers, spool, _load=load, numbers=note.numbers, prose=prose, **size)
        return glance

    return Lazy(len(pages), glance, keep=True)


def _prose_of(load: Callable[[], PageRecord], usual: str) -> Prose | None:
    return prose_of(load(), usual=usual)
