"""Activities of 30 people from a phone at the waist: HAPT (Reyes-Ortiz et al. 2016), raw signals at 50 Hz.

A window is 2.56 s (128 samples) within one activity, the next begins half a window later, as in the publisher's own
preparation; transitions between activities are left out. Two kinds of domains are made of them:

`hapt/userNN`: one person, accelerometer and gyroscope (N, 6, 128). Of each activity the first 70 % by time are for
training, the rest for testing; the window that overlaps the first one for testing is dropped. A person does an
activity three to six times without a break, so source_val takes single windows, which overlap trained ones: it is too
good to select by.
`hapt_accelerometer`, `hapt_gyroscope`: one sensor of all people (N, 3, 128), every third person for testing. Row i of
one was recorded at the same instants as row i of the other. People are groups: source_val is of other people. The
second labels `person` of train number them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dabench.data.arrays import DomainArrays, Split
from dabench.domains.files import require
from dabench.domains.vectors.hapt_spec import FILES, HOMEPAGE, LABELS, PACKED, USERS

CLASSES = ("walking", "walking upstairs", "walking downstairs", "sitting", "standing", "lying")
WINDOW, STRIDE = 128, 64  # samples
TRAIN_SHARE = 0.7
TEST_USERS = tuple(range(3, 31, 3))


@dataclass(frozen=True)
class Signals:
    """The recordings of all people, one after the other.

    Attributes:
        x: acceleration in g and angular velocity in rad/s, three axes each, (T, 6) float32.
        user: 1 to 30, (T,).
        record: counts the recordings of a person, (T,).
        label: 1 to 6 activities, 7 to 12 transitions, -1 neither, (T,).
    """

    x: NDArray[np.float32]
    user: NDArray[np.integer[Any]]
    record: NDArray[np.integer[Any]]
    label: NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Windows:
    """All windows, in the order of the recordings.

    Attributes:
        x: (N, 6, 128) float32; see `Signals`.
        y: 0 to 5, (N,) int64.
        user: 1 to 30, (N,).
        start: first sample of each window in the recordings, (N,): two overlap if less than 128 lies between them.
    """

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    user: NDArray[np.int64]
    start: NDArray[np.int64]


def load_user(name: str) -> DomainArrays:
    """Returns the windows of one person (N, 6, 128)."""
    found = windows(read_signals(f"hapt/{name}"))
    number = int(name.removeprefix("user"))
    train, test = [], []
    for label in range(len(CLASSES)):
        rows = np.flatnonzero((found.user == number) & (found.y == label))
        cut = round(TRAIN_SHARE * len(rows))
        first = found.start[rows[cut]] if cut < len(rows) else np.inf
        train.append(rows[:cut][found.start[rows[:cut]] + WINDOW <= first])
        test.append(rows[cut:])
    train_rows, test_rows = np.sort(np.concatenate(train)), np.sort(np.concatenate(test))
    return DomainArrays(
        Split(found.x[train_rows], found.y[train_rows]), Split(found.x[test_rows], found.y[test_rows]), CLASSES
    )


def load_sensor(name: str, channels: slice) -> DomainArrays:
    """Returns the windows of one sensor of all people (N, 3, 128)."""
    found = windows(read_signals(name))
    in_test = np.isin(found.user, TEST_USERS)
    x = np.ascontiguousarray(found.x[:, channels])
    train, test = (Split(x[rows], found.y[rows], found.user[rows]) for rows in (~in_test, in_test))
    _, person = np.unique(found.user[~in_test], return_inverse=True)
    return DomainArrays(train, test, CLASSES, aux={"person": person})


def windows(signals: Signals) -> Windows:
    """Cut recordings into windows that lie within one activity each."""
    keys = np.stack([signals.user, signals.record, signals.label]).astype(np.int64)
    ends = np.append(np.flatnonzero((keys[:, 1:] != keys[:, :-1]).any(axis=0)) + 1, keys.shape[1])
    firsts = np.append(0, ends[:-1])
    starts = np.concatenate(
        [
            np.arange(first, end - WINDOW + 1, STRIDE)
            for first, end in zip(firsts, ends, strict=True)
            if 1 <= signals.label[first] <= len(CLASSES)
        ]
    )
    x = signals.x[starts[:, None] + np.arange(WINDOW)].transpose(0, 2, 1)
    y = signals.label[starts].astype(np.int64) - 1
    return Windows(np.ascontiguousarray(x), y, signals.user[starts].astype(np.int64), starts)


def read_signals(domain: str) -> Signals:
    """Read the recordings: the publisher's text files, or all of them in one .npz file."""
    found = {path.name: path for path in require(domain, FILES, homepage=HOMEPAGE)}
    if packed := found.get(PACKED):
        with np.load(packed, allow_pickle=False) as content:
            return Signals(content["signals"], content["user"], content["record"], content["label"])
    (labels,) = require(domain, LABELS, homepage=HOMEPAGE)
    return _read_text(labels)


def _read_text(labels: Path) -> Signals:
    """Read `labels.txt` (experiment, user, activity, first and last sample from 1) and the files that it names."""
    table = np.loadtxt(labels, dtype=np.int64, ndmin=2)
    x, user, record, label = [], [], [], []
    experiments = sorted({(int(row[1]), int(row[0])) for row in table})
    people = [person for person, _ in experiments]
    for place, (person, experiment) in enumerate(experiments):
        name = f"exp{experiment:02d}_user{person:02d}.txt"
        parts = [
            np.loadtxt(labels.parent / f"{sensor}_{name}", dtype=np.float32, ndmin=2) for sensor in ("acc", "gyro")
        ]
        x.append(np.concatenate(parts, axis=1))
        marks = np.full(len(x[-1]), -1)
        for _, _, activity, first, last in table[table[:, 0] == experiment]:
            marks[first - 1 : last] = activity
        label.append(marks)
        user.append(np.full(len(marks), person))
        record.append(np.full(len(marks), people[:place].count(person)))
    return Signals(np.concatenate(x), np.concatenate(user), np.concatenate(record), np.concatenate(label))


accelerometer = partial(load_sensor, "hapt_accelerometer", slice(0, 3))
gyroscope = partial(load_sensor, "hapt_gyroscope", slice(3, 6))


def __getattr__(name: str) -> Any:
    """The loaders `user01` to `user30`."""
    if name in USERS:
        return partial(load_user, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
