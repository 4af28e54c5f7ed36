"""The interface of encoders and of their families."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from clustering.engine.images import BadScan
from clustering.engine.records import Report

Kind = Literal["image", "text"]

Vectors = npt.NDArray[np.float32]
"""Embeddings, shape (n, d). Rows have length 1, or 0 if there was nothing to encode."""

OnBad = Callable[[int, BadScan], None]
"""Called with the index of each scan that couldn't be opened, and the reason."""


class EncoderUnavailable(RuntimeError):
    """The encoder can't be used here. The message is a sentence with the reason and every remedy."""


class Encoder(Protocol):
    """Turns pages into vectors. It is loaded and ready; keep one per process and device."""

    @property
    def key(self) -> str:
        """Name stored with the vectors, including the resolution: "efficientnet-lite0@224"."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""

    @property
    def resolution(self) -> int:
        """Pixels per side of the network's input; 0 for texts."""

    @property
    def kind(self) -> Kind:
        """Whether it takes paths of scans or texts."""

    def encode(
        self,
        items: Sequence[Any],
        *,
        batch_size: int = 16,
        report: Report | None = None,
        on_bad: OnBad | None = None,
    ) -> Vectors:
        """Return one vector per item, in the same order, float32, L2-normalized.

        An item's vector doesn't depend on the other items, except for rounding in the sixth digit. `report` is called
        after each batch. A scan that can't be opened raises BadScan, or, with `on_bad`, is reported there and has a row
        of zeros. So has an empty text.
        """


@dataclass(frozen=True, slots=True)
class KnownEncoder:
    """One of the encoders to choose from."""

    key: str
    kind: Kind
    dimensions: int
    description: str
    """One sentence."""
    problem: str = ""
    """Why it can't be used here, with the remedies, in one sentence; empty if it can."""
    needs_download: bool = False
    """Whether its weights would be downloaded at first use."""

    @property
    def usable(self) -> bool:
        """Whether it can be used here."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class EncoderFamily:
    """Encoders whose keys begin with the same name. A module in this folder lists its own in FAMILIES."""

    name: str
    """Beginning of the key, up to the colon if models follow."""
    kind: Kind
    load: Callable[[str, int | None, str | None], Encoder]
    """Load the encoder of (model, resolution, device); None stands for the default. Raises EncoderUnavailable."""
    known: Callable[[], Iterable[KnownEncoder]] = tuple
    """Return the encoders to choose from without loading any."""
    has_models: bool = False
    """Whether the key names a model after the family: open-clip:ViT-B-32/laion2b_s34b_b79k."""
    has_sizes: bool = False
    """Whether the key may end with a resolution: @224."""
    needs_torch: bool = True


def file_in_package(package: str, name: str) -> Path | None:
    """Return a file of an installed package without importing it, since one prints a greeting; None if missing."""
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations or ()) if spec else ()
    return next((path for folder in folders if (path := Path(folder) / name).is_file()), None)


def problem_of(locate: Callable[[], object]) -> str:
    """Return why something can't be located; empty if it can."""
    try:
        locate()
    except EncoderUnavailable as missing:
        return str(missing)
    return ""


ScanPath = str | Path


def normalized(vectors: npt.NDArray[np.float32]) -> Vectors:
    """Return the rows scaled to length 1; rows of zeros stay zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)
