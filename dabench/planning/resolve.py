"""The settings of one cell of a table: defaults < suite < pair < recipe < `--set`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from dabench.config.options import option_errors
from dabench.config.overrides import SCALARS, Overrides, differences, merge
from dabench.config.settings import IMAGE_KINDS, VECTOR_KINDS, Named, Precision, Settings, Shots, named
from dabench.config.suite import MethodEntry, PairEntry, Suite
from dabench.errors import UsageError
from dabench.hashing.canonical import sha256, view_versions
from dabench.hashing.sources import source_sha256
from dabench.planning.class_facts import ClassFacts
from dabench.planning.class_import import Facts
from dabench.plugin.registry import Registry
from dabench.runs.plan import Resolved
from dabench.runs.precision import UNNAMED
from dabench.runs.record import ChosenBy, PluginInfo
from dabench.specs.names import BOUNDS
from dabench.specs.spec import AskSpec, BackboneSpec, MethodSpec

LIBRARYS, RANDOM = "default", "none"  # values of the option `weights` of a network; see `Pretrained.Options`


@dataclass(frozen=True)
class AskRound:
    """A round of a rule of the track active, the first being 1."""

    rule: str
    number: int
    per_round: int


@dataclass(frozen=True)
class Shared:
    """Knowledge that the cells of a plan share.

    Attributes:
        facts: of classes of methods and backbones.
        auto: what the precision `auto` stands for on this machine; None where no suite or command says it.
    """

    facts: ClassFacts
    auto: Precision | None = None


def resolve(
    suite: Suite,
    pair: PairEntry,
    entry: MethodEntry,
    overrides: Overrides,
    registry: Registry,
    draw: Shots | AskRound | None = None,
    known: Shared | None = None,
) -> Resolved:
    """Resolve one cell.

    Args:
        suite: of the cell.
        pair: of the cell.
        entry: the method.
        overrides: of the command.
        registry: of plugins.
        draw: one of the suite's numbers of shots, or a round of one of its rules, if it has some.
        known: what the cells of a plan share.

    Raises:
        UsageError: unknown names, wrong settings or options, or a method that cannot run in this suite.
        PluginError: a method or backbone cannot be imported.
    """
    known = known or Shared(ClassFacts())
    facts = known.facts
    registered = registry.get(MethodSpec, entry.method)
    method = registered.spec
    _refuse_misfit(method, suite)
    shared = _of_suite(suite, pair, entry, draw, known, registry)
    options = merge(entry.options, pair.options.get(method.name, {}))
    plain = {"method": method.name, "options": options, **shared}
    defaults = {name: Suite.model_fields[name].default for name in SCALARS}  # of those that the command unsets
    changed = defaults | merge({**plain, **_backbone(overrides, registry)}, overrides.shared)
    changed["options"] = merge(options, overrides.options.get(method.name, {}))
    if changed["precision"] == "auto":
        changed["precision"] = known.auto
    checked = _validated(changed, method, registry, facts)
    own = checked.settings if changed == plain else _own(plain, changed["backbone"], method, registry, facts)
    settings, backbone, method = checked.settings, checked.backbone, checked.method
    if suite.track == "paired":
        _check_paired(suite.name, checked)
    if settings.ask is not None:
        _check_rule(registry.get(AskSpec, settings.ask.rule).spec, checked)
    own_content, content = own.model_dump(mode="json"), settings.model_dump(mode="json")
    versions = ("views", "readout_version")  # they follow from other settings, and are no choice that names a variant
    unnamed = own_content | ({"precision": UNNAMED} if suite.precision == "auto" else {})
    difference = differences(_without(unnamed, *versions), _without(content, *versions))
    shared_content = settings.model_copy(update={"options": {}}).model_dump(mode="json")
    unseen = {"shots": None} if suite.track == "few_shot" and method.name in BOUNDS else {}
    return Resolved(
        method=method,
        backbone=backbone,
        settings=settings,
        variant=",".join(part for part in (settings.ask.rule if settings.ask else "", entry.as_, difference) if part),
        settings_sha256=sha256(content),
        own_sha256=sha256(own_content),
        comparison_sha256=sha256(_without(shared_content, "method", "options", "views", "ask")),
        computed_sha256=sha256(content | unseen),
        plugin=PluginInfo(
            distribution=registered.origin.distribution,
            version=registered.origin.version,
            source_sha256=facts.source_sha256(method),
        ),
        chosen_by="user" if content != own_content else _chosen_by(suite, entry, pair),
        is_feature_method=checked.of_method.is_feature_method,
        freezes=checked.freezes,
    )


def _refuse_misfit(method: MethodSpec, suite: Suite) -> None:
    """Refuse a method that cannot run in a suite.

    Raises:
        UsageError: the suite is of another track, or trains on the test inputs, whose labels the method sees.
    """
    if ("few_shot" if suite.track == "active" else suite.track) not in method.tracks:
        raise UsageError(f"{method.name} runs in {', '.join(method.tracks)}, the suite {suite.name} is {suite.track}")
    if suite.transductive and method.sees_target_labels:
        raise UsageError(
            f"{method.name} cannot run in {suite.name}: the suite is transductive, so it would train on the labels "
            "that it is tested with. Such a suite says `bounds: [source_only]`."
        )


def _of_suite(
    suite: Suite,
    pair: PairEntry,
    entry: MethodEntry,
    draw: Shots | AskRound | None,
    known: Shared,
    registry: Registry,
) -> dict[str, Any]:
    """The settings of a cell but for the method's options, as its suite, its pair and its recipe say."""
    shared: dict[str, Any] = {
        "backbone": (pair.backbone or suite.backbone).model_dump(),
        "input": (pair.input or suite.input).model_dump(),
        "optimiser": suite.optimiser.model_dump(),
        "schedule": (pair.schedule or suite.schedule).model_dump(),
        "sample": suite.sample.model_dump(),
        "budget": merge(merge(suite.budget.model_dump() if suite.budget else {}, pair.budget), entry.recipe.budget)
        or None,
        "precision": known.auto if suite.precision == "auto" else suite.precision,
        "readout": suite.readout,
        "shots": None if isinstance(draw, AskRound) else draw,
        "ask": _ask(draw, registry) if isinstance(draw, AskRound) else None,
        "transductive": suite.transductive,
    }
    of_recipe = {
        name: section.model_dump() if isinstance(section, BaseModel) else section
        for name, section in entry.recipe
        if name != "budget" and section is not None
    }
    return shared | of_recipe


