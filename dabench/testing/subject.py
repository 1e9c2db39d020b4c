"""A method that is being judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from dabench.errors import PluginError, UsageError
from dabench.methods.base import DeepMethod, FeatureMethod
from dabench.plugin.registry import Registry
from dabench.specs.names import BOUNDS
from dabench.specs.spec import MethodSpec, Origin, Registered
from dabench.testing.access import Access
from dabench.testing.toys import FEATURES, OTHER_FEATURES, OTHER_TRACKS, TOYS
from dabench.testing.toys.toy import Toy
from dabench.testing.trial import Trained, train


@dataclass(frozen=True, eq=False)
class Subject:
    """A method in one of its forms.

    Attributes:
        label: the method's name; with `.features` where this is its form for feature vectors beside another.
        spec: with the form's class at its entry point.
        cls: that class.
        toy: what it is judged on.
        source_only: the same form of the lower bound, to compare with.
        target_only: the same form of the upper bound.
        access: what all its trainings so far used besides what they were given.
        again: it is judged in another track by all checks, and here by those alone that this track adds.
    """

    label: str
    spec: MethodSpec
    cls: type[Any]
    toy: Toy
    source_only: MethodSpec
    target_only: MethodSpec
    access: Access = field(default_factory=Access)
    again: bool = False

    @property
    def deep(self) -> bool:
        """Whether it trains a network."""
        return issubclass(self.cls, DeepMethod)

    def train(self, **conditions: Any) -> Trained:
        """Train it from scratch; see `trial.Conditions`."""
        return train(self.spec, self.cls, self.toy, self.access, **conditions)

    def train_source_only(self, **conditions: Any) -> Trained:
        """Train the lower bound under the same conditions."""
        return train(self.source_only, self.source_only.load(), self.toy, Access(), **conditions)

    def train_target_only(self, **conditions: Any) -> Trained:
        """Train the upper bound under the same conditions."""
        return train(self.target_only, self.target_only.load(), self.toy, Access(), **conditions)

    @cached_property
    def first(self) -> Trained:
        """A training under usual conditions, which several checks look at."""
        return self.train(watched=True)

    @cached_property
    def other_seed(self) -> Trained:
        """The same with another seed."""
        return self.train(seed=1)


def subjects(method: str | MethodSpec, registry: Registry) -> list[Subject]:
    """All forms of a method, by name or as the spec that its hook yields; one more for each further track with a toy.

    Raises:
        UsageError: there is no such method, its spec names a toy that does not exist, or its track has none.
        PluginError: it cannot be imported, or is no method.
    """
    found = registry.get(MethodSpec, method) if isinstance(method, str) else _unregistered(method)
    spec = found.spec
    made = [_subject(spec.name, found, registry)]
    if made[0].deep and spec.name not in BOUNDS:
        first = made[0].toy.track
        made += [
            replace(made[0], label=f"{spec.name}.{track}", toy=_toy_in(track, spec), access=Access(), again=True)
            for track in spec.tracks
            if track != first and track in OTHER_TRACKS
        ]
    if spec.feature_entry_point:
        form = replace(spec, entry_point=spec.feature_entry_point, feature_entry_point="")
        made.append(_subject(f"{spec.name}.features", Registered(form, found.origin), registry))
    return made


def _subject(label: str, found: Registered[MethodSpec], registry: Registry) -> Subject:
    spec = found.spec
    cls = found.load()
    bounds = [registry.get(MethodSpec, name).spec for name in BOUNDS]
    if not isinstance(cls, type) or not issubclass(cls, DeepMethod | FeatureMethod):
        raise PluginError(f"{spec.entry_point} of the method {spec.name!r} is neither a DeepMethod nor a FeatureMethod")
    if spec.toy not in TOYS:
        raise UsageError(f"there is no toy {spec.toy!r} for the method {spec.name}, but {', '.join(sorted(TOYS))}")
    deep = issubclass(cls, DeepMethod)
    if "unsupervised" in spec.tracks:
        toy = TOYS[spec.toy] if deep else FEATURES
    else:
        toy = _toy_of_its_track(spec, OTHER_TRACKS if deep else OTHER_FEATURES)
    lower, upper = bounds if deep else (replace(bound, entry_point=bound.feature_entry_point) for bound in bounds)
    return Subject(label, spec, cls, toy, lower, upper)


def _toy_in(track: str, spec: MethodSpec) -> Toy:
    """The toy of a further track; in few_shot, that of the unsupervised track with some labels."""
    toy = OTHER_TRACKS[track]
    if track != "few_shot":
        return toy
    return replace(TOYS[spec.toy], name=f"{spec.toy}_{track}", track=track, shots=toy.shots)


def _toy_of_its_track(spec: MethodSpec, toys: Mapping[str, Toy]) -> Toy:
    for track in spec.tracks:
        if track in toys:
            return toys[track]
    raise UsageError(f"{spec.name} runs in {', '.join(spec.tracks)}, where there is no toy for methods of its kind")


def _unregistered(spec: MethodSpec) -> Registered[MethodSpec]:
    return Registered(spec, Origin(distribution="not installed", version="", entry_point=spec.name))
