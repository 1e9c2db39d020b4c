"""`dabench plot`: pictures. Each is a command in a file of its own, `plot_<name>.py`, and is added here."""

from __future__ import annotations

import click

from dabench.cli.plot_features import features_command
from dabench.cli.plot_rounds import rounds_command
from dabench.cli.plot_shots import shots_command


@click.group("plot")
def command() -> None:
    """Draw pictures of runs."""


command.add_command(features_command)
command.add_command(rounds_command)
command.add_command(shots_command)
