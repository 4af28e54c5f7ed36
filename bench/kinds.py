"""How often drafted types are right, and how often those are that confirming accepts.

    python bench/kinds.py FOLDER           folder of archives, each with images/ and truth.csv
    python bench/kinds.py FOLDER --json    the figures for a machine

`kinds.csv` has the types of the documents in `titles.csv`, by looking at the scans; where catalogers may differ,
several count as right. No type is entered, so drafts know nothing about the archive.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from pathlib import Path
from statistics import mean

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.readings import CACHE
from bench.titles import ACCEPTED, documents_of
from clustering.engine.drafting import see_document
from clustering.engine.drafting.kind import draft_kind

KINDS = Path(__file__).with_name("kinds.csv")


def written_kinds() -> dict[tuple[str, str], tuple[str, ...]]:
    """Return the types that were written down, by archive and identifier of the first page."""
    with KINDS.open(encoding="utf-8", newline="") as handle:
        return {(row["archive"], row["identifier"]): tuple(row["kinds"].split("|")) for row in csv.DictReader(handle)}


def figures(archive: Path, cache: Path, *, show: bool) -> dict[str, float]:
    """Return how many documents were read, and how many of their types, drafted and accepted, are right."""
    written, pairs = written_kinds(), []
    for name, pages in documents_of(archive, cache).items():
        true = written.get((archive.name, name), ())
        draft = draft_kind(see_document(pages)) if true else None
        if draft is not None:
            pairs.append((draft.value in true, draft.confidence))
            if show and draft.value not in true:
                print(f"{name}  {draft.confidence:.2f}  {draft.value} ({draft.evidence}), not {' or '.join(true)}")
    accepted = [right for right, confidence in pairs if confidence >= ACCEPTED]
    return {
        "documents": len(pairs), "right": sum(right for right, _ in pairs), "accepted": len(accepted),
        "accepted right": sum(accepted),
        "log loss": round(mean(-math.log(chance if right else 1.001 - chance) for right, chance in pairs), 3),
    }  # fmt: skip


def main() -> None:
    """Print the figures of each archive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder of archives, each with images/ and truth.csv")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where readings are kept")
    parser.add_argument("--list", action="store_true", help="print every wrong type with its reasons")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    archives = sorted({archive for archive, _ in written_kinds()})
    rows = {name: figures(options.folder / name, options.cache, show=options.list) for name in archives}
    if options.json:
        print(json.dumps({"kinds": rows}))
        return
    for name, row in rows.items():
        print(f"{name:12} {row}")


if __name__ == "__main__":
    main()
