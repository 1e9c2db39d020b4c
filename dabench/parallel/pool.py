"""Work for all cores, with a progress bar on stderr: how domains are regenerated."""

from __future__ import annotations

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

from rich.console import Console
from rich.progress import MofNCompleteColumn

from dabench.device import default_workers
from dabench.parallel.bars import FIXED, bars
from dabench.parallel.child import end_with_parent, without_main
from dabench.printable import printable

Task = TypeVar("Task")
Result = TypeVar("Result")


def _results(function: Callable[[Task], Result], tasks: Sequence[Task], workers: int) -> Generator[Result, None, None]:
    """The results of a function for every task, from other processes; an interruption ends them at once."""
    others = set(multiprocessing.active_children())
    # Forking a process that has used torch's threads is not safe.
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), end_with_parent)
    try:
        # Not `map`: on an interrupt it cancels tasks, and the pool cannot do with cancelled ones when it is ended.
        with without_main():
            waiting = deque(pool.submit(function, task) for task in tasks)
        while waiting:
            yield waiting.popleft().result()
    except BaseException:
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        raise
    finally:
        pool.shutdown()


def elsewhere(function: Callable[[Task], Result], task: Task) -> Result:
    """The result of a function, which another process computes: that one knows nothing but the task."""
    (result,) = _results(function, [task], 1)
    return result


def _from_threads(
    function: Callable[[Task], Result], tasks: Sequence[Task], workers: int
) -> Generator[Result, None, None]:
    """The same from threads of this process; once it is closed or interrupted no further task begins."""
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(function, tasks)


def spread(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    title: str,
    workers: int | None = None,
    threads: bool = False,
) -> Iterator[Result]:
    """Apply a function to every task.

    Args:
        function: of a module that is quick to import; what it returns depends on the task alone.
        tasks: plain data.
        title: what is made, for the progress bar.
        workers: processes, one per core if None; 1 works in this process.
        threads: workers are threads of this process, for a function that leaves the interpreter to others most of the
            time. They need a tenth of a second less to start.

    Yields:
        The results, in the order of the tasks.
    """
    workers = workers or default_workers("cpu")
    console = Console(stderr=True, force_jupyter=False)
    begun = time.monotonic()
    if workers == 1:
        found = (function(task) for task in tasks)
    else:
        found = (_from_threads if threads else _results)(function, tasks, workers)
    with bars(console, MofNCompleteColumn(table_column=FIXED)) as bar, closing(found) as results:
        yield from bar.track(results, total=len(tasks), description=printable(title))
    seconds = time.monotonic() - begun
    console.print(printable(f"{title}: done in {seconds:.1f} s with {workers} workers"), highlight=False, markup=False)
