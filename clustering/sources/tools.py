"""What readers of sources work with: room on disk, a fetcher, sizes and limits."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from clustering.sources.contract import Size, Tick
from clustering.sources.fetching import Fetcher
from clustering.sources.unpacking import Limits

BDR = "https://repository.library.brown.edu"


@dataclass(frozen=True, slots=True)
class Tools:
    """What readers work with."""

    room: Path
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
