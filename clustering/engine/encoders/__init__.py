"""Encoders, which turn pages into vectors, by key.

A key names the model and the resolution. It is stored with every vector, because vectors of different encoders can't be
compared: `efficientnet-lite0@224`, `open-clip:ViT-B-32/laion2b_s34b_b79k@224`,
`open-clip:local-dir:/path/to/folder@224`, `minilm`, `open-clip-text:local-dir:/path/to/folder`.
"""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from clustering.engine.encoders.contract import (
    Encoder,
    EncoderFamily,
    EncoderUnavailable,
    Kind,
    KnownEncoder,
    OnBad,
    Vectors,
)
from clustering.engine.encoders.devices import choose_device, use_threads
from clustering.engine.encoders.runtimes import (
    DEFAULT_RUNTIME,
    LEAST_COSINE,
    RUNTIMES,
    Runtime,
    Tunable,
    missing_runtime,
)
from clustering.sentences import say

__all__ = [
    "DEFAULT_IMAGE_ENCODER",
    "DEFAULT_RUNTIME",
    "DEFAULT_TEXT_ENCODER",
    "LEAST_COSINE",
    "RUNTIMES",
    "Encoder",
    "EncoderUnavailable",
    "Kind",
    "KnownEncoder",
    "OnBad",
    "Runtime",
    "Vectors",
    "choose_device",
    "encoder_kind",
    "families",
    "get_encoder",
    "known_encoders",
    "missing_runtime",
    "use_threads",
]

DEFAULT_IMAGE_ENCODER = "efficientnet-lite0@224"
DEFAULT_TEXT_ENCODER = "minilm"

RESOLUTIONS = range(64, 1025)
"""Pixels per side. Smaller pages lose their print; larger ones take seconds each without better vectors."""


def families() -> dict[str, EncoderFamily]:
    """Return all families of encoders by name, from the modules in this folder."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    return {family.name: family for module in modules for family in getattr(module, "FAMILIES", ())}


def get_encoder(key: str, *, device: str | None = None, runtime: Runtime = DEFAULT_RUNTIME) -> Encoder:
    """Load the encoder of a key, which takes seconds. Encoders that aren't `Tunable` ignore `runtime` and use fp32.

    Raises EncoderUnavailable if it can't be used here or in this runtime, and ValueError for an unknown key.
    """
    family, model, resolution = _parsed(key)
    if problem := _torch_problem(family):
        raise EncoderUnavailable(problem)
    encoder = family.load(model, resolution, device)
    if runtime != DEFAULT_RUNTIME and isinstance(encoder, Tunable):
        encoder.use(runtime)
    return encoder


def encoder_kind(key: str) -> Kind:
    """Return what the encoder of a key takes, without loading it. Raises ValueError for an unknown key."""
    return _parsed(key)[0].kind


def known_encoders() -> tuple[KnownEncoder, ...]:
    """Return the encoders to choose from, those for images first. Loads none and doesn't use the network."""
    known = [
        replace(encoder, problem=_torch_problem(family) or encoder.problem)
        for family in families().values()
        for encoder in family.known()
    ]
    return tuple(sorted(known, key=lambda encoder: encoder.kind))


def _parsed(key: str) -> tuple[EncoderFamily, str, int | None]:
    """Return family, model, and resolution. Raises ValueError with a sentence that shows valid keys."""
    matched = re.fullmatch(r"(?P<name>.+?)(?:@(?P<size>\d+))?", key.strip())
    name = matched["name"] if matched else ""
    size = int(matched["size"]) if matched and matched["size"] else None
    if size is not None and size not in RESOLUTIONS:
        raise ValueError(
            say(
                "%(key)s asks for %(size)s pixels a side: choose %(start)s to %(stop)s, for example %(example)s.",
                key=repr(key),
                size=size,
                start=RESOLUTIONS.start,
                stop=RESOLUTIONS.stop - 1,
                example=DEFAULT_IMAGE_ENCODER,
            )
        )
    first, _, model = name.partition(":")
    family = families().get(first)
    if family is None or bool(model) != family.has_models or (size is not None and not family.has_sizes):
        offered = ", ".join(encoder.key for encoder in known_encoders())
        raise ValueError(
            say(
                "There is no encoder %(key)s: choose %(offered)s, or another model of open_clip.",
                key=repr(key),
                offered=offered,
            )
        )
    return family, model, size


def _torch_problem(family: EncoderFamily) -> str:
    if family.needs_torch and find_spec("torch") is None:
        return say(
            "Encoders need the package torch: install it in this environment, for example with pip install torch."
        )
    return ""
