"""Glances at the pages of a long stream: what a page is asked again and again stays in memory, all else in a file.

Each kind of evidence goes through the stream. Reading a page's facts or searching its lines again for each of them
would be most of what evidence costs. So a page is looked at once, by this process or by another (`notes`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, NamedTuple, TypeVar, cast

from clustering.engine.records import PageRecord
from clustering.engine.streaming import Spool, packed

Teller = TypeVar("Teller", bound=Callable[[Any], Any])


class Answers(NamedTuple):
    """What all marked functions tell of one record."""

    cues: tuple[Any, ...]
    """Of those marked with `told_once`."""
    filed: tuple[bytes, ...]
    """Of those marked with `filed`, each packed."""


class Cues:
    """Mixin of records that know the answers of marked functions, and load their other fields."""

    __slots__ = ()
    tellers: ClassVar[list[Callable[[Any], Any]]]
    bulky: ClassVar[list[Callable[[Any], Any]]]
    cues: tuple[Any, ...]
    _spool: Spool
    _first: int
    """Number of the first filed answer in the spool."""

    @classmethod
    def told_once(cls, function: Teller) -> Teller:
        """Mark a function that tells something small of one record: a record of this class knows it already.

        What it returns consists of plain values, which may be handed on to another process.
        """
        place = len(cls.tellers)
        cls.tellers.append(function)

        @wraps(function)
        def known(record: Any) -> Any:
            return record.cues[place] if isinstance(record, cls) else function(record)

        return cast(Teller, known)

    @classmethod
    def filed(cls, function: Teller) -> Teller:
        """Mark a function that tells much of one record: a record of this class has it in a file."""
        place = len(cls.bulky)
        cls.bulky.append(function)

        @wraps(function)
        def known(record: Any) -> Any:
            return record._spool.get(record._first + place) if isinstance(record, cls) else function(record)

        return cast(Teller, known)

    @classmethod
    def tell(cls, record: Any) -> Answers:
        """Return what all these functions tell of a record."""
        return Answers(tuple(tell(record) for tell in cls.tellers), tuple(packed(tell(record)) for tell in cls.bulky))

    @classmethod
    def of(cls, answers: Answers, spool: Spool, **known: Any) -> Any:
        """Return a record with these answers, and with these fields."""
        record = cls.__new__(cls)
        numbers = [spool.put_packed(each) for each in answers.filed]
        for name, value in {**known, "cues": answers.cues, "_spool": spool, "_first": numbers[0]}.items():
            object.__setattr__(record, name, value)
        return record


class PageGlance(Cues, PageRecord):
    """A page of a stream: its size in pixels and its cues stay in memory."""

    __slots__ = ("_first", "_load", "_spool", "cues", "numbers", "prose")
    tellers: ClassVar[list[Callable[[Any], Any]]] = []
    bulky: ClassVar[list[Callable[[Any], Any]]] = []
    numbers: Any
    """What `numbering.page_numbers` found."""
    prose: Any
    """Its `prose.Glance`; None if it was not read."""
    _load: Callable[[], PageRecord]

    def __getattr__(self, name: str) -> Any:
        """Return a field that is not here."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._load(), name)
