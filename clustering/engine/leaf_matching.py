"""Whether two pages are the two sides of one leaf: how well what shines through one agrees with the print on the other.

Two maps are compared at all offsets at once, by their spectra. Correlation with a map that is mirrored from left to
right is convolution with the same map upside down, so one spectrum of each map serves for both ways of turning a leaf
over, and for the next page if that is as wide.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import scipy

from clustering.engine.showthrough import Floats, LeafMaps, rotated_maps, scaled_maps

CHANCE = 0.7
"""Score of two maps that one in fifty pairs of unrelated pages reaches."""
SPREAD = 1.5
"""Ratio of widths from which the wider image is a spread: one of its two pages is the other side of its neighbor."""
REACH = 4
"""Offsets, in rows, that count as a match: scans of the two sides differ by a few millimeters."""
AROUND = 16
"""Offsets up to this give the chance level for the best near offset."""
LEAST = 0.01
"""Share of slightly dark places below which no paper is visible: black covers, photographs."""
CUT = 24
"""Rows by which two sides may be cropped differently despite equal size: a tenth of the height."""
FURTHEST = 60
"""Offsets, in rows, to search if a sheet was cropped close to its print."""
LUCK = 0.9
"""Standard deviations by which the best of so many offsets stands out more than the best of a few."""
SMALLEST = 24
"""Rows or columns below which two maps aren't compared."""
CLEAR = 2.0
"""Score of one way of turning a leaf over from which the other isn't tried."""

Spectrum = npt.NDArray[np.complex64]
Shape = tuple[int, int]


@dataclass(slots=True)
class Part:
    """Some columns of the maps of one image, with their spectra at one size."""

    rows: int
    columns: int
    shape: Shape
    faint_spectrum: Spectrum
    ink_spectrum: Spectrum
    """Of the ink upside down."""
    is_bare: bool
    """Whether no paper is visible, or hardly any."""

    @property
    def is_small(self) -> bool:
        """Whether there is too little to compare."""
        return min(self.rows, self.columns) < SMALLEST


@dataclass(slots=True)
class Leaf:
    """The maps of one image, with the parts that were compared."""

    maps: LeafMaps
    _parts: dict[tuple[int, int, Shape], Part] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Columns of the maps."""
        return int(self.maps.faint.shape[1])

    @property
    def height(self) -> int:
        """Rows of the maps."""
        return int(self.maps.faint.shape[0])

    def left(self, width: int, shape: Shape) -> Part:
        """Return a number of columns from the left, with spectra of a shape."""
        return self._part(0, width, shape)

    def right(self, width: int, shape: Shape) -> Part:
        """Return a number of columns from the right, with spectra of a shape."""
        return self._part(self.width - width, self.width, shape)

    def _part(self, start: int, stop: int, shape: Shape) -> Part:
        key = start, stop, shape
        if key not in self._parts:
            faint, ink = self.maps.faint[:, start:stop], self.maps.ink[:, start:stop]
            of_faint, of_ink = (scipy.fft.rfft2(each, shape) for each in (faint, ink[::-1]))
            is_bare = bool(np.count_nonzero(faint > 0) < LEAST * faint.size)
            self._parts[key] = Part(self.height, stop - start, shape, of_faint, of_ink, is_bare)
        return self._parts[key]

    def scaled(self, factor: float) -> Leaf:
        """Return the image at another scale."""
        maps = scaled_maps(self.maps, factor)
        return self if maps is self.maps else Leaf(maps)

    def rotated(self, quarters: int) -> Leaf:
        """Return the image rotated clockwise by `quarters` times 90 degrees."""
        maps = rotated_maps(self.maps, quarters)
        return self if maps is self.maps else Leaf(maps)


def pair_shine(left: Leaf, right: Leaf) -> float:
    """Return the better score of both directions, turned like the leaf of a book or, if equally wide, top to bottom.

    Of a spread, only the leaf next to its neighbor is compared: the right one of the left image and the left one of the
    right image. About -0.5 by chance, above 1 once in a hundred comparisons of unrelated pages, 3 to 20 for true sides
    of one leaf.
    """
    width = min(left.width, right.width)
    shape = _shape(left.height, width, AROUND, AROUND)
    one, other = left.right(width, shape), right.left(width, shape)
    best = max(_shine(one, other), _shine(other, one))
    if best < CLEAR and abs(left.width - right.width) <= 4:
        one = left.left(width, shape)
        best = max(best, *(_shine(*pair, tumbled=True) - CHANCE for pair in ((one, other), (other, one))))
    return best


def cut_shine(left: Leaf, right: Leaf, ratio: float) -> float:
    """Return `pair_shine` for sheets with edges cut off; the left one is `ratio` times as high as the right one.

    It is the best offset that the difference in size allows, against all others but those around it. The best of many
    offsets is higher by chance, so LUCK is subtracted to keep the meaning. On the AFL-CIO scans cut to their ink, it
    finds 59 of 66 leaves where `pair_shine` finds 23, and no two unrelated pages reach 0.8.
    """
    left, right = left.scaled(min(ratio, 1.0)), right.scaled(min(1 / ratio, 1.0))
    width = min(left.width, right.width)
    is_spread = max(left.width, right.width) > SPREAD * width
    widths = (width, width) if is_spread else (left.width, right.width)
    down = min(abs(left.height - right.height) // 2 + CUT, FURTHEST) + AROUND
    across = min(abs(widths[0] - widths[1]) + CUT, FURTHEST) + AROUND
    shape = _shape(max(left.height, right.height), max(widths), down, across)
    one, other = left.right(widths[0], shape), right.left(widths[1], shape)
    pairs = (one, other), (other, one)
    sideways = max(_shine_anywhere(*pair, down, across) for pair in pairs)
    if is_spread:
        return sideways
    return max(sideways, max(_shine_anywhere(*pair, down, across, tumbled=True) for pair in pairs) - CHANCE)


def _shape(height: int, width: int, down: int, across: int) -> Shape:
    """Return a size at which spectra are quick, and at which offsets up to these don't meet the other edge."""
    return scipy.fft.next_fast_len(height + down, real=True), scipy.fft.next_fast_len(width + across, real=True)


