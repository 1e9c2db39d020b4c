#!/usr/bin/env bash
# torchvision 0.29.2: `ToTensor` makes negative numbers of the bright half of a picture with 16 bits of grey.
#
# Of all other pictures it makes floats from 0 to 1. Of a picture of 16 bits of grey (mode `I;16`, which is what Pillow
# opens such a PNG or TIFF as) it makes int16: values from 32768 to 65535 become -32768 to -1, so that white is -1, and
# nothing is scaled. `v2.functional.to_image` gives uint16 with the right values, and `v2.functional.to_dtype(...,
# scale=True)` after it gives what `ToTensor` gives for other pictures.
#
# Seen: a ramp [0, 16383, 32767, 49151, 65535] becomes int16 [0, 16383, 32767, -16385, -1].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet torchvision==0.29.2 pillow==13.0.0 numpy==2.4.6
"$folder/venv/bin/python" - "$folder" << 'PYTHON'
import sys

import numpy as np
import PIL
import torch
import torchvision
from PIL import Image
from torchvision.transforms import ToTensor
from torchvision.transforms.v2 import functional

folder = sys.argv[1]
ramp = np.array([[0, 16383, 32767, 49151, 65535]], dtype=np.uint16)
Image.fromarray(ramp).save(f"{folder}/grey16.png")
picture = Image.open(f"{folder}/grey16.png")
old = ToTensor()(picture)
new = functional.to_image(picture)
scaled = functional.to_dtype(new, torch.float32, scale=True)
print("torchvision", torchvision.__version__, "Pillow", PIL.__version__, "mode", picture.mode)
print("as saved:  ", ramp[0].tolist())
print("ToTensor:  ", old.dtype, old.flatten().tolist())
print("to_image:  ", new.dtype, new.flatten().tolist())
print("to_dtype:  ", scaled.dtype, [round(value, 3) for value in scaled.flatten().tolist()])
wrong = old.dtype == torch.int16 and old.flatten().tolist() == [0, 16383, 32767, -16385, -1]
right = new.flatten().tolist() == ramp[0].tolist() and float(scaled.max()) == 1.0
sys.exit(0 if wrong and right else 1)
PYTHON
