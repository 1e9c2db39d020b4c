"""The checks as tests of pytest."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from dabench.specs.spec import MethodSpec
    from dabench.testing.checks import Check
    from dabench.testing.subject import Subject


def conformance_checks(*methods: str | MethodSpec) -> pytest.MarkDecorator:
    """Parametrise a test over all checks of some methods.

    The test takes `check` and calls it::

        @conformance_checks("my_method")
        def test_conformance(check):
            check()

    `pytest -k wall` and `pytest -k "my_method and not adapts"` select. A check that the method's spec names in
    `expected_failures` is a strict xfail; one that needs a GPU is skipped where there is none.

    Args:
        methods: names of installed methods, or the specs that a hook yields.

    Raises:
        UsageError: there is no such method or check.
        PluginError: a method cannot be imported.
    """
    import pytest

    from dabench.plugin.registry import load_registry
    from dabench.testing.checks import checks_for
    from dabench.testing.failure import CheckFailedError
    from dabench.testing.subject import subjects

    registry = load_registry()
    parameters = []
    for subject in (subject for method in methods for subject in subjects(method, registry)):
        for check in checks_for(subject):
            reason = subject.spec.expected_failures.get(check.name)
            marks = [pytest.mark.xfail(reason=reason, raises=CheckFailedError, strict=True)] if reason else []
            parameters.append(pytest.param(_test(check, subject), id=f"{subject.label}-{check.name}", marks=marks))
    return pytest.mark.parametrize("check", parameters)


def _test(check: Check, subject: Subject) -> Callable[[], Any]:
    """A check as a function without arguments, whose own frames pytest does not show."""

    def run() -> None:
        __tracebackhide__ = True
        import pytest

        from dabench.testing.failure import CheckFailedError, CheckSkippedError, CrashError

        failure: CheckFailedError | None = None
        try:
            check.function(subject)
        except CheckSkippedError as skipped:
            pytest.skip(str(skipped))
        except CheckFailedError as raised:
            failure = raised
        if isinstance(failure, CrashError):  # no reason that a spec gives for a failure is one for this
            raise AssertionError(str(failure))
        if failure is not None:
            raise failure.with_traceback(None)

    return run
