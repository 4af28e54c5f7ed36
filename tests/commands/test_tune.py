"""`manage.py tune`: what it measures, keeps and refuses, and that workers compute as it found best."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from clustering.engine import encoders
from clustering.engine.encoders import LEAST_COSINE, RUNTIMES, EncoderUnavailable, Vectors, get_encoder
from clustering.engine.encoders.openvino_networks import Precision, compiled
from clustering.engine.encoders.runtimes import OPENVINO
from clustering.jobs import running, tuning
from clustering.jobs.launching import launch_job
from clustering.jobs.sourcing import create_collection
from clustering.jobs.stages import embedding
from clustering.models import Job
from clustering.sources.folder import list_folder
from tests.jobs.conftest import ENOUGH_WORDS, DrawScans, draw_page

pytestmark = pytest.mark.django_db
ENCODER = "efficientnet-lite0@64"
FEW: tuple[encoders.Runtime, ...] = ("fp32", "channels-last")
"""Those that take no time to make."""


@pytest.fixture(autouse=True)
def cache(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    settings.CACHE_ROOT = folder
    return folder


def output_of(*arguments: str) -> str:
    out = StringIO()
    call_command("tune", *arguments, stdout=out)
    return out.getvalue()


def imported(folder: Path) -> None:
    collection = create_collection("afl", listing=list_folder(folder))
    job = launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params={"folder": str(folder)}, here=True)
    assert running.run_here(job).state == Job.State.DONE


def test_the_fastest_runtime_is_kept_and_used(
    draw_scans: DrawScans, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoders, "RUNTIMES", FEW)
    imported(draw_scans(8))
    assert tuning.tuned_runtime(ENCODER, "cpu") == "fp32"
    output = output_of("--encoder", ENCODER)
    assert [line.split()[0] for line in output.splitlines()[1:]] == list(FEW)
    (kept,) = [line.split()[0] for line in output.splitlines() if line.endswith("kept")]
    assert tuning.tuned_runtime(ENCODER, "cpu") == kept
    assert tuning.tuned_runtime(ENCODER, "cpu:1") == "fp32", "it was measured on another device"
    embedding.loaded.cache_clear()
    assert embedding.loaded(ENCODER).key == ENCODER
    (cache / "runtimes.json").write_text("{ broken")
    assert tuning.tuned_runtime(ENCODER, "cpu") == "fp32"


def test_a_runtime_whose_package_is_missing_is_left_out(draw_scans: DrawScans, monkeypatch: pytest.MonkeyPatch) -> None:
    tuning._keep(tuning._place(ENCODER, "cpu"), "openvino")
    assert tuning.tuned_runtime(ENCODER, "cpu") == "openvino"
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert tuning.tuned_runtime(ENCODER, "cpu") == "fp32"
    with pytest.raises(EncoderUnavailable, match="install hhreview with its extra `openvino`"):
        get_encoder(ENCODER, device="cpu", runtime="openvino")
    left: dict[str, str] = {}
    tried = tuning.tune(ENCODER, "cpu", sorted(draw_scans(2).iterdir()), left.__setitem__)
    assert {each.runtime for each in tried} | set(left) == set(RUNTIMES)
    assert set(left) == set(OPENVINO)


TRIED = [runtime for runtime in RUNTIMES if runtime not in {"fp32", "openvino-bf16"}]
WORDS = ["minutes of the executive board", ""]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], Vectors, Vectors]:
    """Three scans, their vectors in fp32, and those of the words."""
    folder = tmp_path_factory.mktemp("scans")
    for number in range(3):
        draw_page(f"Page {number}\n{ENOUGH_WORDS}\n{ENOUGH_WORDS}").save(folder / f"{number}.jpg")
    scans = sorted(folder.iterdir())
    return scans, get_encoder(ENCODER, device="cpu").encode(scans), get_encoder("minilm", device="cpu").encode(WORDS)


@pytest.mark.parametrize("runtime", TRIED)
def test_each_runtime_gives_the_vectors_of_fp32(right: tuple[list[Path], Vectors, Vectors], runtime: str) -> None:
    (known,) = [known for known in RUNTIMES if known == runtime]
    scans, pictures, texts = right
    # Those of openvino take seconds to make and differ by a setting: each tries one encoder.
    if known != "openvino-int8":
        vectors = get_encoder(ENCODER, device="cpu", runtime=known).encode(scans)
        assert vectors.dtype == np.float32
        assert (vectors * pictures).sum(axis=1).min() >= LEAST_COSINE
    if known != "openvino":
        vectors = get_encoder("minilm", device="cpu", runtime=known).encode(WORDS)
        assert float(vectors[0] @ texts[0]) >= LEAST_COSINE
        assert not vectors[1].any()


def test_openvino_computes_in_fewer_bits_what_can_be() -> None:
    import torch

    torch.manual_seed(1)
    linear = torch.nn.Linear
    network = torch.nn.Sequential(torch.nn.Flatten(), linear(256, 512), torch.nn.GELU(), linear(512, 64))
    rows = torch.randn(5, 1, 16, 16)
    rows[:, :, 0, 7] *= 50  # as a few features of trained transformers are
    with torch.inference_mode():
        exact = network(rows)
    exactly = compiled(network, network, [rows], precision="f32")(rows)
    assert torch.allclose(exactly, exact, atol=1e-4)
    fewer: tuple[Precision, ...] = ("bf16", "int8")
    for precision in fewer:
        rounded = compiled(network, network, [rows], precision=precision)(rows)
        assert torch.nn.functional.cosine_similarity(rounded, exact).min() >= LEAST_COSINE
        assert precision != "int8" or not torch.allclose(rounded, exact, atol=1e-4)
    convolution = torch.nn.Conv2d(3, 4, 3)
    with pytest.raises(EncoderUnavailable, match="8 bits"):
        compiled(convolution, convolution, [torch.zeros(2, 3, 8, 8)], precision="int8")


def test_without_pages_it_says_what_to_do_first(draw_scans: DrawScans) -> None:
    with pytest.raises(CommandError, match="needs at least 8 pages that are imported"):
        output_of("--encoder", ENCODER)
    with pytest.raises(CommandError, match="pages that are read"):
        output_of("--encoder", "minilm")
    with pytest.raises(CommandError, match="There is no encoder"):
        output_of("--encoder", "guesswork")
