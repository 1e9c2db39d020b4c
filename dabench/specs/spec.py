"""Frozen descriptors that hooks yield.

They name things by "module:attribute", so that listing imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from dabench.errors import PluginError
from dabench.specs.broken import why
from dabench.specs.download import Download
from dabench.specs.names import NAME, PATH_NAME, is_name
from dabench.specs.renamed import OldName, TakesOldNames

TRACKS = ("unsupervised", "few_shot", "paired")


def _is_texts(value: Any) -> bool:
    return isinstance(value, tuple | list) and all(isinstance(part, str) for part in value)


# The annotation of a field -> what it demands, in words and as a test. Plugins are rarely type-checked.
_MEANING: Mapping[str, tuple[str, Callable[[Any], bool]]] = {
    "str": ("text", lambda value: isinstance(value, str)),
    "bool": ("True or False", lambda value: isinstance(value, bool)),
    "int": ("a whole number", lambda value: isinstance(value, int)),
    "tuple[str, ...]": ("a tuple of texts", _is_texts),
    "tuple[int, ...]": (
        "a tuple of whole numbers",
        lambda value: isinstance(value, tuple | list) and all(isinstance(part, int) for part in value),
    ),
    "Mapping[str, Any]": ("a mapping", lambda value: isinstance(value, Mapping)),
    "Mapping[str, Any] | None": ("a mapping", lambda value: value is None or isinstance(value, Mapping)),
    "Mapping[str, str]": (
        "a mapping of texts",
        lambda value: isinstance(value, Mapping) and _is_texts([*value.values()]),
    ),
    "Mapping[str, Sequence[Any] | Range]": ("a mapping", lambda value: isinstance(value, Mapping)),
    "tuple[tuple[str, str], ...]": ("a tuple of pairs", lambda value: isinstance(value, tuple | list)),
    "tuple[tuple[int, ...], ...]": ("a tuple of tuples", lambda value: isinstance(value, tuple | list)),
    "tuple[Download, ...]": ("a tuple of downloads", lambda value: isinstance(value, tuple | list)),
}


@dataclass(frozen=True, kw_only=True)
class Spec(metaclass=TakesOldNames):
    """The base of all descriptors.

    Attributes:
        name: `[a-z][a-z0-9_]*`; domains may group with `/`, as in `amazon/books`.
        entry_point: `"module:attribute"`, imported only when it is used.
        summary: one line for `dabench list`.
    """

    name: str
    entry_point: str
    summary: str
    target: ClassVar[OldName] = OldName("entry_point")

    def __post_init__(self) -> None:
        for item in fields(self):
            wanted, fits = _MEANING.get(str(item.type), ("", None))
            value = getattr(self, item.name)
            if fits and not fits(value):
                raise TypeError(f"{type(self).__name__} {self.name!r}: {item.name} must be {wanted}, not {value!r}")
        if not self.summary.isprintable():
            raise ValueError(f"{type(self).__name__} {self.name!r}: summary {self.summary!r} is not one printable line")
        grouped = isinstance(self, DomainSpec)
        if not is_name(self.name, grouped=grouped):
            pattern = PATH_NAME if grouped else NAME
            raise ValueError(f"{type(self).__name__} name {self.name!r} must match {pattern}")
        module, separator, attribute = self.entry_point.partition(":")
        if not (module and separator and attribute):
            raise ValueError(
                f"{type(self).__name__} {self.name!r}: entry_point {self.entry_point!r} is not 'module:attribute'"
            )

    def load(self) -> Any:
        """Import the module and return the object at the entry point."""
        module, _, attribute = self.entry_point.partition(":")
        return getattr(import_module(module), attribute)


@dataclass(frozen=True)
class Range:
    """Numbers that an option may have, for `dabench tune`.

    Attributes:
        low, high: the ends, both included.
        log: spread evenly on a logarithmic scale.
        integer: whole numbers only.
        points: how many a grid takes, the ends among them.
    """

    low: float
    high: float
    log: bool = False
    integer: bool = False
    points: int = 5

    def __post_init__(self) -> None:
        if not self.low < self.high or (self.log and self.low <= 0) or self.points < 2:
            raise ValueError(f"{self}: low < high is needed, low > 0 on a logarithmic scale, and at least 2 points")


@dataclass(frozen=True, kw_only=True)
class MethodSpec(Spec):
    """An adaptation method.

    Attributes:
        entry_point: a `DeepMethod` or `FeatureMethod` class.
        feature_entry_point: for a method that trains a network: the `FeatureMethod` class that stands for it in suites
            without one (backbone `identity`); empty if there is none.
        title: how a table names the method; the name with spaces if empty.
        reference: paper and where to find it, as in "Sun & Saenko 2016, arXiv:1607.01719".
        citation: how to cite it, as BibTeX entries.
        tracks: where it can run; see `TRACKS`.
        sees_target_labels: only for bounds that train on the target's labels. Tables mark them.
        sees_second_labels: for a method that trains a network and may learn second labels (`DomainArrays.aux`): those
            of the source, and of labelled target examples. They are part of the identity of its runs.
        deviations: what differs from the paper, one sentence each.
        loss: what is minimised, or done in closed form, as a formula in LaTeX; for `dabench docs methods`.
        search: what `dabench tune` may try: option -> values, or a `Range`. It is no part of a run's identity.
        off: options that switch the adaptation off, as in {"weight": 0}: the conformance kit then demands the bits of
            source_only on a network without batch norm and dropout.
        without_target: options with which the method learns nothing from the target and does everything else, such as
            changing images and averaging weights: {"weight": 0}. The conformance kit asks a method that changes images
            for it, and demands a gain over that, since changed images gain by themselves. Empty for one that never
            looks at the target.
        toy_options: options with which it is to gain on the kit's toy, where the defaults are made for other data.
        expected_failures: checks of the conformance kit that the method fails, each with the reason.
        toy: which toy of `dabench.testing.toys` a method that trains a network is judged on: `vectors`, or `images`
            for one that augments or needs batch norm.
        smallest_batch: examples of each domain that a step needs: 2 for a covariance, say. It is no part of a run's
            identity.
    """

    title: str = ""
    reference: str = ""
    citation: str = ""
    tracks: tuple[str, ...] = ("unsupervised",)
    sees_target_labels: bool = False
    sees_second_labels: bool = False
    deviations: tuple[str, ...] = ()
    loss: str = ""
    feature_entry_point: str = ""
    search: Mapping[str, Sequence[Any] | Range] = field(default_factory=dict)
    off: Mapping[str, Any] = field(default_factory=dict)
    without_target: Mapping[str, Any] | None = None
    toy_options: Mapping[str, Any] = field(default_factory=dict)
    expected_failures: Mapping[str, str] = field(default_factory=dict)
    toy: str = "vectors"
    smallest_batch: int = 1
    feature_target: ClassVar[OldName] = OldName("feature_entry_point")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.title, str) or not self.title.isprintable():
            raise ValueError(f"method {self.name!r}: title {self.title!r} is not one printable line")
        for option, values in self.search.items():
            some = isinstance(values, Sequence) and not isinstance(values, str) and len(values) > 0
            if not (some or isinstance(values, Range)):
                raise ValueError(f"method {self.name!r}: search[{option!r}] must be some values or a Range")
        if self.feature_entry_point and not all(self.feature_entry_point.partition(":")):
            raise ValueError(
                f"method {self.name!r}: feature_entry_point {self.feature_entry_point!r} is not 'module:attribute'"
            )
        if not self.tracks or set(self.tracks) - set(TRACKS):
            raise ValueError(f"method {self.name!r}: tracks {self.tracks!r} must be some of {TRACKS}")

    @property
    def label(self) -> str:
        """The name that tables print."""
        return self.title or self.name.replace("_", " ")


@dataclass(frozen=True, kw_only=True)
class DomainSpec(Spec):
    """One labelled data set from one distribution.

    Attributes:
        entry_point: a function that returns `DomainArrays`, called with `root` and `arguments` where there are some.
        version: part of the cache's name; raise it when the recipe or the reading changes.
        licence: as its publisher states it.
        citation: how to cite it, as BibTeX entries.
        regenerated: made here from a recipe, because the original is gone or needs no download. Tables say so.
        files: what the loader reads, as paths or glob patterns below `DABENCH_DATA_DIR`.
        also: what the loader reads where it is there, such as list files; paths or glob patterns.
        layout: the place of the files below `DABENCH_DATA_DIR` in words, where patterns say it badly.
        homepage: where a person gets the files.
        known: hashes of decoded content with what each is, as ("ab12…", "complete") or ("cd34…", "subset: …").
        counts: examples of each class in train and in test of the complete set; empty where nobody has counted.
        whole: examples of each class in train and test of the complete set together, or one number for all of them,
            where the split is not always the same.
        counted_by: who states the counts, where nobody here has measured them; empty where they are measured.
        recording: what was recorded, where several domains are views of one recording: row i of either split of one is
            simultaneous with row i of the others that say the same, and has its label and its group. Two such domains
            can be a pair of the track paired.
        downloads: what `dabench data fetch` downloads to get the files.
        root: the folder that `files` lie in and that the loader is called with, as `root=`; empty for the data folder,
            which is not passed.
        arguments: plain values that the loader is called with, by name; part of the prepared copy's name.
        strict: an example that the loader leaves out is an error; otherwise `dabench` goes on and says what it is.
    """

    version: int = 1
    licence: str = ""
    citation: str = ""
    regenerated: bool = False
    files: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    layout: str = ""
    homepage: str = ""
    known: tuple[tuple[str, str], ...] = ()
    counts: tuple[tuple[int, ...], ...] = ()
    whole: tuple[int, ...] = ()
    counted_by: str = ""
    recording: str = ""
    downloads: tuple[Download, ...] = ()
    root: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    strict: bool = False

    def load(self) -> Any:
        """Return the loader, a function without arguments."""
        function = super().load()
        given = {"root": Path(self.root), **self.arguments} if self.root else self.arguments
        return partial(function, **given) if given else function

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.counts and (len(self.counts) != 2 or len(self.counts[0]) != len(self.counts[1])):
            raise ValueError(f"domain {self.name!r}: counts must be those of train and of test, class by class")


@dataclass(frozen=True, kw_only=True)
class SuiteSpec(Spec):
    """A suite that ships with a package. `entry_point` is `"package:file.yaml"`."""

    def load(self) -> Any:
        """Return the YAML file as an `importlib.resources` traversable."""
        from importlib.resources import files

        package, _, file = self.entry_point.partition(":")
        return files(package) / file


@dataclass(frozen=True, kw_only=True)
class BackboneSpec(Spec):
    """The network (or feature map) that all methods of a comparison share. `entry_point` is a `Backbone` class.

    Attributes:
        trains: false for `identity` alone: examples are their own features, and there is no network.
        scales: it scales what it is given itself, as its weights want it: `input.normalise` must be `unit`.
        citation: how to cite it, as BibTeX entries.
    """

    trains: bool = True
    scales: bool = False
    citation: str = ""


@dataclass(frozen=True, kw_only=True)
class SelectorSpec(Spec):
    """A rule that picks the checkpoint to report. `entry_point` maps checkpoints to the index of one of them.

    Attributes:
        uses_target_labels: true for the oracle alone; such a selector can never be the one reported.
        needs_outputs: it reads the outputs that were kept of every checkpoint (`Candidate.outputs`).
    """

    uses_target_labels: bool = False
    needs_outputs: bool = False


@dataclass(frozen=True, kw_only=True)
class AskSpec(Spec):
    """A rule of the track active: which target examples are to be labelled next.

    `entry_point` is a function `(pool, count, generator) -> rows`: of a `methods.pool.Pool`, so many different places
    in it. It draws from the generator alone, and changes nothing.

    Attributes:
        title: how a table names the rule; the name with spaces if empty.
        reference: paper and where to find it.
        citation: how to cite it, as BibTeX entries.
        deviations: what differs from the paper, one sentence each.
        needs_probabilities: it reads `pool.probabilities` or `pool.entropy`, which the margins of feature methods and
            of other readouts than the network do not give.
    """

    title: str = ""
    reference: str = ""
    citation: str = ""
    deviations: tuple[str, ...] = ()
    needs_probabilities: bool = False


@dataclass(frozen=True, kw_only=True)
class LauncherSpec(Spec):
    """A launcher, which carries out runs. `entry_point` is a `Launcher` class.

    A function `(jobs, workers) -> iterable of events` will do for one without options.
    """


@dataclass(frozen=True, kw_only=True)
class FormatSpec(Spec):
    """A format of the tables of `dabench table`. `entry_point` is a function `(tables) -> str`.

    Attributes:
        wants_records: fill `Table.records`, which takes time, where the full records are at hand.
    """

    wants_records: bool = False


@dataclass(frozen=True, kw_only=True)
class CheckFormatSpec(Spec):
    """A format of the verdicts of `dabench check`. `entry_point` is a function `(report) -> str`."""


@dataclass(frozen=True, kw_only=True)
class ObserverSpec(Spec):
    """An observer that `--log` asks for. `entry_point` is a function `(results folder) -> object`.

    The object has some of the methods `run_started`, `run_began`, `step`, `checkpoint`, `run_finished` and
    `suite_finished`, with arguments as the hooks `dabench_…` have them.

    Attributes:
        needs: the distribution that it needs, if it is not one of dabench's own dependencies.
    """

    needs: str = ""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The plugin that yielded a spec: the distribution, its version and its entry point."""

    distribution: str
    version: str
    entry_point: str

    def __str__(self) -> str:
        return f"{self.distribution}:{self.entry_point}"


S_co = TypeVar("S_co", bound=Spec, covariant=True)


@dataclass(frozen=True)
class Registered(Generic[S_co]):
    """A spec together with where it came from."""

    spec: S_co
    origin: Origin

    def load(self) -> Any:
        """The object at the spec's entry point, imported.

        Raises:
            PluginError: its module cannot be imported or lacks the attribute; the message names the plugin.
        """
        try:
            return self.spec.load()
        except Exception as error:  # a plugin's module may raise anything
            raise PluginError(
                f"{type(self.spec).__name__} {self.spec.name!r} of the plugin {self.origin}: cannot load "
                f"{self.spec.entry_point!r}: {why(error)}."
            ) from error
