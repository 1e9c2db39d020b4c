"""All runs that a command asks for, each with its identity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from difflib import get_close_matches
from itertools import chain, product

from dabench.config.overrides import UNSET, Overrides
from dabench.config.parse import parse_pair
from dabench.config.row_choice import RowChoice
from dabench.config.settings import MOST_OUTPUTS, Shots
from dabench.config.suite import EntryRecipe, MethodEntry, PairEntry, Suite
from dabench.data.prepared import PreparedDomain, prepare
from dabench.errors import DabenchError, PluginError, UsageError
from dabench.hashing.canonical import sha256
from dabench.hashing.identity import RunIdentity
from dabench.planning.class_facts import ClassFacts
from dabench.planning.domains import domain_of, known_domains, misfit, no_recording
from dabench.planning.resolve import AskRound, Shared, resolve
from dabench.plugin.registry import Registry
from dabench.runs.machine import torch_release
from dabench.runs.plan import Plan, PlannedRun, Resolved
from dabench.runs.precision import automatic, bf16_cost
from dabench.specs.names import BOUNDS, canonical
from dabench.specs.spec import DomainSpec, MethodSpec, SelectorSpec


def make_plan(
    suite: Suite,
    registry: Registry,
    *,
    device_kind: str,
    methods: Sequence[str] | None = None,
    pairs: Sequence[str] | None = None,
    seeds: tuple[int, ...] | None = None,
    shots: tuple[Shots, ...] | None = None,
    overrides: Overrides | None = None,
) -> Plan:
    """Plan a suite.

    Args:
        suite: as read from its file.
        registry: for methods, domains and backbones.
        device_kind: `cpu` or `cuda`.
        methods: only these (see `rowchoice`), and the suite's bounds; all of the suite if None. Methods that the
            suite does not name can be added this way.
        pairs: only these; all of the suite if None. Pairs that the suite does not name can be added this way: they have
            its settings.
        seeds: instead of the suite's.
        shots: instead of the suite's, which must be of the track few_shot.
        overrides: `--steps` and `--set`.

    Raises:
        UsageError: unknown names or wrong options, all of them at once; or domains of an added pair that do not fit.
        PluginError: a method or backbone cannot be imported.
    """
    if shots is not None:
        if suite.shots is None:
            raise UsageError(f"the suite {suite.name} is {suite.track}: shots are of the tracks few_shot and paired")
        if suite.track == "paired" and "all" in shots:
            raise UsageError("--shots: in the track paired, all leaves nothing to train the source on")
        suite = suite.model_copy(update={"shots": shots})
    if seeds is not None:
        suite = suite.model_copy(update={"seeds": seeds})
    overrides = overrides or Overrides()
    suite = suite.model_copy(update=_of_suite(overrides))
    entries = _entries(suite, registry, methods)
    chosen = _pairs(suite, pairs)
    added = [entry for entry in chosen if entry not in suite.pairs]
    suite = suite.model_copy(update={"pairs": (*suite.pairs, *added)})
    overrides.check([entry.method for entry in entries])
    specs = known_domains(suite, registry)
    _refuse_unknown_domains(suite, added, specs)
    precisions = {suite.precision, overrides.shared.get("precision")}
    auto = automatic(device_kind) if "auto" in precisions else None
    with ClassFacts.kept() if registry.keeps_facts else ClassFacts() as facts:
        cells, doubles = _without_doubles(
            suite.name, _cells(suite, chosen, entries, overrides, registry, specs, Shared(facts, auto))
        )
        facts.keep()
    domains, problems = _prepare(chosen, specs)
    _refuse_misfits(suite, added, domains)
    _refuse_budget(suite, chosen, domains)
    runs = [
        run
        for pair, cell in sorted(cells, key=lambda item: _place(item[1]))
        for run in _runs(suite, pair, cell, device_kind, domains, problems)
    ]
    return Plan(
        suite=suite,
        device_kind=device_kind,
        pairs=tuple(pair.pair for pair in chosen),
        methods=tuple(dict.fromkeys(entry.method for entry in entries)),
        runs=tuple(runs),
        domains=domains,
        doubles=doubles,
        bf16_cost=bf16_cost(device_kind) if precisions & {"auto", "bf16"} else None,
    )


def _of_suite(overrides: Overrides) -> dict[str, str]:
    """Changes of the command line beside the settings of runs; `UNSET` is the default of a suite."""
    defaults = {key: Suite.model_fields[key].default for key in overrides.suite}
    return {key: defaults[key] if value is UNSET else canonical(str(value)) for key, value in overrides.suite.items()}


def _place(cell: Resolved) -> tuple[bool, int]:
    """The place of a cell among others: one that reads features waits for their network; the longest begin first."""
    return cell.reads_features, -cell.settings.steps


def _entries(suite: Suite, registry: Registry, names: Sequence[str] | None) -> list[MethodEntry]:
    """The methods to run, bounds first; with a method that has a recipe of its own come the bounds that share it."""
    entries = list(suite.methods)
    if names is not None:
        entries = []
        for choice in map(RowChoice.parse, names):
            entries += [entry for entry in _chosen(suite, registry, choice) if entry not in entries]
        recipes = [entry.recipe for entry in entries if entry.recipe != EntryRecipe()]
        matched = [entry for entry in suite.methods if entry.method in suite.bounds and entry.recipe in recipes]
        entries = [entry for entry in matched if entry not in entries] + entries
        if not entries:
            raise UsageError("no method is named. `dabench list methods` lists the choices.")
    bounds = [MethodEntry(method=bound) for bound in suite.bounds]
    plain = [entry.method for entry in bounds]
    entries = bounds + [entry for entry in entries if entry.as_ or entry.method not in plain or entry.options]
    if not entries:
        raise UsageError(f"the suite {suite.name} names no method and no bound. Name some with --methods.")
    return entries


def _chosen(suite: Suite, registry: Registry, choice: RowChoice) -> list[MethodEntry]:
    """The suite's entries of an item of `--methods`; a method that it does not name gets one."""
    plain = MethodEntry(method=registry.get(MethodSpec, choice.method).spec.name)
    own = [entry for entry in suite.methods if entry.method == plain.method]
    if not own or plain.method in suite.bounds:
        own = [*own, plain]
    chosen = [entry for entry in own if choice.takes(entry.method, entry.as_)]
    if not chosen:
        raise choice.absent((entry.as_ for entry in own), f"in the suite {suite.name}")
    return chosen


