"""A trained network as tensors and a recipe, and back: nothing is unpickled, and nothing of a file is executed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from dabench.data.resident import Normaliser
from dabench.errors import ResultsError
from dabench.execution.artifact_writer import Stored
from dabench.execution.pair_data import PairData, applied
from dabench.methods.base import DeepMethod
from dabench.methods.problem import Labelled, Paired, Problem
from dabench.methods.scores import Scores, checked
from dabench.runs.job import Job, RunTask

FORMAT = 1
NETWORK = "network"
PLAIN = (bool, int, float, str, type(None))
Learned = tuple[NDArray[np.float32], NDArray[np.int64]]


def store_network(job: Job, data: PairData, method: DeepMethod, step: int, learned: Learned | None) -> Stored:
    """Tensors and a recipe that rebuild a method as it is.

    Args:
        job: of the run.
        data: of the run.
        method: trained so far.
        step: steps done.
        learned: embeddings (N, H) and labels (N,) that the suite's classifier is fitted to; None for the network's own.
    """
    problem = data.problem
    tensors = {f"state.{name}": value for name, value in method.state_dict().items() if isinstance(value, Tensor)}
    own = {name: value for name, value in vars(method).items() if name not in (*vars(nn.Module()), "artifacts")}
    tensors |= {f"attribute.{name}": value for name, value in own.items() if isinstance(value, Tensor)}
    for name, prepare in (("source", problem.prepare), ("target", problem.prepare_target)):
        if isinstance(prepare, Normaliser):
            tensors |= {f"input.{name}.{part}": value for part, value in prepare.statistics.items()}
    if learned is not None:
        tensors |= {"readout.x": torch.from_numpy(learned[0]), "readout.y": torch.from_numpy(learned[1])}
    recipe = {
        **common_recipe(job, NETWORK, str(job.data.target.open_examples().test.x.dtype)),
        "shapes": [list(problem.source_x.shape[1:]), list(problem.target_x.shape[1:])],
        "second_labels": {name: problem.aux_classes(name) for name in problem.source_aux},
        "step": step,
        "stage": _stage_at(method, job.budget.steps, step),
        "attributes": {name: value for name, value in own.items() if _is_plain(value)},
    }
    return Stored(tensors, recipe)


def common_recipe(job: Job, kind: str, dtype: str) -> dict[str, Any]:
    """The part of a recipe that models of all kinds have; `dtype` is that of an example."""
    return {
        "format": FORMAT,
        "kind": kind,
        "run_id": job.run_id,
        "method": job.method.name,
        "backbone": job.backbone.name,
        "settings": job.settings.model_dump(mode="json"),
        "seed": job.seed,
        "track": job.task.track,
        "pair": [job.data.source.name, job.data.target.name],
        "classes": list(job.data.target.classes),
        "example": {"shape": list(job.data.target.shape), "dtype": dtype},
    }


def _is_plain(value: Any) -> bool:
    return isinstance(value, PLAIN) and not (isinstance(value, float) and not math.isfinite(value))


def _stage_at(method: DeepMethod, steps: int, step: int) -> str:
    """The name of the stage that a step belongs to."""
    from dabench.execution.training import stage_steps

    return next(stage.name for stage, _, last in stage_steps(method.stages(), steps) if step <= last)


@dataclass(frozen=True)
class RestoredNetwork:
    """A trained method that predicts.

    Attributes:
        method: with its weights, on its device.
        prepare: turns examples of the target into what the network takes.
        classes: number of classes.
        readout: the suite's classifier on embeddings; None where the network's own is reported.
        device: of the method.
    """

    method: DeepMethod
    prepare: Normaliser
    classes: int
    readout: Any
    device: torch.device

    def scores(self, x: NDArray[Any]) -> Scores:
        """Examples (N, ...) of the form of the target's -> scores (N, C).

        Raises:
            PredictionError: the method gives something else.
        """
        examples = torch.from_numpy(np.ascontiguousarray(x)).to(self.device)
        if self.readout is not None:
            found = self.readout.decision_function(applied(self.method.embed, examples, self.prepare))
        else:
            found = applied(self.method.predict, examples, self.prepare)
        return checked(found, len(x), self.classes)


def restore_network(
    recipe: Mapping[str, Any], tensors: Mapping[str, Tensor], task: RunTask, device: torch.device
) -> RestoredNetwork:
    """Rebuild a method from what `store_network` gave.

    Args:
        recipe: of the model.
        tensors: of the model, by name.
        task: of the run, with the method and the backbone that are installed.
        device: where to predict.

    Raises:
        ResultsError: the tensors do not fit the method.
    """
    from dabench.execution.deep_run import StandIn, built
    from dabench.execution.readout import Readout

    prepare, prepare_target = (
        Normaliser.of(task.settings.input.normalise, _below(tensors, f"input.{name}.")) for name in ("source", "target")
    )
    problem = _stand_in(recipe, task.track, prepare, prepare_target)
    source, target = recipe["pair"]
    method, _ = built(task, StandIn(problem, device), task.method.load(), (source, target))
    for stage in method.stages():
        if stage.name == recipe["stage"]:
            method.enter(stage)
    _load(method, _below(tensors, "state."))
    for name, value in [*recipe["attributes"].items(), *_below(tensors, "attribute.").items()]:
        if name.isidentifier() and not name.startswith("__"):
            setattr(method, name, value.to(device) if isinstance(value, Tensor) else value)
    method.to(device).eval()
    readout = None
    if task.settings.readout != "network":
        readout = Readout(task.settings.readout, problem.classes, task.seed)
        readout.fit(tensors["readout.x"].numpy(), tensors["readout.y"].numpy())
    # Statistics lie on the device of what they are applied to.
    own = prepare_target if task.track == "paired" else prepare
    moved = Normaliser.of(own.kind, {name: value.to(device) for name, value in own.statistics.items()})
    return RestoredNetwork(method, moved, problem.classes, readout, device)


def _below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


def _stand_in(
    recipe: Mapping[str, Any], track: str, prepare: Normaliser, prepare_target: Normaliser
) -> Problem[Tensor, Tensor]:
    """A problem of the same form, of two rows."""
    dtype = torch.uint8 if recipe["example"]["dtype"] == "uint8" else torch.float32
    source_x, target_x = (torch.zeros(2, *shape, dtype=dtype) for shape in recipe["shapes"])
    rows = torch.arange(2)
    y = torch.zeros(2, dtype=torch.int64)
    paired = track == "paired"
    return Problem(
        track=track,
        classes=len(recipe["classes"]),
        source_x=source_x,
        source_y=y,
        target_x=target_x,
        target_y=y,
        prepare=prepare,
        source_rows=rows,
        few_shot=Labelled(rows, y) if track == "few_shot" else None,
        source_aux={name: torch.tensor([0, count - 1]) for name, count in recipe.get("second_labels", {}).items()},
        paired=Paired(source_x, target_x, y) if paired else None,
        prepare_target=prepare_target if paired else None,
    )


def _load(method: DeepMethod, state: Mapping[str, Tensor]) -> None:
    """Put tensors in their places, also where their shape depends on the data that the method was trained on.

    Raises:
        ResultsError: the method has other places.
    """
    known = method.state_dict()
    lacking, unknown = sorted(known.keys() - state.keys()), sorted(state.keys() - known.keys())
    if lacking or unknown:
        raise ResultsError(
            f"the saved tensors are of another version of the method: it has {(lacking or ['nothing'])[0]} besides, "
            f"and they have {(unknown or ['nothing'])[0]}"
        )
    for name, value in state.items():
        where, _, leaf = name.rpartition(".")
        owner = method.get_submodule(where)
        current = owner.get_parameter(leaf) if leaf in owner._parameters else owner.get_buffer(leaf)
        if current.shape == value.shape:
            with torch.no_grad():
                current.copy_(value)
        elif leaf in owner._buffers:
            owner._buffers[leaf] = value
        else:
            raise ResultsError(
                f"the saved {name} has the shape {tuple(value.shape)}, the method's {tuple(current.shape)}"
            )
