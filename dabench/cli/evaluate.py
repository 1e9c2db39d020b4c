"""`dabench evaluate`."""

from __future__ import annotations

from pathlib import Path

import click

from dabench.cli.completion import complete_domains
from dabench.cli.context import Context, pass_context
from dabench.cli.options import results_option
from dabench.cli.predict import METHOD, SUITE, wider
from dabench.cli.say import echo, show_json


@click.command("evaluate")
@click.argument("run", metavar="RECORD.json|RUN_ID")
@click.option(
    "--on", "domain", shell_complete=complete_domains, help="A domain, whose test split is meant [the run's target]."
)
@results_option("Where to look for a RUN_ID: a results folder.")
@METHOD
@SUITE
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@pass_context
def command(
    context: Context,
    run: str,
    domain: str | None,
    directory: Path,
    method: str | None,
    suite: str | None,
    as_json: bool,
) -> int:
    """Measure the model of a run that was made with `--save models` on the test split of a domain.

    On the run's own target the numbers must be those of its record; else the exit code is 1.
    """
    from dabench.trained.model import open_model
    from dabench.trained.predictions import measures
    from dabench.trained.records import find_record

    registry = wider(context.registry, method, suite)
    record, results = find_record(run, directory)
    where = domain or record.target
    found = open_model(record, results, registry).evaluate(where)
    own = where == record.target and not record.transductive
    same = found.predictions_sha256 == record.predictions_sha256
    content = measures(found) | ({"as_recorded": same} if own else {})
    if as_json:
        show_json({"run_id": record.run_id, "domain": where, **content})
        return int(own and not same)
    echo(f"{record.suite} {record.pair} {record.method} seed {record.seed}, on the test split of {where}")
    for name, value in content.items():
        if isinstance(value, float):
            echo(f"{'accuracy (the suite: ' + record.metric + ')' if name == 'accuracy' else name:<40} {value:.4f}")
    for name, value in found.per_class.items():
        echo(f"  {name:<38} {value:.4f}")
    if own:
        echo("the predictions are those of the record" if same else "the predictions are NOT those of the record")
    return int(own and not same)
