import itertools
from pathlib import Path

import numpy as np
import pytest

from dabench.domains.vectors import hapt
from dabench.domains.vectors.hapt import STRIDE, WINDOW, Signals, windows
from dabench.errors import DataError


def _signals(users: int = 6) -> Signals:
    """Every user has two recordings; every sample's value tells where it is."""
    label, user, record = [], [], []
    for number in range(1, users + 1):
        for recording in (0, 1):
            marks = [-1] * 50
            for activity in range(1, 7):
                marks += [activity] * (WINDOW * 4 + 10 * number) + [7] * WINDOW + [-1] * 30
            label += marks
            user += [number] * len(marks)
            record += [recording] * len(marks)
    time = np.arange(len(label), dtype=np.float32)
    x = time[:, None] + np.linspace(0, 0.5, 6, dtype=np.float32)
    return Signals(x, np.array(user, np.uint8), np.array(record, np.uint8), np.array(label, np.int8))


def _write_packed(root: Path, signals: Signals) -> None:
    (root / "hapt").mkdir()
    np.savez(
        root / "hapt" / "hapt_raw_float32.npz",
        signals=signals.x,
        user=signals.user,
        record=signals.record,
        label=signals.label,
    )


def _write_text(root: Path, signals: Signals) -> None:
    """The publisher's layout: experiments are numbered through, samples are counted from 1."""
    folder = root / "hapt" / "RawData"
    folder.mkdir(parents=True)
    (root / "hapt" / "README.txt").write_text("about")
    lines = []
    keys = sorted(set(zip(signals.user.tolist(), signals.record.tolist(), strict=True)))
    for experiment, (user, record) in enumerate(keys, start=1):
        rows = (signals.user == user) & (signals.record == record)
        for sensor, part in (("acc", signals.x[rows, :3]), ("gyro", signals.x[rows, 3:])):
            np.savetxt(folder / f"{sensor}_exp{experiment:02d}_user{user:02d}.txt", part, fmt="%.7f")
        marks = signals.label[rows]
        edges = [0, *(np.flatnonzero(np.diff(marks)) + 1), len(marks)]
        for first, end in itertools.pairwise(edges):
            if marks[first] > 0:
                lines.append(f"{experiment} {user} {marks[first]} {first + 1} {end}")
    (folder / "labels.txt").write_text("\n".join(lines))


def test_a_window_lies_within_one_activity_and_half_of_it_overlaps_the_next() -> None:
    signals = _signals()
    found = windows(signals)
    for row in range(0, len(found.y), 7):
        span = slice(found.start[row], found.start[row] + WINDOW)
        assert set(signals.label[span]) == {found.y[row] + 1}
        assert set(signals.user[span]) == {found.user[row]}
        assert len(set(signals.record[span])) == 1
        assert np.array_equal(found.x[row], signals.x[span].T)
    steps = np.diff(found.start)
    assert steps.min() == STRIDE
    assert set(found.y) == set(range(6))


def _starts(x: np.ndarray) -> np.ndarray:
    """The beginnings of windows, which the toy's first channel tells."""
    return x[:, 0, 0]


def test_no_sample_is_on_both_sides_of_a_users_split(data: Path) -> None:
    _write_packed(data, _signals())
    arrays = hapt.user03()
    train, test = _starts(arrays.train.x), _starts(arrays.test.x)
    assert np.abs(train[:, None] - test[None, :]).min() >= WINDOW
    for label in range(6):
        assert train[arrays.train.y == label].max() < test[arrays.test.y == label].min(), "split by time"
    assert arrays.train.x.shape[1:] == (6, WINDOW)
    assert arrays.train.x.dtype == np.float32


def test_rows_of_the_two_sensors_are_simultaneous(data: Path) -> None:
    _write_packed(data, _signals())
    first, second = hapt.accelerometer(), hapt.gyroscope()
    for a, b in ((first.train, second.train), (first.test, second.test)):
        assert a.x.shape[1:] == b.x.shape[1:] == (3, WINDOW)
        assert np.array_equal(a.y, b.y)
        np.testing.assert_allclose(b.x - a.x, 0.3, atol=0.05)  # the toy's value of a channel is its time, and a little


def test_people_are_on_one_side_of_the_sensors_split(data: Path) -> None:
    signals = _signals()
    _write_packed(data, signals)
    arrays = hapt.accelerometer()
    users = [{int(signals.user[int(start)]) for start in _starts(split.x)} for split in (arrays.train, arrays.test)]
    assert users == [{1, 2, 4, 5}, {3, 6}]
    assert [set(split.groups.tolist()) for split in (arrays.train, arrays.test)] == users
    assert hapt.user03().train.groups is None


def test_people_of_train_are_numbered_as_second_labels(data: Path) -> None:
    _write_packed(data, _signals())
    arrays = hapt.gyroscope()
    people = [1, 2, 4, 5]
    assert [people[number] for number in arrays.aux["person"]] == arrays.train.groups.tolist()
    assert hapt.user03().aux == {}


@pytest.mark.slow
def test_the_publishers_text_files_give_the_same(data: Path) -> None:
    signals = _signals(users=2)
    _write_text(data, signals)
    read = hapt.read_signals("hapt/user01")
    np.testing.assert_allclose(read.x, signals.x, atol=1e-3)
    for name in ("user", "record", "label"):
        assert np.array_equal(getattr(read, name), getattr(signals, name)), name


def test_missing_files_are_named(data: Path) -> None:
    with pytest.raises(DataError, match=r"hapt/\*\*/\* below"):
        hapt.user01()
    (data / "hapt").mkdir()
    (data / "hapt" / "README.txt").write_text("about")
    with pytest.raises(DataError, match=r"hapt/RawData/labels\.txt below"):
        hapt.user01()


def test_the_real_recordings(real_data: Path) -> None:
    signals = hapt.read_signals("hapt")
    assert signals.x.shape == (1_122_772, 6)
    found = windows(signals)
    assert len(found.y) == 10_411
    assert set(found.user) == set(range(1, 31))
    assert len(hapt.accelerometer().train.y) + len(hapt.accelerometer().test.y) == len(found.y)
    for name in ("user01", "user30"):
        arrays = getattr(hapt, name)()
        rows = found.start[np.isin(found.user, int(name[4:]))]
        assert len(arrays.train.y) + len(arrays.test.y) <= len(rows)
        assert np.bincount(arrays.train.y, minlength=6).min() > 20
        assert np.bincount(arrays.test.y, minlength=6).min() > 10
