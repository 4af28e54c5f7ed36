"""How many keys a hundred real pages take, from the proposal to confirmed, described, and exported documents.

    python bench/keys.py [FOLDER] [--pages 100] [--json]

FOLDER holds `images/` and `truth.csv`; it is ../shared/data/afl-cio unless given. The pages are imported, embedded,
read and proposed as on any desk. Then a real browser is worked by keys alone: every document is looked at in scan
order, put right where truth.csv has it otherwise, and confirmed; then `D`, and Enter on each document whose drafts
nobody has looked at. Titles are taken as drafted, so that the second figure is what describing takes where drafts are
right; where nothing could be read to draft a title from, the title of truth.csv is typed, and keys_titles_typed says
how often (the letters are not counted).
Keys of `--json`, all for each 100 pages: keys_cut_and_confirm, keys_describe, keys_per_100_pages; and exported_titled,
exported_kind and exported_dated, the shares of exported documents that say so.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.acts import own_database
from bench.browsing import archivist, launched, opened, progress, web_server
from bench.readings import scans_of
from bench.scan_share import REAL, true_documents

INDEX = """() => {
    const { urls } = JSON.parse(document.getElementById("desk-config").textContent);
    return fetch(urls.index).then((answer) => answer.json());
}"""
WHERE = "() => ['title', 'left'].map((name) => document.getElementById(`describe-${name}`).textContent).join(', ')"
WHY = "() => document.querySelector('#describe .field-error')?.textContent || 'nothing was said'"
TRIES = 3
ANSWER_MS = 20_000
MOST_ENTERS = 400
"""Enough for a hundred documents; more would mean an endless loop."""


def proposed_collection(folder: Path, pages: int, slug: str = "keys") -> Any:
    """Return the first pages of an archive, proposed."""
    from django.core.management import call_command

    from clustering.models import Collection

    progress(f"imports {pages} pages")
    with first_scans(folder, pages) as few:
        call_command("import_pages", slug, str(few), stdout=sys.stderr)
    for command in ("embed", "read", "propose"):
        progress(f"{command}: {pages} pages")
        call_command(command, slug, stdout=sys.stderr)
    return Collection.objects.get(slug=slug)


@contextmanager
def first_scans(folder: Path, pages: int) -> Iterator[Path]:
    """Yield a folder with only the first scans."""
    with tempfile.TemporaryDirectory(prefix="hhreview-scans-") as few:
        for path in list(scans_of(folder).values())[:pages]:
            (Path(few) / path.name).symlink_to(path.resolve())
        yield Path(few)


def true_titles(folder: Path, collection: Any) -> dict[int, str]:
    """Return the title of each document by the position at which it begins, in scan order."""
    positions = dict(collection.pages.values_list("identifier", "position"))
    documents = ((positions.get(one.identifiers[0]), one.title) for one in true_documents(folder / "truth.csv"))
    return dict(sorted((position, title) for position, title in documents if position is not None))


class Hands:
    """A person who works in the stream with keys only, and counts them."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.keys = 0

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def focus(self) -> int:
        """Position of the focused page."""
        return int(self.page.evaluate("+(document.activeElement?.dataset.page ?? 0)"))

    def bands(self) -> list[tuple[int, int]]:
        """First and last page of each document, as saved on the server."""
        self.page.wait_for_selector("#save-state[data-state=saved]")
        index = self.page.evaluate(INDEX)
        columns = index["groups"]["columns"]
        spans = [row[columns.index("spans")] for row in index["groups"]["rows"]]
        return sorted(band for parts in spans for band in _in_scan_order(parts))

    def go(self, position: int) -> None:
        """Go to a page with the fewest arrows and steps to the next document."""
        bands = self.bands()
        starts = [low for low, _ in bands]
        while (at := self.focus()) != position:
            if at in next(band for band in bands if band[0] <= position <= band[1]) and self.folded_beside(
                at, position
            ):
                self.press(".")
                continue
            ahead = [start for start in starts if at < start <= position]
            steps = len(ahead) + position - ahead[-1] if ahead else position - at
            if at < position and steps < position - at:
                self.press("j")
            else:
                self.press("ArrowRight" if at < position else "ArrowLeft")
            if self.focus() == at:
                raise SystemExit(f"The keys do not lead from page {at} to page {position}.")

    def folded_beside(self, at: int, position: int) -> bool:
        """Whether the next page is collapsed, as inside a long document."""
        beside = at + (1 if at < position else -1)
        return not self.page.evaluate("(page) => !!document.getElementById(`cell-${page}`)", beside)


