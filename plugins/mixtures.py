"""Shares of the source in mixtures of source and target images, pixel by pixel."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.distributions import Beta
from torch.nn.functional import interpolate


def require_places(method: str, shape: tuple[int, ...], pieces: int) -> None:
    """Refuse examples that have no neighbouring values, or too few of them.

    Args:
        method: that mixes.
        shape: of an example.
        pieces: that a side is to have.

    Raises:
        ValueError: there are none; the message says what to take.
    """
    if len(shape) < 2:
        raise ValueError(
            f"{method} mixes images (channels, height, width) or windows (channels, time), not vectors {shape}: tables "
            "and features of a frozen network have no places; take mix_bridge, or a backbone that is not frozen"
        )
    if min(shape[1:]) < pieces:
        size = "x".join(map(str, shape[1:]))
        raise ValueError(
            f"{method} cuts a side into {pieces} pieces, and {size} is smaller: take larger examples or fewer pieces"
        )


def patch_shares(x: Tensor, patches: int, concentration: float) -> Tensor:
    """A share for each patch of each example, from a Beta distribution; (N, 1, ...) as large as the examples.

    Args:
        x: examples (N, C, ...).
        patches: along each side. Where it is no divisor of the side, patches differ by a pixel.
        concentration: both parameters of the distribution; 1 is uniform.
    """
    both = x.new_tensor(concentration)  # not validated: that would wait for the device
    drawn = Beta(both, both, validate_args=False).sample(torch.Size((len(x), 1, *(patches for _ in x.shape[2:]))))
    return interpolate(drawn, size=x.shape[2:], mode="nearest")


def whole_shares(x: Tensor) -> Tensor:
    """One uniform share for each example; (N, 1, ...) as large as the examples."""
    return torch.rand(len(x), *(1 for _ in x.shape[1:]), device=x.device).expand(-1, 1, *x.shape[2:])


def box_shares(x: Tensor, area: float) -> Tensor:
    """1 in a box anywhere in each example, else 0; (N, 1, ...) as large as the examples.

    Args:
        x: examples (N, C, ...).
        area: of the box, as a share of the example's; a side is rounded to pixels.
    """
    sides = x.shape[2:]
    inside = x.new_ones(len(x), 1, *sides)
    for axis, side in enumerate(sides, 2):
        length = max(1, round(side * area ** (1 / len(sides))))
        first = torch.randint(side - length + 1, (len(x),), device=x.device)
        at = torch.arange(side, device=x.device) - first[:, None]  # (N, side), counted from the box's beginning
        within = ((at >= 0) & (at < length)).to(x.dtype)
        inside = inside * within.reshape(len(x), *(side if number == axis else 1 for number in range(1, x.ndim)))
    return inside
