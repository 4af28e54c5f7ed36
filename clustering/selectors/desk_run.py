"""Which run speaks at the desk: acts ask as well, so it stands with them."""

from clustering.redecode.live import desk_run, moved_since

__all__ = ["desk_run", "moved_since"]
