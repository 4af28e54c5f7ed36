"""The browser's side of bench/desk.py: scrolling through a whole collection, and moving 50 pages."""

from __future__ import annotations

import base64
import json
import statistics
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.browsing import launched, opened, progress

MOVED = 50
MOVES = 7
SCROLL_STEPS = 150
VISITS = 3
"""With placeholders and without, in turns."""
BLURRED_BYTES = 38

SCROLL = """async (steps) => {
    const box = document.querySelector("#stream");
    const step = (box.scrollHeight - box.clientHeight) / steps;
    for (let i = 1; i <= steps; i++) {
        box.scrollTop = i * step;
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 16)));
    }
}"""
WATCH = """() => {
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


def browser_figures(root: str, collection: Any, cookie: str) -> dict[str, float]:
    """Scroll through the whole stream under a trace, with and without placeholders; then move 50 pages some times."""
    with launched() as browser:
        visits: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
        for visit in range(VISITS):
            for blurred in (True, False) if visit % 2 == 0 else (False, True):
                draw_placeholders(collection, drawn=blurred)
                progress(f"scrolls, visit {visit + 1} of {VISITS}, {'with' if blurred else 'without'} placeholders")
                visits[blurred].append(scrolled(browser, root, collection.slug, cookie))
        draw_placeholders(collection, drawn=True)
        longest, own, work = map(statistics.median, zip(*visits[True], strict=True))
        _longest, bare_own, bare_work = map(statistics.median, zip(*visits[False], strict=True))
        progress(f"moves {MOVED} pages, {MOVES} times")
        moved = moves(browser, root, collection.slug, cookie, pages=collection.pages.count())
    return {
        "scroll_longest_task_ms": longest,
        "scroll_longest_task_cpu_ms": own,
        "scroll_work_ms": work,
        "scroll_ratio_placeholders": work / bare_work,
        "scroll_longest_ratio_placeholders": own / bare_own,
        "move_50_to_paint_ms": moved,
    }


def draw_placeholders(collection: Any, *, drawn: bool) -> None:
    """Give every page a placeholder of its own, as scans have, or none."""
    from random import Random

    pages = list(collection.pages.only("pk").order_by("position"))
    chance = Random(1)
    for page in pages:
        page.placeholder = base64.b64encode(chance.randbytes(BLURRED_BYTES)).decode() if drawn else ""
    collection.pages.model.objects.bulk_update(pages, ["placeholder"], batch_size=1000)


def scrolled(browser: Any, root: str, slug: str, cookie: str) -> tuple[float, float, float]:
    """Return, of one visit with an empty cache, what `tasks_while_scrolling` does."""
    with opened(browser, root, cookie) as page:
        page.goto(f"{root}/c/{slug}/")
        page.wait_for_selector("body[data-ready]")
        page.wait_for_selector(".page img")
        return tasks_while_scrolling(browser, page)


def tasks_while_scrolling(browser: Any, page: Any) -> tuple[float, float, float]:
    """Milliseconds of the longest task of the main thread by the clock, of the one with most work of its own, and of
    the work of all, from Chromium's own trace."""
    browser.start_tracing(page=page, categories=["toplevel", "devtools.timeline", "__metadata"])
    page.evaluate(SCROLL, SCROLL_STEPS)
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
    whole, own = zip(*tasks, strict=True)
    return float(max(whole)), float(max(own)), float(sum(own))


def moves(browser: Any, root: str, slug: str, cookie: str, *, pages: int) -> float:
    """Median milliseconds of `move_to_paint`, at places spread over the collection."""
    with opened(browser, root, cookie) as page:
        page.goto(f"{root}/c/{slug}/")
        page.wait_for_selector("body[data-ready]")
        step = (pages - MOVED) // (MOVES + 1)
        return statistics.median(move_to_paint(page, step * (turn + 1)) for turn in range(MOVES))


def move_to_paint(page: Any, start: int) -> float:
    """Milliseconds from the key E to the first paint after 50 selected pages stand in a group of their own."""
    page.keyboard.press("g")
    page.locator("dialog input[name=q]").fill(str(start))
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#cell-{start}:focus")
    page.keyboard.press("Space")
    for _ in range(MOVED - 1):
        page.keyboard.press("Shift+ArrowRight")
    page.evaluate(WATCH)
    page.keyboard.press("e")
    took = float(page.evaluate("window.moved"))
    page.wait_for_selector("#save-state[data-state=saved]")
    page.keyboard.press("Escape")
    return took
