"""Speed and memory of pictures in folders, beside torchvision's ImageFolder and DataLoader.

    python tests/benchmarks/pictures.py speed [--folder FOLDER]    FOLDER/CLASS/PICTURE; 2,000 are drawn without it
    python tests/benchmarks/pictures.py memory [--count N]         draws N pictures, 50,000 if nothing is said

`speed` takes turns in one sitting: a pass of torchvision with two workers, then the first pass of dabench, which
decodes, hashes and writes a prepared copy with two threads, and later passes over that copy. A pass ends when every
picture was, in random order, in a batch of 64: uint8 (64, 3, 224, 224), cut out of the middle of 256x256 pixels. Both
leave the scaling to the device. On a busy machine the seconds of the processors say more than those of the clock.

`memory` runs `dabench data check` on the drawn pictures in a fresh data folder, and then a transductive run, which
takes both domains whole. It prints the peak of resident memory of the largest process, and the peak of all processes
together, where shared pages count once (PSS), both over what a process takes that has imported torch and nothing else;
and of the second the part that no file holds (anonymous): the rest are pages of the pictures' file, which the system
takes back when it needs them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

BATCH, SIZE, CROP = 64, 256, 224
CLASSES = 10


def draw(folder: Path, first: int, count: int, side: int) -> None:
    """Pictures of smooth noise, in ten classes."""
    for number in range(first, first + count):
        noise = np.random.default_rng(number).integers(256, size=(side // 8, side // 8, 3), dtype=np.uint8)
        place = folder / f"class{number % CLASSES}"
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(noise).resize((side, side), Image.Resampling.BICUBIC).save(place / f"{number:06}.jpg")


def draw_all(folder: Path, count: int, side: int, begin: int = 0) -> None:
    """The same on two cores."""
    part = -(-count // 100)
    with ProcessPoolExecutor(2) as pool:
        firsts = range(begin, begin + count, part)
        list(pool.map(draw, [folder] * len(firsts), firsts, [part] * len(firsts), [side] * len(firsts)))


def processor_seconds() -> float:
    """Of this process and of all that have ended below it."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def seconds(action: Callable[[], object]) -> tuple[float, float]:
    """Seconds that an action takes, by the clock and of all processors."""
    begun, used = time.perf_counter(), processor_seconds()
    action()
    return time.perf_counter() - begun, processor_seconds() - used


def torchvision_pass(folder: Path) -> int:
    from torch.utils.data import DataLoader
    from torchvision import transforms
    from torchvision.datasets import ImageFolder

    steps = [transforms.Resize((SIZE, SIZE)), transforms.CenterCrop(CROP), transforms.PILToTensor()]
    loader = DataLoader(ImageFolder(folder, transforms.Compose(steps)), BATCH, shuffle=True, num_workers=2)
    return sum(len(x) for x, _ in loader)


def speed(folder: Path, rounds: int) -> None:
    import torch
    from torchvision.transforms.v2.functional import center_crop

    from dabench.data.prepared import PreparedDomain, prepare
    from dabench.data.resident import Rows
    from dabench.specs.spec import DomainSpec

    torch.set_num_threads(1)

    def spec_of(number: int) -> DomainSpec:
        root = Path(os.environ["DABENCH_DATA_DIR"]) / f"pictures{number}"
        root.symlink_to(folder.resolve(), target_is_directory=True)
        pattern = f"{root.name}/*/*"
        given = {"domain": root.name, "pictures": pattern, "layout": pattern, "homepage": "", "lists": {}, "workers": 2}
        given["classes"] = sorted(path.name for path in folder.iterdir() if path.is_dir())
        return DomainSpec(
            name=root.name,
            entry_point="dabench.domains.objects.folders:load",
            summary="",
            files=(pattern,),
            arguments=given,
        )

    def batches(prepared: PreparedDomain) -> int:
        examples, count = prepared.open_examples(), 0
        for split in (examples.train, examples.test):
            x = torch.from_numpy(split.x)
            for part in Rows(x, torch.randperm(len(x))).parts(BATCH):
                count += len(center_crop(part, [CROP, CROP]).contiguous())
        return count

    count = sum(1 for _ in folder.glob("*/*"))
    taken: dict[str, list[tuple[float, float]]] = {"torchvision": [], "first pass": [], "later passes": []}
    for number in range(rounds):
        taken["torchvision"].append(seconds(lambda: torchvision_pass(folder)))
        spec = spec_of(number)
        taken["first pass"].append(seconds(lambda: batches(prepare(spec))))  # noqa: B023
        prepared = prepare(spec)
        taken["later passes"] += [seconds(lambda: batches(prepared)) for _ in range(3)]  # noqa: B023
    print(f"{count:,} pictures, {rounds} rounds, medians; times faster than torchvision's pass of the same round")
    print(f"{'':12} {'clock':>10} {'pictures/s':>11} {'times':>7} {'processors':>12} {'times':>7}")
    base = np.array(taken["torchvision"])
    for name, values in taken.items():
        by_round = np.array(values).reshape(rounds, -1, 2)
        clock, used = np.median(by_round, axis=(0, 1))
        clock_times, used_times = np.median(base[:, None] / by_round, axis=(0, 1))
        print(f"{name:12} {clock:8.2f} s {count / clock:11,.0f} {clock_times:7.2f} {used:10.2f} s {used_times:7.2f}")


