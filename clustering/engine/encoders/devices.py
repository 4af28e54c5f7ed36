"""Where the arithmetic is done."""

from __future__ import annotations

from clustering.engine.encoders.contract import EncoderUnavailable


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
                f"This machine has no device {wanted!r} that PyTorch can use: choose cpu, or leave the device out to "
                "have the best one chosen."
            )
        return wanted
    return next(name for name, there in has.items() if there)
