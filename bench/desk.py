"""How fast the desk responds, and how smoothly it scrolls, at 5,000 and at 50,000 pages.

    python bench/desk.py [--json] [--sizes 5000 50000] [--repeats 60] [--keys-pages 100] [--no-browser]

Server time is taken around whole requests (session, access, act with its live effect, JSON) against a real PostgreSQL;
the browser's figures come from Chromium and a real web server. Everything runs in a temporary folder. What is done is
told on standard error; a part that fails leaves the figures of the others, and the exit status is 1. Keys of `--json`:

    act_p95_ms_N       95th percentile over splits, merges and moves of 50 pages
    act_documents_p95_N   how many documents such an act changed: where it teaches the machine, others follow it
    act_growth         act_p95_ms of the largest size by that of the smallest
    first_view_ms      the page of the stream, its index and its first pages, median, at the smallest size
    scroll_longest_task_ms   longest task of Chromium's main thread while scrolling through the smallest size, median of
                             three visits; scroll_longest_task_cpu_ms tells how much of it was its own work, and the
                             rest waiting for a core; scroll_work_ms is the work of all tasks together
    scroll_ratio_placeholders   scroll_work_ms by the same without the blurred placeholders, visits in turns; and
                             scroll_longest_ratio_placeholders of scroll_longest_task_cpu_ms
    move_50_to_paint_ms      from the key to the paint that shows 50 selected pages as a new group, median
    scan_share_WIDTH         how much of the stream's area is scan, on real pages in their true documents, at windows of
                             1280, 1440 and 1920 px; left out where ../shared/data/afl-cio is not there
    keys_per_100_pages       keys from the proposal of a hundred real pages to confirmed and described documents;
                             keys_cut_and_confirm and keys_describe are its parts (bench/keys.py); left out likewise
    front_page_ms_5000_collections, front_page_kb_5000_collections   the list of all collections: the slowest of its
                             searches, filters and sorts, each the median of repeats; and the largest answer;
                             front_page_cpu_ms_5000_collections tells how much of the time was work
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
import traceback
import uuid
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from textwrap import wrap
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database, p95, timed
from bench.browsing import archivist, progress, web_server
from bench.keys import keys_per_100, proposed_collection, true_titles
from bench.live import weighed_collection
from bench.many_collections import front_page
from bench.scan_share import REAL, real_collection, scan_shares
from bench.scrolling import MOVED, browser_figures

SMALLEST = 1000
IMAGES = 24
"""Different drawn pages, which the rows share."""
TEXTS = 480
"""Different texts of pages, so many that measured acts hardly ever meet the same one twice."""
ACT_SECONDS = 25
FEWEST = 5
AROUND = 100
"""Pages with text before and after the place of an act: more than it touches."""


def filled_collection(pages: int, actor: Any, *, acts: int) -> Any:
    """Return a published collection with seams, one in eight in doubt, whose run is decoded again around every act, and
    with images that the browser can show. Pages near the places of so many acts have text."""
    from django.db.models.functions import Mod

    collection = weighed_collection(pages, actor)
    read_pages(collection, near=[place * (pages // acts) + 1 for place in range(acts)])
    for number, digest in enumerate(_drawn_images()):
        collection.pages.annotate(slot=Mod("position", IMAGES)).filter(slot=number).update(sha256=digest)
    return collection


def read_pages(collection: Any, *, near: list[int] | None = None) -> None:
    """Give pages the text of a typed one, because acts draft again what they change; TEXTS different ones.

    All pages, or those AROUND these positions: the text of 50,000 takes a minute to write, and hardly any is used.
    """
    from clustering.models import Reading

    texts = _typed_texts()
    rows: Any = collection.pages.order_by("position").values_list("pk", "position")
    if near is not None:
        wanted = {position for place in near for position in range(place - AROUND, place + MOVED + AROUND)}
        rows = [(pk, position) for pk, position in rows if position in wanted]
    Reading.objects.bulk_create(
        (
            Reading(page_id=pk, text="\n".join(line[0] for line in lines), lines=lines, width=930, height=1200,
                    confidence=90, language="en", engine="bench")
            for pk, lines in ((pk, texts[position % TEXTS]) for pk, position in rows)
        ),
        batch_size=1000,
    )  # fmt: skip


def _typed_texts() -> list[list[list[Any]]]:
    """Return stored lines of texts with a heading, a date, and forty lines."""
    from random import Random

    from clustering.samples.language import Writer, long_date
    from clustering.samples.vocabulary import THEMES, TOWNS

    texts = []
    for number in range(TEXTS):
        rng = Random(number)
        words = Writer(rng.choice(THEMES), rng, year=1950 + number % 40, town=rng.choice(TOWNS))
        lines = [[words.headline(), 180, 90, 750, 130, 93.0], [long_date(words.day()), 600, 160, 830, 180, 91.0]]
        written = [part for text in words.paragraphs(12) for part in wrap(text, 70)]
        lines += [
            [part, 90, 220 + 23 * i, 90 + 10 * len(part), 238 + 23 * i, 90.0] for i, part in enumerate(written[:40])
        ]
        texts.append(lines)
    return texts


def _drawn_images() -> list[str]:
    from PIL import Image, ImageDraw

    from clustering.files import original_path, write_thumbnails

    digests = []
    for number in range(IMAGES):
        digest = f"{number:064x}"
        image = Image.new("RGB", (930, 1200), (243 - number, 234, 214 + number % 9))
        pen = ImageDraw.Draw(image)
        for line in range(40):
            pen.line(
                (90, 110 + 26 * line, 840 - (line * 37 + number * 11) % 300, 110 + 26 * line), fill="#333", width=9
            )
        path = original_path(digest, "image/jpeg")
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path, "JPEG", quality=80)
        write_thumbnails(image, digest)
        digests.append(digest)
    return digests


# --- The server ---------------------------------------------------------------------------------------------------


def act_times(collection: Any, client: Any, *, repeats: int, seconds: float = float("inf")) -> dict[str, list[float]]:
    """Milliseconds of each act's request, at places spread over the collection, as many as this time allows; undone in
    between."""
    from random import Random

    from django.db.models import Count

    times: dict[str, list[float]] = {"split": [], "merge": [], "move": [], "undo": []}
    step = collection.page_count_now // repeats

    def send(verb: str, **body: Any) -> None:
        act = {"act_id": str(uuid.uuid4()), "since": collection.version, **body}
        answers: list[Any] = []
        url = f"/api/v1/collections/{collection.slug}/acts/{verb}"
        took = timed(lambda: answers.append(client.post(url, json.dumps(act), content_type="application/json")))
        if answers[0].status_code != 200:
            raise RuntimeError(f"{verb} was answered {answers[0].status_code}: {answers[0].content[:300]!r}")
        collection.refresh_from_db(fields=["version"])
        times[verb].append(took)

    until = time.monotonic() + seconds
    for done, place in enumerate(Random(1).sample(range(repeats), repeats)):
        if done >= FEWEST and time.monotonic() > until:
            break
        first = place * step + 1
        behind = collection.groups.annotate(pages_now=Count("pages")).filter(first_position__gte=first)
        left = behind.filter(pages_now__gte=2).in_scan_order()[0]
        groups = [left, behind.filter(first_position__gt=left.first_position).in_scan_order()[0]]
        second = left.pages.get(group_order=2)
        send("split", group=left.pk, before=second.position, versions={left.pk: left.version})
        send("undo")
        versions = dict(collection.groups.filter(pk__in=[g.pk for g in groups]).values_list("pk", "version"))
        send("merge", groups=[group.pk for group in groups], versions=versions)
        send("undo")
        pages = list(range(left.first_position, left.first_position + MOVED))
        touched = collection.groups.filter(pages__position__in=pages).distinct().values_list("pk", "version")
        send("move", pages=pages, versions=dict(touched))
        send("undo")
    return times


def first_view(collection: Any, client: Any, *, repeats: int) -> float:
    """Return the median milliseconds of the three requests that fill the first screen."""
    import_module("hhreview.wsgi")  # as a web process does, which excludes loaded objects from garbage collection
    paths = [f"/c/{collection.slug}/", f"/c/{collection.slug}/index/", f"/c/{collection.slug}/pages/?from=1&to=120"]

    def view() -> None:
        for path in paths:
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} was answered {answer.status_code}.")

    view()
    return statistics.median(timed(view) for _ in range(repeats))


class Bench:
    """The figures so far. A part that fails prints its traceback, and the others are still measured."""

    def __init__(self) -> None:
        self.figures: dict[str, float] = {}
        self.failed: list[str] = []

    def part(self, name: str, figures: Callable[[], dict[str, float]]) -> None:
        """Add the figures of a part."""
        progress(name)
        try:
            self.figures |= figures()
        except (Exception, SystemExit):  # noqa: BLE001 - printed in full, and the exit status is 1
            traceback.print_exc()
            self.failed.append(name)


def server_figures(size: int, actor: Any, client: Any, *, repeats: int, smallest: bool) -> dict[str, float]:
    """Return the times of acts and of the first view, on a new collection of this size."""
    collection = filled_collection(size, actor, acts=repeats)
    collection.page_count_now = size
    collection.refresh_from_db(fields=["version"])
    progress(f"acts on {size:,} pages")
    first_view(collection, client, repeats=1)
    act_times(collection, client, repeats=1)  # don't measure what the first act loads
    times = act_times(collection, client, repeats=repeats, seconds=ACT_SECONDS)
    changed = collection.edits.filter(verb__in=["split", "merge", "move"]).values_list("groups", flat=True)
    figures = {f"{verb}_p95_ms_{size}": p95(values) for verb, values in times.items()}
    figures[f"act_p95_ms_{size}"] = p95([*times["split"], *times["merge"], *times["move"]])
    figures[f"act_documents_p95_{size}"] = p95([len(groups) for groups in changed])
    figures["first_view_ms" if smallest else f"first_view_ms_{size}"] = first_view(collection, client, repeats=7)
    return figures


def real_shares(root: str, actor: Any, cookie: str) -> dict[str, float]:
    """Import real pages, and return how much of the stream is scan."""
    real_collection(REAL, actor)
    return scan_shares(root, "real", cookie)


def real_keys(root: str, pages: int, cookie: str) -> dict[str, float]:
    """Propose the first of the real pages, and return the keys that they take."""
    few = proposed_collection(REAL, pages)
    return keys_per_100(root, few, true_titles(REAL, few), cookie)


def measure(sizes: list[int], *, repeats: int, browser: bool, keys_pages: int) -> Bench:
    """Measure all figures in one run."""
    from clustering.models import Collection

    import_module("hhreview.wsgi")  # as a web process does it: nothing is loaded by a request that is measured
    actor, client, cookie = archivist()
    bench = Bench()
    for size in sizes:
        bench.part(
            f"builds a collection of {size:,} pages",
            partial(server_figures, size, actor, client, repeats=repeats, smallest=size == sizes[0]),
        )
    ends = [bench.figures.get(f"act_p95_ms_{size}") for size in (sizes[0], sizes[-1])]
    if ends[0] and ends[1]:
        bench.figures["act_growth"] = ends[1] / ends[0]
    if browser:
        with web_server() as root:
            smallest = Collection.objects.filter(slug=f"c{sizes[0]}").first()
            if smallest:
                bench.part(f"scrolls {sizes[0]:,} pages", partial(browser_figures, root, smallest, cookie))
            if REAL.is_dir():
                bench.part("imports real pages", partial(real_shares, root, actor, cookie))
                bench.part("proposes real pages", partial(real_keys, root, keys_pages, cookie))
    bench.part("fills 5,000 collections", partial(front_page, client, actor))
    return bench


def main() -> None:
    """Measure, print a table, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5000, 50_000], help=f"At least {SMALLEST} pages.")
    parser.add_argument("--repeats", type=int, default=60)
    parser.add_argument("--keys-pages", type=int, default=100, help="Real pages that are worked through by keys.")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if min(options.sizes) < SMALLEST:
        parser.error(f"--sizes: each must be {SMALLEST} or more, so that 50 pages can be moved at several places.")
    with own_database():
        bench = measure(
            sorted(options.sizes),
            repeats=options.repeats,
            browser=not options.no_browser,
            keys_pages=options.keys_pages,
        )
    progress("done")
    for name, value in bench.figures.items():
        print(f"{name:34} {value:10.3f}" if "_share" in name or "_ratio" in name else f"{name:34} {value:10.1f}")
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in bench.figures.items()}))
    if bench.failed:
        raise SystemExit(f"Not measured, see above: {', '.join(bench.failed)}.")


if __name__ == "__main__":
    main()
