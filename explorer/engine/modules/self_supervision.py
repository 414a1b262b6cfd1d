"""Unit vectors, unit rows, and a teacher that is the average of its student."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class UnitLength(nn.Module):
    """Vectors of length 1 along `dim`, or of a learned length for each of `width` features."""

    def __init__(self, width: int | None = None, length: float = 1.0, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim
        self.length = None if width is None else nn.Parameter(torch.full((width,), length))

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …, D), or (N, C, …) for `dim` 1, to the same shape."""
        y = F.normalize(x, dim=self.dim)
        if self.length is None:
            return y
        return y * (self.length.reshape(-1, *[1] * (x.dim() - 2)) if self.dim == 1 else self.length)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"dim={self.dim}, learned={self.length is not None}"


class Prototypes(nn.Module):
    """A linear layer without bias whose rows have length 1, or a learned one."""

    def __init__(self, inputs: int, outputs: int, lengths: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) * 0.02)
        self.lengths = nn.Parameter(torch.ones(outputs, 1)) if lengths else None

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …, n) to (N, …, m)."""
        weight = F.normalize(self.weight, dim=1)
        return F.linear(x, weight if self.lengths is None else weight * self.lengths)

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        outputs, inputs = self.weight.shape
        return f"{inputs}, {outputs}, lengths={self.lengths is not None}"


class EmaTeacher(nn.Module):
    """A perceptron that learns, and one of the same shape whose weights are a moving average of it.

    The teacher's weights are buffers `teacher_weight1`, `teacher_bias1`, …; every pass in train mode first
    moves them by 1 − momentum towards the student's.

    Args:
        widths: of the input and of each layer. activation: gelu, relu or tanh.
        momentum: what stays of the old teacher.

    """

    def __init__(self, widths: tuple[int, ...], activation: str = "gelu", momentum: float = 0.996) -> None:
        super().__init__()
        self.activation, self.momentum = activation, momentum
        self.student = nn.ModuleList(nn.Linear(widths[n], widths[n + 1]) for n in range(len(widths) - 1))
        for name, weight in self._pairs():
            self.register_buffer(name, weight.detach().clone())

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Take x (N, …, n) to what student and teacher make of it, both (N, …, m)."""
        if self.training:
            with torch.no_grad():
                for name, weight in self._pairs():
                    old = self.get_buffer(name)
                    setattr(self, name, old * self.momentum + weight.detach() * (1 - self.momentum))
        student = teacher = x
        for number, layer in enumerate(self.student, 1):
            if number > 1:
                student, teacher = self._bent(student), self._bent(teacher)
            student = layer(student)
            with torch.no_grad():
                weight, bias = (self.get_buffer(f"teacher_{kind}{number}") for kind in ("weight", "bias"))
                teacher = F.linear(teacher, weight, bias)
        return student, teacher.detach()

    def _pairs(self) -> list[tuple[str, Tensor]]:
        """Name of each teacher's tensor with the student's."""
        return [
            (f"teacher_{kind}{number}", tensor)
            for number, layer in enumerate(self.student, 1)
            for kind, tensor in layer.named_parameters()
        ]

    def _bent(self, x: Tensor) -> Tensor:
        if self.activation == "tanh":
            return x.tanh()
        return F.gelu(x) if self.activation == "gelu" else x.relu()

    def extra_repr(self) -> str:
        """Words inside the brackets."""
        return f"activation={self.activation!r}, momentum={self.momentum:g}"
