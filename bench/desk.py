"""How fast the desk answers, and how smoothly it moves, at 5,000 and at 50,000 pages.

    python bench/desk.py [--json] [--sizes 5000 50000] [--repeats 60] [--no-browser]

Server time is taken around whole requests (session, access, act with its live effect, JSON) against a real PostgreSQL;
the browser's figures come from Chromium and a real web server. Everything runs in a temporary folder. Keys of `--json`:

    act_p95_ms_N       95th percentile over splits, merges and moves of 50 pages
    act_growth         act_p95_ms of the largest size by that of the smallest
    first_view_ms      the page of the stream, its index and its first pages, median, at the smallest size
    scroll_longest_task_ms   longest task of Chromium's main thread while scrolling through the smallest size, median of
                             three visits; scroll_longest_task_cpu_ms tells how much of it was its own work, and the
                             rest waiting for a core
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
import uuid
from importlib import import_module
from pathlib import Path
from textwrap import wrap
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database, p95, timed  # noqa: E402 - after the path is set
from bench.browsing import FLAGS, chromium, web_server  # noqa: E402 - after the path is set
from bench.keys import keys_per_100, proposed_collection, true_titles  # noqa: E402 - after the path is set
from bench.live import weighed_collection  # noqa: E402 - after the path is set
from bench.many_collections import front_page  # noqa: E402 - after the path is set
from bench.scan_share import REAL, real_collection, scan_shares  # noqa: E402 - after the path is set

MOVED = 50
IMAGES = 24
"""Different drawn pages; the rows share their contents."""
TEXTS = 480
"""Different texts of pages; so many that hardly any is met twice by what is measured."""
SCROLL_STEPS = 150
VISITS = 3


def filled_collection(pages: int, actor: Any) -> Any:
    """Return a published collection with seams, one in eight in doubt, whose run is decoded again around every act, and
    with images that the browser can show."""
    from django.db.models.functions import Mod

    collection = weighed_collection(pages, actor)
    read_pages(collection)
    for number, digest in enumerate(_drawn_images()):
        collection.pages.annotate(slot=Mod("position", IMAGES)).filter(slot=number).update(sha256=digest)
    return collection


def read_pages(collection: Any) -> None:
    """Give every page the text of a typed one, because acts draft again what they change; TEXTS different ones."""
    from clustering.models import Reading

    texts = _typed_texts()
    rows = collection.pages.order_by("position").values_list("pk", "position")
    Reading.objects.bulk_create(
        (
            Reading(page_id=pk, text="\n".join(line[0] for line in lines), lines=lines, width=930, height=1200,
                    confidence=90, language="en", engine="bench")
            for pk, lines in ((pk, texts[position % TEXTS]) for pk, position in rows)
        ),
        batch_size=1000,
    )  # fmt: skip


def _typed_texts() -> list[list[list[Any]]]:
    """Lines as they are stored, of a heading, a date and forty lines below them."""
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


def act_times(collection: Any, client: Any, *, repeats: int) -> dict[str, list[float]]:
    """Milliseconds of each act's request, at places spread over the collection; undone in between."""
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

    for place in range(repeats):
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
    """Median milliseconds of the three requests that fill the first screen."""
    paths = [f"/c/{collection.slug}/", f"/c/{collection.slug}/index/", f"/c/{collection.slug}/pages/?from=1&to=120"]

    def view() -> None:
        for path in paths:
            answer = client.get(path)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} was answered {answer.status_code}.")

    view()
    return statistics.median(timed(view) for _ in range(repeats))


# --- The browser --------------------------------------------------------------------------------------------------


