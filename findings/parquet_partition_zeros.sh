#!/usr/bin/env bash
# pandas 3.1.1 with pyarrow 26.0.1: names of partitions that are text come back as numbers, and lose their zeros.
#
# `frame.to_parquet(folder, partition_cols=["hospital"])` makes a folder for each value, `hospital=01` and `hospital=02`,
# and `pd.read_parquet(folder)` reads it back. All other columns keep their types, since pandas writes them into the file,
# also a text column with the very same values. The partitions are guessed from the names of the folders: "01" is the
# number 1, so that what selected the rows of a hospital selects none, without an error. Where a value that is no number is
# among them all of them stay text, so one more hospital changes the type of the others.
#
# Seen: hospital ["01", "02"] becomes [1, 2]; with "north" beside them it stays ["01", "02", "north"].
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6
"$folder/venv/bin/python" - "$folder" << 'PYTHON'
import sys

import pandas as pd
import pyarrow

print("pandas", pd.__version__, "pyarrow", pyarrow.__version__)


def back(names):
    frame = pd.DataFrame({"hospital": names, "same": names, "age": range(len(names))})
    place = f"{sys.argv[1]}/{len(names)}"
    frame.to_parquet(place, partition_cols=["hospital"])
    found = pd.read_parquet(place)
    print(f"written {names}: hospital {found['hospital'].tolist()}, same {found['same'].tolist()};",
          f"{len(frame[frame['hospital'] == '01'])} row of hospital '01' was written,",
          f"{len(found[found['hospital'].astype(object) == '01'])} read")
    return found["hospital"].tolist(), found["same"].tolist()


two, three = back(["01", "02"]), back(["01", "02", "north"])
sys.exit(0 if two == ([1, 2], ["01", "02"]) and three == (["01", "02", "north"],) * 2 else 1)
PYTHON