def _ask(draw: AskRound, registry: Registry) -> dict[str, Any]:
    """The section `ask` of a round."""
    rule = registry.get(AskSpec, draw.rule).spec
    return {
        "rule": rule.name,
        "source_sha256": source_sha256(rule.entry_point),
        "per_round": draw.per_round,
        "round": draw.number,
    }


def _check_rule(rule: AskSpec, checked: _Checked) -> None:
    """Refuse a rule that reads probabilities where a method gives none.

    Raises:
        UsageError: it does.
    """
    settings, method = checked.settings, checked.method.name
    if not rule.needs_probabilities:
        return
    if checked.of_method.is_feature_method or settings.readout != "network" or not checked.backbone.trains:
        raise UsageError(
            f"the rule {rule.name} reads probabilities, and the scores of {method} here are none: take rules that "
            "look at embeddings alone, such as random, k_center, cluster and representative"
        )


def _backbone(overrides: Overrides, registry: Registry) -> dict[str, Any]:
    """The sections that `--backbone` changes: without a network to train, the budget of one has no meaning."""
    if not overrides.backbone:
        return {}
    chosen = Named.model_validate(named(overrides.backbone))
    spec = registry.get(BackboneSpec, chosen.name).spec
    backbone = {"backbone": {"name": spec.name, "options": chosen.options}}
    return backbone if spec.trains else {**backbone, "budget": None}


def _chosen_by(suite: Suite, entry: MethodEntry, pair: PairEntry) -> ChosenBy:
    """The one who chose the options of a cell: the pair says it of those that it sets itself."""
    of_pair = pair.chosen_by if entry.method in pair.options else None
    return of_pair or entry.chosen_by or suite.chosen_by


def _without(content: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in names}


@dataclass(frozen=True)
class _Checked:
    """Settings with the defaults of all options, and the things that they name.

    Attributes:
        method: in the form that fits the backbone.
        of_method: what its class says.
        freezes: a part of the backbone is not trained.
    """

    settings: Settings
    backbone: BackboneSpec
    method: MethodSpec
    of_method: Facts
    freezes: bool


