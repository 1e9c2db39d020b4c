"""Pages for the tests of the HTML leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from dabench.leaderboard.beside import beside
from dabench.leaderboard.build import build_tables
from dabench.leaderboard.formats import html
from dabench.leaderboard.published import Published
from dabench.leaderboard.recorded import with_records
from dabench.leaderboard.table import Table
from dabench.runs.record import Checkpoint, PluginInfo, RunRecord, Selection
from tests.support.factories import make_frame, make_record, make_records

EVIL = "</script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
PAIRS = ("digits:digits_m", "glyphs:digits")
RUNS: dict[str, list[float | None]] = {
    "source_only": [0.50, 0.52, 0.51],
    "coral": [0.54, 0.55, 0.59],
    "dann": [0.70, 0.75, 0.80],
    "mmd": [0.71, None, 0.79],
    "target_only": [0.90, 0.91, 0.92],
}
PUBLISHED = {
    "suite": "mini",
    "tables": [
        {
            "citation": "Somebody 2019 & others",
            "unit": "percent",
            "pairs": ["digits:digits_m"],
            "rows": [
                {"method": "dann", "printed": "DANN", "accuracy": [81.5]},
                {"method": "gfk", "printed": "GFK", "accuracy": [61.5]},
            ],
        }
    ],
}


def records(runs: Mapping[str, Sequence[float | None]] | None = None) -> list[RunRecord]:
    """Two pairs with checkpoints and selections; `mmd` is another plugin's."""
    other = PluginInfo(distribution="dabench-mmd", version="2.0", source_sha256="b" * 64)
    points = [
        Checkpoint(
            step=step,
            losses={"class": 100 / step, "domain": float("nan") if step == 200 else 0.6},
            scores={},
            target_accuracy=0.4 + step / 1000,
        )
        for step in (100, 200, 300)
    ]
    picks = {"last_step": Selection(step=300, accuracy=0.7), "oracle": Selection(step=200, accuracy=0.75)}
    made = [
        record for pair in PAIRS for record in make_records(runs or RUNS, pair, checkpoints=points, selections=picks)
    ]
    return [record.model_copy(update={"plugin": other}) if record.method == "mmd" else record for record in made]


def tables(*more: RunRecord) -> list[Table]:
    """The tables of `records` and more, with everything that a page can show."""
    everything = [*records(), *more]
    made = beside(build_tables(make_frame(*everything), labels={"dann": "DANN"}), Published.model_validate(PUBLISHED))
    return with_records(made, [(Path(f"{record.seed}-{record.run_id[:12]}.json"), record) for record in everything])


def evil() -> str:
    """A page on which everything that a plugin or a record can name is hostile."""
    plugin = PluginInfo(distribution=EVIL, version=EVIL, source_sha256="b" * 64)
    names = ("source", "target", "method", "variant", "error", "selector", "track", "backbone", "precision")
    points = [Checkpoint(step=step, losses={EVIL: 1.0 / step}, scores={}, target_accuracy=0.5) for step in (1, 2)]
    picked = {EVIL: Selection(step=1, accuracy=0.5)}
    hostile = [  # copied, since a record with such names cannot be made or read
        make_record(value, seed=seed, selections=picked, checkpoints=points).model_copy(
            update={**dict.fromkeys(names, EVIL), "settings": {EVIL: EVIL}, "plugin": plugin}
        )
        for seed, value in enumerate((0.5, 0.6))
    ]
    made = build_tables(make_frame(*hostile), labels={EVIL: EVIL}, origin=EVIL)
    return html.render(with_records(made, [(Path("x.json"), record) for record in hostile]))
