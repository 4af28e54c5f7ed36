"""Time of acts, and a check that ten thousand of them leave everything consistent.

    python bench/acts.py --pages 5000 50000        server time of split, merge and moving 50 pages, and of publishing
    python bench/acts.py --random 10000            the property test of the suite, for longer

Runs on its own servers and database in a temporary folder. `--json` prints one object.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

PAGES_A_GROUP = 4
MOVED = 50


@contextmanager
def own_database(kept: Path | None = None) -> Iterator[None]:
    """Yield an embedded PostgreSQL with the schema, in the given folder or a temporary one."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    with nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix="hhreview-bench-") as folder:
        os.environ.update(HHREVIEW_DATA_DIR=str(folder), DJANGO_SETTINGS_MODULE="hhreview.settings")
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # a browser driven from here has its own event loop
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from hhreview import local

        with local.servers():
            call_command("migrate", verbosity=0)
            yield
            connection.close()


def make_collection(slug: str, pages: int) -> Any:
    """Return a collection of rows without image files, with no page in a group."""
    from clustering.models import Collection, Page

    collection = Collection.objects.create(slug=slug, title=slug)
    Page.objects.bulk_create(
        (
            Page(
                collection=collection,
                position=position,
                identifier=f"{slug}_{position:05}",
                filename=f"{slug}_{position:05}.jpg",
                sha256=f"{position:064x}",
                size_bytes=1000,
                media_type="image/jpeg",
                width=930,
                height=1200,
            )
            for position in range(1, pages + 1)
        ),
        batch_size=2000,
    )
    return collection


def make_run(collection: Any, *, size: int = PAGES_A_GROUP) -> Any:
    """Return a ready run with groups of `size` pages."""
    from clustering.models import Run, RunGroup, RunMembership

    run = Run.objects.create(collection=collection, method="seams", state=Run.State.READY)
    pages = list(collection.pages.order_by("position").values_list("pk", flat=True))
    draft = {"title": {"value": "To all members of the council", "confidence": 0.8, "evidence": "page 1, line 3"}}
    RunGroup.objects.bulk_create(
        (RunGroup(run=run, index=i, probability=0.9, draft=draft) for i in range(-(-len(pages) // size))),
        batch_size=2000,
    )
    RunMembership.objects.bulk_create(
        (
            RunMembership(run=run, page_id=page, group_index=i // size, group_order=i % size + 1)
            for i, page in enumerate(pages)
        ),
        batch_size=2000,
    )
    return run


def timed(act: Callable[[], object]) -> float:
    """Return milliseconds."""
    start = time.perf_counter()
    act()
    return (time.perf_counter() - start) * 1000


def p95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]


def measure(pages: int, *, repeats: int) -> dict[str, float]:
    """Time publishing, then `repeats` times split, merge, move, and undo at places spread over the collection."""
    from clustering.actions import merge_groups, move_pages, publish_run, split_group, undo_edit
    from clustering.models import User

    actor = User.objects.create_user(f"alice{pages}", is_staff=True)
    collection = make_collection(f"c{pages}", pages)
    run = make_run(collection)
    figures = {f"publish_s_{pages}": timed(partial(publish_run, run, actor=actor)) / 1000}
    again = make_run(collection, size=PAGES_A_GROUP)
    figures[f"publish_again_s_{pages}"] = timed(partial(publish_run, again, actor=actor)) / 1000
    times: dict[str, list[float]] = {"split": [], "merge": [], "move": [], "undo": []}
    step = pages // repeats
    for place in range(repeats):
        first = place * step + 1
        page = collection.pages.get(position=first + 1)
        group = collection.groups.filter(pages__position=first).get()
        before = page if page.group_id == group.pk else group.pages.order_by("group_order")[1]
        times["split"].append(timed(partial(split_group, group, before=before, actor=actor, version=group.version)))
        neighbors = list(collection.groups.filter(first_position__gte=first).in_scan_order()[:2])
        versions = {group.pk: group.version for group in neighbors}
        times["merge"].append(timed(partial(merge_groups, neighbors, actor=actor, versions=versions)))
        chosen = list(collection.pages.filter(position__gte=first).order_by("position")[:MOVED])
        times["move"].append(timed(partial(move_pages, chosen, actor=actor)))
        times["undo"].append(timed(partial(undo_edit, collection, actor=actor)))
    for name, values in times.items():
        figures[f"{name}_p95_ms_{pages}"] = p95(values)
        figures[f"{name}_median_ms_{pages}"] = statistics.median(values)
    figures[f"act_p95_ms_{pages}"] = p95([value for name in ("split", "merge", "move") for value in times[name]])
    return figures


ACTS_A_COLLECTION = 500
"""Replace the collection after so many acts, so that reading a long journal stays quick but is tested often enough."""
RANDOM_PAGES = 60


def random_acts(count: int, *, seed: int) -> dict[str, float]:
    """Run the random archivist of the tests; after each act the partition holds, the journal replays, and everything
    can be undone."""
    from clustering.models import User

    people = [User.objects.create_user(name, is_staff=True) for name in ("ann", "ben", "eve")]
    figures = {"acts": 0.0, "refused": 0.0, "undone": 0.0}
    begun = time.perf_counter()
    while figures["acts"] < count:
        acts = min(ACTS_A_COLLECTION, count - int(figures["acts"]))
        refused, undone = _there_and_back(acts, people, seed=seed + int(figures["acts"]))
        for name, more in (("acts", acts), ("refused", refused), ("undone", undone)):
            figures[name] += more
    figures["seconds"] = time.perf_counter() - begun
    return figures


def _there_and_back(count: int, people: list[Any], *, seed: int) -> tuple[int, int]:
    """Do so many acts on a collection, then undo all of them; return how many were refused, and undone."""
    from clustering.journal.workspace import Snapshot
    from tests.actions.acting import Archivist, undo_everything
    from tests.actions.partition_checks import broken, check_partition, content, whole_state
    from tests.actions.replaying import replay

    collection = make_collection(f"random-{seed}", RANDOM_PAGES)
    start = whole_state(collection)
    archivist = Archivist(collection, people, seed=seed)

    def check(edit: Any) -> None:
        findings = broken(collection)
        assert not findings, f"{edit.summary} {findings}"

    for _ in range(count):
        check(archivist.act())
    check_partition(collection)
    journal = [
        (Snapshot.from_json(edit.before), Snapshot.from_json(edit.after))
        for edit in collection.edits.order_by("sequence").iterator(chunk_size=200)
    ]
    assert content(replay(start, journal)) == content(whole_state(collection)), "The journal tells another story."
    undone = undo_everything(collection, after_each=check)
    check_partition(collection)
    assert content(whole_state(collection)) == content(start), "Undoing everything did not lead back."
    return archivist.refused, undone


def main() -> None:
    """Measure what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="*", default=[])
    parser.add_argument("--repeats", type=int, default=60)
    parser.add_argument("--random", type=int, default=0, metavar="ACTS")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures: dict[str, float] = {}
    with own_database():
        for pages in options.pages:
            figures.update(measure(pages, repeats=options.repeats))
        if options.random:
            figures.update(random_acts(options.random, seed=options.seed))
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:28} {value:10.1f}")


if __name__ == "__main__":
    main()
