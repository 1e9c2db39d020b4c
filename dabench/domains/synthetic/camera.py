"""A simulated camera: blur, exposure, few pixels, noise. Quick to import, as workers do."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Pixels = NDArray[np.float32]
Random = np.random.Generator


def gaussian(pixels: Pixels, radius: float) -> Pixels:
    """Blur an image (H, W, 3), 0 to 255."""
    return np.asarray(as_image(pixels).filter(ImageFilter.GaussianBlur(radius)), np.float32)


def motion(pixels: Pixels, length: float, degrees: float) -> Pixels:
    """Smear an image (H, W, 3) along a direction over some pixels."""
    steps = max(2, math.ceil(length) + 1)
    reach = math.ceil(length / 2) + 1
    height, width = pixels.shape[:2]
    padded = np.pad(pixels, ((reach, reach), (reach, reach), (0, 0)), mode="edge")
    total = np.zeros_like(pixels)
    for step in range(steps):
        along = length * (step / (steps - 1) - 0.5)
        down = reach + round(along * math.sin(math.radians(degrees)))
        right = reach + round(along * math.cos(math.radians(degrees)))
        total += padded[down : down + height, right : right + width]
    return np.asarray(total / np.float32(steps), np.float32)


def noise(shape: tuple[int, ...], rng: Random) -> Pixels:
    """Numbers that are nearly normal, with mean 0 and variance 1: sums of whole numbers, the same on every machine."""
    total = rng.integers(256, size=(4, *shape), dtype=np.uint8).sum(axis=0, dtype=np.int32)
    spread = math.sqrt(4 * (256**2 - 1) / 12)
    return np.asarray((total.astype(np.float32) - 510) / np.float32(spread), np.float32)


def sampled(pixels: Pixels, side: int) -> Pixels:
    """Reduce an image (H, W, 3) to side x side pixels."""
    return np.asarray(as_image(pixels).resize((side, side), Image.Resampling.BILINEAR), np.float32)


def sharpened(pixels: Pixels, strength: float) -> Pixels:
    """Sharpen as cameras do, with a halo at every edge."""
    near = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    mean = (near[:-2, 1:-1] + near[2:, 1:-1] + near[1:-1, :-2] + near[1:-1, 2:]) / np.float32(4)
    return np.asarray(pixels + np.float32(strength) * (pixels - mean), np.float32)


def as_image(pixels: Pixels) -> Image.Image:
    """An image (H, W, 3) of numbers that are rounded and kept within 0 and 255."""
    return Image.fromarray(np.clip(pixels + np.float32(0.5), 0, 255).astype(np.uint8))
