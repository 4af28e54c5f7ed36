"""Long streams of pages in little memory: what a page is measured by is in a file, and read when it is looked at.

A page's lines, facts and vectors take 50 kB and more of memory, and a collection may have 50,000 pages. Evidence is
gathered fact by fact over the whole stream, so each fact goes through the file once more; the last WINDOW pages stay
ready, so that neighbors are read once, and of a smaller collection every page.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache, partial
from typing import Any, ClassVar, Generic, Self, TypeVar, overload

from clustering.engine.records import PageReading, PageRecord

WINDOW = 2000
"""Pages that stay ready."""

Item = TypeVar("Item")


class Lazy(Sequence[Item], Generic[Item]):
    """Items that are made when they are asked for, of which the last WINDOW are kept; a slice is a view."""

    def __init__(self, count: int, make: Callable[[int], Item], *, keep: bool = False) -> None:
        """`make` gives the item at a place, and the same whenever it is asked; with `keep`, it is asked once."""
        self._places = range(count)
        self._make = lru_cache(None if keep else WINDOW)(make)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Item]:
        return map(self._make, self._places)

    @overload
    def __getitem__(self, at: int) -> Item: ...
    @overload
    def __getitem__(self, at: slice) -> Self: ...
    def __getitem__(self, at: int | slice) -> Item | Self:
        if isinstance(at, slice):
            part = copy(self)
            part._places = self._places[at]
            return part
        return self._make(self._places[at])


def packed(value: Any) -> bytes:
    """Return a value as a spool keeps it."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


class Spool:
    """Values in a temporary file, which goes with the object. TMPDIR says where, as for all programs."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open as long as this object
        self._ends = array("q", [0])

    def put(self, value: Any) -> int:
        """Write a value, and return its number. Raises OSError where the disk is full."""
        return self.put_packed(packed(value))

    def put_packed(self, value: bytes) -> int:
        """Write a value that is packed already, and return its number."""
        self._ends.append(self._ends[-1] + self._file.write(value))
        return len(self._ends) - 2

    def get(self, number: int | None) -> Any:
        """Return a value that was put; None for None."""
        return None if number is None else pickle.loads(self.packed(number))

    def packed(self, number: int) -> bytes:
        """Return a value that was put, as it is kept."""
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._file.fileno(), end - start, start)


class Spooled(Mapping[str, Any]):
    """A mapping in a spool, read whenever it is looked into: for what is large and looked at once."""

    def __init__(self, spool: Spool, number: int) -> None:
        """Refer to the mapping that was put as this number."""
        self._read = partial(spool.get, number)

    def __getitem__(self, name: str) -> Any:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


class _Partly:
    """A record some of whose fields come when they are asked for, and stay as long as the object."""

    PARTS: ClassVar[tuple[str, ...]]
    _part: Callable[[str], Any]

    @classmethod
    def of(cls, part: Callable[[str], Any], **known: Any) -> Self:
        """`part` returns the field of any of PARTS by its name; all others are `known`."""
        record = cls.__new__(cls)
        for name, value in {**known, "_part": part}.items():
            object.__setattr__(record, name, value)
        return record

    def __getattr__(self, name: str) -> Any:
        """Return a part that is not there yet, and keep it."""
        if name not in self.PARTS:
            raise AttributeError(name)
        value = self._part(name)
        object.__setattr__(self, name, value)
        return value


class LazyPage(_Partly, PageRecord):
    """A page whose larger parts come when they are asked for."""

    PARTS = ("paper", "reading", "vector", "text_vector", "opinion")


class LazyReading(_Partly, PageReading):
    """A reading whose words come when they are asked for: half of what asks needs only the language or the turn."""

    PARTS = ("text", "lines")
