"""What every encoder promises, and how it says that it cannot be used here."""

from __future__ import annotations

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
"""Embeddings, shape (n, d), each row of length 1, or of length 0 where there was nothing to encode."""

OnBad = Callable[[int, BadScan], None]
"""Told of each scan that could not be opened: its place in the input and why."""


class EncoderUnavailable(RuntimeError):
    """The encoder cannot be used here. The message is one sentence with the reason and every remedy."""


class Encoder(Protocol):
    """Turns pages into vectors. Loaded and ready; keep one per process and device."""

    @property
    def key(self) -> str:
        """The name under which the vectors are stored, resolution included: "efficientnet-lite0@224"."""

    @property
    def dimensions(self) -> int:
        """Length of one vector."""

    @property
    def resolution(self) -> int:
        """Pixels of each edge of what the network sees; 0 for texts."""

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
        """Return one vector an item, in the order given, float32, L2-normalized.

        The vector of an item does not depend on what else is encoded with it, but for rounding in the sixth digit.
        `report` is called after each batch. A scan that cannot be opened raises BadScan; with `on_bad` it is
        reported there instead, and its row is zero. An empty text gives a row of zeros.
        """


@dataclass(frozen=True, slots=True)
class KnownEncoder:
    """One encoder as it is offered for choosing."""

    key: str
    kind: Kind
    dimensions: int
    description: str
    """One sentence."""
    problem: str = ""
    """Empty where nothing is in the way here, else one sentence with the remedies."""
    needs_download: bool = False
    """Whether its weights would be fetched from the network at first use."""

    @property
    def usable(self) -> bool:
        """Whether nothing is in the way here."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class EncoderFamily:
    """Encoders whose keys begin alike. A module of this folder lists its own in FAMILIES."""

    name: str
    """Beginning of the key, up to a colon where models follow."""
    kind: Kind
    load: Callable[[str, int | None, str | None], Encoder]
    """The encoder of a model, at a resolution, on a device; None: as it is best. Raises EncoderUnavailable."""
    known: Callable[[], Iterable[KnownEncoder]] = tuple
    """Those that are offered for choosing, without loading one."""
    has_models: bool = False
    """Whether the key names a model after the family: open-clip:ViT-B-32/laion2b_s34b_b79k."""
    has_sizes: bool = False
    """Whether the key may end with a resolution: @224."""
    needs_torch: bool = True


def problem_of(locate: Callable[[], object]) -> str:
    """Return why this cannot be located, empty where it can."""
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
