"""In which arithmetic a network computes: as it was trained, or faster where a processor is made for it.

Vectors of all runtimes are kept under one key, so one is only used where its vectors are as good as those of fp32:
`manage.py tune` measures that on pages of the installation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args, runtime_checkable

from clustering.engine.encoders.contract import EncoderUnavailable
from clustering.engine.encoders.openvino_networks import compiled, missing_openvino

if TYPE_CHECKING:
    import torch

Runtime = Literal["fp32", "channels-last", "bf16", "autocast", "openvino", "openvino-bf16"]
"""fp32 as the weights came; the same with colors beside each other; all in 16 bits; matrices in 16 bits only; fp32 by
OpenVINO instead of torch; the same with matrices in 16 bits."""
RUNTIMES: tuple[Runtime, ...] = get_args(Runtime)
DEFAULT_RUNTIME: Runtime = "fp32"
LEAST_COSINE = 0.99
"""How like the vectors of fp32 those of another runtime must be."""


@runtime_checkable
class Tunable(Protocol):
    """An encoder that knows other runtimes than fp32."""

    def use(self, runtime: Runtime) -> None:
        """Compute in this runtime from now on."""


def missing_runtime(runtime: Runtime, device: str) -> str:
    """Return "" where this runtime can be tried on this device, else one sentence."""
    if not runtime.startswith("openvino"):
        return ""
    return missing_openvino() if device == "cpu" else f"OpenVINO is for processors, not for {device}."


def faster(
    network: Any, call: Callable[..., Any], runtime: Runtime, device: str, examples: Sequence[torch.Tensor]
) -> Callable[..., Any]:
    """Return `call`, which computes by `network`, in this arithmetic. The network may be changed in place.

    `examples` are inputs of `call`, two rows or more. Raises EncoderUnavailable.
    """
    import torch

    if problem := missing_runtime(runtime, device):
        raise EncoderUnavailable(problem)
    if runtime == "fp32":
        return call
    if runtime in {"openvino", "openvino-bf16"}:
        return compiled(network, call, examples, in_bf16=runtime == "openvino-bf16")
    if runtime == "bf16":
        network.to(torch.bfloat16)
    network.to(memory_format=torch.channels_last)

    def forward(*inputs: torch.Tensor) -> Any:
        laid = [_laid(part, runtime) for part in inputs]
        with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=runtime == "autocast"):
            return call(*laid)

    return forward


def _laid(part: torch.Tensor, runtime: Runtime) -> torch.Tensor:
    import torch

    if not part.is_floating_point():
        return part
    kind = torch.bfloat16 if runtime == "bf16" else part.dtype
    return part.to(dtype=kind, memory_format=torch.channels_last if part.dim() == 4 else torch.preserve_format)
