"""Modules that move values about without weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def aligned(xs: tuple[Tensor, ...]) -> list[Tensor]:
    """Give all samples the same number of axes by putting axes of size 1 behind the batch axis."""
    longest = max(x.dim() for x in xs)
    return [x.reshape(x.shape[0], *[1] * (longest - x.dim()), *x.shape[1:]) for x in xs]


class Add(nn.Module):
    """Adds any number of tensors, axes of size 1 stretched."""

    def forward(self, *xs: Tensor) -> Tensor:
        """Each x (N, …) → (N, …)."""
        first, *others = aligned(xs)
        for other in others:
            first = first + other
        return first


class Multiply(nn.Module):
    """Multiplies any number of tensors, axes of size 1 stretched."""

    def forward(self, *xs: Tensor) -> Tensor:
        """Each x (N, …) → (N, …)."""
        first, *others = aligned(xs)
        for other in others:
            first = first * other
        return first


class Concat(nn.Module):
    """Puts tensors one after the other along `dim`, counted with the batch axis.

    A tensor whose batch is 1 (a constant) is repeated for every sample of the others.
    """

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *xs: Tensor) -> Tensor:
        """Each x (N, …) → (N, …), `dim` added up."""
        batch = max(x.shape[0] for x in xs)
        whole = [x if x.shape[0] == batch else x.expand(batch, *x.shape[1:]) for x in xs]
        return torch.cat(whole, self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"dim={self.dim}"


class Reshape(nn.Module):
    """Gives every sample these sizes."""

    def __init__(self, *sizes: int) -> None:
        super().__init__()
        self.sizes = sizes

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, *sizes)."""
        return x.reshape(x.shape[0], *self.sizes)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return ", ".join(map(str, self.sizes))


class Permute(nn.Module):
    """Reorders the axes; they are counted with the batch axis, which stays first."""

    def __init__(self, *order: int) -> None:
        super().__init__()
        self.order = order

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, a₁, a₂, …) to (N, a at order₀, a at order₁, …)."""
        return x.permute(0, *self.order)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return ", ".join(map(str, self.order))


class Split(nn.Module):
    """Cuts into equal parts along `dim`, counted with the batch axis."""

    def __init__(self, parts: int, dim: int = 1) -> None:
        super().__init__()
        self.parts, self.dim = parts, dim

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Take x (N, …, n, …) to parts × (N, …, n / parts, …)."""
        return x.chunk(self.parts, self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"parts={self.parts}, dim={self.dim}"


class SplitSizes(nn.Module):
    """Cuts into parts of these sizes along `dim`, counted with the batch axis."""

    def __init__(self, sizes: tuple[int, ...], dim: int = 1) -> None:
        super().__init__()
        self.sizes, self.dim = list(sizes), dim

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Take x (N, …, n, …) to one (N, …, size, …) for each size."""
        return torch.split(x, self.sizes, self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{tuple(self.sizes)}, dim={self.dim}"


class Stack(nn.Module):
    """Puts tensors beside each other along a new axis `dim`, counted with the batch axis."""

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, *xs: Tensor) -> Tensor:
        """Each x (N, …) → (N, …, number of inputs, …)."""
        return torch.stack(xs, self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"dim={self.dim}"


class Roll(nn.Module):
    """Moves values `shift` places along `dim`, counted with the batch axis; what leaves comes in again."""

    def __init__(self, shift: int, dim: int = 1) -> None:
        super().__init__()
        self.shift, self.dim = shift, dim

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return x.roll(self.shift, self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.shift}, dim={self.dim}"


class Repeat(nn.Module):
    """Repeats along `dim`, counted with the batch axis: the whole row, or each value by itself."""

    def __init__(self, times: int, dim: int = 1, each: bool = False) -> None:
        super().__init__()
        self.times, self.dim, self.each = times, dim, each

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …, n, …) to (N, …, times · n, …)."""
        if self.each:
            return x.repeat_interleave(self.times, self.dim)
        return torch.cat([x] * self.times, self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.times}, dim={self.dim}" + (", each=True" if self.each else "")


class Slice(nn.Module):
    """Keeps indices `start` to `stop` (left out; None: the end) along `dim`, the batch axis counted."""

    def __init__(self, dim: int, start: int, stop: int | None) -> None:
        super().__init__()
        self.dim, self.start, self.stop = dim, start, stop

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …, n, …) to (N, …, stop − start, …); negative numbers count from the end."""
        return x[(slice(None),) * self.dim + (slice(self.start, self.stop),)]

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"dim={self.dim}, start={self.start}, stop={self.stop}"


class Pad(nn.Module):
    """Adds margins: zeros, the mirror image, the repeated edge, or what stands at the other end.

    Args:
        margin: two numbers, before and after, for each axis from the last one on.
        mode: zeros, reflect, replicate or circular.

    """

    def __init__(self, margin: tuple[int, ...], mode: str = "zeros") -> None:
        super().__init__()
        self.margin, self.mode = margin, mode

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …), each axis longer by its margins."""
        return F.pad(x, self.margin, "constant" if self.mode == "zeros" else self.mode)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.margin}, mode={self.mode!r}"


