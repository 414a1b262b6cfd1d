"""Fully connected blocks, activations and plumbing: the properties that the lecture shows."""

import math

import pytest
import torch
from samples import Built, build
from torch import nn

from explorer.blocks.registry import registry
from explorer.engine.modules.linear import RestrictedBoltzmann
from explorer.graph.catalogue import ShapeError
from explorer.graph.tensor import Tensor, image, sequence, vector

CORNERS = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
torch.set_num_threads(1)


@pytest.mark.block("linear")
@pytest.mark.parametrize(("bias", "truth"), [(-1.5, [0, 0, 0, 1]), (-0.5, [0, 1, 1, 1])], ids=["and", "or"])
def test_one_linear_layer_is_a_gate(bias: float, truth: list[int]) -> None:
    gate = build("fc_block", vector(2), layers=1, last="step")
    with torch.no_grad():
        linear(gate, "fc1").weight.fill_(1.0)
        linear(gate, "fc1").bias.fill_(bias)
    assert gate(CORNERS)[0].flatten().tolist() == truth


def linear(model: Built, name: str) -> nn.Linear:
    layer = model.level.parts[name]
    assert isinstance(layer, nn.Linear)
    return layer


def half_planes(corners: list[tuple[float, float]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Weights and biases that are ≥ 0 on the inner side of each edge; corners run anticlockwise."""
    rows, biases = [], []
    for (x1, y1), (x2, y2) in zip(corners, corners[1:] + corners[:1], strict=True):
        normal = (-(y2 - y1), x2 - x1)
        rows.append(normal)
        biases.append(-(normal[0] * x1 + normal[1] * y1))
    return torch.tensor(rows), torch.tensor(biases)


QUAD = [(-2.0, -1.0), (1.0, -1.5), (2.0, 1.0), (-1.0, 1.5)]
TRIANGLE = [(2.5, -2.0), (4.0, -2.0), (3.0, 3.0)]


def inside(points: torch.Tensor, corners: list[tuple[float, float]]) -> torch.Tensor:
    weight, bias = half_planes(corners)
    return (points @ weight.T + bias >= 0).all(-1)


@pytest.mark.block("fc_block")
def test_two_layers_cut_out_a_convex_region() -> None:
    model = build("fc_block", vector(2), layers=(4, 1), activation="step", last="step")
    assert model.sample.parameters == 17
    with torch.no_grad():
        weight, bias = half_planes(QUAD)
        linear(model, "fc1").weight.copy_(weight)
        linear(model, "fc1").bias.copy_(bias)
        linear(model, "fc2").weight.fill_(1.0)
        linear(model, "fc2").bias.fill_(-3.5)
    points = torch.rand(4_000, 2, generator=torch.Generator().manual_seed(0)) * 8 - 3
    answer = model(points)[0].flatten()
    assert torch.equal(answer == 1, inside(points, QUAD))
    assert set(answer.tolist()) == {0.0, 1.0}


@pytest.mark.block("fc_block")
def test_three_layers_join_regions() -> None:
    model = build("fc_block", vector(2), layers=(7, 2, 1), activation="step", last="step")
    assert model.sample.parameters == 40
    with torch.no_grad():
        planes = [half_planes(QUAD), half_planes(TRIANGLE)]
        linear(model, "fc1").weight.copy_(torch.cat([weight for weight, _ in planes]))
        linear(model, "fc1").bias.copy_(torch.cat([bias for _, bias in planes]))
        linear(model, "fc2").weight.zero_()
        linear(model, "fc2").weight[0, :4] = 1.0
        linear(model, "fc2").weight[1, 4:] = 1.0
        linear(model, "fc2").bias.copy_(torch.tensor([-3.5, -2.5]))
        linear(model, "fc3").weight.fill_(1.0)
        linear(model, "fc3").bias.fill_(-0.5)
    points = torch.rand(4_000, 2, generator=torch.Generator().manual_seed(1)) * 8 - 3
    answer = model(points)[0].flatten() == 1
    assert torch.equal(answer, inside(points, QUAD) | inside(points, TRIANGLE))
    ends = torch.tensor([[0.0, 0.0], [3.2, -1.5]])
    middle = ends.mean(0, keepdim=True)
    assert model(ends)[0].flatten().tolist() == [1.0, 1.0]
    assert model(middle)[0].item() == 0.0  # two points inside, their middle outside: not convex


@pytest.mark.block("autoencoder", "tied_autoencoder")
@pytest.mark.parametrize("tied", [False, True])
def test_autoencoder_gives_back_its_input_shape(tied: bool) -> None:
    model = build("autoencoder", vector(12), layers=(8, 3), tied=tied)
    y, code = model(torch.randn(5, 12))
    assert y.shape == (5, 12)
    assert code.shape == (5, 3)
    weights = 12 * 8 + 8 * 3
    assert model.sample.parameters == weights * (1 if tied else 2) + (8 + 3) + (8 + 12)


@pytest.mark.block("tied_autoencoder", "autoencoder")
def test_tied_decoder_multiplies_with_the_transposed_matrix() -> None:
    model = build("autoencoder", vector(6), layers=(4,), tied=True, activation="identity")
    matrix = next(p for p in model.parameters() if p.dim() == 2)
    x = torch.randn(3, 6)
    torch.testing.assert_close(model(x)[0], x @ matrix.T @ matrix)


@pytest.mark.block("linear")
def test_linear_is_torchs_on_any_leading_axes() -> None:
    torch.manual_seed(0)
    model = build("linear", sequence(3, 5), features=4)
    assert model.sample.parameters == 4 * 5 + 4
    x = torch.randn(2, 3, 5)
    weight, bias = model.only.weight, model.only.bias
    assert isinstance(weight, torch.Tensor)
    assert isinstance(bias, torch.Tensor)
    torch.testing.assert_close(model(x)[0], torch.einsum("nti,oi->nto", x, weight) + bias)


@pytest.mark.block("autoencoder")
def test_an_autoencoder_without_activations_finds_the_plane_of_the_data() -> None:
    torch.manual_seed(0)
    x = torch.randn(64, 2) @ torch.randn(2, 6)
    model = build("autoencoder", vector(6), layers=(2,), activation="identity")
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for _ in range(250):
        optimizer.zero_grad()
        loss = (model(x)[0] - x).square().mean()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.01 * x.square().mean().item()


@pytest.mark.block("rbm")
def test_rbm_gives_probabilities_in_both_directions() -> None:
    torch.manual_seed(0)
    model = build("rbm", vector(5), features=3, spread=1.0)
    v = torch.rand(4, 5)
    hidden, rebuilt = model(v)
    torch.testing.assert_close(hidden, torch.sigmoid(v @ model.only.weight.T + model.only.hidden_bias))  # type: ignore[operator, union-attr]
    assert ((rebuilt > 0) & (rebuilt < 1)).all()
    assert model.sample.parameters == 3 * 5 + 3 + 5


@pytest.mark.block("rbm")
def test_free_energy_falls_under_contrastive_divergence() -> None:
    torch.manual_seed(0)
    rows = torch.eye(4).repeat_interleave(3, 1)  # four patterns of twelve pixels
    data = rows.repeat(8, 1)
    model = RestrictedBoltzmann(12, 8, spread=0.01)
    other = torch.bernoulli(torch.full((64, 12), 0.25))
    before = (model.free_energy(data).mean() - model.free_energy(other).mean()).item()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
    for _ in range(400):
        optimizer.zero_grad()
        model.contrastive_divergence(data).backward()
        optimizer.step()
    after = (model.free_energy(data).mean() - model.free_energy(other).mean()).item()
    assert after < before - 1.0
    _, rebuilt = model(rows)
    assert (rebuilt - rows).abs().mean() < 0.2


@pytest.mark.block("rbm")
def test_free_energy_is_the_energy_summed_over_hidden_states() -> None:
    torch.manual_seed(0)
    model = RestrictedBoltzmann(4, 3, spread=1.0).double()
    v = torch.bernoulli(torch.full((5, 4), 0.5)).double()
    states = torch.cartesian_prod(*[torch.tensor([0.0, 1.0])] * 3).double()
    energy = -(v @ model.visible_bias)[:, None] - states @ model.hidden_bias - v @ model.weight.T @ states.T
    torch.testing.assert_close(model.free_energy(v), -(-energy).logsumexp(1))


@pytest.mark.parametrize(("name", "at_zero"), [("step", 1.0), ("sign", 0.0)])
@pytest.mark.parametrize("gradient", ["none", "straight_through"])
def test_hard_thresholds(name: str, at_zero: float, gradient: str) -> None:
    values = [-math.inf, -2.0, -1.0, -1e-30, -0.0, 0.0, 1e-30, 0.3, 1.0, 2.0, math.inf]
    x = torch.tensor([values], requires_grad=True)
    y = build(name, vector(len(values)), gradient=gradient)(x)[0]
    low = 0.0 if name == "step" else -1.0
    assert y.tolist() == [[low] * 4 + [at_zero] * 2 + [1.0] * 5]
    y.sum().backward()
    assert x.grad is not None
    passes = [float(abs(v) <= 1) for v in values] if gradient == "straight_through" else [0.0] * len(values)
    assert x.grad.tolist() == [passes]


def test_swish_is_silu_and_softmax_adds_up() -> None:
    x = torch.randn(2, 3, 4, 4)
    torch.testing.assert_close(build("swish", image(3, 4, 4))(x)[0], x * x.sigmoid())
    torch.testing.assert_close(build("softmax", image(3, 4, 4), axis=0)(x)[0].sum(1), torch.ones(2, 4, 4))


def test_smaller_tensors_stretch_along_the_sample_not_the_batch() -> None:
    maps, row = torch.randn(4, 3, 4, 5), torch.randn(4, 5)
    y = build("add", image(3, 4, 5), vector(5), broadcast=True)(maps, row)[0]
    torch.testing.assert_close(y, maps + row[:, None, None, :])
    y = build("multiply", vector(5), image(3, 4, 5), broadcast=True)(row, maps)[0]
    torch.testing.assert_close(y, maps * row[:, None, None, :])


def test_add_refuses_unequal_shapes_unless_asked() -> None:
    with pytest.raises(ShapeError, match="needs equal shapes"):
        registry().configure("add", {}).outputs_for((image(3, 4, 4), image(3, 1, 1)))


def test_a_constant_joins_any_batch() -> None:
    constant = build("constant", shape=(2, 4), start=0.5, learned=True)
    assert constant()[0].shape == (1, 2, 4)
    joined = build("concat", sequence(3, 4), sequence(2, 4), axis="T")
    y = joined(torch.zeros(5, 3, 4), *constant())[0]
    assert y.shape == (5, 5, 4)
    assert y[:, 3:].eq(0.5).all()
    assert build("constant", shape=(3, 3)).sample.outputs[0] == Tensor((3, 3), ("T", "D"))


def test_slice_and_split_undo_concat() -> None:
    a, b = torch.randn(2, 3, 4, 4), torch.randn(2, 3, 4, 4)
    joined = build("concat", image(3, 4, 4), image(3, 4, 4))(a, b)[0]
    for piece, whole in zip(build("split", image(6, 4, 4))(joined), (a, b), strict=True):
        torch.testing.assert_close(piece, whole)
    torch.testing.assert_close(build("slice", image(6, 4, 4), start=-3)(joined)[0], b)


@pytest.mark.block("digit_codes")
def test_the_nearest_drawing_wins() -> None:
    model = build("digit_codes", vector(84))
    codes = _codes(model)
    assert codes.shape == (10, 84)
    assert set(codes.unique().tolist()) == {-1.0, 1.0}
    scores = model(codes)[0]
    assert scores.argmax(1).tolist() == list(range(10))
    assert torch.equal(scores.diagonal(), torch.zeros(10))
    torch.manual_seed(0)
    x = torch.randn(3, 84)
    torch.testing.assert_close(model(x)[0], -torch.cdist(x, codes).square(), atol=1e-3, rtol=1e-4)
    assert model.sample.parameters == 0
    half = build("digit_codes", vector(168), classes=3)
    torch.testing.assert_close(_codes(half), codes[:3].repeat_interleave(2, 1))


def _codes(model: Built) -> torch.Tensor:
    """The drawings in the block's module."""
    (codes,) = (value for name, value in model.named_buffers() if name.endswith("codes"))
    return codes
