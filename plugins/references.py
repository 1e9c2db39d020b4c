"""How to cite the built-in methods, as BibTeX entries; an entry that domains have too is the same there."""

from __future__ import annotations

GANIN_2015 = """@inproceedings{ganin2015unsupervised,
  author = {Ganin, Yaroslav and Lempitsky, Victor},
  title = {Unsupervised Domain Adaptation by Backpropagation},
  booktitle = {International Conference on Machine Learning}, pages = {1180--1189}, year = {2015}
}"""
GANIN_2016 = """@article{ganin2016domain,
  author = {Ganin, Yaroslav and Ustinova, Evgeniya and Ajakan, Hana and Germain, Pascal and Larochelle, Hugo and
            Laviolette, Fran{\\c{c}}ois and Marchand, Mario and Lempitsky, Victor},
  title = {Domain-Adversarial Training of Neural Networks},
  journal = {Journal of Machine Learning Research}, volume = {17}, number = {59}, pages = {1--35}, year = {2016}
}"""
HEREMANS_2022 = """@article{heremans2022feature,
  author = {Heremans, Elisabeth R. M. and Phan, Huy and Ansari, Amir H. and Borz{\\'e}e, Pascal and Buyse, Bertien and
            Testelmans, Dries and De Vos, Maarten},
  title = {Feature matching as improved transfer learning technique for wearable {EEG}},
  journal = {Biomedical Signal Processing and Control}, volume = {78}, pages = {104009}, year = {2022},
  doi = {10.1016/j.bspc.2022.104009}
}"""
SUN_2016_DEEP = """@inproceedings{sun2016deep,
  author = {Sun, Baochen and Saenko, Kate},
  title = {Deep {CORAL}: Correlation Alignment for Deep Domain Adaptation},
  booktitle = {European Conference on Computer Vision Workshops}, pages = {443--450}, year = {2016}
}"""
SUN_2016_RETURN = """@inproceedings{sun2016return,
  author = {Sun, Baochen and Feng, Jiashi and Saenko, Kate},
  title = {Return of Frustratingly Easy Domain Adaptation},
  booktitle = {AAAI Conference on Artificial Intelligence}, volume = {30}, number = {1}, year = {2016},
  doi = {10.1609/aaai.v30i1.10306}
}"""
