"""DINO's head and a teacher that is the moving average of its student."""

import copy
from typing import Any

import pytest
import torch
from samples import build
from torch import Tensor
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import image, sequence, vector

torch.set_num_threads(1)


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def teacher_of(module: Any) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in module.named_buffers()}


@pytest.mark.block("ema_teacher")
def test_student_and_teacher_begin_equal() -> None:
    torch.manual_seed(0)
    model = build("ema_teacher", vector(6), layers=(5, 3), momentum=0.9)
    student, teacher = model(values(4, 6))
    torch.testing.assert_close(student, teacher)
    layers: Any = model.only.student
    torch.testing.assert_close(student, layers[1](F.gelu(layers[0](values(4, 6)))))
    assert model.sample.parameters == 6 * 5 + 5 + 5 * 3 + 3
    assert sum(p.numel() for p in model.parameters()) == model.sample.parameters


@pytest.mark.block("ema_teacher")
def test_the_teacher_has_no_gradient_and_follows_the_student() -> None:
    torch.manual_seed(0)
    momentum = 0.9
    model = build("ema_teacher", sequence(2, 6), layers=(5, 3), momentum=momentum)
    module: Any = model.only
    x = values(4, 2, 6).requires_grad_()
    _, teacher = model(x)
    assert not teacher.requires_grad
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    expected = teacher_of(module)
    for _ in range(3):
        student, teacher = model(x)
        for number, layer in enumerate(module.student, 1):
            for kind, weight in layer.named_parameters():
                name = f"teacher_{kind}{number}"
                expected[name] = momentum * expected[name] + (1 - momentum) * weight.detach()
        for name, tensor in module.named_buffers():
            torch.testing.assert_close(tensor, expected[name])
            assert not tensor.requires_grad
        optimizer.zero_grad()
        (student - 1).square().mean().backward()
        optimizer.step()
    hidden = F.gelu(F.linear(x, expected["teacher_weight1"], expected["teacher_bias1"]))
    with torch.no_grad():
        again = F.linear(hidden, expected["teacher_weight2"], expected["teacher_bias2"])
    torch.testing.assert_close(teacher, again)
    assert not torch.allclose(student, teacher, atol=1e-3)


@pytest.mark.block("ema_teacher")
def test_in_use_the_teacher_stands_still() -> None:
    torch.manual_seed(0)
    model = build("ema_teacher", vector(6), layers=(3,), momentum=0.5)
    module: Any = model.only
    with torch.no_grad():
        module.student[0].weight.add_(1.0)
    before = teacher_of(module)
    model.eval()(values(4, 6))
    assert all(torch.equal(tensor, before[name]) for name, tensor in module.named_buffers())
    model.train()(values(4, 6))
    assert not torch.equal(module.teacher_weight1, before["teacher_weight1"])


@pytest.mark.block("ema_teacher")
@pytest.mark.parametrize(("momentum", "moves"), [(1.0, 0.0), (0.0, 1.0)])
def test_the_ends_of_momentum(momentum: float, moves: float) -> None:
    torch.manual_seed(0)
    module: Any = build("ema_teacher", vector(6), layers=(3,), momentum=momentum).only
    before = module.teacher_weight1.clone()
    with torch.no_grad():
        module.student[0].weight.add_(2.0)
    module(values(4, 6))
    torch.testing.assert_close(module.teacher_weight1, before + 2.0 * moves)


@pytest.mark.block("ema_teacher")
def test_the_teacher_is_saved_with_the_weights() -> None:
    torch.manual_seed(0)
    model = build("ema_teacher", vector(6), layers=(4, 3), momentum=0.3)
    with torch.no_grad():
        model.only.student[0].weight.add_(1.0)  # type: ignore[index, operator]
    model(values(4, 6))
    other = build("ema_teacher", vector(6), layers=(4, 3), momentum=0.3)
    other.load_state_dict(model.state_dict())
    for one, two in zip(model.eval()(values(4, 6)), other.eval()(values(4, 6)), strict=True):
        assert torch.equal(one, two)
    assert torch.equal(copy.deepcopy(model)(values(4, 6))[1], model(values(4, 6))[1])


@pytest.mark.block("dino_head", "prototypes", "l2_norm")
@pytest.mark.parametrize("train", [True, False])
def test_dino_head_is_the_formula(train: bool) -> None:
    torch.manual_seed(0)
    model = build("dino_head", vector(6), hidden=8, bottleneck=5, features=7).train(train)
    parts: Any = model.level.parts
    x = values(4, 6)
    h = parts["fc3"](F.gelu(parts["fc2"](F.gelu(parts["fc1"](x)))))
    weight = parts["prototypes"].weight
    expected = F.cosine_similarity(h[:, None], weight[None], dim=-1)
    torch.testing.assert_close(model(x)[0], expected)
    assert model(x)[0].abs().max() <= 1 + 1e-6


@pytest.mark.block("dino_head")
def test_dino_head_of_vit_s() -> None:
    with torch.device("meta"):
        model = build("dino_head", vector(384), features=65_536)
    weights = 384 * 2048 + 2048 + 2048 * 2048 + 2048 + 2048 * 256 + 256 + 256 * 65_536
    assert model.sample.parameters == weights
    assert model.sample.outputs == (vector(65_536),)


@pytest.mark.block("dino_head")
def test_dino_head_with_batch_norm_stands_between() -> None:
    model = build("dino_head", vector(6), hidden=8, bottleneck=5, features=7, layers=2, batch_norm=True)
    assert [name for name in model.level.parts if name.startswith("bn")] == ["bn1"]
    configured = registry().configure("dino_head", {"batch_norm": True})
    shape_error = Resolver(registry()).block(configured, (sequence(3, 6),)).shape_error
    assert shape_error is not None
    assert "has batch norm" in shape_error.message


@pytest.mark.block("prototypes")
def test_learned_lengths_are_weight_norm() -> None:
    torch.manual_seed(0)
    model = build("prototypes", vector(6), features=4, lengths=True)
    module: Any = model.only
    with torch.no_grad():
        module.lengths.uniform_(0.5, 2.0)
    peer = torch.nn.utils.parametrizations.weight_norm(torch.nn.Linear(6, 4, bias=False))
    with torch.no_grad():
        peer.parametrizations.weight.original0.copy_(module.lengths)
        peer.parametrizations.weight.original1.copy_(module.weight)
    x = values(3, 6)
    torch.testing.assert_close(model(x)[0], peer(x))
    assert model.sample.parameters == sum(p.numel() for p in peer.parameters())


@pytest.mark.block("l2_norm")
@pytest.mark.parametrize("length", [None, 20.0])
def test_vectors_get_length_one(length: float | None) -> None:
    size = 1.0 if length is None else length
    maps = build("l2_norm", image(5, 3, 4), length=length)
    x = values(2, 5, 3, 4)
    y = maps(x)[0]
    torch.testing.assert_close(y.norm(dim=1), torch.full((2, 3, 4), size))
    torch.testing.assert_close(F.cosine_similarity(x, y, dim=1), torch.ones(2, 3, 4))
    assert maps.sample.parameters == (0 if length is None else 5)
    rows = build("l2_norm", sequence(3, 5), length=length)(values(2, 3, 5))[0]
    torch.testing.assert_close(rows.norm(dim=-1), torch.full((2, 3), size))
    assert build("l2_norm", vector(4))(torch.zeros(1, 4))[0].eq(0).all()
