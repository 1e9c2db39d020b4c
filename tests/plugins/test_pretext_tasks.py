"""The tasks change examples as they say, and answer truly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from dabench_plugins.pretext_tasks import inpainting, jigsaw, order, orders, quadrant, rotation


@pytest.fixture(autouse=True)
def _drawn_alike() -> None:
    torch.manual_seed(0)


def numbered(rows: int, *shape: int) -> torch.Tensor:
    """Examples in which every value is another."""
    return torch.arange(rows * int(np.prod(shape))).float().view(rows, *shape)


def test_rotation_turns_by_the_number_that_it_says() -> None:
    x = numbered(20, 2, 5, 5)
    turned, turns = rotation(x)
    assert set(turns.tolist()) == {0, 1, 2, 3}
    for one, after, turn in zip(x, turned, turns, strict=True):
        assert np.array_equal(np.rot90(one.numpy(), int(turn), (1, 2)), after.numpy())


@pytest.mark.parametrize("size", [(4, 6), (5, 5)])
def test_a_quadrant_is_the_quarter_that_it_says_enlarged(size: tuple[int, int]) -> None:
    x = numbered(20, 1, *size)
    part, which = quadrant(x)
    assert part.shape == x.shape
    assert set(which.tolist()) == {0, 1, 2, 3}
    for one, after, quarter in zip(x, part, which.tolist(), strict=True):
        (height, width), (down, right) = (side // 2 for side in size), divmod(quarter, 2)
        quarter_of_it = one[:, -height:] if down else one[:, :height]
        quarter_of_it = quarter_of_it[:, :, -width:] if right else quarter_of_it[:, :, :width]
        assert torch.equal(after[:, [0, -1]][:, :, [0, -1]], quarter_of_it[:, [0, -1]][:, :, [0, -1]])


@pytest.mark.parametrize("side", [6, 8])
def test_a_jigsaw_has_its_pieces_in_the_order_that_it_says(side: int) -> None:
    x = numbered(40, 2, side, side)
    changed, which = jigsaw(x)
    size = side // 3
    for one, after, puzzle in zip(x, changed, which.tolist(), strict=True):
        for place, piece in enumerate(orders()[puzzle]):
            (down, right), (from_down, from_right) = divmod(place, 3), divmod(int(piece), 3)
            there = after[:, down * size :, right * size :][:, :size, :size]
            assert torch.equal(there, one[:, from_down * size :, from_right * size :][:, :size, :size])
        assert torch.equal(after[:, 3 * size :], one[:, 3 * size :])
        assert torch.equal(after[:, :, 3 * size :], one[:, :, 3 * size :])


def test_the_orders_are_permutations_far_from_each_other() -> None:
    found = orders()
    assert found.shape == (31, 9)
    assert found[0].tolist() == list(range(9))
    assert (np.sort(found, axis=1) == np.arange(9)).all()
    apart = (found[:, None] != found).sum(2) + 9 * np.eye(31)
    assert apart.min() >= 7


def test_inpainting_takes_out_the_middle() -> None:
    x = numbered(3, 2, 6, 8) + 1
    changed, taken = inpainting(x)
    assert torch.equal(taken, x[:, :, 1:4, 2:6].flatten(1))
    assert (changed == 0).sum() == taken.numel()
    assert torch.equal(changed[:, :, 0], x[:, :, 0])


def test_order_swaps_a_part_with_its_neighbour_where_it_says_that_the_parts_are_in_no_order() -> None:
    x = torch.arange(3).repeat_interleave(8).float().expand(40, 1, 24)  # the third that a value is of
    changed, in_order = order(x)
    assert changed.shape == x.shape
    places = changed[:, 0, [0, 12, 23]].round().int().tolist()
    found = {(bool(told), tuple(places[row])) for row, told in enumerate(in_order)}
    assert found == {(True, (0, 1, 2)), (False, (1, 0, 2)), (False, (0, 2, 1))}


def test_order_leaves_a_jump_between_parts_in_order_too() -> None:
    changed, in_order = order(torch.arange(48).float().expand(20, 1, 48))
    steps = changed[in_order == 1].diff(dim=2)[:, 0]
    assert steps.shape[0] > 3
    assert (steps.max(1).values > 1.2).any()