def _pairs(suite: Suite, names: Sequence[str] | None) -> list[PairEntry]:
    if names is None:
        return list(suite.pairs)
    """The pairs to run: those of the suite first, in its order."""
    known = {entry.pair: entry for entry in suite.pairs}
    try:
        wanted = [parse_pair(item) for item in names]
    except ValueError as error:
        raise UsageError(f"--pairs: {error}. The suite {suite.name} has {', '.join(known)}.") from error
    if not wanted:
        raise UsageError(f"no pair is named. The suite {suite.name} has {', '.join(known)}.")
    added = [PairEntry(pair=name) for name in dict.fromkeys(wanted) if name not in known]
    return [entry for name, entry in known.items() if name in wanted] + added


def _refuse_unknown_domains(suite: Suite, added: Sequence[PairEntry], specs: Mapping[str, DomainSpec]) -> None:
    """Refuse pairs that are neither of the suite nor of domains that there are.

    Raises:
        UsageError: naming the suite's nearest pairs, and the nearest domains.
    """
    own = [entry.pair for entry in suite.pairs if entry not in added]
    for entry in added:
        near = get_close_matches(entry.pair, own, n=2, cutoff=0.6)
        for domain in entry.pair.split(":"):
            try:
                domain_of(domain, specs, suite)
            except UsageError as error:
                hint = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
                what = f"{entry.pair} is no pair of the suite {suite.name}.{hint}"
                raise UsageError(f"{what} Nor can it be one: {error}") from error


def _refuse_misfits(suite: Suite, added: Sequence[PairEntry], domains: Mapping[str, PreparedDomain]) -> None:
    """Refuse added pairs whose domains do not fit each other: the suite's own fail as runs, and stop no others.

    Raises:
        UsageError: naming what differs.
    """
    for entry in added:
        source, target = (domains.get(name) for name in entry.pair.split(":"))
        if source and target and (why := misfit(source, target, suite.track)):
            raise UsageError(f"{entry.pair} cannot be a pair: {why}.")


def _refuse_budget(suite: Suite, pairs: Sequence[PairEntry], domains: Mapping[str, PreparedDomain]) -> None:
    """Refuse to ask for more labels than there are.

    Raises:
        UsageError: naming the target.
    """
    if suite.ask is None:
        return
    for name in dict.fromkeys(entry.pair.split(":")[1] for entry in pairs):
        if name not in domains:
            continue
        rows, labels = min(len(domains[name].labels_of("train")), MOST_OUTPUTS), suite.ask.rounds * suite.ask.per_round
        if labels > rows:
            raise UsageError(
                f"the suite {suite.name} asks for {labels} labels (ask.rounds times ask.per_round), and {name} offers "
                f"{rows} examples: ask for fewer"
            )


def _cells(
    suite: Suite,
    pairs: Sequence[PairEntry],
    entries: Sequence[MethodEntry],
    overrides: Overrides,
    registry: Registry,
    specs: Mapping[str, DomainSpec],
    shared: Shared,
) -> list[tuple[PairEntry, Resolved]]:
    """Resolve all cells; every mistake is reported at once, and once."""
    mistakes = {str(error): error for error in _wrong_names(suite, pairs, registry, specs)}
    cells = []
    for entry, pair in product(entries, pairs):
        try:
            cells += [
                (pair, resolve(suite, pair, entry, overrides, registry, draw, shared)) for draw in _draws(suite, entry)
            ]
        except (UsageError, PluginError) as error:
            mistakes[str(error)] = error
    if len(mistakes) == 1:
        raise next(iter(mistakes.values()))
    if mistakes:
        raise UsageError(f"{len(mistakes)} mistakes in the suite {suite.name}:\n  " + "\n  ".join(mistakes))
    return cells


