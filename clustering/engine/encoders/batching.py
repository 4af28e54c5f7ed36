"""Feeding a network: scans are decoded in threads while the device computes, in order and with bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PIL import Image

from clustering.engine.encoders.contract import OnBad, ScanPath, Vectors, normalised
from clustering.engine.encoders.devices import decoding_threads
from clustering.engine.images import ANY_SIZE, BadScan, open_scan
from clustering.engine.records import Report

if TYPE_CHECKING:
    import torch

Prepare = Callable[[Image.Image], "torch.Tensor"]
"""One opened scan to one network input, shape (3, height, width)."""

BATCHES_AHEAD = 2
"""Batches that are decoded ahead of the device: enough to keep it busy, little enough for small memories."""


def encode_scans(
    paths: Sequence[ScanPath],
    *,
    prepare: Prepare,
    forward: Callable[[torch.Tensor], torch.Tensor],
    dimensions: int,
    device: str,
    draft_to: int,
    batch_size: int,
    report: Report | None,
    on_bad: OnBad | None,
) -> Vectors:
    """Return the normalised outputs of `forward` for the scans, shape (n, dimensions). See `Encoder.encode`."""
    import torch

    if batch_size < 1:
        raise ValueError("batch_size must be 1 or more.")
    vectors = np.zeros((len(paths), dimensions), dtype=np.float32)
    done = 0
    for batch in _decoded(paths, prepare, draft_to, batch_size):
        places, inputs = [], []
        for place, outcome in batch:
            if isinstance(outcome, BadScan):
                if on_bad is None:
                    raise outcome
                on_bad(place, outcome)
            else:
                places.append(place)
                inputs.append(outcome)
        if inputs:
            with torch.inference_mode():
                outputs = forward(torch.stack(inputs).to(device))
            vectors[places] = outputs.float().cpu().numpy()
        done += len(batch)
        if report is not None:
            report(done, len(paths))
    return normalised(vectors)


def _decoded(
    paths: Sequence[ScanPath], prepare: Prepare, draft_to: int, batch_size: int
) -> Iterator[list[tuple[int, torch.Tensor | BadScan]]]:
    """Yield batches of (place, network input or what was wrong), in order."""

    def decode(path: ScanPath) -> torch.Tensor | BadScan:
        try:
            return prepare(open_scan(path, max_pixels=ANY_SIZE, draft_to=draft_to))
        except BadScan as bad:
            return bad

    threads = decoding_threads()
    if not threads:
        numbered = enumerate(map(decode, paths))
        while batch := list(islice(numbered, batch_size)):
            yield batch
        return
    waiting: deque[tuple[int, Future[torch.Tensor | BadScan]]] = deque()
    upcoming = iter(enumerate(paths))
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="decode") as pool:
        try:
            while True:
                while len(waiting) < batch_size * BATCHES_AHEAD and (following := next(upcoming, None)) is not None:
                    waiting.append((following[0], pool.submit(decode, following[1])))
                if not waiting:
                    return
                count = min(batch_size, len(waiting))
                yield [(place, future.result()) for place, future in (waiting.popleft() for _ in range(count))]
        finally:
            for _, future in waiting:
                future.cancel()


Chunk = TypeVar("Chunk", str, list[int])


def encode_chunks(
    texts: Sequence[str],
    *,
    chunks_of: Callable[[str], list[Chunk]],
    vectors_of: Callable[[list[Chunk]], Vectors],
    dimensions: int,
    batch_size: int,
    report: Report | None,
) -> Vectors:
    """Return for each text the normalised mean of its chunks' vectors, zeros without any. See `Encoder.encode`."""
    if batch_size < 1:
        raise ValueError("batch_size must be 1 or more.")
    vectors = np.zeros((len(texts), dimensions), dtype=np.float32)
    for first in range(0, len(texts), batch_size):
        batch = texts[first : first + batch_size]
        chunks = [(first + place, chunk) for place, text in enumerate(batch) for chunk in chunks_of(text)]
        # Alike lengths together: padding is wasted work.
        chunks.sort(key=lambda pair: len(pair[1]))
        for start in range(0, len(chunks), batch_size):
            part = chunks[start : start + batch_size]
            for (place, _), vector in zip(part, vectors_of([chunk for _, chunk in part]), strict=True):
                vectors[place] += vector
        if report is not None:
            report(min(first + batch_size, len(texts)), len(texts))
    return normalised(vectors)
