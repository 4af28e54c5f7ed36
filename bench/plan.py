"""What a large archive takes: hours, machines and disk for so many pages, from rates that were measured.

    python bench/throughput.py --json > rates.json
    python bench/plan.py --pages 900000 --rates rates.json [--cores 16] [--hours 72] [--page-kb 220] [--json]

`rates.json` is what `bench/throughput.py` printed on a machine of the kind that shall do the work; with `--rate-cores`
as many cores as that machine has (2). Work grows in step with cores as `bench/workers.py` shows; `--efficiency` is the
share of that which is counted on (.85). Keys of `--json`:

    core_hours            embedding and reading of all pages, text embeddings and suggesting included
    hours_on_one          on one machine of `--cores`
    machines              of `--cores` each, to be through within `--hours`
    media_gb, thumbnails_gb, vectors_gb, database_gb      disk; vectors with their index
    backup_gb             media and database, without thumbnails and index, which can be made again
"""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

BYTES_A_VECTOR = {"image": 1280 * 4 + 60, "text": 384 * 4 + 60}
"""Of the built-in encoders, with PostgreSQL's row."""
INDEX_SHARE = 0.6
"""Of the vectors' size: an index keeps them in 16 bits, with their neighbors."""
READING_KB = 9.0
"""Text, lines and search words of a page of print; `pg_column_size` says what yours have."""
ROWS_KB = 2.5
"""Pages, seams, documents and edits."""
THUMBNAILS_KB = 95.0
"""Three sizes in WebP; made as pages are looked at."""


def plan(options: argparse.Namespace, pages_a_second: float) -> dict[str, float]:
    """Return all figures."""
    a_core = pages_a_second / options.rate_cores * options.efficiency
    core_hours = options.pages / a_core / 3600
    gigabytes = options.pages / 1e6  # of one kilobyte a page
    vectors = gigabytes * sum(BYTES_A_VECTOR.values()) / 1000
    database = vectors + gigabytes * (READING_KB + ROWS_KB)
    media = gigabytes * options.page_kb
    return {
        "pages": options.pages,
        "core_hours": round(core_hours),
        "hours_on_one": round(core_hours / options.cores, 1),
        "machines": math.ceil(core_hours / options.cores / options.hours),
        "media_gb": round(media),
        "thumbnails_gb": round(gigabytes * THUMBNAILS_KB),
        "vectors_gb": round(vectors * (1 + INDEX_SHARE), 1),
        "database_gb": round(database + vectors * INDEX_SHARE, 1),
        "backup_gb": round(media + database),
    }


def main() -> None:
    """Compute and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=900_000)
    parser.add_argument("--rates", type=Path, required=True, help="Output of bench/throughput.py --json.")
    parser.add_argument("--rate-cores", type=int, default=2, help="Cores of the machine that was measured (2).")
    parser.add_argument("--efficiency", type=float, default=0.85)
    parser.add_argument("--cores", type=int, default=16, help="Cores of one machine that shall do the work (16).")
    parser.add_argument("--hours", type=float, default=72, help="Within how many hours (72).")
    parser.add_argument("--page-kb", type=float, default=220, help="Mean size of a scan's file in kilobytes (220).")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rates = json.loads(options.rates.read_text(encoding="utf-8").strip().splitlines()[-1])
    figures = plan(options, float(rates["process_pages_per_second"]))
    print(json.dumps(figures) if options.json else "\n".join(f"{name:14} {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
