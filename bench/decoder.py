"""How long the decoder takes: with and without a known number of documents.

    python bench/decoder.py [--pages 5000 50000] [--json]

Made-up streams, seeded; one core is enough. With --json the last line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from clustering.engine.records import Constraints
from clustering.engine.segmentation import decode_seams

BOUNDARY_RATE = 0.3
"""About that of the first collection."""
DOCUMENTS_OFF = 1.04
"""The number asked for is this many times what the decoder proposes freely."""


def made_up(n: int, seed: int = 0) -> np.ndarray:
    """Seam log-odds as a good seam model gives them."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n - 1) < BOUNDARY_RATE
    return rng.normal(np.where(truth, 2.5, -3.0), 2.0)


def measure(n: int) -> list[dict[str, Any]]:
    """One entry a way of decoding; on a busy machine only the processor's seconds say what the work costs."""
    log_odds = made_up(n)
    entries: list[dict[str, Any]] = []
    count = None
    for counted in (False, True):
        wall, cpu = time.perf_counter(), time.process_time()
        decoded = decode_seams(log_odds, Constraints(count=count))
        documents = int((decoded.confidence > 0).sum())
        spent = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
        entries.append({"pages": n, "count": counted, "documents": documents, **spent})
        count = round(len(decoded.starts) * DOCUMENTS_OFF)
    return entries


def main() -> None:
    """Measure, print a table, and on request the JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    entries = [entry for n in args.pages for entry in measure(n)]
    ways = {False: "any number", True: "exact number"}
    print(f"{'pages':>7}  {'documents asked for':20}  {'documents':>9}  {'seconds':>8}  {'CPU':>6}")
    for entry in entries:
        print(
            f"{entry['pages']:7d}  {ways[entry['count']]:20}  {entry['documents']:9d}"
            f"  {entry['seconds']:8.2f}  {entry['cpu_seconds']:6.2f}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MiB")
    if args.json:
        print(json.dumps({"peak_mib": peak, "decodings": entries}))


if __name__ == "__main__":
    main()
