"""Tests of the links of downloads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dabench.data.acquire.fetch import offline, verify
from dabench.data.acquire.http import Patience, Resuming, Show, answers
from dabench.errors import DataError
from dabench.files import scratch
from dabench.specs.download import Download


@dataclass(frozen=True)
class LinkResult:
    """The result of one link; `fault` is empty if it gives the right content."""

    download: Download
    url: str
    fault: str


def try_links(
    downloads: Iterable[Download], show: Show, patience: Patience | None = None, *, whole: bool = False
) -> Iterator[LinkResult]:
    """Try every link, also those behind one that works.

    Args:
        downloads: whose links to try.
        show: who is told how it goes.
        patience: how long to wait for what.
        whole: download everything to a temporary folder, and check its content.

    Raises:
        DataError: `DABENCH_OFFLINE` is set.
    """
    if offline():
        raise DataError("DABENCH_OFFLINE is set, so no link is tried. Unset it, or set it to 0.")
    for download in downloads:
        for url in download.urls:
            try:
                if whole:
                    _download(download, url, show, patience or Patience())
                else:
                    answers(url, patience or Patience())
            except DataError as error:
                yield LinkResult(download, url, str(error))
            else:
                yield LinkResult(download, url, "")


def _download(download: Download, url: str, show: Show, patience: Patience) -> None:
    with scratch() as folder:
        file = folder / download.name
        Resuming(folder / f"{download.name}.part", show, patience).get(url, file)
        verify(download, file, folder / "unpacked")
