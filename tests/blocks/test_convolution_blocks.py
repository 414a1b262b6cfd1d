"""Convolutions: counts that the lecture names, and what deconvolution is."""

import pytest
import torch
from samples import build
from torch.nn import functional as F

from explorer.graph.tensor import Tensor, image

torch.set_num_threads(1)


def test_pointwise_example_of_the_lecture() -> None:
    model = build("pointwise_conv2d", image(192, 28, 28), filters=32, bias=False)
    assert model.sample.parameters == 6_144
    assert model.sample.macs == 4_816_896
    assert model.sample.outputs == (image(32, 28, 28),)


def test_pointwise_is_a_linear_layer_over_the_channels() -> None:
    model = build("pointwise_conv2d", image(5, 3, 4), filters=2)
    x = torch.randn(2, 5, 3, 4)
    weight, bias = model.only.weight[:, :, 0, 0], model.only.bias
    expected = F.linear(x.movedim(1, -1), weight, bias).movedim(-1, 1)
    torch.testing.assert_close(model(x)[0], expected)


@pytest.mark.parametrize("dims", [1, 2, 3])
def test_transposed_convolution_is_the_adjoint(dims: int) -> None:
    """⟨C x, y⟩ = ⟨x, Cᵀ y⟩ with the same weights; it is not the inverse."""
    torch.manual_seed(0)
    axes = {1: ("C", "T"), 2: ("C", "H", "W"), 3: ("C", "T", "H", "W")}[dims]
    size = (9, 7, 5)[:dims]
    forward = build(
        f"conv{dims}d", Tensor((3, *size), axes), filters=4, kernel=3, stride=2, padding=1, bias=False
    )
    back = build(
        f"conv_transpose{dims}d",
        forward.sample.outputs[0],
        filters=3,
        kernel=3,
        stride=2,
        padding=1,
        bias=False,
    )
    assert back.sample.outputs == (Tensor((3, *size), axes),)
    with torch.no_grad():
        back.only.weight.copy_(forward.only.weight)
    forward, back = forward.double(), back.double()
    x = torch.randn(1, 3, *size, dtype=torch.double)
    cx = forward(x)[0]
    y = torch.randn_like(cx)
    torch.testing.assert_close((cx * y).sum(), (x * back(y)[0]).sum())
    assert not torch.allclose(back(cx)[0], x)


def test_depthwise_separable_costs_the_promised_share() -> None:
    x = image(16, 10, 10)
    full = build("conv2d", x, filters=32, kernel=3, padding=1, bias=False).sample
    cheap = build("depthwise_separable_conv2d", x, filters=32, kernel=3, padding=1).sample
    assert cheap.macs / full.macs == pytest.approx(1 / 32 + 1 / 9)
    assert cheap.parameters == 16 * 9 + 32 * 16


def test_groups_divide_the_parameters_and_make_a_block_diagonal() -> None:
    full = build("conv2d", image(6, 5, 5), filters=4, bias=False)
    grouped = build("grouped_conv2d", image(6, 5, 5), filters=4, groups=2, padding=0, bias=False)
    assert grouped.sample.parameters * 2 == full.sample.parameters
    with torch.no_grad():
        full.only.weight.zero_()
        full.only.weight[:2, :3] = grouped.only.weight[:2]
        full.only.weight[2:, 3:] = grouped.only.weight[2:]
    x = torch.randn(2, 6, 5, 5)
    torch.testing.assert_close(full(x)[0], grouped(x)[0])


def test_shuffling_back_is_shuffling_with_the_other_number_of_groups() -> None:
    x = torch.randn(2, 12, 3, 3)
    there = build("channel_shuffle", image(12, 3, 3), groups=3)(x)[0]
    assert not torch.equal(there, x)
    assert torch.equal(build("channel_shuffle", image(12, 3, 3), groups=4)(there)[0], x)
    assert torch.equal(there, x.reshape(2, 3, 4, 3, 3).transpose(1, 2).reshape(2, 12, 3, 3))
