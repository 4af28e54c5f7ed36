"""Settings with which jobs pause between pages, since they run all the time and others need the CPU.

Two jobs at full speed took most of what the tests of faults cost, and nobody looks at the pages.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.apps import AppConfig

from hhreview.settings import *  # noqa: F403
from hhreview.settings import INSTALLED_APPS as OURS

READ = 4, 1.5
"""Pages in a batch, and the pause before each."""
EMBEDDED = 16, 4.0
"""The same, with one pause per batch."""


class Resting(AppConfig):
    """Change the two stages that run."""

    name = "tests.faults"

    def ready(self) -> None:
        from clustering.jobs.stages import embedding, reading

        for stage, (pages, seconds), paths in ((reading, READ, "page_path"), (embedding, EMBEDDED, "page_paths")):
            object.__setattr__(stage.PART, "most", pages)
            setattr(stage, paths, _after(seconds, getattr(stage, paths)))


def _after(seconds: float, act: Callable[..., Any]) -> Callable[..., Any]:
    def rested(*arguments: Any) -> Any:
        time.sleep(seconds)
        return act(*arguments)

    return rested


INSTALLED_APPS = [*OURS, f"{__name__}.{Resting.__name__}"]
