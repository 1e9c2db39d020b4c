#!/usr/bin/env bash
# scikit-learn 1.9.1: two svmlight files of one feature space are read with columns that are shifted by one.
#
# `load_svmlight_file` guesses from the file whether indices begin with 0 or 1: if index 0 does not occur, all indices
# are lowered by one. The guess is made file by file. If the first feature never occurs in one domain (a rare word, say),
# its columns are shifted against those of the other domain, also when `n_features` is given, so that the shapes agree
# and nothing looks wrong. The files here were written by scikit-learn itself. `load_svmlight_files`, which reads several
# files at once, guesses once for all; `zero_based=True` is right too.
#
# Seen: the target [[0, 5, 1], [0, 2, 2]] is read as [[5, 1, 0], [2, 2, 0]].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
"$folder/venv/bin/python" - "$folder" << 'PYTHON'
import sys

import numpy as np
import sklearn
from sklearn.datasets import dump_svmlight_file, load_svmlight_file, load_svmlight_files

folder = sys.argv[1]
domains = {"source": np.array([[1.0, 0, 2], [3, 4, 0]]), "target": np.array([[0.0, 5, 1], [0, 2, 2]])}
for name, rows in domains.items():
    dump_svmlight_file(rows, [0, 1], f"{folder}/{name}")

print("scikit-learn", sklearn.__version__)
apart = {name: load_svmlight_file(f"{folder}/{name}", n_features=3)[0].toarray() for name in domains}
source, _, target, _ = load_svmlight_files([f"{folder}/source", f"{folder}/target"])
print("source, read alone:   ", apart["source"].tolist())
print("target, as written:   ", domains["target"].tolist())
print("target, read alone:   ", apart["target"].tolist())
print("target, read together:", target.toarray().tolist())
shifted = np.array_equal(apart["target"], [[5, 1, 0], [2, 2, 0]]) and np.array_equal(apart["source"], domains["source"])
together = np.array_equal(target.toarray(), domains["target"]) and np.array_equal(source.toarray(), domains["source"])
sys.exit(0 if shifted and together else 1)
PYTHON
