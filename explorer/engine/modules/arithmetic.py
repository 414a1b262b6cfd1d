"""Functions of single values, and sums, choices and products over axes."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def joined(a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Give both the same number of axes by putting axes of size 1 behind the batch axis."""
    longest = max(a.dim(), b.dim())
    a = a.reshape([a.shape[0]] + [1] * (longest - a.dim()) + list(a.shape[1:]))
    return a, b.reshape([b.shape[0]] + [1] * (longest - b.dim()) + list(b.shape[1:]))


class Subtract(nn.Module):
    """a − b, axes of size 1 stretched."""

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Take a (N, …), b (N, …) to (N, …)."""
        a, b = joined(a, b)
        return a - b


class Divide(nn.Module):
    """a / b, axes of size 1 stretched; a b nearer to 0 than `least` counts as `least`, with its sign."""

    def __init__(self, least: float = 1e-12) -> None:
        super().__init__()
        self.least = least

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Take a (N, …), b (N, …) to (N, …)."""
        a, b = joined(a, b)
        if self.least > 0:
            b = torch.where(b < 0, b.clamp(max=-self.least), b.clamp(min=self.least))
        return a / b

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.least:g}"


class Exp(nn.Module):
    """e to the power of each value."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return x.exp()


class Log(nn.Module):
    """Natural logarithm; values below `least` count as it."""

    def __init__(self, least: float = 1e-12) -> None:
        super().__init__()
        self.least = least

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return (x.clamp(min=self.least) if self.least > 0 else x).log()

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.least:g}"


class Sqrt(nn.Module):
    """Square root; values below `least` count as it, since the slope at 0 is infinite."""

    def __init__(self, least: float = 1e-12) -> None:
        super().__init__()
        self.least = least

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return (x.clamp(min=self.least) if self.least > 0 else x).sqrt()

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.least:g}"


class Power(nn.Module):
    """Each value to one power.

    Args:
        exponent: the power.
        least: lower values count as it where the power is broken or negative; whole ones take any value.

    """

    def __init__(self, exponent: float = 2.0, least: float = 1e-6) -> None:
        super().__init__()
        self.exponent, self.least = exponent, least

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        whole = self.exponent >= 0 and self.exponent == int(self.exponent)
        return torch.pow(x if whole or self.least <= 0 else x.clamp(min=self.least), self.exponent)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.exponent:g}, least={self.least:g}"


class Absolute(nn.Module):
    """Each value without its sign."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return x.abs()


class Clamp(nn.Module):
    """Values below `low` become it, and those above `high` that; None is no bound."""

    def __init__(self, low: float | None = None, high: float | None = None) -> None:
        super().__init__()
        self.low, self.high = low, high

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        if self.low is not None:
            x = x.clamp(min=self.low)
        return x if self.high is None else x.clamp(max=self.high)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.low}, {self.high}"


class Sin(nn.Module):
    """Sine of each value, in radians."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return x.sin()


class Cos(nn.Module):
    """Cosine of each value, in radians."""

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …)."""
        return x.cos()


class Reduce(nn.Module):
    """One number for all values along some axes.

    Args:
        kind: sum, mean, max, min, norm1 (sum of sizes), norm2 (root of the sum of squares), variance (biased)
            or logsumexp.
        dims: the axes, counted with the batch axis. keep: leave them as axes of size 1.

    """

    def __init__(self, kind: str, dims: tuple[int, ...], keep: bool = False) -> None:
        super().__init__()
        self.kind, self.dims, self.keep = kind, dims, keep

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N, …) without the axes."""
        if self.kind == "sum":
            return x.sum(self.dims, self.keep)
        if self.kind == "mean":
            return x.mean(self.dims, self.keep)
        if self.kind == "max":
            return x.amax(self.dims, self.keep)
        if self.kind == "min":
            return x.amin(self.dims, self.keep)
        if self.kind == "norm1":
            return x.abs().sum(self.dims, self.keep)
        if self.kind == "norm2":
            lengths: Tensor = torch.linalg.vector_norm(x, 2, self.dims, self.keep)
            return lengths
        if self.kind == "variance":
            return x.var(self.dims, correction=0, keepdim=self.keep)
        return x.logsumexp(self.dims, self.keep)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.kind!r}, {self.dims}" + (", keep=True" if self.keep else "")


class ArgMax(nn.Module):
    """Index of the largest value along `dim`, counted with the batch axis; the first of equal ones."""

    def __init__(self, dim: int = 1, smallest: bool = False) -> None:
        super().__init__()
        self.dim, self.smallest = dim, smallest

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …, n, …) to ids (N, …)."""
        return x.argmin(self.dim) if self.smallest else x.argmax(self.dim)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"dim={self.dim}" + (", smallest=True" if self.smallest else "")


class TopK(nn.Module):
    """The k largest values along `dim`, counted with the batch axis, largest first, and their indices."""

    def __init__(self, k: int, dim: int = 1, smallest: bool = False) -> None:
        super().__init__()
        self.k, self.dim, self.smallest = k, dim, smallest

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Take x (N, …, n, …) to values (N, …, k, …) and ids of the same shape."""
        values, index = x.topk(self.k, self.dim, largest=not self.smallest)
        return values, index

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"{self.k}, dim={self.dim}" + (", smallest=True" if self.smallest else "")


class Gather(nn.Module):
    """Picks entries along `dim`, counted with the batch axis; indices outside count as the nearest one.

    A row of indices picks whole entries; indices with as many axes as x pick value by value.
    """

    def __init__(self, dim: int = 1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor, index: Tensor) -> Tensor:
        """Take x (N, …, n, …) and ids (N, k) or (N, …, k, …) to (N, …, k, …)."""
        index = index.clamp(0, x.shape[self.dim] - 1)
        if index.dim() == 2 and x.dim() > 2:
            sides = [1] * x.dim()
            sides[0], sides[self.dim] = index.shape
            sizes = list(x.shape)
            sizes[self.dim] = index.shape[1]
            index = index.reshape(sides).expand(sizes)
        return x.gather(self.dim, index)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"dim={self.dim}"


class MatrixProduct(nn.Module):
    """Product of matrices, the last two axes of each input; either may be transposed first."""

    def __init__(self, transpose: str = "none") -> None:
        super().__init__()
        self.transpose = transpose

    def forward(self, a: Tensor, b: Tensor) -> Tensor:
        """Take a (N, …, n, k), b (N, …, k, m) to (N, …, n, m)."""
        if self.transpose in ("first", "both"):
            a = a.transpose(-1, -2)
        if self.transpose in ("second", "both"):
            b = b.transpose(-1, -2)
        a, b = joined(a, b)
        return a @ b

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return repr(self.transpose)


class Einsum(nn.Module):
    """Products summed over the letters that the result lacks; the equation names the batch axis too."""

    def __init__(self, equation: str) -> None:
        super().__init__()
        self.equation = equation

    def forward(self, a: Tensor, b: Tensor | None = None) -> Tensor:
        """Take a (N, …) and b (N, …), where there are two, to (N, …)."""
        return torch.einsum(self.equation, a) if b is None else torch.einsum(self.equation, a, b)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return repr(self.equation)
