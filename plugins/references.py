"""Citations of the built-in methods, as BibTeX entries; an entry that domains have too is the same there."""

from __future__ import annotations

FERNANDO_2013 = """@inproceedings{fernando2013unsupervised,
  author = {Fernando, Basura and Habrard, Amaury and Sebban, Marc and Tuytelaars, Tinne},
  title = {Unsupervised Visual Domain Adaptation Using Subspace Alignment},
  booktitle = {IEEE International Conference on Computer Vision}, pages = {2960--2967}, year = {2013}
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
HEREMANS_2022 = """@article{heremans2022feature,
  author = {Heremans, Elisabeth R. M. and Phan, Huy and Ansari, Amir H. and Borz{\\'e}e, Pascal and Buyse, Bertien and
            Testelmans, Dries and De Vos, Maarten},
  title = {Feature matching as improved transfer learning technique for wearable {EEG}},
  journal = {Biomedical Signal Processing and Control}, volume = {78}, pages = {104009}, year = {2022},
  doi = {10.1016/j.bspc.2022.104009}
}"""
LI_2016 = """@misc{li2016revisiting,
  author = {Li, Yanghao and Wang, Naiyan and Shi, Jianping and Liu, Jiaying and Hou, Xiaodi},
  title = {Revisiting Batch Normalization for Practical Domain Adaptation},
  eprint = {1603.04779}, archiveprefix = {arXiv}, year = {2016}
}"""
LONG_2015 = """@inproceedings{long2015learning,
  author = {Long, Mingsheng and Cao, Yue and Wang, Jianmin and Jordan, Michael I.},
  title = {Learning Transferable Features with Deep Adaptation Networks},
  booktitle = {International Conference on Machine Learning}, pages = {97--105}, year = {2015}
}"""
SHU_2018 = """@inproceedings{shu2018dirt,
  author = {Shu, Rui and Bui, Hung H. and Narui, Hirokazu and Ermon, Stefano},
  title = {A {DIRT-T} Approach to Unsupervised Domain Adaptation},
  booktitle = {International Conference on Learning Representations}, year = {2018}
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
DAUME_2007 = """@inproceedings{daume2007frustratingly,
  author = {Daum{\\'e} III, Hal},
  title = {Frustratingly Easy Domain Adaptation},
  booktitle = {Annual Meeting of the Association of Computational Linguistics}, pages = {256--263}, year = {2007},
  note = {arXiv:0907.1815}
}"""
DAUME_2010 = """@inproceedings{daume2010frustratingly,
  author = {Daum{\\'e} III, Hal and Kumar, Abhishek and Saha, Avishek},
  title = {Frustratingly Easy Semi-Supervised Domain Adaptation},
  booktitle = {ACL Workshop on Domain Adaptation for Natural Language Processing}, pages = {53--59}, year = {2010}
}"""
CHELBA_2004 = """@inproceedings{chelba2004adaptation,
  author = {Chelba, Ciprian and Acero, Alex},
  title = {Adaptation of Maximum Entropy Capitalizer: Little Data Can Help a Lot},
  booktitle = {Conference on Empirical Methods in Natural Language Processing}, year = {2004}
}"""
HOWARD_2018 = """@inproceedings{howard2018universal,
  author = {Howard, Jeremy and Ruder, Sebastian},
  title = {Universal Language Model Fine-tuning for Text Classification},
  booktitle = {Annual Meeting of the Association for Computational Linguistics}, year = {2018},
  note = {arXiv:1801.06146}
}"""
PHAN_2020 = """@article{phan2020personalized,
  author = {Phan, Huy and Mikkelsen, Kaare and Ch{\\'e}n, Oliver Y. and Koch, Philipp and Mertins, Alfred and
            Kidmose, Preben and De Vos, Maarten},
  title = {Personalized Automatic Sleep Staging with Single-Night Data: a Pilot Study with {Kullback-Leibler} Divergence
           Regularization},
  journal = {Physiological Measurement}, volume = {41}, number = {6}, pages = {064004}, year = {2020},
  note = {arXiv:2004.11349}
}"""
LI_2018 = """@inproceedings{li2018explicit,
  author = {Li, Xuhong and Grandvalet, Yves and Davoine, Franck},
  title = {Explicit Inductive Bias for Transfer Learning with Convolutional Networks},
  booktitle = {International Conference on Machine Learning}, year = {2018},
  note = {arXiv:1802.01483}
}"""
XIE_2020 = """@inproceedings{xie2020unsupervised,
  author = {Xie, Qizhe and Dai, Zihang and Hovy, Eduard and Luong, Minh-Thang and Le, Quoc V.},
  title = {Unsupervised Data Augmentation for Consistency Training},
  booktitle = {Advances in Neural Information Processing Systems}, volume = {33}, year = {2020}
}"""
BERTHELOT_2022 = """@inproceedings{berthelot2022adamatch,
  author = {Berthelot, David and Roelofs, Rebecca and Sohn, Kihyuk and Carlini, Nicholas and Kurakin, Alexey},
  title = {{AdaMatch}: A Unified Approach to Semi-Supervised Learning and Domain Adaptation},
  booktitle = {International Conference on Learning Representations}, year = {2022}
}"""
JIN_2020 = """@inproceedings{jin2020minimum,
  author = {Jin, Ying and Wang, Ximei and Long, Mingsheng and Wang, Jianmin},
  title = {Minimum Class Confusion for Versatile Domain Adaptation},
  booktitle = {European Conference on Computer Vision}, year = {2020}
}"""
LIANG_2020 = """@inproceedings{liang2020we,
  author = {Liang, Jian and Hu, Dapeng and Feng, Jiashi},
  title = {Do We Really Need to Access the Source Data? {Source} Hypothesis Transfer for Unsupervised Domain
           Adaptation},
  booktitle = {International Conference on Machine Learning}, year = {2020}
}"""
LONG_2018 = """@inproceedings{long2018conditional,
  author = {Long, Mingsheng and Cao, Zhangjie and Wang, Jianmin and Jordan, Michael I.},
  title = {Conditional Adversarial Domain Adaptation},
  booktitle = {Advances in Neural Information Processing Systems}, year = {2018}
}"""
SAITO_2018 = """@inproceedings{saito2018maximum,
  author = {Saito, Kuniaki and Watanabe, Kohei and Ushiku, Yoshitaka and Harada, Tatsuya},
  title = {Maximum Classifier Discrepancy for Unsupervised Domain Adaptation},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition}, year = {2018}
}"""
SOHN_2020 = """@inproceedings{sohn2020fixmatch,
  author = {Sohn, Kihyuk and Berthelot, David and Li, Chun-Liang and Zhang, Zizhao and Carlini, Nicholas and
            Cubuk, Ekin D. and Kurakin, Alexey and Zhang, Han and Raffel, Colin},
  title = {{FixMatch}: Simplifying Semi-Supervised Learning with Consistency and Confidence},
  booktitle = {Advances in Neural Information Processing Systems}, year = {2020}
}"""
WANG_2021 = """@inproceedings{wang2021tent,
  author = {Wang, Dequan and Shelhamer, Evan and Liu, Shaoteng and Olshausen, Bruno and Darrell, Trevor},
  title = {Tent: Fully Test-Time Adaptation by Entropy Minimization},
  booktitle = {International Conference on Learning Representations}, year = {2021}
}"""
CHEN_2020 = """@inproceedings{chen2020homm,
  author = {Chen, Chao and Fu, Zhihang and Chen, Zhihong and Jin, Sheng and Cheng, Zhaowei and Jin, Xinyu and
            Hua, Xian-Sheng},
  title = {{HoMM}: Higher-Order Moment Matching for Unsupervised Domain Adaptation},
  booktitle = {AAAI Conference on Artificial Intelligence}, year = {2020}
}"""
COURTY_2017 = """@inproceedings{courty2017joint,
  author = {Courty, Nicolas and Flamary, R{\\'e}mi and Habrard, Amaury and Rakotomamonjy, Alain},
  title = {Joint Distribution Optimal Transportation for Domain Adaptation},
  booktitle = {Advances in Neural Information Processing Systems}, year = {2017}
}"""
DAMODARAN_2018 = """@inproceedings{damodaran2018deepjdot,
  author = {Damodaran, Bharath Bhushan and Kellenberger, Benjamin and Flamary, R{\\'e}mi and Tuia, Devis and
            Courty, Nicolas},
  title = {{DeepJDOT}: Deep Joint Distribution Optimal Transport for Unsupervised Domain Adaptation},
  booktitle = {European Conference on Computer Vision}, year = {2018}
}"""
SHEN_2018 = """@inproceedings{shen2018wasserstein,
  author = {Shen, Jian and Qu, Yanru and Zhang, Weinan and Yu, Yong},
  title = {Wasserstein Distance Guided Representation Learning for Domain Adaptation},
  booktitle = {AAAI Conference on Artificial Intelligence}, year = {2018}
}"""
TZENG_2017 = """@inproceedings{tzeng2017adversarial,
  author = {Tzeng, Eric and Hoffman, Judy and Saenko, Kate and Darrell, Trevor},
  title = {Adversarial Discriminative Domain Adaptation},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, year = {2017}
}"""
XU_2019 = """@inproceedings{xu2019larger,
  author = {Xu, Ruijia and Li, Guanbin and Yang, Jihan and Lin, Liang},
  title = {Larger Norm More Transferable: An Adaptive Feature Norm Approach for Unsupervised Domain Adaptation},
  booktitle = {IEEE/CVF International Conference on Computer Vision}, year = {2019}
}"""
ZELLINGER_2017 = """@inproceedings{zellinger2017central,
  author = {Zellinger, Werner and Grubinger, Thomas and Lughofer, Edwin and Natschl{\\"a}ger, Thomas and
            Saminger-Platz, Susanne},
  title = {Central Moment Discrepancy ({CMD}) for Domain-Invariant Representation Learning},
  booktitle = {International Conference on Learning Representations}, year = {2017}
}"""
HOULSBY_2019 = """@inproceedings{houlsby2019parameter,
  author = {Houlsby, Neil and Giurgiu, Andrei and Jastrzebski, Stanislaw and Morrone, Bruna and de Laroussilhe, Quentin
            and Gesmundo, Andrea and Attariyan, Mona and Gelly, Sylvain},
  title = {Parameter-Efficient Transfer Learning for {NLP}},
  booktitle = {International Conference on Machine Learning}, year = {2019}, note = {arXiv:1902.00751}
}"""
HU_2022 = """@inproceedings{hu2022lora,
  author = {Hu, Edward J. and Shen, Yelong and Wallis, Phillip and Allen-Zhu, Zeyuan and Li, Yuanzhi and Wang, Shean and
            Wang, Lu and Chen, Weizhu},
  title = {{LoRA}: Low-Rank Adaptation of Large Language Models},
  booktitle = {International Conference on Learning Representations}, year = {2022}, note = {arXiv:2106.09685}
}"""
REBUFFI_2018 = """@inproceedings{rebuffi2018efficient,
  author = {Rebuffi, Sylvestre-Alvise and Bilen, Hakan and Vedaldi, Andrea},
  title = {Efficient Parametrization of Multi-domain Deep Neural Networks},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, pages = {8119--8127}, year = {2018}
}"""
RUSU_2016 = """@misc{rusu2016progressive,
  author = {Rusu, Andrei A. and Rabinowitz, Neil C. and Desjardins, Guillaume and Soyer, Hubert and Kirkpatrick, James
            and Kavukcuoglu, Koray and Pascanu, Razvan and Hadsell, Raia},
  title = {Progressive Neural Networks},
  eprint = {1606.04671}, archiveprefix = {arXiv}, year = {2016}
}"""
SAITO_2019 = """@inproceedings{saito2019semi,
  author = {Saito, Kuniaki and Kim, Donghyun and Sclaroff, Stan and Darrell, Trevor and Saenko, Kate},
  title = {Semi-supervised Domain Adaptation via Minimax Entropy},
  booktitle = {IEEE/CVF International Conference on Computer Vision}, year = {2019}, note = {arXiv:1904.06487}
}"""
SNELL_2017 = """@inproceedings{snell2017prototypical,
  author = {Snell, Jake and Swersky, Kevin and Zemel, Richard},
  title = {Prototypical Networks for Few-shot Learning},
  booktitle = {Advances in Neural Information Processing Systems}, year = {2017}, note = {arXiv:1703.05175}
}"""
SUNG_2021 = """@inproceedings{sung2021training,
  author = {Sung, Yi-Lin and Nair, Varun and Raffel, Colin},
  title = {Training Neural Networks with Fixed Sparse Masks},
  booktitle = {Advances in Neural Information Processing Systems}, pages = {24193--24205}, year = {2021}
}"""
VINYALS_2016 = """@inproceedings{vinyals2016matching,
  author = {Vinyals, Oriol and Blundell, Charles and Lillicrap, Timothy and Kavukcuoglu, Koray and Wierstra, Daan},
  title = {Matching Networks for One Shot Learning},
  booktitle = {Advances in Neural Information Processing Systems}, year = {2016}, note = {arXiv:1606.04080}
}"""
ASH_2020 = """@inproceedings{ash2020deep,
  author = {Ash, Jordan T. and Zhang, Chicheng and Krishnamurthy, Akshay and Langford, John and Agarwal, Alekh},
  title = {Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds},
  booktitle = {International Conference on Learning Representations}, year = {2020}, note = {arXiv:1906.03671}
}"""
MUNRO_2021 = """@book{munro2021human,
  author = {Munro, Robert},
  title = {Human-in-the-Loop Machine Learning: Active Learning and Annotation for Human-Centered {AI}},
  publisher = {Manning}, year = {2021}
}"""
PRABHU_2021 = """@inproceedings{prabhu2021active,
  author = {Prabhu, Viraj and Chandrasekaran, Arjun and Saenko, Kate and Hoffman, Judy},
  title = {Active Domain Adaptation via Clustering Uncertainty-weighted Embeddings},
  booktitle = {IEEE/CVF International Conference on Computer Vision}, year = {2021}, note = {arXiv:2010.08666}
}"""
SENER_2018 = """@inproceedings{sener2018active,
  author = {Sener, Ozan and Savarese, Silvio},
  title = {Active Learning for Convolutional Neural Networks: A Core-Set Approach},
  booktitle = {International Conference on Learning Representations}, year = {2018}, note = {arXiv:1708.00489}
}"""
SU_2020 = """@inproceedings{su2020active,
  author = {Su, Jong-Chyi and Tsai, Yi-Hsuan and Sohn, Kihyuk and Liu, Buyu and Maji, Subhransu and Chandraker,
  Manmohan}, title = {Active Adversarial Domain Adaptation}, booktitle = {IEEE Winter Conference on Applications of
  Computer Vision}, year = {2020}, note = {arXiv:1904.07848}
}"""
CARLUCCI_2019 = """@inproceedings{carlucci2019domain,
  author = {Carlucci, Fabio M. and D'Innocente, Antonio and Bucci, Silvia and Caputo, Barbara and Tommasi, Tatiana},
  title = {Domain Generalization by Solving Jigsaw Puzzles},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition}, year = {2019}
}"""
MISRA_2016 = """@inproceedings{misra2016shuffle,
  author = {Misra, Ishan and Zitnick, C. Lawrence and Hebert, Martial},
  title = {Shuffle and Learn: Unsupervised Learning Using Temporal Order Verification},
  booktitle = {European Conference on Computer Vision}, year = {2016}
}"""
PATHAK_2016 = """@inproceedings{pathak2016context,
  author = {Pathak, Deepak and Kr{\\"a}henb{\\"u}hl, Philipp and Donahue, Jeff and Darrell, Trevor and
            Efros, Alexei A.},
  title = {Context Encoders: Feature Learning by Inpainting},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition}, year = {2016}
}"""
SUN_2019 = """@misc{sun2019unsupervised,
  author = {Sun, Yu and Tzeng, Eric and Darrell, Trevor and Efros, Alexei A.},
  title = {Unsupervised Domain Adaptation through Self-Supervision},
  eprint = {1909.11825}, archiveprefix = {arXiv}, year = {2019}
}"""
RAINA_2007 = """@inproceedings{raina2007self,
  author = {Raina, Rajat and Battle, Alexis and Lee, Honglak and Packer, Benjamin and Ng, Andrew Y.},
  title = {Self-taught Learning: Transfer Learning from Unlabeled Data},
  booktitle = {International Conference on Machine Learning}, pages = {759--766}, year = {2007}
}"""
NA_2021 = """@inproceedings{na2021fixbi,
  author = {Na, Jaemin and Jung, Heechul and Chang, Hyung Jin and Hwang, Wonjun},
  title = {{FixBi}: Bridging Domain Spaces for Unsupervised Domain Adaptation},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition}, pages = {1094--1103}, year = {2021}
}"""
ZHU_2023 = """@inproceedings{zhu2023patch,
  author = {Zhu, Jinjing and Bai, Haotian and Wang, Lin},
  title = {Patch-Mix Transformer for Unsupervised Domain Adaptation: A Game Perspective},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition}, year = {2023}
}"""
CHEN_2022 = """@inproceedings{chen2022deliberated,
  author = {Chen, Lin and Wei, Zhixiang and Jin, Xin and Chen, Huaian and Zheng, Miao and Chen, Kai and Jin, Yi},
  title = {Deliberated Domain Bridging for Domain Adaptive Semantic Segmentation},
  booktitle = {Advances in Neural Information Processing Systems}, volume = {35}, year = {2022}
}"""
CARUANA_1997 = """@article{caruana1997multitask,
  author = {Caruana, Rich},
  title = {Multitask Learning},
  journal = {Machine Learning}, volume = {28}, number = {1}, pages = {41--75}, year = {1997},
  doi = {10.1023/A:1007379606734}
}"""
DUONG_2015 = """@inproceedings{duong2015low,
  author = {Duong, Long and Cohn, Trevor and Bird, Steven and Cook, Paul},
  title = {Low Resource Dependency Parsing: Cross-lingual Parameter Sharing in a Neural Network Parser},
  booktitle = {Annual Meeting of the Association for Computational Linguistics}, pages = {845--850}, year = {2015}
}"""
KENDALL_2018 = """@inproceedings{kendall2018multi,
  author = {Kendall, Alex and Gal, Yarin and Cipolla, Roberto},
  title = {Multi-Task Learning Using Uncertainty to Weigh Losses for Scene Geometry and Semantics},
  booktitle = {IEEE/CVF Conference on Computer Vision and Pattern Recognition}, year = {2018},
  note = {arXiv:1705.07115}
}"""
MISRA_2016_CROSS = """@inproceedings{misra2016cross,
  author = {Misra, Ishan and Shrivastava, Abhinav and Gupta, Abhinav and Hebert, Martial},
  title = {Cross-Stitch Networks for Multi-task Learning},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, year = {2016},
  note = {arXiv:1604.03539}
}"""
