"""Tables, as every format of a leaderboard renders them: rows of cells. Built from runs by `build.build_tables`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from dabench.config.settings import Shots
from dabench.runs.record import SCORED, RunRecord
from dabench.stats.gap import Gap
from dabench.stats.ranks import Ranking
from dabench.stats.seeds import ALPHA, Interval

CellStatus = Literal["ok", "failed", "collapsed", "timeout", "missing", "incomplete"]

NO_GAP = Gap(None, None, None, 0, "no runs")
PER_PAIR = "per pair"  # the backbone of a table whose suite names another one for some of its pairs


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The full record of a run, where it is at hand.

    Attributes:
        pictures: title -> PNG file, of its features, say.
    """

    record: RunRecord
    pictures: Mapping[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Printed:
    """A published number beside a measured one.

    Attributes:
        accuracy: a fraction.
        source: place of its citation in `Table.sources`, from 1.
        name: what the paper calls the method.
        note: what to know before comparing.
    """

    accuracy: float
    source: int
    name: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Unmeasured:
    """A method that is published for some of a table's pairs and was not measured here."""

    method: str
    variant: str
    cells: Mapping[str, tuple[Printed, ...]]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One method on one pair, over seeds. Accuracies are fractions.

    Attributes:
        mean: of the selected checkpoint's accuracy over runs that have one, collapsed ones included; None without any.
        std: standard deviation (n - 1) over seeds; None for one seed.
        ci95: Student's t interval of the mean: training noise only.
        n: runs that have an accuracy, of `expected` seeds.
        test_error: standard error of the mean from the size of the test set; None where the metric is no accuracy.
        gap: share of the gap between the bounds that is covered, paired by seed.
        gain: difference from source_only under the same settings, paired by seed; None without it, and for bounds.
        p_gain: two-sided paired t-test of the gain, by itself as its interval is.
        p_source_only: the same, corrected for all methods of the pair.
        p_best: test against the best method, corrected for all pairs of methods; see `stats.seeds.against_best`.
        behind_best: difference from the best method, with its interval by itself; None without a best one.
        oracle, last: mean of the best checkpoint (uses target labels: never a result) and of the last one.
        status: what to warn of first; counts of each are in `failed`, `collapsed` and `timeout`.
        best, tied: within the row's group on this pair; the best is also tied, and so is a method whose `behind_best`
            includes 0. Never set on bounds.
        fewer_seeds: than another method with the same settings on this pair has: it is not called the best.
        not_above: could be the best but for source only, which no method of its group is above.
        tuned_on_target: the options were chosen with target labels.
        data_notes: what was left out of its data, and what else their loaders said.
        unlike: some runs of a seed are on another kind of machine than those of source_only or of other methods, and so
            no pairs: they are left out of gap, gain and tests, or there is no best.
        backbone: the network.
        runs: rows of the frame of runs (columns as in `runs.record.flatten`), by seed.
        from_csv: how many of them were read from a published file, in a table that has records too.
        verified: how many of them were reproduced elsewhere, with the same numbers or others within the noise.
        published: what papers print for this method and pair.
    """

    mean: float | None = None
    std: float | None = None
    ci95: tuple[float, float] | None = None
    n: int = 0
    expected: int = 0
    test_error: float | None = None
    gap: Gap = NO_GAP
    gain: Interval | None = None
    p_gain: float | None = None
    p_source_only: float | None = None
    p_best: float | None = None
    behind_best: Interval | None = None
    oracle: float | None = None
    last: float | None = None
    status: CellStatus = "missing"
    failed: int = 0
    collapsed: int = 0
    timeout: int = 0
    best: bool = False
    tied: bool = False
    fewer_seeds: bool = False
    not_above: bool = False
    tuned_on_target: bool = False
    data_notes: tuple[str, ...] = ()
    unlike: bool = False
    backbone: str = ""
    runs: tuple[Any, ...] = ()
    from_csv: int = 0
    verified: int = 0
    published: tuple[Printed, ...] = ()

    @property
    def no_gain(self) -> bool:
        """Whether the interval of the gain includes 0, so that the method cannot be told from source_only."""
        return self.gain is not None and self.gain.includes_zero

    @property
    def gain_alone(self) -> bool:
        """Whether the interval of the gain excludes 0 by itself, and the corrected test finds no difference."""
        return not self.no_gain and self.p_source_only is not None and self.p_source_only >= ALPHA

    @property
    def below_alone(self) -> bool:
        """Whether the method is below the best by the interval itself, and not by the corrected test."""
        return not self.tied and self.p_best is not None and self.p_best >= ALPHA

    @property
    def complete(self) -> bool:
        """Whether the cell may enter an average: it has an accuracy and no run of it failed."""
        return self.status in (*SCORED, "incomplete")


@dataclass(frozen=True)
class Curve:
    """Accuracy over the labels asked for, of a method with a rule, over all pairs.

    Attributes:
        area: under it, divided by the labels: the mean accuracy on the way; None where a round of a pair is missing.
        gain: of the area over that of the rule `random` with the same method, paired by seed; None for that rule
            itself, and without it.
        needed: labels with which the mean accuracy of every pair is that of `random` with all labels, the first round
            that has them; None if none has, and without `random`.
    """

    area: float | None
    gain: Interval | None
    needed: int | None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One method in one variant.

    Attributes:
        label: what to print: the method's title, with the variant in parentheses unless all rows share it.
        distribution: the package that the method came from.
        bound: one of the two rows that frame the table.
        sees_target_labels: trained on them.
        source_free: the last stage of its training used no source.
        group: letter of the rows that are compared with each other; empty where all rows are.
        average: mean of the cells' means; None unless every pair is complete.
        trained: weights that the last stage trains, where it uses no source, as a share of the network's; the mean over
            pairs.
        stored: numbers to be stored for one more target, beside the network that has learned the source; likewise.
        curve: in the track active, over the labels asked for.
        rank: mean rank over pairs among methods with the same settings, 1 is best; None for bounds and unless complete.
    """

    method: str
    variant: str
    label: str
    distribution: str
    bound: bool
    sees_target_labels: bool
    source_free: bool
    cells: Mapping[str, Cell]
    average: float | None
    rank: float | None
    group: str = ""
    trained: float | None = None
    stored: int | None = None
    curve: Curve | None = None


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows that may be compared: one suite version, track, number of shots, metric and selector, and on each pair one
    backbone.

    Attributes:
        backbone: of all pairs, or `PER_PAIR`.
        backbones: pair -> its backbone.
        pairs: `source:target`, the columns.
        seeds: those expected in each cell.
        variant: the one that all rows share.
        test_error: pair -> largest standard error of its cells from the size of the test set; a fraction.
        failed, collapsed, timeout: how many of the `runs` are.
        from_csv: how many of the `runs` were read from a published file, where others were from records.
        left_out: runs of older code, data or settings that do not count.
        device: what the runs were made on.
        origin: where the runs were read from.
        notes: what a reader must know beyond the numbers.
        ranking: of the methods over the pairs, from `stats.ranks.LEAST_PAIRS` pairs on.
        sources: citations of published numbers, numbered from 1.
        unmeasured: methods that are published for these pairs, but have no row.
        records: by run_id, for formats that want them.
    """

    suite: str
    suite_version: int
    track: str
    shots: Shots | None
    backbone: str
    backbones: Mapping[str, str]
    metric: str
    selector: str
    transductive: bool
    precision: str
    pairs: tuple[str, ...]
    seeds: tuple[int, ...]
    variant: str
    rows: tuple[Row, ...]
    test_error: Mapping[str, float]
    runs: int
    failed: int
    collapsed: int
    timeout: int
    left_out: int
    device: str
    origin: str
    notes: tuple[str, ...]
    from_csv: int = 0
    ranking: Ranking | None = None
    sources: tuple[str, ...] = ()
    unmeasured: tuple[Unmeasured, ...] = ()
    records: Mapping[str, Recorded] = field(default_factory=dict)
