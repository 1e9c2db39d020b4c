"""Footnotes of a table, in every format that people read: the meaning of the numbers, and its limits."""

from __future__ import annotations

from collections.abc import Sequence

from dabench.leaderboard.formats.board import columns
from dabench.leaderboard.formats.text import (
    BELOW_ALONE,
    BEST,
    GAIN_ALONE,
    NO_GAIN,
    SEES,
    SOURCE_FREE,
    TIED,
    TUNED,
    bounded,
    family,
    fraction,
    pair_titles,
)
from dabench.leaderboard.marks import NO_PAIRS
from dabench.leaderboard.table import PER_PAIR, Cell, Table
from dabench.stats.gap import UNBOUNDED
from dabench.stats.ranks import Ranking
from dabench.stats.seeds import Interval

FEW = 3  # seeds
UNCORRECTED = "but not after Holm's correction over"
CURVE = (
    "area: under the accuracy over the labels asked for, from none to all, divided by the labels; labels: with which "
    "the mean accuracy first is that of the rule random with all labels"
)
TRAINED = (
    "trained: weights that learn the target, as a share of the network's; stored: numbers to keep for one more target, "
    "beside the network that has learned the source"
)
UNLIKE = (
    "runs of a seed on different kinds of machine are no pairs: shares, gains and tests leave them out, "
    "and methods that differ so are neither ranked nor called best or tied"
)


Note = tuple[object, str]  # what is true where the table needs the note, and the note


def footnotes(table: Table) -> list[str]:
    """The footnotes that the table needs. The marks of best and tied are the format's own: see `marks`."""
    cells = [cell for row in table.rows for cell in row.cells.values()]
    notes = (*_of_numbers(table, cells), *_of_track(table), *_of_rows(table, cells), *_of_table(table, cells))
    return [*(note for wanted, note in notes if wanted), *table.notes, *data_notes(table)]


def _of_numbers(table: Table, cells: Sequence[Cell]) -> list[Note]:
    """Accuracies, shares of the gap, intervals."""
    spread = any(cell.std is not None for cell in cells)
    return [
        (family(table), f"domains are those of {family(table).removesuffix('/')}"),
        (spread, "± standard deviation over seeds"),
        (
            any(cell.gap.value is not None for cell in cells),
            "% share of the gap from source only to train on target that is covered [95 % interval, each by itself]",
        ),
        (
            any(_unbounded_share(cell) and not cell.unlike for cell in cells),
            "a share without an interval: train on target lacks seeds that the method has",
        ),
        (
            any(_unbounded_share(cell) and cell.unlike for cell in cells),
            "a share without an interval: a bound lacks runs on the kind of machine of the method's runs",
        ),
        (
            not bounded(table) and any(not row.bound for row in table.rows),
            "no share of a gap: the table does not have both bounds",
        ),
        (
            bounded(table) and any(cell.mean is not None and cell.gap.why == "no bounds" for cell in cells),
            "no bounds: source only and train on target were not run with the settings of these rows",
        ),
        (
            any(cell.gap.why == "gap too small" for cell in cells),
            "gap too small: noise dominates the gap between the bounds, or there is none",
        ),
        *(
            (True, f"{why}: the gap between the bounds is larger than its noise, but so few seeds do not show it")
            for why in dict.fromkeys(cell.gap.why for cell in cells if cell.gap.why.endswith(UNBOUNDED))
        ),
        (spread, f"intervals over seeds cover {_noise(table)} only; {_test_error(table)}"),
        (table.test_error and not spread, _test_error(table)),
    ]


def _of_track(table: Table) -> list[Note]:
    """Data that methods see in a track, and the columns that only this track has."""
    gains = _gains(table)
    return [
        (table.track == "few_shot", _few_shot(table)),
        (table.track == "paired", _paired(table)),
        (table.track == "active", _active(table)),
        (any(row.curve for row in table.rows), CURVE),
        (gains, f"area minus that of random, paired by seed [95 % interval, each by itself]: {gains}"),
        (any(column.kind == "trained" for column in columns(table)), TRAINED),
    ]


def _of_rows(table: Table, cells: Sequence[Cell]) -> list[Note]:
    """Marks and words of rows and cells."""
    return [
        (
            any(row.sees_target_labels for row in table.rows),
            f"{SEES} trained with {'all ' * (table.track == 'few_shot')}target labels",
        ),
        (
            any(row.source_free for row in table.rows),
            f"{SOURCE_FREE} source-free: adapts a network trained on the source without looking at its examples again",
        ),
        (any(cell.tuned_on_target for cell in cells), f"{TUNED} options chosen with target labels for this pair"),
        (
            any(cell.collapsed for cell in cells),
            "collapsed: predicts (almost) one class; counted in the mean, never called best",
        ),
        (
            any(cell.failed + cell.timeout and cell.n for cell in cells),
            "where runs failed or timed out: the mean is over the other seeds; no average, never called best",
        ),
        (any(cell.fewer_seeds for cell in cells), "fewer seeds than others of the same settings: never called best"),
        (any(cell.not_above for cell in cells), "no method is called best where none is above source only"),
    ]


