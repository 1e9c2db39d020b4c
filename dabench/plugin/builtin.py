"""Plugins of the harness itself: domains, suites, backbones, selectors, launchers and formats. No method."""

from __future__ import annotations

from collections.abc import Iterator

from dabench.domains.embedded import specs as embedded_specs
from dabench.domains.images import specs as image_specs
from dabench.domains.objects import specs as object_specs
from dabench.domains.references import FRENCH_2018, GANIN_2015, GANIN_2016, HE_2016, WIGHTMAN_2019
from dabench.domains.synthetic import specs as synthetic_specs
from dabench.domains.vectors import specs as vector_specs
from dabench.plugin.hookspecs import hookimpl
from dabench.specs.spec import (
    BackboneSpec,
    CheckFormatSpec,
    DomainSpec,
    FormatSpec,
    LauncherSpec,
    ObserverSpec,
    SelectorSpec,
    SuiteSpec,
)


@hookimpl
def dabench_domains() -> Iterator[DomainSpec]:
    """The domains that need no download, and those that read or are made from published files."""
    yield from embedded_specs.SPECS
    yield from synthetic_specs.SPECS
    yield from image_specs.SPECS
    yield from object_specs.SPECS
    yield from vector_specs.SPECS


@hookimpl
def dabench_suites() -> Iterator[SuiteSpec]:
    """The suites that ship."""
    yield SuiteSpec(name="mini", entry_point="dabench.suites:mini.yaml", summary="small digits, no download, minutes")
    yield SuiteSpec(
        name="mini_methods",
        entry_point="dabench.suites:mini_methods.yaml",
        summary="every unsupervised method with its paper's options, small digits, no download",
    )
    yield SuiteSpec(
        name="mini_paired",
        entry_point="dabench.suites:mini_paired.yaml",
        summary="small digits seen twice, as they are and over photographs, no download, seconds",
    )
    yield SuiteSpec(
        name="ganin", entry_point="dabench.suites:ganin.yaml", summary="the table of Ganin & Lempitsky 2015"
    )
    yield SuiteSpec(
        name="ganin_strong",
        entry_point="dabench.suites:ganin_strong.yaml",
        summary="MNIST to MNIST-M with a stronger network, augmentation and self-ensembling",
    )
    yield SuiteSpec(name="digits", entry_point="dabench.suites:digits.yaml", summary="MNIST and USPS, in two framings")
    for name, summary in (
        ("office_caltech", "ten classes of objects, SURF histograms, the published protocol"),
        ("office_caltech_nn", "the same with all of the source and the nearest neighbour; shallow methods"),
        ("office_caltech_svm", "the same with all of the source and a linear SVM; shallow methods"),
        ("amazon", "sentiment of product reviews, 5,000 terms"),
        ("amazon_text", "sentiment of product reviews, from raw text"),
        ("mini_few_shot", "small digits and a few labelled targets, no download"),
        ("mini_transfer", "small digits, a few labelled targets, and parts of the network that are trained"),
        ("mini_pretext", "small images, and tasks that need no label, alone and beside DANN, no download"),
        ("mini_tasks", "small digits, a few labelled targets, and both domains as tasks that share a network"),
        ("mini_second_task", "small digits, a few labelled targets, and the font of the source as a second task"),
        ("mini_active", "small digits, of whose target rules ask for labels, no download"),
        ("digits_active", "MNIST to USPS and MNIST-M, with labels that rules ask for"),
        ("reviews_few_shot", "sentiment of product reviews, by the number of labelled targets"),
        ("pos", "parts of speech of English genres, by the number of labelled targets"),
        ("office31", "objects of an office, ResNet-50, as published tables have it"),
        ("office31_frozen", "the same on a frozen network, with a held-out test"),
        ("office_home", "objects at home and at work, ResNet-50, as published tables have it"),
        ("office_home_frozen", "the same on a frozen network, with a held-out test"),
        ("visda2017", "objects, rendered to photographed, ResNet-101, as published tables have it"),
        ("domainnet", "345 objects in drawings, paintings and photographs, ResNet-101"),
        ("pacs", "objects in photographs, paintings, cartoons and sketches, ResNet-50"),
        ("pacs_frozen", "the same on a frozen network"),
        ("sensors", "activities of one person to another, phone at the waist"),
        ("sensors_fusion", "the same for each way in which a network merges accelerometer and gyroscope"),
        ("sensors_second_task", "activities from one sensor to the other, and the person as a second task"),
        ("sensors_paired", "activities from accelerometer to gyroscope, few people recorded with both"),
    ):
        yield SuiteSpec(name=name, entry_point=f"dabench.suites:{name}.yaml", summary=summary)


