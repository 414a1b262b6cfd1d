"""Gates over channels and places, and attention modules: what passes, and how much of it."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from samples import Built, build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.engine import observe
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as MemoEntry
from explorer.graph.tensor import image
from explorer.meaning.exposing import exposing

torch.set_num_threads(1)
X = image(8, 6, 5)
GATES = (
    "se",
    "cse",
    "eca",
    "sse",
    "scse",
    "channel_attention",
    "spatial_attention",
    "cbam",
    "bam",
    "residual_attention",
)


def values(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def x_of(batch: int = 3) -> Tensor:
    return values(batch, *X.shape)


def parts(model: Built) -> dict[str, Any]:
    return dict(model.level.parts.items())


def refusal(block: str, *inputs: MemoEntry, **fields: Any) -> str:
    shape_error = Resolver(registry()).block(registry().configure(block, fields), inputs).shape_error
    assert isinstance(shape_error, ShapeError)
    return shape_error.message


def seen_of(model: Built, *inputs: Tensor) -> dict[str, Tensor]:
    """What the block exposes, through the addresses that it names."""
    found: dict[str, Tensor] = {}
    handles = []
    for name, address in model.sample.block.inside:
        part: Any = model.level
        for step in address.split("."):
            part = part.parts[step]

        def keep(_m: nn.Module, _i: Any, output: Tensor, name: str = name) -> None:
            found[name] = output.detach()

        handles.append(part.register_forward_hook(keep))
    model(*inputs)
    for handle in handles:
        handle.remove()
    return found


# all of them


@pytest.mark.block(*GATES)
@pytest.mark.parametrize("block", GATES)
def test_gates_lie_between_0_and_1_and_have_the_promised_shape(block: str) -> None:
    torch.manual_seed(0)
    assert registry()[block].exposes in observe.KINDS
    found = seen_of(build(block, X), x_of())
    shapes = {"channels": (3, 8, 1, 1), "places": (3, 1, 6, 5), "gate": (3, 8, 6, 5), "mask": (3, 8, 6, 5)}
    assert found
    for name, gate in found.items():
        assert gate.shape == shapes[name]
        assert gate.min() >= 0
        assert gate.max() <= 1
        assert gate.std() > 0


@pytest.mark.block("se", "cse", "eca", "channel_attention", "sse", "spatial_attention")
@pytest.mark.parametrize("block", ["se", "cse", "eca", "channel_attention", "sse", "spatial_attention"])
def test_the_output_is_the_input_times_the_gate(block: str) -> None:
    torch.manual_seed(0)
    model = build(block, X).eval()
    (gate,) = seen_of(model, x_of()).values()
    torch.testing.assert_close(model(x_of())[0], x_of() * gate)


# squeeze and excitation


@pytest.mark.block("se")
def test_squeeze_and_excitation_by_its_formula() -> None:
    torch.manual_seed(0)
    for reduction in (2, 4):
        assert build("se", image(32, 3, 3), reduction=reduction).sample.parameters == 2 * 32 * 32 // reduction
    assert build("se", image(32, 3, 3), squeezed=5, bias=True).sample.parameters == 2 * 32 * 5 + 32 + 5
    model = build("se", X, reduction=2, activation="swish", gate="hard_sigmoid", bias=True)
    reduce, restore = parts(model)["reduce"], parts(model)["restore"]
    mean = x_of().mean((2, 3), keepdim=True)
    factors = F.hardsigmoid(restore(F.silu(reduce(mean))))
    torch.testing.assert_close(model(x_of())[0], x_of() * factors)


@pytest.mark.block("cse")
def test_cse_is_squeeze_and_excitation_at_half_width() -> None:
    torch.manual_seed(0)
    ours, usual = build("cse", X), build("se", X, reduction=2)
    usual.load_state_dict(ours.state_dict())
    assert ours.sample.parameters == 2 * 8 * 4
    assert torch.equal(ours(x_of())[0], usual(x_of())[0])


@pytest.mark.block("eca")
def test_eca_compares_each_channel_with_its_neighbours() -> None:
    torch.manual_seed(0)
    model = build("eca", X, kernel=3)
    x = x_of()
    moved = x.clone()
    moved[:, 4] += 1
    gates, others = (seen_of(model, v)["channels"] for v in (x, moved))
    assert (gates != others).any(0).flatten().nonzero().flatten().tolist() == [3, 4, 5]
    weight = parts(model)["conv"].weight
    expected = F.conv1d(x.mean((2, 3))[:, None], weight, padding=1).sigmoid()[:, 0, :, None, None]
    torch.testing.assert_close(model(x)[0], x * expected)
    with pytest.raises(BadField, match="odd"):
        registry().configure("eca", {"kernel": 4})


@pytest.mark.block("eca")
@pytest.mark.parametrize(
    ("channels", "kernel"), [(1, 1), (16, 3), (64, 3), (96, 3), (128, 5), (256, 5), (2048, 7)]
)
def test_eca_works_out_its_kernel_from_the_channels(channels: int, kernel: int) -> None:
    exact = math.log2(channels) / 2 + 1 / 2
    assert abs(kernel - exact) <= 1  # no other odd number is nearer
    assert build("eca", image(channels, 3, 3)).sample.parameters == kernel


@pytest.mark.block("sse")
def test_sse_weighs_each_place_by_itself() -> None:
    torch.manual_seed(0)
    model = build("sse", X)
    assert model.sample.parameters == 8
    assert build("sse", X, bias=True).sample.parameters == 9
    x = x_of()
    moved = x.clone()
    moved[:, :, 2, 3] += 1
    changed = (model(x)[0] != model(moved)[0]).any(1)
    assert changed[:, 2, 3].all()
    changed[:, 2, 3] = False
    assert not changed.any()


@pytest.mark.block("scse")
@pytest.mark.parametrize("join", ["add", "max", "multiply", "concat"])
def test_scse_joins_both_excitations(join: str) -> None:
    torch.manual_seed(0)
    model = build("scse", X, join=join)
    x = x_of()
    channels, places = (parts(model)[name]({"x": x})[0] for name in ("channels", "places"))
    expected = {
        "add": channels + places,
        "max": torch.maximum(channels, places),
        "multiply": channels * places,
        "concat": torch.cat([channels, places], 1),
    }
    torch.testing.assert_close(model(x)[0], expected[join])
    assert model.sample.parameters == 2 * 8 * 4 + 8


# CBAM and BAM


@pytest.mark.block("channel_attention")
@pytest.mark.parametrize("bias", [False, True])
def test_channel_attention_adds_a_shared_network_over_mean_and_maximum(bias: bool) -> None:
    torch.manual_seed(0)
    model = build("channel_attention", X, reduction=4, bias=bias)
    assert model.sample.parameters == 2 * 8 * 2 + (8 + 2) * bias
    reduce, restore = parts(model)["reduce"], parts(model)["restore"]

    def mlp(v: Tensor) -> Tensor:
        made: Tensor = restore(reduce(v[:, :, None, None]).relu())
        return made

    x = x_of()
    gate = (mlp(x.mean((2, 3))) + mlp(x.amax((2, 3)))).sigmoid()
    torch.testing.assert_close(model(x)[0], x * gate)


@pytest.mark.block("spatial_attention")
@pytest.mark.parametrize("kernel", [7, 3])
def test_spatial_attention_reads_mean_and_maximum_over_channels(kernel: int) -> None:
    torch.manual_seed(0)
    model = build("spatial_attention", X, kernel=kernel)
    assert model.sample.parameters == 2 * kernel**2
    x = x_of()
    maps = torch.cat([x.amax(1, keepdim=True), x.mean(1, keepdim=True)], 1)  # as the authors' code
    gate = F.conv2d(maps, parts(model)["conv"].weight, padding=kernel // 2).sigmoid()
    torch.testing.assert_close(model(x)[0], x * gate)
    with pytest.raises(BadField, match="odd"):
        registry().configure("spatial_attention", {"kernel": 4})


@pytest.mark.block("cbam")
def test_cbam_is_channels_first_then_places() -> None:
    torch.manual_seed(0)
    model = build("cbam", X, reduction=2)
    assert model.sample.parameters == 2 * 8 * 4 + 2 * 49
    x = x_of()
    between = parts(model)["channels"]({"x": x})[0]
    torch.testing.assert_close(model(x)[0], parts(model)["places"]({"x": between})[0])
    found = seen_of(model, x)
    torch.testing.assert_close(model(x)[0], x * found["channels"] * found["places"])


@pytest.mark.block("bam")
def test_bam_adds_both_branches_before_the_sigmoid() -> None:
    torch.manual_seed(0)
    model = build("bam", X, reduction=4, dilation=2).eval()
    p = parts(model)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias)
    x = x_of()
    channels = p["channels_bn"](p["restore"](p["reduce"](x.mean((2, 3), keepdim=True)).relu()))
    y = p["places_reduce_bn"](p["places_reduce"](x)).relu()
    for number in (1, 2):
        conv = p[f"dilated{number}"]
        assert conv.dilation == (2, 2)
        y = p[f"dilated{number}_bn"](conv(y)).relu()
    places = p["places_bn"](p["places_end"](y))
    assert channels.shape == (3, 8, 1, 1)
    assert places.shape == (3, 1, 6, 5)
    torch.testing.assert_close(model(x)[0], x + x * (channels + places).sigmoid())
    w = 2
    count = 2 * 8 * w + w + 8 + 2 * 8 + 8 * w + 18 * w * w + w + 6 * w + 2
    assert model.sample.parameters == count


# competitive


@pytest.mark.block("cmpe_se")
@pytest.mark.parametrize(
    ("form", "squares", "singles"), [("double_fc", 4, 0), ("pair_1x1", 3, 3), ("pair_2x1", 2, 4)]
)
@pytest.mark.parametrize("reduction", [4, 16])
def test_parameters_of_competitive_excitation(form: str, squares: int, singles: int, reduction: int) -> None:
    x = image(64, 3, 3)
    sample = build("cmpe_se", x, x, form=form, reduction=reduction).sample
    assert sample.parameters == (squares * 64 * 64 + singles * 64) // reduction


@pytest.mark.block("cmpe_se")
@pytest.mark.parametrize("form", ["double_fc", "pair_1x1", "pair_2x1"])
def test_competitive_excitation_by_its_formula(form: str) -> None:
    torch.manual_seed(0)
    model = build("cmpe_se", X, X, form=form, reduction=2).eval()
    p = parts(model)
    u, x = x_of(), values(3, *X.shape, seed=1)
    means = [u.mean((2, 3)), x.mean((2, 3))]
    if form == "double_fc":
        y = torch.cat([p["reduce_residual"](means[0]).relu(), p["reduce_identity"](means[1]).relu()], 1)
    else:
        scanned = p["scan_bn"](p["scan"](torch.stack(means, 2).unsqueeze(1)))  # (N, C/r, C, 1 or 2)
        y = p["reduce"](scanned.mean(1).flatten(1)).relu()
    factors = p["restore"](y).sigmoid()[:, :, None, None]
    torch.testing.assert_close(model(u, x)[0], x + u * factors)
    alone = build("cmpe_se", X, X, form=form, reduction=2, join=False).eval()
    alone.load_state_dict(model.state_dict())
    torch.testing.assert_close(alone(u, x)[0], u * factors)
    assert seen_of(model, u, x)["channels"].shape == (3, 8, 1, 1)


@pytest.mark.block("cmpe_se")
@pytest.mark.parametrize("form", ["double_fc", "pair_1x1", "pair_2x1"])
def test_the_identity_changes_how_the_residual_is_weighed(form: str) -> None:
    torch.manual_seed(0)
    model = build("cmpe_se", X, X, form=form, reduction=2, join=False).eval()
    u, x = x_of(), values(3, *X.shape, seed=1)
    assert not torch.allclose(model(u, x)[0], model(u, x + 1)[0])
    assert "of one shape" in refusal("cmpe_se", X, image(8, 5, 5))


# attention modules


class Silent(nn.Module):
    """Zeros in the place of any values."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.zeros_like(x)


