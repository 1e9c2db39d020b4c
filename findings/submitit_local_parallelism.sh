#!/usr/bin/env bash
# submitit 1.5.4: the local executor begins a whole job array at once, whatever `slurm_array_parallelism` says.
#
# `AutoExecutor(cluster="local")` stands in for Slurm on a machine without it, takes the parameters `slurm_…` and checks
# their names, so that one script does for both. But `slurm_array_parallelism`, the number of jobs of an array at a time,
# is dropped without a word, and there is no parameter of its own for that: an array of a thousand jobs that was tried
# out with two at a time starts a thousand processes.
#
# Seen: with slurm_array_parallelism=1 the last of four jobs begins before the first has ended.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet submitit==1.5.4
"$folder/venv/bin/python" - "$folder" << 'PYTHON'
import sys
import time

import submitit


def span(number):
    begun = time.time()
    time.sleep(4)
    return begun, time.time()


executor = submitit.AutoExecutor(folder=f"{sys.argv[1]}/logs", cluster="local")
executor.update_parameters(timeout_min=2, slurm_array_parallelism=1)
spans = [job.result() for job in executor.map_array(span, range(4))]
first = min(begun for begun, _ in spans)
print("submitit", submitit.__version__)
for begun, ended in spans:
    print(f"a job from {begun - first:.1f} s to {ended - first:.1f} s")
sys.exit(0 if max(begun for begun, _ in spans) < min(ended for _, ended in spans) else 1)
PYTHON
