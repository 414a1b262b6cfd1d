"""Pooling: known sizes, what each kind is equal to, what leaves it unchanged, words for what does not fit."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from samples import build
from torch import nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.graph.catalogue import BadField, ShapeError
from explorer.graph.tensor import Tensor, image, sequence

LAYOUTS = {1: Tensor((3, 11), ("C", "T")), 2: image(3, 11, 9), 3: Tensor((3, 6, 7, 8), ("C", "T", "H", "W"))}
torch.set_num_threads(1)


@pytest.mark.block("max_pool")
def test_overlapping_pools_of_alexnet() -> None:
    x, sizes = image(96, 55, 55), []
    for _ in range(3):
        pooled = build("max_pool", x, kernel=3, stride=2).sample.outputs[0]
        assert pooled is not None
        sizes.append(pooled.shape[1])
        x = pooled
    assert sizes == [27, 13, 6]


@pytest.mark.block("min_pool")
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("ceil_mode", [False, True])
def test_smallest_is_minus_the_largest_of_minus(dims: int, ceil_mode: bool) -> None:
    fields = {"kernel": 3, "stride": 2, "padding": 1, "ceil_mode": ceil_mode}
    x = torch.randn(2, *LAYOUTS[dims].shape)
    smallest = build("min_pool", LAYOUTS[dims], **fields)(x)[0]
    torch.testing.assert_close(smallest, -build("max_pool", LAYOUTS[dims], **fields)(-x)[0])
    assert smallest.isfinite().all()


@pytest.mark.block("global_pool", "adaptive_pool")
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("mode", ["avg", "max"])
def test_global_pool_is_a_pool_as_large_as_the_map(dims: int, mode: str) -> None:
    layout = LAYOUTS[dims]
    x = torch.randn(2, *layout.shape)
    whole = build(f"{mode}_pool", layout, kernel=layout.spatial)(x)[0]
    torch.testing.assert_close(build("global_pool", layout, mode=mode, keep=True)(x)[0], whole)
    torch.testing.assert_close(build("global_pool", layout, mode=mode)(x)[0], whole.flatten(1))
    torch.testing.assert_close(build("adaptive_pool", layout, mode=mode, size=1)(x)[0], whole)


def test_global_pool_of_a_sequence_runs_over_its_steps() -> None:
    x = torch.randn(2, 5, 4)
    torch.testing.assert_close(build("global_pool", sequence(5, 4))(x)[0], x.mean(1))
    kept = build("global_pool", sequence(5, 4), keep=True)
    assert kept.sample.outputs == (sequence(1, 4),)
    torch.testing.assert_close(kept(x)[0], x.mean(1, keepdim=True))


@pytest.mark.block("avg_pool")
def test_padding_counts_in_the_mean_or_not() -> None:
    x = torch.ones(1, 1, 4, 4)
    fields = {"kernel": 3, "stride": 1, "padding": 1}
    assert build("avg_pool", image(1, 4, 4), **fields)(x)[0][0, 0, 0, 0] == pytest.approx(4 / 9)
    assert build("avg_pool", image(1, 4, 4), **fields, count_include_pad=False)(x)[0].eq(1).all()


def test_a_window_larger_than_its_input_is_refused_in_words() -> None:
    words = r"has a 3×3 window, larger than its 2×2 input\.$"
    with pytest.raises(ShapeError, match=words) as caught:
        registry().configure("max_pool", {"kernel": 3}).outputs_for((image(8, 2, 2),))
    assert caught.value.code == "window"
    with pytest.raises(ShapeError, match=r"2 numbers, but .* sends 1 sliding axis"):
        registry().configure("max_pool", {"kernel": (2, 2)}).outputs_for((LAYOUTS[1],))
    with pytest.raises(ShapeError, match="needs channels with places"):
        registry().configure("avg_pool", {}).outputs_for((sequence(5, 4),))
    with pytest.raises(BadField, match="at most half the window"):
        registry().configure("max_pool", {"kernel": 2, "padding": 2})


def module(block: str, *inputs: Tensor | None, **fields: Any) -> Any:
    """The bare module of a leaf."""
    return build(block, *inputs, **fields).only


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def never(done: int, total: int) -> None:
    """Progress that nobody looks at."""


@pytest.mark.block("adaptive_pool")
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("mode", ["avg", "max"])
def test_adaptive_pool_is_torchs_own(dims: int, mode: str) -> None:
    x, size = noise(2, *LAYOUTS[dims].shape), (4, 2, 3)[:dims]
    expected = getattr(F, f"adaptive_{mode}_pool{dims}d")(x, size)
    assert torch.equal(build("adaptive_pool", LAYOUTS[dims], mode=mode, size=size)(x)[0], expected)


# mixed and stochastic


@pytest.mark.block("mixed_pool")
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("draw", ["layer", "region", "feature"])
def test_a_share_of_1_is_max_pooling_and_of_0_mean_pooling(dims: int, draw: str) -> None:
    layout, fields = LAYOUTS[dims], {"kernel": 3, "stride": 2}
    x = noise(2, *layout.shape)
    for share, like in ((1.0, "max_pool"), (0.0, "avg_pool")):
        expected = build(like, layout, **fields)(x)[0]
        model = build("mixed_pool", layout, draw=draw, share=share, **fields)
        for training in (True, False):
            torch.testing.assert_close(model.train(training)(x)[0], expected)


@pytest.mark.block("mixed_pool")
@pytest.mark.parametrize(("draw", "alike"), [("layer", (0, 1, 2, 3)), ("feature", (0, 2, 3)), ("region", ())])
def test_what_a_drawn_share_is_for(draw: str, alike: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    x = noise(4, 6, 12, 12)
    model = build("mixed_pool", image(6, 12, 12), draw=draw, share=0.3)
    most, mean = F.max_pool2d(x, 2), F.avg_pool2d(x, 2)
    seen = [(model(x)[0] - mean) / (most - mean) for _ in range(200)]
    for part in seen:
        assert ((part.abs() < 1e-2) | ((part - 1).abs() < 1e-2)).all(), "between the two in training"
        if alike:
            assert (part.amax(alike) - part.amin(alike)).max() < 1e-2
    if draw == "region":
        assert all(0.2 < part.mean() < 0.4 for part in seen)
    assert torch.stack([part.mean() for part in seen]).mean() == pytest.approx(0.3, abs=0.1)
    torch.testing.assert_close(model.eval()(x)[0], 0.3 * most + 0.7 * mean)


@pytest.mark.block("mixed_pool")
def test_a_learned_share_begins_where_it_is_told_and_finds_the_better_pool() -> None:
    x = noise(8, 3, 8, 8)
    model = build("mixed_pool", image(3, 8, 8), draw="learned", share=0.3)
    torch.testing.assert_close(model(x)[0], 0.3 * F.max_pool2d(x, 2) + 0.7 * F.avg_pool2d(x, 2))
    descent = torch.optim.Adam(model.parameters(), 0.3)
    for _ in range(60):
        descent.zero_grad()
        (model(x)[0] - F.max_pool2d(x, 2)).square().mean().backward()
        descent.step()
    assert model.only.part(x) > 0.95


@pytest.mark.block("lp_pool")
def test_powers_lie_between_the_mean_and_the_maximum() -> None:
    layout = image(3, 9, 8)
    x = noise(2, *layout.shape).abs() + 0.01
    fields = {"kernel": 3, "stride": 2}
    torch.testing.assert_close(build("lp_pool", layout, p=1.0, **fields)(x)[0], F.avg_pool2d(x, 3, 2))
    pools = [build("lp_pool", layout, p=p, **fields)(x)[0] for p in (1.0, 2.0, 5.0, 40.0, 1000.0)]
    assert all((after >= before - 1e-6).all() for before, after in pairwise(pools))
    torch.testing.assert_close(pools[-1], F.max_pool2d(x, 3, 2), rtol=4e-3, atol=0)
    assert (pools[-1] <= F.max_pool2d(x, 3, 2) + 1e-6).all()
    scaled = build("lp_pool", layout, p=1000.0, **fields)(x * 1e30)[0]
    assert scaled.isfinite().all(), "powers overflow"


@pytest.mark.block("lp_pool")
@pytest.mark.parametrize("p", [1.0, 2.0, 3.5])
def test_sums_of_powers_are_torchs_own(p: float) -> None:
    """torch adds where the lecture's formula averages: they differ by the p-th root of the window."""
    x = noise(2, 3, 9, 8).abs()
    summed = build("lp_pool", image(3, 9, 8), kernel=(3, 2), p=p, average=False)(x)[0]
    torch.testing.assert_close(summed, nn.LPPool2d(p, (3, 2))(x))
    averaged = build("lp_pool", image(3, 9, 8), kernel=(3, 2), p=p)(x)[0]
    torch.testing.assert_close(averaged * 6 ** (1 / p), summed)


