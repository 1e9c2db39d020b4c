#!/usr/bin/env bash
# skada 0.6.0: source rows of class -1 are dropped without a word.
#
# skada marks the rows of the target as unlabelled by the label -1. The mark is looked for in all rows, also in those of
# the source. Sentiment (-1, 0, 1) is a common set of classes. A classifier behind an adapter then learns two of the
# three classes, and says so nowhere. The same data with the classes 4, 5 and 6 are learnt without an error.
#
# Seen: classes learnt [0, 1], accuracy .667, no warning; with other names [4, 5, 6], accuracy 1.000.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet skada==0.6.0 POT==0.9.7.post1 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - << 'PYTHON'
import sys
import warnings

import numpy as np
import skada
import sklearn
from sklearn.linear_model import LogisticRegression

ROWS = 200
draws = np.random.default_rng(0)
source = np.vstack([centre + 0.3 * draws.normal(size=(ROWS, 2)) for centre in ([0, 0], [3, 0], [0, 3])])
target = source + 0.1
x = np.vstack([source, target])
domain = np.r_[np.ones(len(source)), -2 * np.ones(len(target))]  # positive: source, negative: target


def learnt(classes):
    y = np.repeat(classes, ROWS)
    pipeline = skada.make_da_pipeline(skada.CORALAdapter(), LogisticRegression())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        pipeline.fit(x, np.r_[y, np.full(len(y), -1)], sample_domain=domain)
    predicted = pipeline.predict(target, sample_domain=-2 * np.ones(len(target)))
    return pipeline[-1].base_estimator_.classes_.tolist(), float((predicted == y).mean()), len(caught)


print("skada", skada.__version__, "scikit-learn", sklearn.__version__)
sentiment, renamed = learnt([-1, 0, 1]), learnt([4, 5, 6])
print("classes -1, 0, 1: learnt, accuracy, warnings:", sentiment)
print("classes  4, 5, 6: learnt, accuracy, warnings:", renamed)
as_described = sentiment[0] == [0, 1] and sentiment[2] == 0 and sentiment[1] < 0.7
sys.exit(0 if as_described and renamed[:2] == ([4, 5, 6], 1.0) else 1)
PYTHON
