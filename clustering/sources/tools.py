"""What readers of sources work with: a folder on disk, a fetcher, sizes and limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from clustering.sources.contract import Size, SourceReader, Tick
from clustering.sources.fetching import Fetcher
from clustering.sources.unpacking import Limits

BDR = "https://repository.library.brown.edu"


@dataclass(frozen=True, slots=True)
class Tools:
    """What readers work with."""

    cache_root: Path
    """Below it each source keeps what lets it go on."""
    limits: Limits
    fetcher: Fetcher = field(default_factory=Fetcher)
    size: Size = field(default_factory=Size)
    fresh_since: float = 0.0
    """Documents of servers that were kept before this moment are asked for again."""
    roots: tuple[Path, ...] = ()
    """Folders beside its own that a CSV may name files in."""
    bdr: str = BDR
    bdr_percent: int = 25
    """How large Brown's images are asked for, unless a size is given."""

    @property
    def tick(self) -> Tick:
        """Called while something takes long."""
        return self.fetcher.tick


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One kind of source. A module of this folder lists its own in KINDS."""

    name: str
    reader: Callable[[str, Tools], SourceReader]
    means: Callable[[str, str], str | None]
    """Whether this is what people mean by a text, and how it is spelled properly; None if it is not. It is told where
    Brown's repository is as well. Touches no network. Raises NoSource for what nearly is such a source."""
    place: int
    """In which order kinds are asked, the lowest first."""
    is_path: bool = False
    """Whether it lies on this machine."""
    takes_size: bool = False
    """Whether images can be asked for smaller."""
