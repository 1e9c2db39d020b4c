"""The domains of vectors and sensor signals that read published files. Imports nothing heavy."""

from __future__ import annotations

from collections.abc import Iterator

from dabench.domains import vector_files as files
from dabench.domains.vector_known import COMPLETE
from dabench.specs import DomainSpec

_GONG = """@inproceedings{gong2012geodesic,
  author = {Gong, Boqing and Shi, Yuan and Sha, Fei and Grauman, Kristen},
  title = {Geodesic Flow Kernel for Unsupervised Domain Adaptation},
  booktitle = {IEEE Conference on Computer Vision and Pattern Recognition}, pages = {2066--2073}, year = {2012}
}"""
_SAENKO = """@inproceedings{saenko2010adapting,
  author = {Saenko, Kate and Kulis, Brian and Fritz, Mario and Darrell, Trevor},
  title = {Adapting Visual Category Models to New Domains},
  booktitle = {European Conference on Computer Vision}, pages = {213--226}, year = {2010}
}"""
_BLITZER = """@inproceedings{blitzer2007biographies,
  author = {Blitzer, John and Dredze, Mark and Pereira, Fernando},
  title = {Biographies, Bollywood, Boom-boxes and Blenders: Domain Adaptation for Sentiment Classification},
  booktitle = {Annual Meeting of the Association for Computational Linguistics}, pages = {440--447}, year = {2007}
}"""
_CHEN = """@inproceedings{chen2012marginalized,
  author = {Chen, Minmin and Xu, Zhixiang and Weinberger, Kilian Q. and Sha, Fei},
  title = {Marginalized Denoising Autoencoders for Domain Adaptation},
  booktitle = {International Conference on Machine Learning}, pages = {1627--1634}, year = {2012}
}"""
_GANIN = """@article{ganin2016domain,
  author = {Ganin, Yaroslav and Ustinova, Evgeniya and Ajakan, Hana and Germain, Pascal and Larochelle, Hugo and
            Laviolette, Fran{\\c{c}}ois and Marchand, Mario and Lempitsky, Victor},
  title = {Domain-Adversarial Training of Neural Networks},
  journal = {Journal of Machine Learning Research}, volume = {17}, number = {59}, pages = {1--35}, year = {2016}
}"""
_REYES = """@article{reyesortiz2016transition,
  author = {Reyes-Ortiz, Jorge-Luis and Oneto, Luca and Sam{\\`a}, Albert and Parra, Xavier and Anguita, Davide},
  title = {Transition-Aware Human Activity Recognition Using Smartphones},
  journal = {Neurocomputing}, volume = {171}, pages = {754--767}, year = {2016}
}"""
_SILVEIRA = """@inproceedings{silveira2014gold,
  author = {Silveira, Natalia and Dozat, Timothy and de Marneffe, Marie-Catherine and Bowman, Samuel and
            Connor, Miriam and Bauer, John and Manning, Christopher D.},
  title = {A Gold Standard Dependency Corpus for {E}nglish},
  booktitle = {International Conference on Language Resources and Evaluation}, year = {2014}
}"""


def _complete(name: str) -> tuple[tuple[str, str], ...]:
    return ((COMPLETE[name], "complete"),)


def _office_caltech() -> Iterator[DomainSpec]:
    for name, path in files.OFFICE_CALTECH.items():
        full = f"office_caltech/{name}"
        yield DomainSpec(
            name=full,
            target=f"dabench.domains.office_caltech:{name}",
            summary=f"photographs of ten classes of objects ({name}), SURF histograms",
            licence="not stated",
            citation=f"{_GONG}\n{_SAENKO}",
            files=(path,),
            homepage=files.OFFICE_CALTECH_HOMEPAGE,
            known=_complete(full),
        )


def _reviews() -> Iterator[DomainSpec]:
    for name in files.PRODUCTS:
        full = f"amazon/{name}"
        yield DomainSpec(
            name=full,
            target=f"dabench.domains.amazon:{name}",
            summary=f"reviews of products ({name}), sparse counts of 5,000 terms",
            licence="files: BSD-style; reviews: not stated",
            citation=f"{_BLITZER}\n{_CHEN}\n{_GANIN}",
            files=files.AMAZON[name],
            homepage=files.AMAZON_HOMEPAGE,
            known=_complete(full),
        )
    for name in files.PRODUCTS:
        full = f"amazon_text/{name}"
        yield DomainSpec(
            name=full,
            target=f"dabench.domains.amazon_text:{name}",
            summary=f"reviews of products ({name}) from raw text, sparse counts of hashed terms",
            licence="not stated",
            citation=_BLITZER,
            files=files.AMAZON_TEXT[name],
            homepage=files.AMAZON_TEXT_HOMEPAGE,
            known=_complete(full),
        )


def _sensors() -> Iterator[DomainSpec]:
    summaries = {
        f"hapt/{user}": f"activities of person {user[4:]}, accelerometer and gyroscope" for user in files.USERS
    }
    summaries["hapt_accelerometer"] = "activities of 30 people, accelerometer, simultaneous with hapt_gyroscope"
    summaries["hapt_gyroscope"] = "activities of 30 people, gyroscope, simultaneous with hapt_accelerometer"
    for name, summary in summaries.items():
        yield DomainSpec(
            name=name,
            target=f"dabench.domains.hapt:{name.removeprefix('hapt')[1:]}",
            summary=summary,
            licence="CC BY 4.0 (not verified)",
            citation=_REYES,
            files=(files.HAPT,),
            homepage=files.HAPT_HOMEPAGE,
            known=_complete(name),
        )


def _pos() -> Iterator[DomainSpec]:
    for genre, path in files.POS.items():
        full = f"pos/{genre}"
        yield DomainSpec(
            name=full,
            target=f"dabench.domains.pos:{genre}",
            summary=f"parts of speech of English words ({genre}), sparse context features",
            licence="CC BY-SA 4.0",
            citation=_SILVEIRA,
            files=(path,),
            homepage=files.POS_HOMEPAGE,
            known=_complete(full),
        )


SPECS = (*_office_caltech(), *_reviews(), *_sensors(), *_pos())
