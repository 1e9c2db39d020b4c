"""The identity of a run: two runs of one identity are the same run."""

from __future__ import annotations

from dataclasses import dataclass

from dabench.hashing.canonical import NUMERICS_VERSION, sha256

FIRST_TORCH = "2.15"
"""The release of torch of all runs that were published before identities named it: it is left out of the hash."""


def release_of(version: str) -> str:
    """The minor release in a version of torch: `2.15` for `2.15.0+cu132`."""
    return ".".join(version.partition("+")[0].split(".")[:2])


@dataclass(frozen=True, kw_only=True)
class RunIdentity:
    """The parts that decide a run's numbers.

    Attributes:
        pair: `source:target`.
        settings: hash of the resolved settings.
        data: hash of the decoded data of both domains.
        plugin: distribution and version of the method's plugin, and the hash of its sources.
        device_kind: `cpu` or `cuda`.
        numerics: version of the harness's own arithmetic.
        aux: hash of the second labels that it may see; empty where there are none.
        torch: its minor release, as `2.15`, of a run that trains a network; empty for others. From one release to the
            next dropout draws other masks.
    """

    suite: str
    suite_version: int
    pair: str
    method: str
    seed: int
    settings: str
    data: str
    plugin: tuple[str, str, str]
    device_kind: str
    numerics: int = NUMERICS_VERSION
    aux: str = ""
    torch: str = ""

    @property
    def run_id(self) -> str:
        """The hash of all of it."""
        content: dict[str, object] = {
            "suite": [self.suite, self.suite_version],
            "pair": self.pair,
            "method": self.method,
            "seed": self.seed,
            "settings": self.settings,
            "data": self.data,
            "plugin": list(self.plugin),
            "numerics": self.numerics,
            "device": self.device_kind,
        }
        if self.aux:
            content["aux"] = self.aux
        if self.torch not in ("", FIRST_TORCH):
            content["torch"] = self.torch
        return sha256(content)
