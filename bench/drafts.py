"""How good the draft titles, kinds, dates and languages are on the true documents of a collection.

    python bench/drafts.py                      the real scans beside the project, where they are there
    python bench/drafts.py --collection FOLDER  a folder of scans with a truth.csv, such as a sample
    python bench/drafts.py --json               the figures for a machine

The documents are the true ones, so that this measures drafting and not segmentation. The weights in `drafting/kind.py`
were set by hand with the real scans in view, and those in `prior/dates.json` learned from them, so figures on these
scans are a best case and figures on a sample are the check. `date_trust.py` measures dates on archives left out.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from statistics import mean, median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.date_trust import same_date, written_dates
from bench.readings import readings_of, scans_of
from clustering.engine.drafting import draft_group
from clustering.engine.drafting.kind import DescribedKinds, kind_here
from clustering.engine.records import GroupDraft, PageRecord

PROJECT = Path(__file__).resolve().parent.parent
REAL_SCANS = PROJECT.parent / "shared" / "data" / "afl-cio"


@dataclass(frozen=True, slots=True)
class Drafted:
    """One true document with its draft and how right that is."""

    document: int
    pages: int
    true_kind: str
    kind: str
    kind_confidence: float
    true_title: str
    title: str
    title_confidence: float
    title_evidence: str
    similarity: float
    true_dates: tuple[str, ...]
    date: str
    date_confidence: float
    date_evidence: str
    date_right: bool
    language: str


def similarity(one: str, other: str) -> float:
    """Return the token-set ratio, 0 … 100: how similar the words are, ignoring order and extra words of one side.

    The shared words are compared with each title's shared and own words, and the best of the three pairs counts.
    """
    first, second = (set(re.findall(r"\w+", text.lower())) for text in (one, other))
    shared = " ".join(sorted(first & second))
    whole = [f"{shared} {' '.join(sorted(words - (first & second)))}".strip() for words in (first, second)]
    pairs = ((shared, whole[0]), (shared, whole[1]), (whole[0], whole[1]))
    return 100 * max(SequenceMatcher(None, left, right, autojunk=False).ratio() for left, right in pairs)


def load(folder: Path) -> tuple[list[dict[str, str]], dict[str, list[PageRecord]]]:
    """Return the rows of truth.csv that start a document, and each document's pages with their readings."""
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    scans = scans_of(folder)
    names = [row["identifier"] for row in rows]
    readings = readings_of([scans[name] for name in names], say=lambda text: print(text, file=sys.stderr))
    pages: dict[str, list[PageRecord]] = defaultdict(list)
    opening: dict[str, dict[str, str]] = {}
    for row, reading in zip(rows, readings, strict=True):
        opening.setdefault(row["document"], row)
        pages[row["document"]].append(PageRecord(row["identifier"], reading.width, reading.height, reading=reading))
    return list(opening.values()), pages


def prints_year(pages: Sequence[PageRecord], edtf: str) -> bool:
    """Whether the date's year can be read on the pages, in full or as "/64" or "'64".

    A drawn sample dates flyers by their event, whose day and hour they print, but no year.
    """
    text = " ".join(page.reading.text for page in pages if page.reading is not None)
    year = edtf[:4]
    return year in text or re.search(rf"[/'’-]{year[2:]}\b", text) is not None


def judge(archive: str, row: dict[str, str], pages: Sequence[PageRecord], draft: GroupDraft) -> Drafted:
    """Compare one document's draft with its truth."""
    stated = row.get("date", "")
    known = (stated,) if stated and prints_year(pages, stated) else ()
    dates = known if "date" in row else written_dates().get((archive, row["identifier"]), ())
    drafted = draft.date.value if draft.date else ""
    title = draft.title.value if draft.title else ""
    return Drafted(
        document=int(row["document"]),
        pages=len(pages),
        true_kind=row["kind"],
        kind=draft.kind.value if draft.kind else "",
        kind_confidence=draft.kind.confidence if draft.kind else 0.0,
        true_title=row["title"],
        title=title,
        title_confidence=draft.title.confidence if draft.title else 0.0,
        title_evidence=draft.title.evidence if draft.title else "",
        similarity=round(similarity(row["title"], title), 1) if title else 0.0,
        true_dates=dates,
        date=drafted,
        date_confidence=draft.date.confidence if draft.date else 0.0,
        date_evidence=draft.date.evidence if draft.date else "",
        date_right=any(same_date(date, drafted) for date in dates),
        language=draft.language.value if draft.language else "",
    )


