"""Gallery networks: worked out from cold against torchinfo; compiled and run against the same by hand."""

from __future__ import annotations

from collections.abc import Callable

import interleaved
import torch
from torch import nn
from torchinfo import summary

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver

DEEP = ("densenet264", "preact_resnet1001_cifar10")
CPU = torch.device("cpu")


class Bottleneck(nn.Module):
    """1×1, 3×3 with the stride, 1×1; a projection where the shape changes."""

    def __init__(self, before: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU()
        self.shortcut: nn.Module = nn.Identity()
        if stride > 1 or before != 4 * width:
            projection = nn.Conv2d(before, 4 * width, 1, stride, bias=False)
            self.shortcut = nn.Sequential(projection, nn.BatchNorm2d(4 * width))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(N, C, H, W) to (N, 4·width, H/stride, W/stride)."""
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.relu(self.bn2(self.conv2(y)))
        return self.relu(self.bn3(self.conv3(y)) + self.shortcut(x))


def resnet50() -> nn.Module:
    """ResNet-50 as one would type it in plain torch."""
    layers: list[nn.Module] = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    layers += [nn.MaxPool2d(3, 2, 1)]
    before = 64
    for width, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for number in range(blocks):
            layers.append(Bottleneck(before, width, 2 if number == 0 and width > 64 else 1))
            before = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def resolve_against_torchinfo(name: str, rounds: int) -> dict[str, float]:
    """Shapes, parameters and cost of every layer, from nothing known."""
    document = find(name).build()
    flow = Resolver(registry()).resolve(document)
    module = compile_flow(flow, name, CPU).module
    given = [torch.zeros(1, *tensor.shape) for tensor in flow.inputs.values() if tensor]

    def peer() -> object:
        return str(summary(module, input_data=given, verbose=0, depth=9))

    def ours() -> object:
        return Resolver(registry()).resolve(document)

    def with_building() -> object:
        return list(Resolver(registry()).resolve(find(name).build()).walk())

    cases: dict[str, Callable[[], object]] = {
        "torchinfo": peer,
        "resolve, cold": ours,
        "build, resolve, every leaf listed": with_building,
    }
    title = f"{name}: {flow.leaves:,} layers"
    return interleaved.report(title, interleaved.measure(cases, rounds), "torchinfo")


def compile_and_run(rounds: int) -> dict[str, float]:
    """From the resolved design, or from the class, to the first answer."""
    picture = torch.rand(1, 3, 224, 224)
    flow: Flow = Resolver(registry()).resolve(find("resnet50").build())
    assert flow.parameters == sum(p.numel() for p in resnet50().parameters())

    def answer(model: nn.Module) -> object:
        with torch.no_grad():
            return model.eval()(picture)

    cases: dict[str, Callable[[], object]] = {
        "by hand: build and run": lambda: answer(resnet50()),
        "compile and run": lambda: answer(compile_flow(flow, "resnet50", CPU).module),
    }
    return interleaved.report("ResNet-50", interleaved.measure(cases, rounds), "by hand: build and run")


def main() -> None:
    options = interleaved.arguments(7)
    torch.set_num_threads(1)
    ratios: dict[str, object] = {name: resolve_against_torchinfo(name, options.rounds) for name in DEEP}
    ratios["resnet50"] = compile_and_run(options.rounds)
    interleaved.keep(options.out, ratios)


if __name__ == "__main__":
    main()
