"""Settings of a desk whose jobs rest between pages: they have to go on all the time, and others want the processor.

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
"""Pages of a batch, and how long it rests before each."""
EMBEDDED = 16, 4.0
"""The same, but it rests once a batch."""


class Resting(AppConfig):
    """Changes the two stages that are at work."""

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
