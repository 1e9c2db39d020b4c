"""The resolved settings of a run, and the sections that a suite shares with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    field_validator,
    model_serializer,
)

from dabench.specs.names import canonical, is_model

Precision = Literal["fp32", "bf16"]


AnyPrecision = Precision | Literal["auto"]
"""What a suite or a command may say; `auto` is what `runs.precision` finds to be quicker."""


ReadoutKind = Literal["network", "linear_svm", "linear_svm_cv", "libsvm_cv", "rbf_svm", "nearest_neighbour"]


Shots = Annotated[int, Field(ge=1)] | Literal["all"]

READOUT_VERSIONS = {"libsvm_cv": 2, "rbf_svm_cv": 2, "kernel_svm_cv": 2}
"""Versions of kinds of `execution.readout.Readout`; 1 where none is named.

A kind that computes other numbers gets a higher one.

Runs that report by it, or whose options name it, are then other runs; runs with other kinds stay what they are.
Version 2 chooses C by the class with the highest score.
"""


class Section(BaseModel):
    """A part of a suite or of settings: unknown keys are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Input(Section):
    """The way from examples to floats, on the device.

    Attributes:
        normalise: `unit` scales uint8 to [0, 1]; `mean` also subtracts the mean of each channel over source train;
            `standardise` also divides by its standard deviation; `instance` gives every image mean 0 and standard
            deviation 1 per channel (Shu et al. 2018, VADA), `image` over all its channels together, so that a colour
            keeps its contrast to the others. For vectors (backbone `identity`) `unit` leaves them as
            they are, `mean` and `standardise` work per column, and there are `l1_zscore_per_domain` and `tfidf`: see
            `data.vectors`. What comes in as float64 is normalised as float64 and becomes float32 afterwards.
        augment: what is done to the images of both domains at random before a method trains on them, for all methods
            and bounds alike; see `data.augmentation`. Those that a run is measured on stay as they are.
    """

    normalise: Literal["unit", "mean", "standardise", "instance", "image", "l1_zscore_per_domain", "tfidf"] = "unit"
    augment: Literal["none", "crop_flip", "shift"] = "none"

    @model_serializer(mode="wrap")
    def _where_there_is_some(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write `augment` only where images are augmented: the hash of all other settings stays."""
        content: dict[str, Any] = plain(self)
        if self.augment == "none":
            content.pop("augment", None)
        return content


MOST_OUTPUTS = 5000  # rows of source_val, and of target train, that may be kept at a checkpoint


IMAGE_KINDS = ("instance", "image")


VECTOR_KINDS = ("l1_zscore_per_domain", "tfidf")


class SourceSample(Section):
    """The draw from the source.

    Attributes:
        source_per_class: train on so many source examples of each class, all of a class that has fewer; None for all
            but the tenth that is held out. See `data.splits.hold_out.sample`.
    """

    source_per_class: int | None = Field(None, ge=1)


class Named(Section):
    """Something from the registry with its options, written `name` or `{name: …, options: {…}}`.

    `name:model` is short for the option `model`: `timm:resnet50` for `{name: timm, options: {model: resnet50}}`.
    """

    name: str
    options: dict[str, Any] = {}

    @field_validator("name")
    @classmethod
    def _canonical(cls, value: str) -> str:
        return canonical(value)

    @property
    def title(self) -> str:
        """The name, and the model where there is a choice of them: `timm:resnet50`."""
        model = self.options.get("model")
        return f"{self.name}:{model}" if isinstance(model, str) and is_model(model) else self.name


def named(value: Any) -> Any:
    """Write `name` as `{name: name}`, and the model that a name may end in as an option."""
    content = {"name": value} if isinstance(value, str) else value
    name = content.get("name") if isinstance(content, dict) else None
    if not isinstance(name, str) or ":" not in name:
        return content
    name, _, model = name.partition(":")
    options = content.get("options") or {}
    if not isinstance(options, dict):
        return content
    if options.get("model", model) != model:
        raise ValueError(f"the model is {model!r} in the name and {options['model']!r} in the options")
    return {**content, "name": name, "options": {**options, "model": model}}


class Optimiser(Section):
    """The optimiser that all methods and bounds share."""

    name: Literal["sgd", "adam", "adamw"] = "sgd"
    lr: float = Field(0.01, gt=0)
    momentum: float = Field(0.9, ge=0, lt=1)
    nesterov: bool = False
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = Field(0.0, ge=0)


class Schedule(Section):
    """The learning rate over a stage's progress p in [0, 1].

    Attributes:
        name: `constant`; `inverse` is lr / (1 + alpha p)^beta (Ganin & Lempitsky 2015); `cosine` is
            lr cos(7/8 pi/2 p) (Xie et al. 2019).
    """

    name: Literal["constant", "inverse", "cosine"] = "constant"
    alpha: float = Field(10.0, ge=0)
    beta: float = Field(0.75, ge=0)


class Budget(Section):
    """The length of a training.

    Attributes:
        steps: of all stages together.
        batch: examples from the source, and as many from the target.
        checkpoints: how often to measure, evenly spread; the last step is always one.
    """

    steps: int = Field(ge=1)
    batch: int = Field(ge=1)
    checkpoints: int = Field(1, ge=1)


class AskPlan(Section):
    """The labels that a suite of the track active asks for.

    Attributes:
        rounds: how often.
        per_round: how many labels each time.
        rules: by which; `dabench list asks`.
    """

    rounds: int = Field(ge=1)
    per_round: int = Field(ge=1)
    rules: tuple[str, ...] = Field(min_length=1)

    @field_validator("rules")
    @classmethod
    def _canonical(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        names = tuple(map(canonical, value))
        if len(set(names)) < len(names):
            raise ValueError("a rule is named twice")
        return names


class Ask(Section):
    """The labels that a run of the track active has: those that a rule asked for in its rounds so far.

    Attributes:
        rule: its name.
        source_sha256: hash of its sources.
        per_round: labels of each round.
        round: the last one; the first is 1.
    """

    rule: str
    source_sha256: str
    per_round: int
    round: int

    @property
    def labels(self) -> int:
        """All of them."""
        return self.round * self.per_round


SECTIONS: Mapping[str, type[Section]] = {
    "backbone": Named,
    "budget": Budget,
    "input": Input,
    "optimiser": Optimiser,
    "sample": SourceSample,
    "schedule": Schedule,
}
"""The sections of a suite that `--set` changes, by name."""


class Settings(Section):
    """The resolved settings of one run: the parts that decide its numbers, besides data, seed, code and device kind.

    As plain values they also hold `readout_version` where the readout, or a kind that an option names, has one.

    Attributes:
        views: versions of the augmented views that the method may ask for; see `hashing.canonical.VIEW_VERSIONS`. Where
            all are of version 1 nothing is written.
        ask: in the track active; a bound has none. Nothing is written for None.
    """

    method: str
    options: dict[str, Any]
    backbone: Named
    input: Input
    optimiser: Optimiser
    schedule: Schedule
    sample: SourceSample
    budget: Budget | None
    precision: Precision
    shots: Shots | None
    readout: ReadoutKind
    transductive: bool
    views: dict[str, int] = Field(default_factory=dict)
    ask: Ask | None = None

    @model_serializer(mode="wrap")
    def _with_versions(self, plain: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Write versions only where there are some: the hash of all other settings stays."""
        content: dict[str, Any] = plain(self)
        if not self.views:
            content.pop("views", None)
        if self.ask is None:
            content.pop("ask", None)
        named = {self.readout, *(value for value in self.options.values() if isinstance(value, str))}
        versions = [READOUT_VERSIONS[kind] for kind in named & READOUT_VERSIONS.keys()]
        return content | ({"readout_version": max(versions)} if versions else {})

    @property
    def steps(self) -> int:
        """Steps of the training; 0 where nothing is trained."""
        return self.budget.steps if self.budget else 0
