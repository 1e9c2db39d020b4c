#!/usr/bin/env bash
# What there is to check on a card, within eight minutes: bash tests/gpu/check.sh
# Nobody has run it on one yet: whoever does publishes what came out. A part that fails or takes too long stops no other.
set -uo pipefail
cd "$(dirname "$0")/../.."
out=$(mktemp -d) # a new folder: what was run before would not be run again, and take no time
python=${PYTHON:-.venv/bin/python}
dabench=("$python" -m dabench)
export CUBLAS_WORKSPACE_CONFIG=:4096:8
"$python" -c 'import torch; assert torch.cuda.is_available(), "no card that torch can use"; print(torch.cuda.get_device_name())' || exit 1
failed=0

part() { # SECONDS TITLE COMMAND...
  echo "== $2"
  time timeout "$1" "${@:3}" || { echo "failed, or took more than $1 s"; failed=1; }
}

part 120 "tests marked gpu" "$python" -m pytest -q -p no:benchmark -m gpu tests

cell=(run mini --device cuda --pairs digits:digits_m --methods dann --seeds 0 --steps 300)
part 60 "300 steps in this process" "${dabench[@]}" "${cell[@]}" --launcher inline --results "$out/one"
part 60 "the same in a worker" "${dabench[@]}" "${cell[@]}" --launcher processes --results "$out/other"
part 20 "the same bits twice" "$python" tests/benchmarks/gpu_same_bits.py "$out/one" "$out/other"

part 90 "mini, one seed" "${dabench[@]}" run mini --device cuda --seeds 0 --results "$out/mini"

part 90 "one pair of ganin, one seed, a tenth of its steps (needs MNIST and BSDS500 in DABENCH_DATA_DIR)" \
  "${dabench[@]}" run ganin --device cuda --pairs mnist:mnist_m --methods dann: --seeds 0 --steps 400 --results "$out/ganin"

part 40 "images/s of five seeds against a plain loop with a DataLoader" "$python" tests/benchmarks/gpu_plain_loop.py
rm -rf "$out"
exit "$failed"
