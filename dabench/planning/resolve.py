"""The settings of one cell of a table: defaults < suite < pair < recipe < `--set`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from dabench.config.options import option_errors, validated
from dabench.config.overrides import SCALARS, Overrides, differences, merge
from dabench.config.settings import IMAGE_KINDS, VECTOR_KINDS, Precision, Settings, Shots
from dabench.config.suite import MethodEntry, PairEntry, Suite
from dabench.errors import PluginError, UsageError
from dabench.hashing.canonical import sha256, view_versions
from dabench.plugin.method_file import method_sha256
from dabench.plugin.registry import Registry
from dabench.runs.plan import Resolved
from dabench.runs.precision import UNNAMED
from dabench.runs.record import ChosenBy, PluginInfo
from dabench.specs.broken import why
from dabench.specs.spec import BackboneSpec, MethodSpec, Spec


def resolve(
    suite: Suite,
    pair: PairEntry,
    entry: MethodEntry,
    overrides: Overrides,
    registry: Registry,
    shots: Shots | None = None,
    auto: Precision | None = None,
) -> Resolved:
    """Resolve one cell.

    Args:
        suite: of the cell.
        pair: of the cell.
        entry: the method.
        overrides: of the command.
        registry: of plugins.
        shots: one of the suite's, if it has some.
        auto: what the precision `auto` stands for on this machine.

    Raises:
        UsageError: unknown names, wrong settings or options, or a method that cannot run in this suite.
        PluginError: a method or backbone cannot be imported.
    """
    registered = registry.get(MethodSpec, entry.method)
    method = registered.spec
    if suite.track not in method.tracks:
        raise UsageError(f"{method.name} runs in {', '.join(method.tracks)}, the suite {suite.name} is {suite.track}")
    if suite.transductive and method.sees_target_labels:
        raise UsageError(
            f"{method.name} cannot run in {suite.name}: the suite is transductive, so it would train on the labels "
            "that it is tested with. Such a suite says `bounds: [source_only]`."
        )
    shared: dict[str, Any] = {
        "backbone": (pair.backbone or suite.backbone).model_dump(),
        "input": (pair.input or suite.input).model_dump(),
        "optimiser": suite.optimiser.model_dump(),
        "schedule": (pair.schedule or suite.schedule).model_dump(),
        "sample": suite.sample.model_dump(),
        "budget": merge(merge(suite.budget.model_dump() if suite.budget else {}, pair.budget), entry.recipe.budget)
        or None,
        "precision": auto if suite.precision == "auto" else suite.precision,
        "readout": suite.readout,
        "shots": shots,
        "transductive": suite.transductive,
    }
    shared |= {
        name: section.model_dump() if isinstance(section, BaseModel) else section
        for name, section in entry.recipe
        if name != "budget" and section is not None
    }
    options = merge(entry.options, pair.options.get(method.name, {}))
    own, _, _ = _validated({"method": method.name, "options": options, **shared}, method, registry)
    defaults = {name: Suite.model_fields[name].default for name in SCALARS}  # of those that the command unsets
    shared |= _backbone(overrides, registry)
    changed = defaults | merge({"method": method.name, **shared}, overrides.shared)
    changed["options"] = merge(options, overrides.options.get(method.name, {}))
    if changed["precision"] == "auto":
        changed["precision"] = auto
    settings, backbone, method = _validated(changed, method, registry)
    if suite.track == "paired":
        _check_paired(suite.name, settings, backbone, method)
    own_content, content = own.model_dump(mode="json"), settings.model_dump(mode="json")
    versions = ("views", "readout_version")  # they follow from other settings, and are no choice that names a variant
    unnamed = own_content | ({"precision": UNNAMED} if suite.precision == "auto" else {})
    difference = differences(_without(unnamed, *versions), _without(content, *versions))
    shared_content = settings.model_copy(update={"options": {}}).model_dump(mode="json")
    return Resolved(
        method=method,
        backbone=backbone,
        settings=settings,
        variant=",".join(part for part in (entry.as_, difference) if part),
        settings_sha256=sha256(content),
        own_sha256=sha256(own_content),
        comparison_sha256=sha256(_without(shared_content, "method", "options", "views")),
        plugin=PluginInfo(
            distribution=registered.origin.distribution,
            version=registered.origin.version,
            source_sha256=method_sha256(method),
        ),
        chosen_by="user" if content != own_content else _chosen_by(suite, entry, pair),
        is_feature_method=_is_feature_method(method),
    )


def _backbone(overrides: Overrides, registry: Registry) -> dict[str, Any]:
    """The sections that `--backbone` changes: without a network to train, the budget of one has no meaning."""
    if not overrides.backbone:
        return {}
    spec = registry.get(BackboneSpec, overrides.backbone).spec
    named = {"backbone": {"name": spec.name, "options": {}}}
    return named if spec.trains else {**named, "budget": None}


def _chosen_by(suite: Suite, entry: MethodEntry, pair: PairEntry) -> ChosenBy:
    """The one who chose the options of a cell: the pair says it of those that it sets itself."""
    of_pair = pair.chosen_by if entry.method in pair.options else None
    return of_pair or entry.chosen_by or suite.chosen_by


def _without(content: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key not in names}


def _validated(
    content: dict[str, Any], method: MethodSpec, registry: Registry
) -> tuple[Settings, BackboneSpec, MethodSpec]:
    """Check settings, and fill in the defaults of the method's and the backbone's options.

    Returns:
        The settings, the backbone, and the method in the form that fits the backbone.
    """
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
    method = _form_for(method, backbone)
    cls = _imported(method)
    options = validated(cls, settings.options, method.name).model_dump(mode="json")
    network = validated(_imported(backbone), settings.backbone.options, backbone.name)
    filled = settings.backbone.model_copy(update={"name": backbone.name, "options": network.model_dump(mode="json")})
    views = view_versions([*getattr(cls, "views", {}).values(), *options.values()])
    update = {"options": options, "backbone": filled, "views": views}
    return settings.model_copy(update=update), backbone, method


def _fitting(settings: Settings, backbone: BackboneSpec) -> None:
    """Refuse settings that make no sense with the backbone."""
    kind = settings.input.normalise
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


def _check_paired(suite: str, settings: Settings, backbone: BackboneSpec, method: MethodSpec) -> None:
    """Refuse settings that have no meaning in the track paired.

    Raises:
        UsageError: naming the setting.
    """
    wrong = (
        (not backbone.trains, f"its methods train networks, and the backbone {backbone.name} has none"),
        (_is_feature_method(method), f"{method.name} works on features, which are of the source's network alone"),
        (settings.sample.source_per_class is not None, "sample.source_per_class is for unsupervised protocols"),
        (settings.readout != "network", f"readout {settings.readout!r} would be fitted on the source alone: network"),
    )
    for found, what in wrong:
        if found:
            raise UsageError(f"the suite {suite} is of the track paired: {what}")


def _form_for(method: MethodSpec, backbone: BackboneSpec) -> MethodSpec:
    """The method itself, or without a network to train the form that it has for feature vectors.

    Raises:
        UsageError: it has none.
    """
    if backbone.trains:
        return method
    if method.feature_entry_point:
        method = replace(method, entry_point=method.feature_entry_point)
    if not _is_feature_method(method):
        raise UsageError(
            f"{method.name} trains a network, and the backbone {backbone.name} has none. "
            "Only methods that work on feature vectors run there; the spec of one that has both forms names a "
            "feature_entry_point."
        )
    return method


def _is_feature_method(method: MethodSpec) -> bool:
    from dabench.methods.base import FeatureMethod

    return issubclass(_imported(method), FeatureMethod)


def _imported(spec: Spec) -> Any:
    try:
        return spec.load()
    except Exception as error:  # a plugin's module may raise anything on import
        raise PluginError(
            f"{spec.name!r} cannot be imported from {spec.entry_point}: {why(error)}. Fix its plugin, or leave it out "
            "with --methods."
        ) from error