def _draws(suite: Suite, entry: MethodEntry) -> Iterator[Shots | AskRound | None]:
    """The labelled target examples of an entry's cells: numbers of shots, or rounds of rules, which bounds have not."""
    if suite.ask is None or entry.method in BOUNDS:
        yield from suite.shots or (None,)
        return
    for rule, number in product(suite.ask.rules, range(1, suite.ask.rounds + 1)):
        yield AskRound(rule, number, suite.ask.per_round)


def _without_doubles(
    suite: str, cells: Sequence[tuple[PairEntry, Resolved]]
) -> tuple[list[tuple[PairEntry, Resolved]], dict[str, str]]:
    """Drop cells that are the same run as another: that of the suite's own settings stays, or the first.

    Raises:
        UsageError: the suite itself has a run twice.
    """
    same: dict[tuple[str, str, str], list[tuple[PairEntry, Resolved]]] = {}
    for pair, cell in cells:
        same.setdefault((pair.pair, cell.method.name, cell.settings_sha256), []).append((pair, cell))
    kept, doubles = [], {}
    for group in same.values():
        own = [cell.own_sha256 for _, cell in group]
        if len(set(own)) < len(own):
            rows = ", ".join(f"{pair.pair} {cell.row}" for pair, cell in group)
            raise UsageError(f"several entries of the suite {suite} are the same run: {rows}")
        pair, stays = next((item for item in group if item[1].own_sha256 == item[1].settings_sha256), group[0])
        kept.append((pair, stays))
        doubles.update({cell.row: stays.row for _, cell in group if cell is not stays})
    return kept, doubles


def _wrong_names(
    suite: Suite, pairs: Sequence[PairEntry], registry: Registry, specs: Mapping[str, DomainSpec]
) -> Iterator[UsageError | PluginError]:
    """Errors of the suite's selector and domains; methods and backbones are checked with their settings."""
    try:
        if registry.get(SelectorSpec, suite.selector).spec.uses_target_labels:
            yield UsageError(f"the selector {suite.selector} uses target labels: it may only be shown beside results")
    except UsageError as error:
        yield error
    wrong = set()
    for domain in dict.fromkeys(domain for pair in pairs for domain in pair.pair.split(":")):
        try:
            domain_of(domain, specs, suite)
        except UsageError as error:
            wrong.add(domain)
            yield error
    if suite.track == "paired":
        for pair in pairs:
            if not wrong & set(pair.pair.split(":")) and (why := no_recording(pair.pair, specs)):
                yield UsageError(why)


def _prepare(
    pairs: Sequence[PairEntry], specs: Mapping[str, DomainSpec]
) -> tuple[dict[str, PreparedDomain], dict[str, str]]:
    """Prepare every domain once; one that fails stops only the runs that need it.

    Domains that are made from nothing come last, and only where a partner is there: to make one can take minutes.
    """
    domains: dict[str, PreparedDomain] = {}
    problems: dict[str, str] = {}
    names = [tuple(entry.pair.split(":")) for entry in pairs]
    for name in sorted(dict.fromkeys(chain.from_iterable(names)), key=lambda name: not specs[name].files):
        if not specs[name].files and all(problems.keys() & set(pair) for pair in names if name in pair):
            continue
        try:
            domains[name] = prepare(specs[name])
        except DabenchError as error:
            problems[name] = str(error)
        except Exception as error:  # a plugin's loader may raise anything
            problems[name] = f"the domain {name} cannot be loaded: {type(error).__name__}: {error}"
    return domains, problems


def _runs(
    suite: Suite,
    pair: PairEntry,
    cell: Resolved,
    device_kind: str,
    domains: Mapping[str, PreparedDomain],
    problems: Mapping[str, str],
) -> Iterator[PlannedRun]:
    """The runs of a cell, one for each seed."""
    source, target = pair.pair.split(":")
    data_sha256 = sha256([domains[name].sha256 if name in domains else "missing" for name in (source, target)])
    aux = [dict(domains[name].aux) for name in (source, target) if name in domains]
    aux_sha256 = sha256(aux) if cell.method.sees_second_labels and any(aux) else ""
    data_error = "\n".join(problems[name] for name in (source, target) if name in problems) or None
    plugin = cell.plugin
    shared = {item.name: getattr(cell, item.name) for item in fields(cell)}
    for seed in suite.seeds:
        identity = RunIdentity(
            suite=suite.name,
            suite_version=suite.version,
            pair=pair.pair,
            method=cell.method.name,
            seed=seed,
            settings=cell.settings_sha256,
            data=data_sha256,
            aux=aux_sha256,
            plugin=(plugin.distribution, plugin.version, plugin.source_sha256),
            device_kind=device_kind,
            torch=torch_release() if cell.backbone.trains else "",
        )
        run_id, blind = identity.run_id, cell.computed_sha256 != cell.settings_sha256
        yield PlannedRun(
            **shared,
            suite=suite.name,
            source=source,
            target=target,
            seed=seed,
            run_id=run_id,
            computation=replace(identity, settings=cell.computed_sha256).run_id if blind else run_id,
            data_sha256=data_sha256,
            aux_sha256=aux_sha256,
            data_error=data_error,
        )
