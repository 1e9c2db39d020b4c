"""The process and the inputs are left as they were. The watch saw it during the first training."""

from __future__ import annotations

from dabench.testing.failure import CheckFailedError, CrashError
from dabench.testing.subject import Subject


def check_random_state(subject: Subject) -> None:
    """Global random generators are neither seeded nor, outside setup and step, drawn from."""
    _unchanged(
        subject,
        "random_state",
        "global random generators as they were; setup and step may draw from torch's, which the harness seeds for them",
        "call no torch.manual_seed; hand libraries a random_state; draw from torch within setup or step only",
    )


def check_default_dtype(subject: Subject) -> None:
    """Torch's default dtype stays."""
    _unchanged(
        subject, "default_dtype", "torch's default dtype as it was", "convert the tensors that need it: x.double()"
    )


def check_thread_count(subject: Subject) -> None:
    """The number of torch's threads stays."""
    _unchanged(
        subject,
        "thread_count",
        "one thread, as the harness sets it: their number changes the last bits",
        "take torch.set_num_threads out",
    )


def check_grad_mode(subject: Subject) -> None:
    """Gradients are on or off as they were."""
    _unchanged(
        subject,
        "grad_mode",
        "gradients recorded or not, as before the call",
        "use `with torch.no_grad():` instead of torch.set_grad_enabled(False)",
    )


def check_deterministic_mode(subject: Subject) -> None:
    """Deterministic algorithms stay in force."""
    _unchanged(
        subject,
        "deterministic_mode",
        "deterministic algorithms only, as the harness sets it",
        "take torch.use_deterministic_algorithms and torch.backends.cudnn settings out",
    )


def check_default_device(subject: Subject) -> None:
    """Torch's default device stays."""
    _unchanged(
        subject,
        "default_device",
        "torch's default device as it was",
        "name the device where a tensor is made (device=x.device); no torch.set_default_device",
    )


def check_precision(subject: Subject) -> None:
    """The precision of products, autocast and NumPy's treatment of overflow stay."""
    _unchanged(
        subject,
        "precision",
        "the numbers' precision as the harness sets it",
        "use `with torch.autocast(...)` and `with np.errstate(...)`, not set_float32_matmul_precision and np.seterr",
    )


def check_surroundings(subject: Subject) -> None:
    """Working directory, environment variables, sys.path and handlers of signals stay."""
    _unchanged(
        subject,
        "surroundings",
        "the process around the method as it was",
        "pass values as arguments; no os.chdir, os.environ[...] = ..., sys.path.append or signal.signal",
    )


def check_functions(subject: Subject) -> None:
    """Functions of torch, NumPy and dabench are what they were, and no hook of all modules is left."""
    _unchanged(
        subject,
        "functions",
        "functions of torch, NumPy and dabench that no method replaces: all later runs would go through them",
        "write a function of your own and call it; register hooks on modules of the method, and remove them",
    )


def check_inputs(subject: Subject) -> None:
    """The inputs of a method are not changed in place."""
    _unchanged(
        subject,
        "inputs",
        "problem, batch and examples as they were given: other methods and later steps see them too",
        "work on a copy: x.clone() or x.copy(), x = x - mean instead of x -= mean",
    )


def _unchanged(subject: Subject, kind: str, expected: str, fix: str) -> None:
    try:
        found = subject.first.found
    except CrashError as crash:  # perhaps because of the very change that is looked for
        if kind not in crash.found:
            raise
        found = crash.found
    if kind in found:
        raise CheckFailedError(expected=expected, got=found[kind], fix=fix)
