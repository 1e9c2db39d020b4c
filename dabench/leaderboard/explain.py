"""The facts behind one cell of a table, as text: from records, and from published rows where there are no records."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from dabench.config.overrides import flat
from dabench.config.row_choice import RowChoice, of_rows, row_of
from dabench.errors import UsageError
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats.columns import aligned
from dabench.leaderboard.formats.text import accuracy, flags, fraction, meaning, pair_title, share
from dabench.leaderboard.rerun import run_command
from dabench.leaderboard.table import Cell, Row, Table
from dabench.results.cells import pair_column
from dabench.results.comparable import comparable_runs
from dabench.results.csv_file import Flaw
from dabench.results.folder import read_results
from dabench.runs.record import RunRecord

NOT_SEEN = "target accuracy (not seen by any selector)"


def explain(
    directory: Path,
    suite: str,
    pair: str,
    method: str,
    variant: str | None = None,
    shots: str | None = None,
    tell: Callable[[Sequence[Flaw]], None] = lambda flaws: None,
    word: str = "",
) -> str:
    """All that is known about one cell: settings, seeds, accuracies, gap, checkpoints, versions, times, files, errors.

    Args:
        directory: a results folder, or a published CSV.
        suite: its name.
        pair: `source:target`.
        method: its name, or that of a row, as in `dann:long`; `-` and `_` mean the same.
        variant: which one; not needed where there is only one, or a plain one.
        shots: labelled examples per class, as text; not needed where runs with one number of them are there.
        tell: gets the files and rows of the folder that are not counted.
        word: how a command names the suite, if not by its name: the path of its file.

    Raises:
        UsageError: there is no such cell; the message lists those there are.
        ResultsError: there are no results to read.
    """
    results = read_results(directory, suite, word=word)
    tell(results.flaws)
    frame = results.frame
    choice = RowChoice.parse(method)
    method = choice.method
    cell_runs = _with_shots(_runs_of(frame, pair, choice, variant), shots)
    kept, left_out = comparable_runs(cell_runs)
    runs = kept.sort_values("seed")
    kept_variant = str(runs["variant"].iloc[0])
    same_shots = frame[frame["shots"].isin(runs["shots"].unique())]
    table, row = _row_of(same_shots, pair, method, kept_variant)
    cell = row.cells[pair]
    records = {record.run_id: (path, record) for path, record in results.records_of(runs["run_id"])}
    parts = [
        _title(table, pair, method, kept_variant, cell, left_out),
        _section("Seeds", aligned(_seed_rows(runs))),
        *_details([record for _, record in records.values()]),
        _section("Versions", aligned(_versions(runs))),
        _section("Files", _files(runs, {run_id: path for run_id, (path, _) in records.items()}, table, row, word)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _runs_of(frame: pd.DataFrame, pair: str, choice: RowChoice, variant: str | None) -> pd.DataFrame:
    source, _, target = pair.partition(":")
    method = choice.method
    of_method = frame[(frame["source"] == source) & (frame["target"] == target) & (frame["method"] == method)]
    runs = of_rows(of_method, [choice])
    if runs.empty and not of_method.empty:
        raise choice.absent(of_method["variant"].map(row_of), f"on the pair {pair}")
    variants = sorted(runs["variant"].unique())
    if runs.empty:
        cells = (pair_column(frame) + " " + frame["method"]).drop_duplicates().tolist()
        near = get_close_matches(f"{pair} {method}", cells, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        by_pair: dict[str, list[str]] = {}
        for name in sorted(cells):
            by_pair.setdefault(name.partition(" ")[0], []).append(name.partition(" ")[2])
        known = "; ".join(f"{name}: {', '.join(methods)}" for name, methods in by_pair.items())
        raise UsageError(f"there are no runs of {method!r} on the pair {pair!r}.{hint} There are {known or 'none'}.")
    if variant is None:
        variant = "" if "" in variants or len(variants) != 1 else variants[0]
    if variant not in variants:
        known = ", ".join(repr(name) for name in variants)
        raise UsageError(f"{method!r} on {pair!r} has the variants {known}. Name one with --variant.")
    return runs[runs["variant"] == variant]


def _with_shots(runs: pd.DataFrame, shots: str | None) -> pd.DataFrame:
    """The runs with that many labelled examples per class."""
    known = [str(value) for value in runs["shots"].dropna().unique()]
    if shots is None and len(known) < 2:
        return runs
    if not known:
        raise UsageError("this cell was run without labelled target examples: leave --shots out.")
    if shots not in known:
        listed = ", ".join(sorted(known, key=lambda value: (value == "all", value.zfill(9))))
        raise UsageError(f"this cell was run with shots {listed}. Name one with --shots.")
    return runs[runs["shots"] == shots]


def _row_of(frame: pd.DataFrame, pair: str, method: str, variant: str) -> tuple[Table, Row]:
    """The row as the leaderboard shows it, and the table that it stands in (`current` leaves a cell in one only)."""
    for table in build_tables(frame[pair_column(frame) == pair]):
        for row in table.rows:
            if (row.method, row.variant) == (method, variant):
                return table, row
    raise AssertionError(f"the table has no cell for {method} on {pair}, but there are runs of it")


def _title(table: Table, pair: str, method: str, variant: str, cell: Cell, left_out: int) -> str:
    lines = [f"{method}{f' ({variant})' if variant else ''} on {pair_title(pair)}"]
    lines.append(" · ".join(part for part in meaning(table, backbone=True) if part != variant))
    interval = "" if cell.ci95 is None else f", 95 % interval [{fraction(cell.ci95[0])}, {fraction(cell.ci95[1])}]"
    lines.append(f"accuracy     {accuracy(cell)}{interval} (standard deviation and interval over {cell.n} seeds)")
    lines.append(f"gap covered  {share(cell.gap) or 'a bound of the table covers none'}")
    if pair in table.test_error:
        lines.append(f"test set     standard error up to ±{fraction(table.test_error[pair])}, not part of the interval")
    lines.append(f"oracle       {fraction(cell.oracle) or '-'} (best checkpoint by target labels: not a result)")
    lines += [f"warning      {flags(cell)}"] if flags(cell) else []
    lines += [f"data         {note}" for note in cell.data_notes]
    if left_out:
        lines.append(f"left out     {left_out} older runs of this cell, made with other code, data or settings")
    return "\n".join(lines)


def _seed_rows(runs: pd.DataFrame) -> Iterator[Sequence[str]]:
    yield "seed", "status", "selected", "last", "oracle", "steps", "train s", "wall s", "images/s"
    for run in runs.to_dict("records"):
        shares = [_number(run[f"accuracy_{name}"], ".4f") for name in ("selected", "last", "oracle")]
        times = [_number(run[name], ".1f") for name in ("train_s", "wall_s")]
        yield str(run["seed"]), run["status"], *shares, str(run["steps"]), *times, _number(run["examples_per_s"], ".0f")


def _number(value: float, form: str) -> str:
    return "-" if pd.isna(value) else format(value, form)


def _details(records: list[RunRecord]) -> Iterator[str]:
    """Details that only full records have."""
    if not records:
        return
    newest = max(records, key=lambda record: pd.Timestamp(record.finished))
    yield _section("Settings", aligned([name, repr(value)] for name, value in flat(newest.settings, empty=True)))
    by_seed = sorted(records, key=lambda record: record.seed)
    classes = list(dict.fromkeys(name for record in by_seed for name in record.per_class))
    if classes:
        rows = [["class", *(f"seed {record.seed}" for record in by_seed)]]
        rows += [[name, *(fraction(record.per_class.get(name)) or "-" for record in by_seed)] for name in classes]
        yield _section("Accuracy per class", aligned(rows))
    for record in by_seed:
        if record.checkpoints:
            yield _section(f"Checkpoints of seed {record.seed}", aligned(_checkpoints(record)))
    for record in by_seed:
        if record.error:
            yield _section(f"Error of seed {record.seed}", record.error.strip())


def _checkpoints(record: RunRecord) -> Iterator[Sequence[str]]:
    losses = list(dict.fromkeys(name for point in record.checkpoints for name in point.losses))
    scores = list(dict.fromkeys(name for point in record.checkpoints for name in point.scores))
    titles = [f"loss {name}" for name in losses] + [name.replace("_", " ") for name in scores]
    yield "step", *titles, NOT_SEEN, "picked by"
    for point in record.checkpoints:
        values = [_number(point.losses.get(name, float("nan")), ".4g") for name in losses]
        values += [_number(point.scores.get(name, float("nan")), ".4f") for name in scores]
        picked = [name for name, selection in record.selections.items() if selection.step == point.step]
        yield str(point.step), *values, f"{point.target_accuracy:.4f}", ", ".join(picked)


def _versions(runs: pd.DataFrame) -> Iterator[Sequence[str]]:
    """A line per value; seeds are named where they differ."""
    names = [name for name in runs.columns if name.startswith(("env_", "code_", "plugin_"))]
    for name in [*names, "settings_sha256", "comparison_sha256", "data_sha256", "chosen_by"]:
        by_value = runs.assign(_value=runs[name].astype(object).where(runs[name].notna(), "unknown")).groupby("_value")
        for value, same in by_value:
            seeds = "" if len(same) == len(runs) else f"seeds {', '.join(str(seed) for seed in same['seed'])}"
            yield name, str(value), seeds


def _files(runs: pd.DataFrame, records: Mapping[str, Path], table: Table, row: Row, word: str) -> str:
    lines = []
    for run_id, seed in zip(runs["run_id"], runs["seed"], strict=True):
        if run_id in records:
            path = records[run_id]
            log = path.with_suffix(".log")
            lines.append(f"seed {seed}  {path}" + (f"\nseed {seed}  {log}" if log.exists() else ""))
    bare = [run for run in runs.itertuples() if run.run_id not in records]
    if bare:
        seeds = [str(run.seed) for run in bare]
        lines.append(
            f"seeds {','.join(seeds)}: published rows only (a .csv file). Settings, checkpoints, accuracies per\n"
            "class, errors and logs are in the records of the machine that made them. To make them:\n"
            f"  {run_command(table, row, table.pairs[0], seeds, word)}"
        )
        lines += [f"seed {run.seed}  {run.status}: {run.error}" for run in bare if isinstance(run.error, str)]
    return "\n".join(lines)


def _section(title: str, body: str) -> str:
    return f"{title}\n{'-' * len(title)}\n{body}" if body else ""
