"""WaveNet and TCN: counts, a reference, causality."""

from __future__ import annotations

import torch
from networks import equal, module, network, output, published, refused, wrong
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import weight_norm

LAYER = 2 * (2 * 32 * 32 + 32) + 33 * 32 + 33 * 256
test_counts = published(
    ("wavenet", 256 * 32 + 30 * LAYER + 2 * 257 * 256),
    # 25·1·7 + 25 + 25 and fifteen times 25·25·7 + 25 + 25, a shortcut of 50, 260 for the classes
    ("tcn_pixels", 225 + 15 * 4425 + 50 + 260),
)


class Level(nn.Module):
    """A residual block of the authors' code."""

    def __init__(self, enter: int, leave: int, kernel: int, dilation: int) -> None:
        super().__init__()
        self.margin = (kernel - 1) * dilation
        self.one = weight_norm(nn.Conv1d(enter, leave, kernel, dilation=dilation))
        self.two = weight_norm(nn.Conv1d(leave, leave, kernel, dilation=dilation))
        self.shortcut = nn.Conv1d(enter, leave, 1) if enter != leave else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The same length."""
        y = self.one(F.pad(x, (self.margin, 0))).relu()
        y = self.two(F.pad(y, (self.margin, 0))).relu()
        return (y + self.shortcut(x)).relu()


class Tcn(nn.Module):
    """Levels, and the last step."""

    def __init__(self, levels: int, width: int, kernel: int) -> None:
        super().__init__()
        self.levels = nn.Sequential(*(Level(width if n else 1, width, kernel, 2**n) for n in range(levels)))
        self.fc = nn.Linear(width, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the classes."""
        made: torch.Tensor = self.fc(self.levels(x)[:, :, -1])
        return made


def test_tcn_equals_a_reference() -> None:
    flow = network("tcn_pixels", (1, 60), layers=3, width=6, kernel=3)
    equal(flow, Tcn(3, 6, 3), torch.randn(2, 1, 60))


def test_later_samples_change_no_earlier_answer() -> None:
    model = module(network("wavenet", (40,), classes=16, stacks=2, layers=3, width=8, skip=8))
    sound = torch.randint(0, 16, (1, 40))
    other = sound.clone()
    other[:, 25:] = (other[:, 25:] + 1) % 16
    with torch.no_grad():
        one, two = model(sound), model(other)
    assert torch.equal(one[:, :25], two[:, :25])
    assert not torch.equal(one[:, 25:], two[:, 25:])


def test_how_far_it_hears() -> None:
    assert output(network("wavenet")) == (1024, 256)
    assert 3 * sum(2**n for n in range(10)) + 1 == 3070


test_what_cannot_be_is_refused = refused(
    wrong("wavenet", "1 to 16 stacks", stacks=0), wrong("tcn_pixels", "1 to 16 levels", layers=0)
)
