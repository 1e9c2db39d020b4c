"""Whether two results folders hold the same predictions of the same runs: `gpu_same_bits.py ONE OTHER`."""

from __future__ import annotations

import sys
from pathlib import Path

from dabench.results.records import find_records


def predictions(folder: Path) -> dict[str, str | None]:
    """By run."""
    return {record.run_id: record.predictions_sha256 for _, record in find_records(folder)[0]}


def main() -> None:
    """Exit with 1 where they differ, or are none."""
    one, other = (predictions(Path(name)) for name in sys.argv[1:3])
    if not one or one != other:
        sys.exit(f"not the same bits: {one} and {other}")
    print(f"the same bits in {len(one)} runs")


if __name__ == "__main__":
    main()
