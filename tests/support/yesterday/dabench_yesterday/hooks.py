import sys

from dabench import (
    BackboneSpec,
    DomainSpec,
    FormatSpec,
    LauncherSpec,
    MethodSpec,
    Range,
    SelectorSpec,
    SuiteSpec,
    hookimpl,
)


@hookimpl
def dabench_methods():
    where = "dabench_yesterday.methods"
    yield MethodSpec(
        name="yesterday_means",
        target=f"{where}:Means",
        summary="pulls means together, in two stages",
        reference="nobody 2026",
        search={"weight": Range(0.01, 1, log=True)},
        off={"weight": 0},
    )
    yield MethodSpec(name="yesterday_views", target=f"{where}:Views", summary="agrees with its average", toy="images")
    yield MethodSpec(name="yesterday_shift", target=f"{where}:Shift", summary="moves the mean")
    yield MethodSpec(
        name="yesterday_two_networks",
        target=f"{where}:TwoNetworks",
        summary="a network for each domain",
        tracks=("paired",),
    )


@hookimpl
def dabench_domains():
    for name in ("yesterday_a", "yesterday_b"):
        yield DomainSpec(
            name=name, target=f"dabench_yesterday.data:{name}", summary="noise", licence="CC0", recording="yesterday"
        )


@hookimpl
def dabench_backbones():
    yield BackboneSpec(name="yesterday_net", target="dabench_yesterday.methods:Net", summary="one layer")


@hookimpl
def dabench_suites():
    for name in ("yesterday", "yesterday_paired"):
        yield SuiteSpec(name=name, target=f"dabench_yesterday:{name}.yaml", summary="seconds")


@hookimpl
def dabench_selectors():
    yield SelectorSpec(
        name="yesterday_first", target="dabench_yesterday.rules:first", summary="the first checkpoint"
    )


@hookimpl
def dabench_formats():
    yield FormatSpec(name="yesterday", target="dabench_yesterday.rules:render", summary="how many tables there are")


@hookimpl
def dabench_launchers():
    yield LauncherSpec(name="yesterday", target="dabench_yesterday.rules:launch", summary="the one in this process")


@hookimpl
def dabench_run_started(plan):
    print(f"yesterday: {len(plan.runs)} runs", file=sys.stderr)


@hookimpl
def dabench_checkpoint(run, step, values):
    print(f"yesterday: {run.method.name} step {step} of seed {run.seed}: {sorted(values)}", file=sys.stderr)


@hookimpl
def dabench_run_finished(record):
    print(f"yesterday: {record.method} seed {record.seed} {record.status}", file=sys.stderr)
