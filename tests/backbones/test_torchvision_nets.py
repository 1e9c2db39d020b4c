"""Torchvision's networks: their weights, and what is kept of a frozen one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torchvision.models import resnet18

from dabench.backbones.torchvision_nets import ResNet18, ResNet50
from dabench.backbones.weight_file import read_weights
from dabench.backbones.weight_places import sha256_of
from dabench.config.options import validated
from dabench.errors import DataError, UsageError


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Torchvision's cache, empty, and no network."""
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path / "hub"))
    (tmp_path / "hub" / "checkpoints").mkdir(parents=True)
    return tmp_path / "hub" / "checkpoints"


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of weights with the classifier of 1,000 classes."""
    path = tmp_path_factory.mktemp("weights") / "mine.pth"
    with torch.random.fork_rng():
        torch.manual_seed(3)
        torch.save(resnet18().state_dict(), path)
    return path


def options(**given: object) -> ResNet18.Options:
    made: ResNet18.Options = validated(ResNet18, given, "resnet18")
    return made


@pytest.mark.slow
def test_weights_of_a_file_are_loaded(weights: Path, data: Path) -> None:
    network = ResNet18((3, 16, 16), 4, options(weights=str(weights), bottleneck=0))
    stored = torch.load(weights, weights_only=True)
    np.testing.assert_array_equal(network.trunk[1].conv1.weight.detach(), stored["conv1.weight"])
    assert network.feature_size == 512
    assert network.classify(network.features(torch.rand(2, 3, 16, 16))).shape == (2, 4)


@pytest.mark.slow
def test_images_are_scaled_as_on_imagenet(weights: Path, data: Path) -> None:
    part = ResNet18.frozen_part((1, 16, 16), options(weights=str(weights), frozen=True))
    plain = resnet18()
    plain.load_state_dict(torch.load(weights, weights_only=True))
    plain.fc = torch.nn.Identity()
    x = torch.rand(2, 1, 16, 16)
    mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    expected = plain.eval()((x - mean[:, None, None]) / std[:, None, None])
    torch.testing.assert_close(part(x), expected)
    assert not any(parameter.requires_grad for parameter in part.parameters())


def test_the_settings_hold_the_hash_of_the_weights(weights: Path, data: Path) -> None:
    made = options(weights=str(weights), frozen=True)
    assert made.weights_sha256 == sha256_of(weights)
    assert made.weights_sha256 in ResNet18.frozen_key(made)
    assert ResNet18.frozen_key(options(weights="none")) is None
    assert "random" in ResNet18.frozen_key(options(weights=None, frozen=True))
    with pytest.raises(UsageError, match="are not those with the sha256 ab12"):
        options(weights=str(weights), weights_sha256="ab12")


@pytest.mark.slow
def test_weights_are_found_by_name(weights: Path, data: Path, hub: Path) -> None:
    for place in (data / "weights", hub):
        place.mkdir(exist_ok=True)
        (place / "mine.pth").write_bytes(weights.read_bytes())
        assert options(weights="mine.pth").weights_sha256 == sha256_of(weights)
        (place / "mine.pth").unlink()
    with pytest.raises(DataError, match=r"no weights 'mine.pth' for resnet18: neither mine.pth, nor .*data/weights"):
        options(weights="mine.pth")


@pytest.mark.parametrize("offline", ["1", "0"])
def test_missing_weights_say_which_file_goes_where(
    data: Path, hub: Path, monkeypatch: pytest.MonkeyPatch, capsys, offline: str
) -> None:
    asked: list[str] = []

    def no_network(url: str, *_: object, **__: object) -> None:
        asked.append(url)
        raise OSError("no route to host")

    monkeypatch.setattr(torch.hub, "download_url_to_file", no_network)
    monkeypatch.setenv("DABENCH_OFFLINE", offline)
    with pytest.raises(DataError) as caught:
        options()
    for text in ("resnet18-f37072fd.pth", "https://download.pytorch.org/", str(data / "weights"), str(hub)):
        assert text in str(caught.value)
    assert len(asked) == (offline == "0")
    assert ("downloading the weights" in capsys.readouterr().err) == (offline == "0")
    assert ("DABENCH_OFFLINE forbids" in str(caught.value)) == (offline == "1")


@pytest.mark.parametrize(
    ("given", "file"),
    [
        ({"weights": "IMAGENET1K_V1"}, "resnet50-0676ba61.pth"),
        ({"weights": "IMAGENET1K_V2"}, "resnet50-11ad3fa6.pth"),
        ({}, "resnet50-11ad3fa6.pth"),
    ],
)
def test_weights_of_torchvision_are_meant_by_their_name(
    data: Path, hub: Path, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], file: str
) -> None:
    monkeypatch.setenv("DABENCH_OFFLINE", "1")
    with pytest.raises(DataError, match=f"resnet50 needs the weights {file}"):
        validated(ResNet50, given, "resnet50")
    (hub / file).write_bytes(b"cut off")
    with pytest.raises(DataError, match=f"{file} is damaged"):
        validated(ResNet50, given, "resnet50")


def test_a_damaged_file_of_torchvision_is_refused(data: Path, hub: Path) -> None:
    (hub / "resnet18-f37072fd.pth").write_bytes(b"cut off")
    with pytest.raises(DataError, match="is damaged: its hash does not begin with f37072fd"):
        options()


class Evil:
    """A pickle that does harm."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("unpickled",))


@pytest.mark.slow
def test_nothing_but_weights_is_unpickled(tmp_path: Path, data: Path, capsys) -> None:
    torch.save({"conv1.weight": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(DataError, match=r"holds more than weights: objects of Python \((builtins\.)?print\)"):
        ResNet18.frozen_part((3, 16, 16), options(weights=str(tmp_path / "evil.pth"), frozen=True))
    assert "unpickled" not in capsys.readouterr().out


@pytest.mark.slow
def test_weights_of_another_network_are_refused(tmp_path: Path, data: Path) -> None:
    torch.save({"conv1.weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(DataError, match=r"other.pth does not hold the weights of resnet18: Missing key"):
        ResNet18.frozen_part((3, 16, 16), options(weights=str(tmp_path / "other.pth"), frozen=True))
    torch.save([1], tmp_path / "list.pth")
    with pytest.raises(DataError, match="a mapping of names to tensors is needed"):
        read_weights(tmp_path / "list.pth")


@pytest.mark.slow
def test_random_frozen_weights_do_not_depend_on_the_seed(data: Path) -> None:
    first, second = (ResNet18.frozen_part((3, 16, 16), options(weights="none", frozen=True)) for _ in range(2))
    torch.testing.assert_close(first.state_dict(), second.state_dict(), rtol=0, atol=0)


def test_vectors_are_no_images(data: Path) -> None:
    with pytest.raises(DataError, match=r"resnet18 takes images of 1 or 3 channels .* not .*\(7,\)"):
        ResNet18((7,), 2, options(weights="none"))
