"""What readers of sources work with: a folder on disk, a fetcher, sizes, and limits."""

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
    """Folder in which each source keeps its state."""
    limits: Limits
    fetcher: Fetcher = field(default_factory=Fetcher)
    size: Size = field(default_factory=Size)
    fresh_since: float = 0.0
    """Documents of servers stored before this moment are fetched again."""
    roots: tuple[Path, ...] = ()
    """Other folders in which a CSV may name files."""
    bdr: str = BDR
    bdr_percent: int = 25
    """Size of Brown's images, unless one is given."""

    @property
    def tick(self) -> Tick:
        """Called during long work."""
        return self.fetcher.tick


@dataclass(frozen=True, slots=True)
class SourceKind:
    """One kind of source. A module of this folder lists its own in KINDS."""

    name: str
    reader: Callable[[str, Tools], SourceReader]
    means: Callable[[str, str], str | None]
    """Returns the canonical form of a text that means this kind of source, else None. The second argument is the
    address of Brown's repository. Doesn't use the network. Raises NoSource for what is almost such a source."""
    place: int
    """Kinds are tried in this order, the lowest first."""
    is_path: bool = False
    """Whether it is on this machine."""
    takes_size: bool = False
    """Whether images can be requested in a smaller size."""
