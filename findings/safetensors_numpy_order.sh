#!/usr/bin/env bash
# safetensors 0.8.0: `safetensors.numpy` stores an array that is not C-contiguous as other numbers.
#
# The bytes of the buffer are written as they lie in memory, beside the shape of the array. A transposed array, one in
# Fortran's order, or a slice with a step is therefore read back with its values at other places, and no error is
# raised on either side. Weights that a method stores as `weights.T` are silently scrambled. A copy by
# `numpy.ascontiguousarray` before saving is the remedy.
#
# Seen: [[0, 3], [1, 4], [2, 5]] comes back as [[0, 1], [2, 3], [4, 5]].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet safetensors==0.8.0 numpy==2.4.6
"$folder/venv/bin/python" - << 'PYTHON'
import sys

import numpy as np
import safetensors
from safetensors.numpy import load, save

weights = np.arange(6.0).reshape(2, 3)
print("safetensors", safetensors.__version__, "numpy", np.__version__)
wrong = 0
for name, array in {"transposed": weights.T, "Fortran's order": np.asfortranarray(weights), "every other": weights[:, ::2]}.items():
    back = load(save({"weights": array}))["weights"]
    wrong += not np.array_equal(back, array)
    print(f"{name}: saved {array.tolist()}, loaded {back.tolist()}")
right = load(save({"weights": np.ascontiguousarray(weights.T)}))["weights"]
sys.exit(0 if wrong == 3 and np.array_equal(right, weights.T) else 1)
PYTHON
