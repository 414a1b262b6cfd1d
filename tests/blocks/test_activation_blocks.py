"""Activations: each by its formula, by torch's function, and by what it is known for."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from samples import build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.graph.catalogue import ShapeError
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as Kind
from explorer.graph.tensor import image, sequence, tokens, vector

torch.set_num_threads(1)
LINE = torch.linspace(-8, 8, 321)  # 0 and the corners ±3 and 6 are among them
ROW = vector(len(LINE))


def curve(block: str, **fields: float | str) -> Tensor:
    """The activation over the line, in evaluation and in training."""
    model = build(block, ROW, **fields)
    trained, used = model(LINE[None])[0], model.eval()(LINE[None])[0]
    assert torch.equal(trained, used)
    return used[0].detach()


def slope(block: str, at: float, **fields: float | str) -> float:
    x = torch.tensor([[at]], requires_grad=True)
    build(block, vector(1), **fields)(x)[0].sum().backward()
    assert x.grad is not None
    return x.grad.item()


def refusal(block: str, *inputs: object, **fields: int | str) -> str:
    shape_error = Resolver(registry()).block(registry().configure(block, fields), inputs).shape_error  # type: ignore[arg-type]
    assert isinstance(shape_error, ShapeError)
    return shape_error.message


FORMULAS: list[tuple[str, dict[str, float | str], Callable[[Tensor], Tensor]]] = [
    ("identity", {}, lambda x: x),
    ("relu", {}, lambda x: torch.where(x > 0, x, 0.0)),
    ("relu6", {}, lambda x: x.clamp(0, 6)),
    ("leaky_relu", {}, lambda x: torch.where(x > 0, x, 0.01 * x)),
    ("leaky_relu", {"slope": 0.3}, lambda x: torch.where(x > 0, x, 0.3 * x)),
    ("prelu", {}, lambda x: torch.where(x > 0, x, 0.25 * x)),
    ("prelu", {"start": 0.5}, lambda x: torch.where(x > 0, x, 0.5 * x)),
    ("elu", {}, lambda x: torch.where(x > 0, x, x.exp() - 1)),
    ("elu", {"alpha": 2.0}, lambda x: torch.where(x > 0, x, 2 * (x.exp() - 1))),
    ("softplus", {}, lambda x: torch.log(1 + x.double().exp()).float()),
    ("softplus", {"beta": 2.0}, lambda x: torch.log(1 + (2 * x).double().exp()).float() / 2),
    ("gelu", {}, lambda x: x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))),
    (
        "gelu",
        {"approximation": "tanh"},
        lambda x: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
    ),
    ("sigmoid", {}, lambda x: 1 / (1 + torch.exp(-x))),
    ("hard_sigmoid", {}, lambda x: (x + 3).clamp(0, 6) / 6),
    ("tanh", {}, lambda x: (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))),
    ("swish", {}, lambda x: x / (1 + torch.exp(-x))),
    ("hard_swish", {}, lambda x: x * (x + 3).clamp(0, 6) / 6),
    ("softmax", {}, lambda x: x.exp() / x.exp().sum()),
    ("log_softmax", {}, lambda x: x - x.exp().sum().log()),
    ("sign", {}, lambda x: (x > 0).float() - (x < 0).float()),
    ("step", {}, lambda x: (x >= 0).float()),
]


@pytest.mark.block(
    "identity",
    "relu",
    "leaky_relu",
    "prelu",
    "elu",
    "gelu",
    "sigmoid",
    "tanh",
    "swish",
    "hard_swish",
    "softmax",
    "log_softmax",
    "softplus",
    "sign",
    "step",
)
@pytest.mark.parametrize(("block", "fields", "formula"), FORMULAS)
def test_every_activation_by_its_formula(
    block: str, fields: dict[str, float | str], formula: Callable[[Tensor], Tensor]
) -> None:
    torch.testing.assert_close(curve(block, **fields), formula(LINE), atol=1e-6, rtol=1e-5)


@pytest.mark.block("identity")
def test_identity_passes_anything_on_even_ids() -> None:
    ids = torch.tensor([[3, 1, 2]])
    assert build("identity", tokens(3))(ids)[0] is ids
    assert slope("identity", -2.0) == 1


@pytest.mark.block("relu", "leaky_relu", "prelu", "elu")
def test_slopes_of_the_rectifiers() -> None:
    for block in ("relu", "leaky_relu", "prelu", "elu"):
        assert slope(block, 3.0) == 1
    assert slope("relu", -3.0) == 0
    assert slope("leaky_relu", -3.0) == pytest.approx(0.01)
    assert slope("prelu", -3.0) == pytest.approx(0.25)
    assert slope("elu", -3.0) == pytest.approx(math.exp(-3))


@pytest.mark.block("relu")
def test_relu_is_its_own_square() -> None:
    once = curve("relu")
    assert torch.equal(once.relu(), once)
    assert once.min() == 0


@pytest.mark.block("leaky_relu")
def test_leaky_relu_with_slope_one_is_the_identity() -> None:
    assert torch.equal(curve("leaky_relu", slope=1.0), LINE)
    assert torch.equal(curve("leaky_relu", slope=0.0), LINE.relu())


@pytest.mark.block("prelu")
def test_prelu_learns_its_slope_for_all_or_for_each_channel() -> None:
    x = -torch.ones(2, 3, 4, 4)
    for slopes, count in (("one", 1), ("channel", 3)):
        model = build("prelu", image(3, 4, 4), slopes=slopes)
        (weight,) = model.parameters()
        assert weight.numel() == model.sample.parameters == count
        nn.init.uniform_(weight)
        y = model(x)[0]
        torch.testing.assert_close(y, x * weight.reshape(1, -1, 1, 1))
        y.sum().backward()
        assert weight.grad is not None
        torch.testing.assert_close(weight.grad, torch.full((count,), -2.0 * 48 / count))
    assert "slope for each channel" in refusal("prelu", sequence(3, 4), slopes="channel")


@pytest.mark.block("elu")
def test_elu_is_smooth_and_ends_at_minus_alpha() -> None:
    assert slope("elu", -1e-4) == pytest.approx(1, abs=1e-3)
    assert curve("elu", alpha=2.0)[0] == pytest.approx(-2, abs=1e-3)
    assert (curve("elu").diff() > 0).all()


@pytest.mark.block("softplus")
def test_softplus_rounds_the_corner_of_relu_off() -> None:
    assert curve("softplus").min() > 0
    assert slope("softplus", 0.3, beta=2.0) == pytest.approx(1 / (1 + math.exp(-0.6)))
    gap = curve("softplus", beta=10.0) - LINE.relu()
    assert gap.max() == pytest.approx(math.log(2) / 10)
    assert torch.equal(curve("softplus", threshold=3.0)[LINE > 3], LINE[LINE > 3])


@pytest.mark.block("gelu")
def test_gelu_weighs_by_the_normal_distribution() -> None:
    normal = torch.distributions.Normal(0.0, 1.0)
    torch.testing.assert_close(curve("gelu"), LINE * normal.cdf(LINE), atol=1e-6, rtol=1e-5)
    assert (curve("gelu") - curve("gelu", approximation="tanh")).abs().max() < 5e-4


@pytest.mark.block("sigmoid", "tanh")
def test_sigmoid_and_tanh_are_one_curve() -> None:
    torch.testing.assert_close(curve("tanh"), 2 * torch.sigmoid(2 * LINE) - 1, atol=1e-6, rtol=1e-5)
    torch.testing.assert_close(curve("sigmoid") + curve("sigmoid").flip(0), torch.ones_like(LINE))
    assert slope("sigmoid", 0.0) == 0.25
    assert slope("tanh", 0.0) == 1
    assert 0 < curve("sigmoid").min() < curve("sigmoid").max() < 1


@pytest.mark.block("swish")
def test_swish_is_silu_with_its_dip() -> None:
    torch.testing.assert_close(curve("swish"), F.silu(LINE))
    low = curve("swish").argmin()
    assert LINE[low] == pytest.approx(-1.28, abs=0.05)
    assert curve("swish")[low] == pytest.approx(-0.278, abs=1e-3)


@pytest.mark.block("hard_swish")
def test_hard_swish_stays_near_swish_and_ends_in_straight_lines() -> None:
    y = curve("hard_swish")
    assert (y - curve("swish")).abs().max() < 0.15
    assert y[LINE <= -3].eq(0).all()
    torch.testing.assert_close(y[LINE >= 3], LINE[LINE >= 3])


@pytest.mark.block("softmax")
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -3])
def test_softmax_adds_up_to_one_along_its_axis(axis: int) -> None:
    x = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0))
    y = build("softmax", image(3, 4, 5), axis=axis)(x)[0]
    dim = axis + 1 if axis >= 0 else axis
    torch.testing.assert_close(y.sum(dim), torch.ones(2, *y.sum(dim).shape[1:]))
    torch.testing.assert_close(y, x.softmax(dim))
    shifted = build("softmax", image(3, 4, 5), axis=axis)(x + 7)[0]
    torch.testing.assert_close(y, shifted)  # only differences of scores count


@pytest.mark.block("softmax")
@pytest.mark.parametrize(
    ("kind", "dim"),
    [
        (vector(5), 1),
        (sequence(3, 5), 2),
        (image(5, 3, 4), 1),
        (Kind((3, 4, 5), ("H", "W", "D")), 3),
        (Kind((2, 5, 3, 4), ("T", "C", "H", "W")), 2),
    ],
    ids=["D", "TD", "CHW", "HWD", "TCHW"],
)
def test_softmax_adds_up_over_the_channels_unless_told_otherwise(kind: Kind, dim: int) -> None:
    x = torch.randn(2, *kind.shape)
    torch.testing.assert_close(build("softmax", kind)(x)[0], x.softmax(dim))
    torch.testing.assert_close(build("log_softmax", kind)(x)[0], x.log_softmax(dim))


@pytest.mark.block("softmax")
def test_softmax_refuses_axes_that_are_not_there() -> None:
    assert "adds up along axis 2" in refusal("softmax", sequence(3, 4), axis=2)


HARD = [-math.inf, -2.0, -1.0, -1e-30, -0.0, 0.0, 1e-30, 0.3, 1.0, 2.0, math.inf]


@pytest.mark.block("sign", "step")
@pytest.mark.parametrize(("block", "below", "at_zero"), [("sign", -1.0, 0.0), ("step", 0.0, 1.0)])
@pytest.mark.parametrize("gradient", ["none", "straight_through"])
def test_thresholds_at_zero_and_their_gradients(
    block: str, below: float, at_zero: float, gradient: str
) -> None:
    x = torch.tensor([HARD], requires_grad=True)
    y = build(block, vector(len(HARD)), gradient=gradient)(x)[0]
    assert y.tolist() == [[below] * 4 + [at_zero] * 2 + [1.0] * 5]
    y.sum().backward()
    assert x.grad is not None
    passes = [float(abs(value) <= 1) for value in HARD]
    assert x.grad.tolist() == [passes if gradient == "straight_through" else [0.0] * len(HARD)]
