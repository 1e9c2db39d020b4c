#!/usr/bin/env bash
# Pillow 13.0.0: a PNG with a damaged byte opens without an error, and gives other pixels.
#
# Every part of a PNG carries a CRC-32, so that a reader can tell damage. Pillow does not compare that of the pixels (IDAT)
# when it unpacks them; and the stream of zlib ends with a checksum of its own, which is not reached where all rows are
# full before. `Image.verify()` compares the first, and says so; the image cannot be used after it, and is opened again.
# Loaders of data sets do not call it: a picture that a disk or a download has changed is trained on.
#
# Seen: a ramp of 200x100 grey pixels, the byte in the middle of the file inverted: no error, and over half of the pixels
# are others. `verify` raises SyntaxError: broken PNG file (bad header checksum in b'IDAT').
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pillow==13.0.0 numpy==2.4.6
"$folder/venv/bin/python" - "$folder" << 'PYTHON'
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

file = Path(sys.argv[1]) / "ramp.png"
ramp = np.add.outer(np.arange(100), np.arange(200)).astype(np.uint8)
Image.fromarray(ramp).save(file)
whole = file.read_bytes()
middle = len(whole) // 2
file.write_bytes(whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :])
print("Pillow", PIL.__version__)
with Image.open(file) as opened:
    others = float((np.asarray(opened) != ramp).mean())
print(f"pixels that are others: {others:.2f}")
said = ""
try:
    with Image.open(file) as opened:
        opened.verify()
except SyntaxError as error:
    said = str(error)
print("verify:", said)
sys.exit(0 if others > 0.5 and "checksum" in said else 1)
PYTHON
