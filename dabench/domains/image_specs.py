"""The image domains that read or are made from published files. Imports nothing heavy."""

from __future__ import annotations

from dabench.domains.image_files import BSDS500, GTSRB, MNIST, MNIST_M, SVHN, USPS
from dabench.specs import DomainSpec

_MNIST_LICENCE = "MNIST: usually given as CC BY-SA 3.0"

_LECUN = """@article{lecun1998gradient,
  author = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  title = {Gradient-Based Learning Applied to Document Recognition},
  journal = {Proceedings of the IEEE}, volume = {86}, number = {11}, pages = {2278--2324}, year = {1998}
}"""
_HULL = """@article{hull1994database,
  author = {Hull, Jonathan J.},
  title = {A Database for Handwritten Text Recognition Research},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume = {16}, number = {5}, pages = {550--554}, year = {1994}
}"""
_NETZER = """@inproceedings{netzer2011reading,
  author = {Netzer, Yuval and Wang, Tao and Coates, Adam and Bissacco, Alessandro and Wu, Bo and Ng, Andrew Y.},
  title = {Reading Digits in Natural Images with Unsupervised Feature Learning},
  booktitle = {NIPS Workshop on Deep Learning and Unsupervised Feature Learning}, year = {2011}
}"""
_ARBELAEZ = """@article{arbelaez2011contour,
  author = {Arbel{\\'a}ez, Pablo and Maire, Michael and Fowlkes, Charless and Malik, Jitendra},
  title = {Contour Detection and Hierarchical Image Segmentation},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume = {33}, number = {5}, pages = {898--916}, year = {2011}
}"""
_GANIN = """@inproceedings{ganin2015unsupervised,
  author = {Ganin, Yaroslav and Lempitsky, Victor},
  title = {Unsupervised Domain Adaptation by Backpropagation},
  booktitle = {International Conference on Machine Learning}, pages = {1180--1189}, year = {2015}
}"""
_STALLKAMP = """@article{stallkamp2012man,
  author = {Stallkamp, Johannes and Schlipsing, Marc and Salmen, Jan and Igel, Christian},
  title = {Man vs. Computer: Benchmarking Machine Learning Algorithms for Traffic Sign Recognition},
  journal = {Neural Networks}, volume = {32}, pages = {323--332}, year = {2012}
}"""

SPECS = (
    DomainSpec(
        name="mnist",
        target="dabench.domains.digits:load_mnist",
        summary="handwritten digits on their 28x28 canvas, as 32x32 RGB",
        licence=_MNIST_LICENCE,
        citation=_LECUN,
        files=MNIST.files,
        homepage=MNIST.homepage,
        known=(("62d8d911a023555a4588d17b9143de16a331ed93685e0de8973c40ce1c786417", "complete"),),
    ),
    DomainSpec(
        name="mnist_box",
        target="dabench.domains.digits:load_mnist_box",
        summary="handwritten digits of MNIST cut out of their 20x20 box and enlarged, as 32x32 RGB",
        licence=_MNIST_LICENCE,
        citation=_LECUN,
        files=MNIST.files,
        homepage=MNIST.homepage,
        known=(("d9eed28fbf4ca6a58f2c79976bf6f08869c39dc75b1b8b681e314c5514f42543", "complete"),),
    ),
    DomainSpec(
        name="usps",
        target="dabench.domains.digits:load_usps",
        summary="handwritten digits of US postal codes, enlarged from 16x16, as 32x32 RGB",
        licence="not stated",
        citation=_HULL,
        files=USPS.files,
        homepage=USPS.homepage,
        known=(("a1c59ff749e285fa9f33554ac844ece5b9e21596ecf73803b362d8ddad43b69d", "complete"),),
    ),
    DomainSpec(
        name="svhn",
        target="dabench.domains.digits:load_svhn",
        summary="house numbers in photographs of streets, 32x32 RGB",
        licence="for non-commercial use only",
        citation=_NETZER,
        files=SVHN.files,
        homepage=SVHN.homepage,
    ),
    DomainSpec(
        name="mnist_m",
        target="dabench.domains.mnist_m:load_mnist_m",
        summary="handwritten digits of MNIST inverting patches of photographs, made here by the official recipe",
        licence=f"{_MNIST_LICENCE}; BSDS500: non-commercial research and education",
        citation=f"{_GANIN}\n{_LECUN}\n{_ARBELAEZ}",
        regenerated=True,
        files=(*MNIST.files, *BSDS500.files),
        homepage=BSDS500.homepage,
        known=(("a9a1ec2f1fbbe2b06d06b52a417a55b083954113a1cf9028efd34cc67aa53c79", "complete"),),
    ),
    DomainSpec(
        name="mnist_m_official",
        target="dabench.domains.mnist_m:load_mnist_m_official",
        summary="your own copy of the released MNIST-M",
        licence="not stated; BSDS500: non-commercial research and education",
        citation=f"{_GANIN}\n{_LECUN}\n{_ARBELAEZ}",
        files=MNIST_M.files,
        homepage=MNIST_M.homepage,
    ),
    DomainSpec(
        name="gtsrb",
        target="dabench.domains.signs:load_gtsrb",
        summary="43 German traffic signs in photographs, whole frames scaled to 32x32 RGB",
        licence="not stated",
        citation=_STALLKAMP,
        files=GTSRB.files,
        homepage=GTSRB.homepage,
        known=(
            (
                "78b1da700db75e436466cf2928648af892e9dd5bc371db6d280e7947b3bc5819",
                "subset: every third frame of each train track; whole frames that were 32x32 already",
            ),
        ),
    ),
)
