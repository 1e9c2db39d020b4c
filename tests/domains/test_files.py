"""Files that a domain needs, and messages when they are not there."""

import pytest

from dabench.domains.files import require
from dabench.errors import DataError


def test_files_come_in_the_order_of_the_patterns_and_sorted_within(data):
    for name in ("set/b.png", "set/a.png", "set/labels.txt", "set/folder.png/inside"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch()
    found = require("pets", "set/labels.txt", "set/*.png", homepage="https://example.org")
    assert [path.relative_to(data).as_posix() for path in found] == ["set/labels.txt", "set/a.png", "set/b.png"]


def test_what_is_missing_is_named_with_where_it_goes_and_where_to_get_it(data):
    (data / "here.txt").touch()
    with pytest.raises(DataError) as caught:
        require("pets", "here.txt", "cats/*.png", "dogs.mat", homepage="https://example.org")
    message = str(caught.value)
    assert "'pets'" in message
    assert "cats/*.png, dogs.mat" in message
    assert "here.txt" not in message
    assert str(data) in message
    assert "https://example.org" in message
    assert "DABENCH_DATA_DIR" in message
