"""Measure how many scans per second an encoder embeds on each device, and how far the devices' vectors are apart.

    python bench/encoding.py IMAGES [--encoders KEY …] [--devices cpu cuda] [--batch 16] [--pages 0] [--json]

IMAGES is a folder of scans, or one with images/ in it. Decoding is included, as in a job; the first batch warms up and
isn't counted. With --json, the last line of the output is one JSON object: `pages_per_second` and `farthest` (the
largest cosine distance of a page's vector from the first device's) by encoder and device.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.readings import scans_of
from clustering.engine.encoders import DEFAULT_IMAGE_ENCODER, Vectors, get_encoder


def main() -> None:
    """Embed the same scans with every encoder on every device."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("images", type=Path)
    parser.add_argument("--encoders", nargs="+", default=[DEFAULT_IMAGE_ENCODER], metavar="KEY")
    parser.add_argument("--devices", nargs="+", default=["cpu"])
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--pages", type=int, default=0, help="Repeat the scans to this number; 0 takes each once.")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    scans = list(scans_of(args.images).values())
    if not scans:
        raise SystemExit(f"There are no scans in {args.images}. Name a folder of JPEG, PNG, or TIFF files.")
    pages = list(islice(cycle(scans), args.pages or len(scans)))
    figures: dict[str, Any] = {"pages": len(pages), "encoders": {}}
    for key in args.encoders:
        first: Vectors | None = None
        for device in args.devices:
            encoder = get_encoder(key, device=device)
            encoder.encode(pages[: args.batch], batch_size=args.batch)
            began = time.perf_counter()
            vectors = encoder.encode(pages, batch_size=args.batch)
            pace = len(pages) / (time.perf_counter() - began)
            first = vectors if first is None else first
            farthest = float(np.max(1 - np.sum(first * vectors, axis=1)))
            print(f"{key:40} {device:6} {pace:8.1f} pages a second, at most {farthest:.1e} from {args.devices[0]}")
            row = {"pages_per_second": round(pace, 1), "farthest": farthest}
            figures["encoders"].setdefault(key, {})[device] = row
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
