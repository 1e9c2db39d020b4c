"""Methods that change what is not theirs: the process, their inputs, files, the network."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from tests.support.mutants.mutant import Mutants
from tests.support.sound_methods import Coral, MatchMeans

MUTANTS = Mutants()


@MUTANTS.caught_by("thread_count", "step 1 changed torch's number of threads from 1 to 2")
class SetsThreads(MatchMeans):
    def gap(self, source, target):
        torch.set_num_threads(2)
        return super().gap(source, target)


@MUTANTS.caught_by("thread_count", r"__init__\(\) changed torch's number of threads")
class SetsThreadsWhenMade(MatchMeans):
    def __init__(self, network, options):
        super().__init__(network, options)
        torch.set_num_threads(2)


@MUTANTS.caught_by("thread_count", r"stages\(\) changed torch's number of threads")
class SetsThreadsForStages(MatchMeans):
    def stages(self):
        torch.set_num_threads(2)
        return super().stages()


@MUTANTS.caught_by("random_state", r"__init__\(\) changed the state of a global random generator")
class SeedsWhenMade(MatchMeans):
    def __init__(self, network, options):
        super().__init__(network, options)
        random.seed(0)


@MUTANTS.caught_by("random_state", r"enter\(\) changed the state of a global random generator")
class DrawsBetweenStages(MatchMeans):
    def enter(self, stage):
        super().enter(stage)
        torch.rand(1)


@MUTANTS.caught_by("inputs", r"embed\(\) changed the examples in place")
class NormalisesWhatItEmbeds(MatchMeans):
    def embed(self, x):
        return super().embed(x.mul_(0.5))


@MUTANTS.caught_by("default_dtype", "step 1 changed torch's default dtype from torch.float32 to torch.float64")
class SetsDtype(MatchMeans):
    def gap(self, source, target):
        torch.set_default_dtype(torch.float64)
        return super().gap(source, target)


@MUTANTS.caught_by("grad_mode", "step 1 changed whether gradients are recorded from True to False")
class LeavesGradientsOff(MatchMeans):
    def step(self, batch):
        losses = super().step(batch)
        torch.set_grad_enabled(False)
        return losses


@MUTANTS.caught_by("grad_mode", r"setup\(\) changed whether gradients are recorded")
class LeavesGradientsOffInSetup(MatchMeans):
    def setup(self, problem):
        torch.set_grad_enabled(False)


@MUTANTS.caught_by("deterministic_mode", "step 1 changed whether only deterministic algorithms")
class AllowsAnyAlgorithm(MatchMeans):
    def gap(self, source, target):
        torch.use_deterministic_algorithms(False)
        return super().gap(source, target)


@MUTANTS.caught_by("deterministic_mode", "step 1 changed the settings of cuDNN")
class TurnsOnBenchmarks(MatchMeans):
    def gap(self, source, target):
        torch.backends.cudnn.benchmark = True
        return super().gap(source, target)


@MUTANTS.caught_by("default_device", r"setup\(\) changed torch's default device from cpu to meta")
class SetsDevice(MatchMeans):
    def setup(self, problem):
        torch.set_default_device("meta")


@MUTANTS.caught_by("precision", r"fit\(\) changed what NumPy does about overflow and the like \(divide\)")
class IgnoresDivisions(Coral):
    def fit(self, problem):
        np.seterr(divide="ignore")
        super().fit(problem)


@MUTANTS.caught_by("precision", r"setup\(\) changed the precision of torch's products from highest to medium")
class TakesLessPrecision(MatchMeans):
    def setup(self, problem):
        torch.set_float32_matmul_precision("medium")


@MUTANTS.caught_by("surroundings", r"setup\(\) changed environment variables \(DABENCH_MUTANT\)")
class SetsAVariable(MatchMeans):
    def setup(self, problem):
        os.environ["DABENCH_MUTANT"] = "1"


@MUTANTS.caught_by("surroundings", r"fit\(\) changed the working directory")
class Moves(Coral):
    def fit(self, problem):
        os.chdir("/")
        super().fit(problem)


@MUTANTS.caught_by("surroundings", r"setup\(\) changed sys.path")
class AddsAPath(MatchMeans):
    def setup(self, problem):
        sys.path.insert(0, "mutant")


@MUTANTS.caught_by("functions", r"the training changed what torch.Tensor.backward is")
class PatchesBackward(MatchMeans):
    def setup(self, problem):
        backward = torch.Tensor.backward
        torch.Tensor.backward = lambda loss, *arguments: backward(loss * 2, *arguments)


@MUTANTS.caught_by("functions", "the training changed what torch.nn.functional.cross_entropy is")
class PatchesALoss(Coral):
    def fit(self, problem):
        torch.nn.functional.cross_entropy = torch.nn.functional.nll_loss
        super().fit(problem)


@MUTANTS.caught_by("functions", r"setup\(\) changed hooks of all modules of torch")
class LeavesAHook(MatchMeans):
    def setup(self, problem):
        torch.nn.modules.module.register_module_forward_hook(lambda *arguments: None)


@MUTANTS.caught_by("inputs", r"setup\(\) changed problem.target_x in place")
class NormalisesTheProblem(MatchMeans):
    def setup(self, problem):
        problem.target_x.sub_(problem.target_x.mean(0))


@MUTANTS.caught_by("inputs", "step 1 changed batch.target_x in place")
class NormalisesTheBatch(MatchMeans):
    def losses(self, batch):
        batch.target_x.sub_(batch.target_x.mean(0))
        return super().losses(batch)


@MUTANTS.caught_by("inputs", r"predict\(\) changed the examples in place")
class NormalisesTheTest(MatchMeans):
    def predict(self, x):
        return super().predict(x.mul_(0.5))


@MUTANTS.caught_by("inputs", r"fit\(\) changed problem.source_x in place")
class CentresTheSource(Coral):
    def fit(self, problem):
        x = problem.source_x
        x -= x.mean(axis=0)
        super().fit(problem)


@MUTANTS.caught_by("no_files", "open '.*weights")
class WritesAFile(MatchMeans):
    def setup(self, problem):
        (Path(tempfile.gettempdir()) / "weights.txt").write_text("1")


@MUTANTS.caught_by("no_files", "torch.save to '.*/state")
class SavesWeights(MatchMeans):
    def setup(self, problem):
        torch.save(self.state_dict(), Path(tempfile.gettempdir()) / "state.pt")


@MUTANTS.caught_by("no_files", "subprocess.Popen|os.posix_spawn")
class StartsAProgram(Coral):
    def fit(self, problem):
        subprocess.run([sys.executable, "-c", ""], check=True)
        super().fit(problem)


@MUTANTS.caught_by("no_files", "os.mkdir")
class CachesInAFile(Coral):
    def fit(self, problem):
        with tempfile.TemporaryDirectory() as folder:
            np.save(Path(folder) / "cache.npy", problem.target_x)
        super().fit(problem)


@MUTANTS.caught_by("no_network", r"socket\.(__new__|connect)")
class UsesTheNetwork(MatchMeans):
    def setup(self, problem):
        with socket.socket() as connection:
            connection.settimeout(0.1)
            connection.connect_ex(("127.0.0.1", 9))
