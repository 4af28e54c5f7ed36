"""Turn whole pages into the input of networks: squashed to its size, channels first, scaled as in training.

The usual crop of the middle would cut off page numbers, mastheads, and signatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image

from clustering.engine.images import reduced_toward

if TYPE_CHECKING:
    import torch

Interpolation = Literal["bicubic", "bilinear"]


class Squash:
    """Turn opened scans into a network's input, shape (3, height, width).

    Torch resizes 8-bit images with the same filters in half the time of Pillow, and gray ones as one channel.
    """

    def __init__(
        self,
        size: tuple[int, int],
        *,
        mean: Sequence[float],
        deviation: Sequence[float],
        interpolation: Interpolation = "bicubic",
    ) -> None:
        """Take the network's (height, width), and the mean and deviation of each channel on a scale of 0 to 1."""
        self.size = size
        self._interpolation = interpolation
        self._scale = (1 / (255 * np.asarray(deviation)))[:, None, None].astype(np.float32)
        self._shift = (np.asarray(mean) / np.asarray(deviation))[:, None, None].astype(np.float32)

    def __call__(self, image: Image.Image) -> torch.Tensor:
        """Return the page as the network's input."""
        import torch

        height, width = self.size
        pixels = torch.from_numpy(np.array(reduced_toward(image, (width, height))))
        pixels = pixels[None] if pixels.dim() == 2 else pixels.permute(2, 0, 1)
        squashed = pixels[None]
        if squashed.shape[2:] != self.size:
            squashed = torch.nn.functional.interpolate(squashed, self.size, mode=self._interpolation, antialias=True)
        # With NumPy, since torch would start threads of its own in each decoding thread.
        scaled = np.empty((3, height, width), dtype=np.float32)
        np.multiply(squashed[0].numpy(), self._scale, out=scaled)
        scaled -= self._shift
        return torch.from_numpy(scaled)
