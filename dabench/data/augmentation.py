"""Random changes of images: a whole batch at once, on its device, every image with numbers of its own.

`crop_flip`: a shift by up to 1/16 of the side, and with probability 0.5 a mirror image. Where the network cuts the
middle 7/8 out of a picture, 224 of 256 pixels, it gets what the field calls a random crop and a horizontal flip (as in
Long et al. 2018, CDAN): nothing that was moved in from outside is seen.
`shift`: by up to an eighth of the side (Xie et al. 2019, who pad 32x32 images with 4 pixels and crop).
`affine`: the identity matrix plus normal noise of deviation 0.1, and a shift by up to 1/16 of the side (French et al.
2018: 2 of 32 pixels).
`affine_invert`: `affine`, and every image is inverted with probability 0.5: what French et al. have between MNIST and
SVHN, less their random scale and offset of the intensities, which `normalise: instance` takes away again.
`randaugment`: two operations out of `OPERATIONS`, each with probability 0.5 and a strength of 1 to 9, then a square of
half the side is cut out, then `shift` (RandAugment as in the code of Xie et al. 2019).

Operations that move nothing give the bytes of PIL: blends are cut off to integers, and sharpness leaves the border.
What is moved in from outside an image, or cut out of it, gets the image's mean colour; their code takes that of the
data set. Shears turn about the centre, and positions between pixels are interpolated; theirs takes the corner and the
nearest pixel. Only `crop_flip` mirrors: digits and signs are no longer themselves in a mirror, and objects are.

All numbers are drawn on the CPU, so that an image is changed alike on every device.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Literal, get_args

import torch
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, conv2d, grid_sample

from dabench.errors import DataError

View = Literal["none", "crop_flip", "shift", "affine", "affine_invert", "randaugment"]

STRENGTHS = 10  # the strength of an operation is a whole number below this
Operation = Callable[[Tensor, Tensor, Tensor], Tensor]


# By hand: torchvision draws once a batch, kornia from the global generator; here an image changes alike on all devices.
def augment(view: str, images: Tensor, key: int) -> Tensor:
    """Change images at random.

    Args:
        view: one of `View`.
        images: uint8 (B, C, H, W); left as they are.
        key: the numbers are a pure function of it.

    Returns:
        Images of the same shape and type.

    Raises:
        DataError: there is no such view, or these are no images.
    """
    if view not in get_args(View):
        raise DataError(f"there is no view {view!r}: there are {', '.join(get_args(View))}")
    if view == "none":
        return images
    if images.dtype != torch.uint8 or images.ndim != 4:
        shape = tuple(images.shape[1:])
        raise DataError(f"the view {view!r} is made of uint8 images (C, H, W), not of {images.dtype} examples {shape}")
    generator = Generator().manual_seed(key)
    match view:
        case "crop_flip":
            return _crop_flip(images, generator)
        case "shift":
            return _shift(images, generator)
        case "affine":
            return _affine(images, generator)
        case "affine_invert":
            return _invert_half(_affine(images, generator), generator)
        case _:
            return _randaugment(images, generator)


def _crop_flip(images: Tensor, generator: Generator) -> Tensor:
    """Move by whole pixels, and mirror half of the images."""
    rows, (height, width) = len(images), images.shape[-2:]
    down = torch.randint(-(height // 16), height // 16 + 1, (rows, 1), generator=generator)
    right = torch.randint(-(width // 16), width // 16 + 1, (rows, 1), generator=generator)
    mirrored = torch.rand(rows, 1, generator=generator) < 0.5
    columns = torch.arange(width).expand(rows, -1)
    y = torch.arange(height) + down
    x = torch.where(mirrored, columns.flip(1), columns) + right
    inside = ((y >= 0) & (y < height))[:, :, None] & ((x >= 0) & (x < width))[:, None, :]
    y, x = (place.clamp(0, size - 1).to(images.device) for place, size in ((y, height), (x, width)))
    image = torch.arange(rows, device=images.device)[:, None, None, None]
    channel = torch.arange(images.shape[1], device=images.device)[:, None, None]
    moved = images[image, channel, y[:, None, :, None], x[:, None, None, :]]
    return torch.where(inside[:, None].to(images.device), moved, _mean_colour(images))


def _shift(images: Tensor, generator: Generator) -> Tensor:
    """Move by whole pixels."""
    rows, (height, width) = len(images), images.shape[-2:]
    down = torch.randint(-(height // 8), height // 8 + 1, (rows, 1), generator=generator)
    right = torch.randint(-(width // 8), width // 8 + 1, (rows, 1), generator=generator)
    y, x = torch.arange(height) + down, torch.arange(width) + right
    inside = ((y >= 0) & (y < height))[:, :, None] & ((x >= 0) & (x < width))[:, None, :]
    source = y.clamp(0, height - 1)[:, :, None] * width + x.clamp(0, width - 1)[:, None, :]
    flat = source.to(images.device).flatten(1)[:, None].expand(-1, images.shape[1], -1)
    moved = images.flatten(2).gather(2, flat).view_as(images)
    return torch.where(inside[:, None].to(images.device), moved, _mean_colour(images))


def _affine(images: Tensor, generator: Generator) -> Tensor:
    rows = len(images)
    matrix = torch.eye(2) + 0.1 * torch.randn(rows, 2, 2, generator=generator)
    # affine_grid measures from -1 to 1, so 1/16 of the side is 1/8.
    offset = (torch.rand(rows, 2, 1, generator=generator) * 2 - 1) / 8
    return _warp(images, torch.cat([matrix, offset], 2).to(images.device))


def _invert_half(images: Tensor, generator: Generator) -> Tensor:
    inverted = torch.rand(len(images), 1, 1, 1, generator=generator).to(images.device) < 0.5
    return torch.where(inverted, 255 - images, images)


def _randaugment(images: Tensor, generator: Generator) -> Tensor:
    rows = len(images)
    for _ in range(2):
        chosen = torch.randint(len(OPERATIONS), (rows,), generator=generator)
        strength = torch.randint(1, STRENGTHS, (rows,), generator=generator) / STRENGTHS
        place = torch.rand(rows, 2, generator=generator)
        chosen[torch.rand(rows, generator=generator) < 0.5] = len(OPERATIONS)  # left as it is
        # Sorted by operation, the images of each are a slice. Its length is known here: nothing waits for the device.
        order = chosen.argsort(stable=True)
        counts = chosen.bincount(minlength=len(OPERATIONS) + 1).tolist()
        numbers = torch.cat([strength[:, None], place], 1)[order].to(images.device)
        parts = torch.split(images[order.to(images.device)], counts)
        changed = [
            operation(part, own[:, 0], own[:, 1:]) if len(part) else part
            for operation, part, own in zip(
                [*OPERATIONS.values(), _same], parts, torch.split(numbers, counts), strict=True
            )
        ]
        images = torch.cat(changed)[order.argsort().to(images.device)]
    half = torch.full((rows,), 0.5, device=images.device)
    cut = _cut_out(images, half, torch.rand(rows, 2, generator=generator).to(images.device))
    return _shift(cut, generator)


def _same(images: Tensor, _: Tensor, __: Tensor) -> Tensor:
    return images


def _cut_out(images: Tensor, side: Tensor, place: Tensor) -> Tensor:
    """Blank a square whose centre is anywhere in the image, of `side` (B,) times the image's height."""
    height, width = images.shape[-2:]
    radius = (side * height).floor().div(2, rounding_mode="floor")[:, None]
    y = torch.arange(height, device=images.device) - (place[:, :1] * height).floor()
    x = torch.arange(width, device=images.device) - (place[:, 1:] * width).floor()
    inside = ((y >= -radius) & (y < radius))[:, :, None] & ((x >= -radius) & (x < radius))[:, None, :]
    return torch.where(inside[:, None], _mean_colour(images), images)


