"""Shares of the source in mixtures."""

from __future__ import annotations

import pytest
import torch
from dabench_plugins.mixtures import box_shares, patch_shares, require_places, whole_shares

IMAGES, WINDOWS = torch.zeros(5, 3, 10, 8), torch.zeros(5, 6, 30)


@pytest.mark.parametrize("x", [IMAGES, WINDOWS, torch.zeros(5, 1, 7, 9)], ids=["images", "windows", "odd"])
def test_a_patch_has_one_share(x: torch.Tensor) -> None:
    torch.manual_seed(0)
    shares = patch_shares(x, 4, 1.0)
    assert shares.shape == (5, 1, *x.shape[2:])
    assert 0 <= shares.min() < 0.2 < 0.8 < shares.max() <= 1
    for one in shares:
        assert len(one.unique()) == 4 ** (x.ndim - 2)
    first = shares[0, 0, : x.shape[2] // 4] if x.ndim == 3 else shares[0, 0, : x.shape[2] // 4, : x.shape[3] // 4]
    assert len(first.unique()) == 1


def test_concentrated_shares_lie_near_a_half() -> None:
    torch.manual_seed(0)
    spread = [patch_shares(IMAGES, 4, concentration).std().item() for concentration in (0.2, 1.0, 20.0)]
    assert spread == pytest.approx([0.5 / (2 * c + 1) ** 0.5 for c in (0.2, 1.0, 20.0)], rel=0.2)  # of Beta(c, c)


@pytest.mark.parametrize("x", [IMAGES, WINDOWS], ids=["images", "windows"])
def test_an_example_has_one_share(x: torch.Tensor) -> None:
    torch.manual_seed(0)
    shares = whole_shares(x)
    assert shares.shape == (5, 1, *x.shape[2:])
    assert [len(one.unique()) for one in shares] == [1] * 5
    assert len(shares.unique()) == 5


def test_a_box_is_a_rectangle_of_the_area() -> None:
    torch.manual_seed(0)
    shares = box_shares(IMAGES, 0.25)
    assert set(shares.unique().tolist()) == {0.0, 1.0}
    for box in shares[:, 0]:
        rows, columns = box.amax(1).nonzero()[:, 0], box.amax(0).nonzero()[:, 0]
        assert (len(rows), len(columns)) == (5, 4)
        assert box.sum() == 20 == (rows[-1] - rows[0] + 1) * (columns[-1] - columns[0] + 1)
    assert len({tuple(box.flatten().tolist()) for box in shares}) > 1


def test_a_box_in_a_window_is_a_part_of_its_time() -> None:
    parts = box_shares(WINDOWS, 0.4)
    assert parts.sum((1, 2)).tolist() == [12.0] * 5


def test_boxes_reach_every_pixel() -> None:
    torch.manual_seed(0)
    assert box_shares(torch.zeros(500, 1, 6, 6), 0.25).sum(0).min() > 0


@pytest.mark.parametrize(
    ("shape", "pieces", "said"),
    [
        ((256,), 4, r"not vectors \(256,\).*take mix_bridge, or a backbone that is not frozen"),
        ((1, 28, 3), 4, "cuts a side into 4 pieces, and 28x3 is smaller"),
        ((6, 3), 4, "and 3 is smaller"),
    ],
)
def test_examples_without_places_are_refused(shape: tuple[int, ...], pieces: int, said: str) -> None:
    with pytest.raises(ValueError, match=f"^patch_mix .*{said}"):
        require_places("patch_mix", shape, pieces)
    require_places("patch_mix", (1, 4, 5), 4)