def _shine(faint: Part, ink: Part, *, tumbled: bool = False) -> float:
    """Return how far the best offset within REACH is above the best of all others up to AROUND, in standard deviations.

    The leaf is turned over like that of a book, or `tumbled`. Both parts are of one size.
    """
    if faint.is_small or faint.is_bare:
        return 0.0
    agreement = _agreement(faint, ink, AROUND, AROUND, tumbled=tumbled)
    near = slice(AROUND - REACH, AROUND + REACH + 1)
    return _prominence(agreement, AROUND, AROUND, float(agreement[near, near].max()))


def _shine_anywhere(faint: Part, ink: Part, down: int, across: int, *, tumbled: bool = False) -> float:
    """Return how far the best offset is above all others but those around it, in standard deviations, less LUCK."""
    if faint.is_small or faint.is_bare or ink.is_small:
        return 0.0
    agreement = _agreement(faint, ink, down, across, tumbled=tumbled)
    inner = agreement[AROUND:-AROUND, AROUND:-AROUND]
    row, column = (int(x) + AROUND for x in np.unravel_index(int(inner.argmax()), inner.shape))
    score = _prominence(agreement, row, column, float(agreement[row, column]))
    return score - LUCK if score else 0.0


def _agreement(faint: Part, ink: Part, down: int, across: int, *, tumbled: bool) -> Floats:
    """Return (2 * down + 1, 2 * across + 1) how well two parts agree at each offset, none in the middle."""
    spectrum = faint.faint_spectrum * (np.conj(ink.ink_spectrum) if tumbled else ink.ink_spectrum)
    height, width = (0, 0) if tumbled else (ink.rows - 1, ink.columns - 1)
    rows = (np.arange(-down, down + 1) + height) % ink.shape[0]
    columns = (np.arange(-across, across + 1) + width) % ink.shape[1]
    few = scipy.fft.ifft(spectrum, axis=0, overwrite_x=True)[rows]  # the other rows would be computed for nothing
    return np.asarray(scipy.fft.irfft(few, ink.shape[1], axis=1, overwrite_x=True)[:, columns])


def _prominence(agreement: Floats, row: int, column: int, best: float) -> float:
    """Return how far `best` is above all but those around a place, in standard deviations; 0 if all are alike."""
    others = np.ones(agreement.shape, dtype=bool)
    others[row - REACH - 2 : row + REACH + 3, column - REACH - 2 : column + REACH + 3] = False
    chance = agreement[others]
    spread = float(chance.std())
    return (best - float(chance.max())) / spread if spread > 1e-6 else 0.0