def _warp(images: Tensor, matrices: Tensor) -> Tensor:
    """Take every pixel from where a matrix (B, 2, 3) says, in coordinates from -1 to 1 as `affine_grid` has them."""
    fill = _mean_colour(images).float()
    grid = affine_grid(matrices, list(images.shape), align_corners=False)
    moved = grid_sample(images.float() - fill, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return _bytes(moved + fill)


def _geometric(entry: tuple[int, int], largest: float) -> Operation:
    """Change one entry of the matrix by up to `largest`, upwards or downwards."""

    def operation(images: Tensor, strength: Tensor, place: Tensor) -> Tensor:
        matrices = torch.eye(2, 3, device=images.device).repeat(len(images), 1, 1)
        matrices[:, entry[0], entry[1]] += _signed(strength, place) * largest
        return _warp(images, matrices)

    return operation


def _rotate(images: Tensor, strength: Tensor, place: Tensor) -> Tensor:
    angle = _signed(strength, place) * math.radians(30)
    cos, sin, zero = angle.cos(), angle.sin(), torch.zeros_like(angle)
    return _warp(images, torch.stack([cos, -sin, zero, sin, cos, zero], 1).view(-1, 2, 3))


def _blend(other: Callable[[Tensor], Tensor]) -> Operation:
    """Between another form of the image and the image, or beyond: by 0.1 to 1.9, where 1 is the image itself."""

    def operation(images: Tensor, strength: Tensor, _: Tensor) -> Tensor:
        changed = other(images)
        return _truncated(changed + (0.1 + 1.8 * strength)[:, None, None, None] * (images - changed))

    return operation


def _grey(images: Tensor) -> Tensor:
    """Luminance in whole numbers, as floats (B, 1, H, W); for other numbers of channels than 3 their mean."""
    if images.shape[1] != 3:
        return images.float().mean(1, keepdim=True).round()
    weights = torch.tensor([19595, 38470, 7471], dtype=torch.int32, device=images.device)  # of ITU-R 601-2
    sums = (images.int() * weights[:, None, None]).sum(1, keepdim=True)
    return ((sums + 32768) // 65536).float()


def _smooth(images: Tensor) -> Tensor:
    """Every pixel averaged with its neighbours, itself five times; floats. The border stays."""
    smooth = images.float()
    if min(images.shape[-2:]) > 2:
        kernel = torch.ones(3, 3, device=images.device)
        kernel[1, 1] = 5
        channels = images.shape[1]
        sums = conv2d(smooth, kernel.expand(channels, 1, 3, 3), groups=channels)  # whole numbers: exact everywhere
        smooth[:, :, 1:-1, 1:-1] = (sums / 13).round()
    return smooth


def _solarize(images: Tensor, strength: Tensor, _: Tensor) -> Tensor:
    """Invert bright pixels."""
    threshold = 256 - (256 * strength).floor()
    return torch.where(images >= threshold[:, None, None, None], 255 - images, images)


def _posterize(images: Tensor, strength: Tensor, _: Tensor) -> Tensor:
    """Keep the first four bits, or fewer."""
    step = 2 ** (4 + (4 * strength).floor())
    return _bytes((images / step[:, None, None, None]).floor() * step[:, None, None, None])


def _autocontrast(images: Tensor, _: Tensor, __: Tensor) -> Tensor:
    """Stretch every channel from 0 to 255; one that has a single value stays."""
    x = images.double()
    low, high = x.amin((2, 3), keepdim=True), x.amax((2, 3), keepdim=True)
    scale = 255 / (high - low).clamp(min=1)
    return torch.where(high > low, _truncated(x * scale - low * scale), images)


def _mean_colour(images: Tensor) -> Tensor:
    return _bytes(images.float().mean((2, 3), keepdim=True))


def _signed(strength: Tensor, place: Tensor) -> Tensor:
    return torch.where(place[:, 0] < 0.5, strength, -strength)


def _equalize(images: Tensor, _: Tensor, __: Tensor) -> Tensor:
    from torchvision.transforms.v2.functional import equalize  # slow to import, and no other view needs it

    changed: Tensor = equalize(images)
    return changed


def _bytes(x: Tensor) -> Tensor:
    return x.round().clamp(0, 255).to(torch.uint8)


def _truncated(x: Tensor) -> Tensor:
    """Bytes as PIL makes them of a blend: digits behind the point are cut off."""
    return x.clamp(0, 255).to(torch.uint8)


# What RandAugment draws from. An operation takes images uint8 (B, C, H, W), their strengths (B,) of 0.1 to 0.9, and two
# numbers in [0, 1) for each, (B, 2), which say where or in which direction; it returns images.
OPERATIONS: Mapping[str, Operation] = {
    "invert": lambda images, strength, place: 255 - images,
    "cut_out": lambda images, strength, place: _cut_out(images, strength * 20 / 32, place),
    "sharpness": _blend(_smooth),
    "autocontrast": _autocontrast,
    "posterize": _posterize,
    "shear_x": _geometric((0, 1), 0.3),
    "shear_y": _geometric((1, 0), 0.3),
    "translate_x": _geometric((0, 2), 2 * 10 / 32),
    "translate_y": _geometric((1, 2), 2 * 10 / 32),
    "rotate": _rotate,
    "equalize": _equalize,
    "contrast": _blend(lambda images: _grey(images).mean((1, 2, 3), keepdim=True).round()),
    "color": _blend(_grey),
    "solarize": _solarize,
    "brightness": _blend(lambda images: torch.zeros_like(images, dtype=torch.float32)),
}