def _in_scan_order(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the ranges of scans of a document, also if its pages are in another order than scanned."""
    runs: list[tuple[int, int]] = []
    for low, high in sorted(parts):
        if runs and runs[-1][1] + 1 == low:
            low = runs.pop()[0]
        runs.append((low, high))
    return runs


def cut_and_confirm(hands: Hands, starts: list[int], last: int) -> int:
    """Correct and confirm every document; return the number of corrections."""
    corrected = 0
    for start, after in zip(starts, [*starts[1:], last + 1], strict=True):
        hands.go(start)
        while True:
            low, high = next(band for band in hands.bands() if band[0] <= start <= band[1])
            if low < start:  # it begins inside another
                hands.press("s")
            elif high + 1 < after:
                hands.go(high + 1)
                hands.press("s")  # on the first page of the continuation: join
            elif high + 1 > after:
                hands.go(after)
                hands.press("s")
            else:
                break
            corrected += 1
        if not low <= hands.focus() <= high:
            hands.press("ArrowLeft")
        hands.press("c")
    return corrected


def describe(hands: Hands, titles: dict[int, str]) -> int:
    """Go through all documents whose drafts nobody has looked at; return how many titles had to be typed.

    A page without a word that could be read has no drafted title. A person types it; those letters are not counted as
    keys, as `--json` says.
    """
    typed = 0
    hands.press("d")
    hands.page.wait_for_selector("#describe:not([hidden])")
    left = hands.page.locator("#describe-left")
    for number in range(MOST_ENTERS):
        if left.inner_text() == "All described":
            break
        title = hands.page.locator("#describe [name=title]")
        if not title.input_value():
            first = re.search(r"\d+", hands.page.locator("#describe-about").inner_text())
            title.press_sequentially((first and titles.get(int(first[0]))) or "Untitled page")
            typed += 1
        _save(hands)
        if number % 10 == 9:
            progress(f"described {number + 1} documents; {left.inner_text()}")
    else:
        raise SystemExit(f"After {MOST_ENTERS} documents: {left.inner_text()}. Describing goes round in circles.")
    hands.press("Escape")
    hands.page.wait_for_selector("#save-state[data-state=saved]")
    return typed


def _save(hands: Hands) -> None:
    """Press Enter until the panel continues, as a person does who reads why it didn't. Raises SystemExit."""
    from playwright.sync_api import TimeoutError as PatienceOver

    before = hands.page.evaluate(WHERE)
    for _ in range(TRIES):
        hands.press("Enter")
        try:
            hands.page.wait_for_function(f"(before) => ({WHERE})() !== before", arg=before, timeout=ANSWER_MS)
        except PatienceOver:
            progress(f"{before} was not saved: {hands.page.evaluate(WHY)}. Enter is pressed again.")
        else:
            return
    raise SystemExit(f"{before} cannot be saved: {hands.page.evaluate(WHY)}")


def keys_per_100(root: str, collection: Any, titles: dict[int, str], cookie: str) -> dict[str, float]:
    """Work through the collection, and return the number of keys."""
    pages = collection.pages.count()
    with launched() as browser, opened(browser, root, cookie) as page:
        page.goto(f"{root}/c/{collection.slug}/")
        page.wait_for_selector("body[data-ready]")
        page.locator("#cell-1").focus()
        hands = Hands(page)
        progress(f"cuts and confirms {len(titles)} documents by keys")
        corrected = cut_and_confirm(hands, list(titles), pages)
        cut = hands.keys
        progress("describes them by keys")
        typed = describe(hands, titles)
        table = page.request.get(f"{root}/c/{collection.slug}/export/groups/").text()
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    share = 100 / pages
    return {
        "keys_cut_and_confirm": cut * share,
        "keys_describe": (hands.keys - cut) * share,
        "keys_per_100_pages": hands.keys * share,
        "keys_corrections": float(corrected),
        "keys_documents": float(len(titles)),
        "keys_titles_typed": float(typed),
        "exported_documents": float(len(rows)),
        "exported_titled": sum(not row["dcterms:title"].startswith("Untitled ") for row in rows) / len(rows),
        "exported_kind": sum(bool(row["kind"]) for row in rows) / len(rows),
        "exported_dated": sum(bool(row["dcterms:date"]) for row in rows) / len(rows),
    }


def measure(folder: Path, pages: int) -> dict[str, float]:
    """Measure in a database of its own."""
    _person, _client, cookie = archivist()
    collection = proposed_collection(folder, pages)
    with web_server() as root:
        return keys_per_100(root, collection, true_titles(folder, collection), cookie)


def main() -> None:
    """Measure, print a table, and with --json one object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=REAL)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with own_database():
        figures = measure(options.folder, options.pages)
    for name, value in figures.items():
        print(f"{name:34} {value:10.2f}")
    if options.json:
        print(json.dumps({name: round(value, 2) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
