"""Does `dabench check` err between two kinds of processor? A part of the study of the verdict.

    ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 OPENBLAS_CORETYPE=Haswell dabench run mini --results DIR
    python -m tests.studies.machines DIR               # writes docs/explanation/verdict_machines.csv
    python -m tests.studies.verdict report             # writes docs/explanation/verdict_study.md

The published runs of `mini` are set beside runs of the same code with other instructions. Cells of which fewer than
three seeds are there are left out.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd

from dabench.baseline.compare import compare
from dabench.results.cells import rows_of
from dabench.results.csv_file import frame_of
from dabench.results.folder import read_results
from dabench.stats.regression import PAIRED_FROM
from dabench.stats.seeds import mean_interval

ROOT = Path(__file__).parents[2]
BASELINE = ROOT / "results" / "mini.csv"
RUNS = ROOT / "docs/explanation/verdict_machines.csv"
MAX_DROP = 0.01  # the default of `dabench check`
HEADER = ["pair", "method", "seed", "cpu_capability", "onednn_isa", "blas", "published", "accuracy", "rows"]

INTRODUCTION = (
    "The published runs of `results/mini.csv` are compared with runs of the same code on another kind of processor. "
    "That processor is simulated. These commands limit torch, oneDNN and OpenBLAS to AVX2:\n\n"
    "```console\n"
    "$ ATEN_CPU_CAPABILITY=avx2 ONEDNN_MAX_CPU_ISA=AVX2 OPENBLAS_CORETYPE=Haswell dabench run mini --results DIR\n"
    "$ python -m tests.studies.machines DIR\n"
    "```\n\n"
    "They ran on a machine where the command without the variables gives the published bits. MKL, with which torch "
    "multiplies matrices, is not limited. `std of d` is the standard deviation of the difference of a seed's two runs, "
    "in points. `last bit` is the same for two copies whose initial weights differ in the last bit (next section). "
    "`largest` is the largest difference of a seed. `alarms` are the regressions that `dabench check` finds with all "
    "seeds, and with every three of them, each time with either side as the baseline."
)
LIMITS = (
    "The checks of a cell share their runs, and its two directions exclude each other, so the checks are far from "
    "independent. They are too few to show that the rate is below 1 %. They can show that the rate is not many times "
    "as much, and whether another processor moves a seed by more than a change in the last bit does."
)

Accuracies = dict[int, float]  # by seed


def take_over(directory: Path) -> None:
    """Write the accuracies of runs on another kind of processor beside the published ones."""
    published = {run_name(row): row for row in read_results(BASELINE).frame.itertuples()}
    found = [row for row in read_results(directory, "mini").frame.itertuples() if run_name(row) in published]
    with RUNS.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(HEADER)
        for row in sorted(found, key=lambda row: (row.source, row.target, row.method, row.seed)):
            machine = row.env_cpu_capability, row.env_onednn_isa, row.env_blas
            numbers = published[run_name(row)].accuracy_selected, row.accuracy_selected, row.test_rows
            writer.writerow([f"{row.source}:{row.target}", row.method, row.seed, *machine, *numbers])


def run_name(run: Any) -> tuple[object, ...]:
    """The name that a run and its repetition share, also where the method's sources have been edited since."""
    return run.source, run.target, run.method, run.variant, run.seed, run.settings_sha256, run.data_sha256


def cells() -> Iterator[tuple[tuple[str, str], Accuracies, Accuracies, int]]:
    """Pair and method, accuracies as published and on the other kind of processor, and the size of the test set."""
    found: dict[tuple[str, str], tuple[Accuracies, Accuracies, int]] = {}
    with RUNS.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            published, other, _ = found.setdefault((row["pair"], row["method"]), ({}, {}, int(row["rows"])))
            published[int(row["seed"])], other[int(row["seed"])] = float(row["published"]), float(row["accuracy"])
    for name, (published, other, rows) in found.items():
        if len(other) >= PAIRED_FROM:
            yield name, published, other, rows


def alarms(one: Accuracies, other: Accuracies, n: int, rows: int) -> tuple[int, int]:
    """The number of checks with n of the seeds that find a regression, either side being the baseline, and of all
    checks.
    """
    found = [
        regressed({seed: before[seed] for seed in seeds}, {seed: now[seed] for seed in seeds}, rows)
        for seeds in combinations(sorted(one), n)
        for before, now in ((one, other), (other, one))
    ]
    return sum(found), len(found)


def regressed(before: Accuracies, now: Accuracies, rows: int) -> bool:
    """The verdict of `dabench check` on one cell."""
    run = rows_of(read_results(BASELINE).frame)[0]

    def frame(accuracies: Accuracies, label: str) -> pd.DataFrame:
        changed = {"test_rows": rows, "status": "ok"}
        return frame_of(
            run | changed | {"seed": seed, "accuracy_selected": value, "run_id": f"{label} {seed}"}
            for seed, value in accuracies.items()
        )

    return compare(frame(before, "before"), frame(now, "now"), max_drop=MAX_DROP).count("regressed") == 1


def report(copies: Mapping[tuple[str, str], float]) -> str:
    """The section of docs/explanation/verdict_study.md.

    Args:
        copies: pair and method -> standard deviation of the difference of two copies of a run.
    """
    lines, all_seeds, three = [], (0, 0), (0, 0)
    runs = same = 0
    for (pair, method), published, other, rows in cells():
        differences = [published[seed] - other[seed] for seed in other]
        runs, same = runs + len(other), same + sum(difference == 0 for difference in differences)
        found = [alarms(published, other, n, rows) for n in (len(other), PAIRED_FROM)]
        all_seeds, three = (
            (total[0] + part[0], total[1] + part[1]) for total, part in zip((all_seeds, three), found, strict=True)
        )
        nudged = copies.get((pair, method))
        fields = [
            f"{pair.replace(':', ' → ')} {method}",
            str(len(other)),
            *(f"{mean_interval(list(side.values())).mean:.4f}" for side in (published, other)),
            f"{100 * (mean_interval(differences).std or 0):.1f}",
            "-" if nudged is None else f"{100 * nudged:.1f}",
            f"{100 * max(map(abs, differences)):.1f}",
            *(f"{part} of {count}" for part, count in found),
        ]
        lines.append(f"| {' | '.join(fields)} |")
    header = "| cell | seeds | published | AVX2 | std of d | last bit | largest | alarms n=all | alarms n=3 |"
    total = (
        f"{same} of {runs} runs have the same accuracy. Regressions: in {all_seeds[0]} of {all_seeds[1]} checks with "
        f"all seeds, in {three[0]} of {three[1]} with three. {LIMITS}"
    )
    rule = f"| --- |{' ---: |' * 8}"
    return "\n".join(["## Two kinds of processor", INTRODUCTION, "", header, rule, *lines, "", total])


if __name__ == "__main__":
    take_over(Path(sys.argv[1]))
