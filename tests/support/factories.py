"""Records and frames for tests, without a run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pandas as pd

from dabench.results.csv_file import frame_of
from dabench.runs.record import Accuracy, Checkpoint, CodeInfo, Environment, Metrics, PluginInfo, RunRecord, flatten

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
DIGESTS = {"run_id", "settings_sha256", "comparison_sha256", "data_sha256", "predictions_sha256"}


def digest(text: str) -> str:
    """A hash as it stands, or that of a word."""
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else sha256(text.encode()).hexdigest()


def make_record(accuracy: float | None = 0.8, minute: int = 0, plugin: str = "a" * 64, **overrides: Any) -> RunRecord:
    """A record of one run.

    Args:
        accuracy: selected; the last is the same and the oracle .01 better. None for a failed run.
        minute: when the run finished, after a fixed time.
        plugin: hash of the plugin's sources. A word stands for its hash, here and in the other fields of hashes.
        overrides: fields of `RunRecord`; `run_id` follows from the identifying ones.
    """
    plugin = digest(plugin)
    overrides |= {name: digest(overrides[name]) for name in DIGESTS & overrides.keys() if overrides[name] is not None}
    fields: dict[str, Any] = {
        "suite": "mini",
        "suite_version": 1,
        "track": "unsupervised",
        "source": "digits",
        "target": "digits_m",
        "method": "dann",
        "backbone": "small",
        "precision": "fp32",
        "seed": 0,
        "status": "failed" if accuracy is None else "ok",
        "error": "Traceback (most recent call last):\n  ...\nValueError: wrong" if accuracy is None else None,
        "accuracy": None
        if accuracy is None
        else Accuracy(selected=accuracy, last=accuracy, oracle=min(1.0, accuracy + 0.01)),
        "metrics": None if accuracy is None else Metrics(balanced_accuracy=accuracy, macro_f1=accuracy, ece=0.1),
        "selector": "last_step",
        "checkpoints": [
            Checkpoint(
                step=step,
                losses={"class": 1 / step},
                scores={"source_val_accuracy": 0.9},
                target_accuracy=0.7 if accuracy is None else accuracy,
            )
            for step in (100, 200)
        ],
        "per_class": {"0": 0.9, "1": 0.7},
        "steps": 200,
        "train_s": 2.5,
        "wall_s": 3.25,
        "examples_per_s": 1000.1,
        "images_seen": 25600,
        "test_rows": 898,
        "chosen_by": "paper",
        "settings": {"budget": {"steps": 200}, "options": {"weight": 1.0}},
        "settings_sha256": "5" * 64,
        "comparison_sha256": "c" * 64,
        "data_sha256": "d" * 64,
        "predictions_sha256": "e" * 64,
        "plugin": PluginInfo(distribution="dabench", version="0.1.0", source_sha256=plugin),
        "code": CodeInfo(commit="f" * 40, dirty=False),
        "env": Environment(
            dabench="0.1.0",
            python="3.11.7",
            torch="2.9.0",
            device="cpu",
            processor="x86_64",
            threads=1,
            bf16_cost=7.1,
        ),
        "finished": (START + timedelta(minutes=minute)).isoformat(),
    } | overrides
    identity = [fields[name] for name in ("suite", "suite_version", "source", "target", "method", "seed")]
    identity += [fields.get("variant", ""), fields["settings_sha256"], fields["data_sha256"], plugin]
    fields.setdefault("run_id", sha256(repr(identity).encode()).hexdigest())
    return RunRecord(**fields)


def make_frame(*records: RunRecord) -> pd.DataFrame:
    """The frame of these records, as `read_results` gives it."""
    return frame_of(flatten(record) for record in records)


def make_records(
    accuracies: Mapping[str, Sequence[float | None]], pair: str = "digits:digits_m", **overrides: Any
) -> list[RunRecord]:
    """Records of one pair: method -> accuracy of seed 0, 1, ...; None for a failed run."""
    source, _, target = pair.partition(":")
    return [
        make_record(
            value,
            source=source,
            target=target,
            method=method,
            seed=seed,
            sees_target_labels=method == "target_only",
            **overrides,
        )
        for method, values in accuracies.items()
        for seed, value in enumerate(values)
    ]
