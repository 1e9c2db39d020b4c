"""The two shapes a method can have.

A `DeepMethod` writes its losses in plain torch; the harness owns seeds, batches, optimiser, schedule and device. A
`FeatureMethod` has `fit` and `predict` on arrays, so that any scikit-learn-style estimator is one adapter away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.nn.modules.batchnorm import _BatchNorm

from dabench.backbones.base import Backbone
from dabench.errors import warn_renamed
from dabench.methods.averaged_network import Averaged
from dabench.methods.problem import Batch, Problem
from dabench.seeding import numpy_generator

if TYPE_CHECKING:
    from dabench.data.augmentation import View


class MethodOptions(BaseModel):
    """Options of a method: fields with defaults. Unknown ones are refused, field by field."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def artifact_path(folder: Path | None, name: str) -> Path:
    """The path of a file in the folder `own` of a run's artifacts, which is made; see `DeepMethod.artifact`."""
    if folder is None:
        raise ValueError("artifact() is for methods in a run: there is no folder")
    if not name or name != Path(name).name or name.startswith("."):
        raise ValueError(f"artifact({name!r}): a plain name of a file is needed, as in 'weights.png'")
    own = folder / "own"
    own.mkdir(parents=True, exist_ok=True)
    return own / name


@dataclass(frozen=True)
class Stage:
    """A part of the training with losses of its own.

    Attributes:
        name: for logs.
        share: of the budget's steps, in (0, 1]; the shares of all stages sum to 1.
        losses: maps a batch to named losses; the method's own `losses` if None.
        modules: only these are trained; all of the method's if None.
        uses_source: whether a step may look at the source. Where it is False no source example is gathered, and
            `batch.source_x` and whatever else begins with `source_` raise. A method whose last stage says so is marked
            *source-free* in tables, and the conformance kit holds it to that.
    """

    name: str
    share: float = 1.0
    losses: Callable[[Batch], dict[str, Tensor]] | None = None
    modules: Sequence[nn.Module] | None = None
    uses_source: bool = True


def source_free(stages: Sequence[Stage]) -> bool:
    """Whether a training with these stages ends without the source: it adapts a network that others trained on it."""
    return not stages[-1].uses_source


class _Takes:
    """`DeepMethod.takes`, the old name of `trains_on`, where it is read."""

    def __get__(self, method: DeepMethod | None, cls: type[DeepMethod]) -> str:
        warn_renamed("DeepMethod.takes", "trains_on")
        return cls.trains_on


