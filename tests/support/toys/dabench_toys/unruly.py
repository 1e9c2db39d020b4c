"""Methods that leave the process otherwise than they found it, predict nonsense, or end in unusual ways."""

import os
import sys
import time

import torch

from dabench_toys.methods import MeanShift, Plain


class LeavesDtype(Plain):
    def predict(self, x):
        torch.set_default_dtype(torch.float64)
        return super().predict(x)


class LeavesGradientsOff(Plain):
    def step(self, batch):
        losses = super().step(batch)
        if batch.step == 23:  # the last one
            torch.set_grad_enabled(False)
        return losses


class PatchesBackward(Plain):
    def predict(self, x):
        backward = torch.Tensor.backward
        torch.Tensor.backward = lambda loss, *arguments: backward(loss * 3, *arguments)
        return super().predict(x)


class MovesAway(MeanShift):
    def fit(self, problem):
        os.chdir("/")
        os.environ["DABENCH_TOY"] = "here"
        sys.path.insert(0, "/nowhere")
        super().fit(problem)


class TooWide(Plain):
    def predict(self, x):
        logits = super().predict(x)
        return torch.cat([logits, logits[:, :1]], 1)


class TooFew(Plain):
    def predict(self, x):
        return super().predict(x)[1:]


class HalfNaN(Plain):
    def predict(self, x):
        logits = super().predict(x).clone()
        logits[::2] = float("nan")
        return logits


class Integers(Plain):
    def predict(self, x):
        return (100 * super().predict(x)).long()


class FlatFeatures(MeanShift):
    def predict(self, x):
        return super().predict(x).argmax(axis=1)


class ForksAndDies(Plain):
    def losses(self, batch):
        if os.fork() == 0:
            time.sleep(600)
        os._exit(3)


class ForksAndRaises(Plain):
    def losses(self, batch):
        if os.fork() == 0:
            raise RuntimeError("in the copy")
        time.sleep(0.5)
        raise RuntimeError("in the worker")


class SaysTooMuch(Plain):
    def losses(self, batch):
        for _ in range(3):
            print("p" * 1_000_000)
        print("the last line \udcff")
        raise RuntimeError("begin \udcff \x1b[31m" + 60_000_000 * "x" + " end")


class ExitsPolitely(Plain):
    def losses(self, batch):
        sys.exit("enough")


class Unusual(BaseException):
    pass


class RaisesUnusually(Plain):
    def losses(self, batch):
        raise Unusual("no exception")


class OddLossName(Plain):
    def losses(self, batch):
        return {"\udcff\n": super().losses(batch)["class"]}
