"""Encoders: what turns pages into vectors, by key.

A key names the model and the resolution and is stored with every vector, since vectors of different encoders never
mix: `efficientnet-lite0@224`, `open-clip:ViT-B-32/laion2b_s34b_b79k@224`, `open-clip:local-dir:/path/to/folder@224`,
`minilm`, `open-clip-text:local-dir:/path/to/folder`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from clustering.engine.encoders import efficientnet, minilm, openclip
from clustering.engine.encoders.contract import Encoder, EncoderUnavailable, Kind, KnownEncoder, OnBad, Vectors
from clustering.engine.encoders.devices import use_threads

__all__ = [
    "DEFAULT_IMAGE_ENCODER",
    "DEFAULT_TEXT_ENCODER",
    "Encoder",
    "EncoderUnavailable",
    "Kind",
    "KnownEncoder",
    "OnBad",
    "Vectors",
    "encoder_kind",
    "get_encoder",
    "known_encoders",
    "use_threads",
]

DEFAULT_IMAGE_ENCODER = "efficientnet-lite0@224"
DEFAULT_TEXT_ENCODER = minilm.NAME

RESOLUTIONS = range(64, 1025)
"""Pixels a side. Below, print is gone; above, a page takes seconds and gains nothing."""


def get_encoder(key: str, *, device: str | None = None) -> Encoder:
    """Load the encoder of this key, ready to encode; takes seconds, so keep it.

    Raises EncoderUnavailable where it cannot be used here, and ValueError for a key that names no encoder.
    """
    family, model, resolution = _parsed(key)
    problem = _torch_problem()
    if problem:
        raise EncoderUnavailable(problem)
    if family == efficientnet.NAME:
        return efficientnet.EfficientNetEncoder(resolution=resolution or 224, device=device)
    if family == minilm.NAME:
        return minilm.MiniLMEncoder(device=device)
    if family == openclip.TEXT_FAMILY:
        return openclip.OpenClipTextEncoder(model, device=device)
    return openclip.OpenClipEncoder(model, resolution=resolution, device=device)


def encoder_kind(key: str) -> Kind:
    """Return what the encoder of this key takes, without loading it. Raises ValueError for a key that names none."""
    return "text" if _parsed(key)[0] in {minilm.NAME, openclip.TEXT_FAMILY} else "image"


def known_encoders() -> tuple[KnownEncoder, ...]:
    """Return the encoders that are offered for choosing. Loads none of them and reaches no network."""
    return (
        KnownEncoder(
            key=DEFAULT_IMAGE_ENCODER,
            kind="image",
            dimensions=efficientnet.DIMENSIONS,
            description="EfficientNet-Lite0, built in: small, quick on any processor, and needs no download.",
            problem=_torch_problem() or _problem_of(efficientnet.weights_path),
        ),
        KnownEncoder(
            key=openclip.DOCUMENTED,
            kind="image",
            dimensions=512,
            description="CLIP ViT-B/32 by open_clip: knows more of the world, and is downloaded once (600 MB).",
            problem=_torch_problem() or openclip.missing_package(),
            needs_download=not openclip.is_downloaded(openclip.DOCUMENTED_REPOSITORY),
        ),
        KnownEncoder(
            key=DEFAULT_TEXT_ENCODER,
            kind="text",
            dimensions=minilm.DIMENSIONS,
            description="all-MiniLM-L6-v2, built in: embeds what was read on a page, and needs no download.",
            problem=_torch_problem() or _problem_of(minilm.model_path),
        ),
    )


def _parsed(key: str) -> tuple[str, str, int | None]:
    """Return family, model and resolution. Raises ValueError with a sentence that shows how keys look."""
    matched = re.fullmatch(r"(?P<name>.+?)(?:@(?P<size>\d+))?", key.strip())
    name = matched["name"] if matched else ""
    size = int(matched["size"]) if matched and matched["size"] else None
    if size is not None and size not in RESOLUTIONS:
        raise ValueError(
            f"{key!r} asks for {size} pixels a side: choose {RESOLUTIONS.start} to {RESOLUTIONS.stop - 1}, for example "
            f"{DEFAULT_IMAGE_ENCODER}."
        )
    if name == efficientnet.NAME:
        return name, "", size
    if name == minilm.NAME and size is None:
        return name, "", None
    family, _, model = name.partition(":")
    if family == openclip.TEXT_FAMILY and model and size is None:
        return family, model, None
    if family == openclip.FAMILY and model:
        return family, model, size
    raise ValueError(
        f"There is no encoder {key!r}: choose {DEFAULT_IMAGE_ENCODER}, {DEFAULT_TEXT_ENCODER}, or an open_clip model "
        f"such as {openclip.DOCUMENTED}."
    )


def _torch_problem() -> str:
    if find_spec("torch") is None:
        return "Encoders need the package torch: install it in this environment, for example with pip install torch."
    return ""


def _problem_of(locate: Callable[[], Path]) -> str:
    try:
        locate()
    except EncoderUnavailable as missing:
        return str(missing)
    return ""
