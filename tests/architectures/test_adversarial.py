"""GANs: counts of the released code, and outputs against references written plainly."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from networks import equal, network, output, published, refused, wrong
from torch import nn

test_counts = published(
    ("dcgan_generator", 3_576_704),  # pytorch/examples, dcgan
    ("dcgan_discriminator", 2_765_568),
    ("pix2pix_generator", 54_413_955),  # unet_256 of the authors' PyTorch code, which prints 54.414 M
    ("patch_gan", 2_768_705),  # its basic discriminator with 6 channels: 2.769 M
    ("cyclegan_generator", 11_378_179),  # resnet_9blocks there: 11.378 M
)


def down(
    enter: int, leave: int, *, norm: bool = True, bias: bool = False, stride: int = 2
) -> list[nn.Module]:
    made: list[nn.Module] = [nn.Conv2d(enter, leave, 4, stride, 1, bias=bias)]
    return made + [nn.BatchNorm2d(leave)] * norm + [nn.LeakyReLU(0.2)]


def dcgan(width: int) -> nn.Module:
    sizes = [100, 8 * width, 4 * width, 2 * width, width]
    made: list[nn.Module] = [nn.Unflatten(1, (100, 1, 1))]
    for number, (enter, leave) in enumerate(pairwise(sizes)):
        step = (1, 0) if number == 0 else (2, 1)
        made += [nn.ConvTranspose2d(enter, leave, 4, *step, bias=False), nn.BatchNorm2d(leave), nn.ReLU()]
    return nn.Sequential(*made, nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh())


def judge(width: int) -> nn.Module:
    made = down(3, width, norm=False)
    for wider in (1, 2, 4):
        made += down(wider * width, 2 * wider * width)
    return nn.Sequential(*made, nn.Conv2d(8 * width, 1, 4, 1, 0, bias=False), nn.Sigmoid(), nn.Flatten())


class Patches(nn.Module):
    """The basic discriminator on a pair of pictures."""

    def __init__(self, width: int) -> None:
        super().__init__()
        made = down(6, width, norm=False, bias=True) + down(width, 2 * width) + down(2 * width, 4 * width)
        made += down(4 * width, 8 * width, stride=1)
        self.layers = nn.Sequential(*made, nn.Conv2d(8 * width, 1, 4, 1, 1))

    def forward(self, question: torch.Tensor, answer: torch.Tensor) -> torch.Tensor:
        """Scores of the pieces."""
        made: torch.Tensor = self.layers(torch.cat([question, answer], 1))
        return made


class Residual(nn.Module):
    """x plus what two mirrored convolutions make of it."""

    def __init__(self, width: int) -> None:
        super().__init__()
        row = []
        for last in (False, True):
            row += [nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)]
            row += [] if last else [nn.ReLU()]
        self.layers = nn.Sequential(*row)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The same size."""
        return x + self.layers(x)


def cycle(width: int, blocks: int) -> nn.Module:
    made: list[nn.Module] = [
        nn.ReflectionPad2d(3),
        nn.Conv2d(3, width, 7),
        nn.InstanceNorm2d(width),
        nn.ReLU(),
    ]
    for wide in (width, 2 * width):
        made += [nn.Conv2d(wide, 2 * wide, 3, 2, 1), nn.InstanceNorm2d(2 * wide), nn.ReLU()]
    made += [Residual(4 * width) for _ in range(blocks)]
    for wide in (4 * width, 2 * width):
        made += [nn.ConvTranspose2d(wide, wide // 2, 3, 2, 1, 1), nn.InstanceNorm2d(wide // 2), nn.ReLU()]
    return nn.Sequential(*made, nn.ReflectionPad2d(3), nn.Conv2d(width, 3, 7), nn.Tanh())


class UNet(nn.Module):
    """The generator of pix2pix, level by level."""

    def __init__(self, width: int, levels: int) -> None:
        super().__init__()
        widths = [min(width << level, 8 * width) for level in range(levels)]
        self.down = nn.ModuleList()
        for level in range(levels):
            row: list[nn.Module] = [nn.LeakyReLU(0.2)] if level else []
            row += [nn.Conv2d(widths[level - 1] if level else 3, widths[level], 4, 2, 1, bias=False)]
            row += [nn.BatchNorm2d(widths[level])] if 0 < level < levels - 1 else []
            self.down.append(nn.Sequential(*row))
        self.up = nn.ModuleList()
        for level in range(levels - 1, -1, -1):
            enter = widths[level] * (1 if level == levels - 1 else 2)
            leave = widths[level - 1] if level else 3
            row = [nn.ReLU(), nn.ConvTranspose2d(enter, leave, 4, 2, 1, bias=not level)]
            self.up.append(nn.Sequential(*row, nn.BatchNorm2d(leave) if level else nn.Tanh()))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """A picture of the same size."""
        kept = []
        for layer in self.down:
            x = layer(x)
            kept.append(x)
        kept.pop()
        for number, layer in enumerate(self.up):
            x = layer(torch.cat([kept.pop(), x], 1) if number else x)
        return x


@pytest.mark.parametrize(
    ("id", "options", "reference", "shapes"),
    [
        ("dcgan_generator", {"width": 4}, dcgan(4), [(100,)]),
        ("dcgan_discriminator", {"width": 4}, judge(4), [(3, 64, 64)]),
        ("patch_gan", {"input": (3, 64, 64), "width": 4}, Patches(4), [(3, 64, 64)] * 2),
        ("cyclegan_generator", {"input": (3, 32, 32), "width": 4, "blocks": 2}, cycle(4, 2), [(3, 32, 32)]),
        ("pix2pix_generator", {"input": (3, 64, 64), "width": 4, "levels": 6}, UNet(4, 6), [(3, 64, 64)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_outputs_are_those_of_a_reference(
    id: str, options: dict[str, object], reference: nn.Module, shapes: list[tuple[int, ...]]
) -> None:
    torch.manual_seed(2)
    equal(network(id, **options), reference, *(torch.randn(2, *shape) for shape in shapes))


def test_three_ways_up_drop_a_half() -> None:
    flow = network("pix2pix_generator")
    drops = [address for address, node in flow.walk() if node.block and node.block.id == "dropout"]
    assert drops == ["up7.drop", "up6.drop", "up5.drop"]


def test_seventy_pixels() -> None:
    flow = network("patch_gan")
    assert output(flow) == (1, 30, 30)
    assert flow.receptive_field("judge").windows == (70, 70)


test_what_cannot_be_is_refused = refused(
    wrong("pix2pix_generator", "256 has to divide", (3, 128, 128)),
    wrong("dcgan_generator", "channels wide", width=0),
    wrong("cyclegan_generator", "0 to 64 residual blocks", blocks=-1),
)
