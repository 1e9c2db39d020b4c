"""Requests to one mirror."""

from __future__ import annotations

import time

import pytest

from dabench.data.acquire.http import MirrorError, Patience, answers
from tests.support.bad_server import BadServer


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that are made, which take no time."""
    made: list[float] = []
    monkeypatch.setattr(time, "sleep", made.append)
    return made


def test_a_server_that_asks_for_patience_gets_a_minute_at_most(server: BadServer, pauses: list[float]) -> None:
    answers(server.add("/cats.txt", b"cats", "later", "well"), Patience(attempts=2))
    assert pauses == [60.0]


def test_pauses_grow(server: BadServer, pauses: list[float]) -> None:
    answers(server.add("/cats.txt", b"cats", "busy", "busy", "busy", "well"), Patience(attempts=4, pause_s=3.0))
    assert pauses == [6.0, 12.0]
    assert len(server.asked) == 4


def test_attempts_are_counted(server: BadServer, pauses: list[float]) -> None:
    with pytest.raises(MirrorError, match=r"the server says 500 Internal Server Error \(3 attempts\)"):
        answers(server.add("/cats.txt", b"cats", "busy"), Patience(attempts=3))
    assert len(server.asked) == 3


def test_a_name_that_nobody_knows(pauses: list[float]) -> None:
    with pytest.raises(MirrorError, match=r"the connection failed: .*(?:known|resol).* \(2 attempts\)"):
        answers("http://no-such-host.invalid/cats.txt", Patience(attempts=2))
