"""The cost of very many pages: finding similar ones (and its recall), the site, and the cost per page.

    python bench/scale.py [--pages 20000] [--collections 50] [--growth 500 50000] [--json]
    python bench/scale.py --pages 900000 --collections 3000 --memory 4GB --keep FOLDER --json
                                                                  needs about 15 GB of disk, and an hour or two

With `--keep`, the database and the figures stay in the folder, and the same command goes on where it stopped:
`--until pages` or `--until index` splits a long run. Remove the folder when you have the figures.

Pages are rows without files, and their vectors are made up: of 40 hidden directions, in which each collection has a
center, its documents lie around that, and their pages closer still, plus a little noise in every dimension. One
collection is large (an eighteenth of all pages, at least 6000); the others share the rest, 300 pages each unless
`--collections` says how many there are. Pages spread over the
whole store ask for their like, each twice, and the second time counts. The truth is the comparison with all
vectors in full precision. Everything runs in a temporary folder. Keys of `--json`:

    similar_p50_ms, similar_p95_ms     similar pages over all collections, server time of the look-up
    similar_recall_at_10               share of the ten nearest that are among the ten found
    large_collection_p95_ms, large_collection_recall_at_10     the same within the large collection, by index and filter
    search_width                       vectors that a search keeps at a time, as `index_vectors` finds them to do
    small_collection_p95_ms            within one of 300 pages, where all are compared
    fill_s                             pages and vectors written, and the truth found
    index_build_s, index_mb, index_memory_mb, vectors_mb       the index, what it was built with, and the table
    front_page_ms, search_ms, first_view_ms, act_p95_ms        the site with all of it, on its large collection; search
                                                               reads `pages_with_text`
    cost_growth_500_to_N     processor time per page of proposing, publishing and exporting a collection of N pages, by
                             that of one of 500; N is the last size of `--growth`. growth_N_… are the figures of
                             bench/growth.py, each in a process of its own
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database, p95, timed
from bench.site import site_figures

HIDDEN = 40
A_COLLECTION = 300
A_DOCUMENT = 5
NEAREST = 10
ENCODER = "made-up@1"
Look = Callable[[Any], list[tuple[Any, int]]]
Floats = npt.NDArray[np.float32]


@dataclass
class Asking:
    """Query pages, and the ten nearest of each so far."""

    vectors: Floats
    pages: list[int] = field(default_factory=list)
    near: list[list[tuple[float, int]]] = field(default_factory=list)

    def meet(self, vectors: Floats, pages: list[int]) -> None:
        """Merge the nearest of these with those so far; a page isn't compared with itself."""
        self.near = self.near or [[] for _ in self.vectors]
        likeness = self.vectors @ vectors.T
        few = min(NEAREST + 1, len(pages))
        best = np.argpartition(-likeness, few - 1, axis=1)[:, :few]
        for row, (columns, known) in enumerate(zip(best, self.near, strict=True)):
            more = [(float(likeness[row, c]), pages[c]) for c in columns if pages[c] != self.pages[row]]
            self.near[row] = sorted([*known, *more], reverse=True)[:NEAREST]


