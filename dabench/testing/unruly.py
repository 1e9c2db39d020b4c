"""Methods of the test kit of launchers: they die, hang, raise, or wait for a file.

What they do at which try is decided by files in a folder that their options name, since workers are other processes.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from torch import Tensor
from torch.nn.functional import cross_entropy

from dabench.methods.base import DeepMethod
from dabench.methods.problem import Batch
from dabench.specs.spec import MethodSpec

STEP = 3  # at which it happens


class Plain(DeepMethod):
    """The lower bound, which notes each beginning of a training in a file of its folder."""

    class Options(DeepMethod.Options):
        """Options of all of them."""

        folder: str
        """For their files."""

    def losses(self, batch: Batch) -> dict[str, Tensor]:
        """The loss of the labelled source."""
        if batch.step == 0:
            with self.file("begun").open("a", encoding="utf-8") as file:
                file.write(f"{os.getpid()}\n")
        if batch.step == STEP:
            self.act()
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def act(self) -> None:
        """Do nothing."""

    def file(self, name: str) -> Path:
        """A file of the folder."""
        return Path(self.options.folder) / f"{type(self).__name__}.{name}"


class Raises(Plain):
    """Raises an error."""

    def act(self) -> None:
        """Raise it."""
        raise RuntimeError("the method of the kit raised")


class DiesOnce(Plain):
    """Kills its process at the first try."""

    def act(self) -> None:
        """Die, the first time."""
        if not self.file("died").exists():
            self.file("died").touch()
            os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


class Endless(Plain):
    """Never comes back from a call that no timeout reaches."""

    def act(self) -> None:
        """Sleep."""
        time.sleep(3600)


class Waits(Plain):
    """Waits for the file `gate`, and says by `reached` that it does."""

    def act(self) -> None:
        """Wait."""
        self.file("reached").touch()
        while not self.file("gate").exists():
            time.sleep(0.02)


METHODS = tuple(
    MethodSpec(name=name, entry_point=f"dabench.testing.unruly:{cls.__name__}", summary=str(cls.__doc__))
    for name, cls in {"kit_plain": Plain, "kit_raises": Raises, "kit_dies_once": DiesOnce, "kit_endless": Endless,
                      "kit_waits": Waits}.items()
)  # fmt: skip
