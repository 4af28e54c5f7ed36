"""How much of the stream is scan: real pages in their true documents, at three widths of the window.

    python bench/scan_share.py [FOLDER] [--json] [--shots FOLDER]

FOLDER holds `images/` and `truth.csv`; it is ../shared/data/afl-cio unless given. The stream is scrolled from its
first row to its last, a window at a time; at each stop the visible parts of all scans are summed up and divided by the
area of the stream. Keys of `--json`: scan_share_WIDTH, pages_in_view_WIDTH.
"""

from __future__ import annotations

import argparse
import csv
import json
import statistics
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database
from bench.browsing import archivist, launched, opened, progress, web_server

REAL = ROOT.parent / "shared" / "data" / "afl-cio"
WIDTHS = {1280: 800, 1440: 900, 1920: 1080}
"""Width and height of the window, px."""
STOPS = 12
SCROLL = """async ([stop, of]) => {
    const box = document.querySelector("#stream");
    box.scrollTop = (box.scrollHeight - 80 - box.clientHeight) * stop / (of - 1);
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
}"""
DRAWN = """() => {
    const all = [...document.querySelectorAll("#stream .page img")];
    return all.length > 0 && all.every((one) => one.complete && one.naturalWidth);
}"""
COVERED = """() => {
    const stream = document.querySelector("#stream");
    const view = stream.getBoundingClientRect();
    let scan = 0, pages = 0;
    for (const image of stream.querySelectorAll(".page img")) {
        const box = image.getBoundingClientRect();
        if (!image.naturalWidth) continue;
        const isSideways = Math.abs(parseInt(image.style.rotate || "0")) % 180 === 90;
        const shape = isSideways ? image.naturalHeight / image.naturalWidth : image.naturalWidth / image.naturalHeight;
        const wide = Math.min(box.width, box.height * shape), high = Math.min(box.height, box.width / shape);
        const left = box.left + (box.width - wide) / 2, top = box.top + (box.height - high) / 2;
        const seenX = Math.max(0, Math.min(left + wide, view.left + stream.clientWidth) - Math.max(left, view.left));
        const seenY = Math.max(0, Math.min(top + high, view.bottom) - Math.max(top, view.top));
        scan += seenX * seenY;
        pages += (seenX * seenY) / (wide * high);
    }
    return [scan / (stream.clientWidth * stream.clientHeight), pages];
}"""


def real_collection(folder: Path, actor: Any, slug: str = "real") -> Any:
    """Import an archive and publish its true documents."""
    from django.core.management import call_command

    from clustering.actions.publish import publish_run
    from clustering.jobs.arranging import keep_arrangement
    from clustering.models import Collection

    call_command("import_pages", slug, str(folder / "images"), stdout=sys.stderr)
    collection = Collection.objects.get(slug=slug)
    publish_run(keep_arrangement(collection, true_documents(folder / "truth.csv"), source="truth.csv"), actor=actor)
    return collection


def true_documents(truth: Path) -> list[Any]:
    """Return the documents of a list of starts; a start that nobody is sure of is none."""
    from clustering.sources.arranged import Arranged

    documents: list[Any] = []
    for row in csv.DictReader(truth.read_text(encoding="utf-8").splitlines()):
        if row["start"] == "1" or not documents:
            documents.append(Arranged(row.get("title", ""), []))
        documents[-1].identifiers.append(row["identifier"])
    return documents


def scan_shares(root: str, slug: str, cookie: str, *, shots: Path | None = None) -> dict[str, float]:
    """Return the share of the stream that is scan, and the pages in view, by the window's width."""
    figures: dict[str, float] = {}
    with launched() as browser:
        for width, height in WIDTHS.items():
            progress(f"measures the stream at {width} px")
            with opened(browser, root, cookie, width=width, height=height) as page:
                page.goto(f"{root}/c/{slug}/")
                page.wait_for_selector("body[data-ready]")
                seen = [_seen(page, stop, shots, width) for stop in range(STOPS)]
            shares, pages = zip(*seen, strict=True)
            figures[f"scan_share_{width}"] = round(statistics.mean(shares), 3)
            figures[f"pages_in_view_{width}"] = round(statistics.mean(pages), 1)
    return figures


def _seen(page: Any, stop: int, shots: Path | None, width: int) -> tuple[float, float]:
    """Return the share of scan and the pages in view at a stop, once what it shows is loaded."""
    page.evaluate(SCROLL, [stop, STOPS])
    page.wait_for_function(DRAWN)
    if shots and stop in (0, STOPS // 2):
        page.screenshot(path=str(shots / f"stream-{width}-{stop}.png"))
    share, pages = page.evaluate(COVERED)
    return share, pages


def main() -> None:
    """Measures, and prints one JSON object as the last line with --json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=REAL)
    parser.add_argument("--shots", type=Path, help="Put screenshots into this folder.")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_database():
        actor, _client, cookie = archivist()
        real_collection(options.folder, actor)
        with web_server() as root:
            figures = scan_shares(root, "real", cookie, shots=options.shots)
    for name, value in figures.items():
        print(f"{name:24} {value:8.3f}")
    if options.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
