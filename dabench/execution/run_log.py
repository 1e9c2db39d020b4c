"""A log file per run: what the method prints, warns and logs, and how the run ended."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

NAME = "dabench.run"


@contextmanager
def run_log(path: Path) -> Iterator[logging.Logger]:
    """Send printed text, warnings and log lines of the block to a file, which is started anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    logger = logging.getLogger(NAME)
    before = logger.level, logger.propagate
    with path.open("w", encoding="utf-8", buffering=1) as file:
        handler = logging.StreamHandler(file)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False
        try:
            with redirect_stdout(file), redirect_stderr(file), warnings.catch_warnings():
                yield logger
        finally:
            logger.removeHandler(handler)
            logger.level, logger.propagate = before
