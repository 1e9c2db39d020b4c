"""A plan: the runs of one call, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dabench.config.settings import Settings
from dabench.config.suite import Suite
from dabench.data.prepared import PreparedDomain
from dabench.runs.record import ChosenBy, PluginInfo, run_stem
from dabench.specs.spec import BackboneSpec, MethodSpec


@dataclass(frozen=True, kw_only=True)
class Resolved:
    """One method on one pair, for all seeds.

    Attributes:
        variant: the entry's `as`, and how the settings differ from the suite's own; empty for neither. Where the suite
            says `precision: auto`, fp32 differs and bf16 does not, whatever the machine.
        settings_sha256: hash of the settings.
        own_sha256: hash of those that the suite has on this machine, without the command's.
        comparison_sha256: the same without method and options: cells that share it can be compared.
        computed_sha256: hash of the settings that its numbers depend on: no bound looks at the shots of few_shot.
        freezes: a part of the backbone is not trained, and what comes out of it is computed once for all runs.
    """

    method: MethodSpec
    backbone: BackboneSpec
    settings: Settings
    variant: str
    settings_sha256: str
    own_sha256: str
    comparison_sha256: str
    computed_sha256: str
    plugin: PluginInfo
    chosen_by: ChosenBy
    is_feature_method: bool
    freezes: bool = False

    @property
    def row(self) -> str:
        """The name of the row: `dann`, or `dann (long)`."""
        return f"{self.method.name} ({self.variant})" if self.variant else self.method.name

    @property
    def round(self) -> int:
        """The round of the track active; 0 for a bound, and in other tracks."""
        return self.settings.ask.round if self.settings.ask else 0

    @property
    def reads_features(self) -> bool:
        """Whether it needs no more than the features of a trained network.

        So do feature methods, and rows that differ from another in the classifier that is fitted after training. At
        more than one checkpoint such a classifier is fitted to a network that does not last: those train their own.
        """
        if not self.backbone.trains or self.settings.budget is None:
            return False
        fitted = self.settings.readout != "network" and self.settings.budget.checkpoints == 1
        return self.is_feature_method or fitted


@dataclass(frozen=True, kw_only=True)
class PlannedRun(Resolved):
    """One planned run.

    Attributes:
        computation: equal for runs that compute the same numbers; see `computed_sha256`.
        aux_sha256: hash of the second labels that it may see; empty where there are none.
        data_error: why its data could not be prepared, if so: then it fails without being launched.
    """

    suite: str
    source: str
    target: str
    seed: int
    run_id: str
    computation: str
    data_sha256: str
    aux_sha256: str = ""
    data_error: str | None = None

    @property
    def pair(self) -> str:
        """`source:target`."""
        return f"{self.source}:{self.target}"

    @property
    def stem(self) -> Path:
        """The path of its files below `DIR/runs`, without suffix."""
        return run_stem(self.suite, self.source, self.target, self.method.name, self.seed, self.run_id)

    def __str__(self) -> str:
        shots = f" shots {self.settings.shots}" if self.settings.shots is not None else ""
        shots += f" round {self.round}" if self.round else ""
        return f"{self.pair} {self.row}{shots} seed {self.seed}"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """All runs of one command, in the order of execution: the longest first, what reads features of others last.

    Attributes:
        suite: with the seeds and shots of the command.
        device_kind: `cpu` or `cuda`.
        pairs: those of the command, in the suite's order.
        methods: those of the command, in its or the suite's order; bounds first.
        domains: the prepared domains by name; those that could not be prepared are missing.
        doubles: rows that the command's settings make the same as another, which runs in their stead.
        bf16_cost: how many times as long as in fp32 a training step takes in bf16 here, where the suite or the command
            names another precision than fp32 and the device is the processor; else None.
    """

    suite: Suite
    device_kind: str
    pairs: tuple[str, ...]
    methods: tuple[str, ...]
    runs: tuple[PlannedRun, ...]
    domains: Mapping[str, PreparedDomain]
    doubles: Mapping[str, str]
    bf16_cost: float | None = None