@hookimpl
def dabench_backbones() -> Iterator[BackboneSpec]:
    """The networks."""
    yield BackboneSpec(
        name="mini_cnn",
        entry_point="dabench.backbones.mini_cnn:MiniCnn",
        summary="small convolutional network for 16x16 images",
    )
    for name, attribute, summary in (
        ("ganin_mnist", "GaninMnist", "the MNIST network of Ganin & Lempitsky 2015"),
        ("ganin_svhn", "GaninSvhn", "the SVHN network of Ganin & Lempitsky 2015"),
        ("ganin_gtsrb", "GaninGtsrb", "the GTSRB network of Ganin & Lempitsky 2015"),
        ("digits_bn", "DigitsBn", "ganin_mnist with batch normalisation and dropout of channels"),
    ):
        yield BackboneSpec(
            name=name, entry_point=f"dabench.backbones.ganin:{attribute}", summary=summary, citation=GANIN_2015
        )
    yield BackboneSpec(
        name="french_mnist",
        entry_point="dabench.backbones.french:FrenchMnist",
        summary="the MNIST network of French, Mackiewicz & Fisher 2018: batch norm, dropout of channels",
        citation=FRENCH_2018,
    )
    yield BackboneSpec(
        name="identity",
        entry_point="dabench.backbones.identity:Identity",
        summary="no network: vectors are their own features, for feature methods only",
        trains=False,
    )
    for name, attribute, summary in (
        ("resnet18", "ResNet18", "torchvision's network of 18 layers, pretrained or not, frozen or not"),
        ("resnet34", "ResNet34", "the same with 34 layers"),
        ("resnet50", "ResNet50", "the same with 50 layers"),
        ("resnet101", "ResNet101", "the same with 101 layers"),
    ):
        yield BackboneSpec(
            name=name,
            entry_point=f"dabench.backbones.torchvision_nets:{attribute}",
            summary=summary,
            citation=HE_2016,
            scales=True,
        )
    yield BackboneSpec(
        name="timm",
        entry_point="dabench.backbones.timm_nets:TimmNet",
        summary="any network of timm, as in timm:resnet50 (pip install 'dabench[timm]')",
        citation=WIGHTMAN_2019,
        scales=True,
    )
    yield BackboneSpec(
        name="mlp",
        entry_point="dabench.backbones.mlp:Mlp",
        summary="two hidden layers for vectors, such as the rows of a table",
    )
    yield BackboneSpec(
        name="shallow",
        entry_point="dabench.backbones.shallow:Shallow",
        summary="one hidden layer for vectors, as in Ganin et al. 2016",
        citation=GANIN_2016,
    )
    yield BackboneSpec(
        name="sensor_cnn",
        entry_point="dabench.backbones.sensor_cnn:SensorCnn",
        summary="small one-dimensional convolutional network for windows of sensor signals",
    )


