"""`dabench.Results`: runs, and what can be said of them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from dabench.api.leaderboard import Leaderboard
from dabench.config.row_choice import RowChoice, row_of
from dabench.errors import ResultsError, UsageError, unknown
from dabench.leaderboard.table import Row, Table
from dabench.results.cells import pair_column

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from dabench.api.trained_model import TrainedModel
    from dabench.plugin.registry import Registry
    from dabench.runs.record import RunRecord
    from dabench.trained.model import Model


class Results:
    """Runs, as `dabench.run` and `dabench.load` return them.

    Attributes:
        folder: where the records are, or the published file.
    """

    def __init__(self, runs: pd.DataFrame, tables: Sequence[Table], folder: Path, registry: Registry) -> None:
        """Keep the runs.

        Args:
            runs: a row for each, columns as in `docs/../results/README.md`.
            tables: made of them.
            folder: where they come from.
            registry: of plugins, with the methods of the runs.
        """
        self._registry = registry
        self._runs, self._tables, self.folder = runs.reset_index(drop=True), tuple(tables), folder

    def __len__(self) -> int:
        return len(self._runs)

    def __repr__(self) -> str:
        failed = int((~self._runs["status"].isin(["ok", "collapsed"])).sum())
        suites = ", ".join(sorted(self._runs["suite"].unique()))
        return f"<Results of {suites or 'nothing'}: {len(self)} runs, {failed} failed, in {self.folder}>"

    def frame(self) -> pd.DataFrame:
        """The runs, one row each: settings, accuracies, times and machine, columns as in published files.

        `pair` is `source:target`. A failed run has no accuracy, and its `error`.
        """
        frame = self._runs.copy()
        frame.insert(0, "pair", pair_column(frame))
        return frame

    def table(self) -> Leaderboard:
        """The leaderboard: printed in a terminal as `dabench run` prints it, in a notebook as a table."""
        return Leaderboard(self._tables)

    def gap(self) -> pd.DataFrame:
        """The share of the gap between the bounds that each method covers on each pair.

        Returns:
            A row for each method and pair, with `gap` (0 as good as source only, 1 as the upper bound), the ends `low`
            and `high` of its 95 % interval over seeds (Fieller 1954), the seeds `n`, and `why` there is none.
        """
        rows = [
            {**_place(table, row, pair), "gap": gap.value, "low": gap.low, "high": gap.high, "n": gap.n, "why": gap.why}
            for table in self._tables
            for row in table.rows
            if not row.bound
            for pair in table.pairs
            if (gap := row.cells[pair].gap)
        ]
        return pd.DataFrame(rows, columns=[*PLACE, "gap", "low", "high", "n", "why"])

    def compare(self, method: str, other: str) -> pd.DataFrame:
        """The lead of one method over another on each pair, over the seeds that both have.

        The comparison is taken as one that was named in advance: nothing is corrected for other methods. `dabench
        versus` corrects for all of a table.

        Args:
            method: a name, or a row as in `dann:long`.
            other: likewise.

        Returns:
            A row for each pair, with the mean `difference` of accuracies as a fraction, the ends `low` and `high` of
            its 95 % interval, `p` of the two-sided paired t-test, and the `verdict`: `better`, `even`, `worse`, or
            `no test` where there are fewer than two seeds.

        Raises:
            UsageError: there is no run of one of them.
        """
        from dabench.leaderboard.versus import difference

        rows = []
        for table in self._tables:
            own, rival = self._rows(table, method), self._rows(table, other)
            for first, second, pair in ((a, b, pair) for a in own for b in rival for pair in table.pairs):
                found = None if first is second else difference(first, second, pair)
                if found is not None:
                    interval = found.interval
                    values = (interval.mean, interval.low, interval.high, found.p, found.verdict)
                    named = {**_place(table, first, pair), "other": second.label}
                    rows.append({**named, **dict(zip(COMPARED, values, strict=True))})
        if not rows:
            for name in (method, other):
                if not any(self._rows(table, name) for table in self._tables):
                    raise unknown("method in these results", name, set(self._runs["method"]))
        return pd.DataFrame(rows, columns=[*PLACE, "other", *COMPARED])

    def plot(self) -> Figure:
        """A picture of the leaderboard; of several numbers of shots, of accuracy over their number.

        Returns:
            A matplotlib figure, which a notebook shows and `savefig` writes.

        Raises:
            ResultsError: there is nothing to draw.
        """
        from dabench.leaderboard.plots.accuracies import draw_accuracies
        from dabench.leaderboard.plots.shots import shots_figure

        if not self._tables:
            raise ResultsError("there are no runs to draw")
        several = len({table.shots for table in self._tables} - {None}) > 1
        return shots_figure(self._tables) if several else draw_accuracies(self._tables)

    def model(self, method: str | type, pair: str | None = None, seed: int | None = None) -> TrainedModel:
        """The trained model of a run that was made with `save=["models"]`.

        Args:
            method: a name, a row as in `dann:long`, or the class.
            pair: `source:target`; need not be said where the runs are of one.
            seed: the first if None.

        Raises:
            UsageError: there is no such run, or more than one.
            ResultsError: it kept no model, or the files are gone or damaged.
        """
        from dabench.api.trained_model import TrainedModel

        return TrainedModel(self._opened(method, pair, seed))

    def predictions(self, method: str | type, pair: str | None = None, seed: int | None = None) -> pd.DataFrame:
        """The predictions of the target's test split of a run that was made with `save=["predictions"]`.

        Returns:
            A row for each example, in the order of the split: `row`, `predicted`, and a `score_` for each class.

        Raises:
            UsageError: there is no such run, or more than one.
            ResultsError: it kept none, or the file is gone or damaged.
        """
        from dabench.results.artifact_names import PREDICTIONS
        from dabench.results.artifacts import artifact

        return pd.read_parquet(artifact(self.folder, self._record(method, pair, seed), PREDICTIONS))

    def _opened(self, method: str | type, pair: str | None, seed: int | None) -> Model:
        from dabench.plugin.method_class import with_classes
        from dabench.trained.model import open_model

        registry = with_classes(self._registry, [method])[0] if isinstance(method, type) else self._registry
        return open_model(self._record(method, pair, seed), self.folder, registry)

    def _record(self, method: str | type, pair: str | None, seed: int | None) -> RunRecord:
        """The record of one run."""
        from dabench.plugin.method_class import name_of
        from dabench.trained.records import find_record

        word = name_of(method, self._registry) if isinstance(method, type) else method
        choice, frame = RowChoice.parse(word), self.frame()
        rows = zip(frame["method"].tolist(), frame["variant"].tolist(), strict=True)
        frame = frame[[choice.takes(name, row_of(variant)) for name, variant in rows]]
        frame = frame if pair is None else frame[frame["pair"] == pair]
        if not frame.empty:
            frame = frame[frame["seed"] == (frame["seed"].min() if seed is None else seed)]
        if len(frame) != 1:
            asked = ", ".join(str(part) for part in (word, pair, None if seed is None else f"seed {seed}") if part)
            found = ", ".join(f"{run.pair} {run.method} ({run.variant})" for run in frame.head(5).itertuples())
            raise UsageError(f"{len(frame)} runs are {asked}{f': {found}. Name the pair or the row' * bool(found)}.")
        return find_record(str(frame["run_id"].iloc[0]), self.folder)[0]

    @staticmethod
    def _rows(table: Table, name: str) -> list[Row]:
        choice = RowChoice.parse(name)
        return [row for row in table.rows if choice.takes(row.method, row_of(row.variant))]


PLACE = ("suite", "pair", "shots", "method")
COMPARED = ("difference", "low", "high", "p", "verdict")


def _place(table: Table, row: Row, pair: str) -> dict[str, object]:
    return {"suite": table.suite, "pair": pair, "shots": table.shots, "method": row.label}


def load(path: str | Path = "results", suite: str | None = None) -> Results:
    """Runs that were recorded or published.

    Args:
        path: a results folder, a published .csv file, or a .json record.
        suite: only the runs of this one.

    Raises:
        ResultsError: the path does not exist, or there are no runs in it.
    """
    from dabench.api.run import open_registry
    from dabench.leaderboard.build import build_tables
    from dabench.results.folder import read_results
    from dabench.session.run_session import flaw_lines, labels, regenerated

    registry = open_registry()
    found = read_results(Path(path), suite)
    for line in flaw_lines(found.flaws, Path(path)):
        warnings.warn(line, stacklevel=2)
    tables = build_tables(
        found.frame,
        labels=labels(registry),
        origin=str(path),
        regenerated=regenerated(registry),
        from_csv=found.from_csv,
    )
    return Results(found.frame, tables, Path(path), registry)