@pytest.mark.block("stochastic_pool")
def test_drawing_by_size_has_the_expectation_that_is_used() -> None:
    torch.manual_seed(0)
    x = torch.tensor([[[[1.0, 2.0, 0.0, 0.0], [3.0, 4.0, -5.0, 0.0]]]])
    model = build("stochastic_pool", image(1, 2, 4))
    expected = torch.tensor([[[[(1 + 4 + 9 + 16) / 10, 0.0]]]])
    torch.testing.assert_close(model.eval()(x)[0], expected)
    drawn = model.train()(x.expand(20_000, -1, -1, -1))[0]
    torch.testing.assert_close(drawn.mean(0, keepdim=True), expected, atol=0.03, rtol=0)
    shares = [float((drawn[:, 0, 0, 0] == value).float().mean()) for value in (1, 2, 3, 4)]
    assert shares == pytest.approx([0.1, 0.2, 0.3, 0.4], abs=0.02)
    assert drawn[..., 1].eq(0).all(), "an empty window gives 0"


# ranked and weighted


@pytest.mark.block("rank_pool")
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_the_largest_alone_is_the_maximum_and_all_are_the_mean(dims: int) -> None:
    layout, x = LAYOUTS[dims], noise(2, *LAYOUTS[dims].shape)
    for top, like in ((1, "max_pool"), (2**dims, "avg_pool"), (4096, "avg_pool")):
        expected = build(like, layout)(x)[0]
        torch.testing.assert_close(build("rank_pool", layout, top=top)(x)[0], expected)


