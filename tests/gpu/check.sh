#!/usr/bin/env bash
# What there is to check on a card, within eight minutes: bash tests/gpu/check.sh [FOLDER]
# Nobody has run it on one yet: whoever does publishes what came out.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-$(mktemp -d)}
python=${PYTHON:-.venv/bin/python}
dabench=("$python" -m dabench)
export CUBLAS_WORKSPACE_CONFIG=:4096:8
"$python" -c 'import torch; assert torch.cuda.is_available(), "no card that torch can use"; print(torch.cuda.get_device_name())'

echo "== tests marked gpu"
timeout 120 "$python" -m pytest -q -p no:benchmark -m gpu tests

echo "== the same bits twice, in this process and in workers"
cell=(run mini --device cuda --pairs digits:digits_m --methods dann --seeds 0 --steps 300)
"${dabench[@]}" "${cell[@]}" --launcher inline --results "$out/one" > /dev/null
"${dabench[@]}" "${cell[@]}" --launcher processes --results "$out/other" > /dev/null
"$python" tests/benchmarks/gpu_same_bits.py "$out/one" "$out/other"

echo "== mini"
time timeout 120 "${dabench[@]}" run mini --device cuda --results "$out/mini"

echo "== one pair of ganin, one seed, a tenth of its steps (needs MNIST and BSDS500 in DABENCH_DATA_DIR)"
time timeout 120 "${dabench[@]}" run ganin --device cuda --pairs mnist:mnist_m --methods dann: --seeds 0 --steps 400 \
  --results "$out/ganin" || echo "not run, or not to its end"

echo "== images/s of five seeds against a plain loop with a DataLoader"
"$python" tests/benchmarks/gpu_plain_loop.py
