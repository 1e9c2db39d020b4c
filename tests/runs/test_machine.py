"""The machine in a record: the choices of the libraries in the process that ran."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from dabench.runs import machine
from dabench.runs.machine import device_name, environment, onednn_isa, same_bits, widest

ZEN5 = ["sse4_1", "avx", "avx2", "avx_vnni", "avx512f", "avx512dq", "avx512_vnni", "avx512_bf16"]

# What oneDNN prints with ONEDNN_VERBOSE=1, for the sets that the processors of today have.
PRINTED = {
    "SSE41": "Intel SSE4.1",
    "AVX": "Intel AVX",
    "AVX2": "Intel AVX2",
    "AVX2_VNNI": "Intel AVX2 with Intel DL Boost",
    "AVX512_CORE": "Intel AVX-512 with AVX512BW, AVX512VL, and AVX512DQ extensions",
    "AVX512_CORE_VNNI": "Intel AVX-512 with Intel DL Boost",
    "AVX512_CORE_BF16": "Intel AVX-512 with Intel DL Boost and bfloat16 support",
}
ASK = """
import json, torch
from dabench.runs.machine import environment
torch.nn.functional.conv2d(torch.ones(2, 3, 8, 8), torch.ones(4, 3, 3, 3))
print("\\n" + environment("cpu").model_dump_json())
"""


def asked(**variables: str) -> tuple[dict[str, str], str]:
    """The environment of another process, and what it printed."""
    done = subprocess.run(
        [sys.executable, "-c", ASK], capture_output=True, text=True, check=True, env=os.environ | variables
    )
    return json.loads(done.stdout.splitlines()[-1]), done.stdout


def test_the_environment_is_that_of_this_process() -> None:
    found = environment("cpu")
    assert found.torch == torch.__version__
    assert (found.python, found.device, found.threads) == (platform.python_version(), "cpu", 1)
    assert found.cpu_capability == torch.backends.cpu.get_cpu_capability()
    assert found.blas is not None
    assert "openblas" in found.blas or "mkl" in found.blas or "accelerate" in found.blas


@pytest.mark.parametrize(
    ("flags", "limit", "isa"),
    [
        (ZEN5, "", "AVX512_CORE_BF16"),
        (ZEN5, "AVX2", "AVX2"),
        (ZEN5, "avx2_vnni", "AVX2_VNNI"),
        (ZEN5, "AVX512_CORE_AMX", "AVX512_CORE_BF16"),
        (ZEN5, "ALL", "AVX512_CORE_BF16"),
        (ZEN5[:3], "", "AVX2"),
        ([], "", "none"),
    ],
)
def test_the_widest_instruction_set_up_to_a_limit(flags: list[str], limit: str, isa: str) -> None:
    assert widest(flags, limit) == isa


@pytest.mark.slow
@pytest.mark.skipif(onednn_isa() not in PRINTED, reason="the words of oneDNN for this processor are not known")
@pytest.mark.parametrize("limit", ["", "AVX2", "SSE41"])
def test_the_instruction_set_of_onednn_is_what_it_prints(limit: str) -> None:
    found, printed = asked(ONEDNN_VERBOSE="1", ONEDNN_MAX_CPU_ISA=limit)
    assert f"isa:{PRINTED[found['onednn_isa']]}\n" in printed


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="torch has these names on x86")
def test_the_environment_variables_of_the_libraries_are_honoured() -> None:
    found, _ = asked(ATEN_CPU_CAPABILITY="default", ONEDNN_MAX_CPU_ISA="SSE41", OPENBLAS_CORETYPE="Nehalem")
    assert (found["cpu_capability"], found["onednn_isa"]) == ("DEFAULT", "SSE41")
    assert "openblas" not in found["blas"] or "Nehalem" in found["blas"]


def test_without_cpuinfo_nothing_is_invented(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "nowhere")
    assert onednn_isa() is None
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nFeatures\t: fp asimd\n")  # Linux on ARM
    monkeypatch.setattr(machine, "CPUINFO", tmp_path / "cpuinfo")
    assert onednn_isa() is None


def test_a_gpu_that_is_not_there_has_no_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert (device_name("cpu"), device_name("cuda")) == ("cpu", "cuda")


def test_what_another_kind_of_processor_computed_is_not_continued(monkeypatch: pytest.MonkeyPatch) -> None:
    before = same_bits()
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "other")
    assert same_bits() == before | {"cpu_capability": "other"}