class World:
    """Made-up vectors by collection, the same for the same seed."""

    def __init__(self, pages: int, dimensions: int, seed: int, *, collections: int = 0) -> None:
        large = pages if collections == 1 else min(pages, max(6000, pages // 18))
        rest = pages - large
        each = max(1, -(-rest // (collections - 1))) if collections > 1 else A_COLLECTION
        self.sizes = [large] + [each] * (rest // each)
        if rest % each:
            self.sizes.append(rest % each)
        self.dimensions, self.seed = dimensions, seed
        self.frame = np.random.default_rng(seed).normal(size=(HIDDEN, dimensions)).astype(np.float32) / HIDDEN**0.5

    def vectors(self, number: int) -> Floats:
        """Return the vectors of one collection, in scan order, of length 1."""
        rng = np.random.default_rng([self.seed, number])
        size = self.sizes[number]
        documents = rng.normal(size=HIDDEN) + 0.8 * rng.normal(size=(-(-size // A_DOCUMENT), HIDDEN))
        hidden = documents[np.arange(size) // A_DOCUMENT] + 0.4 * rng.normal(size=(size, HIDDEN))
        rows = hidden.astype(np.float32) @ self.frame
        rows += 0.1 * rng.standard_normal(size=rows.shape, dtype=np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return np.asarray(rows, np.float32)


def fill(world: World, everywhere: Asking, large: Asking, asking: dict[int, list[int]]) -> None:
    """Write collections, pages, and vectors, and find the true neighbors. `asking` has the query rows by collection."""
    everywhere.vectors = np.concatenate([world.vectors(number)[rows] for number, rows in sorted(asking.items())])
    everywhere.pages = [0] * len(everywhere.vectors)
    large.vectors = world.vectors(0)[_spread(world.sizes[0], len(everywhere.pages))]
    place = 0
    for number in range(len(world.sizes)):
        vectors = world.vectors(number)
        pages = _write(number, vectors)
        if number == 0:
            large.pages = [pages[row] for row in _spread(len(pages), len(large.vectors))]
            large.meet(vectors, pages)
        for row in asking.get(number, []):
            everywhere.pages[place] = pages[row]
            place += 1
        everywhere.meet(vectors, pages)


def _write(number: int, vectors: Floats) -> list[int]:
    """Return the collection's pages, after writing all of them if there are none."""
    from django.db import transaction

    from bench.acts import make_collection
    from clustering.models import Collection, Page

    slug = f"c{number}"
    there = Collection.objects.filter(slug=slug).first()
    with transaction.atomic():
        collection = there or make_collection(slug, len(vectors))
        pages = list(Page.objects.filter(collection=collection).in_scan_order().values_list("pk", flat=True))
        if there is None:
            copy_vectors(pages, vectors, ENCODER)
    return pages


def copy_vectors(pages: list[int], vectors: Floats, encoder: str) -> None:
    """Write rows in PostgreSQL's binary form; a vector is its length, two empty bytes, and big-endian floats."""
    from django.db import connection

    from clustering.models import Embedding

    key, length = encoder.encode(), vectors.shape[1]
    row = np.dtype(
        [
            ("fields", ">i2"),
            *(("n1", ">i4"), ("page", ">i8")),
            *(("n2", ">i4"), ("encoder", f"S{len(key)}")),
            *(("n3", ">i4"), ("length", ">i2"), ("unused", ">i2"), ("vector", ">f4", (length,))),
            *(("n4", ">i4"), ("created", ">i8")),
        ]
    )
    rows = np.zeros(len(pages), row)
    rows["fields"], rows["n1"], rows["n2"], rows["n3"], rows["n4"] = 4, 8, len(key), 4 + 4 * length, 8
    rows["page"], rows["encoder"], rows["length"], rows["vector"] = pages, key, length, vectors
    statement = f"COPY {Embedding._meta.db_table} (page_id, encoder, vector, created) FROM STDIN (FORMAT binary)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8))
        for start in range(0, len(rows), 2000):
            copy.write(rows[start : start + 2000].tobytes())
        copy.write(b"\xff\xff")


def _spread(size: int, count: int) -> list[int]:
    return [(2 * i + 1) * size // (2 * count) for i in range(count)]


def _asked(world: World, count: int) -> dict[int, list[int]]:
    """Return the rows, by collection, of pages spread evenly over all."""
    ends = np.cumsum(world.sizes)
    asking: dict[int, list[int]] = {}
    for place in _spread(int(ends[-1]), count):
        number = int(np.searchsorted(ends, place, side="right"))
        asking.setdefault(number, []).append(place - int(ends[number] - world.sizes[number]))
    return asking


def ask(asking: Asking, look: Look) -> tuple[list[float], float]:
    """Return the milliseconds of each page's second query, and the recall of its ten nearest."""
    from clustering.models import Page

    pages = Page.objects.select_related("collection").in_bulk(asking.pages)
    for pk in asking.pages:
        look(pages[pk])
    times, hits = [], 0
    for pk, near in zip(asking.pages, asking.near, strict=True):
        looks: list[tuple[Any, int]] = []
        times.append(timed(partial(_look_into, looks, look, pages[pk])))
        hits += len({page.pk for page, _ in looks[:NEAREST]} & {page for _, page in near})
    return times, hits / (NEAREST * len(times))


def _look_into(looks: list[tuple[Any, int]], look: Look, page: Any) -> None:
    looks.extend(look(page))


@dataclass(frozen=True)
class Figures:
    """Figures so far, stored in a file; what is there isn't measured again."""

    file: Path | None
    values: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path | None, world: World) -> Figures:
        """Return the figures in a folder. Raises SystemExit if they are of another world."""
        if folder is None:
            return cls(None)
        folder.mkdir(parents=True, exist_ok=True)
        figures = cls(folder / "figures.json")
        made_of = {"pages": sum(world.sizes), "collections": len(world.sizes), "dimensions": world.dimensions}
        own: dict[str, float] = {**made_of, "seed": world.seed}
        if figures.file and figures.file.exists():
            figures.values.update(json.loads(figures.file.read_text(encoding="utf-8")))
            if {name: figures.values.get(name) for name in own} != own:
                raise SystemExit(f"{folder} holds a run of another size or seed. Give the same options, or remove it.")
        figures.add(own)
        return figures

    def add(self, figures: dict[str, float]) -> None:
        """Add and store figures."""
        self.values.update(figures)
        if self.file:
            self.file.write_text(json.dumps(self.values, indent=1), encoding="utf-8")


def measure(world: World, figures: Figures, *, queries: int, memory: int | None, workers: int, until: str) -> None:
    """Measure missing figures in one run, up to the pages, the index, or the end."""
    from django.conf import settings

    settings.ENCODER = ENCODER
    everywhere, large = Asking(np.empty((0, 0), np.float32)), Asking(np.empty((0, 0), np.float32))
    began = time.monotonic()
    fill(world, everywhere, large, _asked(world, queries))
    figures.add({"pages": sum(world.sizes), "collections": len(world.sizes)})
    if "fill_s" not in figures.values:
        figures.add({"fill_s": time.monotonic() - began})
    if until == "pages":
        return
    if "index_build_s" not in figures.values:
        figures.add(_indexed(world, memory=memory, workers=workers))
    if until == "index":
        return
    if "similar_p95_ms" not in figures.values:
        figures.add(_similar(world, everywhere, large, queries))
    if "act_p95_ms" not in figures.values:
        figures.add(site_figures())


def _indexed(world: World, *, memory: int | None, workers: int) -> dict[str, float]:
    """Build the index."""
    from django.db import connection

    from clustering.models import Embedding
    from clustering.selectors import vector_index
    from clustering.selectors.search_width import choose_width

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_total_relation_size(%s)", [Embedding._meta.db_table])
        table = cursor.fetchone()[0]
    memory = memory or vector_index.memory_needed(sum(world.sizes), world.dimensions)
    built = vector_index.build_index(ENCODER, world.dimensions, memory=memory, workers=workers)
    chosen = choose_width(ENCODER, world.dimensions)
    return {
        "search_width": chosen.width if chosen else 0,
        "index_build_s": built.seconds,
        "index_mb": built.size_bytes / 2**20,
        "index_memory_mb": memory / 2**20,
        "vectors_mb": table / 2**20,
    }


def _similar(world: World, everywhere: Asking, large: Asking, queries: int) -> dict[str, float]:
    """Look for similar pages."""
    from clustering.models import Collection
    from clustering.selectors.similar import similar_pages

    everyone = Collection.objects.all()
    figures: dict[str, float] = {}
    if len(world.sizes) > 1:
        small = list(Collection.objects.exclude(slug="c0").order_by("pk")[:1].get().pages.all()[:queries])
        figures["small_collection_p95_ms"] = p95([timed(partial(similar_pages, page)) for page in small])
    times, recall = ask(everywhere, lambda page: similar_pages(page, among=everyone))
    within, recall_within = ask(large, similar_pages)
    return figures | {
        "similar_p50_ms": statistics.median(times),
        "similar_p95_ms": p95(times),
        "similar_recall_at_10": recall,
        "large_collection_p95_ms": p95(within),
        "large_collection_recall_at_10": recall_within,
    }


def growth_figures(sizes: Sequence[int]) -> dict[str, float]:
    """Return what a page costs in collections of these sizes, and how much more in the last than in the first."""
    figures: dict[str, float] = {}
    for size in sizes:
        command = [sys.executable, str(ROOT / "bench" / "growth.py"), "--pages", str(size), "--json"]
        completed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        figures |= {
            f"growth_{size}_{name}": value for name, value in json.loads(completed.stdout.splitlines()[-1]).items()
        }
    first, last = sizes[0], sizes[-1]
    cost = {size: figures[f"growth_{size}_cpu_ms_per_page"] for size in (first, last)}
    return figures | {f"cost_growth_{first}_to_{last}": cost[last] / cost[first]}


def main() -> None:
    """Measure, print a table, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=20_000)
    parser.add_argument(
        "--collections", type=int, default=0, help="Number of collections; by default, of 300 pages each."
    )
    parser.add_argument(
        "--growth",
        type=int,
        nargs="*",
        default=[500, 50000],
        metavar="PAGES",
        help="Sizes to compare; leave blank to skip.",
    )
    parser.add_argument("--dimensions", type=int, default=1280, help="Default: those of the built-in encoder.")
    parser.add_argument("--queries", type=int, default=100)
    parser.add_argument("--memory", default="", help="For building the index, e.g. 4GB; by default, what it needs.")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="Keep database and figures there, and resume.")
    parser.add_argument("--until", choices=["pages", "index", "end"], default="end", help="Stop after these.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.pages < 6000 or not 2 <= options.queries <= 1000:
        parser.error("Give at least 6000 pages and 2 to 1000 queries: smaller collections are compared in full.")
    world = World(options.pages, options.dimensions, options.seed, collections=options.collections)
    results = Figures.of(options.keep, world)
    with own_database(options.keep):
        from clustering.management.commands.index_vectors import memory_amount

        measure(
            world,
            results,
            queries=options.queries,
            memory=memory_amount(options.memory) if options.memory else None,
            workers=options.workers,
            until=options.until,
        )
    figures = results.values
    if options.growth and options.until == "end":
        figures |= growth_figures(options.growth)
    for name, value in figures.items():
        print(f"{name:32} {value:10.2f}")
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
