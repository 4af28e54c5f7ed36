"""The fastest runtime of an encoder on this machine, as measured by `manage.py tune`."""

from __future__ import annotations

import json
import platform
import timeit
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

if TYPE_CHECKING:
    from clustering.engine.encoders import Runtime, Vectors


TURNS = 3
"""The fastest turn counts: other programs on the machine slow some of them."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One runtime, compared with fp32."""

    runtime: Runtime
    rate: float
    """Pages per second, including opening them."""
    cosine: float
    """Smallest cosine of a vector with that of fp32."""
    is_good: bool
    """Whether all vectors are as good as those of fp32."""


def tuned_runtime(key: str, device: str) -> Runtime:
    """Return the runtime that was fastest for this encoder on a machine like this one; fp32 if not measured.

    Also fp32 if its package is gone or isn't on this machine: the vectors are as good.
    """
    from clustering.engine.encoders import DEFAULT_RUNTIME, RUNTIMES, missing_runtime

    kept = _kept().get(_place(key, device))
    there = (runtime for runtime in RUNTIMES if runtime == kept and not missing_runtime(runtime, device))
    return next(there, DEFAULT_RUNTIME)


def tune(key: str, device: str, items: Sequence[Any], tell: Callable[[Runtime, str], None]) -> list[Tried]:
    """Encode these pages or texts in each runtime, and store the fastest good one. Raises EncoderUnavailable.

    `tell` is called with each runtime that can't be tried, and why.
    """
    from clustering.engine.encoders import DEFAULT_RUNTIME, LEAST_COSINE, RUNTIMES, EncoderUnavailable, get_encoder

    tried: list[Tried] = []
    right: Vectors | None = None
    for runtime in RUNTIMES:
        try:
            encoder = get_encoder(key, device=device, runtime=runtime)
        except EncoderUnavailable as problem:
            if runtime == DEFAULT_RUNTIME:
                raise
            tell(runtime, str(problem))
            continue
        vectors = encoder.encode(items)  # the first time warms up
        seconds = min(timeit.repeat(partial(encoder.encode, items), number=1, repeat=TURNS))
        right = vectors if right is None else right
        there = np.linalg.norm(right, axis=1) > 0
        cosine = float((vectors * right).sum(axis=1)[there].min(initial=1.0))
        tried.append(Tried(runtime, len(items) / seconds, cosine, cosine >= LEAST_COSINE))
    best = max((each for each in tried if each.is_good), key=lambda each: each.rate)
    _keep(_place(key, device), best.runtime)
    return tried


def _place(key: str, device: str) -> str:
    """Return a key that is equal for machines that compute alike."""
    import torch

    name = torch.cuda.get_device_name(device) if device.startswith("cuda") else _processor()
    return f"{key} on {device} ({name}, torch {torch.__version__})"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    wanted = ("model name", "cpu family", "model\t", "flags")
    values = [line.partition(":")[2].strip() for line in lines[:40] if line.startswith(wanted)]
    made_for = [part for part in " ".join(values).split() if part in {"avx512_bf16", "amx_bf16"}]
    return " ".join([*(values[:3] or [platform.machine()]), *made_for])


def _file() -> Path:
    return Path(settings.CACHE_ROOT) / "runtimes.json"


def _kept() -> dict[str, str]:
    try:
        kept = json.loads(_file().read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _keep(device: str, runtime: str) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_name(f"{file.name}.new")
    whole.write_text(json.dumps({**_kept(), device: runtime}, indent=1), encoding="utf-8")
    whole.replace(file)
