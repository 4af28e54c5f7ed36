"""What a large archive needs: hours, machines, and disk for a number of pages, from measurements.

    python bench/throughput.py --images SCANS --json > rates.json       hours, scans and thumbnails
    python bench/growth.py --pages 5000 --json > rows.json              the database
    python bench/scale.py --pages 20000 --until index --json > index.json       the index of vectors
    python bench/plan.py --pages 900000 --measured rates.json rows.json index.json [--cores 16] [--hours 72] [--json]

The first is to be measured on scans of this archive, on a machine of the kind that shall do the work; with
`--rate-cores` as many cores as that machine has (2). Nothing is assumed that these do not measure: where one is not
given, its figures are left out, and named. Work grows in step with cores as `bench/workers.py` shows; `--efficiency` is
the share of that which is counted on (.85). Keys of `--json`:

    core_hours            embedding and reading of all pages, text embeddings and suggesting included
    hours_on_one          on one machine of `--cores`
    machines              of `--cores` each, to be through within `--hours`
    media_gb, thumbnails_gb      disk of the scans, and of all sizes of thumbnails (made as pages are looked at)
    readings_gb, vectors_gb, rows_gb, index_gb      disk of the database: text, vectors, all other tables; the index of
                          the vectors
    database_gb           the sum of these
    copies_gb             disk of the copies for encoders
    backup_gb             media and database, without thumbnails, copies, and index, which can be made again
    not_measured          the files' keys that are missing
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

MEASURED = {
    "process_pages_per_second": "bench/throughput.py",
    "scan_kb": "bench/throughput.py --images SCANS",
    "thumbnails_kb": "bench/throughput.py --images SCANS",
    "copy_kb": "bench/throughput.py --images SCANS",
    "reading_kb": "bench/growth.py",
    "vectors_kb": "bench/growth.py",
    "rows_kb": "bench/growth.py",
    "index_mb": "bench/scale.py",
    "vectors_mb": "bench/scale.py",
}
"""The figures read from files, and the commands that measure them."""
Figures = dict[str, float | list[str]]


def plan(
    measured: Mapping[str, float], *, pages: int, rate_cores: int, cores: int, hours: float, efficiency: float
) -> Figures:
    """Return all figures of the plan."""
    figures: Figures = {"pages": pages}
    if "process_pages_per_second" in measured:
        a_core = measured["process_pages_per_second"] / rate_cores * efficiency
        core_hours = pages / a_core / 3600
        figures |= {
            "core_hours": round(core_hours),
            "hours_on_one": round(core_hours / cores, 1),
            "machines": math.ceil(core_hours / cores / hours),
        }
    disk = {
        f"{name}_gb": pages * measured[key] * 1024 / 1e9
        for name, key in (("media", "scan_kb"), ("thumbnails", "thumbnails_kb"), ("copies", "copy_kb"),
                          ("readings", "reading_kb"), ("vectors", "vectors_kb"), ("rows", "rows_kb"))
        if key in measured
    }  # fmt: skip
    if "vectors_gb" in disk and {"index_mb", "vectors_mb"} <= measured.keys():
        disk["index_gb"] = disk["vectors_gb"] * measured["index_mb"] / measured["vectors_mb"]
    kept = [disk.get(f"{name}_gb") for name in ("readings", "vectors", "rows")]
    if None not in kept:
        tables = sum(size for size in kept if size is not None)
        if "index_gb" in disk:
            disk["database_gb"] = tables + disk["index_gb"]
        if "media_gb" in disk:
            disk["backup_gb"] = disk["media_gb"] + tables
    return figures | {name: round(size, 1) for name, size in disk.items()} | {"not_measured": missing(measured)}


def missing(measured: Mapping[str, float]) -> list[str]:
    """Return missing figures, with the commands that measure them."""
    return [f"{key} ({command})" for key, command in MEASURED.items() if key not in measured]


def read(files: Sequence[Path]) -> dict[str, float]:
    """Return the combined output of benches with --json."""
    figures: dict[str, float] = {}
    for file in files:
        printed = json.loads(file.read_text(encoding="utf-8").strip().splitlines()[-1])
        figures |= {key: float(value) for key, value in printed.items() if key in MEASURED}
    return figures


def main() -> None:
    """Compute and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=900_000)
    parser.add_argument("--measured", type=Path, nargs="+", required=True, help="Outputs of benches with --json.")
    parser.add_argument("--rate-cores", type=int, default=2, help="CPU cores of the measured machine (2).")
    parser.add_argument("--efficiency", type=float, default=0.85)
    parser.add_argument("--cores", type=int, default=16, help="CPU cores of one machine for the work (16).")
    parser.add_argument("--hours", type=float, default=72, help="Hours for the work (72).")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = plan(
        read(options.measured), pages=options.pages, rate_cores=options.rate_cores, cores=options.cores,
        hours=options.hours, efficiency=options.efficiency,
    )  # fmt: skip
    if options.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:14} {', '.join(value) or 'nothing' if isinstance(value, list) else value}")


if __name__ == "__main__":
    main()
