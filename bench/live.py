"""What an answer changes over the whole collection, and how fast: at 5,000 pages.

    python bench/live.py [--pages 5000] [--answers 80] [--json]

Times are of real requests to the desk against a real PostgreSQL, over a drawn stream in which one seam in eight is in
doubt and every seam has as many facts as real ones. Keys of `--json`:

    answer_redecode_p95_ms_N        moving the model, decoding again and keeping what changed, 95th percentile
    answer_p95_ms_N                 the whole request, the same
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import uuid
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np

from bench.acts import make_collection, own_database, p95

DOUBTFUL = 1 / 8


def weighed_collection(pages: int, actor: Any) -> Any:
    """Return a collection with a run whose decoder can be asked again, on the desk."""
    from clustering.actions import publish_run
    from clustering.engine.anchors import anchors_of
    from clustering.engine.family import shipped_family
    from clustering.engine.records import Constraints, Features, Prior, Proposal, ProposedGroup, ScoredSeam, Weighing
    from clustering.engine.segmentation import decode_independent
    from clustering.jobs.stages import runs

    chance = np.random.default_rng(7)
    log_odds = np.where(chance.random(pages - 1) < 0.28, 1, -1) * chance.normal(4, 1.2, pages - 1)
    log_odds = np.where(chance.random(pages - 1) < DOUBTFUL, chance.normal(0, 0.5, pages - 1), log_odds)
    decoded = decode_independent(log_odds, Constraints())
    seams = tuple(
        ScoredSeam(i, float(p), bool(b), log_odds=float(o))
        for i, (p, b, o) in enumerate(zip(decoded.seams, decoded.boundaries, log_odds, strict=True))
    )
    groups = tuple(
        ProposedGroup(tuple(whole), float(p)) for whole, p in zip(decoded.groups, decoded.confidence, strict=True)
    )
    weighing = Weighing(anchors_of(seams))
    # The first fact says all that is known at the start; the others are what the model learns by.
    family = shipped_family()
    facts = np.where(chance.random((pages - 1, len(family.facts))) < 0.2, chance.random((pages - 1, 1)), 0.0)
    facts[:, 0] = log_odds
    mean = np.zeros(len(family.facts) + 1)
    mean[0] = 1.0
    spread = np.array([0.0, *[fact.spread for fact in family.facts.values()][1:], family.intercept_spread])
    traits = (chance.normal(0, 1, (pages, 64)) / 8).astype(np.float32)
    prior = Prior(mean, spread, family.traits_spread, family.sharpness, family.answered_sharpness)
    features = Features(tuple(family.facts), prior, facts, traits, tuple(range(pages)))
    collection = make_collection(f"c{pages}", pages)
    rows = list(collection.pages.order_by("position"))
    proposal = Proposal(groups, seams, weighing=weighing, features=features)
    run = runs.keep(runs.Computed(collection, rows, proposal, "seams", "", 0.0), job=None, actor=None)
    publish_run(run, actor=actor)
    return collection


def answer_times(pages: int, answers: int) -> dict[str, float]:
    """Answers in the order of the queue, each by a throw at the machine's own odds."""
    from django.conf import settings
    from django.test import Client

    from clustering.models import User
    from clustering.redecode import live
    from clustering.views.queue.queue import queue_rows, waiting

    import_module("hhreview.wsgi")  # as a web process starts: what is loaded then is no garbage to look through
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    actor = User.objects.create_user("alice", is_staff=True)
    client = Client()
    client.force_login(actor)
    collection = weighed_collection(pages, actor)
    spent: list[float] = []
    for name in ("effect_of", "keep"):
        _clocked(live, name, spent)
    whole, parts, turned = [], [], 0
    chance = np.random.default_rng(3)
    for _ in range(answers):
        collection.refresh_from_db()
        (seam,) = queue_rows(collection, waiting(collection, actor).shown[:1], actor)
        verdict = "different" if chance.random() < seam["percent"] / 100 else "same"
        act = {
            "act_id": str(uuid.uuid4()), "since": collection.version, "verdict": verdict,
            "left": seam["left"]["position"], "versions": seam["groups"],
        }  # fmt: skip
        spent.clear()
        began = time.perf_counter()
        reply = client.post(
            f"/api/v1/collections/{collection.slug}/acts/answer", json.dumps(act), content_type="application/json"
        )
        whole.append(1000 * (time.perf_counter() - began))
        if reply.status_code != 200:
            raise RuntimeError(f"The answer was answered {reply.status_code}: {reply.content[:300]!r}")
        turned += "hhreview also" in reply.json()["message"]
        parts.append(sum(spent))
    print(f"{turned} of {answers} answers had documents follow")
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


def main() -> None:
    """Measure, print, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--answers", type=int, default=80)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_database():
        figures = answer_times(options.pages, options.answers)
    for name, value in figures.items():
        print(f"{name:44} {value:10.2f}")
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