class DeepMethod(nn.Module):
    """A method that trains a network by gradient descent.

    Override `losses`; where that is not enough `step`, `stages`, `parameter_groups` or `predict`. The method is a
    module: what `setup` assigns to `self` is trained, moved to the device and saved with it.

    Attributes:
        views: augmented forms of both domains' images that a batch is to have, as in `{"strong": "randaugment"}` for
            `batch.source_x_strong` and `batch.target_x_strong`. Where options of the type `View` decide, `setup`
            sets it.
        trains_on: whose examples `network` takes. `both`: examples of both domains must have one shape, or the harness
            refuses. `source`: the method has another network for the target, made by `network.clone_for_shape`, and
            `predict` uses that. `target`: none but the target's pass it.
    """

    class Options(MethodOptions):
        """A method adds fields with the paper's defaults."""

    options: Any  # an instance of the subclass's Options
    views: Mapping[str, View] = MappingProxyType({})
    trains_on: Literal["both", "source", "target"] = "both"
    takes: Any = _Takes()

    def __init_subclass__(cls, **options: Any) -> None:
        """Take `takes`, the old name, for `trains_on`."""
        super().__init_subclass__(**options)
        if "takes" in cls.__dict__:
            warn_renamed("DeepMethod.takes", "trains_on")
            cls.trains_on = cls.__dict__["takes"]
            del cls.takes

    def __init__(self, network: Backbone, options: MethodOptions) -> None:
        super().__init__()
        self.network = network
        self.options = options
        self.artifacts: Path | None = None
        self.optimisers: dict[str, torch.optim.Optimizer] = {}
        self._losses: Callable[[Batch], dict[str, Tensor]] = self.losses

    def setup(self, problem: Problem[Tensor, Tensor]) -> None:
        """Build extra modules, from random numbers of a stream of the method's own. Does nothing by default."""

    def features(self, x: Tensor) -> Tensor:
        """Examples (N, ...) -> features (N, F), the last convolutional layer."""
        return self.network.features(x)

    def embed(self, x: Tensor) -> Tensor:
        """Examples (N, ...) -> last hidden layer (N, H)."""
        return self.network.embed(x)

    def classify(self, features: Tensor) -> Tensor:
        """Features (N, F) -> logits (N, C)."""
        return self.network.classify(features)

    def artifact(self, name: str) -> Path:
        """The path of a file that the method may write, such as a picture: it is kept beside the run's record.

        The file is hashed with the run's other artifacts. It is no part of the run's identity.

        Args:
            name: of the file, without a folder.

        Raises:
            ValueError: it is no plain name, or the method is no part of a run.
        """
        return artifact_path(self.artifacts, name)

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """Named scalar losses; their sum is minimised."""
        raise NotImplementedError(f"{type(self).__name__} must define losses(batch)")

    def labelled_losses(self, batch: Batch) -> dict[str, Tensor]:
        """Classification loss on the labelled target examples, under the name `labelled`; nothing in tracks without.

        An unsupervised method whose `losses` add it can list few_shot among its tracks. The examples pass the network
        by themselves: batch norm, if any, takes their own statistics.
        """
        if batch.few_shot is None:
            return {}
        return {"labelled": cross_entropy(self.classify(self.features(batch.few_shot.x)), batch.few_shot.y)}

    def step(self, batch: Batch) -> dict[str, Tensor]:
        """One training step; returns the losses for the record. Override it where one step is several updates."""
        losses = self._losses(batch)
        self.update(total(losses))
        return losses

    def update(self, loss: Tensor, *groups: str) -> None:
        """Descend along the gradient of `loss`, with the optimisers of some parameter groups; `main` if none is named.

        What other groups' weights get of the gradient is forgotten when it is their turn.
        """
        optimisers = [self.optimisers[group] for group in groups or ("main",)]
        for optimiser in optimisers:
            optimiser.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]  # torch does not annotate it
        for optimiser in optimisers:
            optimiser.step()

    @contextmanager
    def statistics_kept(self) -> Iterator[None]:
        """Within the block what passes is normalised as before, and batch norm's running statistics stay."""
        norms = [module for module in self.modules() if isinstance(module, _BatchNorm)]
        tracked = [norm.track_running_stats for norm in norms]
        for norm in norms:
            norm.track_running_stats = False
        try:
            yield
        finally:
            for norm, was in zip(norms, tracked, strict=True):
                norm.track_running_stats = was

    def parameter_groups(self) -> Mapping[str, Iterable[nn.Parameter]]:
        """Groups of parameters that `update` trains, by name; all under `main` by default."""
        return {"main": self.parameters()}

    def rates(self) -> Mapping[str, float]:
        """Factors of the suite's learning rate in the stage that begins, by parameter group; 1 where there is none."""
        return {}

    def stages(self) -> Sequence[Stage]:
        """The parts of the training, one after the other; a single one by default."""
        return [Stage("train")]

    def enter(self, stage: Stage) -> None:
        """Called by the harness as a stage begins: its losses are in force, and only its modules are trained."""
        self._losses = stage.losses or self.losses
        trained = {id(parameter) for module in (stage.modules or [self]) for parameter in module.parameters()}
        averages = [module for module in self.modules() if isinstance(module, Averaged)]
        trained -= {id(parameter) for module in averages for parameter in module.parameters()}
        for parameter in self.parameters():
            parameter.requires_grad_(id(parameter) in trained)

    def trained_parameters(self) -> int:
        """The number of weights that the present stage trains. Tables show it as a share of the network's.

        A method that trains part of a tensor overrides it; the conformance kit counts what changes.
        """
        return sum(parameter.numel() for parameter in self.parameters() if parameter.requires_grad)

    def stored_parameters(self) -> int:
        """The numbers that are to be stored for one more target, beside the network that has learned the source.

        They are the trained weights, and the statistics of batch norm, which follow the target. A method that keeps
        these as they are overrides it.
        """
        return self.trained_parameters() + statistics_of(self.network.modules())

    def predict(self, x: Tensor) -> Tensor:
        """Examples (N, ...) -> logits (N, C). Called without gradients and in evaluation mode."""
        return self.classify(self.features(x))

    def predict_source(self, x: Tensor) -> Tensor:
        """The same for source examples, for held-out ones: as `predict`, unless the domains have networks apart."""
        return self.predict(x)

    def embed_source(self, x: Tensor) -> Tensor:
        """Source examples (N, ...) -> last hidden layer (N, H): as `embed`, unless the domains have networks apart."""
        return self.embed(x)


