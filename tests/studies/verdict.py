"""The errors of `dabench check`, and the drops that it sees. The study behind docs/how-to/ci.md.

    python -m tests.studies.verdict train --copies 6    # minutes to an hour; goes on where it stopped
    python -m tests.studies.verdict report              # writes docs/explanation/verdict_study.md

`train` makes every run of some cells several times, each copy from initial weights that are changed in the last bit:
every weight is multiplied by 1 + u 2^-23 with u from {-1, 0, 1}, drawn from (seed, copy). That is what another
processor or another version of a library does to a run, and nothing that a method could gain or lose by. Two copies of
a seed are thus a baseline and a now of which the null hypothesis is true. The change is made here, by wrapping the
function that builds a method; the product knows nothing of it. Nothing is learned from the copies' records but their
accuracies, which go to docs/explanation/verdict_runs.csv.

`report` draws checks: for each of a cell's seeds two different copies, one as the baseline and one as now. With a drop
planted (subtracted from now) the same checks give the power. Simulated cells (normal accuracies rounded to a test set,
runs of a seed unrelated) extend this to every spread.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from dabench.stats.regression import FALSE_ALARMS, PAIRED_FROM, Noise, measure_drop, power
from dabench.stats.seeds import ROUNDING
from tests.studies import machines as study_machines

ROOT = Path(__file__).parents[2]
RUNS = ROOT / "docs/explanation/verdict_runs.csv"
STUDY = ROOT / "docs/explanation/verdict_study.md"
BASELINE = ROOT / "results" / "mini.csv"

MAX_DROP = 0.01  # the default of `dabench check`
PLANTED = 0.03
CHECKS = 20_000  # simulated or drawn, for each figure
INTRODUCTION = (
    "`python -m tests.studies.verdict report` writes this page; do not edit it. [ci.md](../how-to/ci.md) describes how "
    f"the verdict is reached. Here a regression is a drop above {100 * MAX_DROP:g} point whose one-sided "
    f"{100 * (1 - FALSE_ALARMS):g} % interval is above 0. Each share is over {CHECKS:,} checks, so a share of 1 % has "
    f"a standard error of {100 * sqrt(FALSE_ALARMS / CHECKS):.2f} points."
)
SIMULATED = (
    "Accuracies are drawn from a normal distribution and rounded to a test set of 300 examples. The first column is "
    "their standard deviation over seeds, in points. Baseline and current runs are unrelated, so their difference has "
    "√2 times that spread. The columns show false alarms with n seeds, in % of checks, and the power for a true drop "
    f"of {100 * PLANTED:g} points, in %. `1 of 5`: one current seed against a baseline of five ({CHECKS // 4:,} "
    "checks)."
)
SAME_SEED = (
    "If the two runs of a seed are alike, their difference is smaller. Then the row with that spread, divided by √2, "
    "applies."
)
OF_MINI = (
    "The same, with the standard deviations (in points) and test sets of `results/mini.csv`. This is the worst case "
    "for a check on another machine: a rounding difference makes the two runs of a seed unrelated."
)
OF_RUNS = (
    "Each run is repeated from initial weights that differ in the last bit. Two copies of each seed are then a check "
    f"of unchanged code. A drop of {100 * PLANTED:g} points planted into the current runs measures the power. Alarms "
    "and power are in %. `std` is the standard deviation over seeds, and `std of d` that of the difference of two "
    "copies of a seed. `alike` is the correlation that follows: 1 if a seed decides everything, 0 if it decides "
    "nothing. `by formula` is the power that `sees` rests on, given `std of d`. The checks of a cell share runs, so "
    "its alarms are known less well than those of independent checks."
)

Copies = dict[int, dict[int, float]]  # seed -> copy -> accuracy


def train(pairs: Sequence[str], methods: Sequence[str], seeds: str, copies: int, steps: int | None) -> None:
    """Make the copies that RUNS does not hold yet, one process, one thread."""
    from dabench.config.overrides import parse_overrides
    from dabench.config.parse import parse_seeds
    from dabench.config.suite_file import find_suite
    from dabench.execution import deep_run
    from dabench.execution import execute as execution
    from dabench.planning.jobs import RunOptions, make_jobs
    from dabench.planning.plan import make_plan
    from dabench.plugin.registry import load_registry
    from dabench.runner.judge import Judge

    registry = load_registry()
    suite = find_suite("mini", registry).model_copy(update={"bounds": ()})
    plan = make_plan(
        suite, registry, device_kind="cpu", methods=methods, pairs=pairs, seeds=parse_seeds(seeds),
        overrides=parse_overrides([], steps),
    )  # fmt: skip
    built = deep_run.built
    done = {key for key, _ in _runs()} if RUNS.exists() else set()
    for copy in range(copies):

        def nudged(task, data, cls, pair, copy=copy):  # type: ignore[no-untyped-def]
            method, size = built(task, data, cls, pair)
            return _nudged(method, task.seed, copy), size

        for run in plan.runs:
            key = (run.pair, run.method.name, run.settings.steps, run.seed, copy)
            if key in done:
                continue
            with TemporaryDirectory() as folder, patch.object(deep_run, "built", nudged):
                (job,) = make_jobs(plan, [run], Path(folder), registry, RunOptions(device="cpu"))
                *_, finished = execution.execute(job)
            outcome = Judge(plan.domains).outcome(job, finished.outcome)
            if outcome.accuracy is None:
                raise SystemExit(f"{run} failed: {outcome.error}")
            _append((*key, outcome.accuracy.selected, outcome.test_rows))
            print(f"copy {copy} of {run}: {outcome.accuracy.selected:.4f}", file=sys.stderr)


def _nudged(method, seed: int, copy: int):  # type: ignore[no-untyped-def]
    """Change the weights in their last bit; copy 0 is the run itself."""
    import torch

    if copy:
        generator = torch.Generator().manual_seed(1_000_003 * seed + copy)
        with torch.no_grad():
            for weights in method.parameters():
                weights.mul_(1 + torch.randint(-1, 2, weights.shape, generator=generator) * 2.0**-23)
    return method


def _append(row: tuple[object, ...]) -> None:
    new = not RUNS.exists()
    with RUNS.open("a", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if new:
            writer.writerow(["pair", "method", "steps", "seed", "copy", "accuracy", "test_rows"])
        writer.writerow(row)


def _runs() -> Iterator[tuple[tuple[str, str, int, int, int], tuple[float, int]]]:
    with RUNS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            key = row["pair"], row["method"], int(row["steps"]), int(row["seed"]), int(row["copy"])
            yield key, (float(row["accuracy"]), int(row["test_rows"]))


def regressed(before: np.ndarray, now: np.ndarray, rows: int) -> np.ndarray:
    """The verdict of `dabench check` on many cells at once: arrays of (cells, seeds), three seeds or more.

    The first hundred are checked against the product.
    """
    n = before.shape[1]
    differences = before - now
    mean = differences.mean(1)
    spread = np.maximum(differences.std(1, ddof=1), sqrt(2) * max(1 / rows, ROUNDING) / sqrt(12))
    from scipy.special import stdtrit

    found = (mean > MAX_DROP + ROUNDING) & (mean - stdtrit(n - 1, 1 - FALSE_ALARMS) * spread / sqrt(n) > 0)
    for index in range(min(100, len(found))):
        drop = measure_drop(dict(enumerate(before[index])), dict(enumerate(now[index])), rows)
        assert (drop.mean > MAX_DROP + ROUNDING and drop.low > 0) == found[index]
    return found


def one_seed(before: np.ndarray, now: np.ndarray, rows: int) -> np.ndarray:
    """The same with the first seed alone of now, against the prediction interval."""
    found = []
    for old, new in zip(before, now, strict=True):
        drop = measure_drop(dict(enumerate(old)), {0: new[0]}, rows)
        found.append(drop.mean > MAX_DROP + ROUNDING and drop.low > 0)
    return np.array(found)


def simulated(std: float, n: int, rows: int, alike: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Accuracies of baseline and now, (CHECKS, n) each: standard deviation `std` over seeds, correlation `alike`."""
    generator = np.random.Generator(np.random.PCG64([n, rows, round(1e6 * std), round(100 * alike)]))
    common = generator.normal(0, 1, (CHECKS, n))
    own = generator.normal(0, 1, (2, CHECKS, n))
    runs = 0.7 + std * (sqrt(alike) * common + sqrt(1 - alike) * own)
    return tuple(np.round(np.clip(part, 0, 1) * rows) / rows for part in runs)  # type: ignore[return-value]


