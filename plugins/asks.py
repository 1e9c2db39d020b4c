"""The rules of the track active, as specs: which target examples are to be labelled next."""

from __future__ import annotations

from collections.abc import Iterator

from dabench_plugins.references import ASH_2020, MUNRO_2021, PRABHU_2021, SENER_2018, SU_2020

from dabench import AskSpec

MUNRO = "Munro 2021, Human-in-the-Loop Machine Learning, Manning"
_ON_SOURCE = "A layer is fitted to the end by scikit-learn; the author's code makes ten epochs of stochastic steps."


def specs() -> Iterator[AskSpec]:
    """Random, by uncertainty, by diversity, by both, and by what the network gets wrong."""
    yield AskSpec(name="random", entry_point="dabench_plugins.ask_diverse:random", summary="any examples")
    yield from _by_uncertainty()
    yield from _by_diversity()
    yield from _by_both()
    yield from _by_transfer()


def _by_uncertainty() -> Iterator[AskSpec]:
    for name, summary in (
        ("least_confidence", "the lowest highest probability"),
        ("margin", "the smallest difference of the two highest probabilities"),
        ("entropy", "the highest entropy of the prediction"),
    ):
        yield AskSpec(
            name=name,
            entry_point=f"dabench_plugins.ask_uncertain:{name}",
            summary=summary,
            reference=f"{MUNRO}, chapter 3",
            citation=MUNRO_2021,
            needs_probabilities=True,
        )


def _by_diversity() -> Iterator[AskSpec]:
    yield AskSpec(
        name="k_center",
        entry_point="dabench_plugins.ask_diverse:k_center",
        summary="the farthest from all that has a label: a core-set",
        reference="Sener & Savarese 2018, Active Learning for Convolutional Neural Networks: A Core-Set Approach, "
        "ICLR, arXiv:1708.00489",
        citation=SENER_2018,
        deviations=("The greedy solution, without the paper's mixed integer program.",),
    )
    yield AskSpec(
        name="cluster",
        entry_point="dabench_plugins.ask_diverse:cluster",
        summary="central, outlying and random examples of clusters",
        reference=f"{MUNRO}, chapter 4",
        citation=MUNRO_2021,
        deviations=("Clusters of vectors of length 1 by k-means; the author's code has a k-means of cosines.",),
    )
    yield AskSpec(
        name="representative",
        entry_point="dabench_plugins.ask_diverse:representative",
        summary="most like the target and least like what has a label",
        reference=f"{MUNRO}, chapter 4",
        citation=MUNRO_2021,
    )


def _by_both() -> Iterator[AskSpec]:
    yield AskSpec(
        name="badge",
        entry_point="dabench_plugins.ask_diverse:badge",
        title="BADGE",
        summary="large and different gradients of the last layer",
        reference="Ash, Zhang, Krishnamurthy, Langford & Agarwal 2020, Deep Batch Active Learning by Diverse, "
        "Uncertain Gradient Lower Bounds, ICLR, arXiv:1906.03671",
        citation=ASH_2020,
        needs_probabilities=True,
    )
    yield AskSpec(
        name="clue",
        entry_point="dabench_plugins.ask_diverse:clue",
        title="CLUE",
        summary="centres of clusters in which uncertain examples weigh more",
        reference="Prabhu, Chandrasekaran, Saenko & Hoffman 2021, Active Domain Adaptation via Clustering "
        "Uncertainty-weighted Embeddings, ICCV, arXiv:2010.08666",
        citation=PRABHU_2021,
        needs_probabilities=True,
    )
    yield AskSpec(
        name="aada",
        entry_point="dabench_plugins.ask_diverse:aada",
        title="AADA",
        summary="uncertain, and unlike the source",
        reference="Su, Tsai, Sohn, Liu, Maji & Chandraker 2020, Active Adversarial Domain Adaptation, WACV, "
        "arXiv:1904.07848",
        citation=SU_2020,
        needs_probabilities=True,
        deviations=(
            "A logistic regression on the embedding tells the domains apart; the paper's classifier is that of DANN.",
            "Where 2 % of the pool are fewer than three times the examples asked for, those are taken.",
        ),
    )


def _by_transfer() -> Iterator[AskSpec]:
    yield AskSpec(
        name="active_transfer",
        entry_point="dabench_plugins.ask_transfer:active_transfer",
        summary="what a layer on the embedding says is predicted wrongly",
        reference=f"{MUNRO}, chapter 5",
        citation=MUNRO_2021,
        needs_probabilities=True,
        deviations=(_ON_SOURCE, "With fewer than ten errors to learn from it is least confidence."),
    )
    yield AskSpec(
        name="atlas",
        entry_point="dabench_plugins.ask_transfer:atlas",
        title="ATLAS",
        summary="the same, ten at a time, which then count as right: adaptive",
        reference=f"{MUNRO}, chapter 5",
        citation=MUNRO_2021,
        needs_probabilities=True,
        deviations=(_ON_SOURCE, "With fewer than ten errors to learn from it is least confidence."),
    )
