"""Hard sharing: one trunk, and layers of each task above it."""

from __future__ import annotations

import torch
from dabench_plugins.hard_sharing import HardSharing

from tests.support.few_labels import few_labels, tuning


def test_the_trunk_is_shared_and_what_is_above_it_is_not() -> None:
    method = tuning(HardSharing).eval()
    x = few_labels().prepare(few_labels().target_x[:5])
    assert torch.equal(method.predict(x), method.predict_source(x))  # they begin alike
    with torch.no_grad():
        method.output.bias += 1
    assert torch.allclose(method.predict(x), method.predict_source(x) + 1, atol=1e-5)
    with torch.no_grad():
        method.network.trunk[0].weight.mul_(2)
        method.hidden[0].weight.zero_()
    assert torch.allclose(method.embed(x), method.hidden[0].bias.relu().expand(5, -1))
    assert not torch.allclose(method.embed(x), method.embed_source(x))


def test_a_mixed_batch_passes_the_trunk_together() -> None:
    method = tuning(HardSharing).train()
    problem = few_labels()
    source, target = problem.prepare(problem.source_x[:8]), problem.prepare(problem.target_x[:8])
    together = method.features(torch.cat([source, target]))
    logits = method.heads(torch.cat([source, target]), (slice(8), slice(8, None)))
    assert torch.allclose(logits[0], method.classify(together[:8]), atol=1e-6)
    assert torch.allclose(logits[1], method.output(method.hidden(together[8:])), atol=1e-6)
    assert not torch.allclose(logits[0], method.classify(method.features(source)), atol=1e-3)
