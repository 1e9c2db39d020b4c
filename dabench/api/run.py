"""`dabench.run`: the runs of a suite, or of arrays, from Python."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict, Unpack

from dabench.api.own_suite import suite_of
from dabench.api.results import Results
from dabench.config.overrides import overrides_of
from dabench.config.parse import parse_seeds, parse_shots
from dabench.config.suite_file import find_suite
from dabench.domains.own.given import Pair
from dabench.errors import UsageError, unknown
from dabench.plugin.method_class import VERSION, with_classes
from dabench.plugin.method_file import with_files
from dabench.plugin.registry import Registry, load_registry
from dabench.printable import printable, shown
from dabench.session.choices import RunChoices, Selection
from dabench.session.failures import failures
from dabench.session.run_session import RunSession, remarks, with_observers
from dabench.specs.names import canonical
from dabench.specs.spec import DomainSpec, Origin, Registered

if TYPE_CHECKING:
    from dabench.methods.base import DeepMethod, FeatureMethod

    Method = str | type[DeepMethod] | type[FeatureMethod]


class RunKeywords(TypedDict, total=False):
    """Further arguments of `run`, each as the option of `dabench run` of that name.

    Attributes:
        shots: numbers of labelled target examples, instead of a few_shot suite's.
        steps: training steps per run.
        backbone: instead of the suite's, with its own defaults.
        selector: whose checkpoint is reported.
        precision: of training.
        device: where to compute.
        launcher: how.
        workers: runs at a time.
        timeout: seconds per run.
        memory: GiB that a run may add to its worker.
        outputs: rows whose scores and embeddings are kept at each checkpoint.
        save: what is kept of each run: `models`, `predictions`.
        log: names of observers that are told of the runs, such as `tensorboard`.
        log_every: steps after which they are told the losses.
        fail_fast: stop at the first run that fails.
        fresh: repeat runs that exist already.
    """

    shots: Sequence[int | Literal["all"]]
    steps: int
    backbone: str
    selector: str
    precision: Literal["fp32", "bf16", "auto"]
    device: Literal["auto", "cpu", "cuda"]
    launcher: str
    workers: int
    timeout: float
    memory: float
    outputs: int
    save: Sequence[Literal["models", "predictions"]]
    log: Sequence[str]
    log_every: int
    fail_fast: bool
    fresh: bool


def run(
    suite: str | Path | Pair = "mini",
    *,
    methods: Sequence[Method] | None = None,
    pairs: Sequence[str | Pair] | None = None,
    seeds: Iterable[int] | int | str | None = None,
    settings: Mapping[str, Any] | None = None,
    results: str | Path = "results",
    **keywords: Unpack[RunKeywords],
) -> Results:
    """Make the runs of a suite that have no record yet, and return all of them.

    It does what `dabench run` does, and shares the results folder with it: whatever either has recorded is not made
    again. Progress goes to stderr, in a notebook to the output of the cell. Ctrl-C, or the button that stops a cell,
    loses no run that has ended.

    Args:
        suite: a name, a file, or a pair of arrays (`dabench.pair`), which brings settings for its kind of examples.
        methods: names, rows as in `dann:long`, files as in `./my_method.py:MyMethod`, and classes that inherit
            `DeepMethod` or `FeatureMethod`; all of the suite if None. The bounds are always there.
        pairs: `source:target`, or pairs of arrays; all of the suite if None.
        seeds: numbers, or text as in `0-4`; those of the suite if None.
        settings: as of `--set`: `{"dann.weight": 0.5, "budget.batch": 64}`; None restores the default of a key.
        results: folder of records.
        **keywords: see `RunKeywords`.

    Returns:
        The runs that were asked for, those that failed among them.

    Raises:
        DabenchError: something that you can fix, as the message says; see `dabench.errors`.
        TypeError: there is no such argument.
        KeyboardInterrupt: the runs were interrupted; the same call goes on.
    """
    _refuse_unknown(keywords)
    given = [item for item in [suite, *(pairs or ())] if isinstance(item, Pair)]
    registry = _with_arrays(open_registry(), given)
    registry, names = with_classes(registry, _listed("methods", methods))
    registry, names = with_files(registry, names)
    registry = with_observers(registry, _listed("log", keywords.get("log")), Path(results))
    chosen = suite_of(suite) if isinstance(suite, Pair) else find_suite(str(suite), registry)
    if "selector" in keywords:
        chosen = chosen.model_copy(update={"selector": canonical(keywords["selector"])})
    session = RunSession(registry, _choices(results, keywords), names, _say)
    wanted = Selection(
        suite=chosen,
        methods=None if methods is None else names,
        pairs=None if pairs is None else [item.name if isinstance(item, Pair) else item for item in pairs],
        seeds=None if seeds is None else _parsed("seeds", parse_seeds, _listed("seeds", seeds)),
        shots=_parsed("shots", parse_shots, ",".join(map(str, keywords["shots"]))) if "shots" in keywords else None,
        overrides=overrides_of(
            settings or {},
            keywords.get("steps"),
            backbone=keywords.get("backbone"),
            precision=keywords.get("precision"),
        ),
    )
    return _carried_out(session, wanted, Path(results), keywords)


def _carried_out(session: RunSession, wanted: Selection, folder: Path, keywords: RunKeywords) -> Results:
    from dabench.planning.jobs import output_rows

    with session.busy():
        plan = session.plan(wanted)
    for line in remarks(plan):
        _say(line)
    rows = output_rows(plan.suite, session.registry, keywords.get("outputs"))
    save = _listed("save", keywords.get("save"))
    every = keywords.get("log_every", 0)
    options = session.options(fail_fast=keywords.get("fail_fast", False), output_rows=rows, save=save, log_every=every)
    recorder = session.recorder(plan, options, fresh=keywords.get("fresh", False))
    session.run_plan(recorder, options)
    stems = {item.run_id: item.stem for item in plan.runs}
    for line in failures(recorder.failed_rows, folder / "runs", stems):
        _say(line)
    return Results(recorder.stored.frame, session.tables(recorder, options), folder, session.registry)


def open_registry() -> Registry:
    """The plugins of this environment, with a warning for each that is broken."""
    registry = load_registry()
    registry.keeps_facts = True
    for trouble in registry.troubles:
        warnings.warn(trouble, stacklevel=3)
    return registry


def _refuse_unknown(keywords: Mapping[str, Any]) -> None:
    for name in keywords:
        if name not in RunKeywords.__annotations__:
            raise TypeError(str(unknown("argument of dabench.run", name, RunKeywords.__annotations__)))


def _choices(results: str | Path, keywords: RunKeywords) -> RunChoices:
    if keywords.get("device", "auto") not in ("auto", "cpu", "cuda"):
        raise UsageError(f"device is auto, cpu or cuda, not {keywords['device']!r}")
    for name in ("workers", "timeout", "memory", "log_every"):
        value = keywords.get(name)
        if value is not None and not (isinstance(value, int | float) and value > 0):
            raise UsageError(f"{name} is a number above 0, not {shown(value)}")
    return RunChoices(
        device=keywords.get("device", "auto"),
        launcher=keywords.get("launcher", "processes"),
        workers=keywords.get("workers"),
        timeout_s=keywords.get("timeout"),
        memory_gib=keywords.get("memory"),
        directory=Path(results),
    )


def _with_arrays(registry: Registry, pairs: Sequence[Pair]) -> Registry:
    """The registry with the domains of pairs of arrays.

    Raises:
        UsageError: a plugin has a domain of that name, or two pairs have other arrays under it.
    """
    known, found = registry.all(DomainSpec), dict[str, Registered[DomainSpec]]()
    origin = Origin(distribution="dabench", version=VERSION, entry_point="arrays")
    for spec in (spec for pair in pairs for spec in (pair.source, pair.target)):
        if spec.name in known:
            plugin = known[spec.name].origin
            raise UsageError(f"{spec.name!r} is a domain of the plugin {plugin}: give the pair another name.")
        if found.setdefault(spec.name, Registered(spec, origin)).spec != spec:
            raise UsageError(f"two pairs have other arrays under the name {spec.name!r}: rename one of them.")
    return registry.with_specs(DomainSpec, found.values())


def _listed(what: str, value: Any) -> list[Any]:
    """A list of things, of which one alone need not be in a list."""
    if value is None:
        return []
    if isinstance(value, str | int | type):
        return [value]
    try:
        return list(value)
    except TypeError as error:
        raise UsageError(f"{what}: a list is needed, not {shown(value)}") from error


def _parsed(what: str, parse: Any, value: Any) -> Any:
    try:
        return parse(value)
    except ValueError as error:
        raise UsageError(f"{what}: {error}") from error


def _say(line: str) -> None:
    print(printable(line), file=sys.stderr)
