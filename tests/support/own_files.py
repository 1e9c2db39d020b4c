"""A person's own small pictures and tables, for tests."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("cat", "dog")


def picture(seed: int, size: tuple[int, int] = (20, 16), brightness: int = 128) -> Image.Image:
    """Noise around a brightness."""
    noise = np.random.default_rng(seed).normal(0, 30, (size[1], size[0], 3))
    return Image.fromarray((brightness + noise).clip(0, 255).astype(np.uint8))


def write_pictures(root: Path, counts: Mapping[str, int], size: tuple[int, int] = (20, 16)) -> None:
    """Pictures by folder, as in `{"photos/cat": 4}`; dark ones for the first class, bright ones for the others."""
    for number, (folder, count) in enumerate(counts.items()):
        (root / folder).mkdir(parents=True)
        for place in range(count):
            brightness = 60 if folder.endswith(CLASSES[0]) else 190
            picture(100 * number + place, size, brightness).save(root / folder / f"{place}.jpg")


def write_suite(file: Path, domains: str, pairs: str = "[photos:sketches]", **others: str) -> Path:
    """A suite of one's own data."""
    lines = {"domains": domains, "backbone": "mini_cnn", "budget": "{steps: 3, batch: 4}", "methods": "[]"}
    lines |= {"seeds": "0", "pairs": pairs} | others
    file.write_text("".join(f"{key}: {value}\n" for key, value in lines.items() if value))
    return file
