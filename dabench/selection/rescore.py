"""Selection from kept outputs of checkpoints, without training."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from dabench.errors import ResultsError, UsageError
from dabench.plugin.registry import Registry
from dabench.results.record_file import write_atomic
from dabench.runs.record import RunRecord
from dabench.selection.output_files import missing_outputs, outputs_folder
from dabench.selection.rule import answered, ask_all
from dabench.specs.spec import SelectorSpec


@dataclass(frozen=True)
class Rescored:
    """The result of one record.

    Attributes:
        why: why it has no new selection; empty if it has, or had them all.
        changed: whether its file was written anew.
    """

    record: RunRecord
    why: str = ""
    changed: bool = False


def label_free(registry: Registry, names: Sequence[str] | None = None) -> list[SelectorSpec]:
    """The selectors of these names, or all there are.

    Raises:
        UsageError: an unknown name, none at all, or one that uses target labels.
    """
    if names is None:
        return [spec for spec in registry.specs(SelectorSpec).values() if not spec.uses_target_labels]
    specs = [registry.get(SelectorSpec, name).spec for name in names]
    for spec in specs:
        if spec.uses_target_labels:
            raise UsageError(
                f"the selector {spec.name} uses target labels: every record has it beside the result already"
            )
    if not specs:
        raise UsageError("no selector is named. `dabench list selectors` lists the choices.")
    return specs


def rescore(
    results: Path,
    suite: str,
    records: Sequence[tuple[Path, RunRecord]],
    specs: Sequence[SelectorSpec],
    *,
    fresh: bool = False,
    word: str = "",
) -> Iterator[Rescored]:
    """Ask selectors about every finished run of a suite, and write their picks into its record.

    A record keeps its identity, its own selector and the accuracy that this one reports: `selections` and the
    checkpoints' `scores` get new entries.

    Args:
        results: folder of records.
        suite: its name.
        records: those of the suite, as `find_records` gives them.
        specs: whom to ask.
        fresh: also ask those that have answered.
        word: how a command names the suite, if not by its name: the path of its file.

    Yields:
        Each record, as soon as it is done with.

    Raises:
        ResultsError: there are no records, or one cannot be written.
    """
    found = [(path, record) for path, record in records if record.done]
    if not found:
        raise ResultsError(
            f"there are no records of finished runs of {suite!r} in {results}. "
            f"`dabench run {shlex.quote(word or suite)} --outputs 5000` makes some, and keeps what selectors read."
        )
    for path, record in found:
        yield ask(path, record, [spec for spec in specs if fresh or not answered(record, spec)], results)


def ask(path: Path, record: RunRecord, specs: Sequence[SelectorSpec], results: Path) -> Rescored:
    """Ask selectors about the record in a file, and write their picks into it."""
    missing = missing_outputs(record, results)
    answerable = [spec for spec in specs if not (spec.needs_outputs and missing)]
    left_out = [spec.name for spec in specs if spec not in answerable]
    why = ""
    if left_out:
        why = f"no outputs for {', '.join(left_out)}: {missing[0].parent} lacks some, or has damaged or older ones"
    if not answerable:
        return Rescored(record, why)
    with threadpool_limits(1):  # so that the last bits do not depend on the machine's cores
        checkpoints, selections = ask_all(answerable, record.checkpoints, outputs_folder(results, record.run_id))
    update = {"checkpoints": checkpoints, "selections": record.selections | selections}
    scored = record.model_copy(update=update)
    if scored != record:
        write_atomic(path, scored.to_json())
    return Rescored(scored, why, scored != record)
