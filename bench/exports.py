"""Memory and time of exports as a collection grows.

    python bench/exports.py --pages 10000 50000 --json

Each format is written to a file in a process of its own, so that peaks are separate; the pages have a reading and are
in confirmed groups of four. `above_start` is the peak less what the process had before the first byte: Django, lxml,
and the connection. Runs on its own servers and database in a temporary folder.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.acts import make_collection, own_database

PAGES_A_GROUP = 4
FORMATS = ("csv", "mets", "iiif", "mods", "tropy", "check")
"""What is measured; "check" is the check of all formats before an export."""
MIB = 1 << 20


def confirmed(slug: str, pages: int) -> Any:
    """Return a collection of rows, every page read, every group confirmed with a title, kind, and date."""
    from django.utils import timezone

    from clustering.models import Group, Page, Reading

    collection = make_collection(slug, pages)
    Group.objects.bulk_create(
        (
            Group(
                collection=collection, number=at + 1, first_position=at * PAGES_A_GROUP + 1, page_count=PAGES_A_GROUP,
                title=f"To all members of the council, circular no. {at + 1}", kind="letter", date="1959-03",
                state=Group.State.CONFIRMED, confirmed_at=timezone.now(),
            )
            for at in range(pages // PAGES_A_GROUP)
        ),
        batch_size=2000,
    )  # fmt: skip
    groups = dict(collection.groups.values_list("number", "pk"))
    rows = list(Page.objects.filter(collection=collection).only("pk", "position"))
    for page in rows:
        page.group_id = groups[(page.position - 1) // PAGES_A_GROUP + 1]
        page.group_order = (page.position - 1) % PAGES_A_GROUP + 1
    Page.objects.bulk_update(rows, ["group", "group_order"], batch_size=2000)
    lines = [
        [f"Line {at} of a page as long as a letter is", 100, 60 * at, 800, 60 * at + 40, 90] for at in range(1, 20)
    ]
    Reading.objects.bulk_create(
        (Reading(page=page, text="", lines=lines, width=930, height=1200, engine="bench") for page in rows),
        batch_size=1000,
    )
    collection.next_group_number = len(groups) + 1
    collection.save(update_fields=["next_group_number"])
    return collection


def peak() -> float:
    """Return the peak memory of this process, in MiB.

    From /proc, not from getrusage, which includes the parent's memory at the time of the fork.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024 / MIB  # type: ignore[index] # every Linux has it


def measure(slug: str, name: str, out: Any) -> None:
    """Write one format in this process, and put seconds, bytes, and peaks into `out`."""
    import django

    django.setup()
    from clustering.exports.checking import check
    from clustering.exports.packing import pieces_of
    from clustering.exports.records import material_of, one_state
    from clustering.exports.registry import FORMATS as KNOWN
    from clustering.models import Collection

    collection = Collection.objects.get(slug=slug)
    start, before = time.perf_counter(), peak()
    with tempfile.TemporaryFile() as target:
        if name == "check":
            check(material_of(collection), KNOWN)
        else:
            for piece in one_state(pieces_of(KNOWN[name], material_of(collection))):
                target.write(piece)
        size = target.tell()
    out.put({"seconds": time.perf_counter() - start, "bytes": size, "peak": peak(), "before": before})


def measured(slug: str, name: str) -> dict[str, float]:
    """Run that in a process of its own, and return its figures."""
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    process = context.Process(target=measure, args=(slug, name, out))
    process.start()
    figures: dict[str, float] = out.get(timeout=1800)
    process.join()
    return figures


def main() -> None:
    """Make the collections, measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[10_000, 50_000])
    parser.add_argument("--formats", nargs="+", default=list(FORMATS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures: dict[str, float] = {}
    with own_database():
        for pages in sorted(options.pages):
            confirmed(f"bench-{pages}", pages)
            for name in options.formats:
                measures = measured(f"bench-{pages}", name)
                figures[f"{name}_peak_mib_{pages}"] = round(measures["peak"], 1)
                figures[f"{name}_above_start_mib_{pages}"] = round(measures["peak"] - measures["before"], 1)
                figures[f"{name}_seconds_{pages}"] = round(measures["seconds"], 2)
                figures[f"{name}_mib_{pages}"] = round(measures["bytes"] / MIB, 1)
    small, large = min(options.pages), max(options.pages)
    if small < large:
        for name in options.formats:
            grown = figures[f"{name}_seconds_{large}"] / figures[f"{name}_seconds_{small}"]
            figures[f"{name}_seconds_growth"] = round(grown / (large / small), 2)
            figures[f"{name}_peak_growth"] = round(
                figures[f"{name}_peak_mib_{large}"] / figures[f"{name}_peak_mib_{small}"], 2
            )
    print(json.dumps(figures) if options.json else "\n".join(f"{name} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
