"""Throughput of 1, 2, and 4 workers on one collection, and of 4 of which one is killed.

    python bench/workers.py [--pages 960] [--json]

Each worker has one thread (HHREVIEW_THREADS=1), so that as many as there are processors don't slow each other. They
embed one collection of drawn letter pages at 150 dpi with the built-in encoder; the clock starts when all of them are
working, and the better of two runs counts. A database trigger counts every attempt to write a vector. Everything runs
in a temporary folder. Keys of `--json`:

    one, two, four            pages per second
    four_over_one             their ratio: at most the number of processors
    idle_share_of_four        of the processor time that four workers could have used
    pages_done_twice, pages_left       over all runs, including that in which one of four was killed with -9
    killed                    pages per second of that run, including the wait for the killed one's lease
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database
from clustering.engine.kept_memory import KEEPING

HEARTBEAT_SECONDS = 10
DIFFERENT = 12
ROUNDS = 2
"""Of 1, 2, and 4 workers; the best of each counts, since other work on the machine only slows them."""
COUNT_WRITES = """
CREATE TABLE written (page bigint);
CREATE FUNCTION count_written() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO written VALUES (NEW.page_id); RETURN NEW; END $$;
CREATE TRIGGER count_written BEFORE INSERT ON clustering_embedding FOR EACH ROW EXECUTE FUNCTION count_written();
"""


def draw(folder: Path) -> None:
    """Draw some different pages of print."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(size=26)
    for number in range(DIFFERENT):
        image = Image.effect_noise((1275, 1650), 12).convert("RGB")
        pen = ImageDraw.Draw(image)
        for line in range(40):
            words = f"{number * 40 + line} minutes of the meeting of the executive board of the union"
            pen.text((120, 120 + 36 * line), words, fill=(30, 30, 36), font=font)
        image.save(folder / f"page_{number:04}.jpg", quality=85)


def collection_of(folder: Path, pages: int) -> Any:
    """Return the drawn pages, repeated."""
    from clustering.jobs import running
    from clustering.jobs.launching import launch_job
    from clustering.jobs.sourcing import create_collection
    from clustering.models import Job, Page
    from clustering.sources.folder import list_folder

    collection = create_collection("bench", listing=list_folder(folder))
    order = {"folder": str(folder)}
    running.run_here(launch_job(collection, kind=Job.Kind.IMPORT, actor=None, params=order, here=True))
    drawn = list(collection.pages.in_scan_order())
    for position in range(len(drawn) + 1, pages + 1):
        page = drawn[position % len(drawn)]
        page.pk, page.position, page.identifier = None, position, f"copy {position}"
        page._state.adding = True
        Page.objects.bulk_create([page])
    return collection


@contextmanager
def workers(count: int, folder: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Start so many worker processes, and end them on leaving."""
    command = [sys.executable, "-P", "-m", "celery", "-A", "hhreview", "worker", "--pool", "threads"]
    command += ["--concurrency", "1", "--queues", "vision,default", "--without-gossip", "--without-mingle"]
    environment = {**os.environ, **KEEPING, "HHREVIEW_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    with (folder / f"workers-{time.monotonic_ns()}.log").open("wb") as log:
        started = [
            subprocess.Popen([*command, "--hostname", f"w{n}@bench"], cwd=ROOT, env=environment, stdout=log, stderr=log)
            for n in range(count)
        ]
        try:
            yield started
        finally:
            for process in started:
                process.kill()
                process.wait()


def run(collection: Any, count: int, folder: Path, *, kill: bool = False) -> dict[str, float]:
    """Embed it with so many workers; return pages per second, processor time, pages written twice, and pages left."""
    from django.db import connection

    from clustering.jobs.launching import launch_job
    from clustering.jobs.sweeping import sweep
    from clustering.models import Embedding, Job, PageBatch

    Embedding.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE written")
    job = launch_job(collection, kind=Job.Kind.EMBED, actor=None)
    with workers(count, folder) as started:
        while PageBatch.objects.exclude(leased_until=None).count() < count:
            time.sleep(0.02)
            job.refresh_from_db()
            if not job.is_active:
                raise SystemExit(f"The job was over before all workers were at it: use more --pages. {job.error}")
        job.refresh_from_db()
        begun, before, used = time.monotonic(), job.done, processor_seconds(started)
        swept = begun
        while job.is_active:
            if kill and job.done > job.total / 2:
                started[0].kill()
                kill = False
            if time.monotonic() - swept > HEARTBEAT_SECONDS / 3:
                sweep()
                swept = time.monotonic()
            time.sleep(0.1)  # looking takes time from the workers
            job.refresh_from_db()
        took = time.monotonic() - begun
        used = processor_seconds(started) - used
    if job.state != Job.State.DONE:
        raise SystemExit(job.error)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM (SELECT page FROM written GROUP BY page HAVING count(*) > 1) AS twice")
        twice = cursor.fetchone()[0]
    left = collection.pages.count() - Embedding.objects.values("page").distinct().count()
    return {"rate": (job.done - before) / took, "used": used / took, "twice": twice, "left": left}


def processor_seconds(started: list[subprocess.Popen[bytes]]) -> float:
    """Return the processor time of these processes so far, in seconds."""
    seconds = 0.0
    for process in started:
        with suppress(psutil.Error):
            times = psutil.Process(process.pid).cpu_times()
            seconds += times.user + times.system
    return seconds


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=960)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ["HHREVIEW_HEARTBEAT_SECONDS"] = str(HEARTBEAT_SECONDS)
    with own_database(), tempfile.TemporaryDirectory() as temporary:
        from django.db import connection

        scans = Path(temporary) / "scans"
        scans.mkdir()
        draw(scans)
        collection = collection_of(scans, options.pages)
        with connection.cursor() as cursor:
            cursor.execute(COUNT_WRITES)
        rounds = [{count: run(collection, count, Path(temporary)) for count in (1, 2, 4)} for _ in range(ROUNDS)]
        killed = run(collection, 4, Path(temporary), kill=True)
    processors = min(4, len(os.sched_getaffinity(0)))
    every = [*(each for runs in rounds for each in runs.values()), killed]
    runs = {count: max((runs[count] for runs in rounds), key=lambda each: each["rate"]) for count in (1, 2, 4)}
    figures = {
        "one": round(runs[1]["rate"], 2),
        "two": round(runs[2]["rate"], 2),
        "four": round(runs[4]["rate"], 2),
        "four_over_one": round(runs[4]["rate"] / runs[1]["rate"], 2),
        "idle_share_of_four": round(max(0.0, 1 - runs[4]["used"] / processors), 3),
        "killed": round(killed["rate"], 2),
        "pages_done_twice": int(sum(each["twice"] for each in every)),
        "pages_left": int(sum(each["left"] for each in every)),
    }
    print(json.dumps(figures) if options.json else "\n".join(f"{name:20} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
