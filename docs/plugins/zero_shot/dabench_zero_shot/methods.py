"""Methods that predict classes without a source example by their attributes."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from sklearn.linear_model import LogisticRegression

from dabench import FeatureMethod, Problem

Floats = NDArray[np.float64]


class ZeroShot(FeatureMethod):
    """A method that knows the attributes of all classes, and has source examples of some: the seen ones.

    A subclass has `learn(x, y)`, and `scores(x)` with a column for every class.
    """

    class Options(FeatureMethod.Options):
        """Options.

        Attributes:
            attributes: "module:name" of an array (C, A): whether class c has attribute a.
            among: the classes that may be predicted. With `all` it is generalised zero-shot learning.
        """

        attributes: str = Field("dabench_zero_shot.signs:ATTRIBUTES", pattern=r"^[\w.]+:\w+$")
        among: Literal["all", "unseen"] = "all"

    def fit(self, problem: Problem[NDArray[np.float32], NDArray[np.int64]]) -> None:
        """Learn from the source examples; the target's are not looked at."""
        module, _, name = self.options.attributes.partition(":")
        self.table = np.asarray(getattr(import_module(module), name), dtype=np.float64)
        self.seen = np.unique(problem.source_y)
        require_attributes(self.table, problem.classes, self.seen)
        self.mean, self.spread = problem.source_x.mean(0), problem.source_x.std(0) + 1e-6
        self.learn(self.standardised(problem.source_x), problem.source_y)

    def predict(self, x: NDArray[np.float32]) -> NDArray[np.float32]:
        """Scores (N, C); those of classes that may not be predicted lie below all others."""
        scores = self.scores(self.standardised(x))
        if self.options.among == "unseen":
            scores[:, self.seen] = scores.min() - 1
        return scores.astype(np.float32)

    def standardised(self, x: NDArray[np.float32]) -> Floats:
        """Rows (N, D) in units of the source's deviation, and a column of ones (N, D + 1)."""
        return np.column_stack([(x - self.mean) / self.spread, np.ones(len(x))]).astype(np.float64)

    def learn(self, x: Floats, y: NDArray[np.int64]) -> None:
        """Learn from source rows (N, D) and labels (N,)."""
        raise NotImplementedError

    def scores(self, x: Floats) -> Floats:
        """Scores (N, C) of target rows (N, D)."""
        raise NotImplementedError


def require_attributes(table: Floats, classes: int, seen: NDArray[np.int64]) -> None:
    """Refuse a table of attributes (C, A) from which the unseen classes cannot be told.

    Raises:
        ValueError: it has other classes, none is unseen, the seen ones all have or all lack an attribute, or two
            classes have the same attributes.
    """
    if table.ndim != 2 or len(table) != classes:
        raise ValueError(
            f"the attributes are of shape {table.shape}, and a row is needed for each of {classes} classes"
        )
    if len(seen) == classes:
        raise ValueError("every class has source examples: a zero-shot method needs classes without one")
    constant = np.flatnonzero(table[seen].min(0) == table[seen].max(0))
    if len(constant):
        raise ValueError(f"the seen classes all have or all lack the attributes {constant.tolist()}: drop the columns")
    if len(np.unique(table, axis=0)) < classes:
        raise ValueError("two classes have the same attributes: add one that tells them apart")


class Dap(ZeroShot):
    """Direct attribute prediction: a class by the product of the probabilities of its attributes (Lampert et al. 2009).

    Each probability is divided by that of the attribute among the seen classes.
    """

    def learn(self, x: Floats, y: NDArray[np.int64]) -> None:
        self.models = [LogisticRegression(max_iter=1000).fit(x, column) for column in self.table[y].T]
        self.prior = self.table[self.seen].mean(0)

    def scores(self, x: Floats) -> Floats:
        """Log of the product over the attributes."""
        lacks, has = np.stack([model.predict_log_proba(x) for model in self.models], axis=2).transpose(1, 0, 2)
        fitting: Floats = (has - np.log(self.prior)) @ self.table.T + (lacks - np.log1p(-self.prior)) @ (
            1 - self.table
        ).T
        return fitting


class Devise(ZeroShot):
    """A linear map into the space of attributes, where the label's class is to lead by a margin (Frome et al. 2013)."""

    class Options(ZeroShot.Options):
        """Options.

        Attributes:
            margin: by which a class leads.
            epochs: over the source.
            rate: of stochastic gradient descent, in batches of 64.
        """

        margin: float = Field(0.1, gt=0)
        epochs: int = Field(20, ge=1)
        rate: float = Field(0.05, gt=0)

    def learn(self, x: Floats, y: NDArray[np.int64]) -> None:
        self.classes = of_length_one(self.table)
        self.map = np.zeros((x.shape[1], self.classes.shape[1]))
        for _ in range(self.options.epochs):
            for rows in np.array_split(self.generator.permutation(len(x)), max(1, len(x) // 64)):
                self.map -= self.options.rate * self.gradient(x[rows], y[rows])

    def gradient(self, x: Floats, y: NDArray[np.int64]) -> Floats:
        """Of the mean over rows of the sum over seen classes j of max(0, margin - t_y M x + t_j M x), wrt M."""
        lead = x @ self.map @ self.classes.T
        own = lead[np.arange(len(y)), y][:, None]
        violated = np.zeros_like(lead)
        violated[:, self.seen] = lead[:, self.seen] > own - self.options.margin
        violated[np.arange(len(y)), y] = 0
        violated[np.arange(len(y)), y] = -violated.sum(1)
        slope: Floats = x.T @ (violated @ self.classes) / len(x)
        return slope

    def scores(self, x: Floats) -> Floats:
        """Products with the classes' attributes, of length 1."""
        products: Floats = x @ self.map @ self.classes.T
        return products


class Conse(ZeroShot):
    """The likeliest seen classes' attributes, weighted by probability, and the nearest class (Norouzi et al. 2014)."""

    class Options(ZeroShot.Options):
        """Options.

        Attributes:
            likeliest: seen classes that count.
        """

        likeliest: int = Field(10, ge=1)

    def learn(self, x: Floats, y: NDArray[np.int64]) -> None:
        self.classes = of_length_one(self.table)
        self.model: Any = LogisticRegression(max_iter=1000).fit(x, y)

    def scores(self, x: Floats) -> Floats:
        """Cosines with the attributes of every class."""
        probabilities = self.model.predict_proba(x)
        least = np.sort(probabilities, axis=1)[:, -self.options.likeliest :][:, :1]
        mean = np.where(probabilities >= least, probabilities, 0) @ self.classes[self.model.classes_]
        cosines: Floats = of_length_one(mean) @ self.classes.T
        return cosines


def of_length_one(x: Floats) -> Floats:
    """Rows (N, D) of length 1."""
    scaled: Floats = x / np.linalg.norm(x, axis=1, keepdims=True)
    return scaled
