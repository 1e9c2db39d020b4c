"""Contents of a suite, and the resolved settings of a run."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)

from dabench.config.own_data import OwnDomains
from dabench.config.parse import parse_pair, parse_seeds
from dabench.config.settings import (
    MOST_OUTPUTS,
    AnyPrecision,
    AskPlan,
    Budget,
    Input,
    Named,
    Optimiser,
    ReadoutKind,
    Schedule,
    Section,
    Shots,
    SourceSample,
    named,
)
from dabench.specs.names import BOUNDS, NAME, Bound, canonical, items


class EntryRecipe(Section):
    """Settings that a method has instead of its suite's and its pair's: whole sections, None for those that stay.

    Of the budget, the keys that differ.
    """

    backbone: Annotated[Named | None, BeforeValidator(named)] = None
    input: Input | None = None
    optimiser: Optimiser | None = None
    schedule: Schedule | None = None
    budget: dict[str, Any] = Field(default_factory=dict)
    readout: ReadoutKind | None = None


class MethodEntry(Section):
    """A method of a suite, written `dann` or `{method: dann, as: …, options: {…}, chosen_by: …}`.

    Attributes:
        recipe: settings of a paper's own. Such an entry is compared with bounds of the same recipe alone, which the
            suite names too: `{method: source_only, as: network, recipe: {…}}`.
        search: what `dabench tune` tries in this suite, option -> values, instead of what the method declares.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    method: str
    as_: str = Field("", alias="as", pattern=r"^[a-z0-9_]*$")
    options: dict[str, Any] = Field(default_factory=dict)
    recipe: EntryRecipe = EntryRecipe()
    search: dict[str, Annotated[tuple[Any, ...], Field(min_length=1)]] = Field(default_factory=dict)
    chosen_by: Literal["paper", "label_free", "target_labels"] | None = None

    @field_validator("method")
    @classmethod
    def _canonical(cls, value: str) -> str:
        return canonical(value)


class PairEntry(Section):
    """A pair of a suite, written `mnist:mnist_m` or `{pair: …, backbone: …, budget: …, options: {dann: {…}}}`.

    Attributes:
        options: of methods on this pair, method -> option -> value.
        chosen_by: who chose them; None for who chose the method's options in the suite.
    """

    pair: Annotated[str, BeforeValidator(lambda value: parse_pair(value) if isinstance(value, str) else value)]
    backbone: Annotated[Named | None, BeforeValidator(named)] = None
    input: Input | None = None
    schedule: Schedule | None = None
    budget: dict[str, Any] = Field(default_factory=dict)
    options: dict[str, dict[str, Any]] = Field(default_factory=dict)
    chosen_by: Literal["paper", "label_free", "target_labels"] | None = None


def _listed(value: Any) -> Any:
    """A list as it is; one thing alone, or several in a text with commas, as a list."""
    if isinstance(value, str):
        return items(value)
    return [value] if isinstance(value, dict) else value


def _methods(value: Any) -> Any:
    value = _listed(value)
    return [{"method": item} if isinstance(item, str) else item for item in value] if isinstance(value, list) else value


def _pairs(value: Any) -> Any:
    value = _listed(value)
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


class Suite(Section):
    """A suite: pairs, track, backbone, methods, seeds, budget. Unknown keys are refused.

    Attributes:
        version: rises when the meaning of a cell changes; more methods, pairs or seeds do not raise it.
        shots: how much of the target is labelled, in the tracks few_shot and paired, which need it; a number or a list,
            each of which has a table of its own. In few_shot, examples per class, or `all` (see `data.splits.shots`).
            In paired, whole groups, such as people, whose simultaneous samples are given: per class where groups are of
            one class, and examples per class where there are no groups (see `data.splits.paired_splits`).
        ask: which labels of the target are asked for, in the track active, which needs it.
        metric: what `accuracy` means in this suite's records.
        domains: where data of one's own lie: then a name in `pairs` may be a folder or a table there.
        sample: what a run draws from the source.
        budget: None only where nothing is trained: with the backbone `identity`.
        precision: of a network's convolutions and matrix products while training; see `backbones.base.Backbone`. `auto`
            is bf16 where the machine computes that quicker than fp32, and else fp32, in rows that say so.
        readout: the classifier that is reported: the network's own, or one fitted on `embed()` of source train; of
            target train for the bound that sees its labels. It predicts the class with the highest score, also where
            its C is chosen: see `execution.readout.Readout`.
        selector: the label-free rule that picks the reported checkpoint.
        outputs: rows of source_val and of target train whose scores and embeddings are kept at every checkpoint, for
            `dabench rescore`; without it none, unless the selector reads them.
        transductive: both domains are taken whole, train and test joined: the source to train on, the target to adapt
            to and to test on. For published protocols that say so; tables mark it.
        chosen_by: who chose the options of its methods.
    """

    name: str = Field(pattern=f"^{NAME}$")
    version: int = Field(1, ge=1)
    summary: str = ""
    domains: OwnDomains | None = None
    track: Literal["unsupervised", "few_shot", "paired", "active"] = "unsupervised"
    shots: Annotated[tuple[Shots, ...] | None, BeforeValidator(_shots)] = None
    ask: AskPlan | None = None
    seeds: Annotated[tuple[int, ...], BeforeValidator(parse_seeds)] = (0, 1, 2, 3, 4)
    metric: Literal["accuracy", "balanced_accuracy"] = "accuracy"
    input: Input = Input()
    backbone: Annotated[Named, BeforeValidator(named)]
    optimiser: Optimiser = Optimiser()
    schedule: Schedule = Schedule()
    sample: SourceSample = SourceSample()
    budget: Budget | None = None
    precision: AnyPrecision = "fp32"
    readout: ReadoutKind = "network"
    bounds: Annotated[tuple[Bound, ...], BeforeValidator(_listed)] = BOUNDS
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
        if self.track in ("unsupervised", "active") and self.shots is not None:
            raise ValueError(f"`shots` are of the tracks few_shot and paired, and this suite is {self.track}")
        if (self.track == "active") != (self.ask is not None):
            raise ValueError(
                "the track active, and no other, has `ask`: {rounds: 4, per_round: 10, rules: [random, entropy]}, say"
            )
        if self.track == "active" and ("source_only" not in self.bounds or self.transductive):
            raise ValueError(
                "the track active asks first by the outputs of source_only, which must be among its bounds, and tests "
                "on target test, so that it is not transductive"
            )
        if self.track == "few_shot" and self.shots is None:
            raise ValueError("the track few_shot needs `shots`, labelled target examples per class: [1, 10, all], say")
        if self.track == "paired" and (self.shots is None or "all" in self.shots):
            raise ValueError("the track paired needs `shots`, numbers of labelled groups such as people: [2, 5], say")
        if self.shots is not None and len(set(self.shots)) < len(self.shots):
            raise ValueError("a number of shots is named twice")
        if self.shots is not None and self.transductive:
            raise ValueError("a transductive suite tests on all of the target, also on what `shots` label")
        return self
