"""Convolutions: torch and plain sums as witnesses, and the counts that the lecture names."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import torch
from nets import chain, node, resolve
from reach import window_of
from samples import Built, build
from torch import nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph.catalogue import BadField
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor, image

AXES = {1: ("C", "T"), 2: ("C", "H", "W"), 3: ("C", "T", "H", "W")}
CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
TRANSPOSED = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}
each_dims = pytest.mark.parametrize("dims", [1, 2, 3])
torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def maps(channels: int, dims: int, sizes: tuple[int, ...] = (9, 8, 7)) -> Tensor:
    return Tensor((channels, *sizes[:dims]), AXES[dims])


def refusal(block: str, x: Tensor, **fields: Any) -> str:
    shape_error = Resolver(registry()).block(registry().configure(block, fields), (x,)).shape_error
    assert shape_error is not None
    return shape_error.message


# simple convolutions


@pytest.mark.block("conv1d", "conv2d", "conv3d")
@each_dims
@pytest.mark.parametrize("padding", [0, 2, "same"])
def test_convolutions_are_those_of_torch(dims: int, padding: int | str) -> None:
    stride = 1 if padding == "same" else 2
    model = build(
        f"conv{dims}d",
        maps(4, dims),
        filters=6,
        kernel=3,
        stride=stride,
        padding=padding,
        dilation=2,
        groups=2,
    )
    x = torch.randn(2, *model.sample.inputs[0].shape)  # type: ignore[union-attr]
    w, b = model.only.weight, model.only.bias
    torch.testing.assert_close(model(x)[0], CONV[dims](x, w, b, stride, padding, 2, 2))


@pytest.mark.block("conv2d")
def test_convolution_is_a_sum_over_a_window() -> None:
    model = build("conv2d", image(2, 5, 6), filters=3, kernel=(2, 3)).double()
    x = torch.randn(1, 2, 5, 6, dtype=torch.double)
    y, w, b = model(x)[0], model.only.weight, model.only.bias
    for i, j in product(range(4), range(4)):
        window = x[0, :, i : i + 2, j : j + 3]
        torch.testing.assert_close(y[0, :, i, j], (w * window).sum((1, 2, 3)) + b)


@pytest.mark.block("conv1d", "conv2d", "conv3d", "dilated_conv2d")
def test_output_size_is_the_number_of_places_of_the_window() -> None:
    for n, k, s, p, d in product((5, 8, 11), (1, 2, 3), (1, 2, 3), (0, 1), (1, 2)):
        extent = d * (k - 1) + 1
        places = len(range(0, n + 2 * p - extent + 1, s))
        fields = {"kernel": k, "stride": s, "padding": p, "dilation": d}
        for dims in (1, 2, 3):
            sample = build(f"conv{dims}d", maps(1, dims, (n, n, n)), filters=1, **fields).sample
            assert sample.outputs == (maps(1, dims, (places,) * 3),)
        assert build("dilated_conv2d", image(1, n, n), filters=1, **fields).sample.outputs == (
            image(1, places, places),
        )


@pytest.mark.block("conv1d", "conv2d", "conv3d")
@each_dims
@pytest.mark.parametrize(("kernel", "dilation"), [(1, 1), (3, 1), (4, 1), (3, 3), (2, 2)])
def test_same_padding_keeps_the_size(dims: int, kernel: int, dilation: int) -> None:
    model = build(f"conv{dims}d", maps(2, dims), filters=3, kernel=kernel, dilation=dilation, padding="same")
    x = torch.randn(1, 2, *(9, 8, 7)[:dims])
    assert model(x)[0].shape == (1, 3, *x.shape[2:])
    with pytest.raises(BadField, match="stride 1"):
        registry().configure(f"conv{dims}d", {"padding": "same", "stride": 2})


@pytest.mark.block("conv2d")
def test_a_shifted_input_shifts_the_output() -> None:
    model = build("conv2d", image(2, 8, 8), filters=3)
    x = torch.zeros(1, 2, 8, 8)
    x[:, :, 1:5, 1:5] = torch.randn(1, 2, 4, 4)
    moved = model(x.roll((2, 1), (2, 3)))[0]
    torch.testing.assert_close(moved[:, :, 2:, 1:], model(x)[0][:, :, :-2, :-1])


def seen_by(model: Built, x: Tensor, place: int) -> list[int]:
    """Rows of the input on which the output row `place` depends."""
    values = torch.randn(1, *x.shape, dtype=torch.double, requires_grad=True)
    model.double()(values)[0][:, :, place].square().sum().backward()
    assert values.grad is not None
    return values.grad[0].abs().sum((0, 2)).nonzero().flatten().tolist()


@pytest.mark.block("dilated_conv2d")
def test_dilation_spreads_the_window_and_adds_no_weights() -> None:
    counts, macs = set(), set()
    for dilation in (1, 2, 3, 4):
        model = build("dilated_conv2d", image(2, 11, 11), filters=3, dilation=dilation)
        assert model.sample.outputs == (image(3, 11, 11),)
        assert seen_by(model, image(2, 11, 11), 5) == [5 - dilation, 5, 5 + dilation]
        receptive_field = window_of(Resolver(registry()), model.sample.block, (image(2, 11, 11),))
        assert receptive_field is not None
        assert receptive_field.windows == (dilation * 2 + 1,) * 2
        counts.add(model.sample.parameters)
        macs.add(model.sample.macs)
    assert (counts, len(macs)) == ({3 * 2 * 9 + 3}, 1)


@pytest.mark.block("dilated_conv2d")
def test_dilation_one_is_an_ordinary_convolution() -> None:
    model = build("dilated_conv2d", image(2, 6, 6), filters=3, dilation=1)
    x = torch.randn(2, 2, 6, 6)
    torch.testing.assert_close(model(x)[0], F.conv2d(x, model.only.weight, model.only.bias, padding=1))


# kernels that differ from place to place


def tiled(x: torch.Tensor, model: nn.Module, stride: int, padding: int) -> torch.Tensor:
    """Each place by itself, with the kernel whose turn it is."""
    w, b = model.weight, model.bias
    rows, columns, filters, _, height, width = w.shape
    padded = F.pad(x, (padding,) * 4)
    ends = [(n - k) // stride + 1 for n, k in zip(padded.shape[2:], (height, width), strict=True)]
    y = x.new_zeros(len(x), filters, *ends)
    for i, j in product(*map(range, ends)):
        window = padded[:, :, i * stride : i * stride + height, j * stride : j * stride + width]
        y[:, :, i, j] = F.linear(window.flatten(1), w[i % rows, j % columns].flatten(1))
        if b is not None:
            y[:, :, i, j] += b[i % rows, j % columns]
    return y


@pytest.mark.block("tiled_conv2d")
@pytest.mark.parametrize("period", [1, 2, (3, 2), 4])
@pytest.mark.parametrize(("stride", "padding", "bias"), [(1, 1, True), (2, 0, True), (1, 0, False)])
def test_tiled_kernels_take_turns(
    period: int | tuple[int, int], stride: int, padding: int, bias: bool
) -> None:
    fields = {"filters": 4, "kernel": (3, 2), "stride": stride, "padding": padding, "bias": bias}
    model = build("tiled_conv2d", image(3, 10, 9), period=period, **fields)
    x = torch.randn(2, 3, 10, 9)
    for mode in (True, False):
        torch.testing.assert_close(model.train(mode)(x)[0], tiled(x, model.only, stride, padding))
    t = (period, period) if isinstance(period, int) else period
    one = build("tiled_conv2d", image(3, 10, 9), period=1, **fields).sample.parameters
    assert model.sample.parameters == t[0] * t[1] * one


@pytest.mark.block("tiled_conv2d")
def test_period_one_is_a_convolution() -> None:
    model = build("tiled_conv2d", image(3, 6, 7), filters=4, period=1, stride=2)
    plain = build("conv2d", image(3, 6, 7), filters=4, stride=2, padding=1)
    with torch.no_grad():
        plain.only.weight.copy_(model.only.weight[0, 0])
        plain.only.bias.copy_(model.only.bias[0, 0])
    x = torch.randn(2, 3, 6, 7)
    torch.testing.assert_close(model(x)[0], plain(x)[0])
    assert model.sample.parameters == plain.sample.parameters
    assert model.sample.macs == plain.sample.macs


@pytest.mark.block("tiled_conv2d", "locally_connected2d")
def test_a_period_as_large_as_the_output_is_locally_connected() -> None:
    whole = build("tiled_conv2d", image(3, 5, 6), filters=4, period=(5, 6))
    local = build("locally_connected2d", image(3, 5, 6), filters=4)
    local.load_state_dict(whole.state_dict())
    x = torch.randn(2, 3, 5, 6)
    assert torch.equal(whole(x)[0], local(x)[0])
    assert whole.sample.parameters == local.sample.parameters == 5 * 6 * 4 * (3 * 9 + 1)
    assert "period of 6×6 kernels, but its output has only 5×6 places." in refusal(
        "tiled_conv2d", image(3, 5, 6), period=6
    )


@pytest.mark.block("locally_connected2d")
@pytest.mark.parametrize(("stride", "padding", "bias"), [(1, 1, True), (2, 0, False)])
def test_locally_connected_is_a_linear_layer_at_each_place(stride: int, padding: int, bias: bool) -> None:
    model = build("locally_connected2d", image(2, 6, 5), filters=3, stride=stride, padding=padding, bias=bias)
    x = torch.randn(2, 2, 6, 5)
    torch.testing.assert_close(model(x)[0], tiled(x, model.only, stride, padding))


@pytest.mark.block("tiled_conv2d", "locally_connected2d")
@pytest.mark.parametrize("block", ["tiled_conv2d", "locally_connected2d"])
def test_untied_kernels_compile_whole_and_run_in_half_precision(block: str) -> None:
    module = compile_flow(
        resolve(chain((2, 7, 7), node("it", block, filters=3))), "n", torch.device("cpu")
    ).module
    x = torch.randn(2, 2, 7, 7)
    compiled = torch.compile(module, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(x), module(x))
    with torch.autocast("cpu", torch.bfloat16):
        half = module(x)
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float(), module(x), atol=0.05, rtol=0.05)


@pytest.mark.block("tiled_conv2d", "locally_connected2d")
@pytest.mark.parametrize("block", ["tiled_conv2d", "locally_connected2d"])
def test_untied_kernels_start_like_a_convolution(block: str) -> None:
    weight = build(block, image(8, 6, 6), filters=16).only.weight.detach()
    plain = build("conv2d", image(8, 6, 6), filters=64).only.weight.detach()
    assert float(weight.std()) == pytest.approx(float(plain.std()), rel=0.1)
    assert weight.abs().max() <= plain.abs().max() * 1.05


# transposed convolutions


@pytest.mark.block("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
@each_dims
def test_transposed_convolution_is_the_adjoint(dims: int) -> None:
    """⟨C x, y⟩ = ⟨x, Cᵀ y⟩ with the same weights; it is not the inverse."""
    size = (9, 7, 5)[:dims]
    same: dict[str, Any] = {"kernel": 3, "stride": 2, "padding": 1, "bias": False}
    forward = build(f"conv{dims}d", maps(3, dims, size), filters=4, **same)
    back = build(f"conv_transpose{dims}d", forward.sample.outputs[0], filters=3, **same)
    assert back.sample.outputs == (maps(3, dims, size),)
    with torch.no_grad():
        back.only.weight.copy_(forward.only.weight)
    forward, back = forward.double(), back.double()
    x = torch.randn(1, 3, *size, dtype=torch.double)
    cx = forward(x)[0]
    y = torch.randn_like(cx)
    torch.testing.assert_close((cx * y).sum(), (x * back(y)[0]).sum())
    assert not torch.allclose(back(cx)[0], x)


@pytest.mark.block("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
@each_dims
def test_transposed_sizes_and_values_are_those_of_torch(dims: int) -> None:
    for k, s, p, e, d in product((2, 3), (1, 2, 3), (0, 1), (0, 1), (1, 2)):
        if e >= max(s, d):
            continue
        x = maps(4, dims, (4, 3, 2))
        fields = {"kernel": k, "stride": s, "padding": p, "extra": e, "dilation": d}
        sizes = tuple((n - 1) * s - 2 * p + d * (k - 1) + e + 1 for n in x.spatial)
        if min(sizes) < 1:
            continue
        model = build(f"conv_transpose{dims}d", x, filters=6, groups=2, **fields)
        assert model.sample.outputs == (Tensor((6, *sizes), AXES[dims]),)
        values = torch.randn(1, *x.shape)
        w, b = model.only.weight, model.only.bias
        torch.testing.assert_close(model(values)[0], TRANSPOSED[dims](values, w, b, s, p, e, 2, d))
    with pytest.raises(BadField, match="less than the stride"):
        registry().configure(f"conv_transpose{dims}d", {"stride": 2, "extra": 2})


@pytest.mark.block("conv_transpose2d")
def test_every_value_lays_a_copy_of_the_kernel() -> None:
    model = build("conv_transpose2d", image(1, 3, 3), filters=1, kernel=2, stride=2, bias=False)
    x = torch.randn(1, 1, 3, 3)
    torch.testing.assert_close(model(x)[0][0, 0], torch.kron(x[0, 0], model.only.weight[0, 0]))


# factors


@pytest.mark.block("pointwise_conv2d")
def test_pointwise_example_of_the_lecture() -> None:
    model = build("pointwise_conv2d", image(192, 28, 28), filters=32, bias=False)
    assert model.sample.parameters == 6_144
    assert model.sample.macs == 4_816_896
    assert model.sample.outputs == (image(32, 28, 28),)


@pytest.mark.block("pointwise_conv2d")
def test_pointwise_is_a_linear_layer_over_the_channels() -> None:
    model = build("pointwise_conv2d", image(5, 3, 4), filters=2)
    x = torch.randn(2, 5, 3, 4)
    weight, bias = model.only.weight[:, :, 0, 0], model.only.bias
    expected = F.linear(x.movedim(1, -1), weight, bias).movedim(-1, 1)
    torch.testing.assert_close(model(x)[0], expected)


@pytest.mark.block("flattened_conv2d")
@pytest.mark.parametrize(("stride", "padding"), [(1, 1), (2, 1), (1, "same"), (1, 0)])
def test_three_lines_are_the_filter_that_is_their_outer_product(stride: int, padding: int | str) -> None:
    x = image(4, 8, 7)
    model = build("flattened_conv2d", x, filters=5, kernel=(3, 5), stride=stride, padding=padding)
    assert model.sample.parameters == 5 * (4 + 3 + 5) + 5
    lateral, vertical, horizontal = (
        model.level.parts[name].weight for name in ("lateral", "vertical", "horizontal")
    )
    full = lateral * vertical * horizontal  # (5, 4, 1, 1) · (5, 1, 3, 1) · (5, 1, 1, 5)
    assert full.shape == (5, 4, 3, 5)
    values = torch.randn(2, *x.shape)
    bias = model.level.parts["horizontal"].bias
    torch.testing.assert_close(model(values)[0], F.conv2d(values, full, bias, stride, padding))
    whole = build("conv2d", x, filters=5, kernel=(3, 5), stride=stride, padding=padding).sample
    assert whole.outputs == model.sample.outputs
    assert whole.parameters - 5 == 5 * 4 * 3 * 5


@pytest.mark.block("spatial_separable_conv2d")
def test_two_lines_are_a_filter_of_rank_one() -> None:
    model = build(
        "spatial_separable_conv2d", image(1, 7, 8), filters=1, kernel=(3, 5), padding=(1, 2), bias=False
    )
    across, down = model.level.parts["horizontal"].weight, model.level.parts["vertical"].weight
    assert (across.shape, down.shape) == ((1, 1, 1, 5), (1, 1, 3, 1))
    full = down * across
    assert torch.linalg.matrix_rank(full[0, 0]) == 1
    x = torch.randn(2, 1, 7, 8)
    torch.testing.assert_close(model(x)[0], F.conv2d(x, full, padding=(1, 2)))


@pytest.mark.block("spatial_separable_conv2d")
@pytest.mark.parametrize("stride", [1, 2])
def test_separable_lines_mix_all_channels(stride: int) -> None:
    model = build("spatial_separable_conv2d", image(3, 7, 7), filters=4, between=2, stride=stride, bias=False)
    across, down = model.level.parts["horizontal"].weight, model.level.parts["vertical"].weight
    full = torch.einsum("omi,mcj->ocij", down[..., 0], across[:, :, 0])
    x = torch.randn(2, 3, 7, 7)
    torch.testing.assert_close(model(x)[0], F.conv2d(x, full, stride=stride, padding=1))
    assert model.sample.parameters == 3 * (2 * 3 + 4 * 2)
    n = 7
    wide = build(
        "spatial_separable_conv2d", image(8, 9, 9), filters=8, kernel=n, padding=3, bias=False
    ).sample
    whole = build("conv2d", image(8, 9, 9), filters=8, kernel=n, padding=3, bias=False).sample
    assert wide.parameters / whole.parameters == pytest.approx(2 / n)
    assert "relu" in build("spatial_separable_conv2d", image(3, 7, 7), activation_between=True).level.parts


@pytest.mark.block("depthwise_conv2d")
def test_depthwise_treats_each_channel_by_itself() -> None:
    model = build("depthwise_conv2d", image(3, 6, 6), multiplier=2)
    x = torch.randn(2, 3, 6, 6)
    y, w, b = model(x)[0], model.only.weight, model.only.bias
    for out in range(6):
        alone = F.conv2d(x[:, out // 2, None], w[out, None], b[out, None], padding=1)
        torch.testing.assert_close(y[:, out, None], alone)


@pytest.mark.block("depthwise_separable_conv2d", "depthwise_conv2d")
def test_depthwise_separable_costs_the_promised_share() -> None:
    x = image(16, 10, 10)
    full = build("conv2d", x, filters=32, kernel=3, padding=1, bias=False).sample
    cheap = build("depthwise_separable_conv2d", x, filters=32, kernel=3, padding=1).sample
    assert cheap.macs / full.macs == pytest.approx(1 / 32 + 1 / 9)
    assert cheap.parameters == 16 * 9 + 32 * 16


@pytest.mark.block("depthwise_separable_conv2d")
def test_order_and_activation_of_the_two_steps() -> None:
    x = image(4, 6, 6)
    names = {
        (first, between): list(
            build(
                "depthwise_separable_conv2d", x, filters=6, pointwise_first=first, activation_between=between
            ).level.parts
        )
        for first, between in product((False, True), repeat=2)
    }
    assert names == {
        (False, False): ["depthwise", "pointwise"],
        (False, True): ["depthwise", "relu", "pointwise"],
        (True, False): ["pointwise", "depthwise"],
        (True, True): ["pointwise", "relu", "depthwise"],
    }
    model = build("depthwise_separable_conv2d", x, filters=6)  # linear in between: one full convolution
    down, mix = model.level.parts["depthwise"].weight, model.level.parts["pointwise"].weight
    values = torch.randn(2, 4, 6, 6)
    full = mix * down[:, 0][None]
    torch.testing.assert_close(model(values)[0], F.conv2d(values, full, padding=1))


# groups


@pytest.mark.block("grouped_conv2d")
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
    assert "does not divide the 6 channels" in refusal("grouped_conv2d", image(6, 5, 5), groups=4)
    assert "does not divide its 5 filters" in refusal("grouped_conv2d", image(6, 5, 5), groups=3, filters=5)


@pytest.mark.block("grouped_conv2d")
def test_the_three_forms_of_the_resnext_figure_are_equal() -> None:
    """(a) a sum of narrow paths, (b) paths joined before the last 1×1, (c) one grouped convolution."""
    paths, width, channels = 4, 2, 12
    narrow = torch.randn(paths * width, channels, 1, 1)
    grouped = build(
        "grouped_conv2d", image(paths * width, 6, 6), filters=paths * width, groups=paths, bias=False
    )
    middle = grouped.only.weight
    wide = torch.randn(channels, paths * width, 1, 1)
    x = torch.randn(2, channels, 6, 6)
    c = F.conv2d(grouped(F.conv2d(x, narrow).relu())[0].relu(), wide)
    parts = [slice(width * n, width * (n + 1)) for n in range(paths)]
    ends = [F.conv2d(F.conv2d(x, narrow[part]).relu(), middle[part], padding=1).relu() for part in parts]
    b = F.conv2d(torch.cat(ends, 1), wide)
    summands = [F.conv2d(y, wide[:, part]) for y, part in zip(ends, parts, strict=True)]
    a = torch.stack(summands).sum(0)
    torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(b, c, atol=1e-5, rtol=1e-4)


@pytest.mark.block("channel_shuffle")
@pytest.mark.parametrize("groups", [1, 2, 3, 4, 6, 12])
def test_shuffling_back_is_shuffling_with_the_other_number_of_groups(groups: int) -> None:
    x = torch.randn(2, 12, 3, 3)
    there = build("channel_shuffle", image(12, 3, 3), groups=groups)(x)[0]
    assert torch.equal(there, x) == (groups in (1, 12))
    assert torch.equal(there, nn.ChannelShuffle(groups)(x))
    assert torch.equal(there, x.reshape(2, groups, 12 // groups, 3, 3).transpose(1, 2).reshape(2, 12, 3, 3))
    assert torch.equal(build("channel_shuffle", image(12, 3, 3), groups=12 // groups)(there)[0], x)


@pytest.mark.block("shuffled_grouped_conv2d")
def test_a_shuffled_grouped_convolution_is_both() -> None:
    model = build("shuffled_grouped_conv2d", image(6, 5, 5), filters=9, groups=3)
    conv = model.level.parts["conv"]
    x = torch.randn(2, 6, 5, 5)
    y = F.conv2d(x, conv.weight, conv.bias, padding=1, groups=3)
    torch.testing.assert_close(model(x)[0], nn.ChannelShuffle(3)(y))
    assert model.sample.parameters == 9 * (6 // 3) * 9 + 9
    assert torch.equal(nn.ChannelShuffle(9 // 3)(model(x)[0]), y)


@pytest.mark.block("shuffled_grouped_conv2d", "grouped_conv2d")
@pytest.mark.parametrize(("block", "crosses"), [("shuffled_grouped_conv2d", True), ("grouped_conv2d", False)])
def test_two_in_a_row_reach_all_channels_only_with_the_shuffle(block: str, crosses: bool) -> None:
    first, second = (build(block, image(9, 1, 1), filters=9, groups=3) for _ in range(2))
    x = torch.randn(1, 9, 1, 1, requires_grad=True)
    second(first(x)[0])[0][0, 0].sum().backward()
    assert x.grad is not None
    assert int(x.grad.count_nonzero()) == (9 if crosses else 3)