@pytest.mark.block("residual_attention")
@pytest.mark.parametrize("unit", ["basic", "bottleneck"])
def test_a_mask_of_zeros_leaves_the_trunk(unit: str) -> None:
    torch.manual_seed(0)
    model = build("residual_attention", image(8, 9, 6), p=0, t=2, unit=unit).eval()
    p = parts(model)
    x = values(2, 8, 9, 6)
    trunk = p["trunk2"]({"x": p["trunk1"]({"x": x})[0]})[0]
    mask = seen_of(model, x)["mask"]
    assert (mask > 0).all()
    torch.testing.assert_close(model(x)[0], (1 + mask) * trunk)
    model.level.parts["sigmoid"] = Silent()
    torch.testing.assert_close(model(x)[0], trunk)


@pytest.mark.block("residual_attention")
@pytest.mark.parametrize(("p", "t", "r", "depth"), [(1, 2, 1, 2), (0, 1, 1, 1), (2, 3, 2, 3)])
def test_number_of_units_in_an_attention_module(p: int, t: int, r: int, depth: int) -> None:
    channels = 8
    model = build("residual_attention", image(channels, 16, 16), p=p, t=t, r=r, depth=depth)
    units = 2 * p + t + 2 * r * depth + depth - 1
    assert sum(node.block == "bottleneck" for node in model.sample.inner.graph.nodes) == units  # type: ignore[union-attr]
    unit = 17 * channels**2 // 16 + 3 * channels
    assert model.sample.parameters == units * unit + 2 * channels**2 + 4 * channels


