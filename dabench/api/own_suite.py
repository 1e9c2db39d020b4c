"""The suite of a pair of arrays, where the caller names none: a small network for its kind of examples."""

from __future__ import annotations

from typing import Any

from dabench.config.suite import Suite
from dabench.domains.own.given import Kind, Pair

NAME = "arrays"
ADAM = {"optimiser": {"name": "adam", "lr": 0.001}, "budget": {"steps": 500, "batch": 32, "checkpoints": 5}}
SETTINGS: dict[Kind, dict[str, Any]] = {
    "images": {"backbone": {"name": "mini_cnn", "options": {"batch_norm": True}}, "input": {"normalise": "image"}},
    "windows": {"backbone": "sensor_cnn", "input": {"normalise": "standardise"}, **ADAM},
    "vectors": {"backbone": "mlp", "input": {"normalise": "standardise"}, **ADAM},
    "sparse vectors": {"backbone": "identity", "readout": "linear_svm"},
}
SETTINGS["images"] |= {"optimiser": {"name": "sgd", "lr": 0.02, "momentum": 0.9}, "budget": ADAM["budget"]}


def suite_of(pair: Pair) -> Suite:
    """A suite with one pair: CORAL, and DANN where there is a network, between the bounds."""
    settings = SETTINGS[pair.kind]
    methods = ["coral"] if pair.kind == "sparse vectors" else ["coral", "dann"]
    return Suite.model_validate(
        {"name": NAME, "summary": "arrays of a program", "methods": methods, "pairs": [pair.name], **settings}
    )
