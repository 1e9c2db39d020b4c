#!/usr/bin/env bash
# Ray 2.60.0: how many threads a task computes with depends on the task that its worker process had before.
#
# Ray sets OMP_NUM_THREADS of a task to its `num_cpus`, and uses worker processes again for tasks with other demands.
# Libraries read the variable once, when they are loaded. So a task with num_cpus=2 that comes after one with num_cpus=1
# sees OMP_NUM_THREADS=2 and computes with one thread, and one with num_cpus=1 that comes after one with num_cpus=2 takes
# two. The number of threads changes the order of summation and so the last bits: results depend on the schedule.
#
# Seen: the same two tasks in the other order have the threads of whichever came first, in the same process.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet ray==2.60.0 numpy==2.4.6 threadpoolctl==3.8.0
cat > "$folder/threads.py" << 'PYTHON'
import os
import sys

import ray


def threads():
    import numpy
    import threadpoolctl

    numpy.ones((64, 64)) @ numpy.ones((64, 64))
    (blas,) = threadpoolctl.threadpool_info()
    return os.getpid(), int(os.environ["OMP_NUM_THREADS"]), blas["num_threads"]


if len(os.sched_getaffinity(0)) < 2:
    sys.exit("this machine has one processor, so that OpenBLAS never takes two threads")
os.environ.pop("OPENBLAS_NUM_THREADS", None)
print("ray", ray.__version__)
ray.init(num_cpus=2, include_dashboard=False, log_to_driver=False, object_store_memory=100 * 2**20)
found = []
for cpus in map(int, sys.argv[1:]):
    process, told, used = ray.get(ray.remote(threads).options(num_cpus=cpus).remote())
    print(f"num_cpus={cpus}: process {process}, OMP_NUM_THREADS={told}, {used} threads")
    found.append((process, told, used))
(one, *_), (other, told, used) = found
sys.exit(0 if one == other and told == int(sys.argv[2]) and used == int(sys.argv[1]) else 1)
PYTHON
export HOME="$folder" RAY_USAGE_STATS_ENABLED=0
unset OMP_NUM_THREADS
"$folder/venv/bin/python" "$folder/threads.py" 1 2
"$folder/venv/bin/python" "$folder/threads.py" 2 1
