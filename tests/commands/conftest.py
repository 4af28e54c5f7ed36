"""The same scans and store as the tests of jobs."""

from tests.jobs.conftest import draw_scans, media, shared_folder

__all__ = ["draw_scans", "media", "shared_folder"]