def _validated(content: dict[str, Any], method: MethodSpec, registry: Registry, facts: ClassFacts) -> _Checked:
    """Check settings, and fill in the defaults of the method's and the backbone's options."""
    named = registry.all(BackboneSpec).get(content["backbone"]["name"])
    if named and not named.spec.trains and content["budget"]:
        raise UsageError(f"the backbone {named.spec.name} trains nothing: leave out the budget, and --steps")
    try:
        settings = Settings.model_validate(content)
    except ValidationError as error:
        raise UsageError(f"wrong settings: {option_errors(error, 'suite', Settings)}") from error
    backbone = registry.get(BackboneSpec, settings.backbone.name).spec
    _fitting(settings, backbone)
    _check_batch(settings, method)
    if not backbone.trains and method.feature_entry_point:
        method = replace(method, entry_point=method.feature_entry_point)
    of_method = facts.of_method(method, settings.options)
    if not backbone.trains and not of_method.is_feature_method:
        raise UsageError(
            f"{method.name} trains a network, and the backbone {backbone.name} has none. "
            "Only methods that work on feature vectors run there; the spec of one that has both forms names a "
            "feature_entry_point."
        )
    network = facts.of_backbone(backbone, settings.backbone.options)
    if network.freezes and settings.input.augment != "none":
        raise UsageError(
            f"input.augment {settings.input.augment!r} changes images at every step, and the frozen network "
            f"{backbone.name} sees each once: leave it out, or say `frozen: false`"
        )
    filled = settings.backbone.model_copy(update={"name": backbone.name, "options": network.options})
    views = view_versions([settings.input.augment, *of_method.views, *of_method.options.values()])
    update = {"options": of_method.options, "backbone": filled, "views": views}
    return _Checked(settings.model_copy(update=update), backbone, method, of_method, network.freezes)


def _own(
    plain: dict[str, Any], chosen: Mapping[str, Any], method: MethodSpec, registry: Registry, facts: ClassFacts
) -> Settings:
    """The settings of the suite without the command's, which name the difference.

    Weights that the command replaces are not looked for: nobody downloads them to begin with random ones.
    """
    backbone = plain["backbone"]
    known = registry.all(BackboneSpec).get(backbone["name"])
    name, weights = backbone["name"], backbone["options"].get("weights", LIBRARYS)
    same = (name, weights) == (chosen["name"], chosen["options"].get("weights", LIBRARYS))
    if same or known is None or not known.spec.scales:
        return _validated(plain, method, registry, facts).settings
    unloaded = {**backbone, "options": {**backbone["options"], "weights": RANDOM}}
    own = _validated({**plain, "backbone": unloaded}, method, registry, facts).settings
    options = own.backbone.options | {"weights": weights, "weights_sha256": UNNAMED}
    return own.model_copy(update={"backbone": own.backbone.model_copy(update={"options": options})})


def _fitting(settings: Settings, backbone: BackboneSpec) -> None:
    """Refuse settings that make no sense with the backbone."""
    kind = settings.input.normalise
    if settings.input.augment != "none" and not backbone.trains:
        raise UsageError(f"input.augment is for images, and the backbone {backbone.name} takes vectors: leave it out")
    if backbone.trains and settings.budget is None:
        raise UsageError(f"the backbone {backbone.name} is trained: the suite needs a budget of steps and batch")
    if kind in (VECTOR_KINDS if backbone.trains else IMAGE_KINDS):
        what = "vectors" if backbone.trains else "images"
        fix = "input.normalise: unit, or --set input.normalise=unit"
        raise UsageError(
            f"input.normalise {kind!r} is for {what}, and does not fit the backbone {backbone.name}: {fix}"
        )
    if backbone.scales and kind != "unit":
        raise UsageError(
            f"the backbone {backbone.name} scales images itself: leave out input.normalise, {kind!r} here, or "
            "--set input.normalise=unit"
        )


def _check_batch(settings: Settings, method: MethodSpec) -> None:
    """Refuse batches that are too small for the method."""
    if settings.budget and settings.budget.batch < method.smallest_batch:
        raise UsageError(
            f"{method.name} compares the examples of a batch with each other: it needs batches of "
            f"{method.smallest_batch} or more, and budget.batch is {settings.budget.batch}"
        )


def _check_paired(suite: str, checked: _Checked) -> None:
    """Refuse settings that have no meaning in the track paired.

    Raises:
        UsageError: naming the setting.
    """
    settings, backbone, method = checked.settings, checked.backbone, checked.method.name
    wrong = (
        (not backbone.trains, f"its methods train networks, and the backbone {backbone.name} has none"),
        (checked.of_method.is_feature_method, f"{method} works on features, which are of the source's network alone"),
        (settings.sample.source_per_class is not None, "sample.source_per_class is for unsupervised protocols"),
        (settings.readout != "network", f"readout {settings.readout!r} would be fitted on the source alone: network"),
    )
    for found, what in wrong:
        if found:
            raise UsageError(f"the suite {suite} is of the track paired: {what}")
