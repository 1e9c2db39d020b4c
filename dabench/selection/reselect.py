"""Runs as another selector would report them."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from dabench.errors import ResultsError
from dabench.runs.record import SCORED, RunRecord

OF_THE_PICKED = ["metrics_balanced_accuracy", "metrics_macro_f1", "metrics_ece", "predictions_sha256"]


def reselected(frame: pd.DataFrame, records: Iterable[RunRecord], selector: str) -> pd.DataFrame:
    """A frame of runs with the accuracy at the checkpoint that `selector` picked.

    What is known of the picked checkpoint alone is then empty, unless it is the selector that the run was made with.

    Args:
        frame: columns as in `runs.record.flatten`.
        records: of these runs; published rows hold no selections but that of `last_step`.
        selector: its name.

    Raises:
        ResultsError: some runs have no selection of it.
    """
    other = frame["selector"] != selector
    picked = {record.run_id: record.selections[selector] for record in records if selector in record.selections}
    accuracies = frame["run_id"].map({run_id: selection.accuracy for run_id, selection in picked.items()})
    if selector == "last_step":
        accuracies = accuracies.fillna(frame["accuracy_last"])
    done = frame["status"].isin(SCORED)
    missing = int((other & done & accuracies.isna()).sum())
    if missing:
        suite = frame["suite"].iloc[0]
        raise ResultsError(
            f"{missing} of {int(done.sum())} runs have no selection by {selector}. "
            f"`dabench rescore {suite} --selector {selector}` makes them, where outputs were kept; "
            "published rows have none."
        )
    changed = frame.assign(selector=selector)
    changed.loc[other, "accuracy_selected"] = accuracies[other].astype("float64")
    changed.loc[other, OF_THE_PICKED] = None
    return changed
