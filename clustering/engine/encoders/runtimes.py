"""In which arithmetic a network computes: as it was trained, or faster where a processor is made for it.

Vectors of all runtimes are kept under one key, so one is only used where its vectors are as good as those of fp32:
`manage.py tune` measures that on pages of the installation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args, runtime_checkable

if TYPE_CHECKING:
    import torch

Runtime = Literal["fp32", "channels-last", "bf16", "autocast"]
"""fp32 as the weights came; the same with colors beside each other; all in 16 bits; matrices in 16 bits only."""
RUNTIMES: tuple[Runtime, ...] = get_args(Runtime)
DEFAULT_RUNTIME: Runtime = "fp32"
LEAST_COSINE = 0.99
"""How like the vectors of fp32 those of another runtime must be."""


@runtime_checkable
class Tunable(Protocol):
    """An encoder that knows other runtimes than fp32."""

    def use(self, runtime: Runtime) -> None:
        """Compute in this runtime from now on."""


def faster(network: Any, call: Callable[..., Any], runtime: Runtime, device: str) -> Callable[..., Any]:
    """Return `call`, which computes by `network`, in this arithmetic. The network is changed in place."""
    import torch

    if runtime == "fp32":
        return call
    if runtime == "bf16":
        network.to(torch.bfloat16)
    network.to(memory_format=torch.channels_last)

    def forward(*inputs: torch.Tensor, **named: torch.Tensor) -> Any:
        laid = [_laid(part, runtime) for part in inputs]
        with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=runtime == "autocast"):
            return call(*laid, **named)

    return forward


def _laid(part: torch.Tensor, runtime: Runtime) -> torch.Tensor:
    import torch

    if not part.is_floating_point():
        return part
    kind = torch.bfloat16 if runtime == "bf16" else part.dtype
    return part.to(dtype=kind, memory_format=torch.channels_last if part.dim() == 4 else torch.preserve_format)
