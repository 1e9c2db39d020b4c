"""Memory of a worker that trains DANN on a pair of `ganin`, after each of its parts: `worker_memory.py [PRECISION]`.

In MiB of `/proc/self/status`: all, pages of files (libraries, and data that all workers of a machine share), and what
the process has for itself. Needs the files of MNIST and BSDS500 in `DABENCH_DATA_DIR`, and Linux.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from pathlib import Path

PARTS = ("VmRSS", "RssFile", "RssAnon", "VmHWM")


def show(what: str) -> None:
    """Print the memory of this process."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    sizes = {name: value for name, _, value in (line.partition(":") for line in lines) if name in PARTS}
    print(f"{what:<22}", *(f"{name} {int(sizes[name].split()[0]) // 1024:5}" for name in PARTS), flush=True)


def job_file(folder: Path, precision: str) -> Path:
    """A job of thirty steps and two checkpoints, made by another process: planning takes memory that no worker has."""
    from dabench.config.overrides import parse_overrides
    from dabench.config.suite_file import find_suite
    from dabench.planning.jobs import RunOptions, make_jobs
    from dabench.planning.plan import make_plan
    from dabench.plugin.registry import load_registry

    registry = load_registry()
    overrides = parse_overrides(["budget.steps=30", "budget.checkpoints=2", f"precision={precision}"])
    plan = make_plan(
        find_suite("ganin", registry), registry, device_kind="cpu", methods=["dann:"], pairs=["mnist:mnist_m"],
        seeds=(100,), overrides=overrides,
    )  # fmt: skip
    jobs = make_jobs(plan, plan.runs, folder, registry, RunOptions(device="cpu"))
    path = folder / "job"
    path.write_bytes(pickle.dumps(next(job for job in jobs if job.method.name == "dann")))
    return path


def measure(job_path: Path) -> None:
    """Do what a worker does, and print."""
    for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[variable] = "1"
    from dabench.parallel.memory import keep_freed_memory

    keep_freed_memory()
    import torch

    show("import torch")
    from dabench.execution.deep_run import DeepRun
    from dabench.execution.execute import open_pair
    from dabench.execution.training import train
    from dabench.seeding import reproducible

    show("import dabench")
    job = pickle.loads(job_path.read_bytes())
    with reproducible():
        data = open_pair(job, torch.device("cpu"))
        show("open the domains")
        run = DeepRun(job, data, job.method.load())
        for event in train(run.method, data.problem, run.recipe, job.seed):
            if event.losses is not None:
                show(f"train to step {event.step}")
                run.measurements.steps = event.step
                run.measure(event.losses)
                show("evaluate")


def main(precision: str = "fp32", job: str = "") -> None:
    """Measure, in a process of its own."""
    if job:
        measure(Path(job))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = job_file(Path(folder), precision)
        subprocess.run([sys.executable, __file__, precision, str(path)], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
