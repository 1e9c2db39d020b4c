"""The shallow methods of skada, as specs; importing this imports no skada."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

from dabench import MethodSpec, Range

_COURTY = "Courty, Flamary, Tuia & Rakotomamonjy 2017, Optimal Transport for Domain Adaptation, TPAMI, arXiv:1507.00504"
_SHIMODAIRA = (
    "Shimodaira 2000, Improving predictive inference under covariate shift by weighting the log-likelihood function, "
    "Journal of Statistical Planning and Inference"
)
_SUGIYAMA = (
    "Sugiyama, Nakajima, Kashima, von Bünau & Kawanabe 2007, Direct Importance Estimation with Model Selection and Its "
    "Application to Covariate Shift Adaptation, NIPS"
)
_FLAMARY = (
    "Flamary, Lounici & Ferrari 2019, Concentration bounds for linear Monge mapping estimation and optimal transport "
    "domain adaptation, arXiv:1905.10155"
)
_COURTY_2017 = """@article{courty2017optimal,
  author = {Courty, Nicolas and Flamary, R{\\'e}mi and Tuia, Devis and Rakotomamonjy, Alain},
  title = {Optimal Transport for Domain Adaptation},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence}, volume = {39}, number = {9},
  pages = {1853--1865}, year = {2017}
}"""
_FLAMARY_2019 = """@misc{flamary2019concentration,
  author = {Flamary, R{\\'e}mi and Lounici, Karim and Ferrari, Andr{\\'e}},
  title = {Concentration bounds for linear {M}onge mapping estimation and optimal transport domain adaptation},
  eprint = {1905.10155}, archiveprefix = {arXiv}, year = {2019}
}"""
_PAN_2011 = """@article{pan2011domain,
  author = {Pan, Sinno Jialin and Tsang, Ivor W. and Kwok, James T. and Yang, Qiang},
  title = {Domain Adaptation via Transfer Component Analysis},
  journal = {IEEE Transactions on Neural Networks}, volume = {22}, number = {2}, pages = {199--210}, year = {2011}
}"""
_LONG_2014 = """@inproceedings{long2014transfer,
  author = {Long, Mingsheng and Wang, Jianmin and Ding, Guiguang and Sun, Jiaguang and Yu, Philip S.},
  title = {Transfer Joint Matching for Unsupervised Domain Adaptation},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, pages = {1410--1417}, year = {2014}
}"""
_HUANG_2007 = """@inproceedings{huang2006correcting,
  author = {Huang, Jiayuan and Gretton, Arthur and Borgwardt, Karsten and Sch{\\"o}lkopf, Bernhard and
            Smola, Alex J.},
  title = {Correcting Sample Selection Bias by Unlabeled Data},
  booktitle = {Advances in Neural Information Processing Systems}, volume = {19}, year = {2007}
}"""
_SUGIYAMA_2007 = """@inproceedings{sugiyama2007direct,
  author = {Sugiyama, Masashi and Nakajima, Shinichi and Kashima, Hisashi and von B{\\"u}nau, Paul and
            Kawanabe, Motoaki},
  title = {Direct Importance Estimation with Model Selection and Its Application to Covariate Shift Adaptation},
  booktitle = {Advances in Neural Information Processing Systems}, volume = {20}, year = {2007}
}"""
_SHIMODAIRA_2000 = """@article{shimodaira2000improving,
  author = {Shimodaira, Hidetoshi},
  title = {Improving predictive inference under covariate shift by weighting the log-likelihood function},
  journal = {Journal of Statistical Planning and Inference}, volume = {90}, number = {2}, pages = {227--244},
  year = {2000}
}"""
_LOOG_2012 = """@inproceedings{loog2012nearest,
  author = {Loog, Marco},
  title = {Nearest neighbor-based importance weighting},
  booktitle = {IEEE International Workshop on Machine Learning for Signal Processing}, year = {2012}
}"""

_NOT_FOR_THE_TOY = (
    "the toy's domains differ in their covariance, which a match of means or weights of rows leaves as it is"
)
_ADAPTS_THE_TOY = ("skada_ot", "skada_entropic_ot", "skada_class_ot", "skada_linear_ot")
_SUITES_CLASSIFIER = "The suite's classifier is trained on what the adapter returns."
_ROWS = "At most 2,000 rows of each domain are adapted."
_MORE = {"skada_tjm": ("The classifier sees components of deviation 1; the eigenvectors as they are are far shorter.",)}

_LOSSES = {
    "skada_ot": r"\min_\gamma \langle \gamma, M \rangle, \qquad M_{ij} = d(x_s^i, x_t^j), \qquad \hat x_s^i = "
    r"\frac{\sum_j \gamma_{ij} x_t^j}{\sum_j \gamma_{ij}}",
    "skada_entropic_ot": r"\min_\gamma \langle \gamma, M \rangle + \epsilon \sum_{ij} \gamma_{ij} \log \gamma_{ij}",
    "skada_class_ot": r"\min_\gamma \langle \gamma, M \rangle + \epsilon \sum_{ij} \gamma_{ij} \log \gamma_{ij} + \eta "
    r"\sum_{j, c} \lVert \gamma_{I_c j} \rVert_1^{1/2}",
    "skada_linear_ot": r"\hat x_s = A (x_s - \mu_s) + \mu_t, \quad "
    r"A = C_s^{-1/2} (C_s^{1/2} C_t C_s^{1/2})^{1/2} C_s^{-1/2}",
    "skada_tca": r"\min_W \mathrm{tr}(W^\top K L K W) + \mu\,\mathrm{tr}(W^\top W) \quad \text{s.t.} \quad W^\top K H "
    r"K W = I",
    "skada_tjm": r"\min_A \mathrm{tr}(A^\top K M K A) + \lambda (\lVert A_s \rVert_{2,1} + \lVert A_t \rVert_F^2) "
    r"\quad \text{s.t.} \quad A^\top K H K A = I",
    "skada_kmm": r"\min_{0 \le w \le 1000} \bigl\lVert \tfrac1n \sum_i w_i \phi(x_s^i) - \tfrac1m \sum_j \phi(x_t^j) "
    r"\bigr\rVert^2",
    "skada_kliep": r"\max_\alpha \sum_j \log w(x_t^j) \quad \text{s.t.} \quad \sum_i w(x_s^i) = n, \quad w(x) = \sum_l "
    r"\alpha_l k(x, c_l)",
    "skada_discriminator": r"w(x) = p(\mathrm{target} \mid x) / p(\mathrm{source} \mid x)",
    "skada_gaussian": r"w(x) = \mathcal{N}(x; \mu_t, C_t) / \mathcal{N}(x; \mu_s, C_s)",
    "skada_density": r"w(x) = \hat p_t(x) / \hat p_s(x)",
    "skada_neighbours": r"w_i = \lvert \{j : x_s^i \text{ is the nearest source row of } x_t^j\} \rvert",
}


def specs() -> Iterator[MethodSpec]:
    """The methods, if skada is installed; else none."""
    if find_spec("skada") is None:
        return
    yield from _of_transport()
    yield from _of_components()
    yield from _of_weights()


def _of_transport() -> Iterator[MethodSpec]:
    entropy = {"entropy": Range(0.01, 1, log=True)}
    yield _spec(
        "skada_ot",
        "OtMapping",
        "OT mapping",
        "move source rows to the target by optimal transport",
        _COURTY,
        _COURTY_2017,
    )
    yield _spec(
        "skada_entropic_ot",
        "EntropicOtMapping",
        "entropic OT",
        "the same with an entropy term",
        _COURTY,
        _COURTY_2017,
        entropy,
    )
    yield _spec(
        "skada_class_ot",
        "ClassOtMapping",
        "class OT",
        "the same, with rows of a class kept together",
        _COURTY,
        _COURTY_2017,
        {**entropy, "by_class": Range(0.01, 1, log=True)},
    )
    yield _spec(
        "skada_linear_ot",
        "LinearOtMapping",
        "linear OT",
        "the linear transport between two normal distributions",
        _FLAMARY,
        _FLAMARY_2019,
        {"ridge": (1e-8, 1e-6, 0.1, 1, 10)},
    )


def _of_components() -> Iterator[MethodSpec]:
    yield _spec(
        "skada_tca",
        "TransferComponents",
        "TCA",
        "components of a kernel in which both means agree",
        "Pan, Tsang, Kwok & Yang 2011, Domain Adaptation via Transfer Component Analysis, IEEE TNN",
        _PAN_2011,
        {"components": (10, 20, 50, 100)},
    )
    yield _spec(
        "skada_tjm",
        "TransferJointMatching",
        "TJM",
        "such components, with source rows unlike the target weighted down",
        "Long, Wang, Ding, Sun & Yu 2014, Transfer Joint Matching for Unsupervised Domain Adaptation, CVPR",
        _LONG_2014,
        {"components": (10, 20, 50, 100)},
    )


def _of_weights() -> Iterator[MethodSpec]:
    yield _spec(
        "skada_kmm",
        "KernelMeanMatching",
        "KMM",
        "weights by which both means agree in a kernel's space",
        "Huang, Gretton, Borgwardt, Schölkopf & Smola 2007, Correcting Sample Selection Bias by Unlabeled Data, NIPS",
        _HUANG_2007,
    )
    yield _spec(
        "skada_kliep",
        "Kliep",
        "KLIEP",
        "weights by density ratios of least divergence",
        _SUGIYAMA,
        _SUGIYAMA_2007,
    )
    yield _spec(
        "skada_discriminator",
        "DiscriminatorWeights",
        "discriminator weights",
        "weights from a classifier of the domains",
        _SHIMODAIRA,
        _SHIMODAIRA_2000,
    )
    yield _spec(
        "skada_gaussian",
        "GaussianWeights",
        "Gaussian weights",
        "weights by the ratio of two normal densities",
        _SHIMODAIRA,
        _SHIMODAIRA_2000,
    )
    yield _spec(
        "skada_density",
        "DensityWeights",
        "density weights",
        "weights by the ratio of two kernel density estimates",
        _SHIMODAIRA,
        _SHIMODAIRA_2000,
    )
    yield _spec(
        "skada_neighbours",
        "NearestNeighbourWeights",
        "neighbour weights",
        "weights by how many target rows are nearest",
        "Loog 2012, Nearest neighbor-based importance weighting, MLSP",
        _LOOG_2012,
    )


def _spec(
    name: str, attribute: str, title: str, summary: str, reference: str, citation: str, search: Any = None
) -> MethodSpec:
    return MethodSpec(
        name=name,
        entry_point=f"dabench_plugins.skada_methods:{attribute}",
        title=title,
        summary=f"skada: {summary}",
        reference=reference,
        citation=citation,
        search=search or {},
        loss=_LOSSES[name],
        expected_failures={} if name in _ADAPTS_THE_TOY else {"adapts": _NOT_FOR_THE_TOY},
        deviations=(_SUITES_CLASSIFIER, _ROWS, *_MORE.get(name, ())),
    )