@pytest.mark.block("rank_pool")
def test_weights_and_chances_by_rank() -> None:
    torch.manual_seed(0)
    x = torch.tensor([[[[7.0, -1.0], [3.0, 5.0]]]])
    weights = [0.4 * 0.6**rank for rank in range(4)]
    expected = sum(w * v for w, v in zip(weights, (7, 5, 3, -1), strict=True)) / sum(weights)
    fields = {"alpha": 0.4}
    weighted = build("rank_pool", image(1, 2, 2), mode="weighted", **fields)(x)[0]
    assert weighted.item() == pytest.approx(expected)
    model = build("rank_pool", image(1, 2, 2), mode="stochastic", **fields)
    assert model.eval()(x)[0].item() == pytest.approx(expected)
    drawn = model.train()(x.expand(20_000, -1, -1, -1))[0]
    shares = [float((drawn == value).float().mean()) for value in (7, 5, 3, -1)]
    assert shares == pytest.approx([w / sum(weights) for w in weights], abs=0.015)


@pytest.mark.block("weighted_pool")
@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("weights", ["place", "channel", "data"])
def test_equal_weights_are_the_mean(dims: int, weights: str) -> None:
    layout, x = LAYOUTS[dims], noise(2, *LAYOUTS[dims].shape)
    fields = {"kernel": 3, "stride": 2}
    fresh = build("weighted_pool", layout, weights=weights, **fields)(x)[0]
    torch.testing.assert_close(fresh, build("avg_pool", layout, **fields)(x)[0])


@pytest.mark.block("weighted_pool")
def test_weights_by_value_and_by_place() -> None:
    x = noise(2, 3, 6, 6)
    data = module("weighted_pool", image(3, 6, 6), weights="data")
    nn.init.constant_(data.logits, 200.0)
    torch.testing.assert_close(data(x), F.max_pool2d(x, 2), atol=0.02, rtol=0)
    channel = module("weighted_pool", image(3, 6, 6), weights="channel")
    with torch.no_grad():
        channel.logits.copy_(noise(3, 4, seed=1))
    filters = channel.logits.softmax(1).reshape(3, 1, 2, 2)
    torch.testing.assert_close(channel(x), F.conv2d(x, filters, stride=2, groups=3))


# pyramids


@pytest.mark.block("spatial_pyramid_pool")
@pytest.mark.parametrize("size", [(4, 4), (13, 13), (7, 11), (2, 3)])
def test_a_pyramid_has_21_values_for_each_channel(size: tuple[int, int]) -> None:
    x = noise(2, 5, *size)
    y = build("spatial_pyramid_pool", image(5, *size))(x)[0]
    expected = [F.adaptive_max_pool2d(x, level).flatten(1) for level in (4, 2, 1)]
    assert y.shape == (2, 21 * 5)
    assert torch.equal(y, torch.cat(expected, 1))


