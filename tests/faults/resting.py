"""Settings with which jobs pause between pages, since they run all the time and others need the CPU.

Two jobs at full speed took most of what the tests of faults cost, and nobody looks at the pages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from django.apps import AppConfig

from clustering.engine.encoders.contract import Vectors
from hhreview.settings import *  # noqa: F403
from hhreview.settings import INSTALLED_APPS as OURS

READ = 4, 1.5
"""Pages in a batch, and the pause before each."""
EMBEDDED = 16, 4.0
"""The same, with one pause per batch."""


class Idle:
    """An encoder without a network, which each of the many workers that are started would load for seconds."""

    resolution = 64

    def __init__(self, key: str) -> None:
        self.key = key

    def encode(self, items: Sequence[Path], **_: object) -> Vectors:
        """Rest, and look at nothing."""
        time.sleep(EMBEDDED[1])
        return np.full((len(items), 1280), 1280**-0.5, dtype=np.float32)


class Resting(AppConfig):
    """Change the two stages that run."""

    name = "tests.faults"

    def ready(self) -> None:
        from clustering.jobs.stages import embedding, reading

        path_of: Callable[..., Any] = vars(reading)["page_path"]
        slowly = _after(READ[1], path_of)
        for stage, pages, name, own in (
            (reading, READ[0], "page_path", slowly),
            (embedding, EMBEDDED[0], "loaded", Idle),
        ):
            object.__setattr__(stage.PART, "most", pages)
            setattr(stage, name, own)


def _after(seconds: float, act: Callable[..., Any]) -> Callable[..., Any]:
    def rested(*arguments: Any) -> Any:
        time.sleep(seconds)
        return act(*arguments)

    return rested


INSTALLED_APPS = [*OURS, f"{__name__}.{Resting.__name__}"]
