"""The machine that the numbers come from: recorded, not part of a run's identity.

The last bits of a result depend on which instructions the libraries use. Each of torch, oneDNN and the BLAS of NumPy
and SciPy chooses them by the processor, and each has an environment variable that limits the choice
(`ATEN_CPU_CAPABILITY`, `ONEDNN_MAX_CPU_ISA`, `OPENBLAS_CORETYPE`). What is recorded is what they chose in this process.
"""

from __future__ import annotations

import os
import platform
import re
import socket
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

from dabench.hashing.identity import release_of
from dabench.runs.record import Environment

CPUINFO = Path("/proc/cpuinfo")

NUMERIC = ("numpy", "pandas", "scikit-learn", "scipy")
"""Distributions whose versions every record notes."""

ELSEWHERE = frozenset({"dabench", "dabench_plugins", "torch", "sklearn"})
"""Packages whose versions a record has in another place, or under another name."""

# The instruction sets that oneDNN knows on x86, narrowest first, and the flag of /proc/cpuinfo that stands for each:
# https://uxlfoundation.github.io/oneDNN/dev_guide_cpu_dispatcher_control.html
ONEDNN = {
    "SSE41": "sse4_1",
    "AVX": "avx",
    "AVX2": "avx2",
    "AVX2_VNNI": "avx_vnni",
    "AVX2_VNNI_2": "avx_vnni_int8",
    "AVX512_CORE": "avx512dq",
    "AVX512_CORE_VNNI": "avx512_vnni",
    "AVX512_CORE_BF16": "avx512_bf16",
    "AVX512_CORE_FP16": "avx512_fp16",
    "AVX512_CORE_AMX": "amx_tile",
    "AVX512_CORE_AMX_FP16": "amx_fp16",
}


def environment(device: str, threads: int = 1, packages: frozenset[str] = frozenset()) -> Environment:
    """The environment of this process.

    Args:
        device: as torch names it, such as `cpu` or `cuda:0`.
        threads: of a run; `seeding.reproducible` sees to it that there is one.
        packages: that the method's plugin imports.
    """
    import torch  # the command line must not wait for it

    return Environment(
        dabench=_release(),
        python=platform.python_version(),
        torch=str(torch.__version__),  # the package's metadata lack the build: `2.9.0` for `2.9.0+cu128`
        device=device_name(device),
        processor=processor(),
        threads=threads,
        cpu_capability=torch.backends.cpu.get_cpu_capability(),
        onednn_isa=onednn_isa(),
        blas=blas(),
        libraries=libraries(packages),
        host=socket.gethostname(),
    )


@lru_cache(maxsize=256)  # all runs of a method ask for the same
def libraries(packages: frozenset[str]) -> str:
    """Versions of NumPy, SciPy, scikit-learn and pandas, and of some packages: `numpy 2.4.6, pandas 3.1.1, …`.

    They are notes: no part of a run's identity. A package that is not installed as a distribution is left out.

    Args:
        packages: names as in an import statement.
    """
    found = {name: version(name) for name in NUMERIC}
    for package in packages - ELSEWHERE:
        try:
            found[package] = version(package)
        except PackageNotFoundError:  # a distribution may be called otherwise than its package, as pot with `ot`
            found |= {name: version(name) for name in _distributions().get(package, ())}
    return ", ".join(f"{name} {number}" for name, number in sorted(found.items()))


@cache
def _distributions() -> Mapping[str, Sequence[str]]:
    return packages_distributions()


@cache
def torch_release() -> str:
    """The minor release of torch, as `2.15`: its dropout masks, and more, differ from one to the next."""
    return release_of(version("torch"))


@cache  # a record for each run asks for it, and the metadata of a package are slow to read
def _release() -> str:
    return version("dabench")


def device_name(device: str) -> str:
    """`cpu`, or the name of a GPU; the kind of a device that is not there."""
    import torch

    if device.startswith("cuda") and torch.cuda.is_available():
        return torch.cuda.get_device_name(torch.device(device))
    return device


def same_bits() -> dict[str, str]:
    """The facts that must be equal for two processes to compute the same, to the bit."""
    here = environment("cpu")
    names = ("torch", "processor", "cpu_capability", "onednn_isa", "blas")
    return {name: str(getattr(here, name)) for name in names}


@cache
def processor() -> str:
    """The processor's model, as far as the system tells: a virtual machine may hide all but the maker."""
    return _cpuinfo(CPUINFO, "model name") or platform.processor() or platform.machine()


def onednn_isa() -> str | None:
    """The instruction set that oneDNN uses, by its rule: the widest that processor and environment allow.

    oneDNN itself tells it only on stdout. None where the flags of the processor are not known (not Linux on x86).
    """
    flags = _cpuinfo(CPUINFO, "flags").split()
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA") or ""
    return widest(flags, limit) if flags else None


def widest(flags: Collection[str], limit: str = "") -> str:
    """The last of `ONEDNN` whose flag is there, up to a limit; a limit that oneDNN does not know is none."""
    names = list(ONEDNN)
    if limit.upper() in names:
        names = names[: names.index(limit.upper()) + 1]
    return next((name for name in reversed(names) if ONEDNN[name] in flags), "none")


@cache
def blas() -> str:
    """The BLAS libraries of torch, NumPy and SciPy; of OpenBLAS also which processor it takes this one for.

    `torch mkl, openblas 0.3.30 Haswell, openblas 0.3.31 Haswell`.
    """
    import scipy.linalg  # noqa: F401 - threadpoolctl sees what is loaded
    import torch
    from threadpoolctl import threadpool_info

    named = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    found = {
        " ".join(filter(None, (library["internal_api"], library["version"], library.get("architecture"))))
        for library in threadpool_info()
        if library["user_api"] == "blas"
    }
    return ", ".join([*([f"torch {named[1]}"] if named else []), *sorted(found)])


@cache
def _cpuinfo(path: Path, field: str) -> str:
    """A field of the first processor in /proc/cpuinfo; an empty string where there is none."""
    if not path.is_file():
        return ""
    found = re.search(rf"^{field}\s*:(.*)$", path.read_text(), re.MULTILINE)
    return found[1].strip() if found else ""