def drawn(cell: Copies, seeds: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Accuracies of baseline and now from two copies of each seed, (CHECKS, seeds) each."""
    generator = np.random.Generator(np.random.PCG64(len(seeds)))
    before, now = [], []
    for seed in seeds:
        pairs = np.array(list(permutations(cell[seed].values(), 2)))
        chosen = pairs[generator.integers(0, len(pairs), CHECKS)]
        before.append(chosen[:, 0])
        now.append(chosen[:, 1])
    return np.stack(before, 1), np.stack(now, 1)


def report() -> str:
    """The whole document."""
    parts = [
        "# How often `dabench check` errs",
        INTRODUCTION,
        _simulation(),
        _of_mini(),
        study_machines.report(_spreads_of_copies()) if study_machines.RUNS.exists() else "",
        _of_runs() if RUNS.exists() else "",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _simulation() -> str:
    lines = [
        "## Simulated cells",
        SIMULATED,
        _row(["std", "alarms n=3", "n=5", "n=10", "1 of 5", "power n=3", "n=5", "n=10", "1 of 5"]),
        _row(["---:"] * 9),
    ]
    table = []
    for std in (0.0, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0):
        alarms, hits = [], []
        for n in (PAIRED_FROM, 5, 10):
            before, now = simulated(std / 100, n, 300)
            alarms.append(regressed(before, now, 300).mean())
            hits.append(regressed(before, now - PLANTED, 300).mean())
        before, now = simulated(std / 100, 5, 300)
        alarms.append(one_seed(before[: CHECKS // 4], now[: CHECKS // 4], 300).mean())
        hits.append(one_seed(before[: CHECKS // 4], now[: CHECKS // 4] - PLANTED, 300).mean())
        table.append(
            _row([f"{std:g}", *(f"{100 * value:.2f}" for value in alarms), *(_percent(value) for value in hits)])
        )
    return "\n".join([*lines[:2], "", *lines[2:], *table, "", SAME_SEED])


def _of_mini() -> str:
    """The cells of mini, from the spread of the published runs."""
    from dabench.results.folder import read_results

    frame = read_results(BASELINE).frame
    lines = []
    for (source, target, method), runs in frame.groupby(["source", "target", "method"], sort=False):
        rows, std = int(runs["test_rows"].max()), float(runs["accuracy_selected"].std())
        figures = []
        for n in (PAIRED_FROM, 5):
            before, now = simulated(std, n, rows)
            figures += [f"{100 * regressed(before, now, rows).mean():.2f}"]
            figures += [_percent(regressed(before, now - PLANTED, rows).mean())]
        lines.append(_row([f"{source} → {target} {method}", f"{100 * std:.1f}", str(rows), *figures]))
    header = ["cell", "std", "test examples", "alarms n=3", "power n=3", "alarms n=5", "power n=5"]
    return "\n".join(
        [
            "## The cells of mini, simulated",
            OF_MINI,
            "",
            _row(header),
            _row(["---", *["---:"] * 6]),
            *lines,
        ]
    )


def _copies() -> Iterator[tuple[tuple[str, str, int], Copies, list[int], int]]:
    """Cells with copies: name, copies, the seeds that have two or more, the size of the test set."""
    cells: dict[tuple[str, str, int], Copies] = defaultdict(lambda: defaultdict(dict))
    rows_of: dict[tuple[str, str, int], int] = {}
    for (pair, method, steps, seed, copy), (accuracy, rows) in _runs() if RUNS.exists() else ():
        cells[pair, method, steps][seed][copy] = accuracy
        rows_of[pair, method, steps] = rows
    for name, cell in cells.items():
        seeds = sorted(seed for seed, copies in cell.items() if len(copies) > 1)
        if len(seeds) >= PAIRED_FROM:
            yield name, cell, seeds, rows_of[name]


def _spreads_of_copies() -> dict[tuple[str, str], float]:
    """Pair and method -> standard deviation of the difference of two copies of a seed."""
    return {(pair, method): _spreads(cell, seeds)[1] for (pair, method, _), cell, seeds, _ in _copies()}


def _of_runs() -> str:
    lines = []
    for name, cell, seeds, rows in _copies():
        figures = []
        for n in sorted({PAIRED_FROM, len(seeds)}):
            before, now = drawn(cell, seeds[:n])
            figures += [f"{100 * regressed(before, now, rows).mean():.2f}"]
            figures += [_percent(regressed(before, now - PLANTED, rows).mean())]
        over, within = _spreads(cell, seeds)
        expected = power(PLANTED, Noise(within / sqrt(len(seeds)), len(seeds) - 1, within), MAX_DROP) if within else 1.0
        copies = f"{len(seeds)} x {min(len(cell[seed]) for seed in seeds)}"
        alike = f"{1 - within**2 / 2 / over**2:.2f}" if over else "-"
        spreads = [f"{100 * over:.1f}", f"{100 * within:.1f}", alike]
        figures = figures if len(figures) == 4 else [*figures, "-", "-"]
        lines.append(_row([" ".join(map(str, name)), copies, *spreads, *figures, _percent(expected)]))
    header = ["pair, method, steps", "seeds x copies", "std", "std of d", "alike", "alarms n=3", "power n=3"]
    header += ["alarms n=all", "power n=all", "by formula"]
    return "\n".join(
        [
            "## Real runs",
            OF_RUNS,
            "",
            _row(header),
            _row(["---", *["---:"] * 9]),
            *lines,
        ]
    )


def _spreads(cell: Mapping[int, Mapping[int, float]], seeds: Sequence[int]) -> tuple[float, float]:
    """Standard deviation over runs, seeds and copies both changing, and of the difference of a seed's two copies."""
    within = float(np.mean([np.var(list(cell[seed].values()), ddof=1) for seed in seeds]))
    means = [np.mean(list(cell[seed].values())) for seed in seeds]
    copies = float(np.mean([len(cell[seed]) for seed in seeds]))
    between = max(float(np.var(means, ddof=1)) - within / copies, 0.0)
    return sqrt(between + within), sqrt(2 * within)


def _row(fields: Sequence[str]) -> str:
    return f"| {' | '.join(fields)} |"


def _percent(value: float) -> str:
    return f"{100 * value:.0f}"


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="The study behind docs/how-to/ci.md.")
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="make copies of runs")
    training.add_argument("--pairs", default="digits:digits_m,glyphs:digits")
    training.add_argument("--methods", default="source_only,dann,deep_coral")
    training.add_argument("--seeds", default="0-4")
    training.add_argument("--copies", type=int, default=6)
    training.add_argument("--steps", type=int, help="fewer than the suite's: a quicker study of shorter runs")
    commands.add_parser("report", help="write docs/explanation/verdict_study.md")
    arguments = parser.parse_args()
    if arguments.command == "train":
        pairs, methods = arguments.pairs.split(","), arguments.methods.split(",")
        train(pairs, methods, arguments.seeds, arguments.copies, arguments.steps)
    else:
        STUDY.write_text(report(), encoding="utf-8")
        print(f"wrote {STUDY.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
