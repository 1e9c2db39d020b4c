"""The text of a file with a method, as a user writes it."""

from __future__ import annotations

SOURCE = '''
from __future__ import annotations

from torch.nn.functional import cross_entropy

from dabench import DeepMethod


class MyMethod(DeepMethod):
    """Learn from the source alone."""

    class Options(DeepMethod.Options):
        weight: float = 0.5

    def losses(self, batch):
        return {"class": self.options.weight * cross_entropy(self._scores(batch), batch.source_y)}

    def _scores(self, batch):
        return self.classify(self.features(batch.source_x))


class DANNPlus(MyMethod):
    pass


class Helper:
    pass
'''
