"""Feed a network in order and with bounded memory: in parallel lanes on a CPU, decoding ahead of any other device."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PIL import Image

from clustering.engine.encoders.contract import Kind, OnBad, ScanPath, Vectors, normalized
from clustering.engine.encoders.devices import decoding_threads
from clustering.engine.encoders.runtimes import Runtime, faster
from clustering.engine.images import ANY_SIZE, BadScan, open_scan
from clustering.engine.records import Report

if TYPE_CHECKING:
    import torch

Prepare = Callable[[Image.Image], "torch.Tensor"]
"""Turn an opened scan into a network input, shape (3, height, width)."""

BATCHES_AHEAD = 2
"""Batches decoded ahead of the device: enough to keep it busy, few enough for little memory."""
MOST_LANES = 16
"""With more CPU cores than this, each lane uses several threads instead, since batches would become too small."""

_Outcome = tuple[Vectors, list[tuple[int, BadScan]]]
"""The outputs of the network for some scans, zeros for those that can't be opened, and these by their index."""

Part = TypeVar("Part")
Result = TypeVar("Result")
Chunk = TypeVar("Chunk", str, list[int])


class ImageEncoder:
    """What encoders of images share. Subclasses set the attributes when they are created. See `Encoder`."""

    kind: Kind = "image"
    key: str
    dimensions: int
    resolution: int
    device: str
    _network: Any
    _call: Callable[..., Any]
    """Computes vectors with the network as it was loaded."""
    _forward: Callable[..., Any]
    """The same, in the runtime in use."""
    _prepare: Prepare

    def use(self, runtime: Runtime) -> None:
        """Compute in this runtime from now on. See `Tunable`."""
        import torch

        blank = torch.zeros((2, 3, self.resolution, self.resolution))
        self._forward = faster(self._network, self._call, runtime, self.device, [blank])

    def encode(
        self,
        items: Sequence[ScanPath],
        *,
        batch_size: int = 16,
        report: Report | None = None,
        on_bad: OnBad | None = None,
    ) -> Vectors:
        """Return the vectors of the scans at these paths. See `Encoder.encode`."""
        if batch_size < 1:
            raise ValueError("batch_size must be 1 or more.")
        vectors = np.zeros((len(items), self.dimensions), dtype=np.float32)
        done = 0
        with closing(self._outcomes(items, batch_size)) as outcomes:
            for rows, bad in outcomes:
                for index, scan in bad:
                    if on_bad is None:
                        raise scan
                    on_bad(done + index, scan)
                vectors[done : done + len(rows)] = rows
                done += len(rows)
                if report is not None:
                    report(done, len(items))
        return normalized(vectors)

    def _outcomes(self, paths: Sequence[ScanPath], batch_size: int) -> Generator[_Outcome]:
        """Yield the outputs of part after part, in order."""
        import torch

        if self.device != "cpu":
            for decoded in decoded_ahead(self._decoded, paths, batch_size):
                yield self._computed(decoded)
            return
        each = -(-len(paths) // min(torch.get_num_threads(), MOST_LANES))
        parts = in_parts(paths, max(1, min(batch_size, each)))
        yield from in_lanes(lambda part: self._computed([self._decoded(path) for path in part]), parts, self.device)

    def _decoded(self, path: ScanPath) -> torch.Tensor | BadScan:
        try:
            return self._prepare(open_scan(path, max_pixels=ANY_SIZE, draft_to=2 * self.resolution))
        except BadScan as bad:
            return bad

    def _computed(self, decoded: Sequence[torch.Tensor | BadScan]) -> _Outcome:
        import torch

        rows = np.zeros((len(decoded), self.dimensions), dtype=np.float32)
        bad = [(index, scan) for index, scan in enumerate(decoded) if isinstance(scan, BadScan)]
        good = [index for index, scan in enumerate(decoded) if not isinstance(scan, BadScan)]
        if good:
            inputs = torch.stack([scan for scan in decoded if not isinstance(scan, BadScan)])
            with torch.inference_mode():
                rows[good] = self._forward(inputs.to(self.device)).float().cpu().numpy()
        return rows, bad


def in_parts(items: Sequence[Part], most: int) -> list[Sequence[Part]]:
    """Cut a sequence into parts of at most `most` items."""
    return [items[first : first + most] for first in range(0, len(items), most)]


def even_chunks(items: Sequence[Part], longest: int, *, most: int) -> list[Sequence[Part]]:
    """Cut a sequence into chunks of about the same length, and return at most `most`, spread evenly over it."""
    count = -(-len(items) // longest)
    cuts = [round(part * len(items) / max(count, 1)) for part in range(count + 1)]
    chunks = [items[left:right] for left, right in pairwise(cuts)]
    return chunks if count <= most else [chunks[round(index)] for index in np.linspace(0, count - 1, most)]


def in_lanes(work: Callable[[Part], Result], parts: Sequence[Part], device: str) -> Generator[Result]:
    """Yield the result of `work` for each part, in order; on a CPU in parallel, each with threads of its own.

    Threads that share one computation wait for the slowest at every layer. While decoding, OCR, or other workers also
    use the CPU, they would wait most of the time.
    """
    import torch

    threads = torch.get_num_threads()
    lanes = min(threads, MOST_LANES, len(parts)) if device == "cpu" else 1
    if lanes < 2:
        yield from map(work, parts)
        return
    with ThreadPoolExecutor(
        lanes, thread_name_prefix="lane", initializer=torch.set_num_threads, initargs=(threads // lanes,)
    ) as pool:
        try:
            yield from pool.map(work, parts)
        finally:
            pool.shutdown(cancel_futures=True)
            torch.set_num_threads(threads)  # a lane's setting becomes the default of later threads


def decoded_ahead(decode: Callable[[Part], Result], items: Sequence[Part], batch_size: int) -> Generator[list[Result]]:
    """Yield decoded batches in order, while threads decode the next ones."""
    waiting: deque[Future[Result]] = deque()
    upcoming = iter(items)
    with ThreadPoolExecutor(decoding_threads(), thread_name_prefix="decode") as pool:
        try:
            while True:
                while len(waiting) < batch_size * BATCHES_AHEAD and (following := next(upcoming, None)) is not None:
                    waiting.append(pool.submit(decode, following))
                if not waiting:
                    return
                yield [waiting.popleft().result() for _ in range(min(batch_size, len(waiting)))]
        finally:
            for future in waiting:
                future.cancel()


def encode_chunks(
    texts: Sequence[str],
    *,
    chunks_of: Callable[[str], list[Chunk]],
    vectors_of: Callable[[list[Chunk]], Vectors],
    dimensions: int,
    device: str,
    batch_size: int,
    report: Report | None,
) -> Vectors:
    """Return the normalized mean of the vectors of each text's chunks; zeros without any. See `Encoder.encode`."""
    if batch_size < 1:
        raise ValueError("batch_size must be 1 or more.")
    vectors = np.zeros((len(texts), dimensions), dtype=np.float32)
    for first in range(0, len(texts), batch_size):
        batch = texts[first : first + batch_size]
        chunks = [(first + index, chunk) for index, text in enumerate(batch) for chunk in chunks_of(text)]
        # Chunks of similar length go together, since padding is wasted work.
        chunks.sort(key=lambda pair: len(pair[1]))
        parts = in_parts(chunks, batch_size)
        with closing(in_lanes(lambda part: vectors_of([chunk for _, chunk in part]), parts, device)) as computed:
            for part, rows in zip(parts, computed, strict=True):
                for (index, _), vector in zip(part, rows, strict=True):
                    vectors[index] += vector
        if report is not None:
            report(min(first + batch_size, len(texts)), len(texts))
    return normalized(vectors)
