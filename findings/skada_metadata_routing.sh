#!/usr/bin/env bash
# skada 0.6.0: importing it switches scikit-learn's metadata routing on for the whole process.
#
# Code that has nothing to do with skada then behaves in another way: a pipeline that was given weights for one of its
# steps, and was fitted before the import, refuses the same call after it. In a benchmark that imports its methods on
# demand, a method works or fails depending on which other method ran before it in the same process.
#
# Seen: enable_metadata_routing False before the import and True after it; the same fit works before, and raises after.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet skada==0.6.0 POT==0.9.7.post1 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - << 'PYTHON'
import sys

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

x = np.random.default_rng(0).normal(size=(40, 3))
y, weights = (x[:, 0] > 0).astype(int), np.ones(40)


def weighted_fit():
    pipeline = make_pipeline(StandardScaler(), LogisticRegression())
    try:
        pipeline.fit(x, y, logisticregression__sample_weight=weights)
    except Exception as error:
        return f"{type(error).__name__}: {str(error).splitlines()[0][:90]}"
    return "fitted"


def routing():
    return sklearn.get_config()["enable_metadata_routing"]


before, fit_before = routing(), weighted_fit()
import skada  # noqa: E402

after, fit_after = routing(), weighted_fit()
print("skada", skada.__version__, "scikit-learn", sklearn.__version__)
print("before the import:", before, "·", fit_before)
print("after the import: ", after, "·", fit_after)
sys.exit(0 if (before, after) == (False, True) and fit_before == "fitted" and fit_after != "fitted" else 1)
PYTHON
