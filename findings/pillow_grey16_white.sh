#!/usr/bin/env bash
# Pillow 13.0.0: a picture of 16 bits of grey becomes nearly white as soon as it is converted to RGB or to 8 bits of grey.
#
# `convert("RGB")` and `convert("L")` do not scale 16 bits to 8: they cut off at 255, so that every pixel brighter than
# 0.4 % of the range is white. Nothing is said. A picture of 16 bits for each colour, on the other hand, is scaled when it
# is opened, so the same scene is right in colour and blank in grey. The loader of torchvision's ImageFolder calls
# `convert("RGB")` on every file: a domain of microscope or X-ray pictures saved with 16 bits is then read as white pages.
# `numpy.asarray(image) >> 8` scales.
#
# Seen: a ramp from black to white, eight pixels of it: [0, 36, 73, 109, 146, 182, 219, 255] when it is scaled, and
# [0, 255, 255, 255, 255, 255, 255, 255] as Pillow converts it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow==13.0.0 numpy==2.4.6
"$folder/venv/bin/python" - "$folder" << 'PYTHON'
import sys

import numpy as np
import PIL
from PIL import Image

folder = sys.argv[1]
ramp = np.linspace(0, 65535, 8).astype(np.uint16)[None]
Image.fromarray(ramp).save(f"{folder}/grey16.png")
opened = Image.open(f"{folder}/grey16.png")
scaled = (np.asarray(opened) >> 8)[0].tolist()
converted = {mode: np.asarray(opened.convert(mode)).reshape(8, -1)[:, 0].tolist() for mode in ("L", "RGB")}
print("Pillow", PIL.__version__)
print("mode, values:   ", opened.mode, np.asarray(opened)[0].tolist())
print("scaled to 8 bits:", scaled)
for mode, values in converted.items():
    print(f"convert({mode!r}):", values)
white = [0] + [255] * 7
sys.exit(0 if converted == {"L": white, "RGB": white} and scaled == [0, 36, 73, 109, 146, 182, 219, 255] else 1)
PYTHON
