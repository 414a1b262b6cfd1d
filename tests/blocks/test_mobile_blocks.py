"""Blocks for small devices: MBConv, ShuffleNet units, ghost modules, Xception."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from samples import build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as MemoEntry
from explorer.graph.tensor import image

torch.set_num_threads(1)
Step = tuple[str, dict[str, Any]]
PICTURE = image(3, 224, 224)


def values(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def total(x: MemoEntry, *steps: Step) -> int:
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


def unit(filters: int, kernel: int = 1, stride: int = 1) -> list[Step]:
    """Convolution and batch norm."""
    fields = {"filters": filters, "kernel": kernel, "stride": stride, "padding": kernel // 2, "bias": False}
    return [("conv2d", fields), ("batch_norm", {})]


def refusal(block: str, *inputs: MemoEntry, **fields: Any) -> str:
    shape_error = Resolver(registry()).block(registry().configure(block, fields), inputs).shape_error
    assert isinstance(shape_error, ShapeError)
    return shape_error.message


# MBConv


@pytest.mark.block("mbconv", "se")
def test_stacked_mbconv_blocks_are_efficientnet_b0() -> None:
    rows = (
        (1, 3, 1, 16, 1),
        (6, 3, 2, 24, 2),
        (6, 5, 2, 40, 2),
        (6, 3, 2, 80, 3),
        (6, 5, 1, 112, 3),
        (6, 5, 2, 192, 4),
        (6, 3, 1, 320, 1),
    )
    blocks: list[Step] = [
        (
            "mbconv",
            {"expansion": e, "kernel": k, "stride": 1 if number else s, "filters": f, "drop_connect": 0.2},
        )
        for e, k, s, f, repeats in rows
        for number in range(repeats)
    ]
    steps = [*unit(32, 3, 2), *blocks, *unit(1280), ("global_pool", {}), ("linear", {"features": 1000})]
    assert total(PICTURE, *steps) == 5_288_548


@pytest.mark.block("mbconv")
@pytest.mark.parametrize("expansion", [1, 6])
def test_se_squeezes_to_a_quarter_of_the_input_of_the_block(expansion: int) -> None:
    model = build("mbconv", image(16, 6, 6), expansion=expansion)
    se: Any = model.level.parts["se"]
    assert se.parts["reduce"].in_channels == 16 * expansion
    assert se.parts["reduce"].out_channels == 4
    assert se.parts["restore"].out_channels == 16 * expansion
    assert ("expand" in model.level.parts) == (expansion == 6)
    assert isinstance(model.level.parts["depthwise_act"], nn.SiLU)


@pytest.mark.block("mbconv")
@pytest.mark.parametrize(
    ("stride", "filters", "skips"), [(1, None, True), (1, 8, True), (1, 6, False), (2, None, False)]
)
def test_mbconv_skips_only_when_nothing_changes(stride: int, filters: int | None, skips: bool) -> None:
    model = build("mbconv", image(8, 6, 6), stride=stride, filters=filters, drop_connect=0.5)
    names = list(model.level.parts)
    assert ("add" in names) == ("drop" in names) == skips
    assert names[names.index("narrow_bn") + 1 :] == (["drop", "add"] if skips else [])
    if skips:
        nn.init.zeros_(model.level.parts["narrow"].weight)  # type: ignore[arg-type]
        x = values(2, 8, 6, 6)
        torch.testing.assert_close(model.eval()(x)[0], x)


@pytest.mark.block("mbconv")
def test_drop_connect_skips_whole_samples() -> None:
    torch.manual_seed(0)
    model = build("mbconv", image(4, 5, 5), drop_connect=0.5)
    x = values(64, 4, 5, 5)
    unchanged = (model(x)[0] == x).flatten(1).all(1)
    assert 16 < unchanged.sum() < 48
    assert not (model.eval()(x)[0] == x).flatten(1).all(1).any()


# ShuffleNet


def shufflenet(groups: int, widths: tuple[int, int, int]) -> int:
    """Weights of ShuffleNet 1×."""
    steps = [*unit(24, 3, 2), ("max_pool", {"kernel": 3, "stride": 2, "padding": 1})]
    for stage, (filters, units) in enumerate(zip(widths, (4, 8, 4), strict=True)):
        steps.append(("shufflenet_c", {"filters": filters, "groups": groups, "group_first": stage > 0}))
        steps += [("shufflenet_b", {"groups": groups})] * (units - 1)
    return total(PICTURE, *steps, ("global_pool", {}), ("linear", {"features": 1000}))


@pytest.mark.block("shufflenet_b", "shufflenet_c")
@pytest.mark.parametrize(
    ("groups", "widths", "weights"),
    [
        (1, (144, 288, 576), 1_531_936),
        (2, (200, 400, 800), 1_733_848),
        (3, (240, 480, 960), 1_865_728),
        (4, (272, 544, 1088), 1_968_344),
        (8, (384, 768, 1536), 2_434_768),
    ],
)
def test_stacked_units_are_shufflenet(groups: int, widths: tuple[int, int, int], weights: int) -> None:
    assert shufflenet(groups, widths) == weights


@pytest.mark.block("shufflenet_a", "shufflenet_b")
def test_units_a_and_b_differ_by_the_shuffle_and_one_relu() -> None:
    x = image(16, 5, 5)
    a = build("shufflenet_a", x, groups=2)
    b = build("shufflenet_b", x, groups=2)
    names = {"shuffle", "depthwise_relu"}
    assert set(a.level.parts) ^ set(b.level.parts) == names
    assert list(b.level.parts) == [
        "reduce",
        "reduce_bn",
        "reduce_relu",
        "shuffle",
        "depthwise",
        "depthwise_bn",
        "expand",
        "expand_bn",
        "add",
        "relu",
    ]
    plain = build("shufflenet_a", x)
    assert plain.sample.parameters == 2 * 16 * 4 + 9 * 4 + 4 * 4 + 2 * 16
    assert a.sample.parameters == b.sample.parameters == 16 * 4 + 9 * 4 + 4 * 4 + 2 * 16


def touched(model: nn.Module, channels: int) -> set[int]:
    """Output channels that depend on the first input channel, apart from it itself."""
    x = values(1, channels, 5, 5).requires_grad_()
    moved = x.detach().clone()
    moved[:, 0] += 1
    difference = (model(x)[0] - model(moved)[0]).abs().amax((0, 2, 3))
    return set(torch.nonzero(difference > 1e-7).flatten().tolist())


@pytest.mark.block("shufflenet_a", "shufflenet_b")
def test_only_the_shuffle_lets_groups_meet() -> None:
    torch.manual_seed(0)
    fields = {"groups": 2, "width": 8}
    assert touched(build("shufflenet_a", image(16, 5, 5), **fields).eval(), 16) <= set(range(8))
    assert touched(build("shufflenet_b", image(16, 5, 5), **fields).eval(), 16) & set(range(8, 16))


@pytest.mark.block("shufflenet_c")
def test_unit_c_lays_the_path_beside_the_pooled_input() -> None:
    torch.manual_seed(0)
    model = build("shufflenet_c", image(8, 7, 7), groups=2, filters=20)
    assert model.sample.outputs == (image(20, 4, 4),)
    x = values(2, 8, 7, 7)
    y = model(x)[0]
    torch.testing.assert_close(y[:, :8], F.avg_pool2d(x, 3, 2, 1).relu())
    assert "only 8" in refusal("shufflenet_c", image(8, 7, 7), filters=8)


@pytest.mark.block("shufflenet_v2")
def test_stacked_units_are_shufflenet_v2() -> None:
    steps = [*unit(24, 3, 2), ("max_pool", {"kernel": 3, "stride": 2, "padding": 1})]
    for filters, units in ((116, 4), (232, 8), (464, 4)):
        steps.append(("shufflenet_v2", {"filters": filters, "stride": 2}))
        steps += [("shufflenet_v2", {})] * (units - 1)
    steps += [*unit(1024), ("global_pool", {}), ("linear", {"features": 1000})]
    assert total(PICTURE, *steps) == 2_278_604


@pytest.mark.block("shufflenet_v2")
def test_v2_passes_half_of_the_channels_on() -> None:
    torch.manual_seed(0)
    model = build("shufflenet_v2", image(8, 5, 5))
    x = values(2, 8, 5, 5)
    y = model(x)[0]
    assert torch.equal(y[:, ::2], x[:, :4])  # shuffled: kept and new channels take turns
    assert "add" not in model.level.parts
    half = build("shufflenet_v2", image(8, 5, 5), stride=2)
    assert half.sample.outputs == (image(16, 3, 3),)
    assert "split" not in half.level.parts
    assert "it is set to 10." in refusal("shufflenet_v2", image(8, 5, 5), filters=10)
    assert "two equal halves" in refusal("shufflenet_v2", image(8, 5, 5), filters=9, stride=2)


# ghosts


@pytest.mark.block("ghost")
@pytest.mark.parametrize(("filters", "ratio", "primary"), [(12, 2, 6), (13, 2, 7), (13, 3, 5), (7, 4, 2)])
def test_ghosts_are_cut_to_the_wanted_number(filters: int, ratio: int, primary: int) -> None:
    model = build("ghost", image(6, 5, 5), filters=filters, ratio=ratio)
    assert model.sample.outputs == (image(filters, 5, 5),)
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    assert [m.out_channels for m in convolutions] == [primary, primary * (ratio - 1)]
    assert convolutions[1].groups == primary
    assert ("cut" in model.level.parts) == (primary * ratio != filters)


@pytest.mark.block("ghost")
def test_ghosts_come_from_the_primary_maps() -> None:
    torch.manual_seed(0)
    model = build("ghost", image(6, 5, 5), filters=8).eval()
    parts: dict[str, Any] = dict(model.level.parts.items())
    x = values(2, 6, 5, 5)
    primary = parts["primary_bn"](parts["primary"](x)).relu()
    ghosts = parts["cheap_bn"](F.conv2d(primary, parts["cheap"].weight, padding=1, groups=4)).relu()
    torch.testing.assert_close(model(x)[0], torch.cat([primary, ghosts], 1))


@pytest.mark.block("ghost")
@pytest.mark.parametrize("ratio", [2, 4])
def test_a_ghost_module_has_about_one_part_in_s_of_the_weights(ratio: int) -> None:
    x = image(64, 4, 4)
    ghost = build("ghost", x, filters=64, kernel=3, ratio=ratio).sample
    full = 9 * 64 * 64
    assert full / ratio < ghost.parameters < 1.15 * full / ratio


@pytest.mark.block("ghost_bottleneck", "ghost", "se")
def test_stacked_ghost_bottlenecks_are_ghostnet() -> None:
    rows = (
        (3, 16, 16, 16, 0, 1),
        (3, 16, 48, 24, 0, 2),
        (3, 24, 72, 24, 0, 1),
        (5, 24, 72, 40, 1, 2),
        (5, 40, 120, 40, 1, 1),
        (3, 40, 240, 80, 0, 2),
        (3, 80, 200, 80, 0, 1),
        (3, 80, 184, 80, 0, 1),
        (3, 80, 184, 80, 0, 1),
        (3, 80, 480, 112, 1, 1),
        (3, 112, 672, 112, 1, 1),
        (5, 112, 672, 160, 1, 2),
        *[(5, 160, 960, 160, 0, 1), (5, 160, 960, 160, 1, 1)] * 2,
    )
    blocks: list[Step] = [
        (
            "ghost_bottleneck",
            {"kernel": k, "expansion": e / c, "filters": f, "se": bool(se), "stride": s},
        )
        for k, c, e, f, se, s in rows
    ]
    steps = [*unit(16, 3, 2), *blocks, *unit(960), ("global_pool", {}), ("linear", {"features": 1280})]
    assert total(PICTURE, *steps, ("linear", {"features": 1000})) == 5_182_508  # 5.2 M in the paper


@pytest.mark.block("ghost_bottleneck")
@pytest.mark.parametrize(("stride", "filters", "plain"), [(1, 8, True), (1, 6, False), (2, 8, False)])
def test_shortcut_of_a_ghost_bottleneck(stride: int, filters: int, plain: bool) -> None:
    model = build("ghost_bottleneck", image(8, 6, 6), stride=stride, filters=filters, se=True).eval()
    names = set(model.level.parts)
    assert ("shortcut_conv" in names) == (not plain)
    assert ("depthwise" in names) == (stride == 2)
    narrow: Any = model.level.parts["narrow"]
    assert not any("relu" in name for name in narrow.parts)
    for name in ("primary", "cheap"):
        nn.init.zeros_(narrow.parts[name].weight)
    x = values(2, 8, 6, 6)
    if plain:
        torch.testing.assert_close(model(x)[0], x)
    with pytest.raises(BadField, match="odd"):
        registry().configure("ghost_bottleneck", {"kernel": 4})


# Xception


@pytest.mark.block("xception_block")
def test_stacked_blocks_are_xception() -> None:
    steps = [*unit(32, 3, 2), *unit(64, 3)]
    steps[0][1]["padding"] = steps[2][1]["padding"] = 0
    steps += [
        ("xception_block", {"filters": 128, "reps": 2, "stride": 2, "start_with_relu": False}),
        ("xception_block", {"filters": 256, "reps": 2, "stride": 2}),
        ("xception_block", {"filters": 728, "reps": 2, "stride": 2}),
        *[("xception_block", {})] * 8,
        ("xception_block", {"filters": 1024, "reps": 2, "stride": 2, "grow_first": False}),
    ]
    for filters in (1536, 2048):
        steps += [("depthwise_separable_conv2d", {"filters": filters}), ("batch_norm", {}), ("relu", {})]
    steps += [("global_pool", {}), ("linear", {"features": 1000})]
    assert total(image(3, 299, 299), *steps) == 22_855_952


@pytest.mark.block("xception_block")
def test_order_inside_an_xception_block() -> None:
    first = build("xception_block", image(4, 7, 7), filters=6, reps=2, stride=2, start_with_relu=False)
    assert list(first.level.parts) == [
        "separable1",
        "bn1",
        "relu2",
        "separable2",
        "bn2",
        "pool",
        "shortcut",
        "shortcut_bn",
        "add",
    ]
    assert first.sample.outputs == (image(6, 4, 4),)
    late: Any = build("xception_block", image(4, 7, 7), filters=6, reps=2, grow_first=False).level.parts
    assert late["separable1"].parts["pointwise"].out_channels == 4
    assert late["separable2"].parts["pointwise"].out_channels == 6
    plain = build("xception_block", image(4, 7, 7)).eval()
    for number in (1, 2, 3):
        part: Any = plain.level.parts[f"separable{number}"]
        nn.init.zeros_(part.parts["pointwise"].weight)
    x = values(2, 4, 7, 7)
    torch.testing.assert_close(plain(x)[0], x)  # no activation behind the addition
