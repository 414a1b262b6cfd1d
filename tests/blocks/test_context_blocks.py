"""Context, long range, sampling, boosting and speech."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from nets import chain, node, resolve
from samples import Built, build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.engine import observe
from explorer.engine.compile import compile_flow
from explorer.engine.modules.sampling import AffineGrid, AffineHead, GridSample
from explorer.graph.catalogue import ShapeError
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as MemoEntry
from explorer.graph.tensor import image, sequence, vector
from explorer.meaning.exposing import exposing

torch.set_num_threads(1)
CPU = torch.device("cpu")


def values(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def parts(model: Built) -> dict[str, Any]:
    return dict(model.level.parts.items())


def refusal(block: str, *inputs: MemoEntry, **fields: Any) -> str:
    shape_error = Resolver(registry()).block(registry().configure(block, fields), inputs).shape_error
    assert isinstance(shape_error, ShapeError)
    return shape_error.message


# pyramids


@pytest.mark.block("aspp")
def test_aspp_has_the_weights_of_deeplab() -> None:
    x = image(2048, 8, 8)
    known = Resolver(registry()).block(registry().configure("aspp", {}), (x,))
    paths = 2048 * 256 * (1 + 3 * 9 + 1) + 2 * 5 * 256
    assert known.parameters == paths + 5 * 256 * 256 + 2 * 256
    assert known.outputs == (image(256, 8, 8),)
    behind = 9 * 256 * 256 + 2 * 256 + 21 * 256 + 21
    backbone = 25_557_032 - 2048 * 1000 - 1000  # ResNet-50 without its classifier
    auxiliary = 9 * 1024 * 256 + 2 * 256 + 21 * 256 + 21
    assert backbone + known.parameters + behind + auxiliary == 42_004_074  # DeepLabv3 with ResNet-50


@pytest.mark.block("aspp")
def test_aspp_by_its_formula() -> None:
    torch.manual_seed(0)
    model = build("aspp", image(4, 9, 7), filters=3, rates=(2, 4)).eval()
    p, x = parts(model), values(2, 4, 9, 7)
    paths = [p["conv1_bn"](F.conv2d(x, p["conv1"].weight)).relu()]
    for number, rate in ((1, 2), (2, 4)):
        y = F.conv2d(x, p[f"dilated{number}"].weight, padding=rate, dilation=rate)
        paths.append(p[f"dilated{number}_bn"](y).relu())
    mean = p["mean_conv_bn"](F.conv2d(x.mean((2, 3), keepdim=True), p["mean_conv"].weight)).relu()
    paths.append(mean.expand(-1, -1, 9, 7))
    y = p["project_bn"](F.conv2d(torch.cat(paths, 1), p["project"].weight)).relu()
    torch.testing.assert_close(model(x)[0], y)


@pytest.mark.block("aspp")
def test_rates_widen_the_view_and_add_no_weights() -> None:
    narrow = build("aspp", image(4, 40, 40), filters=3, rates=(1, 1, 1)).sample
    wide = build("aspp", image(4, 40, 40), filters=3).sample
    assert narrow.parameters == wide.parameters
    assert wide.outputs == narrow.outputs == (image(3, 40, 40),)
    dilations = [n.fields["dilation"] for n in wide.inner.graph.of_block("dilated_conv2d")]  # type: ignore[union-attr]
    assert dilations == [12, 24, 36]


@pytest.mark.block("ppm")
def test_pyramid_pooling_has_the_widths_of_pspnet() -> None:
    known = Resolver(registry()).block(registry().configure("ppm", {}), (image(2048, 60, 60),))
    assert known.outputs == (image(4096, 60, 60),)
    assert known.parameters == 4 * (2048 * 512 + 2 * 512)


@pytest.mark.block("ppm")
def test_pyramid_pooling_by_its_formula() -> None:
    torch.manual_seed(0)
    model = build("ppm", image(6, 7, 8), bins=(1, 3)).eval()
    p, x = parts(model), values(2, 6, 7, 8)
    y = model(x)[0]
    assert torch.equal(y[:, :6], x)
    for number, cells in ((1, 1), (2, 3)):
        pooled = F.conv2d(F.adaptive_avg_pool2d(x, cells), p[f"conv{number}"].weight)
        level = p[f"conv{number}_bn"](pooled).relu()
        wanted = F.interpolate(level, (7, 8), mode="bilinear")
        torch.testing.assert_close(y[:, 3 + 3 * number : 6 + 3 * number], wanted)


# non-local

FORMS = ("embedded_gaussian", "gaussian", "dot", "concat")


@pytest.mark.block("nonlocal")
@pytest.mark.parametrize("pairwise", FORMS)
@pytest.mark.parametrize("norm", [True, False])
def test_a_new_nonlocal_block_is_the_identity(pairwise: str, norm: bool) -> None:
    torch.manual_seed(0)
    model = build("nonlocal", image(4, 5, 6), pairwise=pairwise, norm=norm)
    x = values(2, 4, 5, 6)
    assert torch.equal(model(x)[0], x)
    gamma = parts(model)["gamma"].value
    model(x)[0].square().sum().backward()
    assert gamma.grad.abs().max() > 0  # it can leave the identity


@pytest.mark.block("nonlocal")
def test_the_last_norm_of_a_nonlocal_block_has_factors_and_a_shift() -> None:
    torch.manual_seed(0)
    with_norm, without = (build("nonlocal", image(4, 6, 5), norm=norm).eval() for norm in (True, False))
    p, x = parts(with_norm), values(2, 4, 6, 5)
    without.load_state_dict(
        {k: v for k, v in with_norm.state_dict().items() if ".bn" not in k and "beta" not in k}
    )
    usual = nn.BatchNorm2d(4).eval()
    for module in (p["bn"], usual):
        module.running_mean.copy_(torch.arange(4.0))
        module.running_var.fill_(2.0)
    nn.init.normal_(usual.weight)
    nn.init.normal_(usual.bias)
    p["gamma"].value.data.copy_(usual.weight.data.view_as(p["gamma"].value))
    p["beta"].value.data.copy_(usual.bias.data.view_as(p["beta"].value))
    nn.init.ones_(parts(without)["gamma"].value)
    torch.testing.assert_close(with_norm(x)[0] - x, usual(without(x)[0] - x), atol=1e-5, rtol=1e-4)


@pytest.mark.block("nonlocal")
@pytest.mark.parametrize("pairwise", FORMS)
@pytest.mark.parametrize("subsample", [1, 2])
def test_nonlocal_by_its_formula(pairwise: str, subsample: int) -> None:
    torch.manual_seed(0)
    model = build("nonlocal", image(4, 6, 5), pairwise=pairwise, subsample=subsample, norm=False)
    p, x = parts(model), values(2, 4, 6, 5)
    nn.init.ones_(p["gamma"].value)
    seen = F.max_pool2d(x, subsample) if subsample > 1 else x

    def tokens(maps: Tensor) -> Tensor:
        return maps.flatten(2).transpose(1, 2)

    g = tokens(p["g"](seen))
    count = g.shape[1]
    if pairwise == "gaussian":
        f = (tokens(x) @ tokens(seen).transpose(1, 2)).softmax(-1)
    else:
        theta, phi = tokens(p["theta"](x)), tokens(p["phi"](seen))
        if pairwise == "embedded_gaussian":
            f = (theta @ phi.transpose(1, 2)).softmax(-1)
        elif pairwise == "dot":
            f = theta @ phi.transpose(1, 2) / count
        else:
            weight = torch.cat([p["from_theta"].weight, p["from_phi"].weight], 1)[0]
            pairs = torch.cat(
                [theta[:, :, None].expand(-1, -1, count, -1), phi[:, None].expand(-1, 30, -1, -1)], -1
            )
            f = (pairs @ weight).relu() / count
    y = (f @ g).transpose(1, 2).reshape(2, 2, 6, 5)
    torch.testing.assert_close(
        model(x)[0], x + F.conv2d(y, p["restore"].weight, p["restore"].bias), atol=1e-5, rtol=1e-4
    )


@pytest.mark.block("nonlocal")
@pytest.mark.parametrize("pairwise", ["embedded_gaussian", "gaussian"])
def test_softmax_weights_of_the_nonlocal_block_are_seen_by_the_engine(pairwise: str) -> None:
    flow = resolve(chain((4, 5, 6), node("it", "nonlocal", pairwise=pairwise)))
    module = compile_flow(flow, "long range", CPU, seed=0).module.eval()
    with observe.exposed(module, flow, exposing(flow, "attention")) as seen, torch.no_grad():
        module(values(2, 4, 5, 6))
    (weights,) = seen["it.attend"].values()
    assert weights.shape == (2, 1, 30, 30)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 1, 30))


@pytest.mark.block("nonlocal")
def test_every_place_reaches_every_other() -> None:
    torch.manual_seed(0)
    model = build("nonlocal", image(4, 6, 6)).eval()
    nn.init.ones_(parts(model)["gamma"].value)
    x = values(1, 4, 6, 6).requires_grad_()
    model(x)[0][0, :, 0, 0].sum().backward()
    assert x.grad is not None
    assert (x.grad.abs().sum(1) > 0).all()


# sampling


@pytest.mark.block("srgan_residual")
def test_srgan_block_is_not_activated_behind_the_addition() -> None:
    torch.manual_seed(0)
    model = build("srgan_residual", image(4, 5, 6)).eval()
    p, x = parts(model), values(2, 4, 5, 6)
    assert list(p) == ["conv1", "bn1", "prelu", "conv2", "bn2", "add"]
    y = p["bn1"](F.conv2d(x, p["conv1"].weight, padding=1))
    y = torch.where(y > 0, y, y * p["prelu"].weight)
    y = p["bn2"](F.conv2d(y, p["conv2"].weight, padding=1))
    torch.testing.assert_close(model(x)[0], x + y)
    nn.init.zeros_(p["conv2"].weight)
    assert torch.equal(model(x)[0], x)
    assert model(x)[0].min() < 0
    known = Resolver(registry()).block(registry().configure("srgan_residual", {}), (image(64, 24, 24),))
    assert known.parameters == 2 * 9 * 64 * 64 + 4 * 64 + 1


@pytest.mark.block("pixel_shuffle")
def test_pixel_shuffle_lays_channels_out_as_squares() -> None:
    x = values(2, 18, 3, 4)
    y = build("pixel_shuffle", image(18, 3, 4), factor=3)(x)[0]
    assert y.shape == (2, 2, 9, 12)
    for c, i, j, a, b in ((0, 0, 0, 0, 0), (1, 2, 3, 1, 2), (0, 1, 2, 2, 0)):
        assert torch.equal(y[:, c, 3 * i + a, 3 * j + b], x[:, 9 * c + 3 * a + b, i, j])
    assert torch.equal(F.pixel_unshuffle(y, 3), x)
    assert "does not divide the 6" in refusal("pixel_shuffle", image(6, 3, 3))


IDENTITY = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]


@pytest.mark.block("spatial_transformer")
@pytest.mark.parametrize("training", [True, False])
def test_the_identity_returns_the_input(training: bool) -> None:
    torch.manual_seed(0)
    model = build("spatial_transformer", image(3, 9, 12)).train(training)
    x = values(2, 3, 9, 12)
    torch.testing.assert_close(model(x)[0], x, atol=1e-5, rtol=1e-5)
    assert parts(model)["theta"](values(2, 32)).tolist() == [IDENTITY] * 2


@pytest.mark.block("spatial_transformer")
def test_maps_are_moved_by_theta() -> None:
    x = values(2, 3, 4, 6)
    cases = {
        "mirrored": ([-1.0, 0, 0, 0, 1, 0], x.flip(3)),
        "upside down": ([1.0, 0, 0, 0, -1, 0], x.flip(2)),
        "shifted": ([1.0, 0, 2 / 6, 0, 1, 0], F.pad(x, (0, 1))[..., 1:]),
    }
    for theta, wanted in cases.values():
        grid = AffineGrid(4, 6)(torch.tensor([theta] * 2))
        torch.testing.assert_close(GridSample()(x, grid), wanted, atol=1e-5, rtol=1e-4)
    model = build("spatial_transformer", image(3, 4, 6), size=(2, 3))
    assert model(x)[0].shape == (2, 3, 2, 3)
    half = model(x)[0]
    torch.testing.assert_close(half, F.avg_pool2d(x, 2), atol=1e-5, rtol=1e-4)  # bilinear between four


@pytest.mark.block("spatial_transformer")
def test_the_grid_is_that_of_torch() -> None:
    theta = values(3, 6)
    ours = AffineGrid(4, 7)(theta)
    usual = F.affine_grid(theta.reshape(3, 2, 3), [3, 1, 4, 7], align_corners=False)
    torch.testing.assert_close(ours, usual, atol=1e-6, rtol=1e-5)


@pytest.mark.block("spatial_transformer")
def test_the_localisation_network_learns_from_the_loss_behind_it() -> None:
    torch.manual_seed(0)
    model = build("spatial_transformer", image(1, 8, 8))
    (F.mse_loss(model(values(2, 1, 8, 8))[0], values(2, 1, 8, 8, seed=1))).backward()
    head = parts(model)["theta"]
    assert isinstance(head, AffineHead)
    assert head.weight.grad is not None
    assert head.weight.grad.abs().max() > 0


@pytest.mark.block("spatial_transformer")
def test_the_grid_is_seen_by_the_engine() -> None:
    flow = resolve(chain((2, 6, 8), node("it", "spatial_transformer")))
    module = compile_flow(flow, "moved", CPU, seed=0).module.eval()
    layers = exposing(flow, "grid")
    assert [address for address, _ in layers] == ["it", "it.grid"]
    with observe.exposed(module, flow, layers) as seen, torch.no_grad():
        module(values(3, 2, 6, 8))
    assert seen["it"]["grid"].shape == (3, 6, 8, 2)
    assert torch.equal(seen["it"]["grid"], seen["it.grid"]["grid"])
    assert seen["it"]["grid"].abs().max() < 1


@pytest.mark.block("spatial_transformer")
def test_sampling_compiles_whole_and_runs_in_half_precision() -> None:
    torch._dynamo.reset()
    head, grid, sample = AffineHead(4), AffineGrid(5, 6), GridSample("border")
    x, h = values(2, 3, 5, 6), values(2, 4)

    def run(x: Tensor, h: Tensor) -> Tensor:
        made: Tensor = sample(x, grid(head(h)))
        return made

    compiled = torch.compile(run, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x, h), run(x, h))
    with torch.autocast("cpu", dtype=torch.bfloat16):  # places need more digits than half precision has
        torch.testing.assert_close(run(x.bfloat16(), h), x.bfloat16().float(), atol=1e-4, rtol=1e-4)
    assert "six numbers" in refusal("affine_grid", vector(5))
    assert "x and y" in refusal("grid_sample", image(2, 4, 4), MemoEntry((4, 4, 3), ("H", "W", "D")))


# boosting


@pytest.mark.block("channel_boost")
@pytest.mark.parametrize(("keep", "channels"), [(True, 3 + 2 * 4), (False, 2 * 4)])
def test_auxiliary_channels_stand_beside_the_original(keep: bool, channels: int) -> None:
    torch.manual_seed(0)
    model = build("channel_boost", image(3, 6, 6), learners=2, channels=4, keep=keep)
    x = values(2, 3, 6, 6)
    y = model(x)[0]
    assert y.shape[1] == channels
    if keep:
        assert torch.equal(y[:, :3], x)
    weights = 9 * 3 * 16 + 16 + 9 * 16 * 4 + 4
    assert model.sample.parameters == 2 * weights
    known = Resolver(registry()).block(registry().configure("channel_boost", {}), (image(3, 6, 6),))
    assert known.trainable == 0 < known.parameters


@pytest.mark.block("channel_boost")
def test_auxiliary_weights_are_frozen_and_bitwise_unchanged_by_training() -> None:
    boost = node("boost", "channel_boost", learners=2)
    steps = [
        boost,
        node("conv1", "conv2d", filters=4),
        node("bn1", "batch_norm"),
        node("pool", "global_pool"),
    ]
    flow = resolve(chain((3, 8, 8), *steps, node("fc1", "linear", features=2)))
    assert not flow.problems
    module = compile_flow(flow, "boosted", CPU, seed=0).module
    before = {name: value.clone() for name, value in module.state_dict().items()}
    trained = [p for p in module.parameters() if p.requires_grad]
    assert sum(p.numel() for p in trained) == flow.trainable
    optimizer = torch.optim.AdamW(module.parameters(), lr=0.1, weight_decay=0.5)  # decay would move them too
    for seed in range(3):
        optimizer.zero_grad()
        F.cross_entropy(module(values(4, 3, 8, 8, seed=seed)), torch.tensor([0, 1, 0, 1])).backward()
        optimizer.step()
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name]) == name.startswith("boost."), name


# speech


@pytest.mark.block("cbhg")
@pytest.mark.parametrize(("bank", "width"), [(16, 128), (8, 80)])
def test_cbhg_of_tacotron(bank: int, width: int) -> None:
    x = sequence(20, width)
    known = Resolver(registry()).block(registry().configure("cbhg", {"bank": bank}), (x,))
    assert known.shape_error is None
    assert known.outputs == (sequence(20, 2 * 128),)
    filters = 128 * width * bank * (bank + 1) // 2 + 2 * 128 * bank
    projections = 3 * bank * 128 * 128 + 2 * 128 + 3 * 128 * width + 2 * width
    fit = 0 if width == 128 else width * 128
    highways = 4 * 2 * (128 * 128 + 128)
    gru = 2 * (6 * 128 * 128 + 6 * 128)
    assert known.parameters == filters + projections + fit + highways + gru
    kernels = [n.fields["kernel"] for n in known.inner.graph.of_block("conv1d")]  # type: ignore[union-attr]
    assert kernels == [*range(1, bank + 1), 3, 3]


@pytest.mark.block("cbhg")
def test_cbhg_by_its_steps() -> None:
    torch.manual_seed(0)
    fields = {"bank": 3, "filters": 4, "projection": 5, "highways": 2, "hidden": 6}
    model = build("cbhg", sequence(7, 6), **fields).eval()
    p, x = parts(model), values(2, 7, 6)
    rows = x.transpose(1, 2)
    found = [
        p[f"bank{k}_bn"](F.conv1d(rows, p[f"bank{k}"].weight, padding=k // 2)[..., :7].relu())
        for k in (1, 2, 3)
    ]
    y = F.max_pool1d(torch.cat(found, 1), 2, 1, padding=1)[..., :7]
    y = p["project1_bn"](F.conv1d(y, p["project1"].weight, padding=1).relu())
    y = p["project2_bn"](F.conv1d(y, p["project2"].weight, padding=1))
    y = x + y.transpose(1, 2)
    for number in (1, 2):
        h = dict(p[f"highway{number}"].parts.items())
        t = (h["gate"](y) + h["gate_bias"].value).sigmoid()
        y = h["layer"](y).relu() * t + y * (1 - t)
    usual = nn.GRU(6, 6, batch_first=True, bidirectional=True)
    usual.load_state_dict(p["gru"].state_dict())
    torch.testing.assert_close(model(x)[0], usual(y)[0], atol=1e-5, rtol=1e-4)


@pytest.mark.block("cbhg")
def test_cbhg_reads_both_ways_and_shows_its_gates() -> None:
    torch.manual_seed(0)
    model = build("cbhg", sequence(9, 4), bank=2, filters=2, projection=2, highways=1, hidden=3).eval()
    x = values(1, 9, 4).requires_grad_()
    model(x)[0][0, 4].sum().backward()
    assert x.grad is not None
    assert (x.grad[0].abs().sum(1) > 0).all()
    inner = model.sample.inner
    assert inner is not None
    assert [address for address, _ in exposing(inner, "gates")] == ["highway1", "gru"]
