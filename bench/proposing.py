"""Time of a proposal for pages that are read and embedded: the same pages repeated to any number.

    python bench/proposing.py FOLDER [--pages 298 600 5000] [--cache DIR] [--json]

FOLDER has truth.csv and images/. Readings, facts, and vectors come from the cache of bench/archives.py. The pages are
repeated to the requested numbers. With --json, the last line of the output is one JSON object: wall and CPU seconds.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import cycle, islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.measured import measure_folder
from clustering.engine.evidence import gather
from clustering.engine.proposing import propose

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Propose each number of pages once, after one proposal to warm up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, nargs="+", default=[298, 600, 5000])
    parser.add_argument("--cache", type=Path, default=ROOT / ".local" / "bench-cache")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    measured = measure_folder(args.folder / "images", args.folder / "truth.csv", args.cache)
    propose("seams", measured.pages[:50])
    out = {}
    for count in args.pages:
        pages = list(islice(cycle(measured.pages), count))
        wall, cpu = time.perf_counter(), time.process_time()
        gather(pages)
        evidence = time.process_time() - cpu
        wall, cpu = time.perf_counter(), time.process_time()
        groups = len(propose("seams", pages).groups)
        seconds, spent = time.perf_counter() - wall, time.process_time() - cpu
        print(
            f"{count:6} pages: {seconds:7.1f} s, {spent:7.1f} s of CPU ({evidence:.1f} s evidence); {groups} documents"
        )
        out[str(count)] = {
            "seconds": round(seconds, 2),
            "cpu_seconds": round(spent, 2),
            "evidence_cpu_seconds": round(evidence, 2),
        }
    if args.json:
        print(json.dumps({"proposal": out}))


if __name__ == "__main__":
    main()
