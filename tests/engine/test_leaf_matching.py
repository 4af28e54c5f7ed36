"""Comparing the two sides of a leaf by spectra, and the maps that are compared."""

from __future__ import annotations

from unittest.mock import Mock

import numpy as np
import pytest
import scipy

from clustering.engine.leaf_matching import Leaf, Part, _agreement, cut_shine, pair_shine
from clustering.engine.showthrough import HEIGHT, WINDOW, LeafMaps, _pack, leaf_maps

rng = np.random.default_rng(4)


def made_up(width: int, height: int = HEIGHT) -> LeafMaps:
    faint = np.where(rng.random((height, width)) < 0.1, 0.85, -0.15).astype(np.float32)
    return LeafMaps(faint, rng.normal(size=(height, width)).astype(np.float32))


def part_of(maps: LeafMaps, shape: tuple[int, int]) -> Part:
    return Leaf(maps).left(maps.faint.shape[1], shape)


@pytest.mark.parametrize("tumbled", [False, True])
@pytest.mark.parametrize(("one", "other"), [((40, 60), (40, 60)), ((40, 60), (33, 71)), ((37, 80), (44, 52))])
def test_agreement_is_the_sum_of_products_at_each_offset(
    one: tuple[int, int], other: tuple[int, int], *, tumbled: bool
) -> None:
    faint, ink = made_up(one[1], one[0]), made_up(other[1], other[0])
    shape = (max(one[0], other[0]) + 9, max(one[1], other[1]) + 7)
    mirrored = ink.ink[::-1] if tumbled else ink.ink[:, ::-1]
    whole = scipy.signal.correlate(faint.faint, mirrored, method="direct")
    row, column = other[0] - 1, other[1] - 1
    expected = whole[row - 9 : row + 10, column - 7 : column + 8]
    agreement = _agreement(part_of(faint, shape), part_of(ink, shape), 9, 7, tumbled=tumbled)
    assert np.abs(agreement - expected).max() < 1e-3


@pytest.mark.parametrize("turn", [slice(None), slice(None, None, -1)])
def test_both_ways_of_turning_a_leaf_over_are_found(turn: slice) -> None:
    front, back = made_up(180), made_up(180)
    mirrored = front.ink[::-1] if turn.step else front.ink[:, ::-1]
    behind = LeafMaps((0.5 * (mirrored > 1.5) + back.faint).astype(np.float32), back.ink)
    assert pair_shine(Leaf(front), Leaf(behind)) > 3
    assert cut_shine(Leaf(front), Leaf(behind), 1.0) > 3
    assert pair_shine(Leaf(front), Leaf(back)) < 2


def test_a_page_is_transformed_once_for_both_neighbors(monkeypatch: pytest.MonkeyPatch) -> None:
    transform = Mock(side_effect=scipy.fft.rfft2)
    monkeypatch.setattr(scipy.fft, "rfft2", transform)
    left, middle, right = (Leaf(made_up(180)) for _ in range(3))
    pair_shine(left, middle)
    pair_shine(middle, right)
    assert transform.call_count == 6


@pytest.mark.parametrize("width", [2, 5, 180])
def test_maps_are_filtered_as_scipy_does(width: int) -> None:
    levels = rng.integers(0, 4, (HEIGHT, width))
    pairs = np.stack([levels >> 1, levels & 1]).astype(bool)
    faint = rng.random((HEIGHT, width)) < 0.1
    maps = leaf_maps({"width": width, "faint": _pack(faint), "ink": _pack(pairs)})
    ink = levels.astype(np.float64)
    for size in ((1, WINDOW), (WINDOW, 1)):
        ink = ink - scipy.ndimage.uniform_filter(ink, size)
    assert maps is not None
    assert np.abs(maps.ink - scipy.ndimage.gaussian_filter(ink, 0.5)).max() < 1e-5
