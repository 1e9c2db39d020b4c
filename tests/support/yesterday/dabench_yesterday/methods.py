from torch import nn
from torch.nn.functional import cross_entropy, mse_loss

from dabench import (
    Averaged,
    AveragedMethod,
    Backbone,
    Batch,
    DeepMethod,
    FeatureMethod,
    Problem,
    Stage,
    View,
)


class Net(Backbone):
    class Options(Backbone.Options):
        width: int = 8

    def __init__(self, input_shape, classes, options):
        super().__init__(input_shape, classes, options)
        channels, height, width = input_shape
        self.feature_size = options.width * height * width
        self.trunk = nn.Sequential(nn.Conv2d(channels, options.width, 3, padding=1), nn.ReLU())
        self.hidden = nn.Sequential(nn.Linear(self.feature_size, 16), nn.ReLU())
        self.output = nn.Linear(16, classes)


class Means(DeepMethod):
    class Options(DeepMethod.Options):
        weight: float = 0.1

    def setup(self, problem: Problem):
        self.scale = nn.Linear(1, 1)
        assert problem.track in ("unsupervised", "few_shot", "paired")
        assert len(problem.source_x) and problem.classes == 2 and problem.target_y is None

    def source_losses(self, batch: Batch):
        return {"class": cross_entropy(self.classify(self.features(batch.source_x)), batch.source_y)}

    def losses(self, batch: Batch):
        source, target = self.features(batch.source_x), self.features(batch.target_x)
        gap = (source.mean(0) - target.mean(0)).square().sum() * batch.progress
        return {
            "class": cross_entropy(self.classify(source), batch.source_y),
            "means": self.options.weight * gap + 0 * self.scale.weight.sum(),
        }

    def rates(self):
        return {"main": 0.5}

    def stages(self):
        return [Stage("source", 0.25, self.source_losses, [self.network]), Stage("both", 0.75)]


class Views(AveragedMethod):
    class Options(AveragedMethod.Options):
        weight: float = 1.0

    views = {"weak": "shift"}

    def setup(self, problem: Problem):
        self.average = Averaged(self.network, 0.9, running_statistics=True)

    def losses(self, batch: Batch):
        view: View = "shift"
        assert self.views == {"weak": view}
        logits = self.classify(self.features(batch.source_x))
        seen = self.classify(self.features(batch.target_x_weak))
        return {
            "class": cross_entropy(logits, batch.source_y),
            "agree": self.options.weight * mse_loss(seen, self.classify(self.features(batch.target_x)).detach()),
        }


class TwoNetworks(DeepMethod):
    takes = "source"

    def setup(self, problem: Problem):
        self.other = self.network.again(tuple(problem.target_x.shape[1:]))

    def losses(self, batch: Batch):
        source_x, target_x, y = batch.paired
        return {
            "source": cross_entropy(self.network.classify(self.network.features(source_x)), y),
            "target": cross_entropy(self.other.classify(self.other.features(target_x)), y),
        }

    def predict(self, x):
        return self.other.classify(self.other.features(x))

    def predict_source(self, x):
        return self.network.classify(self.network.features(x))

    def embed(self, x):
        return self.other.embed(x)

    def embed_source(self, x):
        return self.network.embed(x)


class Shift(FeatureMethod):
    def fit(self, problem: Problem):
        self._move = problem.source_x.mean(0) - problem.target_x.mean(0)
        self._classifier = self.classifier()
        self._classifier.fit(problem.source_x, problem.source_y)

    def predict(self, x):
        return self._classifier.decision_function(x + self._move)
