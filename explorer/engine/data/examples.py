"""Inputs that a person can follow with the eye, for designs without a data set and for cards of blocks."""

from __future__ import annotations

from functools import cache

import torch

from explorer import resources
from explorer.engine.data.images import read_image
from explorer.graph.tensor import Tensor


def fill(tensor: Tensor, port: str = "x") -> torch.Tensor:
    """Return one sample (1, …) of a tensor's shape.

    Pictures are a photograph of a cat; sequences change smoothly, with a repetition for attention to find.
    """
    torch_type = {"int": torch.int64, "bool": torch.bool}.get(tensor.dtype)
    if torch_type is not None:
        return (torch.arange(tensor.size) % 2).reshape(1, *tensor.shape).to(torch_type)
    shape, axes = tensor.shape, tensor.axes
    if port == "grid":
        return _turned(*shape[:2])
    if port == "boxes":
        return _boxes(shape[0])
    if axes == ("C", "H", "W"):
        return _maps(*shape)[None]
    if axes[:2] == ("H", "W") and len(axes) == 3:
        return _maps(shape[2], shape[0], shape[1]).permute(1, 2, 0)[None]
    if axes == ("C", "T", "H", "W"):
        return _film(shape[1], shape[0], *shape[2:]).transpose(0, 1)[None]
    if axes == ("T", "C", "H", "W"):
        return _film(*shape)[None]
    if axes == ("T", "D"):
        return _steps(*shape)[None]
    if axes == ("C", "T"):
        return _steps(shape[1], shape[0]).T[None]
    places = torch.arange(tensor.size, dtype=torch.float32)
    return (torch.sin(places * 0.9) + 0.6 * torch.cos(places * 2.3)).reshape(1, *shape)


@cache
def _photo(channels: int, height: int, width: int) -> torch.Tensor:
    path = resources.path("data", "photos", "chelsea.jpg")
    return torch.from_numpy(read_image(path, (channels, height, width)))


def _maps(channels: int, height: int, width: int) -> torch.Tensor:
    """Colours, or for other numbers of channels the grey photograph filtered in as many ways."""
    if channels == 3:
        return _photo(3, height, width)
    grey = _photo(1, height, width)[0]
    if channels == 1:
        return grey[None]
    found = [grey]
    for number in range(1, channels):
        turn = torch.tensor(number * 2.399)  # the golden angle: directions never repeat
        step = 1 + number % 3
        moved = torch.roll(grey, (round(float(turn.sin()) * step), round(float(turn.cos()) * step)), (0, 1))
        found.append((grey - moved) * 3)
    return torch.stack(found)


def _film(steps: int, channels: int, height: int, width: int) -> torch.Tensor:
    still = _maps(channels, height, width)
    return torch.stack([torch.roll(still, 2 * step, -1) for step in range(steps)])


def _steps(steps: int, width: int) -> torch.Tensor:
    """A melody: every second half repeats the first, each feature is a wave of its own."""
    time = (torch.arange(steps) % max(1, (steps + 1) // 2)).float().unsqueeze(1)
    wave = torch.arange(width).float().unsqueeze(0)
    return torch.sin(time * (0.4 + 0.17 * wave) + wave) + 0.15 * torch.cos(wave * 1.7)


def _turned(height: int, width: int) -> torch.Tensor:
    """Places to read a picture at, slightly turned."""
    y, x = torch.meshgrid(torch.linspace(-1, 1, height), torch.linspace(-1, 1, width), indexing="ij")
    return torch.stack([x * 0.8 - y * 0.25, x * 0.25 + y * 0.8], -1)[None]


def _boxes(count: int) -> torch.Tensor:
    number = torch.arange(count).float()
    x, y = (number * 7.3) % 28 + 2, (number * 4.9) % 20 + 2
    return torch.stack([x, y, x + 12 + number % 3 * 5, y + 10 + number % 4 * 4], 1)[None]
