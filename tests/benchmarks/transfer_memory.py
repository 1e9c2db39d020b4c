"""Memory of a training step that learns the target with ResNet-18, by method, beside that of full fine-tuning.

    python tests/benchmarks/transfer_memory.py

Weights and buffers, the optimiser's state (Adam), and the most that one step allocates besides, on the processor.
"""

from __future__ import annotations

from typing import Any

import torch
from dabench_plugins.adapters import Adapters
from dabench_plugins.fine_tune import FineTune
from dabench_plugins.fish_mask import FishMask
from dabench_plugins.lora import Lora
from torch.profiler import ProfilerActivity, profile

from dabench import Problem
from dabench.backbones.torchvision_nets import ResNet18
from dabench.config.settings import Optimiser
from dabench.data.resident import Normaliser, Rows
from dabench.execution.batches import BatchSampler
from dabench.execution.optimisers import optimiser
from dabench.methods.problem import Labelled
from dabench.seeding import drawing_from

ROWS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "fine_tune": (FineTune, {}),
    "fine_tune, last layer": (FineTune, {"layers": "last"}),
    "lora": (Lora, {}),
    "adapters": (Adapters, {}),
    "fish_mask": (FishMask, {}),
}
BATCH, SIZE = 32, 64
MB = 2**20


def measured(cls: type[Any], options: dict[str, Any]) -> tuple[float, float, float]:
    """Megabytes of the weights, of the optimiser's state, and of a step at its peak."""
    x = torch.randint(0, 255, (40, 3, SIZE, SIZE), dtype=torch.uint8, generator=torch.Generator().manual_seed(0))
    y, rows = torch.arange(40) % 10, torch.arange(20)
    problem = Problem("few_shot", 10, x, y, x, None, Normaliser("unit", Rows(x)), few_shot=Labelled(rows, y[rows]))
    with drawing_from(0, "init", torch.device("cpu")):
        method = cls(ResNet18((3, SIZE, SIZE), 10, ResNet18.Options(weights="none")), cls.Options(**options))
        method.setup(problem)
    method.to(memory_format=torch.channels_last)
    method.enter(method.stages()[-1])
    method.optimisers = {
        name: optimiser(Optimiser(name="adam", lr=1e-4), group) for name, group in method.parameter_groups().items()
    }
    batches = BatchSampler(problem, 0, BATCH, {})

    def step(number: int) -> None:
        method.train()
        method.step(batches.at(number, number, 0.0, uses_source=False))

    step(0)
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as seen:
        step(1)
    now = peak = 0
    for event in seen.profiler.kineto_results.events():  # type: ignore[union-attr]  # it has run
        if event.name() == "[memory]":
            now += event.nbytes()
            peak = max(peak, now)
    state = [value for made in method.optimisers.values() for kept in made.state.values() for value in kept.values()]
    return _size(method.state_dict().values()) / MB, _size(state) / MB, peak / MB


def _size(tensors: Any) -> int:
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors if isinstance(tensor, torch.Tensor))


def main() -> None:
    """Print a line for each method."""
    torch.set_num_threads(1)
    print(f"ResNet-18, images of {SIZE}x{SIZE}, batches of {BATCH}, Adam; MB")
    whole = 0.0
    for name, (cls, options) in ROWS.items():
        weights, state, step = measured(cls, options)
        total = weights + state + step
        whole = whole or total
        print(f"{name:22} weights {weights:6.1f}  optimiser {state:6.1f}  step {step:6.1f}  ratio {total / whole:.2f}")


if __name__ == "__main__":
    main()
