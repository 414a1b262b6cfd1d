"""EfficientNet-Lite0 with the weights that ship: exact counts, published scores, a cat that is a cat."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from explorer import resources
from explorer.architectures.efficientnet import LITE_EPS, STAGES
from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.local import LocalEngine
from explorer.graph.resolve import Resolver
from explorer.meaning import class_names
from explorer.protocol import events, requests
from explorer.protocol.records import Sample

PARAMETERS = (4_652_008, 5_416_680, 6_092_072, 8_197_096, 13_006_568)
"""Of Lite0 to Lite4, as timm counts them."""


@pytest.fixture(scope="module")
def engine() -> LocalEngine:
    return LocalEngine(find("efficientnet_lite0").build())


@pytest.mark.parametrize("scale", range(5))
def test_parameters_of_all_sizes(scale: int) -> None:
    document = find("efficientnet_lite0").build(scale=scale)
    flow = Resolver(registry()).resolve(document)
    assert not flow.faults
    assert flow.parameters == PARAMETERS[scale]


def by_hand(state: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """The network as its publisher writes it: margins of TensorFlow, no word of ours."""

    def norm(x: torch.Tensor, at: str) -> torch.Tensor:
        mean, var = state[f"{at}.running_mean"], state[f"{at}.running_var"]
        return F.batch_norm(x, mean, var, state[f"{at}.weight"], state[f"{at}.bias"], False, 0.0, LITE_EPS)

    def conv(x: torch.Tensor, weight: torch.Tensor, stride: int, groups: int = 1) -> torch.Tensor:
        kernel, size = weight.shape[-1], x.shape[-1]
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        before, after = total // 2, total - total // 2
        return F.conv2d(F.pad(x, (before, after, before, after)), weight, None, stride, 0, 1, groups)

    x = (x * 255 - 127) / 128
    x = F.relu6(norm(conv(x, state["stem.conv.weight"], 2), "stem.norm"))
    for number, (expansion, _, stride, _, repeats) in enumerate(STAGES, 1):
        for block in range(1, repeats + 1):
            at, y = f"stage{number}.block{block}", x
            if expansion != 1:
                y = F.relu6(norm(F.conv2d(y, state[f"{at}.expand.weight"]), f"{at}.expand_bn"))
            weight = state[f"{at}.depthwise.weight"]
            step = stride if block == 1 else 1
            y = F.relu6(norm(conv(y, weight, step, len(weight)), f"{at}.depthwise_bn"))
            y = norm(F.conv2d(y, state[f"{at}.narrow.weight"]), f"{at}.narrow_bn")
            x = x + y if step == 1 and x.shape == y.shape else y
    x = F.relu6(norm(F.conv2d(x, state["head.conv.weight"]), "head.norm")).mean((2, 3))
    return F.linear(x, state["head.fc.weight"], state["head.fc.bias"])


def test_it_computes_what_its_publisher_computes(engine: LocalEngine) -> None:
    stored = load_file(resources.weights_file("efficientnet_lite0"))
    state = {name: tensor.float() for name, tensor in stored.items()}
    assert sum(t.numel() for n, t in state.items() if "running" not in n) == PARAMETERS[0]
    x = torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        found = engine._state.model().module.eval()(x)
    assert torch.allclose(found, by_hand(state, x), atol=1e-4)


@pytest.mark.parametrize(
    ("photo", "name", "least"),
    [("chelsea", "Egyptian cat", 0.3), ("coffee", "espresso", 0.85), ("camera", "tripod", 0.9)],
)
def test_photographs_are_recognised(engine: LocalEngine, photo: str, name: str, least: float) -> None:
    path = str(resources.path("data", "photos") / f"{photo}.jpg")
    answer = engine.ask(requests.Answers(sample=Sample(path=path)))
    assert isinstance(answer, events.AnswerSet)
    (output,) = answer.outputs
    best = int(output.values.argmax())
    assert output.names[best] == name
    assert output.values[best] > least


def test_a_thousand_classes_are_those_of_imagenet_unless_the_data_say_otherwise() -> None:
    names = class_names.imagenet()
    assert len(names) == 1_000
    assert all(names)
    assert class_names.fitting(("a", "b"), 2) == ("a", "b")
    assert class_names.fitting(("a", "b"), 1_000) == names
    assert class_names.fitting((), 1_000, are_classes=False) == ()
    assert class_names.fitting(("a",), 10) == ()
