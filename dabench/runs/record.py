"""The outcome of one run, and where it is kept.

A record is a JSON file, `DIR/runs/<suite>/<source>--<target>/<method>/<seed>-<first 12 of run_id>.json`.
`flatten` turns one into a row of the committed `results/<suite>.csv`; readers take both (see `results.folder`).

Every file carries `content_sha256`, the hash of the rest of it, so that an edit or a fault of a disk does not go
unnoticed. It is no signature: who edits a record on purpose can hash it anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dabench.hashing.canonical import sha256
from dabench.printable import printable
from dabench.runs.fields import (
    Amount,
    BackboneName,
    Commit,
    Count,
    Digest,
    DomainName,
    Name,
    Number,
    Plain,
    Share,
    Text,
    Time,
    Whole,
    Word,
)
from dabench.runs.reasons import reason

SCHEMA = 5
# 1 had no content hash, 1 and 2 no instruction sets and no NUMERICS_VERSION, 1 to 3 no source_free, 1 to 4 no numbers
# of weights and no rounds.
READABLE = (1, 2, 3, 4, 5)
HASH = "content_sha256"

Status = Literal["ok", "failed", "collapsed", "timeout"]
SCORED: tuple[Status, ...] = ("ok", "collapsed")  # what a run with an accuracy ends with
ChosenBy = Literal["paper", "label_free", "target_labels", "user"]


class _Part(BaseModel):
    # A collapsed run may hold a loss that is not finite; pydantic would write it as null, which cannot be read back.
    model_config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=(), ser_json_inf_nan="strings")


class Accuracy(_Part):
    """The suite's metric on the target test split, as a fraction.

    Attributes:
        selected: at the checkpoint that the suite's label-free selector picked: the number to report.
        last: at the last step.
        oracle: the best over all checkpoints. Uses target labels, so never a result.
    """

    selected: Share
    last: Share
    oracle: Share


class Selection(_Part):
    """The pick of one selector."""

    step: Count
    accuracy: Share


class Checkpoint(_Part):
    """The measurements at one checkpoint.

    Attributes:
        step: steps done, all stages counted.
        losses: mean of each loss since the checkpoint before.
        scores: label-free values that selectors read, such as `source_val_accuracy`.
        target_accuracy: the suite's metric on the target test split. No selector but the oracle reads it.
    """

    step: Count
    losses: dict[Text, Number]
    scores: dict[Text, Number]
    target_accuracy: Share


class Metrics(_Part):
    """Further measures of the selected checkpoint on the target test split, as fractions.

    Attributes:
        ece: expected calibration error over 15 bins; None for readouts without probabilities.
    """

    balanced_accuracy: Share
    macro_f1: Share
    ece: Share | None


class PluginInfo(_Part):
    """The plugin that the method came from."""

    distribution: Word
    version: Word
    source_sha256: Digest


class CodeInfo(_Part):
    """The code of dabench itself.

    Attributes:
        commit, dirty: where it runs from a git checkout.
        numerics: `hashing.canonical.NUMERICS_VERSION`; None before schema 3.
    """

    commit: Commit | None
    dirty: bool | None
    numerics: Count | None = None


class Environment(_Part):
    """The environment of the numbers: recorded, not part of the identity (but for the device's kind).

    Attributes:
        torch: its version with its build, as in `2.9.0+cu128`.
        processor: its model.
        cpu_capability: the instruction set of torch's own kernels; None before schema 3.
        onednn_isa: that of oneDNN (convolutions); None before schema 3, and where it is not known.
        blas: the BLAS libraries; None before schema 3.
        bf16_cost: how many times as long as in fp32 a training step takes in bf16; None where nobody asked.
        libraries: versions of NumPy, SciPy, scikit-learn and pandas, and of what the method's plugin depends on:
            `numpy 2.4.6, pandas 3.1.1`; None in files from before the field.
        host: the name of the machine, which is not published; None in files from before the field.
    """

    dabench: Word
    python: Word
    torch: Word
    device: Word
    processor: Word
    threads: Count
    cpu_capability: Word | None = None
    onednn_isa: Word | None = None
    blas: Word | None = None
    bf16_cost: Amount | None = None
    libraries: Text | None = None
    host: Text | None = None


class RunRecord(_Part):
    """The record of one run. Fields are the contract of the design, section 10; times in seconds, shares in [0, 1].

    Attributes:
        settings: resolved settings; `settings_sha256` is the hash of their canonical JSON.
        comparison_sha256: the same without the method and its options: runs that share it can be compared.
        source_free: the last stage of the training used no source; None for runs that came to nothing, and before
            schema 4.
        network_parameters: weights of the backbone; None where nothing was trained, and before schema 5, as the next
            two.
        trained_parameters: weights that the last stage trains, where it uses no source; else None.
        stored_parameters: numbers to be stored for one more target, beside the network that has learned the source.
        rule: in the track active, by which labels were asked for; None for bounds.
        round: in the track active; 0 for bounds.
        asked: rows of target train whose labels the run was given, in the order in which they were asked for.
        predictions_sha256: hash of the predicted classes of the target test split at the selected checkpoint.
        data_notes: what was left out of the two domains, and what else their loaders said; see `runs.data_notes`.
        test_rows: how many target test examples the accuracy was measured on.
        tries: how often the run was begun: more than once where workers have died; None in files from before the field.
        finished: when the run ended, UTC, ISO 8601.
    """

    schema_: Whole = Field(default=SCHEMA, alias="schema")
    run_id: Digest
    suite: Name
    suite_version: Count
    track: Word
    shots: Count | Literal["all"] | None = None
    source: DomainName
    target: DomainName
    method: Name
    variant: Word = ""
    backbone: BackboneName
    precision: Word
    metric: Word = "accuracy"
    seed: Count
    status: Status
    error: Text | None = None
    accuracy: Accuracy | None = None
    selector: Name
    selections: dict[Text, Selection] = {}
    per_class: dict[Text, Share] = {}
    checkpoints: list[Checkpoint] = []
    steps: Count = 0
    train_s: Amount = 0.0
    wall_s: Amount = 0.0
    examples_per_s: Amount = 0.0
    peak_memory_bytes: Count = 0
    images_seen: Count = 0
    test_rows: Count = 0
    tries: Count | None = None
    metrics: Metrics | None = None
    chosen_by: ChosenBy
    transductive: bool = False
    sees_target_labels: bool = False
    source_free: bool | None = None
    network_parameters: Count | None = None
    trained_parameters: Count | None = None
    stored_parameters: Count | None = None
    rule: Name | None = None
    round: Count | None = None
    asked: list[Count] = []
    settings: Plain
    settings_sha256: Digest
    comparison_sha256: Digest
    data_sha256: Digest
    predictions_sha256: Digest | None = None
    data_notes: Text | None = None
    plugin: PluginInfo
    code: CodeInfo
    env: Environment
    finished: Time

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, protected_namespaces=(), ser_json_inf_nan="strings"
    )

    @property
    def pair(self) -> str:
        """`source:target`."""
        return f"{self.source}:{self.target}"

    @property
    def done(self) -> bool:
        """Whether the run need not be repeated."""
        return self.status in SCORED

    def to_json(self) -> str:
        """The text of the record's file, its hash included."""
        text = self.model_dump_json(by_alias=True, indent=1)
        return text.removesuffix("\n}") + f',\n "{HASH}": "{sha256(json.loads(text))}"\n}}\n'


def run_stem(suite: str, source: str, target: str, method: str, seed: int, run_id: str) -> Path:
    """The path of a run's files below `DIR/runs`, without the suffix (`.json` the record, `.log` the log).

    A `/` in a domain's name becomes `.`.
    """
    pair = f"{source.replace('/', '.')}--{target.replace('/', '.')}"
    return Path(f"{suite}/{pair}/{method}/{seed}-{run_id[:12]}")


NOT_SCALAR = frozenset({"settings", "selections", "per_class", "checkpoints", "asked"})  # stay in the record's file
PRIVATE = frozenset({"env_host"})  # so does this, which is no business of who reads a published file


def flatten(record: RunRecord) -> dict[str, Any]:
    """The record's scalar fields, nested names joined with `_` (`accuracy_selected`, `env_torch`).

    `settings`, `selections`, `per_class`, `checkpoints` and tracebacks stay in the JSON file.
    """
    return dict(zip(_layout().columns, scalars(record), strict=True))


def scalars(record: RunRecord) -> list[Any]:
    """The values of the same fields, in the same order."""
    layout, values = _layout(), list[Any]()
    for value, parts in zip(layout.fields(record), layout.parts, strict=True):
        if parts is None:
            values.append(value)
        else:
            values += [None] * parts.count if value is None else parts.of(value)
    values = [printable(value) if isinstance(value, str) and not value.isprintable() else value for value in values]
    if record.shots is not None:
        values[layout.shots] = str(record.shots)  # a number or a word: text in a frame
    if record.error:  # one line says what happened; the rest is in the record
        values[layout.error] = reason(record.error)
    return values


@dataclass(frozen=True)
class _Parts:
    """Readers of the parts of a nested field; of one part alone `of` would give no tuple."""

    count: int
    of: Callable[[Any], tuple[Any, ...]]


@dataclass(frozen=True)
class _Layout:
    """The scalar fields of a record.

    Attributes:
        fields: reads them all; nested ones whole.
        parts: of each field; None for one that is not nested.
        columns: their names in a row.
        shots, error: places in a row of what is worded otherwise there.
    """

    fields: Callable[[Any], tuple[Any, ...]]
    parts: tuple[_Parts | None, ...]
    columns: tuple[str, ...]
    shots: int
    error: int


@cache
def _layout() -> _Layout:
    models: dict[str, type[BaseModel]]
    models = {"accuracy": Accuracy, "metrics": Metrics, "plugin": PluginInfo, "code": CodeInfo, "env": Environment}
    names = [name for name in RunRecord.model_fields if name not in NOT_SCALAR]
    columns: list[str] = []
    parts: list[_Parts | None] = []
    for name in names:
        of_model = models[name].model_fields if name in models else ()
        inner = [part for part in of_model if f"{name}_{part}" not in PRIVATE]
        columns += [f"{name}_{part}" for part in inner] or [RunRecord.model_fields[name].alias or name]
        parts.append(_Parts(len(inner), attrgetter(*inner)) if inner else None)
    return _Layout(attrgetter(*names), tuple(parts), tuple(columns), columns.index("shots"), columns.index("error"))
