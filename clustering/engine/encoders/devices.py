"""Where the arithmetic is done."""

from __future__ import annotations

import os

from clustering.engine.encoders.contract import EncoderUnavailable
from clustering.sentences import say

MOST_DECODERS = 8
"""More threads decode faster than a disk or a network store delivers."""
_threads = 0


def use_threads(count: int) -> None:
    """Compute and decode with so many threads in this process: it shares the machine with others. 0: with all."""
    import torch

    global _threads
    _threads = count
    if count:
        torch.set_num_threads(count)


def decoding_threads() -> int:
    """Return how many threads decode scans for a device that computes."""
    return min(MOST_DECODERS, _threads or os.cpu_count() or 1)


def choose_device(wanted: str | None = None) -> str:
    """Return the device asked for, or the best there is: cuda, then mps, then cpu.

    Raises EncoderUnavailable where the one asked for is not there.
    """
    import torch

    has = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if wanted:
        family = wanted.split(":")[0]
        if not has.get(family, False):
            raise EncoderUnavailable(
                say(
                    "This machine has no device %(wanted)s that PyTorch can use: choose cpu, or leave the device "
                    "out to have the best one chosen.",
                    wanted=repr(wanted),
                )
            )
        return wanted
    return next(name for name, there in has.items() if there)
