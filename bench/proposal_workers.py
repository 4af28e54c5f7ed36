"""A proposal of a large collection with 1 and 2 workers, with one of two killed, and canceled: time, work done twice.

    python bench/proposal_workers.py [--pages 6000] [--json]

The workers of bench/workers.py propose collections of bench/growth.py, apply the proposals, and draft titles and dates.
The clock starts when all of them are working. Database triggers count each look at a page, and each draft. Keys of
`--json`, where `one`, `two`, and `killed` (one of two, with -9, in the middle of looking) are followed by:

    _proposed_s, _drafted_s     seconds until the proposal can be reviewed, and from then until all is drafted
    _cpu_ms_per_page            of the processor, by the workers
    two_over_one                how many times as soon two workers have a proposal to review
    done_twice, left            pages looked at and documents drafted more than once, and not at all, over all runs
    stopped_s                   seconds from canceling until no worker does any more of it
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database
from bench.growth import filled
from bench.scale import ENCODER
from bench.workers import HEARTBEAT_SECONDS, processor_seconds, workers

LOOKING = "match-leaves"
PROPOSED = ("draft", "")
COUNT_WORK = """
CREATE TABLE worked (kind text, item bigint);
CREATE FUNCTION count_looks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO worked SELECT 'look', unnest(NEW.pages[1:cardinality(NEW.scores)]); RETURN NEW; END $$;
CREATE FUNCTION count_drafts() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO worked VALUES ('draft', NEW.id); RETURN NEW; END $$;
CREATE TRIGGER count_looks BEFORE INSERT ON clustering_pagenotes FOR EACH ROW EXECUTE FUNCTION count_looks();
CREATE TRIGGER count_drafts BEFORE UPDATE ON clustering_group FOR EACH ROW
  WHEN (OLD.awaits_draft AND NOT NEW.awaits_draft) EXECUTE FUNCTION count_drafts();
"""


def run(name: str, pages: int, count: int, folder: Path, *, kill: bool = False) -> dict[str, float]:
    """Propose a collection of its own with so many workers, and return its figures."""
    from clustering.jobs.launching import launch_job
    from clustering.jobs.sweeping import sweep
    from clustering.models import Job

    job = launch_job(filled(name, pages), kind=Job.Kind.PROPOSE, actor=None)
    with workers(count, folder) as started:
        begun, before = _all_at_work(job, count), processor_seconds(started)
        swept, proposed = begun, 0.0
        while job.is_active:
            time.sleep(0.1)
            job.refresh_from_db()
            if job.stage in PROPOSED and not proposed:
                proposed = time.monotonic()
            if kill and job.stage == LOOKING and job.done > job.total / 2:
                before -= processor_seconds(started[:1])
                started[0].kill()
                kill = False
            if time.monotonic() - swept > HEARTBEAT_SECONDS / 3:
                sweep()
                swept = time.monotonic()
        ended, spent = time.monotonic(), processor_seconds(started) - before
    if job.state != Job.State.DONE:
        raise SystemExit(job.error)
    return {
        "proposed_s": proposed - begun,
        "drafted_s": ended - proposed,
        "cpu_ms_per_page": 1000 * spent / pages,
        **_counted(job),
    }


def _all_at_work(job: Any, count: int) -> float:
    from clustering.models import PageBatch

    while PageBatch.objects.exclude(leased_until=None).count() < count:
        time.sleep(0.02)
        job.refresh_from_db()
        if not job.is_active:
            raise SystemExit(f"The job was over before all workers were at it: use more --pages. {job.error}")
    return time.monotonic()


def _counted(job: Any) -> dict[str, float]:
    """Return how much was done twice, and not at all."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, item FROM worked")
        done = cursor.fetchall()
        cursor.execute("TRUNCATE worked")
    documents = set(job.collection.groups.values_list("pk", flat=True))
    pairs = set(
        job.collection.pages.order_by("position").values_list("pk", flat=True)[: job.collection.pages.count() - 1]
    )
    expected = {("look", page) for page in pairs} | {("draft", document) for document in documents}
    waiting = job.collection.groups.filter(awaits_draft=True).count()
    return {"twice": len(done) - len(set(done)), "left": len(expected - set(done)) + waiting}


def _work_done() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM worked")
        return int(cursor.fetchone()[0])


def stopped_after(pages: int, folder: Path) -> float:
    """Return the seconds from canceling a job with two workers until neither does any more of it."""
    from clustering.jobs.launching import cancel_job, launch_job
    from clustering.models import Job

    job = launch_job(filled("canceled", pages), kind=Job.Kind.PROPOSE, actor=None)
    with workers(2, folder) as started:
        _all_at_work(job, 2)
        cancel_job(job, actor=None)
        began = last = time.monotonic()
        before = (processor_seconds(started), _work_done())
        while time.monotonic() - last < 3:
            time.sleep(0.5)
            now = (processor_seconds(started), _work_done())
            if now[0] - before[0] > 0.1 or now[1] != before[1]:
                before, last = now, time.monotonic()
    if _work_done() >= pages - 1:
        raise SystemExit("Nothing was left of the canceled job: use more --pages.")
    return last - began


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=6000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ["HHREVIEW_HEARTBEAT_SECONDS"] = str(HEARTBEAT_SECONDS)
    os.environ["HHREVIEW_ENCODER"] = ENCODER
    with own_database(), tempfile.TemporaryDirectory() as temporary:
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(COUNT_WORK)
        folder = Path(temporary)
        runs = {}
        for name, count in (("one", 1), ("two", 2), ("killed", 2)):
            runs[name] = run(name, options.pages, count, folder, kill=name == "killed")
            print(name, {key: round(value, 2) for key, value in runs[name].items()}, file=sys.stderr, flush=True)
        stopped = stopped_after(options.pages, folder)
    figures = {
        f"{name}_{key}": round(value, 2)
        for name, each in runs.items()
        for key, value in each.items()
        if key not in ("twice", "left")
    }
    figures["two_over_one"] = round(runs["one"]["proposed_s"] / runs["two"]["proposed_s"], 2)
    figures["done_twice"] = sum(int(each["twice"]) for each in runs.values())
    figures["left"] = sum(int(each["left"]) for each in runs.values())
    figures["stopped_s"] = round(stopped, 1)
    print(json.dumps(figures) if options.json else "\n".join(f"{name:24} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
