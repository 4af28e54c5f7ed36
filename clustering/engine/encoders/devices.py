"""Devices and threads that encoders compute with."""

from __future__ import annotations

from clustering.engine.encoders.contract import EncoderUnavailable
from clustering.engine.processors import processors
from clustering.sentences import say

MOST_DECODERS = 8
"""More threads would decode faster than a disk or a network store delivers."""
_threads = 0


def use_threads(count: int) -> None:
    """Compute and decode with `count` threads in this process, which shares the machine with others; 0 uses one per
    processor that it may use. In a container, PyTorch by itself counts those of the host."""
    import torch

    global _threads
    _threads = count or processors()
    if count or _threads < torch.get_num_threads():
        torch.set_num_threads(_threads)


def decoding_threads() -> int:
    """Return the number of threads that decode scans for a device other than the CPU."""
    return min(MOST_DECODERS, _threads or processors())


def choose_device(wanted: str | None = None) -> str:
    """Return the requested device, or the best available: cuda, then mps, then cpu.

    Raises EncoderUnavailable if the requested one isn't available.
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
