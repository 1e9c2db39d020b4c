"""`dabench plot`: pictures. Their commands are in `plot_<name>.py`, and are added here."""

from __future__ import annotations

import click

from dabench.cli.plot_curves import rounds_command, shots_command
from dabench.cli.plot_features import features_command


@click.group("plot")
def command() -> None:
    """Draw pictures of runs."""


command.add_command(features_command)
command.add_command(rounds_command)
command.add_command(shots_command)
