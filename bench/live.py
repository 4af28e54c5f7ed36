"""What an answer changes around it, and how fast: at 5,000 pages, and over whole reviews.

    python bench/live.py [FOLDER] [--pages 5000] [--answers 80] [--cache DIR] [--json]

Times are of real requests to the desk against a real PostgreSQL, over a drawn stream in which one seam in eight is in
doubt. FOLDER holds truth.csv and images/ (readings, facts and vectors come from the cache of bench/segmentation.py):
there whole reviews are played with and without the live effect, by the shipped weights and by weights that know
nothing but the expectations. Keys of `--json`:

    answer_redecode_p95_ms_N        decoding the neighbourhood again and keeping what changed, 95th percentile
    answer_p95_ms_N                 the whole request, the same
    errors_fixed_per_decision       wrong seams put right per look, by queue, with the live effect
    errors_fixed_per_decision_dead  the same without
    acts_per_100_pages, acts_per_100_pages_dead, acts_per_100_pages_learning  (the machine proposing again on the way)
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402 - after the path is set

from bench.acts import make_collection, own_database, p95  # noqa: E402 - after the path is set

DOUBTFUL = 1 / 8


def weighed_collection(pages: int, actor: Any) -> Any:
    """A collection with a run whose decoder can be asked again, on the desk."""
    from clustering.actions import publish_run
    from clustering.engine.neighbourhood import anchors_of, decide
    from clustering.engine.records import Constraints, Proposal, ProposedGroup, ScoredSeam, Weighing
    from clustering.engine.seams import shipped_weights
    from clustering.jobs import runs

    shipped = shipped_weights()
    extra = shipped.extra or {}
    told = Weighing(shipped.temperature, tuple(extra["lengths"]), float(extra["tail"]))
    chance = np.random.default_rng(7)
    odds = np.where(chance.random(pages - 1) < 0.28, 1, -1) * chance.normal(4, 1.2, pages - 1)
    odds = np.where(chance.random(pages - 1) < DOUBTFUL, chance.normal(0, 0.5, pages - 1), odds)
    found = decide(odds, told, Constraints())
    seams = tuple(
        ScoredSeam(i, float(p), bool(b), odds=float(o))
        for i, (p, b, o) in enumerate(zip(found.probability, found.boundary, odds, strict=True))
    )
    walls = [0, *(int(i) + 1 for i in np.flatnonzero(found.boundary)), pages]
    groups = tuple(ProposedGroup(tuple(range(a, b)), found.chance_of(a, b)) for a, b in pairwise(walls))
    weighing = Weighing(told.temperature, told.lengths, told.tail, anchors_of(seams, told.temperature))
    collection = make_collection(f"c{pages}", pages)
    rows = list(collection.pages.order_by("position"))
    proposal = Proposal(groups, seams, weighing=weighing)
    run = runs.keep(runs.Computed(collection, rows, proposal, "seams", "", 0.0), job=None, actor=None)
    publish_run(run, actor=actor)
    return collection


def answer_times(pages: int, answers: int) -> dict[str, float]:
    """Answers in the order of the queue, each by a throw at the machine's own odds."""
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    from clustering.actions import live
    from clustering.views.queue import told, waiting

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    actor = User.objects.create_user("alice", is_staff=True)
    client = Client()
    client.force_login(actor)
    collection = weighed_collection(pages, actor)
    spent: list[float] = []
    for name in ("foresee", "keep"):
        _clocked(live, name, spent)
    whole, parts, turned = [], [], 0
    chance = np.random.default_rng(3)
    for _ in range(answers):
        collection.refresh_from_db()
        (seam,) = told(collection, waiting(collection, actor).shown[:1])
        verdict = "different" if chance.random() < seam["percent"] / 100 else "same"
        act = {
            "verb": "answer", "act_id": str(uuid.uuid4()), "since": collection.version, "verdict": verdict,
            "left": seam["left"]["position"], "versions": seam["groups"],
        }  # fmt: skip
        spent.clear()
        began = time.perf_counter()
        reply = client.post(f"/c/{collection.slug}/acts/", json.dumps(act), content_type="application/json")
        whole.append(1000 * (time.perf_counter() - began))
        if reply.status_code != 200:
            raise RuntimeError(f"The answer was answered {reply.status_code}: {reply.content[:300]!r}")
        turned += "The machine follows" in reply.json()["message"]
        parts.append(sum(spent))
    print(f"{turned} of {answers} answers had groups follow")
    return {f"answer_redecode_p95_ms_{pages}": p95(parts), f"answer_p95_ms_{pages}": p95(whole)}


def _clocked(module: Any, name: str, spent: list[float]) -> None:
    whole = getattr(module, name)

    def clocked(*args: Any) -> Any:
        began = time.perf_counter()
        try:
            return whole(*args)
        finally:
            spent.append(1000 * (time.perf_counter() - began))

    setattr(module, name, clocked)


def reviews(folder: Path, cache: Path) -> dict[str, float]:
    """Whole reviews of a folder by queue, with and without the live effect, by two priors."""
    from bench.measured import measure_folder
    from clustering.engine.training import expectations
    from clustering.jobs.simulating import play

    measured = measure_folder(folder / "images", folder / "truth.csv", cache)
    collection = make_collection("reviewed", len(measured.pages))
    rows = list(collection.pages.order_by("position"))
    for row, page in zip(rows, measured.pages, strict=True):
        row.identifier = page.identifier
    truth = {row.identifier: row.start for row in measured.truth}
    out: dict[str, float] = {}
    for prior, weights in (("", None), ("_expectations", expectations())):
        for suffix, alive in (("", True), ("_dead", False)):
            (played,) = play(collection, rows, measured.pages, truth, strategies=["queue"], weights=weights, live=alive)
            out[f"errors_fixed_per_decision{prior}{suffix}"] = played.fixed_per_decision()
            out[f"acts_per_100_pages{prior}{suffix}"] = played.per_100()
        (played,) = play(collection, rows, measured.pages, truth, strategies=["queue+learning"], weights=weights)
        out[f"acts_per_100_pages{prior}_learning"] = played.per_100()
    return out


def main() -> None:
    """Measure, print, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--answers", type=int, default=80)
    parser.add_argument("--cache", type=Path, default=ROOT / ".local" / "bench-cache")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_database():
        figures = reviews(options.folder, options.cache) if options.folder else {}
        figures |= answer_times(options.pages, options.answers)
    for name, value in figures.items():
        print(f"{name:44} {value:10.2f}")
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
