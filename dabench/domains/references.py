"""How to cite what domains and backbones are made of, as BibTeX entries. Imports nothing."""

from __future__ import annotations

ALPAYDIN_1998 = """@misc{alpaydin1998optical,
  author = {Alpaydin, Ethem and Kaynak, Cenk},
  title = {Optical Recognition of Handwritten Digits},
  howpublished = {UCI Machine Learning Repository}, year = {1998}, doi = {10.24432/C50P49}
}"""
ARBELAEZ_2011 = """@article{arbelaez2011contour,
  author = {Arbel{\\'a}ez, Pablo and Maire, Michael and Fowlkes, Charless and Malik, Jitendra},
  title = {Contour Detection and Hierarchical Image Segmentation},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume = {33}, number = {5}, pages = {898--916}, year = {2011}
}"""
BLITZER_2007 = """@inproceedings{blitzer2007biographies,
  author = {Blitzer, John and Dredze, Mark and Pereira, Fernando},
  title = {Biographies, Bollywood, Boom-boxes and Blenders: Domain Adaptation for Sentiment Classification},
  booktitle = {Annual Meeting of the Association for Computational Linguistics}, pages = {440--447}, year = {2007}
}"""
CHEN_2012 = """@inproceedings{chen2012marginalized,
  author = {Chen, Minmin and Xu, Zhixiang and Weinberger, Kilian Q. and Sha, Fei},
  title = {Marginalized Denoising Autoencoders for Domain Adaptation},
  booktitle = {International Conference on Machine Learning}, year = {2012}, note = {arXiv:1206.4683}
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
GONG_2012 = """@inproceedings{gong2012geodesic,
  author = {Gong, Boqing and Shi, Yuan and Sha, Fei and Grauman, Kristen},
  title = {Geodesic Flow Kernel for Unsupervised Domain Adaptation},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, pages = {2066--2073}, year = {2012}
}"""
HE_2016 = """@inproceedings{he2016deep,
  author = {He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian},
  title = {Deep Residual Learning for Image Recognition},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, pages = {770--778}, year = {2016}
}"""
HULL_1994 = """@article{hull1994database,
  author = {Hull, Jonathan J.},
  title = {A Database for Handwritten Text Recognition Research},
  journal = {IEEE Transactions on Pattern Analysis and Machine Intelligence},
  volume = {16}, number = {5}, pages = {550--554}, year = {1994}
}"""
LECUN_1998 = """@article{lecun1998gradient,
  author = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  title = {Gradient-Based Learning Applied to Document Recognition},
  journal = {Proceedings of the IEEE}, volume = {86}, number = {11}, pages = {2278--2324}, year = {1998}
}"""
MOISEEV_2013 = """@inproceedings{moiseev2013evaluation,
  author = {Moiseev, Boris and Konev, Artem and Chigorin, Alexander and Konushin, Anton},
  title = {Evaluation of Traffic Sign Recognition Methods Trained on Synthetically Generated Data},
  booktitle = {Advanced Concepts for Intelligent Vision Systems}, pages = {576--583}, year = {2013}
}"""
NETZER_2011 = """@inproceedings{netzer2011reading,
  author = {Netzer, Yuval and Wang, Tao and Coates, Adam and Bissacco, Alessandro and Wu, Bo and Ng, Andrew Y.},
  title = {Reading Digits in Natural Images with Unsupervised Feature Learning},
  booktitle = {NIPS Workshop on Deep Learning and Unsupervised Feature Learning}, year = {2011}
}"""
REYES_2016 = """@article{reyesortiz2016transition,
  author = {Reyes-Ortiz, Jorge-Luis and Oneto, Luca and Sam{\\`a}, Albert and Parra, Xavier and Anguita, Davide},
  title = {Transition-Aware Human Activity Recognition Using Smartphones},
  journal = {Neurocomputing}, volume = {171}, pages = {754--767}, year = {2016}
}"""
SAENKO_2010 = """@inproceedings{saenko2010adapting,
  author = {Saenko, Kate and Kulis, Brian and Fritz, Mario and Darrell, Trevor},
  title = {Adapting Visual Category Models to New Domains},
  booktitle = {European Conference on Computer Vision}, pages = {213--226}, year = {2010}
}"""
SILVEIRA_2014 = """@inproceedings{silveira2014gold,
  author = {Silveira, Natalia and Dozat, Timothy and de Marneffe, Marie-Catherine and Bowman, Samuel and
            Connor, Miriam and Bauer, John and Manning, Christopher D.},
  title = {A Gold Standard Dependency Corpus for {E}nglish},
  booktitle = {International Conference on Language Resources and Evaluation}, year = {2014}
}"""
STALLKAMP_2012 = """@article{stallkamp2012man,
  author = {Stallkamp, Johannes and Schlipsing, Marc and Salmen, Jan and Igel, Christian},
  title = {Man vs. Computer: Benchmarking Machine Learning Algorithms for Traffic Sign Recognition},
  journal = {Neural Networks}, volume = {32}, pages = {323--332}, year = {2012}
}"""
