"""Public names that were renamed: the old ones work for one release, and warn."""

from __future__ import annotations

from typing import Any, Self

import pytest
import torch
from dabench_plugins.feature_matching import FeatureMatching
from dabench_plugins.target_only import TargetOnly
from torch import nn

from dabench import Backbone, DeepMethod
from tests.support.small_runs import built, problem_of, stripes


def _old(name: str, value: Any, base: type[DeepMethod] = DeepMethod) -> type[DeepMethod]:
    with pytest.warns(DeprecationWarning, match="takes is now trains_on") as caught:
        cls = type(name, (base,), {"takes": value})
    assert caught[0].filename == __file__
    return cls


def test_takes_stands_for_trains_on() -> None:
    old = _old("Old", "source")
    new = type("New", (old,), {"trains_on": "target"})
    older = _old("Older", "both", new)
    assert (DeepMethod.trains_on, old.trains_on, new.trains_on, older.trains_on) == ("both", "source", "target", "both")
    for cls, value in ((DeepMethod, "both"), (old, "source"), (new, "target")):
        with pytest.warns(DeprecationWarning, match="trains_on"):
            assert cls.takes == value


def test_built_in_methods_may_keep_the_old_names() -> None:
    x, y = stripes(30, seed=0)
    method = built(FeatureMatching, problem_of(x, y, x[:, :2]))  # a warning would be an error here
    assert method.target.trunk[0].weight.shape[1] == 2
    assert (FeatureMatching.trains_on, TargetOnly.trains_on) == ("source", "target")


class _Net(Backbone):
    def __init__(self, input_shape: tuple[int, ...], classes: int, options: Backbone.Options) -> None:
        super().__init__(input_shape, classes, options)
        self.width = input_shape[0]
        self.trunk, self.hidden, self.output = (nn.Identity() for _ in range(3))


def _net(cls: type[Backbone]) -> Any:
    return cls((3,), 2, Backbone.Options())


def test_again_stands_for_clone_for_shape() -> None:
    with pytest.warns(DeprecationWarning, match="again is now clone_for_shape") as caught:
        assert _net(_Net).again((5,)).width == 5
    assert caught[0].filename == __file__

    class Doubled(_Net):
        def clone_for_shape(self, input_shape: tuple[int, ...]) -> Self:
            return super().clone_for_shape((2 * input_shape[0],))

    with pytest.warns(DeprecationWarning, match="clone_for_shape"):
        assert _net(Doubled).again((5,)).width == 10


def test_an_old_backbone_that_overrides_again_is_asked_by_either_name() -> None:
    with pytest.warns(DeprecationWarning, match="again is now clone_for_shape"):

        class Old(_Net):
            def again(self, input_shape: tuple[int, ...]) -> Self:
                network = super().again(input_shape)
                network.old = torch.ones(())
                return network

    for name in ("again", "clone_for_shape"):
        with pytest.warns(DeprecationWarning, match="clone_for_shape"):  # by the call of super().again
            network = getattr(_net(Old), name)((5,))
        assert network.width == 5
        assert network.old == 1


def test_fixed_stands_for_frozen() -> None:
    with pytest.warns(DeprecationWarning, match="fixed_.* is now frozen_") as caught:

        class Old(_Net):
            @classmethod
            def fixed_key(cls, options: Any) -> str:
                return "the weights"

            @classmethod
            def fixed_part(cls, input_shape: tuple[int, ...], options: Any) -> nn.Module:
                return nn.Flatten()

    assert [str(warning.message).partition(":")[0] for warning in caught] == [
        "Backbone.fixed_key is now frozen_key",
        "Backbone.fixed_part is now frozen_part",
    ]
    assert Old.frozen_key(Backbone.Options()) == "the weights"
    assert isinstance(Old.frozen_part((3,), Backbone.Options()), nn.Flatten)
