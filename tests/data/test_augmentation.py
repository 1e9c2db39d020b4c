"""Augmented images: what each operation does, that images differ, and that nothing depends on what was drawn before."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PIL import Image, ImageEnhance, ImageOps
from torch import Tensor
from torchvision.transforms.v2 import functional

from dabench.data.augmentation import OPERATIONS, augment
from dabench.errors import DataError

VIEWS = ("crop_flip", "shift", "affine", "affine_invert", "randaugment")


def _images(rows: int = 6, channels: int = 3, side: int = 16) -> Tensor:
    generator = torch.Generator().manual_seed(1)
    smooth = torch.rand(rows, channels, 4, 4, generator=generator)
    large = torch.nn.functional.interpolate(smooth, size=(side, side), mode="bilinear")
    return (large * 255).to(torch.uint8)


def _apply(name: str, images: Tensor, strength: float, place: tuple[float, float] = (0.0, 0.0)) -> Tensor:
    rows = len(images)
    return OPERATIONS[name](images, torch.full((rows,), strength), torch.tensor([place]).expand(rows, 2))


@pytest.mark.parametrize("view", VIEWS)
def test_every_image_gets_numbers_of_its_own(view: str) -> None:
    same = _images(1, side=32).expand(32, -1, -1, -1)
    made = augment(view, same, 7)
    assert made.dtype == torch.uint8
    assert made.shape == same.shape
    assert len({image.numpy().tobytes() for image in made}) > 20


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_is_a_pure_function_of_its_key(view: str) -> None:
    images = _images()
    before = images.clone()
    state = torch.get_rng_state()
    first = augment(view, images, 3)
    augment(view, images, 4)
    torch.rand(5)
    assert torch.equal(augment(view, images, 3), first)
    assert not torch.equal(augment(view, images, 4), first)
    assert torch.equal(images, before)
    torch.set_rng_state(state)
    augment(view, images, 3)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("shape", [(1, 3, 1, 1), (5, 1, 4, 4), (2, 5, 8, 6), (3, 3, 32, 32)])
def test_images_of_any_size_keep_their_shape(view: str, shape: tuple[int, ...]) -> None:
    images = torch.randint(0, 256, shape, dtype=torch.uint8)
    assert augment(view, images, 0).shape == shape


def test_none_leaves_everything_also_what_is_no_image() -> None:
    x = torch.randn(3, 2)
    assert augment("none", x, 0) is x


def test_what_is_no_image_and_what_is_no_view_is_refused() -> None:
    with pytest.raises(DataError, match=r"'randaugment' is made of uint8 images .* torch.float32 examples \(2,\)"):
        augment("randaugment", torch.randn(3, 2), 0)
    with pytest.raises(
        DataError, match="no view 'blur': there are none, crop_flip, shift, affine, affine_invert, randaugment"
    ):
        augment("blur", _images(), 0)


def test_shift_moves_by_at_most_an_eighth_and_fills_with_the_mean_colour() -> None:
    image = torch.zeros(1, 1, 16, 16, dtype=torch.uint8)
    image[0, 0, 8, 8] = 255
    made = augment("shift", image.expand(200, -1, -1, -1), 0)
    points = (made == 255).nonzero()
    assert len(points) == 200  # the point never leaves, and nothing else is as bright
    assert set(points[:, 2].tolist()) == set(points[:, 3].tolist()) == {6, 7, 8, 9, 10}
    assert set(made.unique().tolist()) == {0, 1, 255}  # 255 / 256 rounds to the mean colour 1


def test_affine_turns_about_the_centre() -> None:
    image = torch.zeros(1, 1, 33, 33, dtype=torch.uint8)
    image[..., 15:18, 15:18] = 255
    made = augment("affine", image.expand(300, -1, -1, -1), 0).double()
    weights = made - made.amin((2, 3), keepdim=True)
    at = torch.arange(33.0, dtype=torch.float64)
    x = (weights * at).sum((1, 2, 3)) / weights.sum((1, 2, 3))
    assert abs(x.mean() - 16) < 0.15
    assert 1 < (x - 16).abs().max() < 33 / 16 + 0.5  # moved by up to 1/16 of the side


def test_affine_invert_is_affine_with_half_of_the_images_inverted() -> None:
    images = _images(side=16)[:1].expand(400, -1, -1, -1)
    straight, made = augment("affine", images, 3), augment("affine_invert", images, 3)
    same = (made == straight).flatten(1).all(1)
    inverted = (made == 255 - straight).flatten(1).all(1)
    assert torch.equal(same, ~inverted)
    assert 160 < inverted.sum() < 240


def _noise(side: int, channels: int = 3) -> Tensor:
    """Images in which neighbours have nothing in common, so that a border that is treated in another way shows."""
    return torch.randint(0, 256, (8, channels, side, side), generator=torch.Generator().manual_seed(2)).to(torch.uint8)


def _pil(image: Tensor) -> Image.Image:
    pixels = image.permute(1, 2, 0).numpy()
    return Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels)


# What each operation is in PIL; the number is the strength. Those that move something are compared further down.
PIL: dict[str, Callable[[Image.Image, float], Image.Image]] = {
    "invert": lambda image, _: ImageOps.invert(image),
    "autocontrast": lambda image, _: ImageOps.autocontrast(image),
    "equalize": lambda image, _: ImageOps.equalize(image),
    "posterize": lambda image, strength: ImageOps.posterize(image, 4 - int(4 * strength)),
    "solarize": lambda image, strength: ImageOps.solarize(image, 256 - int(256 * strength)),
    "color": lambda image, strength: ImageEnhance.Color(image).enhance(0.1 + 1.8 * strength),
    "contrast": lambda image, strength: ImageEnhance.Contrast(image).enhance(0.1 + 1.8 * strength),
    "brightness": lambda image, strength: ImageEnhance.Brightness(image).enhance(0.1 + 1.8 * strength),
    "sharpness": lambda image, strength: ImageEnhance.Sharpness(image).enhance(0.1 + 1.8 * strength),
}
MOVING = {"cut_out", "shear_x", "shear_y", "translate_x", "translate_y", "rotate"}
# Blends are rounded to bytes by cutting off, and a float that is nearly a whole number may end on either side of it.
BLENDS = {"autocontrast", "color", "contrast", "brightness", "sharpness"}


def test_every_operation_is_compared_with_pil() -> None:
    assert set(PIL) | MOVING == set(OPERATIONS)


@pytest.mark.parametrize("strength", [step / 10 for step in range(1, 10)])
@pytest.mark.parametrize("name", PIL)
def test_operations_that_move_nothing_give_the_bytes_of_pil(name: str, strength: float) -> None:
    for images in (_images(side=32), _noise(32), _noise(5), _noise(3), _noise(2), _noise(1), _noise(9, channels=1)):
        made = _apply(name, images, strength)
        expected = torch.stack(
            [
                torch.from_numpy(np.array(PIL[name](_pil(image), strength))).view(*image.shape[1:], -1)
                for image in images
            ]
        ).permute(0, 3, 1, 2)
        difference = (made.int() - expected.int()).abs()
        assert difference.max() <= (1 if name in BLENDS else 0), (name, tuple(images.shape))
        assert (difference > 0).double().mean() <= 0.1, (name, tuple(images.shape))


@pytest.mark.parametrize("strength", [0.1, 0.4, 0.9])
def test_sharpness_leaves_the_border_as_torchvision_does(strength: float) -> None:
    images = _noise(12)
    made = _apply("sharpness", images, strength)
    border = torch.ones(12, 12, dtype=torch.bool)
    border[1:-1, 1:-1] = False
    assert (made[..., border].int() - images[..., border].int()).abs().max() <= 1
    expected = functional.adjust_sharpness(images, 0.1 + 1.8 * strength)
    assert (made.int() - expected.int()).abs().max() <= 1


@pytest.mark.parametrize("direction", [0.1, 0.9])
@pytest.mark.parametrize("name", sorted(MOVING - {"cut_out"}))
def test_operations_that_move_give_those_of_pil_on_an_image_framed_in_its_mean_colour(
    name: str, direction: float
) -> None:
    side, frame, strength = 16, 32, 0.7
    sign = 1 if direction < 0.5 else -1
    size, middle = side + 2 * frame, side / 2 + frame
    level, turn = sign * strength, math.radians(30) * sign * strength
    x, y, over_x, over_y, down_x, down_y = {
        "shear_x": (1, 0.3 * level, 0, 0, 1, 0),
        "shear_y": (1, 0, 0, 0.3 * level, 1, 0),
        "translate_x": (1, 0, level * side * 10 / 32, 0, 1, 0),
        "translate_y": (1, 0, 0, 0, 1, level * side * 10 / 32),
        "rotate": (math.cos(turn), -math.sin(turn), 0, math.sin(turn), math.cos(turn), 0),
    }[name]
    about = (x, y, over_x + middle * (1 - x - y), over_y, down_x, down_y + middle * (1 - over_y - down_x))
    images = _noise(side)
    made = _apply(name, images, strength, (direction, 0.0))
    inside = slice(frame, frame + side)
    for got, image in zip(made, images, strict=True):
        mean = image.float().mean((1, 2)).round().to(torch.uint8)
        framed = mean[:, None, None].repeat(1, size, size)
        framed[:, inside, inside] = image
        moved = np.array(_pil(framed).transform((size, size), Image.Transform.AFFINE, about, Image.Resampling.BILINEAR))
        difference = got.permute(1, 2, 0).int() - torch.from_numpy(moved[inside, inside]).int()
        assert difference.abs().max() <= 1


@pytest.mark.parametrize(("name", "dimension"), [("translate_x", 3), ("translate_y", 2)])
@pytest.mark.parametrize(("direction", "sign"), [(0.1, -1), (0.9, 1)])
def test_translations_move_by_strength_times_ten_of_32_pixels(
    name: str, dimension: int, direction: float, sign: int
) -> None:
    images = _images(side=32)
    made = _apply(name, images, 0.4, (direction, 0.0))
    expected = torch.roll(images, sign * 4, dimension)
    inside = slice(4, 28)
    assert torch.equal(made[:, :, inside, inside], expected[:, :, inside, inside])


def test_shears_keep_the_middle_row() -> None:
    images = _images(side=33)
    made = _apply("shear_x", images, 0.9)
    assert torch.equal(made[:, :, 16], images[:, :, 16])
    assert not torch.equal(made[:, :, 0], images[:, :, 0])
    flat = _apply("shear_y", images.transpose(2, 3), 0.9).transpose(2, 3)
    assert torch.equal(flat, made)


def test_cut_out_blanks_a_square_with_the_mean_colour() -> None:
    images = _images(side=32)
    made = _apply("cut_out", images, 0.8, (0.5, 0.25))
    mean = images.float().mean((2, 3)).round().to(torch.uint8)
    square = made[:, :, 8:24, 0:16]  # 0.8 of 20 pixels about (16, 8)
    assert torch.equal(square, mean[:, :, None, None].expand_as(square))
    assert torch.equal(made[:, :, 24:], images[:, :, 24:])
    assert torch.equal(made[:, :, :, 16:], images[:, :, :, 16:])


def test_randaugment_uses_every_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Tensor] = {}

    def watched(name: str) -> object:
        def operation(images: Tensor, strength: Tensor, place: Tensor) -> Tensor:
            seen[name] = strength
            assert place.shape == (len(images), 2)
            return images

        return operation

    for name in list(OPERATIONS):
        monkeypatch.setitem(OPERATIONS, name, watched(name))  # type: ignore[arg-type]
    augment("randaugment", _images(2000, side=8), 0)
    assert set(seen) == set(OPERATIONS)
    strengths = torch.cat(list(seen.values()))
    assert set((10 * strengths).round().int().tolist()) == set(range(1, 10))
    assert 800 < len(strengths) < 1200  # one of two slots, used by half of the images


@pytest.mark.gpu
@pytest.mark.parametrize("view", VIEWS)
def test_a_gpu_changes_images_alike(view: str) -> None:
    images = _images(64, side=32)
    torch.use_deterministic_algorithms(True)
    try:
        on_gpu = augment(view, images.cuda(), 3).cpu()
    finally:
        torch.use_deterministic_algorithms(False)
    difference = (augment(view, images, 3).int() - on_gpu.int()).abs()
    assert (difference <= 1).float().mean() > 0.99


def test_the_middle_of_a_moved_and_mirrored_image_is_a_window_of_it() -> None:
    image = torch.randint(256, (1, 3, 32, 48), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    windows = {
        turned[0, :, top : top + 28, left : left + 42].numpy().tobytes(): (top, left, mirrored)
        for mirrored, turned in enumerate((image, image.flip(3)))
        for top in range(5)
        for left in range(7)
    }
    made = augment("crop_flip", image.expand(400, -1, -1, -1), 3)[:, :, 2:30, 3:45]
    found = {windows[row.numpy().tobytes()] for row in made}
    assert len(windows) == 70
    assert len(found) > 65
    half = [windows[row.numpy().tobytes()][2] for row in made]
    assert 150 < sum(half) < 250
