"""A second reader for pages on which Tesseract has low confidence: handwriting, display type, faint and embossed print.

PP-OCR, run by RapidOCR on ONNX Runtime with the models in its package. It detects lines as shapes and reads each as a
whole, so it finds words in handwriting, where Tesseract, trained on print, produces noise.

Sources
-------
RapidOCR (https://github.com/RapidAI/RapidOCR) and PaddleOCR's PP-OCR models.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import numpy as np
from PIL import Image

from clustering.engine.lines import Print, Word, Words, in_reading_order

PACKAGE = "rapidocr"
_TALLEST = 8
"""Greatest ratio of height to width; taller pages are padded to half of it."""


def second_reader_available() -> bool:
    """Whether the package and its runtime are installed."""
    return find_spec(PACKAGE) is not None and find_spec("onnxruntime") is not None


@lru_cache(maxsize=1)
def second_reader_name() -> str:
    """Return package and release, "rapidocr-3.10", as stored with readings; empty if not installed."""
    if not second_reader_available():
        return ""
    try:
        return f"{PACKAGE}-{'.'.join(version(PACKAGE).split('.')[:2])}"
    except PackageNotFoundError:
        return PACKAGE


class SecondReader:
    """The engine, loaded with its first page: many collections never need it."""

    def __init__(self) -> None:
        self._engine: Any = None

    @property
    def is_loaded(self) -> bool:
        """Whether any page needed it so far."""
        return self._engine is not None

    def read(self, gray: Image.Image) -> Print:
        """Return the text of an upright page, in its pixels; about a second per page and core.

        Parameters
        ----------
        gray
            A gray image of any size.
        """
        if self._engine is None:
            self._engine = _engine()
        pixels = not_too_tall(np.asarray(gray.convert("L"), dtype=np.uint8))
        answer = self._engine(np.repeat(pixels[:, :, None], 3, axis=2))
        if answer.txts is None:
            return Print()
        lines = [
            _words(text, float(score), np.asarray(corners, dtype=np.float64).clip(max=gray.size))
            for text, score, corners in zip(answer.txts, answer.scores, answer.boxes, strict=True)
        ]
        return in_reading_order([[line for line in lines if line]], width=gray.width, height=gray.height)


def _engine() -> Any:
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.log_level": "critical",
            "Global.use_cls": False,  # the page is upright by now
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,  # pages are read side by side
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )


def not_too_tall(pixels: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a narrow strip with paper added to its right, any other page unchanged.

    The engine enlarges an image until the shorter side is long enough: 40 x 3000 pixels become 40 million. It pads
    images more than eight times as wide as tall, but not those as much taller than wide.
    """
    height, width = pixels.shape
    if height <= _TALLEST * width:
        return pixels
    paper = int(np.median(pixels))
    return np.pad(pixels, ((0, 0), (0, height * 2 // _TALLEST - width)), constant_values=paper)


def _words(text: str, score: float, corners: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Words:
    """Split a line into words, each with its share of the line's box by number of characters.

    Parameters
    ----------
    text, score
        The line's text and its confidence, 0 … 1.
    corners
        The line's box, shape (4, 2), in pixels.
    """
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    wide, at = (right - left) / max(len(text), 1), 0
    words = []
    for part in text.split():
        at = text.index(part, at)
        words.append(
            Word(
                text=part,
                left=max(0, int(left + wide * at)),
                top=max(0, int(top)),
                right=round(left + wide * (at + len(part))),
                bottom=round(bottom),
                confidence=100 * score,
            )
        )
        at += len(part)
    return tuple(words)