def _of_table(table: Table, cells: Sequence[Cell]) -> list[Note]:
    """Comparisons over the table, and what is left out of it."""
    networks = (
        f"{table.backbones[pair]} ({title})" for pair, title in pair_titles(table).items() if pair in table.backbones
    )
    return [
        (
            any(row.group for row in table.rows),
            "settings A, B, …: rows are compared where they have the same settings but for the method's own",
        ),
        (
            any(cell.gap.why == NO_PAIRS for cell in cells),
            "no pairs: the bounds were run on another kind of machine than these runs",
        ),
        (any(cell.unlike for cell in cells), UNLIKE),
        (table.transductive, "transductive: adapts on the test inputs, as the published protocol does"),
        (table.backbone == PER_PAIR, f"backbones: {', '.join(networks)}"),
        (table.ranking, _critical_difference(table.ranking) if table.ranking else ""),
        (table.left_out, f"{table.left_out} runs of older code, data or settings are left out"),
    ]


def _active(table: Table) -> str:
    """The labels that the methods of the track active see. source_only sees less, target_only more."""
    return (
        "active: methods may see the labelled source, target train, and the labels that the rule of the row, in "
        f"parentheses, asked for: {table.shots} in all"
    )


def _gains(table: Table) -> str:
    """The gain in area of every rule over random."""
    found = [(row.label, row.curve.gain) for row in table.rows if row.curve is not None and row.curve.gain is not None]
    return "; ".join(f"{label} {signed(gain)}" for label, gain in found)


def signed(gain: Interval) -> str:
    """A difference of accuracies with its interval: `+.012 [-.003, +.027]`."""
    low, high = (signed_fraction(end) if end is not None else "" for end in (gain.low, gain.high))
    return signed_fraction(gain.mean) + (f" [{low}, {high}]" if low else "")


def signed_fraction(value: float) -> str:
    """A difference as `+.012`."""
    return ("-" if value < 0 else "+") + f"{abs(value):.3f}".removeprefix("0")


def data_notes(table: Table) -> list[str]:
    """Notes on the data of any cell: rows that were left out, and remarks of the loaders."""
    return list(dict.fromkeys(note for row in table.rows for cell in row.cells.values() for note in cell.data_notes))


def _unbounded_share(cell: Cell) -> bool:
    return cell.n > 1 and cell.gap.value is not None and cell.gap.low is None


def marks(table: Table, best: str = BEST) -> list[str]:
    """The meaning of the marks of a table."""
    cells = [cell for row in table.rows for cell in row.cells.values()]
    among = " among rows of the same settings" if any(row.group for row in table.rows) else ""
    shared = " (also where means are equal)" if _shared_best(table) else ""
    tied = [cell for cell in cells if cell.tied and not cell.best]
    behind = max((-cell.behind_best.mean for cell in tied if cell.behind_best is not None), default=0.0)
    far = f", up to {100 * behind:.1f} points below" if behind >= 0.0005 else ""
    said = [
        (any(cell.best for cell in cells), f"{best} best method of the pair{among}{shared}"),
        (tied, f"{TIED} not distinguishable from it{far}"),
        (any(cell.below_alone for cell in cells), f"{BELOW_ALONE} below it, {UNCORRECTED} all pairs of methods"),
        (any(cell.no_gain for cell in cells), f"{NO_GAIN} not distinguishable from source only"),
        (any(cell.gain_alone for cell in cells), f"{GAIN_ALONE} distinguishable, {UNCORRECTED} the methods of a pair"),
    ]
    parts = [words for wanted, words in said if wanted]
    if any(wanted for wanted, _ in said[1:]):
        few = min((cell.n for cell in cells if cell.n > 1), default=0)
        so = f"; with {few} seeds only large and steady differences are" if few and few <= FEW else ""
        parts[-1] += f" (by 95 % intervals of paired differences over seeds, each by itself{so})"
    return [", ".join(parts)] if parts else []


def _shared_best(table: Table) -> bool:
    """Whether several methods of one group have the same, highest mean."""
    firsts = [(pair, row.group) for row in table.rows for pair in table.pairs if row.cells[pair].best]
    return len(firsts) > len(set(firsts))


def cited(table: Table) -> list[str]:
    """The sources of the published numbers that stand beside measured ones: `[1] Ganin …`."""
    used = {number.source for row in table.rows for cell in row.cells.values() for number in cell.published}
    return [f"[{place}] {source}" for place, source in enumerate(table.sources, start=1) if place in used]


def _few_shot(table: Table) -> str:
    """The labels that the methods of the track few_shot see. source_only sees less, target_only more."""
    each = "1 example" if table.shots == 1 else f"{table.shots} examples"
    shots = "all its labels" if table.shots == "all" else f"the labels of {each} of each of its classes"
    return f"few_shot: methods may see the labelled source, target train, and {shots}, the same for all methods"


def _paired(table: Table) -> str:
    """The samples that the methods of the track paired see. Source only sees less, train on target more."""
    return (
        "paired: methods may see the labelled source, target train without labels, and labelled simultaneous samples: "
        f"{table.shots} groups of each class (people, say; examples where there are no groups)"
    )


def _noise(table: Table) -> str:
    """The sources of noise between seeds."""
    return "training noise" if table.shots is None else "training noise and the draw of what is labelled"


def _test_error(table: Table) -> str:
    if not table.test_error:
        return f"the test set's standard error is not known for {table.metric.replace('_', ' ')}"
    low, high = (fraction(end(table.test_error.values())) for end in (min, max))
    return f"test-set standard error ±{high}" if low == high else f"test-set standard error ±{low} to ±{high}"


def _critical_difference(found: Ranking) -> str:
    p = "< .001" if found.p_value < 0.001 else f"= {fraction(found.p_value)}"
    return (
        f"mean ranks over {found.pairs} pairs: Friedman's test p {p}; closer than {found.difference:.2f} is not "
        "distinguishable (Nemenyi, level .05). Pairs that share a domain are not independent: take both as a guide"
    )
