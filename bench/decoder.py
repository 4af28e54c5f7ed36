"""How long the decoder takes: plain and with scores of whole segments, with and without a known number of documents.

    python bench/decoder.py [--pages 5000 50000] [--longest 80] [--json]

Made-up streams, seeded; one core is enough. With --json the last line of the output is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

from clustering.engine.records import Constraints
from clustering.engine.segmentation import LengthPrior, decode

BOUNDARY_RATE = 0.3
"""About that of the first collection."""
DOCUMENTS_OFF = 1.04
"""The number asked for is this many times what the decoder proposes freely, so that it has to search."""


def made_up(n: int, longest: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, LengthPrior]:
    """Seam log-odds as a good seam model gives them, scores of whole segments, and a length prior."""
    rng = np.random.default_rng(seed)
    truth = rng.random(n - 1) < BOUNDARY_RATE
    log_odds = rng.normal(np.where(truth, 2.5, -3.0), 2.0)
    cohesion = rng.normal(0.0, 0.5, (n, longest))
    lengths = rng.geometric(BOUNDARY_RATE, 500)
    return log_odds, cohesion, LengthPrior.from_lengths(lengths.tolist()).beyond_chance(float(lengths.mean()))


class Clock(NamedTuple):
    """A moment, by the wall and by the processor: on a busy machine only the second says what the work costs."""

    wall: float
    cpu: float

    @classmethod
    def now(cls) -> Clock:
        """Return this moment."""
        return cls(time.perf_counter(), time.process_time())

    def spent(self) -> dict[str, float]:
        """Seconds since then."""
        end = Clock.now()
        return {"seconds": end.wall - self.wall, "cpu_seconds": end.cpu - self.cpu}


def measure(n: int, longest: int) -> list[dict[str, Any]]:
    """One entry a way of decoding."""
    log_odds, cohesion, prior = made_up(n, longest)
    entries: list[dict[str, Any]] = []
    for segments in (False, True):
        count = None
        for counted in (False, True):
            begun = Clock.now()
            found = decode(
                log_odds,
                lengths=prior,
                cohesion=cohesion if segments else None,
                constraints=Constraints(count=count),
                longest=longest,
            )
            spent = begun.spent()
            entries.append(
                {"pages": n, "segments": segments, "count": counted, "documents": len(found.starts), **spent}
            )
            count = round(len(found.starts) * DOCUMENTS_OFF)
        begun = Clock.now()
        posterior = found.count_posterior()
        entries.append(
            {
                "pages": n,
                "segments": segments,
                "count": "posterior",
                "documents": posterior.likeliest,
                **begun.spent(),
            }
        )
    return entries


def main() -> None:
    """Measure, print a table, and on request the JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--longest", type=int, default=80)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    entries = [entry for n in args.pages for entry in measure(n, args.longest)]
    ways = {False: "best and marginals", True: "exact number", "posterior": "posterior of number"}
    print(f"{'pages':>7}  {'segment scores':14}  {'what':20}  {'documents':>9}  {'seconds':>8}  {'CPU':>6}")
    for entry in entries:
        print(
            f"{entry['pages']:7d}  {'yes' if entry['segments'] else 'no':14}  {ways[entry['count']]:20}"
            f"  {entry['documents']:9d}  {entry['seconds']:8.2f}  {entry['cpu_seconds']:6.2f}"
        )
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"peak memory {peak} MiB")
    if args.json:
        print(json.dumps({"longest": args.longest, "peak_mib": peak, "decodings": entries}))


if __name__ == "__main__":
    main()
