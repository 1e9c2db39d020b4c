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

UNRULY = {
    "toy_dtype": "LeavesDtype",
    "toy_gradients": "LeavesGradientsOff",
    "toy_backward": "PatchesBackward",
    "toy_moves": "MovesAway",
    "toy_wide_scores": "TooWide",
    "toy_few_scores": "TooFew",
    "toy_half_nan": "HalfNaN",
    "toy_integers": "Integers",
    "toy_flat": "FlatFeatures",
    "toy_forks": "ForksAndDies",
    "toy_forks_and_raises": "ForksAndRaises",
    "toy_says_too_much": "SaysTooMuch",
    "toy_exits_politely": "ExitsPolitely",
    "toy_unusual": "RaisesUnusually",
    "toy_odd_loss": "OddLossName",
}

CHEATS = {
    "toy_by_heap": "ByHeap",
    "toy_by_frames": "ByFrames",
    "toy_by_modules": "ByModules",
    "toy_by_data_folder": "ByDataFolder",
    "toy_by_job": "ByJob",
    "toy_by_open_files": "ByOpenFiles",
    "toy_by_mapped_files": "ByMappedFiles",
    "toy_by_patching": "ByPatching",
}


def _refuse():
    raise ValueError("not for reading")


class Unreadable:
    def __reduce__(self):
        return _refuse, ()


@hookimpl
def dabench_methods():
    for name, attribute in UNRULY.items():
        yield MethodSpec(name=name, entry_point=f"dabench_toys.unruly:{attribute}", summary="for tests")
    for name, value in {"toy_unsendable": lambda: 0, "toy_unreadable": Unreadable()}.items():
        yield MethodSpec(name=name, entry_point="dabench_toys.methods:Plain", summary="for tests", off={"x": value})
    for name, attribute in CHEATS.items():
        yield MethodSpec(name=name, entry_point=f"dabench_toys.cheats:{attribute}", summary="for tests")
    for name, attribute in METHODS.items():
        yield MethodSpec(name=name, entry_point=f"dabench_toys.methods:{attribute}", summary="for tests")
    yield MethodSpec(
        name="toy_paired_mean", entry_point="dabench_toys.methods:MeanShift", summary="for tests", tracks=("paired",)
    )
    yield MethodSpec(name="toy_absent", entry_point="dabench_toys.no_such_module:Method", summary="for tests")


@hookimpl
def dabench_domains():
    more = ("toy_second_a", "toy_second_b", "toy_vectors_a", "toy_vectors_b", "toy_sparse_a", "toy_sparse_b")
    for name in ("toy_a", "toy_b", "toy_missing", "toy_wide", "toy_other_classes", "toy_shuffled", *more):
        yield DomainSpec(name=name, entry_point=f"dabench_toys.data:{name}", summary="for tests")
    for name in ("toy_view_a", "toy_view_b", "toy_view_narrow", "toy_view_liar"):
        yield DomainSpec(name=name, entry_point=f"dabench_toys.data:{name}", summary="for tests", recording="toys")


@hookimpl
def dabench_backbones():
    yield BackboneSpec(name="toy_net", entry_point="dabench_toys.methods:ToyNet", summary="with dropout")


@hookimpl
def dabench_suites():
    yield SuiteSpec(name="toy", entry_point="dabench_toys:toy.yaml", summary="for tests")
