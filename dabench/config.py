"""What a suite may say, and the resolved settings of a run."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from dabench.names import canonical, pair_name
from dabench.ownconfig import OwnDomains

Bound = Literal["source_only", "target_only"]
Precision = Literal["fp32", "bf16"]
Readout = Literal["network", "linear_svm", "linear_svm_cv", "libsvm_cv", "rbf_svm", "nearest_neighbour"]
Shots = Annotated[int, Field(ge=1)] | Literal["all"]

_PAIR = re.compile(r"[a-z][a-z0-9_/]*:[a-z][a-z0-9_/]*")
_SEEDS = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")


def parse_seeds(text: str | int | Sequence[Any]) -> tuple[int, ...]:
    """Seeds from `0-4`, `0,2,5-7`, a number or a list of such.

    Raises:
        ValueError: other syntax, a range that runs backwards, or a seed named twice.
    """
    parts = [text] if isinstance(text, str | int) else text
    joined = ",".join(str(part) for part in parts).replace(" ", "")
    if not _SEEDS.fullmatch(joined):
        raise ValueError(f"seeds {joined!r} are not of the form 0-4 or 0,2,5-7")
    seeds: list[int] = []
    for part in joined.split(","):
        first, _, last = part.partition("-")
        if last and int(last) < int(first):
            raise ValueError(f"the range of seeds {part!r} runs backwards")
        seeds.extend(range(int(first), int(last or first) + 1))
    twice = sorted({seed for seed in seeds if seeds.count(seed) > 1})
    if twice:
        raise ValueError(f"seed {', '.join(map(str, twice))} is named twice in {joined!r}")
    return tuple(seeds)


def parse_shots(text: str) -> tuple[int | Literal["all"], ...]:
    """Numbers of shots from `1,10,all`.

    Raises:
        ValueError: something else than numbers from 1 on and `all`, or one of them twice.
    """
    parts = [part.strip() for part in text.split(",")]
    wrong = [part for part in parts if part != "all" and not (part.isdecimal() and int(part) > 0)]
    if wrong:
        raise ValueError(f"shots {wrong[0]!r} are neither a number from 1 on nor all, as in 1,10,all")
    if len(set(parts)) < len(parts):
        raise ValueError(f"a number of shots is named twice in {text!r}")
    return tuple("all" if part == "all" else int(part) for part in parts)


def parse_pair(text: str) -> str:
    """A pair as typed: `-` and `_` mean the same, and so do capital and small letters.

    Raises:
        ValueError: it is not `source:target`.
    """
    pair = canonical(text).lower()
    if not _PAIR.fullmatch(pair):
        meant = ":".join(map(pair_name, text.split(":")))
        hint = f"; domains of your own are called {meant}" if _PAIR.fullmatch(meant) else ""
        raise ValueError(f"pair {text!r} is not of the form source:target, as in mnist:mnist_m{hint}")
    return pair


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Input(_Section):
    """How examples become floats, on the device.

    Attributes:
        normalise: `unit` scales uint8 to [0, 1]; `mean` also subtracts the mean of each channel over source train;
            `standardise` also divides by its standard deviation; `instance` gives every image mean 0 and standard
            deviation 1 per channel (Shu et al. 2018, VADA), `image` over all its channels together, so that a colour
            keeps its contrast to the others. For vectors (backbone `identity`) `unit` leaves them as
            they are, `mean` and `standardise` work per column, and there are `l1_zscore_per_domain` and `tfidf`: see
            `data.vectors`.
    """

    normalise: Literal["unit", "mean", "standardise", "instance", "image", "l1_zscore_per_domain", "tfidf"] = "unit"


MOST_OUTPUTS = 5000  # rows of source_val, and of target train, that may be kept at a checkpoint

IMAGE_KINDS = ("instance", "image")
VECTOR_KINDS = ("l1_zscore_per_domain", "tfidf")


class Sample(_Section):
    """What a run draws from the source.

    Attributes:
        source_per_class: train on so many source examples of each class, all of a class that has fewer; None for all
            but the tenth that is held out. See `data.splits.sample`.
    """

    source_per_class: int | None = Field(None, ge=1)


class Named(_Section):
    """Something from the registry with its options, written `name` or `{name: …, options: {…}}`."""

    name: str
    options: dict[str, Any] = {}

    @field_validator("name")
    @classmethod
    def _canonical(cls, value: str) -> str:
        return canonical(value)


def _named(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class Optimiser(_Section):
    """The optimiser that all methods and bounds share."""

    name: Literal["sgd", "adam", "adamw"] = "sgd"
    lr: float = Field(0.01, gt=0)
    momentum: float = Field(0.9, ge=0, lt=1)
    nesterov: bool = False
    betas: tuple[float, float] = (0.9, 0.999)
    weight_decay: float = Field(0.0, ge=0)


class Schedule(_Section):
    """The learning rate over a stage's progress p in [0, 1].

    Attributes:
        name: `constant`; `inverse` is lr / (1 + alpha p)^beta (Ganin & Lempitsky 2015); `cosine` is
            lr cos(7/8 pi/2 p) (Xie et al. 2019).
    """

    name: Literal["constant", "inverse", "cosine"] = "constant"
    alpha: float = Field(10.0, ge=0)
    beta: float = Field(0.75, ge=0)


class Budget(_Section):
    """How long a run trains.

    Attributes:
        steps: of all stages together.
        batch: examples from the source, and as many from the target.
        checkpoints: how often to measure, evenly spread; the last step is always one.
    """

    steps: int = Field(ge=1)
    batch: int = Field(ge=1)
    checkpoints: int = Field(1, ge=1)


class EntryRecipe(_Section):
    """Settings that a method has instead of its suite's and its pair's: whole sections, None for those that stay.

    Of the budget, the keys that differ.
    """

    backbone: Annotated[Named | None, BeforeValidator(_named)] = None
    input: Input | None = None
    optimiser: Optimiser | None = None
    schedule: Schedule | None = None
    budget: dict[str, Any] = {}
    readout: Readout | None = None


class MethodEntry(_Section):
    """A method of a suite, written `dann` or `{method: dann, as: …, options: {…}, chosen_by: …}`.

    Attributes:
        recipe: settings of a paper's own. Such an entry is compared with bounds of the same recipe alone, which the
            suite names too: `{method: source_only, as: network, recipe: {…}}`.
        search: what `dabench tune` tries in this suite, option -> values, instead of what the method declares.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    method: str
    as_: str = Field("", alias="as", pattern=r"^[a-z0-9_]*$")
    options: dict[str, Any] = {}
    recipe: EntryRecipe = EntryRecipe()
    search: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = {}
    chosen_by: Literal["paper", "label_free", "target_labels"] | None = None

    @field_validator("method")
    @classmethod
    def _canonical(cls, value: str) -> str:
        return canonical(value)