@pytest.mark.block("residual_attention")
def test_the_mask_branch_sees_the_whole_scene() -> None:
    model = build("residual_attention", image(8, 17, 13), depth=3)
    sizes = {
        name: node.outputs["y"].shape[1:]  # type: ignore[union-attr]
        for name, node in model.sample.inner.nodes.items()  # type: ignore[union-attr]
        if name.startswith(("pool", "enlarge"))
    }
    assert sizes == {
        "pool1": (9, 7),
        "pool2": (5, 4),
        "pool3": (3, 2),
        "enlarge3": (5, 4),
        "enlarge2": (9, 7),
        "enlarge1": (17, 13),
    }
    assert "4 does not divide the 6 channels" in refusal("residual_attention", image(6, 8, 8))


# through the engine


@pytest.mark.parametrize("block", [*GATES, "highway"])
def test_the_engine_collects_the_gates(block: str) -> None:
    from nets import chain, node, resolve

    from explorer.engine.compile import compile_flow

    flow = resolve(chain(X.shape, node("it", block)))
    assert not flow.problems
    module = compile_flow(flow, "gates", torch.device("cpu"), seed=0).module.eval()
    layers = [item for item in exposing(flow, "gates") if item[0] == "it"]
    with observe.exposed(module, flow, layers) as seen, torch.no_grad():
        module(x_of())
    assert set(seen["it"]) == {name for name, _ in registry()[block].inside}
