"""Backgrounds of traffic signs: parts of photographs, foliage, sky, walls. Quick to import, as workers do.

The photographs are the two that scikit-learn ships; test images take theirs from another part than training images.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Pixels = NDArray[np.float32]
Random = np.random.Generator

COLUMNS = {"train": slice(0, 510), "test": slice(512, 640)}  # of the photographs, which are 427x640

# Dark and light ends of what is seen beside German roads: leaves, autumn leaves, bark, asphalt, brick, dusk.
_FOLIAGE = (
    ((8, 12, 8), (88, 104, 60)), ((20, 14, 8), (170, 112, 44)), ((16, 14, 14), (110, 100, 90)),
    ((30, 30, 34), (140, 140, 146)), ((40, 24, 20), (150, 100, 84)), ((6, 6, 12), (60, 66, 90)),
)  # fmt: skip
_SKY = ((120, 160, 225), (190, 210, 240), (235, 235, 238), (165, 172, 182), (95, 110, 140))
_WALL = (
    (205, 190, 160),
    (150, 84, 70),
    (176, 176, 172),
    (120, 116, 110),
    (228, 224, 214),
    (90, 96, 110),
    (186, 140, 90),
)


def background(split: str, size: int, rng: Random) -> Pixels:
    """One background (size, size, 3), from 0 to 255."""
    kind = rng.random()
    if kind < 0.36:
        return _photograph(split, size, rng)
    if kind < 0.66:
        return _foliage(size, rng)
    if kind < 0.80:
        return _sky(size, rng)
    if kind < 0.94:
        return _wall(size, rng)
    return _plain(_vary(_pick(_WALL + _SKY, rng), rng), size, rng)


def clouds(size: int, rng: Random, *, finest: int = 48, rough: float = 0.7) -> Pixels:
    """Noise of several grains (size, size), mostly between 0 and 1 and 0.5 on average.

    Args:
        size: pixels of a side.
        rng: random numbers.
        finest: cells of the finest grain along a side.
        rough: strength of a grain relative to the next coarser one.
    """
    total, weight, strength, cells = np.zeros((size, size), np.float32), 0.0, 1.0, 3
    while cells <= finest:
        grain = Image.fromarray(rng.integers(256, size=(cells, cells), dtype=np.uint8))
        total += np.asarray(grain.resize((size, size), Image.Resampling.BICUBIC), np.float32) * np.float32(strength)
        weight += strength
        strength, cells = strength * rough, cells * 2
    return total / np.float32(255 * weight)


def between(dark: Pixels, light: Pixels, share: Pixels) -> Pixels:
    """Mix two colours (3,) or images by a share (size, size), from 0 to 1, of the second."""
    return dark + (light - dark) * share[:, :, None]


def _photograph(split: str, size: int, rng: Random) -> Pixels:
    photo = _photos()[rng.integers(2)]
    region = photo.crop((COLUMNS[split].start, 0, COLUMNS[split].stop, photo.height))
    side = int(rng.integers(24, 120))
    left, top = int(rng.integers(region.width - side + 1)), int(rng.integers(region.height - side + 1))
    piece = region.resize((size, size), Image.Resampling.BILINEAR, (left, top, left + side, top + side))
    pixels = np.asarray(piece, np.float32)
    if rng.random() < 0.5:
        pixels = pixels[:, ::-1]
    grey = pixels.mean(axis=2, keepdims=True)
    pixels = grey + (pixels - grey) * np.float32(rng.uniform(0, 0.7))
    return np.asarray(pixels * rng.uniform(0.92, 1.08, size=3).astype(np.float32), np.float32)


@cache
def _photos() -> tuple[Image.Image, Image.Image]:
    from sklearn.datasets import load_sample_image

    china, flower = (Image.fromarray(load_sample_image(name)) for name in ("china.jpg", "flower.jpg"))
    return china, flower


def _foliage(size: int, rng: Random) -> Pixels:
    dark, light = (_vary(colour, rng) for colour in _FOLIAGE[rng.integers(len(_FOLIAGE))])
    noise = clouds(size, rng, rough=rng.uniform(0.7, 1.15))
    pixels = between(dark, light, np.clip((noise - 0.5) * np.float32(rng.uniform(2.5, 7)) + 0.4, 0, 1))
    if rng.random() < 0.5:  # the sky through the leaves
        gaps = np.clip((clouds(size, rng, rough=0.9) - np.float32(rng.uniform(0.48, 0.62))) * 14, 0, 1)
        pixels = between(pixels, _vary(_SKY[2], rng), gaps)
    return pixels


def _sky(size: int, rng: Random) -> Pixels:
    pixels = _plain(_vary(_pick(_SKY, rng), rng), size, rng)
    if rng.random() < 0.6:  # trees or roofs below
        height = clouds(size, rng, finest=24)[:1] * size * np.float32(rng.uniform(0.3, 1.2))
        line = np.clip(
            np.arange(size, dtype=np.float32)[:, None] - (np.float32(size * rng.uniform(0.1, 0.9)) - height), 0, 1
        )
        pixels = between(pixels, _foliage(size, rng), line)
    if rng.random() < 0.35:  # branches
        noise = clouds(size, rng, rough=0.8)
        twigs = np.clip(1.2 - np.abs(noise - 0.5) * np.float32(rng.uniform(30, 70)), 0, 1)
        pixels = between(pixels, _vary((30, 26, 24), rng), twigs)
    return pixels


def _wall(size: int, rng: Random) -> Pixels:
    pixels = _plain(_vary(_pick(_WALL, rng), rng), size, rng)
    for _ in range(rng.integers(1, 6)):
        left, top = rng.integers(-size // 2, size, size=2)
        wide, high = rng.integers(size // 16, size, size=2)
        colour = _vary(_pick(_WALL + _SKY, rng), rng) if rng.random() < 0.6 else _vary((40, 40, 46), rng)
        pixels[max(top, 0) : max(top + high, 0), max(left, 0) : max(left + wide, 0)] = colour
    return pixels * (np.float32(0.8) + np.float32(0.4) * clouds(size, rng)[:, :, None])


def _plain(colour: Pixels, size: int, rng: Random) -> Pixels:
    """One colour, with a gradient."""
    across, down = rng.uniform(-0.25, 0.25, size=2).astype(np.float32)
    ramp = np.linspace(-0.5, 0.5, size, dtype=np.float32)
    return np.asarray(colour * (1 + across * ramp[None, :, None] + down * ramp[:, None, None]), np.float32)


def _pick(colours: tuple[tuple[int, int, int], ...], rng: Random) -> tuple[int, int, int]:
    return colours[rng.integers(len(colours))]


def _vary(colour: tuple[int, int, int], rng: Random) -> Pixels:
    bright, tint = rng.uniform(0.75, 1.25), rng.uniform(0.95, 1.05, size=3)
    return np.asarray(colour, np.float32) * (bright * tint).astype(np.float32)
