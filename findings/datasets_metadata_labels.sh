#!/usr/bin/env bash
# datasets 5.2.0: a `metadata.csv` beside the class folders takes the labels away.
#
# `load_dataset("imagefolder", ...)` takes the classes from the folders' names. When a `metadata.csv` with one more
# column (here the domain of each picture) is put beside them, the label is gone: the set has an image and a domain, and
# no class. Nothing is said, and `drop_labels=False`, which asks for the folders' labels, does not bring them back.
#
# Seen: columns [image, label] without the file, [image, domain] with it, and the same two with drop_labels=False.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet datasets==5.2.0 pillow==13.0.0 numpy==2.4.6
HF_HOME="$folder/home" HF_HUB_OFFLINE=1 "$folder/venv/bin/python" - "$folder" << 'PYTHON'
import csv
import sys
from pathlib import Path

import datasets
from PIL import Image

datasets.disable_progress_bars()
folder = Path(sys.argv[1])
pictures = folder / "pictures"
names = [f"{kind}/{number}.png" for kind in ("cat", "dog") for number in range(3)]
for shade, name in enumerate(names):
    (pictures / name).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8), (40 * shade, 90, 200)).save(pictures / name)


def columns(cache, **options):
    found = datasets.load_dataset("imagefolder", data_dir=str(pictures), cache_dir=str(folder / cache), **options)
    return sorted(found["train"].features)


alone = columns("alone")
with (pictures / "metadata.csv").open("w", newline="") as file:
    csv.writer(file).writerows([["file_name", "domain"], *([name, "photo"] for name in names)])
beside, asked = columns("beside"), columns("asked", drop_labels=False)
print("datasets", datasets.__version__)
print("class folders alone:          ", alone)
print("with metadata.csv:            ", beside)
print("with it and drop_labels=False:", asked)
sys.exit(0 if (alone, beside, asked) == (["image", "label"], ["domain", "image"], ["domain", "image"]) else 1)
PYTHON
