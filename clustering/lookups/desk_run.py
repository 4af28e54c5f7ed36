"""Which run speaks at the desk: acts ask as well, so it stands with them."""

from clustering.actions.live import desk_run, desk_run_id

__all__ = ["desk_run", "desk_run_id"]
