"""Pages as networks take them: squashed whole to the network's size, channels first, scaled as when it was trained.

The usual crop of the middle would cut off page numbers, mastheads and signatures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    import torch

Interpolation = Literal["bicubic", "bilinear"]
REDUCED_TO = 2
"""A page this many times as large as the network takes, or more, is first reduced by whole numbers, which is quicker:
its shorter side stays at least that large."""


class Squash:
    """What makes an opened scan a network's input, shape (3, height, width).

    Torch resizes 8 bits in half the time that Pillow takes, with the same filters, and grays as one channel.
    """

    def __init__(
        self,
        size: tuple[int, int],
        *,
        mean: Sequence[float],
        deviation: Sequence[float],
        interpolation: Interpolation = "bicubic",
    ) -> None:
        """Take the network's (height, width), and mean and deviation of each channel on a scale of 0 to 1."""
        self.size = size
        self._interpolation = interpolation
        self._scale = (1 / (255 * np.asarray(deviation)))[:, None, None].astype(np.float32)
        self._shift = (np.asarray(mean) / np.asarray(deviation))[:, None, None].astype(np.float32)

    def __call__(self, image: Image.Image) -> torch.Tensor:
        """Return the page as the network's input."""
        import torch

        height, width = self.size
        if image.mode not in {"RGB", "L"}:
            image = image.convert("RGB")
        across, down = image.width // (REDUCED_TO * width) or 1, image.height // (REDUCED_TO * height) or 1
        if across > 1 or down > 1:
            image = image.reduce((across, down))
        pixels = torch.from_numpy(np.array(image))
        pixels = pixels[None] if pixels.dim() == 2 else pixels.permute(2, 0, 1)
        squashed = torch.nn.functional.interpolate(pixels[None], self.size, mode=self._interpolation, antialias=True)
        # By NumPy, since torch would have threads of its own help each thread that decodes.
        scaled = np.empty((3, height, width), dtype=np.float32)
        np.multiply(squashed[0].numpy(), self._scale, out=scaled)
        scaled -= self._shift
        return torch.from_numpy(scaled)
