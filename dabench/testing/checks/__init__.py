"""The checks, in the order in which they are shown. One file for each group, one function for each check.

A new one is a function in the file of its group, a line in `CHECKS`, and a mutant in `tests/support/mutants/` that it
catches, which `tests/testing/test_checks.py` runs.

May import what `dabench.testing` may.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dabench.errors import UsageError, unknown
from dabench.specs.names import canonical, items
from dabench.testing.checks import (
    adapts,
    contract,
    device,
    frozen,
    labels,
    off,
    options,
    outside,
    prediction,
    process,
    resume,
    seeds,
    simultaneous,
    sizes,
    source_free,
    wall,
)
from dabench.testing.subject import Subject


def _always(_: Subject) -> bool:
    return True


def _deep(subject: Subject) -> bool:
    return subject.deep


def _features(subject: Subject) -> bool:
    return not subject.deep


def _paired(subject: Subject) -> bool:
    return subject.toy.track == "paired"


def _labelled(subject: Subject) -> bool:
    return subject.toy.track in ("few_shot", "paired")


def _source_free(subject: Subject) -> bool:
    return subject.deep and subject.toy.track == "few_shot"


def _has_off(subject: Subject) -> bool:
    return bool(subject.spec.off)


@dataclass(frozen=True)
class Check:
    """One demand on a method.

    Attributes:
        function: raises a `CheckFailedError` if the method does not keep it.
        applies: whether it makes sense for a method.
        every_track: a method is put to it in each of its tracks; to the others in the first one alone.
    """

    function: Callable[[Subject], None]
    applies: Callable[[Subject], bool] = _always
    every_track: bool = False

    @property
    def name(self) -> str:
        """The name for `-k` and `MethodSpec.expected_failures`."""
        return self.function.__name__.removeprefix("check_")

    @property
    def summary(self) -> str:
        """A summary in one line."""
        return (self.function.__doc__ or "").partition("\n")[0].rstrip(".")


CHECKS: tuple[Check, ...] = (
    Check(contract.check_contract, every_track=True),
    Check(wall.check_wall, every_track=True),
    Check(seeds.check_same_seed),
    Check(seeds.check_other_seed),
    Check(prediction.check_batch_mates),
    Check(prediction.check_predict_twice),
    Check(sizes.check_small_target),
    Check(sizes.check_two_classes),
    Check(sizes.check_many_classes),
    Check(sizes.check_one_feature),
    Check(sizes.check_sparse, _features),
    Check(options.check_option_defaults),
    Check(options.check_unknown_options),
    Check(options.check_wrong_options),
    Check(options.check_options_used),
    Check(process.check_random_state),
    Check(process.check_default_dtype),
    Check(process.check_thread_count),
    Check(process.check_grad_mode),
    Check(process.check_deterministic_mode),
    Check(process.check_default_device),
    Check(process.check_precision),
    Check(process.check_surroundings),
    Check(process.check_functions),
    Check(process.check_inputs),
    Check(outside.check_no_files),
    Check(outside.check_no_network),
    Check(resume.check_resume, _deep),
    Check(device.check_gpu, _deep),
    Check(labels.check_labels, _labelled, every_track=True),
    Check(frozen.check_frozen, _source_free),
    Check(simultaneous.check_simultaneous, _paired),
    Check(simultaneous.check_two_shapes, _paired, every_track=True),
    Check(source_free.check_source_free, _deep),
    Check(off.check_off, _has_off),
    Check(adapts.check_adapts),
)


def checks_for(subject: Subject) -> list[Check]:
    """The checks that apply to a method.

    Raises:
        UsageError: its spec expects the failure of a check that does not exist, or of the wall, or gives no reason.
    """
    names = [check.name for check in CHECKS]
    for name, reason in subject.spec.expected_failures.items():
        error = ""
        if name not in names:
            error = str(unknown("check", name, names, listing="dabench plugin check --list"))
        elif name == "wall":
            error = "no reason excuses a method that uses target labels. A bound says sees_target_labels=True"
        elif not reason.strip():
            error = f"give the reason why {name} fails"
        if error:
            raise UsageError(f"expected_failures of the method {subject.spec.name}: {error}")
    return [check for check in CHECKS if check.applies(subject) and (check.every_track or not subject.again)]


def chosen(checks: Sequence[Check], parts: str) -> list[Check]:
    """The checks whose name contains one of some comma-separated parts.

    Raises:
        UsageError: a part is in the name of no check at all.
    """
    wanted = [canonical(part) for part in items(parts)]
    names = [check.name for check in CHECKS]
    for part in wanted:
        if not any(part in name for name in names):
            raise unknown("check", part, names, listing="dabench plugin check --list")
    return [check for check in checks if any(part in check.name for part in wanted)]