class PairEntry(_Section):
    """A pair of a suite, written `mnist:mnist_m` or `{pair: …, backbone: …, budget: …, options: {dann: {…}}}`."""

    pair: Annotated[str, BeforeValidator(lambda value: parse_pair(value) if isinstance(value, str) else value)]
    backbone: Annotated[Named | None, BeforeValidator(_named)] = None
    input: Input | None = None
    schedule: Schedule | None = None
    budget: dict[str, Any] = {}
    options: dict[str, dict[str, Any]] = {}


def _methods(value: Any) -> Any:
    return [{"method": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value


def _pairs(value: Any) -> Any:
    return [{"pair": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value


def _shots(value: Any) -> Any:
    if value is None:
        return None
    listed = value if isinstance(value, list | tuple) else [value]
    wrong = [item for item in listed if item != "all" and (type(item) is not int or item < 1)]
    if wrong or not listed:
        found = f"{wrong[0]!r} is neither" if wrong else "there are none"
        raise ValueError(f"shots are numbers from 1 on, or all, as in [1, 10, all]: {found}")
    return listed


class Suite(_Section):
    """A suite: pairs, track, backbone, methods, seeds, budget. Unknown keys are refused.

    Attributes:
        version: rises when the meaning of a cell changes; more methods, pairs or seeds do not raise it.
        shots: how much of the target is labelled, in the tracks few_shot and paired, which need it; a number or a list,
            each of which has a table of its own. In few_shot, examples per class, or `all` (see `data.shots`). In
            paired, whole groups, such as people, whose simultaneous samples are given: per class where groups are of
            one class, and examples per class where there are no groups (see `data.simultaneous`).
        metric: what `accuracy` means in this suite's records.
        domains: where data of one's own lie: then a name in `pairs` may be a folder or a table there.
        sample: what a run draws from the source.
        budget: None only where nothing is trained: with the backbone `identity`.
        precision: of a network's convolutions and matrix products while training; see `backbones.base.Backbone`.
        readout: the classifier that is reported: the network's own, or one fitted on `embed()` of source train; of
            target train for the bound that sees its labels.
        selector: the label-free rule that picks the reported checkpoint.
        outputs: rows of source_val and of target train whose scores and embeddings are kept at every checkpoint, for
            `dabench rescore`; without it none, unless the selector reads them.
        transductive: both domains are taken whole, train and test joined: the source to train on, the target to adapt
            to and to test on. For published protocols that say so; tables mark it.
        chosen_by: who chose the options of its methods.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    version: int = Field(1, ge=1)
    summary: str = ""
    domains: OwnDomains | None = None
    track: Literal["unsupervised", "few_shot", "paired"] = "unsupervised"
    shots: Annotated[tuple[Shots, ...] | None, BeforeValidator(_shots)] = None
    seeds: Annotated[tuple[int, ...], BeforeValidator(parse_seeds)] = (0, 1, 2, 3, 4)
    metric: Literal["accuracy", "balanced_accuracy"] = "accuracy"
    input: Input = Input()
    backbone: Annotated[Named, BeforeValidator(_named)]
    optimiser: Optimiser = Optimiser()
    schedule: Schedule = Schedule()
    sample: Sample = Sample()
    budget: Budget | None = None
    precision: Precision = "fp32"
    readout: Readout = "network"
    bounds: tuple[Bound, ...] = ("source_only", "target_only")
    selector: str = "last_step"
    outputs: int = Field(0, ge=0, le=MOST_OUTPUTS)
    transductive: bool = False
    chosen_by: Literal["paper", "label_free", "target_labels"] = "paper"
    methods: Annotated[tuple[MethodEntry, ...], BeforeValidator(_methods)]
    pairs: Annotated[tuple[PairEntry, ...], BeforeValidator(_pairs), Field(min_length=1)]

    @field_validator("selector")
    @classmethod
    def _selector(cls, value: str) -> str:
        return canonical(value)

    @field_validator("pairs")
    @classmethod
    def _pairs_once(cls, value: tuple[PairEntry, ...]) -> tuple[PairEntry, ...]:
        names = [entry.pair for entry in value]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is named twice")
        return value

    @field_validator("methods")
    @classmethod
    def _methods_once(cls, value: tuple[MethodEntry, ...]) -> tuple[MethodEntry, ...]:
        names = [(entry.method, entry.as_) for entry in value]
        twice = sorted({name for name, alias in names if names.count((name, alias)) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is named twice; tell them apart with `as`")
        return value

    @model_validator(mode="after")
    def _shots_fit(self) -> Self:
        if self.track == "unsupervised" and self.shots is not None:
            raise ValueError("`shots` are of the tracks few_shot and paired, and this suite is unsupervised")
        if self.track == "few_shot" and self.shots is None:
            raise ValueError("the track few_shot needs `shots`, labelled target examples per class: [1, 10, all], say")
        if self.track == "paired" and (self.shots is None or "all" in self.shots):
            raise ValueError("the track paired needs `shots`, numbers of labelled groups such as people: [2, 5], say")
        if self.shots is not None and len(set(self.shots)) < len(self.shots):
            raise ValueError("a number of shots is named twice")
        if self.shots is not None and self.transductive:
            raise ValueError("a transductive suite tests on all of the target, also on what `shots` label")
        return self


class Settings(_Section):
    """The resolved settings of one run: what decides its numbers, besides data, seed, code and the device's kind."""

    method: str
    options: dict[str, Any]
    backbone: Named
    input: Input
    optimiser: Optimiser
    schedule: Schedule
    sample: Sample
    budget: Budget | None
    precision: Precision
    shots: Shots | None
    readout: Readout
    transductive: bool

    @property
    def steps(self) -> int:
        """Of the training; 0 where nothing is trained."""
        return self.budget.steps if self.budget else 0
