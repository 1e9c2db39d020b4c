"""Citations that several domains or backbones share, as BibTeX entries. Imports nothing."""

from __future__ import annotations

BLITZER_2007 = """@inproceedings{blitzer2007biographies,
  author = {Blitzer, John and Dredze, Mark and Pereira, Fernando},
  title = {Biographies, Bollywood, Boom-boxes and Blenders: Domain Adaptation for Sentiment Classification},
  booktitle = {Annual Meeting of the Association for Computational Linguistics}, pages = {440--447}, year = {2007}
}"""
FRENCH_2018 = """@inproceedings{french2018self,
  author = {French, Geoffrey and Mackiewicz, Michal and Fisher, Mark},
  title = {Self-Ensembling for Visual Domain Adaptation},
  booktitle = {International Conference on Learning Representations}, year = {2018}
}"""
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
WIGHTMAN_2019 = """@misc{wightman2019timm,
  author = {Wightman, Ross},
  title = {{PyTorch} Image Models}, year = {2019}, doi = {10.5281/zenodo.4414861}
}"""
HE_2016 = """@inproceedings{he2016deep,
  author = {He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian},
  title = {Deep Residual Learning for Image Recognition},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, pages = {770--778}, year = {2016}
}"""
