"""Later designs against loops over single values, and against each other."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from samples import Built, build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.engine.modules.chance import uniform
from explorer.graph.tensor import Tensor as Shape
from explorer.graph.tensor import image, sequence, tokens, vector

torch.set_num_threads(1)
N, T, D = 2, 7, 6


@pytest.fixture(autouse=True)
def _seed() -> None:
    torch.manual_seed(0)


def module_of(model: Built) -> Any:
    return model.only


# random draws


def test_numbers_of_a_seed_are_spread_evenly_and_differ_from_another_seeds() -> None:
    one, other = (uniform(100_000, seed, torch.device("cpu")) for seed in (0, 1))
    assert torch.equal(one, uniform(100_000, 0, torch.device("cpu")))
    assert one.min() > 0
    assert one.max() < 1
    shares = torch.histc(one, 10, 0, 1) / len(one)
    assert (shares - 0.1).abs().max() < 0.005
    together = torch.corrcoef(torch.stack([one, other, one.roll(1)]))
    assert (together - torch.eye(3)).abs().max() < 0.02


@pytest.mark.block("noise")
def test_noise_has_its_deviation_in_training_and_its_seed_in_use() -> None:
    x = torch.ones(4, 5_000)
    model = build("noise", vector(5_000), std=0.5, always=True, seed=3)
    added = model.train()(x)[0] - x
    assert abs(float(added.std()) - 0.5) < 0.02
    assert abs(float(added.mean())) < 0.02
    assert not torch.equal(added, model(x)[0] - x)
    used = model.eval()(x)[0]
    assert torch.equal(used, model(x)[0])
    assert abs(float((used - x).std()) - 0.5) < 0.02
    assert not torch.equal(used, build("noise", vector(5_000), std=0.5, always=True, seed=4).eval()(x)[0])
    assert torch.equal(build("noise", vector(5_000)).eval()(x)[0], x)


@pytest.mark.block("reparametrise")
def test_draws_have_their_mean_and_deviation_and_pass_gradients_to_both() -> None:
    mean = torch.full((1, 20_000), 2.0, requires_grad=True)
    spread = torch.full((1, 20_000), math.log(0.25), requires_grad=True)
    model = build("reparametrise", vector(20_000), vector(20_000)).train()
    y = model(mean, spread)[0]
    assert abs(float(y.detach().mean()) - 2) < 0.02
    assert abs(float(y.detach().std()) - 0.5) < 0.02
    y.square().sum().backward()
    assert mean.grad is not None
    assert spread.grad is not None
    torch.testing.assert_close(mean.grad, 2 * y.detach())
    torch.testing.assert_close(spread.grad, y.detach() * (y.detach() - 2))
    assert torch.equal(model.eval()(mean, spread)[0], mean)


@pytest.mark.block("random_mask", "fill_masked")
def test_hidden_tokens_are_filled_and_the_others_come_back() -> None:
    x = torch.randn(3, 16, D)
    hide = build("random_mask", sequence(16, D), share=0.75)
    for train in (True, False):
        kept, index, hidden = hide.train(train)(x)
        assert kept.shape == (3, 4, D)
        assert (hidden.sum(1) == 12).all()
        fill = build("fill_masked", sequence(4, D), tokens(4), Shape((16,), ("T",), "bool"))
        y = fill(kept, index, hidden)[0]
        for n in range(3):
            for t in range(16):
                expected = module_of(fill).token[0, 0] if hidden[n, t] else x[n, t]
                assert torch.equal(y[n, t], expected)
    assert not torch.equal(hidden[0], hidden[1])  # every sample has a draw of its own


# times and codes


@pytest.mark.block("time_waves")
@pytest.mark.parametrize("order", ["sines_first", "cosines_first"])
def test_waves_are_the_formula(order: str) -> None:
    times = torch.tensor([[0.0], [1.5], [999.0]])
    y = build("time_waves", vector(1), width=9, longest=100.0, order=order)(times)[0]
    for n in range(3):
        for i in range(4):
            angle = float(times[n, 0]) * 100.0 ** (-i / 4)
            pair = (math.sin(angle), math.cos(angle))
            assert tuple(map(float, (y[n, i], y[n, 4 + i]))) == pytest.approx(
                pair if order == "sines_first" else pair[::-1], abs=1e-4
            )
        assert y[n, 8] == 0


@pytest.mark.block("time_embedding")
def test_a_time_embedding_is_two_layers_on_waves() -> None:
    model = build("time_embedding", vector(1), width=8, waves=6)
    assert model.sample.parameters == 6 * 8 + 8 + 8 * 8 + 8
    times = torch.tensor([[3], [700]])
    waves = build("time_waves", vector(1), width=6)(times)[0]
    parts = model.level.parts
    expected = parts["fc2"](F.silu(parts["fc1"](waves)))
    whole = build("time_embedding", Shape((1,), ("D",), "int"), width=8, waves=6)
    whole.load_state_dict(model.state_dict())
    torch.testing.assert_close(whole(times)[0], expected)


@pytest.mark.block("vector_quantizer")
@pytest.mark.parametrize("maps", [False, True])
def test_the_nearest_code_is_taken_and_gradients_pass_straight(maps: bool) -> None:
    shape = image(4, 2, 3) if maps else sequence(6, 4)
    model = build("vector_quantizer", shape, codes=5, commitment=0.5)
    with torch.no_grad():
        module_of(model).table.normal_()
    x = torch.randn(2, *shape.shape, requires_grad=True)
    y, index, loss = model(x)
    rows = x.flatten(2).transpose(1, 2) if maps else x
    made = y.flatten(2).transpose(1, 2) if maps else y
    table = module_of(model).table
    for n in range(2):
        squares = 0.0
        for t in range(6):
            away = [float((rows[n, t] - code).detach().square().sum()) for code in table]
            assert int(index.flatten(1)[n, t]) == int(np.argmin(away))
            torch.testing.assert_close(made[n, t], table[int(np.argmin(away))])
            squares += min(away)
        assert float(loss[n].detach()) == pytest.approx(1.5 * squares / 24, rel=1e-4)
    (slope,) = torch.autograd.grad(y.sum(), x, retain_graph=True)
    assert torch.equal(slope, torch.ones_like(x))
    loss.sum().backward()
    assert table.grad is not None
    assert x.grad is not None
    assert x.grad.abs().sum() > 0


# spectra


@pytest.mark.block("spectral_conv")
def test_spectral_convolution_is_the_sum_over_frequencies() -> None:
    """Written out as a discrete Fourier transform, one frequency and one channel after the other."""
    height, width, modes = 6, 7, 2
    model = build("spectral_conv", image(2, height, width), filters=3, modes=modes).double()
    x = torch.randn(1, 2, height, width, dtype=torch.double)
    weight = torch.complex(*module_of(model).weight.detach()).numpy()
    y = np.zeros((3, height, width))
    rows, columns = np.arange(height).reshape(-1, 1), np.arange(width)
    kept = [0, 1, height - 2, height - 1]
    for place, u in enumerate(kept):
        for v in range(modes):
            wave = np.exp(-2j * np.pi * (u * rows / height + v * columns / width))
            seen = (x[0].numpy() * wave).sum((1, 2))
            mixed = weight[:, :, place, v].T @ seen
            twice = 1 if v == 0 else 2  # the other half of the spectrum is its mirror image
            y += twice * (mixed.reshape(-1, 1, 1) * wave.conj()).real / (height * width)
    np.testing.assert_allclose(model(x)[0][0].detach().numpy(), y, atol=1e-5)


@pytest.mark.block("spectral_conv")
def test_the_same_weights_serve_a_finer_grid() -> None:
    coarse = build("spectral_conv", Shape((1, 16), ("C", "T")), filters=1, modes=4)
    fine = build("spectral_conv", Shape((1, 64), ("C", "T")), filters=1, modes=4)
    fine.load_state_dict(coarse.state_dict())

    def wave(places: int) -> Tensor:
        at = torch.arange(places) / places
        return (torch.sin(2 * math.pi * at) + torch.cos(6 * math.pi * at)).reshape(1, 1, -1)

    torch.testing.assert_close(fine(wave(64))[0][..., ::4], coarse(wave(16))[0], atol=1e-5, rtol=1e-4)


@pytest.mark.block("fourier_layer")
def test_a_fourier_layer_keeps_detail_beside_the_spectrum() -> None:
    model = build("fourier_layer", image(2, 6, 8), filters=4, modes=2, activation="identity")
    x = torch.randn(N, 2, 6, 8)
    parts = model.level.parts
    torch.testing.assert_close(model(x)[0], parts["spectral"](x) + parts["pointwise"](x))
    assert model.sample.parameters == 2 * 2 * 4 * 8 + 2 * 4 + 4


# deformable convolution


def bilinear(x: Tensor, row: float, column: float) -> Tensor:
    """A value between four pixels (C, H, W) → (C); what lies outside is 0."""
    found = torch.zeros(x.shape[0])
    for i in (math.floor(row), math.floor(row) + 1):
        for j in (math.floor(column), math.floor(column) + 1):
            if 0 <= i < x.shape[1] and 0 <= j < x.shape[2]:
                found += x[:, i, j] * (1 - abs(row - i)) * (1 - abs(column - j))
    return found


@pytest.mark.block("deformable_conv2d")
@pytest.mark.parametrize("weighed", [False, True])
@pytest.mark.parametrize(("stride", "padding", "dilation"), [(1, 1, 1), (2, 0, 1), (1, 2, 2)])
def test_values_are_read_where_the_moves_say(weighed: bool, stride: int, padding: int, dilation: int) -> None:
    sizes = {"stride": stride, "padding": padding, "dilation": dilation}
    model = build("deformable_conv2d", image(2, 6, 5), filters=3, kernel=3, weighed=weighed, **sizes)
    layer = module_of(model)
    nn.init.normal_(layer.offset.weight, std=0.3)
    x = torch.randn(1, 2, 6, 5)
    y, moves = model(x)[0].detach(), layer.offset(x)[0].detach()
    for row in range(y.shape[2]):
        for column in range(y.shape[3]):
            total = layer.bias.detach().clone()
            for k in range(9):
                down = row * stride - padding + (k // 3) * dilation + float(moves[2 * k, row, column])
                right = column * stride - padding + (k % 3) * dilation + float(moves[2 * k + 1, row, column])
                share = moves[18 + k, row, column].sigmoid() if weighed else 1.0
                total += layer.weight.detach()[:, :, k // 3, k % 3] @ (bilinear(x[0], down, right) * share)
            torch.testing.assert_close(y[0, :, row, column], total, atol=1e-4, rtol=1e-4)


@pytest.mark.block("deformable_conv2d")
def test_before_training_it_is_a_plain_convolution() -> None:
    model = build("deformable_conv2d", image(3, 8, 7), filters=4, weighed=False)
    x = torch.randn(2, 3, 8, 7)
    plain = F.conv2d(x, module_of(model).weight, module_of(model).bias, padding=1)
    torch.testing.assert_close(model(x)[0], plain, atol=1e-5, rtol=1e-4)


# experts


@pytest.mark.block("mixture_of_experts")
@pytest.mark.parametrize("activation", ["gelu", "swiglu"])
@pytest.mark.parametrize("room", [None, 0.5])
def test_each_token_is_the_mixture_of_its_best_experts(activation: str, room: float | None) -> None:
    experts, used = 4, 2
    fields = {"experts": experts, "used": used, "hidden": 5, "activation": activation, "room": room}
    model = build("mixture_of_experts", sequence(T, D), **fields)
    layer = module_of(model)
    seen: list[dict[str, Tensor]] = []
    layer.probe = seen.append
    x = torch.randn(N, T, D)
    y, balance = model(x)
    rated = (x @ layer.router.weight.t()).softmax(-1)
    capacity = T if room is None else math.ceil(room * used * T / experts)
    for n in range(N):
        shares = torch.zeros(T, experts)
        for t in range(T):
            best = rated[n, t].argsort(descending=True)[:used]
            shares[t, best] = rated[n, t, best] / rated[n, t, best].sum()
        chosen = shares > 0
        for e in range(experts):  # the tokens of an expert, those that rate it highest first
            for late in shares[:, e].argsort(descending=True)[capacity:]:
                shares[late, e] = 0
        for t in range(T):
            total = torch.zeros(D)
            for e in range(experts):
                inside = x[n, t] @ layer.up[e]
                if activation == "swiglu":
                    inside = F.silu(x[n, t] @ layer.gate[e]) * inside
                else:
                    inside = F.gelu(inside)
                total = total + shares[t, e] * (inside @ layer.down[e])
            torch.testing.assert_close(y[n, t], total, atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(seen[0]["router"][n], shares)
        torch.testing.assert_close(seen[0]["load"][n], (shares > 0).float().mean(0))
        unequal = (chosen.float().mean(0) * rated[n].mean(0)).sum() * experts / used
        torch.testing.assert_close(balance[n], unequal)


# state spaces


@pytest.mark.block("selective_scan")
@pytest.mark.parametrize("steps", [1, 2, 7, 33])
def test_loop_and_parallel_scan_and_the_recurrence_agree(steps: int) -> None:
    fields = {"state": 3, "rank": 2}
    loop = build("selective_scan", sequence(steps, D), form="loop", **fields)
    parallel = build("selective_scan", sequence(steps, D), **fields)
    parallel.load_state_dict(loop.state_dict())
    x = torch.randn(N, steps, D)
    y = loop(x)[0]
    torch.testing.assert_close(parallel(x)[0], y, atol=1e-5, rtol=1e-4)
    layer = module_of(loop)
    made = layer.select(x)
    step = F.softplus(layer.step(made[..., :2]))
    enter, leave = made[..., 2:5], made[..., 5:]
    for d in range(D):
        h = torch.zeros(N, 3)
        for t in range(steps):
            a = -layer.log_rate[d].exp()
            h = torch.exp(step[:, t, d, None] * a) * h + step[:, t, d, None] * enter[:, t] * x[:, t, d, None]
            expected = (leave[:, t] * h).sum(1) + layer.skip[d] * x[:, t, d]
            torch.testing.assert_close(y[:, t, d], expected, atol=1e-5, rtol=1e-4)


@pytest.mark.block("mamba_block")
def test_a_mamba_block_sees_nothing_later_and_has_mambas_weights() -> None:
    model = build("mamba_block", sequence(T, 16))
    inside, rank, state = 32, 1, 16
    scan = inside * (rank + 2 * state) + rank * inside + inside + inside * state + inside
    assert model.sample.parameters == 16 * 2 * inside + 4 * inside + inside + scan + inside * 16
    x = torch.randn(1, T, 16, requires_grad=True)
    model(x)[0][0, 3].sum().backward()
    assert x.grad is not None
    assert x.grad[0, 4:].eq(0).all()
    assert x.grad[0, :4].abs().sum(-1).gt(0).all()


# graphs

EDGES = torch.tensor([[0, 1, 0, 0], [1, 0, 2, 0], [0, 2, 0, 0], [0, 0, 0, 0]]).float()


@pytest.mark.block("graph_convolution")
@pytest.mark.parametrize("norm", ["symmetric", "mean", "none"])
@pytest.mark.parametrize("loops", [True, False])
def test_a_node_gets_the_sum_of_its_neighbours(norm: str, loops: bool) -> None:
    model = build("graph_convolution", sequence(4, D), sequence(4, 4), features=3, norm=norm, loops=loops)
    x = torch.randn(1, 4, D)
    y = model(x, EDGES.unsqueeze(0))[0]
    a = EDGES + torch.eye(4) * loops
    degrees = a.sum(1)
    layer = module_of(model)
    for i in range(4):
        total = layer.bias.detach().clone()
        for j in range(4):
            if a[i, j] == 0:
                continue
            by = {
                "symmetric": (degrees[i] * degrees[j]).sqrt(),
                "mean": degrees[i],
                "none": torch.tensor(1.0),
            }
            total = total + a[i, j] / by[norm] * (layer.linear.weight @ x[0, j])
        torch.testing.assert_close(y[0, i], total)


@pytest.mark.block("graph_attention")
def test_a_node_looks_at_its_neighbours_only() -> None:
    heads, features = 2, 3
    model = build("graph_attention", sequence(4, D), sequence(4, 4), heads=heads, features=features)
    layer = module_of(model)
    seen: list[Tensor] = []
    layer.probe = lambda shown: seen.append(shown["weights"])
    x = torch.randn(1, 4, D)
    y = model(x, EDGES.unsqueeze(0))[0]
    h = (x[0] @ layer.linear.weight.t()).reshape(4, heads, features)
    near = (EDGES + torch.eye(4)) > 0
    for k in range(heads):
        scores = torch.full((4, 4), -math.inf)
        for i in range(4):
            for j in range(4):
                if near[i, j]:
                    score = layer.target[k] @ h[i, k] + layer.source[k] @ h[j, k]
                    scores[i, j] = score if score > 0 else 0.2 * score
        weights = scores.softmax(-1)
        torch.testing.assert_close(seen[0][0, k], weights)
        mixed = weights @ h[:, k] + layer.bias[k * features : (k + 1) * features]
        torch.testing.assert_close(y[0, :, k * features : (k + 1) * features], mixed)


@pytest.mark.block("graph_convolution", "graph_attention")
@pytest.mark.parametrize("block", ["graph_convolution", "graph_attention"])
def test_the_order_of_the_nodes_does_not_matter(block: str) -> None:
    model = build(block, sequence(4, D), sequence(4, 4))
    x, order = torch.randn(1, 4, D), torch.tensor([2, 0, 3, 1])
    y = model(x, EDGES.unsqueeze(0))[0]
    moved = model(x[:, order], EDGES[order][:, order].unsqueeze(0))[0]
    torch.testing.assert_close(moved, y[:, order])


# what other blocks learned


@pytest.mark.block("max_pool", "max_unpool")
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_unpooled_values_stand_where_they_were_taken(dims: int) -> None:
    sizes = (6, 4, 8)[:dims]
    axes = tuple({1: "CT", 2: "CHW", 3: "CTHW"}[dims])
    whole = Shape((2, *sizes), axes)
    x = torch.randn(N, 2, *sizes)
    y, index = build("max_pool", whole, indices=True)(x)
    small = Shape(tuple(y.shape[1:]), axes)
    back = build("max_unpool", small, Shape(small.shape, axes, "int"), whole)(y, index, x)[0]
    unpool = (nn.MaxUnpool1d, nn.MaxUnpool2d, nn.MaxUnpool3d)[dims - 1](2)
    assert torch.equal(back, unpool(y, index))
    assert torch.equal(back[back != 0], x[back != 0])


@pytest.mark.block("lstm")
@pytest.mark.parametrize("both", [False, True])
def test_the_cells_last_state_leaves(both: bool) -> None:
    model = build("lstm", sequence(T, D), hidden=4, biases="two", bidirectional=both, cell=True)
    peer = nn.LSTM(D, 4, batch_first=True, bidirectional=both)
    peer.load_state_dict(module_of(model).state_dict())
    x = torch.randn(N, T, D)
    y, (hidden, cell) = peer(x)
    for probe in (None, lambda shown: None):
        module_of(model).probe = probe
        ours = model(x)
        torch.testing.assert_close(ours[0], y)
        torch.testing.assert_close(ours[1], hidden.transpose(0, 1).flatten(1))
        torch.testing.assert_close(ours[2], cell.transpose(0, 1).flatten(1))


@pytest.mark.block("deep_rnn")
def test_a_deep_lstm_with_two_biases_is_torchs() -> None:
    model = build("deep_rnn", sequence(T, D), layers=3, hidden=4, biases="two", bidirectional=True)
    peer = nn.LSTM(D, 4, 3, batch_first=True, bidirectional=True)
    with torch.no_grad():
        for number in range(3):
            for name, parameter in model.level.parts[f"layer{number + 1}"].named_parameters():
                getattr(peer, name.replace("_l0", f"_l{number}")).copy_(parameter)
    assert model.sample.parameters == sum(p.numel() for p in peer.parameters())
    x = torch.randn(N, T, D)
    y, (hidden, _) = peer(x)
    torch.testing.assert_close(model(x)[0], y)
    torch.testing.assert_close(model(x)[1], hidden[-2:].transpose(0, 1).flatten(1))


# norms


@pytest.mark.block(
    "rms_norm", "global_response_norm", "layer_scale", "adaptive_norm", "selu", "mish", "dropout"
)
def test_norms_of_later_years_are_their_formulas() -> None:
    x = torch.randn(N, 3, 4, 5)
    maps = image(3, 4, 5)
    rms = build("rms_norm", maps, axes="channels", eps=0.1)
    torch.testing.assert_close(rms(x)[0], x / (x.square().mean(1, keepdim=True) + 0.1).sqrt())
    grn = build("global_response_norm", maps)
    assert torch.equal(grn(x)[0], x)  # before it is trained
    with torch.no_grad():
        module_of(grn).weight.fill_(2.0)
        module_of(grn).bias.fill_(0.5)
    lengths = x.flatten(2).norm(dim=2)
    share = lengths / (lengths.mean(1, keepdim=True) + 1e-6)
    torch.testing.assert_close(grn(x)[0], x + 2 * x * share[..., None, None] + 0.5)
    torch.testing.assert_close(build("layer_scale", maps, start=0.1)(x)[0], 0.1 * x)
    ada = build("adaptive_norm", maps, vector(6))
    condition = torch.randn(N, 6)
    y, gate = ada(x, condition)
    torch.testing.assert_close(y, F.layer_norm(x.movedim(1, -1), (3,), eps=1e-6).movedim(-1, 1))
    assert gate.eq(0).all()
    with torch.no_grad():
        module_of(ada).modulation.weight.normal_()
    y, gate = ada(x, condition)
    shift, scale, opened = (F.silu(condition) @ module_of(ada).modulation.weight.t()).chunk(3, 1)
    plain = F.layer_norm(x.movedim(1, -1), (3,), eps=1e-6).movedim(-1, 1)
    torch.testing.assert_close(y, plain * (1 + scale[..., None, None]) + shift[..., None, None])
    torch.testing.assert_close(gate, opened[..., None, None])
    for block, function in (("selu", F.selu), ("mish", F.mish)):
        torch.testing.assert_close(build(block, maps)(x)[0], function(x))
    dropped = build("dropout", maps, whole="channels").train()(torch.ones(50, 3, 4, 5))[0]
    assert set(dropped.flatten(2).std(2).unique().tolist()) == {0.0}  # a map is there or not
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
