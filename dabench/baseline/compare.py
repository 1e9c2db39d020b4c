"""The CI verdict: current runs against a baseline, cell by cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from dabench.config.row_choice import row_of, without_precision
from dabench.results.cells import NUMBERS, CellName, RunRow, accuracies, by_cell
from dabench.results.changes import COMPARABLE, Change, SettingsByHash, changes
from dabench.stats.regression import FALSE_ALARMS, Drop, baseline_noise, detectable, measure_drop, seeds_to_see
from dabench.stats.seeds import ROUNDING, mean_interval

Verdict = Literal["same", "within noise", "tolerated", "better", "regressed", "missing", "not comparable"]
VERDICTS: tuple[Verdict, ...] = (
    "regressed", "missing", "not comparable", "better", "tolerated", "within noise", "same",
)  # fmt: skip
FAILING: tuple[Verdict, ...] = ("regressed", "missing")
TESTED: tuple[Verdict, ...] = ("within noise", "tolerated", "better", "regressed")
COMPARED: tuple[Verdict, ...] = ("same", *TESTED)


@dataclass(frozen=True, kw_only=True)
class CellVerdict:
    """The verdict on one cell of the baseline. Accuracies and drops are fractions.

    Attributes:
        why: in words; empty where the verdict says it all.
        before, now: mean over the common seeds. Where none is common, `before` is the baseline's over its own.
        drop: from before to now; None where the cell cannot be compared.
        detectable: the smallest true drop that a check with this spread and these seeds calls a regression with
            probability `stats.regression.POWER`; None where the spread is unknown, or no drop is.
        seeds_needed: seeds to tell a true drop of one point from 0 with that probability; None as above.
        seeds: the common ones.
        changes: what differs beside the numbers.
        wall_s: how long the current runs took together.
    """

    cell: CellName
    verdict: Verdict
    why: str = ""
    before: float | None = None
    now: float | None = None
    drop: Drop | None = None
    detectable: float | None = None
    seeds_needed: int | None = None
    seeds: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()
    wall_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Report:
    """The verdicts on all cells of a baseline.

    Attributes:
        suites: their names.
        cells: in the order of the baseline.
        max_drop: the drop that is tolerated, a fraction.
        new: cells that the baseline does not have.
        notes: what a reader must know beyond the verdicts.
    """

    suites: tuple[str, ...]
    cells: tuple[CellVerdict, ...]
    max_drop: float
    new: tuple[CellName, ...] = ()
    notes: tuple[str, ...] = ()

    def count(self, verdict: Verdict) -> int:
        """The number of cells that have this verdict."""
        return sum(cell.verdict == verdict for cell in self.cells)

    @property
    def failed(self) -> bool:
        """Whether something regressed or is missing, or nothing could be compared."""
        return any(self.count(verdict) for verdict in FAILING) or self.nothing_comparable

    @property
    def nothing_comparable(self) -> bool:
        """Whether no cell could be compared, though there are runs."""
        return not any(map(self.count, (*COMPARED, "missing")))

    @property
    def false_alarm(self) -> float:
        """The probability, at most, that this check finds a regression where nothing but rounding has changed.

        Cells with the same numbers, and those that no test was made for, are no part of it.
        """
        tested = [cell for cell in self.cells if cell.verdict in TESTED]
        return min(1.0, FALSE_ALARMS * sum(cell.drop is not None and cell.drop.rule != "none" for cell in tested))


def compare(
    baseline: pd.DataFrame,
    now: pd.DataFrame,
    *,
    max_drop: float,
    seeds: Collection[int] | None = None,
    settings: SettingsByHash | None = None,
    notes: Collection[str] = (),
) -> Report:
    """Compare runs with those of a baseline.

    Args:
        baseline: runs, columns as in `runs.record.flatten`; of older code, data or settings only the newest count.
        now: the same; cells and seeds that the baseline does not have are not judged.
        max_drop: a mean drop up to this is no regression; a fraction.
        seeds: only these are compared; the baseline's spread is still that of all of its seeds.
        settings: by hash, as far as they are known: to say how they differ.
        notes: to show with the verdicts.
    """
    before_cells, now_cells = by_cell(baseline), by_cell(now)
    new = [name for name in now_cells if name not in before_cells]
    changed = {name: _with_other_settings(name, new) for name in before_cells if name not in now_cells}
    return Report(
        suites=tuple(dict.fromkeys(name.suite for name in before_cells)),
        cells=tuple(
            _judge(
                name,
                before,
                _of_seeds(now_cells.get(changed.get(name) or name, []), seeds),
                max_drop,
                seeds,
                settings or {},
            )
            for name, before in before_cells.items()
        ),
        max_drop=max_drop,
        new=tuple(name for name in new if name not in changed.values()),
        notes=(
            *notes,
            *_repeated(before_cells.values(), now_cells.values()),
            *_other_precisions(before_cells, now_cells),
        ),
    )


def _with_other_settings(name: CellName, new: Sequence[CellName]) -> CellName | None:
    """The cell that stands for one of the baseline with other settings, which are a part of its name."""
    alike = (other for other in new if other._replace(variant="") == name._replace(variant=""))
    return next((other for other in alike if row_of(other.variant) == row_of(name.variant)), None)


def _of_seeds(rows: Sequence[RunRow], seeds: Collection[int] | None) -> list[RunRow]:
    return [row for row in rows if seeds is None or row["seed"] in seeds]


def _judge(
    name: CellName,
    before: Sequence[RunRow],
    now: Sequence[RunRow],
    max_drop: float,
    asked: Collection[int] | None,
    settings: SettingsByHash,
) -> CellVerdict:
    scored, scored_now = accuracies(before), accuracies(now)
    expected = accuracies(_of_seeds(before, asked))
    mean = mean_interval(list(expected.values())).mean if expected else None
    if not now:
        return CellVerdict(cell=name, verdict="missing", before=mean)
    known = CellVerdict(
        cell=name,
        verdict="not comparable",
        before=mean,
        changes=tuple(changes(before, now, settings)),
        wall_s=sum(row["wall_s"] for row in now),
    )
    other = [change.what for change in known.changes if change.column in COMPARABLE]
    if other:
        return replace(known, why=f"other {', '.join(other)}")
    if not expected:
        return replace(known, why="no run of the baseline has an accuracy")
    seeds = sorted(expected.keys() & scored_now.keys())
    absent = _absent(sorted(expected.keys() - scored_now.keys()), now)
    if not seeds:
        return replace(known, verdict="missing", why=absent)
    rows = max(row["test_rows"] for row in before)
    drop = measure_drop(scored, scored_now, rows)
    verdict, why = _verdict(before, now, seeds, drop, max_drop)
    noise = baseline_noise(scored, len(seeds), rows) if verdict == "same" else drop.noise
    if verdict == "same":
        known = replace(known, changes=tuple(change for change in known.changes if change.known))
    if absent and verdict != "regressed":
        verdict, why = "missing", ""
    return replace(
        known,
        verdict=verdict,
        why="; ".join(part for part in (why, absent) if part),
        before=mean_interval([scored[seed] for seed in seeds]).mean,
        now=mean_interval([scored_now[seed] for seed in seeds]).mean,
        drop=drop,
        detectable=detectable(noise, max_drop) if noise else None,
        seeds_needed=seeds_to_see(noise.spread) if noise else None,
        seeds=tuple(seeds),
    )


def _absent(seeds: Sequence[int], now: Sequence[RunRow]) -> str:
    """Seeds of the baseline that have no accuracy now, with the reason."""
    if not seeds:
        return ""
    there = {row["seed"]: row for row in now}
    states = [there[seed]["status"] if seed in there else "not there" for seed in seeds]
    groups = {
        state: [str(seed) for seed, other in zip(seeds, states, strict=True) if other == state] for state in states
    }
    text = ", ".join(f"{state}: seed {', '.join(of)}" for state, of in groups.items())
    errors = [there[seed]["error"] for seed in seeds if seed in there and there[seed]["error"]]
    return f"{text} ({errors[0]})" if errors else text


def _verdict(
    before: Sequence[RunRow], now: Sequence[RunRow], seeds: Collection[int], drop: Drop, max_drop: float
) -> tuple[Verdict, str]:
    """The verdict on the common seeds, and why where the numbers do not say it."""
    if _numbers(before, seeds) == _numbers(now, seeds):
        return "same", ""
    if drop.mean > max_drop + ROUNDING:
        collapsed = [str(row["seed"]) for row in now if row["seed"] in seeds and row["status"] == "collapsed"]
        if collapsed and all(row["status"] != "collapsed" for row in before):
            return "regressed", f"collapsed: seed {', '.join(collapsed)}; no run of the baseline did"
        if drop.rule == "none":
            return "regressed", "the baseline has one seed: no spread is known, so every drop above --max-drop counts"
        if drop.low > 0:
            return "regressed", ""
    if drop.mean < -max_drop - ROUNDING and drop.high < 0:
        return "better", ""
    if drop.rule == "none":
        return "within noise", "the baseline has one seed: no spread is known, and the drop is not above --max-drop"
    return ("tolerated" if drop.low > 0 else "within noise"), ""


def _numbers(rows: Sequence[RunRow], seeds: Collection[int]) -> dict[int, list[object]]:
    return {row["seed"]: [row[name] for name in NUMBERS] for row in rows if row["seed"] in seeds}


def _repeated(before: Collection[Sequence[RunRow]], now: Collection[Sequence[RunRow]]) -> list[str]:
    """A note if runs are compared with themselves."""
    own = {(row["run_id"], row["finished"]) for rows in before for row in rows}
    here = [(row["run_id"], row["finished"]) for rows in now for row in rows]
    count = sum(run in own for run in here)
    if not count:
        return []
    text = f"{count} of {len(here)} runs are the baseline's own, not repetitions of them"
    return [f"{text}: to test the code as it is now, run with --fresh or into another folder"]


def _other_precisions(before: Mapping[CellName, Sequence[RunRow]], now: Collection[CellName]) -> list[str]:
    """A note if cells of the baseline are here in another precision alone: those are not compared."""
    here = {_without_precision(name) for name in now}
    found = [name for name in before if name not in now and _without_precision(name) in here]
    wanted = sorted({row["precision"] for name in found for row in before[name]})
    if not found:
        return []
    cells = "1 cell" if len(found) == 1 else f"{len(found)} cells"
    return [f"{cells} of the baseline: here in another precision, not compared. Run with --precision {wanted[0]}"]


def _without_precision(name: CellName) -> CellName:
    return name._replace(variant=without_precision(name.variant))
