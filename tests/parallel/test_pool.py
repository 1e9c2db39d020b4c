"""Work spread over processes and threads."""

from __future__ import annotations

import time

import pytest

from dabench.parallel.pool import spread


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_tasks(workers: int) -> None:
    def waited(seconds: float) -> float:
        time.sleep(seconds)
        return seconds

    tasks = [0.05, 0.0, 0.02, 0.0]
    assert list(spread(waited, tasks, title="waiting", workers=workers, threads=True)) == tasks


@pytest.mark.parametrize("workers", [1, 2])
def test_what_is_left_is_not_begun(workers: int) -> None:
    begun = []

    def work(number: int) -> int:
        begun.append(number)
        time.sleep(0.01)
        return number

    results = spread(work, range(1000), title="working", workers=workers, threads=True)
    assert next(results) == 0
    results.close()
    assert len(begun) < 500


def test_an_error_of_a_task_ends_the_others() -> None:
    begun = []

    def work(number: int) -> int:
        begun.append(number)
        time.sleep(0.01)
        return 1 // number

    with pytest.raises(ZeroDivisionError):
        list(spread(work, range(1000), title="working", workers=2, threads=True))
    assert len(begun) < 500