def tree_pss(process: int) -> np.ndarray:
    """Memory of a process and all below it in kB, pages that several share counted once: all of it, and anonymous."""
    total, waiting = np.zeros(2, int), [process]
    while waiting:
        one = waiting.pop()
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += [int(child) for child in (task / "children").read_text().split()]
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except OSError:  # it has ended meanwhile
            continue
        kilobytes = {line.split()[0]: int(line.split()[1]) for line in lines[1:]}
        total += (kilobytes["Pss:"], kilobytes["Pss_Anon:"])
    return total


class Peak(NamedTuple):
    """Peaks of a command in kB: of its largest process, of all together, and of that the anonymous part; seconds."""

    largest: int
    together: int
    anonymous: int
    seconds: float


def measured(command: list[str]) -> Peak:
    most, done = [np.zeros(2, int)], threading.Event()
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def watch() -> None:
        while not done.wait(0.2):
            most[0] = np.maximum(most[0], tree_pss(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, used = os.wait4(process.pid, 0)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    done.set()
    watcher.join()
    if code:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    return Peak(used.ru_maxrss, *most[0], time.perf_counter() - begun)


def memory(count: int, side: int, size: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for number, domain in enumerate(("one", "two")):
            draw_all(root / "pictures" / domain, count // 2, side, begin=number * count)
        (root / "own.yaml").write_text(
            f"domains: {{images: pictures, size: {size}}}\nbudget: {{steps: 2, batch: 32}}\n"
            "backbone: mini_cnn\ntransductive: true\nbounds: [source_only]\n"
            "methods: [deep_coral]\npairs: [one:two]\nseeds: 0\n"
        )
        os.environ["DABENCH_DATA_DIR"] = str(root / "data")
        alone = measured([sys.executable, "-c", "import torch, time; time.sleep(1)"])
        print(f"import torch: {alone.largest / 1024:,.0f} MiB resident")
        dabench, suite = [sys.executable, "-m", "dabench"], str(root / "own.yaml")
        check = [*dabench, "data", "check", suite]
        run = [*dabench, "run", suite, "--results", str(root / "results"), "--workers", "2"]
        for title, command in (("first check, which decodes", check), ("second check", check), ("run", run)):
            peak = measured(command)
            print(
                f"{title}: {peak.seconds:.0f} s; largest process {peak.largest / 1024:,.0f} MiB, "
                f"{(peak.largest - alone.largest) / 1024:+,.0f} over import torch; all together "
                f"{peak.together / 1024:,.0f} MiB, {(peak.together - alone.together) / 1024:+,.0f}, "
                f"{(peak.anonymous - alone.anonymous) / 1024:+,.0f} anonymous"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("speed", "memory"))
    parser.add_argument("--folder", type=Path, help="CLASS/PICTURE below it")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=0)
    parser.add_argument("--side", type=int, default=0, help="of drawn pictures, in pixels")
    parser.add_argument("--size", type=int, default=128, help="of decoded pictures for `memory`, in pixels")
    given = parser.parse_args()
    if given.what == "memory":
        memory(given.count or 50_000, given.side or 96, given.size)
        return
    with tempfile.TemporaryDirectory() as name:
        os.environ["DABENCH_DATA_DIR"] = f"{name}/data"
        Path(f"{name}/data").mkdir()
        folder = given.folder or Path(name) / "drawn"
        if not given.folder:
            draw_all(folder, given.count or 2_000, given.side or 320)
        speed(folder, given.rounds)


if __name__ == "__main__":
    main()
