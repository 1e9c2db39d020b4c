from dabench import BackboneSpec, DomainSpec, MethodSpec, SuiteSpec, hookimpl

METHODS = {
    "toy_raises": "Raises",
    "toy_dies": "Dies",
    "toy_exits": "Exits",
    "toy_nan": "NotANumber",
    "toy_one_class": "OneClass",
    "toy_slow": "Slow",
    "toy_waits": "Waits",
    "toy_stuck": "Stuck",
    "toy_prints": "Prints",
    "toy_stages": "Stages",
    "toy_peeks": "Peeks",
    "toy_mean": "MeanShift",
}


@hookimpl
def dabench_methods():
    for name, attribute in METHODS.items():
        yield MethodSpec(name=name, target=f"dabench_toys.methods:{attribute}", summary="for tests")
    yield MethodSpec(
        name="toy_paired_mean", target="dabench_toys.methods:MeanShift", summary="for tests", tracks=("paired",)
    )
    yield MethodSpec(name="toy_absent", target="dabench_toys.no_such_module:Method", summary="for tests")


@hookimpl
def dabench_domains():
    vectors = ("toy_vectors_a", "toy_vectors_b", "toy_sparse_a", "toy_sparse_b")
    for name in ("toy_a", "toy_b", "toy_missing", "toy_wide", "toy_other_classes", *vectors):
        yield DomainSpec(name=name, target=f"dabench_toys.data:{name}", summary="for tests")
    for name in ("toy_view_a", "toy_view_b", "toy_view_narrow", "toy_view_liar"):
        yield DomainSpec(name=name, target=f"dabench_toys.data:{name}", summary="for tests", recording="toys")


@hookimpl
def dabench_backbones():
    yield BackboneSpec(name="toy_net", target="dabench_toys.methods:ToyNet", summary="with dropout")


@hookimpl
def dabench_suites():
    yield SuiteSpec(name="toy", target="dabench_toys:toy.yaml", summary="for tests")