@pytest.mark.block("per_pixel_pyramid_pool")
@pytest.mark.parametrize("mode", ["max", "avg"])
def test_windows_round_each_pixel_keep_the_size(mode: str) -> None:
    x, windows = noise(2, 3, 6, 7), (1, 3, 9)
    y = build("per_pixel_pyramid_pool", image(3, 6, 7), windows=windows, mode=mode)(x)[0]
    assert y.shape == (2, 9, 6, 7)
    for part, size in zip(y.split(3, 1), windows, strict=True):
        for i in range(6):
            for j in range(7):
                rows = slice(max(0, i - size // 2), i + size // 2 + 1)
                around = x[:, :, rows, max(0, j - size // 2) : j + size // 2 + 1]
                expected = around.amax((2, 3)) if mode == "max" else around.mean((2, 3))
                torch.testing.assert_close(part[:, :, i, j], expected)


@pytest.mark.block("edge_aware_pyramid_pool")
def test_without_edges_it_is_a_plain_pyramid() -> None:
    x, levels = noise(2, 3, 8, 6), (1, 2, 4)
    plain = [F.interpolate(F.adaptive_avg_pool2d(x, level), size=(8, 6), mode="bilinear") for level in levels]
    layout, edges = image(3, 8, 6), image(1, 8, 6)
    given = module("edge_aware_pyramid_pool", layout, edges, levels=levels)
    torch.testing.assert_close(given(x, torch.zeros(2, 1, 8, 6)), torch.cat(plain, 1))
    torch.testing.assert_close(given(x, torch.ones(2, 1, 8, 6)), torch.cat(plain, 1))
    off = module("edge_aware_pyramid_pool", layout, None, levels=levels, strength=0.0)
    torch.testing.assert_close(off(x), torch.cat(plain, 1))


@pytest.mark.block("edge_aware_pyramid_pool")
def test_values_on_edges_count_little() -> None:
    x, edges = torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4)
    x[..., 1] = 16.0
    edges[..., 1] = 1.0
    whole = module("edge_aware_pyramid_pool", image(1, 4, 4), image(1, 4, 4), levels=(1,), strength=3.0)
    small = math.exp(-3.0)
    torch.testing.assert_close(whole(x, edges), torch.full_like(x, 16 * small / (3 + small)))
    step = torch.cat([torch.zeros(1, 1, 6, 3), torch.ones(1, 1, 6, 3)], 3)
    found = whole.own_edges(step)
    assert found[..., 2:4].eq(1).all()
    assert found[..., [0, 1, 4, 5]].max() < 1e-4


# regions


@pytest.mark.block("intermap_pool")
def test_the_largest_of_linear_maps_is_maxout() -> None:
    x = noise(4, 5)
    pieces = nn.Linear(5, 6)
    maps = pieces(x).unsqueeze(-1)  # 6 maps of one place
    y = build("intermap_pool", Tensor((6, 1), ("C", "T")), maps=3)(maps)[0].squeeze(-1)
    rows = [x @ pieces.weight[n] + pieces.bias[n] for n in range(6)]
    expected = [torch.stack(rows[3 * n : 3 * n + 3]).amax(0) for n in range(2)]
    torch.testing.assert_close(y, torch.stack(expected, 1))
    with pytest.raises(ShapeError, match="4 does not divide the 6"):
        registry().configure("intermap_pool", {"maps": 4}).outputs_for((image(6, 2, 2),))


@pytest.mark.block("rowwise_max_pool")
def test_turning_a_panorama_changes_nothing() -> None:
    x = noise(2, 3, 5, 12)
    model = build("rowwise_max_pool", image(3, 5, 12))
    assert model(x)[0].shape == (2, 3, 5, 1)
    for shift in range(12):
        assert torch.equal(model(x.roll(shift, -1))[0], model(x)[0])
    assert not torch.equal(model(x.roll(1, -2))[0], model(x)[0])


@pytest.mark.block("lead_asymmetric_pool")
def test_each_lead_has_its_own_window() -> None:
    x, windows, stride = noise(2, 3, 5, 20), (2, 5, 3), 2
    layout = Tensor((3, 5, 20), ("C", "H", "W"))
    y = build("lead_asymmetric_pool", layout, windows=windows, stride=stride)(x)[0]
    assert y.shape == (2, 3, 5, (20 - 5) // 2 + 1)
    for lead in range(5):
        for t in range(y.shape[3]):
            window = x[:, :, lead, t * stride : t * stride + windows[lead % 3]]
            assert torch.equal(y[:, :, lead, t], window.amax(-1))
    assert "10.1109/JBHI.2017.2771768" in (registry()["lead_asymmetric_pool"].__doc__ or "")


def labelled(mode: str = "mean", regions: int = 4) -> tuple[Any, torch.Tensor, torch.Tensor]:
    layout = image(3, 6, 5)
    labels = torch.randint(regions, (2, 6, 5), generator=torch.Generator().manual_seed(1))
    ids = Tensor((6, 5), ("H", "W"), "int")
    model = build("superpixel_pool", layout, ids, regions=regions, mode=mode)
    return model, noise(2, 3, 6, 5), labels


@pytest.mark.block("superpixel_pool")
@pytest.mark.parametrize("mode", ["mean", "max"])
def test_permuting_pixels_inside_a_region_changes_nothing(mode: str) -> None:
    model, x, labels = labelled(mode)
    moved = x.clone()
    generator = torch.Generator().manual_seed(2)
    for n in range(2):
        for region in range(4):
            places = (labels[n] == region).flatten().nonzero().flatten()
            order = places[torch.randperm(len(places), generator=generator)]
            moved[n].flatten(1)[:, places] = x[n].flatten(1)[:, order]
    assert not torch.equal(moved, x)
    y = model(x, labels)[0]
    torch.testing.assert_close(model(moved, labels)[0], y)
    for n in range(2):
        for region in range(4):
            inside = x[n][:, labels[n] == region]
            expected = inside.mean(1) if mode == "mean" else inside.amax(1)
            torch.testing.assert_close(y[n, region], expected)


@pytest.mark.block("superpixel_pool")
def test_empty_regions_and_labels_that_are_none() -> None:
    model, x, labels = labelled(regions=4)
    odd = torch.where(labels == 1, -1, labels)
    odd = torch.where(labels == 2, 99, odd)
    y, whole = model(x, odd)[0], model(x, labels)[0]
    assert y[:, 1:3].eq(0).all()
    torch.testing.assert_close(y[:, [0, 3]], whole[:, [0, 3]])
    for regions in range(1, 14):
        for size in ((1, 1), (3, 9), (8, 2)):
            own = module("superpixel_pool", image(1, *size), None, regions=regions)
            assert 0 <= own.labels.min() <= own.labels.max() < regions
    for regions in range(1, 30):
        own = module("superpixel_pool", image(1, 20, 32), None, regions=regions)
        assert own.labels.unique().tolist() == list(range(regions)), "a cell is not used"


@pytest.mark.block("superpixel_pool")
def test_fitted_regions_follow_the_picture() -> None:
    x = torch.zeros(3, 1, 8, 8)
    x[:, :, :, 3:] = 5.0  # the grid cuts in the middle, the picture does not
    model = module("superpixel_pool", image(1, 8, 8), None, regions=2, compactness=0.1)
    assert model(x).std(1).max() > 0
    mixed = model(x)[0].flatten().sort().values
    assert mixed[0] not in (0.0, 5.0) or mixed[1] not in (0.0, 5.0)
    model.fit(x, never)
    assert model(x)[0].flatten().sort().values.tolist() == [0.0, 5.0]


@pytest.mark.block("mop_pool")
def test_the_order_of_patches_does_not_matter() -> None:
    """On a map of 3×3 every pixel is a patch at both finer scales."""
    x, order = noise(2, 4, 3, 3), torch.randperm(9, generator=torch.Generator().manual_seed(1))
    model = module("mop_pool", image(4, 3, 3), words=3)
    moved = x.flatten(2)[..., order].reshape(2, 4, 3, 3)
    torch.testing.assert_close(model(moved), model(x))
    points = noise(2, 30, 4)
    for words in (model.words2, model.words4):
        y = model.vlad(points, words)
        torch.testing.assert_close(model.vlad(points.flip(1), words), y)
        torch.testing.assert_close(y.norm(dim=1), torch.ones(2))


@pytest.mark.block("mop_pool")
def test_differences_to_the_nearest_words_are_added_up() -> None:
    x = noise(2, 3, 12, 9)
    model = module("mop_pool", image(3, 12, 9), words=4)
    expected = [x.mean((2, 3)) / x.mean((2, 3)).norm(dim=1, keepdim=True)]
    for side, step, words in (((6, 4), (3, 2), model.words2), ((3, 2), (1, 1), model.words4)):
        found = torch.zeros(2, 4, 3)
        for i in range(0, 12 - side[0] + 1, step[0]):
            for j in range(0, 9 - side[1] + 1, step[1]):
                for n in range(2):
                    point = x[n, :, i : i + side[0], j : j + side[1]].mean((1, 2))
                    nearest = int((words - point).norm(dim=1).argmin())
                    found[n, nearest] += point - words[nearest]
        flat = found.flatten(1)
        expected.append(flat / flat.norm(dim=1, keepdim=True))
    torch.testing.assert_close(model(x), torch.cat(expected, 1))
    before = model.words2.clone()
    model.fit(x, never)
    assert not torch.equal(model.words2, before)
    with pytest.raises(ValueError, match="cannot give 400 words"):
        module("mop_pool", image(3, 12, 9), words=400).fit(x, never)


# spectra and sketches


def waves(height: int, width: int, highest: int) -> torch.Tensor:
    """A map (1, 2, height, width) whose waves run at most `highest` times along each side."""
    random = np.random.default_rng(0)
    down, across = np.arange(height)[:, None] / height, np.arange(width)[None] / width
    maps = np.zeros((2, height, width))
    for u in range(highest + 1):
        for v in range(-highest, highest + 1):
            size, phase = random.normal(size=(2, 1, 1)), random.uniform(0, 6, size=(2, 1, 1))
            maps += size * np.cos(2 * np.pi * (u * down + v * across) + phase)
    return torch.tensor(maps, dtype=torch.float32)[None]


@pytest.mark.block("spectral_pool")
@pytest.mark.parametrize("size", [(7, 7), (8, 8), (11, 8), (16, 15)])
def test_low_frequencies_pass_exactly(size: tuple[int, int]) -> None:
    """Waves that run 3 times fit into 7 values; more values sample the same waves more densely."""
    x = waves(16, 15, 3)
    y = build("spectral_pool", image(2, 16, 15), size=size)(x)[0]
    assert not y.is_complex()
    torch.testing.assert_close(y, waves(*size, 3), atol=1e-4, rtol=0)


@pytest.mark.block("spectral_pool")
@pytest.mark.parametrize("size", [(1, 1), (4, 5), (6, 3), (9, 8)])
def test_the_mean_of_a_map_is_kept(size: tuple[int, int]) -> None:
    x = noise(2, 3, 9, 8)
    y = build("spectral_pool", image(3, 9, 8), size=size)(x)[0]
    torch.testing.assert_close(y.mean((2, 3)), x.mean((2, 3)))
    if size == (9, 8):
        torch.testing.assert_close(y, x)


@pytest.mark.block("compact_bilinear_pool")
def test_sketches_keep_squared_products_in_expectation() -> None:
    x, y = noise(2, 6, 1, 1).unbind(0)
    wanted = float((x * y).sum()) ** 2
    found = []
    for seed in range(1500):
        model = module("compact_bilinear_pool", image(6, 1, 1), width=16, normalise=False, seed=seed)
        one, other = model(torch.stack([x, y]))
        found.append(float(one @ other))
    error = np.std(found) / math.sqrt(len(found))
    assert np.mean(found) == pytest.approx(wanted, abs=3 * error)
    assert 3 * error < float(x.square().sum() * y.square().sum()) / 10


@pytest.mark.block("compact_bilinear_pool")
def test_a_sketch_is_a_sum_of_products_at_random_places() -> None:
    x = noise(2, 5, 3, 2)
    model = module("compact_bilinear_pool", image(5, 3, 2), width=9, normalise=False, seed=3)
    expected = torch.zeros(2, 9)
    for i in range(5):
        for j in range(5):
            place = int(model.first_place[i] + model.second_place[j]) % 9
            sign = model.first_sign[i] * model.second_sign[j]
            expected[:, place] += sign * (x[:, i] * x[:, j]).sum((1, 2))
    torch.testing.assert_close(model(x), expected)
    whole = module("compact_bilinear_pool", image(5, 3, 2), width=9, seed=3)(x)
    root = expected.sign() * expected.abs().sqrt()
    torch.testing.assert_close(whole, root / root.norm(dim=1, keepdim=True), atol=1e-4, rtol=1e-3)
    other = module("compact_bilinear_pool", image(5, 3, 2), width=9, seed=4)
    assert not torch.equal(other(x), whole)


# fitted


def components(patches: np.ndarray, count: int) -> np.ndarray:
    """Leading principal directions of centred patches (number, size), by singular values."""
    directions = np.linalg.svd(patches, full_matrices=False)[2][:count]
    return directions * np.sign(directions[np.arange(count), np.abs(directions).argmax(1)])[:, None]


def windows(x: np.ndarray, k: int) -> np.ndarray:
    """All patches of maps (c, H, W), less their means: (H, W, c·k·k)."""
    padded = np.pad(x, [(0, 0), (k // 2, k // 2), (k // 2, k // 2)])
    cut = np.lib.stride_tricks.sliding_window_view(padded, (k, k), (1, 2))  # (c, H, W, k, k)
    flat = cut.transpose(1, 2, 0, 3, 4).reshape(*x.shape[1:], -1)
    return flat - flat.mean(-1, keepdims=True)


@pytest.mark.block("pcanet")
def test_pcanet_is_what_its_paper_says() -> None:
    """Against a plain numpy version: patches, principal directions, signs as numbers, histograms."""
    x = noise(5, 2, 8, 7).double().numpy()
    model = module("pcanet", image(2, 8, 7), filters=(3, 4), kernel=3, blocks=2)
    assert not list(model.parameters())
    model.fit(torch.tensor(x, dtype=torch.float32), never)
    first = components(np.concatenate([windows(one, 3).reshape(-1, 18) for one in x]), 3)
    stage1 = [np.moveaxis(windows(one, 3) @ first.T, -1, 0) for one in x]  # (L1, H, W) each
    every = [windows(one[None], 3) for maps in stage1 for one in maps]
    second = components(np.concatenate([one.reshape(-1, 9) for one in every]), 4)
    torch.testing.assert_close(model.first, torch.tensor(first, dtype=torch.float32), atol=1e-4, rtol=0)
    torch.testing.assert_close(model.second, torch.tensor(second, dtype=torch.float32), atol=1e-4, rtol=0)
    expected = np.zeros((5, 3, 2, 2, 16))
    for number, patches in enumerate(every):
        codes = ((patches @ second.T > 0) * 2 ** np.arange(4)).sum(-1)
        for i in range(8):
            for j in range(7):
                expected[number // 3, number % 3, i * 2 // 8, j * 2 // 7, codes[i, j]] += 1
    y = model(torch.tensor(x, dtype=torch.float32))
    moved = np.abs(y.numpy() - expected.reshape(5, -1)).sum() / 2
    assert moved <= 2, "signs differ only where a response is 0 but for rounding"


@pytest.mark.block("pcanet")
def test_filters_are_orthonormal_and_blocks_count_their_pixels() -> None:
    x = noise(4, 2, 9, 10)
    model = module("pcanet", image(2, 9, 10), filters=(4, 3), kernel=5, blocks=3)
    for fitted in (False, True):
        if fitted:
            before = torch.random.get_rng_state()
            model.fit(x, never)
            assert torch.equal(torch.random.get_rng_state(), before)
        for filters in (model.first, model.second):
            torch.testing.assert_close(filters @ filters.T, torch.eye(len(filters)), atol=1e-5, rtol=0)
        y = model(x.requires_grad_()).reshape(4, 4, 9, 2**3)
        assert not y.requires_grad
        pixels = y.sum(-1)
        assert pixels.sum(-1).eq(90).all()
        assert torch.equal(
            pixels,
            torch.tensor([3.0, 3.0, 3.0]).outer(torch.tensor([4.0, 3.0, 3.0])).flatten().expand(4, 4, 9),
        )
        x = x.detach()


@pytest.mark.block("genetic_pool")
@pytest.mark.parametrize("seed", range(4))
def test_the_best_fitness_never_falls(seed: int) -> None:
    x = noise(12, 3, 9, 10, seed=seed) * torch.rand(12, 1, 1, 1)
    model = module("genetic_pool", image(3, 9, 10), regions=3, seed=seed, population=8)
    scores = model.scores(x)
    start = scores[0].mean()
    model.fit(x, never, generations=30)
    history = model.history
    assert (history.diff() >= 0).all()
    assert history[-1] > history[0] >= start - 1e-6
    reached = scores.gather(0, model.genes.reshape(1, -1)).mean()
    torch.testing.assert_close(history[-1], reached)
    assert start < reached <= scores.amax(0).mean() + 1e-6
    assert reached > start + 0.8 * (scores.amax(0).mean() - start), "the search finds little"


@pytest.mark.block("genetic_pool")
def test_each_region_is_pooled_in_its_way() -> None:
    x = noise(2, 3, 8, 12)
    model = module("genetic_pool", image(3, 8, 12), regions=2)
    torch.testing.assert_close(model(x), F.max_pool2d(x, 2))
    model.genes.copy_(torch.tensor([[0, 1], [2, 3]]))
    ways = [F.max_pool2d(x, 2), F.avg_pool2d(x, 2), -F.max_pool2d(-x, 2), F.avg_pool2d(x**2, 2).sqrt()]
    y = model(x)
    for way, rows, columns in zip(ways, (0, 0, 2, 2), (0, 3, 0, 3), strict=True):
        part = (..., slice(rows, rows + 2), slice(columns, columns + 3))
        torch.testing.assert_close(y[part], way[part])
    with pytest.raises(ValueError, match="one sample"):
        model.fit(x[:1], never)


@pytest.mark.parametrize(
    ("block", "layout"),
    [
        ("pcanet", image(1, 8, 8)),
        ("genetic_pool", image(1, 8, 8)),
        ("superpixel_pool", image(1, 8, 8)),
        ("mop_pool", image(1, 8, 8)),
    ],
)
def test_a_fit_that_is_given_up_leaves_everything(block: str, layout: Tensor) -> None:
    class Enough(Exception):
        pass

    inputs = (layout, None) if block == "superpixel_pool" else (layout,)
    fields = {"filters": (3, 2), "kernel": 3} if block == "pcanet" else {}
    model, x = module(block, *inputs, **fields), noise(40, 1, 8, 8)
    seen: list[tuple[int, int]] = []
    model.fit(x, lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert all(0 <= done < total == seen[0][1] for done, total in seen)
    model = module(block, *inputs, **fields)
    for last in range(len(seen)):
        before = {name: value.clone() for name, value in model.state_dict().items()}
        calls = iter(range(last + 1))

        def stop(done: int, total: int, calls: Any = calls) -> None:
            if next(calls) == last:  # noqa: B023
                raise Enough

        with pytest.raises(Enough):
            model.fit(x, stop)
        assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


FINITE = (
    ("mixed_pool", {"draw": "learned"}),
    ("lp_pool", {"p": 1.0}),
    ("lp_pool", {"p": 2.5}),
    ("lp_pool", {"p": 1000.0, "average": False}),
    ("stochastic_pool", {}),
    ("rank_pool", {}),
    ("weighted_pool", {"weights": "data"}),
    ("edge_aware_pyramid_pool", {}),
    ("spectral_pool", {"size": 3}),
    ("compact_bilinear_pool", {"width": 32}),
    ("mop_pool", {}),
    ("superpixel_pool", {"mode": "max"}),
    ("genetic_pool", {}),
    ("spatial_pyramid_pool", {}),
    ("per_pixel_pyramid_pool", {}),
)


@pytest.mark.parametrize(("block", "fields"), FINITE)
@pytest.mark.parametrize("size", [0.0, 1e-20, 1.0, 1e6])
def test_gradients_are_finite_whatever_the_size(block: str, fields: dict[str, Any], size: float) -> None:
    layout = image(4, 8, 8)
    second = (None,) * (len(registry()[block].inputs) - 1)
    model = build(block, layout, *second, **fields)
    if block == "genetic_pool":
        model.only.genes.copy_(torch.arange(16).reshape(4, 4) % 4)
    for training in (True, False):
        x = (noise(2, 4, 8, 8) * size).requires_grad_()
        y = model.train(training)(x, *second)[0]
        y.sum().backward()
        assert y.isfinite().all()
        assert x.grad is not None
        assert x.grad.isfinite().all()
        assert x.grad.abs().max() < 1e6
        if not size and block != "mop_pool":  # which compares with words that are not zero
            assert y.abs().max() < 1e-5


@pytest.mark.parametrize(
    ("block", "fields", "x", "words"),
    [
        ("lp_pool", {"kernel": 4}, image(1, 3, 5), r"has a 4×4 window, larger than its 3×5 input"),
        ("spectral_pool", {"size": (4, 9)}, image(1, 8, 8), r"cuts 4×9 out of the spectrum"),
        ("pcanet", {"blocks": 9}, image(1, 8, 20), r"cuts 9 blocks along each side"),
        ("pcanet", {"kernel": 1, "filters": (2, 1)}, image(1, 8, 8), r"wants 2 filters.*1 component"),
        ("genetic_pool", {"kernel": 9}, image(1, 8, 20), r"9×9 window, larger than its 8×20 input"),
        ("lead_asymmetric_pool", {"windows": (2, 9)}, image(1, 2, 8), "window of 9 time steps"),
        ("rowwise_max_pool", {}, sequence(3, 4), "needs maps"),
        ("intermap_pool", {}, sequence(3, 4), "needs channels"),
    ],
)
def test_what_does_not_fit_is_refused_in_words(block: str, fields: Any, x: Tensor, words: str) -> None:
    with pytest.raises(ShapeError, match=words):
        registry().configure(block, fields).outputs_for((x,))


def test_fields_that_contradict_each_other_are_refused() -> None:
    for block, fields, words in (
        ("pcanet", {"kernel": 4}, "must be odd"),
        ("pcanet", {"kernel": 3, "filters": (8, 10)}, "have 9 components"),
        ("per_pixel_pyramid_pool", {"windows": (3, 4)}, "4 is even"),
    ):
        with pytest.raises(BadField, match=words):
            registry().configure(block, fields)  # type: ignore[arg-type]
    ids = Tensor((5, 5), ("H", "W"), "int")
    with pytest.raises(ShapeError, match="region number for each of its 6×6 places"):
        registry().configure("superpixel_pool", {}).outputs_for((image(2, 6, 6), ids))
    with pytest.raises(ShapeError, match="one edge map of 1×6×6"):
        registry().configure("edge_aware_pyramid_pool", {}).outputs_for((image(2, 6, 6), image(2, 6, 6)))