class PadValue(nn.Module):
    """Adds margins of one value: two numbers, before and after, for each axis from the last one on."""

    def __init__(self, margin: tuple[int, ...], value: float) -> None:
        super().__init__()
        self.margin, self.value = margin, value

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …), each axis longer by its margins."""
        return F.pad(x, self.margin, value=self.value)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.margin}, {self.value:g}"


class PadChannels(nn.Module):
    """Adds channels of zeros behind the others until there are `channels`."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, C, …) to (N, channels, …)."""
        return F.pad(x, (0, 0) * (x.dim() - 2) + (0, self.channels - x.shape[1]))

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return str(self.channels)


class Resize(nn.Module):
    """Resamples maps to `size`, a number for each axis of places, or that of another tensor."""

    def __init__(
        self, size: tuple[int, ...] | None = None, mode: str = "nearest", corners: bool = False
    ) -> None:
        super().__init__()
        self.size, self.mode, self.corners = size, mode, corners

    def forward(self, x: Tensor, like: Tensor | None = None) -> Tensor:
        """Take x (N, C, …) to (N, C, *size), or to the places of `like`."""
        size = self.size if like is None else like.shape[2:]
        return F.interpolate(x, size, mode=self.mode, align_corners=self.corners or None)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.size}, mode={self.mode!r}" + (", corners=True" if self.corners else "")


class Interpolate(Resize):
    """Resamples maps by a factor, or smoothly.

    Args:
        size: one number for each axis of places; None where a factor or another tensor gives it.
        mode: of `F.interpolate`. corners: corner values stay corner values.
        factor: what places are computed with; None where it follows from both sizes.
        smooth: linear and cubic modes look at as many values as one of the output stands for.

    """

    def __init__(
        self,
        size: tuple[int, ...] | None = None,
        mode: str = "nearest",
        corners: bool = False,
        factor: float | None = None,
        smooth: bool = False,
    ) -> None:
        super().__init__(size, mode, corners)
        self.factor, self.smooth = factor, smooth

    def forward(self, x: Tensor, like: Tensor | None = None) -> Tensor:
        """Take x (N, C, …) to (N, C, *size), to its places times the factor, or to the places of `like`."""
        size = self.size if like is None else like.shape[2:]
        factor = self.factor if like is None else None
        corners = True if self.corners else None
        return F.interpolate(x, size, factor, self.mode, corners, antialias=self.smooth)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{super().extra_repr()}, factor={self.factor}, smooth={self.smooth}"


class Constant(nn.Module):
    """A tensor that does not depend on the input; its batch axis is 1 and stretches where it is used."""

    value: Tensor

    def __init__(self, shape: tuple[int, ...], start: float = 0.0, learned: bool = False) -> None:
        super().__init__()
        value = torch.full((1, *shape), start)
        if learned:
            self.value = nn.Parameter(value)
        else:
            self.register_buffer("value", value, persistent=False)

    def forward(self) -> Tensor:
        """Return (1, *shape)."""
        return self.value

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{tuple(self.value.shape[1:])}, learned={isinstance(self.value, nn.Parameter)}"


class Scale(nn.Module):
    """Multiplies by a fixed number."""

    def __init__(self, factor: float) -> None:
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return x * self.factor

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.factor:g}"
