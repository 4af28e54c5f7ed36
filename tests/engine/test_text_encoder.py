"""The text encoder with its real weights."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from clustering.engine.encoders import Encoder, get_encoder, minilm

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def sentences() -> Encoder:
    return get_encoder("minilm", device="cpu")


def test_its_network_computes_what_transformers_does() -> None:
    import torch
    from safetensors.torch import load
    from transformers import BertConfig, BertModel

    with zipfile.ZipFile(minilm.model_path()) as packed:
        theirs: Any = BertModel(BertConfig(**json.loads(packed.read("config.json"))), add_pooling_layer=False)
        stored = load(packed.read("model.safetensors"))
    unused = ("pooler.", "embeddings.position_ids")
    theirs.load_state_dict({name: part for name, part in stored.items() if not name.startswith(unused)})
    ids = torch.randint(0, 30_000, (3, 200), generator=torch.Generator().manual_seed(3))
    mask = torch.ones_like(ids)
    mask[1, 90:], mask[2, 3:] = 0, 0
    with torch.inference_mode():
        ours = minilm.load_network()(ids, mask)
        wanted = theirs.eval()(input_ids=ids, attention_mask=mask).last_hidden_state
    np.testing.assert_allclose(ours[mask.bool()], wanted[mask.bool()], atol=1e-5)


def test_it_loads_neither_transformers_nor_the_compiler_of_torch() -> None:
    """Each takes seconds of every worker's start."""
    script = (
        "import sys; from clustering.engine.encoders import get_encoder; get_encoder('minilm').encode(['words']); "
        "print([name for name in ('transformers', 'torch._dynamo', 'torchvision') if name in sys.modules])"
    )
    root = Path(minilm.__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, env=os.environ, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_texts_of_one_meaning_lie_together(sentences: Encoder) -> None:
    texts = [
        "The union calls a strike at the steel mill over wages.",
        "Steel workers walk out; their union demands higher pay.",
        "Boil the potatoes, add butter and a pinch of salt.",
    ]
    vectors = sentences.encode(texts)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    alike = vectors @ vectors.T
    assert alike[0, 1] > 0.5 > 0.2 > alike[0, 2]


def test_a_text_vector_does_not_depend_on_its_batch(sentences: Encoder) -> None:
    texts = ["A short line.", "a word " * 700, "Statement of the committee. " * 40, "", "-2-"]
    together = sentences.encode(texts, batch_size=5)
    np.testing.assert_allclose(sentences.encode(texts, batch_size=1), together, atol=1e-5)


def test_an_empty_text_gets_a_vector_of_zeros(sentences: Encoder) -> None:
    vectors = sentences.encode(["", " \n\n", "words"])
    assert not vectors[:2].any()
    assert np.linalg.norm(vectors[2]) == pytest.approx(1.0, abs=1e-5)


def test_the_foot_of_a_long_page_counts_too(sentences: Encoder) -> None:
    head = "The farm workers ask you not to buy lettuce. " * 60
    about_bread, about_tax = sentences.encode([head + "Bake the bread. " * 90, head + "Tax the oil companies. " * 90])
    assert about_bread @ about_tax < 0.95
