"""A trained model: rebuilt from the files that a run kept, and applied to arrays or to a domain's test split."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy.sparse import issparse

from dabench.config.settings import Settings
from dabench.data.prepared import PreparedDomain, PreparedExamples, prepare
from dabench.data.splits.given import labels_of_test
from dabench.domains.own.given import examples_of
from dabench.errors import DataError, PluginError, ResultsError, UsageError, shortened
from dabench.methods.scores import Scores
from dabench.parallel.pool import elsewhere
from dabench.plugin.method_class import VERSION as CLASS
from dabench.plugin.method_file import VERSION as FILE
from dabench.plugin.registry import Registry
from dabench.plugin.uninstalled import method_sha256
from dabench.results.artifact_names import MODEL, RECIPE
from dabench.results.artifacts import artifact
from dabench.runs.job import RunTask
from dabench.runs.record import RunRecord
from dabench.specs.spec import BackboneSpec, DomainSpec, MethodSpec

if TYPE_CHECKING:
    from dabench.execution.evaluation import Evaluation
    from dabench.execution.saved_network import RestoredNetwork
    from dabench.execution.saved_vectors import RestoredVectors

FORMAT = 1
LARGEST = 2**24  # bytes of a recipe


@dataclass(frozen=True, kw_only=True)
class Application:
    """A model and the examples that it is applied to, for the process that does it.

    Attributes:
        tensors: the file of its tensors.
        recipe: how to rebuild it.
        task: of its run.
        device: as torch names it.
        domain: whose test split is predicted; None for other examples.
    """

    tensors: Path
    recipe: Mapping[str, Any]
    task: RunTask
    device: str
    domain: PreparedExamples | None = None


@dataclass(frozen=True, kw_only=True)
class Model:
    """The trained model of a run.

    Attributes:
        record: of the run.
        application: of the model, to nothing yet.
        registry: of plugins.
    """

    record: RunRecord
    application: Application
    registry: Registry

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes."""
        return tuple(self.application.recipe["classes"])

    @property
    def example(self) -> tuple[tuple[int, ...], str]:
        """The shape and the dtype of an example, as its domain has them."""
        example = self.application.recipe["example"]
        return tuple(example["shape"]), str(example["dtype"])

    def scores(self, x: Any) -> Scores:
        """Scores (N, C) of examples in one of the forms of `dabench.pair`; the highest of a row is the prediction.

        Raises:
            DataError: the examples have another form than those that the model was trained on.
        """
        examples = examples_of(x, "these examples")
        shape, dtype = self.example
        if tuple(examples.shape[1:]) != shape or issparse(examples) != self._sparse:
            kind = "sparse" if issparse(examples) else str(examples.dtype)
            raise DataError(
                f"these examples are {kind} of the shape {tuple(examples.shape[1:])}; the model takes {dtype} {shape}"
                f"{', sparse' if self._sparse else ''}"
            )
        if not self._sparse:
            examples = _as_dtype(examples, np.dtype(dtype))
        from dabench.execution.frozen_features import frozen_part

        task = self.application.task
        return self._restored.scores(frozen_part(examples, task.backbone, task.settings, self.application.device))

    @cached_property
    def _sparse(self) -> bool:
        return "source_x.indptr" in self._tensors

    @cached_property
    def _tensors(self) -> dict[str, Any]:
        return _read_tensors(self.application.tensors)

    @cached_property
    def _restored(self) -> RestoredNetwork | RestoredVectors:
        return _restored(self.application, self._tensors)

    def on(self, domain: str) -> tuple[Scores, PreparedDomain]:
        """Scores (T, C) of a domain's test split, from a process that has no labels of it, and the domain.

        Raises:
            UsageError: there is no such domain.
            DataError: its examples or classes are others than those that the model was trained on.
        """
        try:
            spec = self.registry.get(DomainSpec, domain).spec
        except UsageError as error:
            raise UsageError(
                f"{error} Data of your own are named with the file of their suite, --suite FILE; arrays of a program "
                "are predicted by results.model(...).predict(x)."
            ) from error
        prepared = prepare(spec)
        if prepared.classes != self.classes:
            alone = [name for name in prepared.classes if name not in self.classes]
            lacking = [name for name in self.classes if name not in prepared.classes]
            parts = [f"{domain} alone has {shortened(alone)}"] * bool(alone)
            parts += [f"it lacks {shortened(lacking)}"] * bool(lacking)
            raise DataError(f"{domain} has other classes than the model: {', and '.join(parts) or 'in another order'}")
        if tuple(prepared.shape) != self.example[0]:
            raise DataError(f"examples of {domain} have the shape {prepared.shape}, the model takes {self.example[0]}")
        task = Application(**{**vars(self.application), "domain": prepared.examples})
        return elsewhere(apply_to_domain, task), prepared

    def evaluate(self, domain: str) -> Evaluation:
        """Measures of the model on a domain's test split, by the metric of its suite."""
        from dabench.execution.evaluation import Evaluator, predictions_of

        scores, prepared = self.on(domain)
        evaluator = Evaluator(labels_of_test(prepared, False), self.classes, self.record.metric)
        logits = self.record.settings["readout"] == "network" and self.application.recipe["kind"] == "network"
        return evaluator.evaluate(predictions_of(scores, logits=logits))


