"""One image of `syn_signs`: a pictogram turned in space, before a background, seen by a camera. Quick to import.

A frame is cut as in GTSRB: around the sign lies a margin of a tenth of its size and of five pixels at least, so that
signs that are far away are blurred and small in their frame.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dabench.domains.synthetic.backgrounds import Pixels, Random, background, between, clouds
from dabench.domains.synthetic.camera import as_image, gaussian, motion, noise, sampled, sharpened
from dabench.domains.synthetic.chunk import Chunk
from dabench.domains.synthetic.pictograms.canvas import SIZE as PICTOGRAM
from dabench.domains.synthetic.pictograms.canvas import Point
from dabench.domains.synthetic.pictograms.catalogue import FASHIONS, PICTOGRAMS

SIZE = 32
_DRAWN = 96  # scenes are drawn this large and reduced at the end

Matrix = tuple[float, float, float, float, float, float, float, float, float]  # row by row


def draw_chunk(chunk: Chunk) -> NDArray[np.uint8]:
    """The images (N, 3, 32, 32) of a chunk."""
    images = [draw_sign(int(label), chunk.split, rng) for label, rng in zip(chunk.y, chunk.generators(), strict=True)]
    return np.stack(images)


def draw_sign(label: int, split: str, rng: Random) -> NDArray[np.uint8]:
    """One image (3, 32, 32) of a class, everything else about it drawn from `rng`."""
    side = 15 * math.exp(1.1 * abs(rng.normal()))  # of the sign, in pixels of the camera
    frame = side + 2 * max(5.0, 0.1 * side)
    scene = background(split, _DRAWN, rng) * np.float32(_level(0.75, 0.5, rng))
    light = _level(0.8, 0.5, rng)
    scene = _furniture(scene, light, side / frame, rng)
    scene = _sign(scene, label, light, side / frame, rng)
    scene = _exposed(scene, rng)
    seen = _seen(scene, frame, rng)
    return np.ascontiguousarray(np.asarray(as_image(seen)).transpose(2, 0, 1))


def _level(middle: float, spread: float, rng: Random) -> float:
    return middle * math.exp(spread * rng.normal())


def _sign(scene: Pixels, label: int, light: float, share: float, rng: Random) -> Pixels:
    """Put a sign into the middle of a scene."""
    fashion = int(rng.integers(FASHIONS))
    place = in_space(PICTOGRAMS[label].outline, share, rng)
    paint, alpha = placed(label, fashion, place)
    grey = paint.mean(axis=2, keepdims=True)
    paint = grey + (paint - grey) * np.float32(rng.uniform(0.4, 1.05))  # faded by the sun
    if rng.random() < 0.1:  # stickers, dirt
        left, top = rng.integers(_DRAWN // 5, _DRAWN * 3 // 4, size=2)
        width, height = rng.integers(4, 16, size=2)
        paint[top : top + height, left : left + width] = rng.uniform(20, 230)
    shade = 1 + np.float32(rng.uniform(0, 0.25)) * (clouds(_DRAWN, rng, finest=6) - 0.5) * 2
    if rng.random() < 0.12:  # the shadow of leaves or of another sign
        dark = np.clip((clouds(_DRAWN, rng, finest=12) - 0.5) * 12 + 0.5, 0, 1)
        shade = shade * (1 - np.float32(rng.uniform(0.2, 0.6)) * dark)
    if rng.random() < 0.03:  # leaves in front
        leaves = np.clip((clouds(_DRAWN, rng, finest=24) - np.float32(rng.uniform(0.6, 0.7))) * 30, 0, 1)
        alpha = alpha * (1 - leaves)
    return between(scene, paint * shade[:, :, None] * np.float32(light), alpha)


def _furniture(scene: Pixels, light: float, share: float, rng: Random) -> Pixels:
    """Add the surroundings of a sign: its pole, a plate below, its neighbours, the board it hangs on."""
    half, middle = _DRAWN * share / 2, _DRAWN / 2
    if rng.random() < 0.65:
        width, x = int(rng.integers(4, 13)), int(middle + rng.integers(-6, 5))
        top = int(rng.integers(0, _DRAWN // 3))
        pole = scene[top:, x : x + width]
        ramp = np.linspace(rng.uniform(0.6, 1), rng.uniform(0.6, 1), width, dtype=np.float32)
        pole[:] = np.float32(rng.uniform(30, 190) * light) * ramp[None, :, None]
    if rng.random() < 0.04:
        scene[int(middle - half * 1.1) :, int(middle - half * 1.15) : int(middle + half * 1.15)] = 225 * light
    if rng.random() < 0.2:
        top, width = int(middle + half + rng.integers(0, 6)), int(half * rng.uniform(0.6, 1))
        scene[top:, int(middle - width) : int(middle + width)] = 225 * light
        for _ in range(rng.integers(0, 4)):
            x = int(middle + rng.uniform(-width, width))
            scene[top + 3 : top + 6, x : x + rng.integers(3, 12)] = 30 * light
    for way in (-1, 1):
        if rng.random() < 0.16:
            other = int(rng.integers(len(PICTOGRAMS)))
            offset = way * 2 * half * rng.uniform(1.02, 1.12)
            place = _fitted((1, 0, 0, 0, 1, 0, 0, 0, 1), PICTOGRAMS[other].outline, half, half, middle, middle + offset)
            paint, alpha = placed(other, int(rng.integers(FASHIONS)), place)
            scene = between(scene, paint * np.float32(light), alpha)
    return scene


def _exposed(scene: Pixels, rng: Random) -> Pixels:
    """The tint of the light, the exposure, haze; bright parts are clipped."""
    warm, green = rng.normal(size=2) * (0.075, 0.02)
    tint = np.exp(np.array([warm, green, -warm])).astype(np.float32)
    scene = np.clip(scene * tint * np.float32(_level(0.72, 0.55, rng)), 0, 255)
    if rng.random() < 0.2:
        haze = np.float32(rng.uniform(0.05, 0.45))
        scene = scene * (1 - haze) + haze * (rng.uniform(90, 230) * rng.uniform(0.93, 1.07, size=3)).astype(np.float32)
    return scene


def _seen(scene: Pixels, frame: float, rng: Random) -> Pixels:
    """The photograph of a scene in a frame of some pixels, scaled to 32x32."""
    pixel = _DRAWN / frame  # of the camera, in pixels of the drawing
    if rng.random() < 0.7:
        scene = gaussian(scene, pixel * rng.uniform(0, 0.8) + rng.uniform(0, 1.0))
    if rng.random() < 0.3:
        scene = motion(scene, rng.uniform(2, 10), rng.uniform(0, 180) if rng.random() < 0.4 else rng.normal() * 8)
    seen = sampled(scene, min(round(frame), _DRAWN))
    seen = sharpened(seen, rng.uniform(0.3, 2.2))
    strength = rng.uniform(0, 5)
    grain, colour = noise(seen.shape[:2], rng), noise(seen.shape, rng)
    seen += np.float32(strength) * (grain[:, :, None] + np.float32(0.7) * colour)
    return sampled(seen, SIZE)


@cache
def _pictogram(label: int, fashion: int) -> Image.Image:
    return PICTOGRAMS[label].draw(fashion)


def placed(label: int, fashion: int, place: Matrix) -> tuple[Pixels, Pixels]:
    """A pictogram as it lies in the scene: colours (H, W, 3) from 0 to 255, and how opaque it is (H, W), 0 to 1."""
    numbers = _inverse(place)
    scale = PICTOGRAM / 100
    a, b, c, d, e, f, g, h, i = numbers
    into = tuple(value / i for value in (a * scale, b * scale, c * scale, d * scale, e * scale, f * scale, g, h))
    image = _pictogram(label, fashion).transform(
        (_DRAWN, _DRAWN), Image.Transform.PERSPECTIVE, into, Image.Resampling.BILINEAR
    )
    pixels = np.asarray(image, np.float32)
    return pixels[:, :, :3].copy(), pixels[:, :, 3] / np.float32(255)


def in_space(outline: tuple[Point, ...], share: float, rng: Random) -> Matrix:
    """A random turn in space, after which a sign fills its share of the frame again, nearly."""
    yaw, pitch, roll = (math.radians(rng.normal() * spread) for spread in (16, 8, 4.5))
    distance = rng.uniform(2.5, 8)  # of the eye, in halves of the sign
    cy, sy, cx, sx, cz, sz = (f(angle) for angle in (yaw, pitch, roll) for f in (math.cos, math.sin))
    # Rows of Ry Rx Rz for a flat sign, whose third coordinate is 0; the last row divides by the depth.
    turn = (
        cy * cz + sy * sx * sz, -cy * sz + sy * sx * cz, 0.0,
        cx * sz, cx * cz, 0.0,
        (-sy * cz + cy * sx * sz) / distance, (sy * sz + cy * sx * cz) / distance, 1.0,
    )  # fmt: skip
    half = _DRAWN * share / 2
    across, down = half * rng.uniform(0.94, 1.05, size=2)
    x, y = _DRAWN / 2 + rng.normal(size=2) * 0.02 * _DRAWN
    return _fitted(turn, outline, across, down, x, y)


def _fitted(turn: Matrix, outline: tuple[Point, ...], across: float, down: float, x: float, y: float) -> Matrix:
    """A turn about a sign's centre, followed by the map of its outline into a box around (x, y)."""
    centred = _times(turn, (0.02, 0, -1, 0, 0.02, -1, 0, 0, 1))  # units of the canvas to halves of the sign
    corners = [_moved(centred, point) for point in outline]
    (left, right), (top, bottom) = ((min(side), max(side)) for side in zip(*corners, strict=True))
    width, height = 2 * across / (right - left), 2 * down / (bottom - top)
    fit = (width, 0, x - width * (left + right) / 2, 0, height, y - height * (top + bottom) / 2, 0, 0, 1)
    return _times(fit, centred)


def _moved(matrix: Matrix, point: Point) -> Point:
    a, b, c, d, e, f, g, h, i = matrix
    x, y = point
    depth = g * x + h * y + i
    return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth


def _times(first: Matrix, second: Matrix) -> Matrix:
    rows, columns = [first[at : at + 3] for at in (0, 3, 6)], [second[at::3] for at in (0, 1, 2)]
    numbers = [sum(one * other for one, other in zip(row, column, strict=True)) for row in rows for column in columns]
    a, b, c, d, e, f, g, h, i = numbers
    return a, b, c, d, e, f, g, h, i


def _inverse(matrix: Matrix) -> Matrix:
    """The inverse but for a factor, which is none of a projection's business."""
    a, b, c, d, e, f, g, h, i = matrix
    return (
        e * i - f * h, c * h - b * i, b * f - c * e,
        f * g - d * i, a * i - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip
