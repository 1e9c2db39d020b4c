"""Seconds of a command with one worker over those with two, on idle cores: `workers.py [ROUNDS]`.

Twelve trainings of 600 steps of the mini suite, each command with a new results folder; the start of the command and of
its workers counts. Rounds alternate, and the median of their ratios is printed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

COMMAND = ("run", "mini", "--methods", "dann:", "--pairs", "digits:digits_m", "--seeds", "100-103", "--steps", "600")


def seconds(workers: int) -> float:
    """Wall seconds of the command."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "dabench", *COMMAND, "--set", "budget.checkpoints=1"]
        begun = time.monotonic()
        subprocess.run(
            [*command, "--workers", str(workers), "--results", folder],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        return time.monotonic() - begun


def main(rounds: int = 3) -> None:
    """Print the seconds of every round, and the ratio."""
    print(f"{os.cpu_count()} processors, load before: {os.getloadavg()[0]:.2f}")
    ratios = []
    for _ in range(rounds):
        one, two = seconds(1), seconds(2)
        ratios.append(one / two)
        print(f"one worker {one:.1f} s, two {two:.1f} s: {ratios[-1]:.2f}")
    print(f"two workers over one: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