@hookimpl
def dabench_selectors() -> Iterator[SelectorSpec]:
    """The rules that pick a checkpoint."""
    yield SelectorSpec(name="last_step", entry_point="dabench.selection.rule:last_step", summary="the last checkpoint")
    yield SelectorSpec(
        name="source_val",
        entry_point="dabench.selection.rule:source_val",
        summary="the best on held-out source data",
    )
    for name, summary in (
        ("iwcv", "the best on held-out source data, weighted by their likeness to the target"),
        ("dev", "the same with a control variate: deep embedded validation"),
        ("entropy", "the lowest entropy of target predictions, which is lowest where all are one class"),
        ("infomax", "sure of every target example, but not of one class: information maximisation"),
        ("snd", "soft neighbourhood density of target predictions; highest, by its formula, where all are alike"),
        ("bnm", "the largest nuclear norm of the target's predictions"),
        ("class_ami", "target predictions that agree best with clusters of the embedding"),
    ):
        yield SelectorSpec(
            name=name, entry_point=f"dabench.selection.rules.{name}:{name}", summary=summary, needs_outputs=True
        )
    yield SelectorSpec(
        name="oracle",
        entry_point="dabench.selection.rule:oracle",
        summary="the best on target test labels; never the number that is reported",
        uses_target_labels=True,
    )


@hookimpl
def dabench_launchers() -> Iterator[LauncherSpec]:
    """Yield launchers of runs."""
    yield LauncherSpec(
        name="inline", entry_point="dabench.runner.launchers.inline:launch", summary="in this process, in turn"
    )
    yield LauncherSpec(
        name="processes",
        entry_point="dabench.runner.launchers.processes:Processes",
        summary="in worker processes with one torch thread each",
    )
    yield LauncherSpec(
        name="ray", entry_point="dabench.runner.launchers.ray:Ray", summary="as tasks of a Ray cluster; dabench[ray]"
    )
    yield LauncherSpec(
        name="slurm",
        entry_point="dabench.runner.launchers.slurm:Slurm",
        summary="as job arrays of Slurm, by submitit; dabench[slurm]",
    )
    yield LauncherSpec(
        name="dask",
        entry_point="dabench.runner.launchers.dask:Dask",
        summary="as tasks of a dask.distributed cluster; dabench[dask]",
    )


@hookimpl
def dabench_formats() -> Iterator[FormatSpec]:
    """Yield formats of tables."""
    yield FormatSpec(
        name="console", entry_point="dabench.leaderboard.formats.console:render", summary="for the terminal"
    )
    yield FormatSpec(name="markdown", entry_point="dabench.leaderboard.formats.markdown:render", summary="for a README")
    yield FormatSpec(
        name="html",
        entry_point="dabench.leaderboard.formats.html:render",
        summary="one file for a browser: sort, filter, and everything behind each cell",
        wants_records=True,
    )
    yield FormatSpec(
        name="latex", entry_point="dabench.leaderboard.formats.latex:render", summary="for a paper, with booktabs"
    )
    yield FormatSpec(name="csv", entry_point="dabench.leaderboard.formats.csv:render", summary="for a spreadsheet")
    yield FormatSpec(name="json", entry_point="dabench.leaderboard.formats.json:render", summary="for programs")


@hookimpl
def dabench_check_formats() -> Iterator[CheckFormatSpec]:
    """Yield formats of checks."""
    for name, summary in (
        ("console", "for the terminal"),
        ("markdown", "for a step summary or a comment"),
        ("json", "for programs"),
        ("junit", "for CI systems: a cell is a test"),
    ):
        yield CheckFormatSpec(name=name, entry_point=f"dabench.baseline.formats.{name}:render", summary=summary)


@hookimpl
def dabench_observers() -> Iterator[ObserverSpec]:
    """Yield observers for `--log`."""
    for name, attribute, summary in (
        ("tensorboard", "TensorBoard", "losses and scores for TensorBoard, in the results folder"),
        ("mlflow", "MLflow", "runs of MLflow, where MLFLOW_TRACKING_URI says, or in the results folder"),
        ("trackio", "Trackio", "runs of Trackio, on this machine"),
    ):
        yield ObserverSpec(name=name, entry_point=f"dabench.observers.{name}:{attribute}", summary=summary, needs=name)
