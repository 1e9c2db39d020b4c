"""Rounds of the track active: the parent process asks for labels by a rule, and reveals those that it asked for.

A run of round r is given the labels that rounds 1 to r asked for. Round r asks by the outputs that the run of round
r - 1 kept, and the first by those of source_only, which all methods and rules share. A rule sees outputs, and the
labels of rows that were asked for before; it runs where no label of another row is at hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.data.prepared import PreparedDomain
from dabench.errors import DabenchError, PluginError
from dabench.methods.pool import Pool
from dabench.plugin.registry import Registry
from dabench.runs.plan import Plan, PlannedRun
from dabench.runs.record import RunRecord
from dabench.seeding import numpy_generator
from dabench.selection.output_files import outputs_file, outputs_folder
from dabench.selection.outputs import Outputs, read_outputs, target_rows
from dabench.specs.names import LOWER
from dabench.specs.spec import AskSpec, Registered

Rows = NDArray[np.int64]


class Asker:
    """Asks for the labels of the runs of a plan."""

    def __init__(self, plan: Plan, results: Path, registry: Registry, records: Mapping[str, RunRecord]) -> None:
        """Keep what is needed.

        Args:
            plan: with the runs of all rounds.
            results: the folder that keeps the outputs of runs.
            registry: of plugins, for the rules.
            records: of runs that are done, by `run_id`; it grows from round to round.
        """
        self._plan, self._results, self._registry, self._records = plan, results, registry, records
        self._runs = {_place(run, run.round): run for run in plan.runs}

    def rows(self, run: PlannedRun) -> Rows:
        """The rows of target train whose labels a run is given, in the order in which they were asked for.

        Raises:
            DabenchError: the round before has come to nothing, or the rule asks for what it cannot have.
        """
        ask = run.settings.ask
        assert ask is not None, "only such runs are asked for"
        before = self._before(run)
        record = self._records.get(before.run_id)
        if record is None or not record.done:
            raise DabenchError(f"round {ask.round} asks by the outputs of {before}, which has come to nothing")
        file = outputs_file(outputs_folder(self._results, record.run_id), record.checkpoints[-1].step)
        asked = np.array(record.asked, dtype=np.int64)
        domain = self._plan.domains[run.target]
        pool, offered = pool_of(read_outputs(file), domain, asked, run.seed)
        rule = self._registry.get(AskSpec, ask.rule)
        generator = numpy_generator(run.seed, f"ask:{ask.rule}", ask.round)
        return np.concatenate([asked, offered[chosen(rule, pool, ask.per_round, generator)]])

    def _before(self, run: PlannedRun) -> PlannedRun:
        """The run of the round before, or source_only for the first.

        Raises:
            DabenchError: the plan has no such run.
        """
        found = self._runs.get(_place(run, run.round - 1))
        if found is None:
            raise DabenchError(f"{run}: the plan has no run of round {run.round - 1}, by which this one asks")
        return found


def _place(run: PlannedRun, number: int) -> tuple[Any, ...]:
    """The key of a round of one curve. Round 0 has source_only alone, for all curves."""
    curve = (LOWER, "") if number == 0 and run.method.name != "target_only" else (run.method.name, run.variant)
    return run.pair, run.seed, run.comparison_sha256, *curve, number


def pool_of(outputs: Outputs, domain: PreparedDomain, asked: Rows, seed: int) -> tuple[Pool, Rows]:
    """The pool of a rule, in the order of row numbers, and the rows of target train that it may ask for.

    Args:
        outputs: of the round before.
        domain: the target, whose labels of the rows that were asked for are looked up.
        asked: rows of target train with a label.
        seed: of the run.
    """
    y = domain.labels_of("train")
    kept = target_rows(seed, len(y))[: len(outputs.target_logits)]
    order = np.argsort(kept)
    place = dict(zip(kept[order].tolist(), order.tolist(), strict=True))
    known = np.array([place[row] for row in asked.tolist()], dtype=np.int64)
    offered = np.setdiff1d(kept, asked)
    free = np.array([place[row] for row in offered.tolist()], dtype=np.int64)
    pool = Pool(
        logits=outputs.target_logits[free],
        embeddings=outputs.target_embeddings[free],
        asked_logits=outputs.target_logits[known],
        asked_embeddings=outputs.target_embeddings[known],
        asked_y=np.array(y[asked]),
        val_logits=outputs.val_logits,
        val_embeddings=outputs.val_embeddings,
        val_y=outputs.val_y,
    )
    return pool, offered


def chosen(rule: Registered[AskSpec], pool: Pool, count: int, generator: np.random.Generator) -> Rows:
    """The places in the pool that a rule asks for, int64 (count,).

    Raises:
        DabenchError: the pool has fewer rows.
        PluginError: the rule raises, or returns something else than so many different places.
    """
    named = f"the rule {rule.spec.name} of {rule.origin} ({rule.spec.entry_point})"
    if count > len(pool):
        raise DabenchError(
            f"{count} labels are asked for, and {len(pool)} unlabelled rows are left: ask for fewer (ask.rounds, "
            "ask.per_round)"
        )
    if not np.isfinite(pool.logits).all() or not np.isfinite(pool.embeddings).all():
        raise DabenchError(f"{named} cannot choose: the outputs of the round before are no numbers")
    function = rule.load()
    try:
        found = np.asarray(function(pool, count, generator))
    except Exception as error:  # a plugin's rule may raise anything
        raise PluginError(f"{named} has failed: {type(error).__name__}: {error}.") from error
    if found.shape != (count,) or not np.issubdtype(found.dtype, np.integer):
        raise PluginError(
            f"{named} returns an array of shape {found.shape} and type {found.dtype}, and {count} whole numbers are "
            "needed: places in the pool."
        )
    if (found < 0).any() or (found >= len(pool)).any():
        wrong = found[(found < 0) | (found >= len(pool))][0]
        raise PluginError(f"{named} asks for row {wrong}, which it was not offered: there are 0 to {len(pool) - 1}.")
    values, times = np.unique(found, return_counts=True)
    if len(values) < count:
        raise PluginError(f"{named} asks for row {values[times > 1][0]} more than once: each label is revealed once.")
    return found.astype(np.int64)
