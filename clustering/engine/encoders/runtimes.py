"""Runtimes of a network: as it was trained, or faster ways that some CPUs support.

Vectors of all runtimes are stored under the same key, so a runtime is used only if its vectors are as good as those of
fp32. `manage.py tune` measures that on pages of the installation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, get_args, runtime_checkable

from clustering.engine.encoders.contract import EncoderUnavailable
from clustering.engine.encoders.openvino_networks import Precision, compiled, missing_openvino

if TYPE_CHECKING:
    import torch

Runtime = Literal["fp32", "channels-last", "bf16", "autocast", "openvino", "openvino-bf16", "openvino-int8"]
"""32 bits, as trained; the same with channels last in memory; 16 bits; 16 bits for matrices only; 32 bits with OpenVINO
instead of torch; OpenVINO with 16 bits for matrices, or with 8 (transformers only)."""
RUNTIMES: tuple[Runtime, ...] = get_args(Runtime)
OPENVINO: dict[Runtime, Precision] = {"openvino": "f32", "openvino-bf16": "bf16", "openvino-int8": "int8"}
DEFAULT_RUNTIME: Runtime = "fp32"
LEAST_COSINE = 0.99
"""Least cosine between a runtime's vectors and those of fp32."""


@runtime_checkable
class Tunable(Protocol):
    """An encoder that supports other runtimes than fp32."""

    def use(self, runtime: Runtime) -> None:
        """Compute in this runtime from now on."""


def missing_runtime(runtime: Runtime, device: str) -> str:
    """Return "" if this runtime can be tried on this device, or else a sentence."""
    if runtime not in OPENVINO:
        return ""
    return missing_openvino() if device == "cpu" else f"OpenVINO is for processors, not for {device}."


def faster(
    network: Any, call: Callable[..., Any], runtime: Runtime, device: str, examples: Sequence[torch.Tensor]
) -> Callable[..., Any]:
    """Return `call`, a function of `network`, in a runtime. May change the network in place.

    `examples` are inputs of `call` with at least two rows. Raises EncoderUnavailable.
    """
    import torch

    if problem := missing_runtime(runtime, device):
        raise EncoderUnavailable(problem)
    if runtime == "fp32":
        return call
    if runtime in OPENVINO:
        return compiled(network, call, examples, precision=OPENVINO[runtime])
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