def open_model(record: RunRecord, results: Path, registry: Registry, device: str = "cpu") -> Model:
    """The model that a run kept.

    Args:
        record: of the run.
        results: the folder it is in.
        registry: with the run's method.
        device: where it predicts.

    Raises:
        ResultsError: nothing was kept, or the files are gone or damaged.
        PluginError: the method's plugin is not installed.
    """
    tensors, path = artifact(results, record, MODEL), artifact(results, record, RECIPE)
    recipe = _read_recipe(path)
    method = registry.all(MethodSpec).get(record.method)
    if method is None:
        raise _no_plugin(record)
    if method_sha256(method.spec) != record.plugin.source_sha256:
        warnings.warn(
            f"the source of {record.method} has changed since its run: the model may predict otherwise", stacklevel=2
        )
    try:
        settings = Settings.model_validate(recipe["settings"])
    except ValidationError as error:
        raise ResultsError(f"{path} has settings of another version of dabench: {error.errors()[0]['msg']}") from error
    backbone = registry.get(BackboneSpec, settings.backbone.name).spec
    form = method.spec
    if not backbone.trains and form.feature_entry_point:
        from dataclasses import replace

        form = replace(form, entry_point=form.feature_entry_point)
    task = RunTask(
        method=form,
        backbone=backbone,
        settings=settings,
        seed=record.seed,
        track=record.track,
        metric=record.metric,
        selectors=(),
        selector=record.selector,
    )
    application = Application(tensors=tensors, recipe=recipe, task=task, device=device)
    return Model(record=record, application=application, registry=registry)


def apply_to_domain(given: Application) -> Scores:
    """Predict a domain's test split, in a process of its own, whose labels are closed."""
    import torch

    from dabench.execution.closed_labels import labels_closed
    from dabench.execution.frozen_features import open_for_run
    from dabench.seeding import reproducible

    assert given.domain is not None
    torch.set_num_threads(1)  # as the worker had that trained it, which decides the last bits
    with reproducible(), labels_closed(given.domain):
        examples = open_for_run(given.domain, given.task.backbone, given.task.settings, given.device)
        return _restored(given, _read_tensors(given.tensors)).scores(examples.test.x)


def _restored(given: Application, tensors: Mapping[str, Any]) -> RestoredNetwork | RestoredVectors:
    import torch

    from dabench.execution.saved_network import restore_network
    from dabench.execution.saved_vectors import restore_vectors

    if given.recipe["kind"] == "vectors":
        return restore_vectors(given.recipe, tensors, given.task)
    return restore_network(given.recipe, tensors, given.task, torch.device(given.device))


def _read_tensors(path: Path) -> dict[str, Any]:
    """Tensors of a file, of which nothing is executed.

    Raises:
        ResultsError: it is no safetensors file, or a damaged one.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return dict(load_file(path))
    except (SafetensorError, OSError, ValueError) as error:
        raise ResultsError(
            f"{path} is no safetensors file, or damaged: {error}. Delete its folder, and run again."
        ) from error


def _read_recipe(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("it is too large")
        recipe = dict(json.loads(path.read_text(encoding="utf-8")))
        if recipe["format"] != FORMAT:
            raise ValueError(f"it has the format {recipe['format']}, and this dabench reads {FORMAT}")
        needed = {"kind", "settings", "classes", "example", "pair"}
        if needed - recipe.keys():
            raise ValueError(f"it lacks {', '.join(sorted(needed - recipe.keys()))}")
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ResultsError(f"{path} does not say how to rebuild the model: {error}.") from error
    return recipe


def _no_plugin(record: RunRecord) -> PluginError:
    name, plugin = record.method, record.plugin
    if plugin.version == CLASS:
        fix = f"It was a {plugin.distribution} of the program that ran it: pass that as method=…, or put it in a file."
    elif plugin.version == FILE:
        fix = f"It was of the file {plugin.distribution}: name that with --method PATH/{plugin.distribution}."
    else:
        fix = f"It was of {plugin.distribution} {plugin.version}: install that."
    return PluginError(f"the model needs its method {name!r}, which no plugin here has. {fix}")


def _as_dtype(x: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    if x.dtype == dtype:
        return x
    if dtype == np.uint8:
        raise DataError(f"these images are {x.dtype}; the model takes uint8, whole numbers from 0 to 255")
    return x.astype(dtype)
