"""Residual blocks of other widths, gated shortcuts and shortcuts that can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from samples import Built, build
from torch import Tensor, nn

from explorer.blocks.registry import registry
from explorer.engine.modules.reversible import Reversible
from explorer.engine.modules.stochastic import StochasticDepth
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as MemoEntry
from explorer.graph.tensor import image, sequence, vector

torch.set_num_threads(1)
X = image(4, 6, 6)


def values(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def total(x: MemoEntry, *steps: tuple[str, dict[str, Any]]) -> int:
    """Weights of blocks in a row."""
    resolver = Resolver(registry())
    found = 0
    for name, fields in steps:
        known = resolver.block(registry().configure(name, fields), (x,))
        assert known.shape_error is None, known.shape_error
        found += known.parameters
        assert known.outputs[0] is not None
        x = known.outputs[0]
    return found


def refusal(block: str, *inputs: MemoEntry, **fields: Any) -> str:
    shape_error = Resolver(registry()).block(registry().configure(block, fields), inputs).shape_error
    assert isinstance(shape_error, ShapeError)
    return shape_error.message


# wide


@pytest.mark.block("wide_residual")
def test_wrn_28_10_has_its_published_number_of_weights() -> None:
    units = [
        ("wide_residual", {"filters": filters, "k": 10, "stride": 2 if stage and not number else 1})
        for stage, filters in enumerate((16, 32, 64))
        for number in range(4)
    ]
    stem = ("conv2d", {"filters": 16, "kernel": 3, "padding": 1, "bias": False})
    head = [("batch_norm", {}), ("relu", {}), ("global_pool", {}), ("linear", {"features": 10})]
    assert total(image(3, 32, 32), stem, *units, *head) == 36_479_194


@pytest.mark.block("wide_residual")
def test_weights_of_a_wide_block_grow_with_the_square_of_k() -> None:
    def convolutions(k: int) -> int:
        model = build("wide_residual", image(8 * k, 6, 6), filters=8, k=k)
        return sum(p.numel() for p in model.parameters() if p.dim() == 4)

    assert convolutions(1) == 2 * 9 * 8 * 8
    assert convolutions(3) == 9 * convolutions(1)
    assert convolutions(5) == 25 * convolutions(1)


@pytest.mark.block("wide_residual")
def test_dropout_stands_between_the_convolutions_and_acts_in_training_only() -> None:
    model = build("wide_residual", X, filters=4, k=1, drop=0.5)
    order = [name for name in model.level.parts if name not in ("x", "y")]
    assert order == ["bn1", "relu1", "conv1", "bn2", "relu2", "drop", "conv2", "add"]
    model.eval()
    x = values(2, 4, 6, 6)
    assert torch.equal(model(x)[0], model(x)[0])
    assert "drop" not in build("wide_residual", X, filters=4, k=1, drop=0.0).level.parts


@pytest.mark.block("wide_residual")
def test_a_wide_block_is_a_preactivated_residual_block() -> None:
    torch.manual_seed(0)
    for stride, filters in ((1, 4), (2, 5)):
        wide = build("wide_residual", X, filters=filters, k=1, stride=stride, drop=0.0).eval()
        plain = build("residual", X, filters=filters, stride=stride, form="full_preact").eval()
        plain.load_state_dict(wide.state_dict())
        x = values(2, 4, 6, 6)
        torch.testing.assert_close(wide(x)[0], plain(x)[0])


# pyramidal


def pyramid(depth: int, alpha: int, form: str, classes: int) -> int:
    """Weights of a whole PyramidNet for CIFAR."""
    per_stage = (depth - 2) // (9 if form == "bottleneck" else 6)
    units, wide, steps = 3 * per_stage, 16.0, []
    for number in range(units):
        wide += alpha / units
        stride = 2 if number and number % per_stage == 0 else 1
        fields = {"form": form, "width": round(wide), "stride": stride, "alpha": alpha, "units": units}
        steps.append(("pyramidal_residual", fields))
    stem = [("conv2d", {"filters": 16, "kernel": 3, "padding": 1, "bias": False}), ("batch_norm", {})]
    head = [("batch_norm", {}), ("relu", {}), ("global_pool", {}), ("linear", {"features": classes})]
    return total(image(3, 32, 32), *stem, *steps, *head)


@pytest.mark.block("pyramidal_residual")
@pytest.mark.parametrize(
    ("depth", "alpha", "form", "weights"),
    [
        (110, 48, "basic", 1_772_706),
        (110, 84, "basic", 3_904_446),
        (110, 270, "basic", 28_485_477),
        (164, 270, "bottleneck", 27_216_021),
    ],
)
def test_pyramidal_networks_have_their_published_sizes(
    depth: int, alpha: int, form: str, weights: int
) -> None:
    assert pyramid(depth, alpha, form, 10) == weights


@pytest.mark.block("pyramidal_residual")
def test_every_unit_adds_its_share_of_channels() -> None:
    x = image(16, 8, 8)
    for number in range(1, 5):
        known = build("pyramidal_residual", x, alpha=24, units=8).sample.outputs[0]
        assert known == image(16 + 3 * number, 8, 8)
        assert known is not None
        x = known
    narrow = build("pyramidal_residual", image(64, 8, 8), form="bottleneck", alpha=24, units=8).sample
    assert narrow.outputs == (image(4 * (16 + 3), 8, 8),)


@pytest.mark.block("pyramidal_residual")
@pytest.mark.parametrize("form", ["basic", "bottleneck"])
def test_a_silent_pyramidal_unit_passes_its_input_padded_with_zeros(form: str) -> None:
    model = build("pyramidal_residual", image(4, 7, 7), form=form, width=6, stride=2).eval()
    order = list(model.level.parts)
    assert order[0] == "bn0"
    assert order[-1] == "add"  # no activation behind the addition
    convs = [name for name in order if name.startswith("conv")]
    assert f"relu{len(convs)}" not in order
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.zeros_(module.weight)
    x = values(2, 4, 7, 7)
    y = model(x)[0]
    pooled = nn.functional.avg_pool2d(x, 2, ceil_mode=True, count_include_pad=False)
    torch.testing.assert_close(y[:, :4], pooled)
    assert y[:, 4:].eq(0).all()
    assert "can only grow" in refusal("pyramidal_residual", X, width=3)


# ResNeXt


def copy_into(paths: Built, grouped: Built, count: int, form: str) -> None:
    """Give separate paths the weights of the grouped form."""
    parts, theirs = dict(paths.level.parts.items()), dict(grouped.level.parts.items())
    for name in ("bn3", "projection", "projection_bn", *(["conv3"] if form == "b" else [])):
        if name in theirs:
            parts[name].load_state_dict(theirs[name].state_dict())
    for number in range(count):
        for name in ("conv1", "bn1", "conv2", "bn2", *(["conv3"] if form == "a" else [])):
            state = {
                key: value if value.dim() == 0 else value.chunk(count, 1 if name == "conv3" else 0)[number]
                for key, value in theirs[name].state_dict().items()
            }
            parts[f"path{number + 1}_{name}"].load_state_dict(state)


@pytest.mark.block("resnext")
@pytest.mark.parametrize("form", ["a", "b"])
@pytest.mark.parametrize(("filters", "stride"), [(6, 1), (8, 2)])
@pytest.mark.parametrize("training", [True, False])
def test_the_three_forms_are_numerically_equal(form: str, filters: int, stride: int, training: bool) -> None:
    torch.manual_seed(0)
    fields = {"cardinality": 3, "width": 2, "filters": filters, "stride": stride}
    grouped = build("resnext", image(6, 7, 7), form="c", **fields)
    for module in grouped.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias)
            assert module.running_mean is not None
            nn.init.uniform_(module.running_mean)
    paths = build("resnext", image(6, 7, 7), form=form, **fields)
    copy_into(paths, grouped, 3, form)
    assert paths.sample.parameters == grouped.sample.parameters
    assert paths.sample.macs == grouped.sample.macs
    x = values(4, 6, 7, 7)
    torch.testing.assert_close(
        paths.train(training)(x)[0], grouped.train(training)(x)[0], atol=1e-5, rtol=1e-4
    )


@pytest.mark.block("resnext")
def test_stacked_resnext_blocks_are_resnext_50() -> None:
    blocks = [
        (
            "resnext",
            {"filters": 256 << stage, "width": 4 << stage, "stride": 2 if stage and not number else 1},
        )
        for stage, depth in enumerate((3, 4, 6, 3))
        for number in range(depth)
    ]
    stem = [
        ("conv2d", {"filters": 64, "kernel": 7, "stride": 2, "padding": 3, "bias": False}),
        ("batch_norm", {}),
        ("max_pool", {"kernel": 3, "stride": 2, "padding": 1}),
    ]
    head = [("global_pool", {}), ("linear", {"features": 1000})]
    assert total(image(3, 224, 224), *stem, *blocks, *head) == 25_028_904


# stochastic depth


def test_stochastic_depth_drops_whole_samples_and_keeps_the_mean() -> None:
    torch.manual_seed(0)
    layer = StochasticDepth(0.25)
    y = layer(torch.ones(4_000, 2, 3))
    rows = y.flatten(1)
    assert (rows == rows[:, :1]).all()
    assert set(rows[:, 0].tolist()) == {0.0, torch.tensor(1 / 0.75).item()}
    assert abs(rows.mean().item() - 1) < 0.05
    x = values(3, 2)
    assert torch.equal(layer.eval()(x), x)
    assert layer.train()(x.bfloat16()).dtype == torch.bfloat16


# highway


FORMS = [
    ("conv", image(3, 5, 6)),
    ("conv", MemoEntry((3, 7), ("C", "T"))),
    ("dense", vector(5)),
    ("dense", sequence(4, 5)),
]


def layer_of(model: Built, x: Tensor) -> Tensor:
    """What H makes of x."""
    made: Tensor = model.level.parts["layer"](x)
    return made.relu()


@pytest.mark.block("highway")
@pytest.mark.parametrize(("form", "tensor"), FORMS)
def test_a_closed_gate_carries_and_an_open_gate_transforms(form: str, tensor: MemoEntry) -> None:
    torch.manual_seed(0)
    model = build("highway", tensor, form=form)
    x = values(2, *tensor.shape)
    parts: dict[str, Any] = dict(model.level.parts.items())
    nn.init.zeros_(parts["gate"].weight)
    nn.init.constant_(parts["gate_bias"].value, -200.0)
    torch.testing.assert_close(model(x)[0], x)
    nn.init.constant_(parts["gate_bias"].value, 200.0)
    torch.testing.assert_close(model(x)[0], layer_of(model, x))


@pytest.mark.block("highway")
@pytest.mark.parametrize(("form", "tensor"), FORMS)
def test_highway_mixes_by_the_formula(form: str, tensor: MemoEntry) -> None:
    torch.manual_seed(0)
    model = build("highway", tensor, form=form, gate_bias=-0.5)
    x = values(2, *tensor.shape)
    parts: dict[str, Any] = dict(model.level.parts.items())
    t = (parts["gate"](x) + parts["gate_bias"].value).sigmoid()
    h = layer_of(model, x)
    torch.testing.assert_close(model(x)[0], h * t + x * (1 - t), atol=1e-6, rtol=1e-5)


@pytest.mark.block("highway")
def test_the_gate_begins_mostly_closed() -> None:
    torch.manual_seed(0)
    model = build("highway", image(8, 6, 6))
    bias: Any = model.level.parts["gate_bias"]
    assert bias.value.eq(-2).all()
    assert bias.value.requires_grad
    x = values(4, 8, 6, 6)
    y = model(x)[0]
    assert (y - x).norm() < 0.3 * x.norm()
    with pytest.raises(BadField):
        registry().configure("highway", {"gate_bias": 0.5})
    assert "works along a last axis D" in refusal("highway", X, form="dense")


# reversible


def coupled(channels: int = 6, **fields: Any) -> Reversible:
    torch.manual_seed(0)
    model = build("reversible", image(channels, 5, 5), **fields).only
    assert isinstance(model, Reversible)
    for parameter in model.parameters():
        if parameter.dim() == 1:
            nn.init.uniform_(parameter, 0.5, 1.5)
    return model


def plainly(model: Reversible, x: Tensor) -> Tensor:
    """The couplings written out, with everything kept."""
    x1, x2 = x.chunk(2, 1)
    for f, g in zip(model.f, model.g, strict=True):
        x1 = x1 + f(x2)
        x2 = x2 + g(x1)
    return torch.cat([x1, x2], 1)


@pytest.mark.block("reversible")
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("order", ["bn_relu_conv", "conv_bn_relu"])
def test_the_inverse_rebuilds_the_input(training: bool, order: str) -> None:
    model = coupled(layers=4, order=order).train(training)
    x = values(3, 6, 5, 5)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with torch.no_grad():
        y = model(x)
        seen = {name: value.clone() for name, value in model.state_dict().items()}
        back = model.inverse(y)
    assert (y - x).abs().max() > 0.1
    torch.testing.assert_close(back, x, atol=1e-5, rtol=0)
    changed = any(not torch.equal(before[name], seen[name]) for name in seen)
    assert changed == training  # running averages move once, and not again while undoing
    assert all(torch.equal(value, seen[name]) for name, value in model.state_dict().items())


@pytest.mark.block("reversible")
@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("order", ["bn_relu_conv", "conv_bn_relu"])
def test_gradients_without_stored_activations_are_the_ordinary_ones(training: bool, order: str) -> None:
    model = coupled(layers=3, order=order, convs=1).train(training)
    frozen = next(model.parameters()).requires_grad_(False)
    weight = values(3, 6, 5, 5, seed=1)
    results = []
    state = {name: value.clone() for name, value in model.state_dict().items()}
    for run in (model, lambda x: plainly(model, x)):
        model.load_state_dict(state)
        model.zero_grad()
        x = values(3, 6, 5, 5).requires_grad_()
        y = run(x)
        (y * weight).sum().backward()
        assert x.grad is not None
        grads = [p.grad.clone() for p in model.parameters() if p.grad is not None]
        buffers = [b.clone() for b in model.buffers()]
        results.append([y.detach(), x.grad, *grads, *buffers])
    assert frozen.grad is None
    assert len(results[0]) == len(results[1])
    for ours, usual in zip(*results, strict=True):
        torch.testing.assert_close(ours, usual, atol=2e-4, rtol=2e-3)


def kept_bytes(run: Callable[[Tensor], Tensor]) -> int:
    """Bytes that autograd keeps for the backward pass."""
    sizes = []

    def pack(tensor: Tensor) -> Tensor:
        sizes.append(tensor.numel() * tensor.element_size())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        run(values(3, 6, 5, 5).requires_grad_()).sum()
    return sum(sizes)


@pytest.mark.block("reversible")
def test_stored_activations_do_not_grow_with_depth() -> None:
    kept = [kept_bytes(coupled(layers=layers)) for layers in (1, 2, 8)]
    assert kept == [3 * 6 * 5 * 5 * 4] * 3  # the output alone
    usual = []
    for layers in (1, 2, 8):
        model = coupled(layers=layers)
        usual.append(kept_bytes(lambda x, model=model: plainly(model, x)))  # type: ignore[misc]
    assert usual[0] < usual[1] < usual[2]
    assert usual[2] > 20 * kept[2]


@pytest.mark.block("reversible")
def test_reversible_layers_compile_whole_and_run_in_half_precision() -> None:
    torch._dynamo.reset()
    model = coupled(layers=2)
    x = values(2, 6, 5, 5)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), plainly(model, x), atol=1e-5, rtol=1e-4)
    x.requires_grad_()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = model(x)
    assert y.dtype == torch.float32
    y.sum().backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert all(p.grad is not None for p in model.parameters())


@pytest.mark.block("reversible")
def test_odd_channels_and_even_kernels_are_refused() -> None:
    assert "an odd number" in refusal("reversible", image(5, 4, 4))
    with pytest.raises(BadField, match="odd"):
        registry().configure("reversible", {"kernel": 4})