def statistics_of(modules: Iterable[nn.Module]) -> int:
    """The number of running statistics of the batch norms among some modules."""
    norms = [module for module in modules if isinstance(module, _BatchNorm)]
    kept = (statistic for norm in norms for statistic in (norm.running_mean, norm.running_var))
    return sum(statistic.numel() for statistic in kept if statistic is not None)


def total(losses: Mapping[str, Tensor]) -> Tensor:
    """The sum of named losses.

    Raises:
        TypeError: they are something else.
    """
    if not isinstance(losses, Mapping) or not losses:
        raise TypeError(f"losses(batch) must return {{name: scalar tensor}}, not {type(losses).__name__}")
    for name, loss in losses.items():
        if not isinstance(loss, Tensor) or loss.numel() != 1:
            kind = f"a tensor of shape {tuple(loss.shape)}" if isinstance(loss, Tensor) else type(loss).__name__
            raise TypeError(f"losses(batch) must return {{name: scalar tensor}}: {name} is {kind}")
    parts = list(losses.values())
    loss = parts[0]
    for part in parts[1:]:
        loss = loss + part
    return loss


class FeatureMethod:
    """A method on feature vectors.

    On images the vectors are `embed()` of the source-only network of the same pair, settings and seed. With the
    backbone `identity` examples are their own vectors; where a domain is sparse, `fit` and `predict` get float32
    `scipy.sparse.csr_array`s, and where its values are float64 and not normalised, float64 arrays.

    Attributes:
        seed: of the run, for estimators that take a number.
        artifacts: folder of the run's artifacts; None where there is none.
        max_rows: the most rows of each domain that `fit` gets, for a method whose memory grows with their square; None
            for all. The harness draws them by the run's seed, every class of the source in its share. Labelled rows of
            the target are always among them. `predict` gets all rows.
    """

    class Options(MethodOptions):
        """A method adds fields with the paper's defaults."""

    options: Any  # an instance of the subclass's Options
    seed: int = 0
    artifacts: Path | None = None
    max_rows: ClassVar[int | None] = None

    @cached_property
    def generator(self) -> np.random.Generator:
        """The method's random numbers: a stream of the run's seed that nothing else draws from."""
        return numpy_generator(self.seed, "feature method")

    def artifact(self, name: str) -> Path:
        """The path of a file that the method may write; see `DeepMethod.artifact`."""
        return artifact_path(self.artifacts, name)

    def __init__(self, options: MethodOptions, classifier: Callable[..., Any]) -> None:
        """Keep the options.

        Args:
            options: validated options of the method.
            classifier: makes the classifier of the suite's readout, unfitted: a scikit-learn estimator with
                `decision_function`. A method that needs another kind names it, as in `classifier("rbf_svm_cv")`; see
                `execution.readout.Readout`.
        """
        self.options = options
        self.classifier = classifier

    @staticmethod
    def from_estimator(
        make: Callable[[Any], Any],
        *,
        fit: Literal["sample_domain", "source_target", "unlabelled"] = "sample_domain",
        options: type[MethodOptions] = MethodOptions,
        max_rows: int | None = None,
    ) -> type[FeatureMethod]:
        """A method from an estimator with `fit`, and with `decision_function`, `predict_proba` or `predict`.

        Args:
            make: makes the unfitted estimator from the method's options.
            fit: how the estimator is fitted. `sample_domain`, as in skada: `fit(x, y, sample_domain=domain)`, on the
                rows of both domains, of which those of the source are marked 1, and those of the target -2 and labelled
                -1. `source_target`: `fit(source_x, source_y, target_x)`. `unlabelled`, as in
                `sklearn.semi_supervised`: `fit(x, y)`, with -1 for the rows of the target.
            options: the method's options, with defaults.
            max_rows: see `FeatureMethod`.

        Sparse vectors are made dense. The estimator brings its own classifier: the suite's readout is not used.
        """
        from dabench.methods.estimator import EstimatorMethod

        if fit not in ("sample_domain", "source_target", "unlabelled"):
            raise ValueError(f"from_estimator: fit is 'sample_domain', 'source_target' or 'unlabelled', not {fit!r}")
        body: dict[str, Any] = {"make": staticmethod(make), "fit_call": fit, "Options": options, "max_rows": max_rows}
        body["__module__"] = make.__module__
        return type("EstimatorMethod", (EstimatorMethod,), body)

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Learn from labelled source features, unlabelled target features and whatever else the track allows."""
        raise NotImplementedError(f"{type(self).__name__} must define fit(problem)")

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Target features (N, D) -> scores (N, C), the highest of which is predicted."""
        raise NotImplementedError(f"{type(self).__name__} must define predict(x)")
