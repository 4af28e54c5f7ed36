"""Throughput of the pipeline, compared with the bare models and Tesseract, and with the first experiment.

    python bench/throughput.py [--images FOLDER] [--pages 192] [--json]

Everything is measured in one run of a few minutes, with as many threads as there are processors, on drawn letter pages
or the first scans of a folder. What is compared takes turns, so that other work on the machine slows both, and the best
turn of each counts. The pipeline is the job itself: it opens the copies that import made for encoders, computes, and
writes vectors into PostgreSQL.
The first experiment's loop takes one image at a time in fp32, decodes it in full, and commits each vector. ViT-B-32 has
random weights, which are as slow as others. The best runtime is what `manage.py tune` finds. Keys of `--json`:

    vit_b_32_pipeline_over_forward             pipeline against the bare network on tensors in memory, both in fp32
    vit_b_32_network_share                     the same by the processor: how much of what the job takes, PostgreSQL
                                               included, the network takes, with one thread a lane; other work on the
                                               machine hardly changes it
    vit_b_32_decode_ms, …_resize_ms, …_network_ms, …_job_ms     of the processor a page, for each of the job's parts and
                                               for all of it: what is left is handing over, and PostgreSQL
    vit_b_32_pipeline_over_first_experiment    both in fp32
    copy_ms                                    of the processor a page, for making the copy for encoders in import,
                                               which has the scan open
    vit_b_32_best_over_first_experiment        the pipeline in the best runtime, named by vit_b_32_best
    builtin_…                                  the same of the built-in encoder
    ocr_over_command_line                      by the processor time of the same pages, against `tesseract FILE -` with
                                               the same data, on files at the size that we read them at: equal output
    ocr_over_command_line_as_scanned           the same on the files as they are, of which the command reads less
    ocr_engine_over_command_line               the same of one pass of Tesseract as we keep it ready, which bounds it
    ocr_same_words                             share of the command's words, at equal size, that we read as well
    process_pages_per_second                   embedding, reading and suggesting, all in one job, in the best runtime
    process_pages                              pages of that job
    scan_kb, thumbnails_kb                     mean size of a scan's file, and of its thumbnails in all sizes
    copy_kb                                    the same of the copy for encoders

Where there is no command `tesseract` the keys of OCR are absent.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database
from bench.many_collections import cpu_seconds
from bench.workers import collection_of, draw
from clustering.engine.kept_memory import use_one_arena

BATCH = 16
BUILTIN = "efficientnet-lite0@224"
TURNS = 3
FORWARD_SECONDS = 4.0
FEW = 12
"""Pages of the first experiment per round; more wouldn't change its speed."""
READ = 12
"""Pages read by both; more would take minutes with the same result."""
PROCESSED = 24
"""Pages of the whole job, most of whose time is OCR."""


def random_clip(folder: Path) -> str:
    """Write a checkpoint of a ViT-B-32 with random weights into the folder, and return its key."""
    import open_clip
    from safetensors.torch import save_file

    network = open_clip.create_model("ViT-B-32", pretrained=None)
    cfg = {"model_cfg": open_clip.get_model_config("ViT-B-32"), "preprocess_cfg": {}}
    (folder / "open_clip_config.json").write_text(json.dumps(cfg))
    save_file(network.state_dict(), folder / "open_clip_model.safetensors")
    return f"open-clip:local-dir:{folder}@224"


def forward_rate(encoder: Any) -> float:
    """Return pages per second of the bare network."""
    import torch

    inputs = torch.randn(BATCH, 3, 224, 224)
    with torch.inference_mode():
        encoder._forward(inputs)
        began, done = time.perf_counter(), 0
        while time.perf_counter() - began < FORWARD_SECONDS:
            encoder._forward(inputs)
            done += BATCH
    return done / (time.perf_counter() - began)


def first_experiment_rate(encoder: Any, pages: Sequence[Any]) -> float:
    """Return pages per second of one image after the other, decoded in full, each committed."""
    import torch
    from PIL import Image
    from torchvision.transforms import Compose, InterpolationMode, Normalize, Resize, ToTensor

    from clustering.files import page_path
    from clustering.models import Embedding

    thirds = (1 / 3, 1 / 3, 1 / 3)  # the values don't affect the time
    prepare = Compose([Resize((224, 224), InterpolationMode.BICUBIC), ToTensor(), Normalize(thirds, thirds)])
    began = time.perf_counter()
    for page in pages:
        with Image.open(page_path(page)) as image, torch.inference_mode():
            vector = encoder._forward(prepare(image.convert("RGB")).unsqueeze(0))[0]
        vector = (vector / vector.norm()).float().numpy()
        Embedding.objects.create(page=page, encoder="first experiment", vector=vector)
    rate = len(pages) / (time.perf_counter() - began)
    Embedding.objects.all().delete()
    return rate


