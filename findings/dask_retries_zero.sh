#!/usr/bin/env bash
# dask.distributed 2026.8.0: a task with retries=0 is executed four times when its worker dies.
#
# `Client.submit(..., retries=0)` says how often a task that raised is tried again. For a task whose worker process dies
# another rule holds: the scheduler's `distributed.scheduler.allowed-failures`, 3 by default, which no argument of `submit`
# changes. So a task that writes a file, sends a mail or appends a row does it up to four times, though it was told not to
# be repeated.
#
# Seen: four processes have begun the task; the future then holds a KilledWorker.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet distributed==2026.8.0 dask==2026.8.0
cat > "$folder/task.py" << 'PYTHON'
import os
import sys
from pathlib import Path

import distributed


def note(folder):
    Path(folder, str(os.getpid())).touch()
    os._exit(1)  # as a worker ends whose machine is taken away


if __name__ == "__main__":
    begun = Path(sys.argv[1], "begun")
    begun.mkdir()
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with distributed.LocalCluster(**options, silence_logs=50) as cluster, distributed.Client(cluster) as client:
        error = client.submit(note, str(begun), retries=0, pure=False).exception(timeout=120)
    count = len(list(begun.iterdir()))
    print("distributed", distributed.__version__)
    print(f"retries=0, executed {count} times, then {type(error).__name__}")
    sys.exit(0 if count == 4 else 1)
PYTHON
"$folder/venv/bin/python" "$folder/task.py" "$folder"
