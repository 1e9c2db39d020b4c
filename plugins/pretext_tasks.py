"""Questions about examples that answer themselves, for `pretext`: no label is needed.

A task changes examples (N, ...) and says what was done to each: a class (N,), or the values that it took out (N, P).
Random numbers come from torch's generator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import permutations
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import interpolate

Task = Literal["rotation", "quadrant", "jigsaw", "inpainting", "order"]

GRID = 3  # pieces of a jigsaw along a side, and parts of a window
PUZZLES = 30  # orders of the pieces, beside the right one


def outputs(task: Task, shape: tuple[int, ...]) -> int:
    """The number of values that a head for the task gives: classes, or what was taken out.

    Args:
        task: which.
        shape: of an example.

    Raises:
        ValueError: the task cannot be asked about such examples.
    """
    if task == "order":
        if len(shape) != 2:
            raise ValueError(
                f"the pretext task order is about windows (channels, time), not about examples {shape}: take "
                "task: rotation, quadrant, jigsaw or inpainting"
            )
        _large_enough(task, shape[1:], 4 * GRID)
        return 2
    if len(shape) != 3:
        instead = "task: order" if len(shape) == 2 else "another method: the columns of a table have no place"
        raise ValueError(
            f"the pretext task {task} is about images (channels, height, width), not about examples {shape}: take "
            f"{instead}"
        )
    channels, height, width = shape
    if task == "rotation" and height != width:
        raise ValueError(
            f"the pretext task rotation needs square images, not {height}x{width}: take task: quadrant, jigsaw or "
            "inpainting, or square images"
        )
    _large_enough(task, shape[1:], 2 * GRID if task == "jigsaw" else 4)
    if task == "inpainting":
        return channels * (height // 2) * (width // 2)
    return PUZZLES + 1 if task == "jigsaw" else 4


def _large_enough(task: Task, sides: tuple[int, ...], least: int) -> None:
    if min(sides) < least:
        size = "x".join(map(str, sides))
        raise ValueError(f"the pretext task {task} needs a size of {least} or more, not {size}: take larger examples")


def rotation(x: Tensor) -> tuple[Tensor, Tensor]:
    """Images (N, C, S, S) turned by a multiple of 90 degrees, and the multiple."""
    turns = _draw(x, 4)
    turned = torch.stack([torch.rot90(x, turn, (2, 3)) for turn in range(4)])
    return turned[turns, torch.arange(len(x), device=x.device)], turns


def quadrant(x: Tensor) -> tuple[Tensor, Tensor]:
    """A quarter of each image (N, C, H, W), as large as the image was, and which one it is."""
    height, width = x.shape[2] // 2, x.shape[3] // 2
    corners = [x[:, :, down:, right:][:, :, :height, :width] for down in (0, -height) for right in (0, -width)]
    which = _draw(x, 4)
    part = torch.stack(corners)[which, torch.arange(len(x), device=x.device)]
    return interpolate(part, size=x.shape[2:], mode="nearest"), which


def jigsaw(x: Tensor) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W) whose 3 x 3 pieces are in another order, and in which one of 31; 0 is the right one.

    Where a side is no multiple of 3, the last rows or columns stay in their place.
    """
    rows, channels = x.shape[:2]
    height, width = (side // GRID for side in x.shape[2:])
    inner = x[:, :, : GRID * height, : GRID * width]
    pieces = inner.reshape(rows, channels, GRID, height, GRID, width).transpose(3, 4).flatten(2, 3)
    which = _draw(x, PUZZLES + 1)
    order = torch.from_numpy(orders()).to(x.device)[which]  # (N, 9)
    moved = pieces.gather(2, order[:, None, :, None, None].expand_as(pieces))
    changed = x.clone()
    changed[:, :, : GRID * height, : GRID * width] = (
        moved.reshape(rows, channels, GRID, GRID, height, width).transpose(3, 4).reshape(inner.shape)
    )
    return changed, which


@lru_cache
def orders() -> NDArray[np.int64]:
    """The order as it is, and 30 that differ from it and from each other in as many places as possible (31, 9).

    One after the other, as Noroozi & Favaro (2016) have it: each is as far as any from the nearest of those before it.
    """
    every = np.array(list(permutations(range(GRID * GRID))), dtype=np.int8)
    chosen = [every[0]]
    nearest = np.full(len(every), GRID * GRID + 1)
    for _ in range(PUZZLES):
        nearest = np.minimum(nearest, (every != chosen[-1]).sum(1))
        chosen.append(every[nearest.argmax()])
    return np.stack(chosen).astype(np.int64)


def inpainting(x: Tensor) -> tuple[Tensor, Tensor]:
    """Images (N, C, H, W) with 0 in the middle, of half the height and width, and what was there (N, C * H/2 * W/2)."""
    height, width = (side // 2 for side in x.shape[2:])
    top, left = (x.shape[2] - height) // 2, (x.shape[3] - width) // 2
    changed = x.clone()
    changed[:, :, top : top + height, left : left + width] = 0
    return changed, x[:, :, top : top + height, left : left + width].flatten(1)


def order(x: Tensor) -> tuple[Tensor, Tensor]:
    """Windows (N, C, T) made of three of their parts, as long as they were, and whether these are in order.

    A quarter of each third is left out, at a random place: there is a jump between two parts in either case. Parts that
    are not in order are the first two or the last two, swapped.
    """
    third = x.shape[2] // GRID
    length = third - third // 4
    start = torch.randint(third - length + 1, (len(x), GRID), device=x.device)
    start = start + third * torch.arange(GRID, device=x.device)
    in_order = _draw(x, 2)
    sequences = torch.tensor([[1, 0, 2], [0, 2, 1], [0, 1, 2]], device=x.device)
    sequence = sequences[torch.where(in_order == 1, 2, _draw(x, 2))]
    at = (start.gather(1, sequence)[:, :, None] + torch.arange(length, device=x.device)).flatten(1)
    parts = x.gather(2, at[:, None].expand(-1, x.shape[1], -1))
    return interpolate(parts, size=x.shape[2], mode="linear", align_corners=False), in_order


def _draw(x: Tensor, values: int) -> Tensor:
    """A number below `values` for every example (N,)."""
    return torch.randint(values, (len(x),), device=x.device)


TASKS: Mapping[Task, Callable[[Tensor], tuple[Tensor, Tensor]]] = {
    "rotation": rotation,
    "quadrant": quadrant,
    "jigsaw": jigsaw,
    "inpainting": inpainting,
    "order": order,
}
