"""Compute networks with OpenVINO, which is made for CPUs: the same numbers as torch's in about half the time, or nearly
the same in a quarter.

Torch exports the network, and OpenVINO's frontend reads the export. `openvino.convert_model` would do the same, but it
sends telemetry.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from clustering.engine.encoders.contract import EncoderUnavailable
from clustering.sentences import say

if TYPE_CHECKING:
    import torch

Precision = Literal["f32", "bf16", "int8"]
"""In which numbers matrices are multiplied."""
QUANTIZED_TOGETHER = 64
"""Inputs of a matrix that share a scale in int8: few enough that one large value doesn't flatten the others."""
INT8_MAX = 127
IMAGES_DIM = 4
"""Dimensions of a batch of images. Only their number varies; a batch of texts also varies in length."""


def missing_openvino() -> str:
    """Return "" if OpenVINO is installed, or else a sentence."""
    if importlib.util.find_spec("openvino") is None:
        return "OpenVINO is not installed. To try it, install hhreview with its extra `openvino`."
    return ""


def compiled(
    network: torch.nn.Module,
    call: Callable[..., torch.Tensor],
    examples: Sequence[torch.Tensor],
    *,
    precision: Precision,
) -> Callable[..., torch.Tensor]:
    """Return a function that computes the same as `call`, a function of `network`, in as many threads as torch has.

    `examples` are inputs of `call` with at least two rows, on the CPU. Raises EncoderUnavailable if OpenVINO isn't
    installed or can't compute this network.
    """
    if problem := missing_openvino():
        raise EncoderUnavailable(problem)
    import openvino
    import torch

    threads = torch.get_num_threads()
    try:
        model = _converted(network, call, tuple(examples))
        if precision == "int8":
            _quantize(model)
        settings = {
            "INFERENCE_PRECISION_HINT": "bf16" if precision == "bf16" else "f32",
            "DYNAMIC_QUANTIZATION_GROUP_SIZE": QUANTIZED_TOGETHER,
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": threads,
        }
        ready: Any = openvino.Core().compile_model(model, "CPU", settings)
    except EncoderUnavailable:
        raise
    # torch and OpenVINO raise errors of any type, and each means that torch has to compute this network.
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
            # Copied, because the next user of this request overwrites its results.
            return torch.from_numpy(request.infer([part.numpy() for part in inputs], share_inputs=True)[0].copy())
        finally:
            requests.put(request)

    return forward


def _converted(network: torch.nn.Module, call: Callable[..., torch.Tensor], examples: tuple[torch.Tensor, ...]) -> Any:
    """Return `call` as OpenVINO's model, for any number of rows."""
    import torch
    from openvino import PartialShape
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.fx_decoder import TorchFXPythonDecoder
    from openvino.frontend.pytorch.torchdynamo.export_decompositions import ops_to_not_decompose
    from torch.export import Dim, default_decompositions, export

    class Called(torch.nn.Module):
        """`call` as a module, since torch exports modules."""

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
    # The model reads from both until it is compiled.
    decoder = TorchFXPythonDecoder(exported.module(), dynamic_shapes=True)
    read = reader.load(decoder)
    model = reader.convert(read)
    for port, part, places in zip(model.inputs, examples, varying, strict=True):
        model.reshape({port: PartialShape([-1 if place in places else size for place, size in enumerate(part.shape)])})
    return model


def _quantize(model: Any) -> None:
    """Store the matrices that a model multiplies by in int8, with a scale for each output.

    OpenVINO then quantizes each input as it comes, so no pages are needed to calibrate (dynamic quantization). Raises
    EncoderUnavailable if the model multiplies by no matrix, as convolutional networks.
    """
    from openvino import opset13

    products = [node for node in model.get_ops() if node.get_type_name() == "MatMul" and _is_matrix(node.input(1))]
    if not products:
        raise EncoderUnavailable(say("OpenVINO makes only transformers faster in 8 bits."))
    for product in products:
        attributes = product.get_attributes()
        stored = product.input(1).get_source_output().get_node().get_data().astype(np.float32)
        weights = stored if attributes["transpose_b"] else stored.T
        scales = np.maximum(np.abs(weights).max(axis=1, keepdims=True), np.finfo(np.float32).tiny) / INT8_MAX
        matrix = opset13.convert(opset13.constant(np.round(weights / scales).astype(np.int8)), "f32")
        scaled = opset13.multiply(matrix, opset13.constant(scales))
        inputs = product.input(0).get_source_output()
        quantized = opset13.matmul(inputs, scaled, attributes["transpose_a"], transpose_b=True)
        for target in product.output(0).get_target_inputs():
            target.replace_source_output(quantized.output(0))
    model.validate_nodes_and_infer_types()


def _is_matrix(port: Any) -> bool:
    source = port.get_source_output().get_node()
    return source.get_type_name() == "Constant" and len(source.get_output_shape(0)) == 2
