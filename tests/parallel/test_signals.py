"""Signals that end a command."""

from __future__ import annotations

import os
import signal
import time
from contextlib import suppress

import click
import pytest

from dabench.parallel.pool import spread
from dabench.parallel.signals import STOPPING, StopError, exit_code, stopping, uninterrupted, what_happened


def send(number: int) -> None:
    """Send a signal to this process, and let its handler run."""
    os.kill(os.getpid(), number)
    time.sleep(0.01)


@pytest.mark.parametrize("number", STOPPING)
def test_they_are_like_ctrl_c_with_a_name_and_a_code(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with pytest.raises(KeyboardInterrupt) as raised, stopping():
        send(number)
    assert what_happened(raised.value) == f"Stopped by {number.name}"
    assert exit_code(raised.value) == 128 + number
    assert signal.getsignal(number) is before


def test_ctrl_c_has_the_code_that_it_had() -> None:
    assert (exit_code(KeyboardInterrupt()), what_happened(KeyboardInterrupt())) == (130, "Interrupted")
    assert (exit_code(click.Abort()), what_happened(click.Abort())) == (130, "Interrupted")


def test_the_second_one_does_not_cut_off_what_ends_the_command() -> None:
    ended = []

    def body() -> None:
        try:
            send(signal.SIGTERM)
        finally:
            send(signal.SIGTERM)
            send(signal.SIGHUP)
            ended.append(True)

    with pytest.raises(StopError), stopping():
        body()
    assert ended


def test_one_that_is_ignored_stays_so() -> None:
    """`nohup dabench run` goes on when its terminal closes."""
    before, reached = signal.signal(signal.SIGHUP, signal.SIG_IGN), []
    try:
        with suppress(StopError), stopping():
            reached.append(signal.getsignal(signal.SIGHUP))
            send(signal.SIGHUP)
            reached.append("the end")
    finally:
        signal.signal(signal.SIGHUP, before)
    assert reached == [signal.SIG_IGN, "the end"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_must_be_done_is_done_first(number: signal.Signals) -> None:
    done = []

    def body() -> None:
        with uninterrupted():
            send(number)
            done.append(True)

    with pytest.raises(KeyboardInterrupt) as raised, stopping():
        body()
    assert done
    assert exit_code(raised.value) == 128 + number


@pytest.mark.slow
def test_a_pool_that_is_interrupted_ends_at_once() -> None:
    begun = time.monotonic()

    def body() -> None:
        for _ in spread(time.sleep, [0.0, *[600.0] * 7], title="sleeping", workers=2):
            send(signal.SIGTERM)

    with pytest.raises(StopError), stopping():
        body()
    assert time.monotonic() - begun < 120
