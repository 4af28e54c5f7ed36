"""Networks computed by OpenVINO, a package made for processors: the same numbers as torch's, in about half the time.

The network is exported by torch and read by OpenVINO's reader of such exports. `openvino.convert_model` would do the
same, but it reports over the network that it was used.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from clustering.engine.encoders.contract import EncoderUnavailable
from clustering.sentences import say

if TYPE_CHECKING:
    import torch

IMAGES_DIM = 4
"""Dimensions of a batch of images, of which only their number varies; of texts, also their length."""


def missing_openvino() -> str:
    """Return "" where OpenVINO is installed, else one sentence."""
    if importlib.util.find_spec("openvino") is None:
        return "OpenVINO is not installed. To try it, install hhreview with its extra `openvino`."
    return ""


def compiled(
    network: torch.nn.Module,
    call: Callable[..., torch.Tensor],
    examples: Sequence[torch.Tensor],
    *,
    in_bf16: bool,
) -> Callable[..., torch.Tensor]:
    """Return what computes the same as `call`, which computes by `network`, for as many threads at once as torch has.

    `examples` are inputs of `call`, two rows or more, on the processor. Raises EncoderUnavailable where OpenVINO is not
    installed or cannot compute this network.
    """
    if problem := missing_openvino():
        raise EncoderUnavailable(problem)
    import openvino
    import torch

    threads = torch.get_num_threads()
    try:
        model = _converted(network, call, tuple(examples))
        settings = {
            "INFERENCE_PRECISION_HINT": "bf16" if in_bf16 else "f32",
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": threads,
        }
        ready: Any = openvino.Core().compile_model(model, "CPU", settings)
    # torch and OpenVINO raise what they like; whatever it was, this network is computed by torch.
    except Exception as error:
        reason = re.sub(r"\s+", " ", str(error)).strip()[:300] or type(error).__name__
        raise EncoderUnavailable(
            say(
                "OpenVINO can’t compute this network (%(error)s). Run manage.py tune again to choose another runtime.",
                error=reason,
            )
        ) from error
    requests: SimpleQueue[Any] = SimpleQueue()
    for _ in range(threads):
        requests.put(ready.create_infer_request())

    def forward(*inputs: torch.Tensor) -> torch.Tensor:
        request = requests.get()
        try:
            # Copied: the next one that uses this request writes its results into the same memory.
            return torch.from_numpy(request.infer([part.numpy() for part in inputs], share_inputs=True)[0].copy())
        finally:
            requests.put(request)

    return forward


def _converted(network: torch.nn.Module, call: Callable[..., torch.Tensor], examples: tuple[torch.Tensor, ...]) -> Any:
    """Return OpenVINO's model of `call`, for any number of rows."""
    import torch
    from openvino import PartialShape
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.fx_decoder import TorchFXPythonDecoder
    from openvino.frontend.pytorch.torchdynamo.export_decompositions import ops_to_not_decompose
    from torch.export import Dim, default_decompositions, export

    class Called(torch.nn.Module):
        """The call as a module, which is what torch exports."""

        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
            return call(*inputs)

    varying = [(0,) if part.dim() == IMAGES_DIM else tuple(range(part.dim())) for part in examples]
    shapes = (tuple(dict.fromkeys(places, Dim.DYNAMIC) for places in varying),)
    with torch.no_grad():
        exported = export(Called().eval(), examples, dynamic_shapes=shapes, strict=False)
    parts: Any = default_decompositions()
    known = set(ops_to_not_decompose())
    exported = exported.run_decompositions({kind: made for kind, made in parts.items() if kind not in known})
    reader: Any = FrontEndManager().load_by_framework("pytorch")
    # Both are read by the model until it is compiled.
    decoder = TorchFXPythonDecoder(exported.module(), dynamic_shapes=True)
    read = reader.load(decoder)
    model = reader.convert(read)
    for port, part, places in zip(model.inputs, examples, varying, strict=True):
        model.reshape({port: PartialShape([-1 if place in places else size for place, size in enumerate(part.shape)])})
    return model