def figures(judged: Sequence[Drafted]) -> dict[str, Any]:
    """Return the figures of all documents."""
    dated = [one for one in judged if one.true_dates]
    drafted = [one for one in judged if one.date]
    titled = [one for one in judged if one.title]
    kinds = Counter(one.true_kind for one in judged)
    sure = [one for one in judged if one.kind_confidence >= 0.8]
    return {
        "documents": len(judged),
        "kind right": round(mean(one.kind == one.true_kind for one in judged), 3),
        "kind right if all were the commonest": round(max(kinds.values()) / len(judged), 3),
        "kinds at confidence .8": len(sure),
        "of these right": round(mean(one.kind == one.true_kind for one in sure), 3) if sure else None,
        "documents that print a date": len(dated),
        "date right of these": round(mean(one.date_right for one in dated), 3) if dated else None,
        "dates drafted": len(drafted),
        "date right of those drafted": round(mean(one.date_right for one in drafted), 3) if drafted else None,
        "titles drafted": len(titled),
        "title similarity, mean": round(mean(one.similarity for one in judged), 1),
        "title similarity, median": round(median(one.similarity for one in judged), 1),
        "titles of similarity 70 and more": round(mean(one.similarity >= 70 for one in judged), 3),
        "languages": dict(Counter(one.language or "none" for one in judged)),
    }


DESCRIBED = (0, 1, 3, 5, 10, 20)
"""Documents whose kinds people entered."""
ORDERS = 4
"""Scan order, and three drawn ones."""


def learned_kinds(rows: Sequence[dict[str, str]], drafts: Sequence[GroupDraft]) -> dict[int, float]:
    """Return, by how many documents have their true kind, the share of the others whose kind is drafted right."""
    some = [(row["kind"], draft.kind) for row, draft in zip(rows, drafts, strict=True) if draft.kind]
    right: dict[int, list[float]] = {count: [] for count in DESCRIBED if count < len(some)}
    for order in range(ORDERS):
        mixed = random.Random(order).sample(some, len(some)) if order else some
        for count, shares in right.items():
            kinds = DescribedKinds.of(
                Counter(kind for kind, _ in mixed[:count]), [(kind, draft.chances) for kind, draft in mixed[:count]]
            )
            shares.append(mean(kind_here(draft, kinds).value == kind for kind, draft in mixed[count:]))
    return {count: round(mean(shares), 3) for count, shares in right.items()}


def report(judged: Sequence[Drafted]) -> None:
    """Print the figures and every document's draft beside its truth."""
    for name, value in figures(judged).items():
        print(f"{name:40} {value}")
    print("\nTitles (similarity, confidence)")
    for one in judged:
        print(f"{one.document:4} {one.similarity:5.0f} {one.title_confidence:4.2f}  {one.true_title[:110]}")
        print(f"{'':16}{one.title or 'none'}  [{one.title_evidence}]")
    print("\nWrong kinds")
    for one in judged:
        if one.kind != one.true_kind:
            print(f"{one.document:4} {one.true_kind} -> {one.kind} ({one.kind_confidence})  {one.true_title[:80]}")
    print("\nWrong, missing and surplus dates")
    for one in judged:
        if one.date_right or not (one.true_dates or one.date):
            continue
        true = " or ".join(one.true_dates) or "none printed"
        print(f"{one.document:4} {true} -> {one.date or 'none'}  {one.date_evidence}")


def main() -> None:
    """Run the bench from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collection", type=Path, default=REAL_SCANS, help="folder of scans with a truth.csv")
    parser.add_argument("--json", action="store_true", help="print JSON")
    chosen = parser.parse_args()
    if not (chosen.collection / "truth.csv").exists():
        sys.exit(f"There is no truth.csv in {chosen.collection}. Name a folder that has one with --collection.")
    rows, pages = load(chosen.collection)
    drafts = [draft_group(pages[row["document"]]) for row in rows]
    name = chosen.collection.name
    judged = [judge(name, row, pages[row["document"]], draft) for row, draft in zip(rows, drafts, strict=True)]
    learned = learned_kinds(rows, drafts)
    if chosen.json:
        documents = [asdict(one) for one in judged]
        print(json.dumps({"figures": figures(judged), "kind_right_by_described": learned, "documents": documents}))
    else:
        report(judged)
        print("\nKinds drafted right when the kinds of so many documents were entered")
        print("   ".join(f"{count}: {share:.2f}" for count, share in learned.items()))


if __name__ == "__main__":
    main()