def pipeline_rate(collection: Any, key: str) -> float:
    """Return pages per second of the job."""
    from clustering.models import Embedding

    Embedding.objects.all().delete()
    return float(collection.pages.count() / _seconds(collection, "embed", encoder=key))


def processor_ms(collection: Any, key: str, encoder: Any) -> dict[str, float]:
    """Return milliseconds of CPU time per page: opening a scan, resizing it, the bare network, and the whole job."""
    import torch

    from clustering.engine.images import open_scan
    from clustering.files import encoder_paths

    paths = encoder_paths(collection.pages.in_scan_order()[:BATCH], encoder.resolution)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # several would wait for each other, which counts as CPU time
    with torch.inference_mode():
        encoder._forward(torch.randn(BATCH, 3, 224, 224))
        clock = [time.process_time()]
        scans = [open_scan(path, draft_to=2 * encoder.resolution) for path in paths]
        clock.append(time.process_time())
        inputs = torch.stack([encoder._prepare(scan) for scan in scans])
        clock.append(time.process_time())
        done = 0
        while time.process_time() - clock[-1] < FORWARD_SECONDS / 2:
            encoder._forward(inputs)
            done += BATCH
        clock.append(time.process_time())
    torch.set_num_threads(threads)
    began = cpu_seconds()
    pipeline_rate(collection, key)
    job = (cpu_seconds() - began) / collection.pages.count()
    opened, prepared, network = (later - earlier for earlier, later in pairwise(clock))
    counts = {"decode": (opened, len(paths)), "resize": (prepared, len(paths)), "network": (network, done)}
    return {name: 1000 * seconds / count for name, (seconds, count) in counts.items()} | {"job": 1000 * job}


def _seconds(collection: Any, kind: str, **params: Any) -> float:
    from clustering.jobs import running
    from clustering.jobs.launching import launch_job
    from clustering.models import Job

    job = launch_job(collection, kind=kind, actor=None, params=params, here=True)
    began = time.perf_counter()
    running.run_here(job)
    if job.state != Job.State.DONE:
        raise SystemExit(job.error)
    return time.perf_counter() - began


def encoder_figures(collection: Any, key: str, name: str) -> dict[str, Any]:
    """Return all figures of one encoder."""
    from clustering.files import page_path
    from clustering.jobs.stages import embedding
    from clustering.jobs.tuning import tune

    pages = list(collection.pages.in_scan_order())
    encoder = embedding.loaded(key)  # in fp32; the job reuses it, so loading isn't measured
    pipeline_rate(collection, key)
    turns = [
        (forward_rate(encoder), pipeline_rate(collection, key), first_experiment_rate(encoder, pages[:FEW]))
        for _ in range(TURNS)
    ]
    forward, pipeline, first = (max(rates) for rates in zip(*turns, strict=True))
    turns_ms = [processor_ms(collection, key, encoder) for _ in range(TURNS)]
    spent = {stage: min(each[stage] for each in turns_ms) for stage in turns_ms[0]}
    tried = tune(key, "cpu", [page_path(page) for page in pages[: 2 * BATCH]], lambda runtime, problem: None)
    chosen = max((each for each in tried if each.is_good), key=lambda each: each.rate)
    embedding.loaded.cache_clear()
    embedding.loaded(key)
    best = max(pipeline_rate(collection, key) for _ in range(TURNS))
    return {
        f"{name}_forward": round(forward, 2),
        f"{name}_pipeline": round(pipeline, 2),
        f"{name}_first_experiment": round(first, 2),
        f"{name}_pipeline_over_forward": round(pipeline / forward, 3),
        f"{name}_network_share": round(spent["network"] / spent["job"], 3),
        **{f"{name}_{stage}_ms": round(ms, 1) for stage, ms in spent.items()},
        f"{name}_pipeline_over_first_experiment": round(pipeline / first, 2),
        f"{name}_best": chosen.runtime,
        f"{name}_best_over_first_experiment": round(best / first, 2),
    }


