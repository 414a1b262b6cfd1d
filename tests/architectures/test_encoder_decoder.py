"""SegNet, U-Net++, Attention U-Net: counts, and outputs against references written plainly."""

from __future__ import annotations

import torch
from networks import equal, network, output, published, refused, wrong
from torch import nn
from torch.nn import functional as F

test_counts = published(
    ("segnet", 29_449_355),  # 13 convolutions of VGG-16 with norms, and their mirror image with 11 classes
    ("unet_plus_plus", 9_163_329),  # NestedUNet of pytorch-nested-unet, 3 channels in, 1 class
    ("attention_unet", 34_878_573),  # AttU_Net of LeeJunHyun's collection
)


def unit(enter: int, leave: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(enter, leave, 3, padding=1), nn.BatchNorm2d(leave), nn.ReLU())


def double(enter: int, leave: int) -> nn.Sequential:
    return nn.Sequential(unit(enter, leave), unit(leave, leave))


def test_sum_of_segnet() -> None:
    sizes = [
        (3, 64),
        (64, 64),
        (64, 128),
        (128, 128),
        (128, 256),
        *[(256, 256)] * 2,
        (256, 512),
        *[(512, 512)] * 5,
    ]
    back = [(b, a) for a, b in sizes[1:]]
    total = sum(9 * a * b + 3 * b for a, b in sizes + back) + 9 * 64 * 11 + 11
    assert network("segnet").trainable == total
    assert output(network("segnet")) == (11, 352, 480)


class SegNet(nn.Module):
    """Pools that tell where, and the way back."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        stages = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
        self.down, enter = nn.ModuleList(), 3
        for width, count in stages:
            self.down.append(nn.Sequential(*(unit(enter if n == 0 else width, width) for n in range(count))))
            enter = width
        self.up = nn.ModuleList()
        for number in (4, 3, 2, 1, 0):
            width, count = stages[number]
            leave = stages[number - 1][0] if number else classes
            last = unit(width, leave) if number else nn.Conv2d(width, leave, 3, padding=1)
            self.up.append(nn.Sequential(*(unit(width, width) for _ in range(count - 1)), last))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores for every pixel."""
        kept = []
        for layer in self.down:
            x, index = F.max_pool2d(layer(x), 2, return_indices=True)
            kept.append(index)
        for layer in self.up:
            x = layer(F.max_unpool2d(x, kept.pop(), 2))
        return x


class Nested(nn.Module):
    """U-Net++, node by node in the order in which they can be worked out."""

    def __init__(self, width: int, levels: int) -> None:
        super().__init__()
        w = [width << level for level in range(levels + 1)]
        self.levels = levels
        self.nodes = nn.ModuleDict({"0_0": double(3, w[0])})
        for level in range(1, levels + 1):
            self.nodes[f"{level}_0"] = double(w[level - 1], w[level])
        for step in range(1, levels + 1):
            for level in range(levels - step + 1):
                self.nodes[f"{level}_{step}"] = double(step * w[level] + w[level + 1], w[level])
        self.last = nn.Conv2d(w[0], 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A mask as large as the picture."""
        made = {(0, 0): self.nodes["0_0"](x)}
        for level in range(1, self.levels + 1):
            made[level, 0] = self.nodes[f"{level}_0"](F.max_pool2d(made[level - 1, 0], 2))
        for step in range(1, self.levels + 1):
            for level in range(self.levels - step + 1):
                below = F.interpolate(
                    made[level + 1, step - 1], scale_factor=2, mode="bilinear", align_corners=True
                )
                row = [made[level, number] for number in range(step)]
                made[level, step] = self.nodes[f"{level}_{step}"](torch.cat([*row, below], 1))
        return self.last(made[0, self.levels])


class Gated(nn.Module):
    """Attention U-Net."""

    def __init__(self, width: int, levels: int) -> None:
        super().__init__()
        w = [width << level for level in range(levels + 1)]
        self.down = nn.ModuleList(double(a, b) for a, b in zip([3, *w], w, strict=False))
        self.up = nn.ModuleList()
        for level in range(levels - 1, -1, -1):
            inside = w[level] // 2
            self.up.append(
                nn.ModuleList(
                    [
                        unit(w[level + 1], w[level]),
                        nn.Sequential(nn.Conv2d(w[level], inside, 1), nn.BatchNorm2d(inside)),
                        nn.Sequential(nn.Conv2d(w[level], inside, 1), nn.BatchNorm2d(inside)),
                        nn.Sequential(nn.Conv2d(inside, 1, 1), nn.BatchNorm2d(1), nn.Sigmoid()),
                        double(2 * w[level], w[level]),
                    ]
                )
            )
        self.last = nn.Conv2d(width, 1, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A mask as large as the picture."""
        kept = []
        for number, layer in enumerate(self.down):
            x = layer(F.max_pool2d(x, 2) if number else x)
            kept.append(x)
        kept.pop()
        for enlarge, asks, has, say, mix in self.up:
            x = enlarge(F.interpolate(x, scale_factor=2))
            other = kept.pop()
            other = other * say((asks(x) + has(other)).relu())
            x = mix(torch.cat([other, x], 1))
        return self.last(x)


def test_segnet_equals_a_reference() -> None:
    equal(network("segnet", (3, 32, 64)), SegNet(11), torch.randn(2, 3, 32, 64))


def test_unet_plus_plus_equals_a_reference() -> None:
    equal(network("unet_plus_plus", (3, 16, 24), width=4, levels=3), Nested(4, 3), torch.randn(2, 3, 16, 24))


def test_attention_unet_equals_a_reference() -> None:
    equal(network("attention_unet", (3, 16, 24), width=4, levels=3), Gated(4, 3), torch.randn(2, 3, 16, 24))


def test_every_depth_answers() -> None:
    flow = network("unet_plus_plus", deep=True)
    assert list(flow.outputs) == ["masks1", "masks2", "masks3", "masks4"]


test_what_cannot_be_is_refused = refused(
    wrong("segnet", "32 has to divide", (3, 100, 96)),
    wrong("unet_plus_plus", "1 to 6 levels", levels=0),
    wrong("attention_unet", "16 has to divide", (3, 100, 96)),
)
