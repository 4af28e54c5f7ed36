"""Cost per page of a collection, from its readings to an export: processor time and memory.

    python bench/growth.py --pages 500 [--json]

One collection of synthetic pages, each with a typed page's text, what is measured of a sheet typed on both sides, and
made-up vectors, is proposed, published, viewed, and exported, in a process and database of its own. Keys of `--json`:

    propose_s, publish_s, draft_s, export_s, first_view_ms     elapsed time
    cpu_ms_per_page       of this process and of the database's, for what touches every page: proposing, publishing,
                          drafting, and exporting
    rss_mb, rss_before_mb   peak memory of this process, and its memory before it began
    reading_kb, vectors_kb, rows_kb     disk per page in the database for the text of a typed page, for both vectors,
                          and for all other tables of a published collection, with their indexes
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import make_collection, own_database, timed
from bench.desk import first_view, read_pages
from bench.many_collections import cpu_seconds
from bench.scale import ENCODER, World, copy_vectors

DIMENSIONS = {"image": 1280, "text": 384}
LEAVES = 8
"""Sheets that are drawn, typed on both sides; all pages look like one of their sides."""
SHINE = 0.12
"""How much of the ink on its other side darkens a page."""
VIEWS = 5
WARM = 200
Step = Callable[[], object]


def rss_mb() -> float:
    """Return the peak memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def filled(slug: str, pages: int) -> Any:
    """Return a collection before its first proposal."""
    from django.conf import settings
    from django.db.models.functions import Mod

    collection = make_collection(slug, pages)
    read_pages(collection)
    for place, paper in enumerate(measured_sides()):
        slots = collection.pages.annotate(slot=Mod("position", 2 * LEAVES))
        slots.filter(slot=place).update(paper=paper)
    rows = list(collection.pages.order_by("position").values_list("pk", flat=True))
    for seed, (kind, encoder) in enumerate((("image", ENCODER), ("text", settings.TEXT_ENCODER)), start=1):
        world = World(pages, DIMENSIONS[kind], seed, collections=1)
        copy_vectors(rows, world.vectors(0), encoder)
    collection.page_count_now = pages
    return collection


@cache
def measured_sides() -> list[dict[str, Any]]:
    """Return the facts of both sides of each sheet, the ink of one showing through the other."""
    from PIL import Image

    from clustering.engine.paper import measure_paper

    rng, facts = np.random.default_rng(1), []
    for number in range(LEAVES):
        sides = [typed_ink(2 * number + side) for side in (0, 1)]
        for ink, behind in (sides, sides[::-1]):
            dark = np.clip(ink + SHINE * behind[:, ::-1], 0, 1)
            gray = 235 * (1 - 0.85 * dark) + rng.normal(0, 2, ink.shape)
            facts.append(measure_paper(Image.fromarray(gray.astype(np.uint8)).convert("RGB")))
    return facts


def typed_ink(seed: int) -> npt.NDArray[np.float64]:
    """Return the ink of a typed page, 0 … 1: words of different lengths on forty lines."""
    rng = np.random.default_rng(seed)
    ink = np.zeros((1200, 930))
    for top in range(110, 1150, 26):
        left = 90
        while left < 800:
            right = left + 12 * int(rng.integers(2, 11))
            ink[top : top + 12, left : min(right, 840) : 2] = 1
            left = right + 14
    return np.asarray(scipy.ndimage.gaussian_filter(ink, 1))


def done_here(collection: Any, kind: str, **params: Any) -> None:
    """Do a whole job in this process. Raises SystemExit if it fails."""
    from clustering.jobs import running
    from clustering.jobs.launching import launch_job
    from clustering.models import Job

    job = running.run_here(launch_job(collection, kind=kind, actor=None, params=params, here=True))
    if job.state != Job.State.DONE:
        raise SystemExit(job.error)


def cost(pages: int) -> dict[str, float]:
    """Return all figures of a collection of this size."""
    from django.conf import settings
    from django.test import Client

    from clustering.models import User

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.ENCODER = ENCODER
    actor = User.objects.create_user("alice", is_staff=True)
    client = Client()
    client.force_login(actor)
    warm = filled("warm", WARM)
    for step in whole(warm, actor).values():
        step()  # so that nothing is loaded while it is measured
    first_view(warm, client, repeats=1)
    collection = filled("grown", pages)
    before, began = rss_mb(), cpu_seconds()
    figures = {f"{name}_s": timed(step) / 1000 for name, step in whole(collection, actor).items()}
    figures["cpu_ms_per_page"] = 1000 * (cpu_seconds() - began) / pages
    figures["first_view_ms"] = first_view(collection, client, repeats=VIEWS)
    return figures | {"rss_mb": rss_mb(), "rss_before_mb": before} | disk_kb(pages + WARM)


def disk_kb(pages: int) -> dict[str, float]:
    """Return the disk space of a page in the database."""
    from django.apps import apps
    from django.db import connection

    from clustering.models import Embedding, Reading

    sizes = {"reading_kb": 0.0, "vectors_kb": 0.0, "rows_kb": 0.0}
    kinds = {Reading._meta.db_table: "reading_kb", Embedding._meta.db_table: "vectors_kb"}
    with connection.cursor() as cursor:
        for model in apps.get_app_config("clustering").get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute("SELECT pg_total_relation_size(%s)", [table])
            sizes[kinds.get(table, "rows_kb")] += cursor.fetchone()[0] / 1024 / pages
    return sizes


def whole(collection: Any, actor: Any) -> dict[str, Step]:
    """Do what touches every page, and return its times."""
    from clustering.redecode.drafting import draft_waiting

    return {
        "propose": partial(done_here, collection, "propose", publish=False),
        "publish": partial(publish, collection, actor),
        "draft": partial(draft_waiting, collection),
        "export": partial(done_here, collection, "export", format="json", everything=True),
    }


def publish(collection: Any, actor: Any) -> None:
    """Publish the newest run."""
    from clustering.actions import publish_run

    publish_run(collection.runs.latest("pk"), actor=actor)
    collection.refresh_from_db(fields=["version"])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    with own_database():
        figures = cost(options.pages)
    figures["all_s"] = time.monotonic() - began
    rounded = {name: round(value, 3) for name, value in figures.items()}
    print(
        json.dumps(rounded)
        if options.json
        else "\n".join(f"{name:20} {value:10.2f}" for name, value in rounded.items())
    )


if __name__ == "__main__":
    main()