def ocr_figures(pages: Sequence[Any], folder: Path) -> dict[str, float]:
    """Return the CPU time that both take for the same pages, page by page in turn."""
    from PIL import Image

    from clustering.engine.images import open_scan
    from clustering.engine.reading import Reader, reading_scale
    from clustering.engine.tessdata import one_folder
    from clustering.files import page_path

    if not shutil.which("tesseract"):
        return {}
    ours = engine = sized = scanned = 0.0
    words = met = 0
    with Reader() as reader, one_folder("eng", None) as data:
        first = page_path(pages[0])
        reader.read(first)
        if reader.second:
            reader.second.read(open_scan(first).convert("L"))  # loaded once per process, like Tesseract
        for number, path in enumerate(map(page_path, pages)):
            with Image.open(path) as image:
                scale = reading_scale(*image.size)
                size = round(image.width * scale), round(image.height * scale)
                copy = folder / f"{number}.png"
                image.convert("L").resize(size, Image.Resampling.LANCZOS).save(copy, compress_level=1)
            began = time.process_time()
            read = Counter(reader.read(path).text.split())
            ours += time.process_time() - began
            gray = open_scan(path).convert("L")
            began = time.process_time()
            reader._read_page(gray)
            engine += time.process_time() - began
            theirs, seconds = _command_line(copy, data)
            sized += seconds
            scanned += _command_line(path, data)[1]
            words += theirs.total()
            met += (theirs & read).total()
    return {
        "ocr_over_command_line": round(sized / ours, 2),
        "ocr_over_command_line_as_scanned": round(scanned / ours, 2),
        "ocr_engine_over_command_line": round(sized / engine, 2),
        "ocr_same_words": round(met / max(words, 1), 3),
    }


def copy_figures(pages: Sequence[Any], folder: Path) -> dict[str, float]:
    """Return milliseconds and kilobytes per page of the copy for encoders."""
    from clustering.engine.images import open_scan, write_squashed
    from clustering.files import page_path

    scans = [open_scan(page_path(page)) for page in pages]
    copies = [folder / f"{number}.webp" for number in range(len(scans))]
    began = time.process_time()
    for scan, copy in zip(scans, copies, strict=True):
        write_squashed(scan, copy)
    seconds = time.process_time() - began
    size = sum(copy.stat().st_size for copy in copies)
    return {"copy_ms": round(1000 * seconds / len(pages), 1), "copy_kb": round(size / 1024 / len(pages), 1)}


def disk_figures(pages: Sequence[Any]) -> dict[str, float]:
    """Return kilobytes per page in the media folder."""
    from clustering.files import THUMBNAIL_SIZES, ensure_thumbnail, page_path

    scans = sum(page_path(page).stat().st_size for page in pages)
    thumbnails = sum(ensure_thumbnail(page, size).stat().st_size for page in pages for size in THUMBNAIL_SIZES)
    return {
        "scan_kb": round(scans / 1024 / len(pages), 1),
        "thumbnails_kb": round(thumbnails / 1024 / len(pages), 1),
    }


def _command_line(path: Path, data: Path) -> tuple[Counter[str], float]:
    """Return the words that the command reads, and its seconds of CPU time."""
    environment = {**os.environ, "OMP_THREAD_LIMIT": "1", "TESSDATA_PREFIX": str(data)}
    command = ["tesseract", str(path), "-", "-l", "eng"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Counter(done.stdout.split()), seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path)
    parser.add_argument("--pages", type=int, default=192)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    use_one_arena()
    with own_database(), tempfile.TemporaryDirectory() as temporary:
        scans = Path(temporary) / "scans"
        scans.mkdir()
        if options.images:
            for path in sorted(options.images.iterdir())[: options.pages]:
                (scans / path.name).symlink_to(path.resolve())
        else:
            draw(scans)
        collection = collection_of(scans, options.pages)
        checkpoint = Path(temporary) / "clip"
        checkpoint.mkdir()
        figures = encoder_figures(collection, random_clip(checkpoint), "vit_b_32")
        figures |= encoder_figures(collection, BUILTIN, "builtin")
        figures |= copy_figures(list(collection.pages.in_scan_order()[:BATCH]), Path(temporary))
        figures |= disk_figures(list(collection.pages.in_scan_order()))
        figures |= ocr_figures(list(collection.pages.in_scan_order()[:READ]), Path(temporary))
        collection.pages.filter(position__gt=PROCESSED).delete()
        seconds = _seconds(collection, "process", encoder=BUILTIN)
        figures["process_pages_per_second"] = round(collection.pages.count() / seconds, 3)
        figures["process_pages"] = collection.pages.count()
    print(json.dumps(figures) if options.json else "\n".join(f"{name:42} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