def browser_figures(root: str, slug: str, cookie: str) -> dict[str, float]:
    """Scroll through the whole stream under a trace, then move 50 pages some times."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as api:
        browser = api.chromium.launch(executable_path=chromium(), args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": root}])
        page = context.new_page()
        visits = []
        for _ in range(VISITS):
            page.goto(f"{root}/c/{slug}/")
            page.wait_for_selector("body[data-ready]")
            page.wait_for_selector(".page img")
            visits.append(longest_task_while_scrolling(browser, page))
        whole, own = (statistics.median(times) for times in zip(*visits, strict=True))
        figures = {"scroll_longest_task_ms": whole, "scroll_longest_task_cpu_ms": own}
        page.evaluate("document.querySelector('#stream').scrollTop = 0")
        moves = [move_to_paint(page, 200 * (turn + 1)) for turn in range(7)]
        figures["move_50_to_paint_ms"] = statistics.median(moves)
        browser.close()
        return figures


def longest_task_while_scrolling(browser: Any, page: Any) -> tuple[float, float]:
    """Milliseconds of the longest task of the main thread by the clock, and of the one with most work of its own,
    from Chromium's own trace."""
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
    page.evaluate(
        """async (steps) => {
            const box = document.querySelector("#stream");
            const step = (box.scrollHeight - box.clientHeight) / steps;
            for (let i = 1; i <= steps; i++) {
                box.scrollTop = i * step;
                await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 16)));
            }
        }""",
        SCROLL_STEPS,
    )
    events: list[dict[str, Any]] = json.loads(browser.stop_tracing())["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"].get("name") == "CrRendererMain"
    }
    tasks = [
        (event["dur"] / 1000, event.get("tdur", event["dur"]) / 1000)
        for event in events
        if event.get("ph") == "X"
        and "dur" in event
        and event["name"] in {"RunTask", "ThreadControllerImpl::RunTask"}
        and (event["pid"], event["tid"]) in mains
    ]
    if not tasks:
        raise RuntimeError("The trace holds no task of the page's main thread.")
    whole, own = (max(times) for times in zip(*tasks, strict=True))
    return float(whole), float(own)


def move_to_paint(page: Any, start: int) -> float:
    """Milliseconds from the key E to the first paint after 50 selected pages stand in a group of their own."""
    page.keyboard.press("g")
    page.locator("dialog input[name=q]").fill(str(start))
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#cell-{start}:focus")
    page.keyboard.press("Space")
    for _ in range(MOVED - 1):
        page.keyboard.press("Shift+ArrowRight")
    page.evaluate(
        """() => {
            window.moved = new Promise((done) => {
                addEventListener("keydown", (event) => {
                    const from = event.timeStamp;
                    new MutationObserver((_, watcher) => {
                        watcher.disconnect();
                        requestAnimationFrame(() => setTimeout(() => done(performance.now() - from)));
                    }).observe(document.querySelector("#stream"), { childList: true, subtree: true, attributes: true });
                }, { once: true, capture: true });
            });
        }"""
    )
    page.keyboard.press("e")
    took = float(page.evaluate("window.moved"))
    page.wait_for_selector("#save-state[data-state=saved]")
    page.keyboard.press("Escape")
    return took


def measure(sizes: list[int], *, repeats: int, browser: bool) -> dict[str, float]:
    """All figures, in one run."""
    from django.conf import settings
    from django.test import Client

    from clustering.models import User

    import_module("hhreview.wsgi")  # as a web process does it: nothing is loaded by a request that is measured
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    actor = User.objects.create_user("alice", is_staff=True)
    client = Client()
    client.force_login(actor)
    figures: dict[str, float] = {}
    for size in sizes:
        collection = filled_collection(size, actor)
        collection.page_count_now = size
        collection.refresh_from_db(fields=["version"])
        first_view(collection, client, repeats=1)
        times = act_times(collection, client, repeats=repeats)
        for verb, values in times.items():
            figures[f"{verb}_p95_ms_{size}"] = p95(values)
        figures[f"act_p95_ms_{size}"] = p95([*times["split"], *times["merge"], *times["move"]])
        key = "first_view_ms" if size == sizes[0] else f"first_view_ms_{size}"
        figures[key] = first_view(collection, client, repeats=7)
    figures["act_growth"] = figures[f"act_p95_ms_{sizes[-1]}"] / figures[f"act_p95_ms_{sizes[0]}"]
    if browser:
        cookie = client.cookies["sessionid"].value
        with web_server() as root:
            figures.update(browser_figures(root, f"c{sizes[0]}", cookie))
            if REAL.is_dir():
                real_collection(REAL, actor)
                figures.update(scan_shares(root, "real", cookie))
                few = proposed_collection(REAL, 100)
                figures.update(keys_per_100(root, few, true_titles(REAL, few), cookie))
    return figures | front_page(client, actor)


def main() -> None:
    """Measures, prints a table, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5000, 50_000])
    parser.add_argument("--repeats", type=int, default=60)
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_database():
        figures = measure(sorted(options.sizes), repeats=options.repeats, browser=not options.no_browser)
    for name, value in figures.items():
        print(f"{name:34} {value:10.3f}" if name.startswith("scan_share") else f"{name:34} {value:10.1f}")
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
