"""Glances at the pages of a long stream: what a page is asked again and again stays in memory, all else in a file.

Each kind of evidence goes through the stream. Reading a page's facts or searching its lines again for each of them
would be most of what evidence costs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from typing import Any, ClassVar, TypeVar, cast

from clustering.engine.records import PageRecord
from clustering.engine.streaming import Lazy

Teller = TypeVar("Teller", bound=Callable[[Any], Any])


class Cues:
    """Mixin of records that know the answers of the functions marked with `told_once`, and load their other fields."""

    __slots__ = ()
    tellers: ClassVar[list[Callable[[Any], Any]]]
    cues: tuple[Any, ...]

    @classmethod
    def told_once(cls, function: Teller) -> Teller:
        """Mark a function that tells something of one record: a record of this class knows it already."""
        place = len(cls.tellers)
        cls.tellers.append(function)

        @wraps(function)
        def known(record: Any) -> Any:
            return record.cues[place] if isinstance(record, cls) else function(record)

        return cast(Teller, known)

    @classmethod
    def tell(cls, record: Any) -> tuple[Any, ...]:
        """Return what all these functions tell of a record."""
        return tuple(tell(record) for tell in cls.tellers)


class PageGlance(Cues, PageRecord):
    """A page of a stream: its size in pixels and its cues stay in memory."""

    __slots__ = ("_load", "cues")
    tellers: ClassVar[list[Callable[[Any], Any]]] = []
    _load: Callable[[], PageRecord]

    @classmethod
    def of(cls, page: PageRecord, load: Callable[[], PageRecord]) -> PageGlance:
        """`load` returns this page again."""
        glance = cls.__new__(cls)
        for name in ("identifier", "width", "height"):
            object.__setattr__(glance, name, getattr(page, name))
        object.__setattr__(glance, "_load", load)
        object.__setattr__(glance, "cues", cls.tell(page))
        return glance

    def __getattr__(self, name: str) -> Any:
        """Return a field that is not here."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._load(), name)


def glances_of(pages: Sequence[PageRecord]) -> Sequence[PageRecord]:
    """Return the same pages, each loaded once for its cues and then only for what those don't tell."""
    return Lazy(len(pages), lambda at: PageGlance.of(pages[at], partial(pages.__getitem__, at)), keep=True)
