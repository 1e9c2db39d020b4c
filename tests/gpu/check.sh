#!/usr/bin/env bash
# What there is to check on a card, within eight minutes: bash tests/gpu/check.sh
# Nobody has run it on one yet: whoever does publishes what came out. A part that fails or takes too long stops no other.
#
# On a machine without .venv and without a network, with wheels of dabench, pytest, pytest-timeout and whatever else the
# machine lacks of pyproject.toml's dependencies (`pip wheel --no-deps .` and `pip download --no-deps` make them):
#   python3 -m pip install --no-index --no-deps --target /tmp/site WHEELS/*.whl
#   PYTHONPATH=/tmp/site PYTHON=python3 bash tests/gpu/check.sh
set -uo pipefail
cd "$(dirname "$0")/../.."
out=$(mktemp -d) # a new folder: what was run before would not be run again, and take no time
python=${PYTHON:-.venv/bin/python}
dabench=("$python" -m dabench)
export CUBLAS_WORKSPACE_CONFIG=:4096:8
"$python" -c 'import torch; assert torch.cuda.is_available(), "no card that torch can use"; print(torch.cuda.get_device_name())' || exit 1
"${dabench[@]}" list methods > /dev/null || exit 1 # the plugins are there
failed=0

part() { # SECONDS TITLE COMMAND...
  echo "== $2"
  time timeout "$1" "${@:3}" || { echo "failed, or took more than $1 s"; failed=1; }
}

# Only the files that have some: the others may need what is not installed. All methods that ship are among them.
mapfile -t files < <(grep -rl --include='test_*.py' 'mark\.gpu' tests)
parallel=()
"$python" -c 'import xdist' 2> /dev/null && parallel=(-n 4 --dist worksteal)
part 150 "tests marked gpu" "$python" -m pytest -q -p no:benchmark -p no:cacheprovider "${parallel[@]}" -m gpu "${files[@]}"

cell=(run mini --device cuda --pairs digits:digits_m --methods dann: --seeds 0 --steps 300)
part 60 "300 steps in this process" "${dabench[@]}" "${cell[@]}" --launcher inline --results "$out/one"
part 60 "the same in a worker" "${dabench[@]}" "${cell[@]}" --launcher processes --results "$out/other"
part 20 "the same bits twice" "$python" tests/benchmarks/gpu_same_bits.py "$out/one" "$out/other"

part 75 "mini, one seed" "${dabench[@]}" run mini --device cuda --seeds 0 --results "$out/mini"

part 40 "images/s of five seeds against a plain loop with a DataLoader" "$python" tests/benchmarks/gpu_plain_loop.py

if "${dabench[@]}" data list mnist mnist_m > /dev/null 2>&1; then
  part 75 "one pair of ganin, one seed, a tenth of its steps" \
    "${dabench[@]}" run ganin --device cuda --pairs mnist:mnist_m --methods dann: --seeds 0 --steps 400 --results "$out/ganin"
else
  echo "== one pair of ganin: left out, as DABENCH_DATA_DIR has neither MNIST nor BSDS500"
fi
rm -rf "$out"
exit "$failed"
