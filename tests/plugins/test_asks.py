"""The rules of the track active against their descriptions, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from dabench_plugins.ask_diverse import aada, badge, clue, cluster, k_center, random, representative, unit
from dabench_plugins.ask_transfer import active_transfer, atlas, learned_from, wrong
from dabench_plugins.ask_uncertain import entropy, least_confidence, margin

from dabench import Pool


def pool(embeddings, logits=None, val=(), asked=(), **changes):  # type: ignore[no-untyped-def]
    rows = np.asarray(embeddings, dtype=np.float32)
    scores = np.zeros((len(rows), 2), np.float32) if logits is None else np.asarray(logits, dtype=np.float32)

    def part(vectors):  # type: ignore[no-untyped-def]
        return np.asarray(vectors, dtype=np.float32).reshape(-1, rows.shape[1])

    fields = {
        "val_logits": np.zeros((len(part(val)), 2), np.float32),
        "val_y": np.zeros(len(part(val)), np.int64),
        "asked_logits": np.zeros((len(part(asked)), 2), np.float32),
        "asked_y": np.zeros(len(part(asked)), np.int64),
    }
    return Pool(
        logits=scores, embeddings=rows, val_embeddings=part(val), asked_embeddings=part(asked), **{**fields, **changes}
    )


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


PROBABILITIES = np.array([[0.5, 0.45, 0.05], [0.45, 0.28, 0.27], [0.9, 0.05, 0.05], [0.5, 0.25, 0.25]])


def test_uncertain_rules_order_by_their_formulae_and_ties_by_row() -> None:
    given = pool(np.zeros((4, 2)), np.log(PROBABILITIES))
    assert least_confidence(given, 4, rng()).tolist() == [1, 0, 3, 2]
    assert margin(given, 4, rng()).tolist() == [0, 1, 3, 2]
    h = -(PROBABILITIES * np.log(PROBABILITIES)).sum(1)
    assert entropy(given, 4, rng()).tolist() == np.argsort(-h).tolist()
    assert least_confidence(pool(np.zeros((5, 2))), 3, rng()).tolist() == [0, 1, 2]


def test_random_takes_each_row_about_as_often() -> None:
    given = pool(np.zeros((10, 2)))
    counts = np.bincount(np.concatenate([random(given, 3, rng(seed)) for seed in range(300)]), minlength=10)
    assert counts.sum() == 900
    assert counts.min() > 55


def test_k_center_goes_to_the_farthest_from_all_that_has_a_label() -> None:
    line = [[0.0], [1.0], [4.0], [9.0], [10.0]]
    assert k_center(pool(line, val=[[0.0]]), 3, rng()).tolist() == [4, 2, 1]
    assert k_center(pool(line, val=[[0.0]], asked=[[10.0]]), 2, rng()).tolist() == [2, 1]


def test_clusters_give_their_centre_their_outlier_and_another() -> None:
    angles = np.array([0.0, 0.02, 0.1, 0.3, 3.0, 3.1, 3.3])
    rows = np.stack([np.cos(angles), np.sin(angles)], 1)
    chosen = cluster(pool(rows), 6, rng()).tolist()
    first, second = sorted(row for row in chosen if row < 4), sorted(row for row in chosen if row >= 4)
    assert len(first) == len(second) == 3
    assert {2, 3} <= set(first)  # nearest to the mean direction, and farthest
    assert {5, 6} <= set(second)


def test_representative_is_like_the_target_and_unlike_what_is_labelled() -> None:
    rows = unit(np.array([[1.0, 0.2], [0.8, 0.6], [0.1, 1.0], [0.3, 0.9], [0.5, 0.7]]))
    of_pool, of_source = unit(rows.mean(0)[None])[0], np.array([1.0, 0.0])
    first = int(np.argmax(rows @ of_pool - rows @ of_source))
    chosen = representative(pool(rows, val=[[1.0, 0.0]]), 2, rng()).tolist()
    assert chosen[0] == first
    known = unit((np.array([[1.0, 0.0]]) + rows[first])[0][None])[0]
    scores = rows @ of_pool - rows @ known
    scores[first] = -np.inf
    assert chosen[1] == int(scores.argmax())


def test_clue_goes_where_uncertain_rows_are() -> None:
    rows = np.concatenate([np.zeros((20, 2)), np.full((20, 2), 5.0)]) + 0.1 * rng().normal(size=(40, 2))
    sure = np.tile([[20.0, 0.0]], (40, 1))
    sure[[3, 30]] = 0  # all the weight is theirs
    assert sorted(clue(pool(rows, sure), 2, rng()).tolist()) == [3, 30]


@pytest.mark.slow
def test_badge_begins_with_the_longest_gradient_and_computes_distances_from_its_factors() -> None:
    rows, logits = rng(1).normal(size=(12, 3)), rng(2).normal(size=(12, 2))
    given = pool(rows, logits)
    shift = given.probabilities - np.eye(2)[logits.argmax(1)]
    gradients = (shift[:, :, None] * given.embeddings[:, None]).reshape(12, -1)
    first = int((gradients**2).sum(1).argmax())
    assert {badge(given, 1, rng(seed))[0] for seed in range(3)} == {first}
    weights = ((gradients - gradients[first]) ** 2).sum(1)
    counts = np.bincount([badge(given, 2, rng(seed))[1] for seed in range(600)], minlength=12)
    assert counts / 600 == pytest.approx(weights / weights.sum(), abs=0.07)


def test_aada_asks_for_uncertain_rows_that_are_unlike_the_source() -> None:
    source = rng(3).normal(size=(60, 2))
    rows = np.concatenate([source[:30] + 0.01, source[30:] + np.array([4.0, 0.0])])
    unsure = np.tile([[0.0, 0.0]], (60, 1))
    unsure[45:] = [9.0, 0.0]
    chosen = aada(pool(rows, unsure, val=source), 5, rng())
    assert ((chosen >= 30) & (chosen < 45)).all()


def _errors_on_the_right(count: int = 60) -> Pool:
    """What lies right of 0 is predicted wrongly."""
    known = rng(4).normal(size=(count, 2))
    right = np.zeros((count, 2), np.float32)
    right[:, 0] = 1
    y = (known[:, 0] > 0).astype(np.int64)
    logits = np.tile(np.array([[1.0, 0.0]], np.float32), (count, 1))
    return pool(rng(5).normal(size=(40, 2)), val=known, val_y=y, val_logits=logits)


def test_active_transfer_asks_where_the_network_is_wrong() -> None:
    given = _errors_on_the_right()
    x, is_wrong = learned_from(given)
    scores = wrong(x, is_wrong, given.embeddings)
    assert np.corrcoef(scores, given.embeddings[:, 0])[0, 1] > 0.95
    chosen = active_transfer(given, 5, rng())
    assert chosen.tolist() == np.argsort(-scores, kind="stable")[:5].tolist()


def test_atlas_takes_the_same_ten_and_then_others() -> None:
    given = _errors_on_the_right()
    plain, adaptive = active_transfer(given, 20, rng()), atlas(given, 20, rng())
    assert adaptive[:10].tolist() == plain[:10].tolist()
    x, is_wrong = learned_from(given)
    x = np.concatenate([x, given.embeddings[adaptive[:10]]])
    free = np.setdiff1d(np.arange(40), adaptive[:10])
    scores = wrong(x, np.append(is_wrong, np.zeros(10, bool)), given.embeddings[free])
    assert adaptive[10:].tolist() == free[np.argsort(-scores, kind="stable")[:10]].tolist()


def test_with_too_few_errors_it_is_least_confidence() -> None:
    given = _errors_on_the_right(count=60)
    right = pool(given.embeddings, rng(6).normal(size=(40, 2)), val=given.val_embeddings)
    assert learned_from(right) is None  # all zeros are predicted as the first class, which is right
    for rule in (active_transfer, atlas):
        assert rule(right, 4, rng()).tolist() == least_confidence(right, 4, rng()).tolist()
