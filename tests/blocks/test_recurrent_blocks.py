"""Recurrent layers equal torch's, or the lecture's equations written out step by step."""

from typing import Any

import pytest
import torch
from samples import Built, build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.engine.demonstrations.subject import alone
from explorer.graph.catalogue import BadField
from explorer.graph.tensor import Tensor as Shape
from explorer.graph.tensor import sequence

N, T, D, H = 3, 6, 5, 4
torch.set_num_threads(1)


def values() -> Tensor:
    return torch.randn(N, T, D, generator=torch.Generator().manual_seed(0))


def copied(ours: Built, theirs: nn.RNNBase) -> nn.RNNBase:
    """Give torch's module our weights; biases that we lack become zero."""
    state = dict(ours.only.named_parameters())
    with torch.no_grad():
        for name, weight in theirs.named_parameters():
            weight.copy_(state[name]) if name in state else weight.zero_()
    return theirs


@pytest.mark.block("rnn", "lstm", "gru")
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("block", "fields", "theirs", "more"),
    [
        ("rnn", {}, nn.RNN, {"bias": False}),
        ("rnn", {"f": "relu"}, nn.RNN, {"bias": False, "nonlinearity": "relu"}),
        ("lstm", {}, nn.LSTM, {}),
        ("lstm", {"biases": "two"}, nn.LSTM, {}),
        ("gru", {"variant": "torch"}, nn.GRU, {}),
    ],
    ids=["rnn", "rnn-relu", "lstm", "lstm-two", "gru"],
)
def test_equals_torch(
    block: str, fields: dict[str, Any], theirs: type[nn.RNNBase], more: dict[str, Any], bidirectional: bool
) -> None:
    torch.manual_seed(0)
    ours = build(block, sequence(T, D), hidden=H, bidirectional=bidirectional, **fields)
    peer = copied(ours, theirs(D, H, batch_first=True, bidirectional=bidirectional, **more))
    y, last = ours(values())
    expected, state = peer(values())
    state = state[0] if isinstance(state, tuple) else state
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(last, torch.cat(tuple(state), -1))


@pytest.mark.block("rnn", "lstm", "gru")
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize(
    ("block", "fields", "gates"),
    [
        ("rnn", {}, {"hidden"}),
        ("rnn", {"f": "sigmoid", "out": 3}, {"hidden"}),
        ("lstm", {}, {"input", "forget", "candidate", "output", "cell", "hidden"}),
        ("gru", {}, {"reset", "update", "candidate", "hidden"}),
        ("gru", {"variant": "torch"}, {"reset", "update", "candidate", "hidden"}),
    ],
)
def test_a_probe_sees_the_gates_and_changes_nothing(
    block: str, fields: dict[str, Any], gates: set[str], bidirectional: bool
) -> None:
    torch.manual_seed(0)
    model = build(block, sequence(T, D), hidden=H, bidirectional=bidirectional, **fields)
    plain = model(values())
    seen: dict[str, Tensor] = {}
    model.only.probe = seen.update
    probed = model(values())
    assert set(seen) == gates
    assert all(value.shape == (N, T, H * (1 + bidirectional)) for value in seen.values())
    for a, b in zip(plain, probed, strict=True):
        torch.testing.assert_close(a, b)
    if "out" not in fields:
        torch.testing.assert_close(seen["hidden"], plain[0])
    for gate in {"input", "forget", "output", "reset", "update"} & gates:
        assert ((seen[gate] > 0) & (seen[gate] < 1)).all()


@pytest.mark.block("rnn")
def test_simple_rnn_follows_the_lecture() -> None:
    torch.manual_seed(0)
    model = build("rnn", sequence(T, D), hidden=H, out=2, f="sigmoid", g="tanh")
    u, v = model.only.weight_ih_l0, model.only.weight_hh_l0
    w = model.only.readouts[0].weight
    x, h = values(), torch.zeros(N, H)
    y, last = model(x)
    for t in range(T):
        h = torch.sigmoid(h @ v.T + x[:, t] @ u.T)
        torch.testing.assert_close(y[:, t], torch.tanh(h @ w.T))
    torch.testing.assert_close(last, h)


@pytest.mark.block("gru")
def test_lecture_gru_resets_before_the_product() -> None:
    torch.manual_seed(0)
    model = build("gru", sequence(T, D), hidden=H)
    wr, wz, w = model.only.weight_ih_l0.chunk(3)
    ur, uz, u = model.only.weight_hh_l0.chunk(3)
    x, h = values(), torch.zeros(N, H)
    y, last = model(x)
    for t in range(T):
        r = torch.sigmoid(x[:, t] @ wr.T + h @ ur.T)
        z = torch.sigmoid(x[:, t] @ wz.T + h @ uz.T)
        new = torch.tanh(x[:, t] @ w.T + (r * h) @ u.T)
        h = (1 - z) * h + z * new
        torch.testing.assert_close(y[:, t], h)
    torch.testing.assert_close(last, h)


@pytest.mark.block("gru")
def test_lecture_gru_is_not_torchs() -> None:
    """Not even with the same matrices and no biases."""
    torch.manual_seed(0)
    model = build("gru", sequence(T, D), hidden=H)
    peer = copied(model, nn.GRU(D, H, bias=False, batch_first=True))
    assert not torch.allclose(model(values())[0], peer(values())[0], atol=1e-3)


@pytest.mark.block("rnn", "lstm", "gru")
@pytest.mark.parametrize(
    ("block", "fields", "parameters"),
    [
        ("rnn", {}, 400_000),
        ("lstm", {}, 4 * (800 * 500 + 500)),
        ("lstm", {"biases": "two"}, 4 * (800 * 500 + 1000)),
        ("gru", {}, 3 * 800 * 500),
        ("gru", {"bidirectional": True}, 6 * 800 * 500),
    ],
)
def test_parameters_of_the_lecture(block: str, fields: dict[str, Any], parameters: int) -> None:
    with torch.device("meta"):
        assert build(block, sequence(2, 300), hidden=500, **fields).sample.parameters == parameters


@pytest.mark.block("rnn", "lstm", "gru")
@pytest.mark.parametrize("block", ["rnn", "lstm", "gru"])
def test_reversing_the_input_swaps_the_halves(block: str) -> None:
    torch.manual_seed(0)
    model = build(block, sequence(T, D), hidden=H, bidirectional=True)
    with torch.no_grad():
        for name, weight in model.only.named_parameters():
            if name.endswith("_reverse"):
                weight.copy_(model.only.get_parameter(name.removesuffix("_reverse")))
    x = values()
    y, last = model(x)
    turned, turned_last = model(x.flip(1))
    forward, backward = y.chunk(2, -1)
    torch.testing.assert_close(turned, torch.cat([backward, forward], -1).flip(1))
    torch.testing.assert_close(turned_last, last.roll(H, -1))


@pytest.mark.block("lstm")
def test_the_fused_lstm_survives_copies_and_conversions() -> None:
    import copy

    model = build("lstm", sequence(T, D), hidden=H)
    y = model(values())[0]
    assert list(model.only.state_dict()) == ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0"]
    torch.testing.assert_close(copy.deepcopy(model)(values())[0], y)
    other = build("lstm", sequence(T, D), hidden=H)
    other.load_state_dict(model.state_dict())
    torch.testing.assert_close(other(values())[0], y)
    assert model.double()(values().double())[0].dtype == torch.float64


@pytest.mark.block("lstm")
def test_lstm_follows_the_lectures_six_equations() -> None:
    torch.manual_seed(0)
    model = build("lstm", sequence(T, D), hidden=H)
    wi, wf, wc, wo = torch.cat([model.only.weight_hh_l0, model.only.weight_ih_l0], 1).chunk(4)  # type: ignore[list-item]
    bi, bf, bc, bo = model.only.bias_ih_l0.chunk(4)  # type: ignore[operator]
    x, h, c = values(), torch.zeros(N, H), torch.zeros(N, H)
    y, _ = model(x)
    for t in range(T):
        both = torch.cat([h, x[:, t]], 1)
        f, i, o = (torch.sigmoid(both @ w.T + b) for w, b in ((wf, bf), (wi, bi), (wo, bo)))
        c = f * c + i * torch.tanh(both @ wc.T + bc)
        h = o * torch.tanh(c)
        torch.testing.assert_close(y[:, t], h)


LAYERS = 3


@pytest.mark.block("deep_rnn")
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("train", [True, False])
@pytest.mark.parametrize(
    ("fields", "theirs", "more"),
    [
        ({"cell": "lstm"}, nn.LSTM, {}),
        ({"cell": "gru", "variant": "torch"}, nn.GRU, {}),
        ({"cell": "rnn"}, nn.RNN, {"bias": False}),
    ],
    ids=["lstm", "gru", "rnn"],
)
def test_deep_rnn_equals_torch(
    fields: dict[str, Any], theirs: type[nn.RNNBase], more: dict[str, Any], bidirectional: bool, train: bool
) -> None:
    torch.manual_seed(0)
    ours = build(
        "deep_rnn", sequence(T, D), layers=LAYERS, hidden=H, bidirectional=bidirectional, **fields
    ).train(train)
    peer = theirs(D, H, num_layers=LAYERS, batch_first=True, bidirectional=bidirectional, **more).train(train)
    state = {
        name.replace("_l0", f"_l{number}"): weight
        for number in range(LAYERS)
        for name, weight in ours.level.parts[f"layer{number + 1}"].named_parameters()
    }
    with torch.no_grad():
        for name, weight in peer.named_parameters():
            weight.copy_(state[name]) if name in state else weight.zero_()
    y, last = ours(values())
    expected, states = peer(values())
    states = states[0] if isinstance(states, tuple) else states
    torch.testing.assert_close(y, expected)
    torch.testing.assert_close(last, torch.cat(tuple(states)[-(1 + bidirectional) :], -1))


@pytest.mark.block("deep_rnn")
@pytest.mark.parametrize("ways", [1, 2])
def test_a_dense_layer_reads_the_input_and_all_layers_below(ways: int) -> None:
    torch.manual_seed(0)
    model = build("deep_rnn", sequence(T, D), layers=LAYERS, hidden=H, bidirectional=ways == 2, dense=True)
    reads = [model.level.parts[f"layer{number}"].input_size for number in range(1, LAYERS + 1)]
    assert reads == [D + ways * H * below for below in range(LAYERS)]
    assert model.sample.parameters == sum(ways * 4 * ((m + H) * H + H) for m in reads)  # type: ignore[operator, misc]
    x = values()
    below = [x]
    for number in range(1, LAYERS + 1):
        y, last = model.level.parts[f"layer{number}"](torch.cat(below, -1))
        below.append(y)
    torch.testing.assert_close(model(x), (y, last))


FILM = ("T", "C", "H", "W")


def part(model: Built, name: str) -> Any:
    return model.level.parts[name]


def film(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


@pytest.mark.block("conv_lstm2d", "conv_lstm3d")
@pytest.mark.parametrize(
    ("block", "shape"),
    [
        ("conv_lstm2d", Shape((T, D, 1, 1), FILM)),
        ("conv_lstm3d", Shape((T, D, 1, 1, 1), ("T", "C", "D", "H", "W"))),
    ],
)
def test_a_picture_of_one_pixel_is_an_lstm(block: str, shape: Shape) -> None:
    """Of a larger kernel only the middle is ever used."""
    torch.manual_seed(0)
    model = build(block, shape, filters=H, kernel=3, peepholes=False)
    peer = nn.LSTM(D, H, batch_first=True)
    middle = (..., *[1] * (len(shape.shape) - 2))
    with torch.no_grad():
        conv_x, conv_h = part(model, "conv_x"), part(model, "conv_h")
        conv_x.bias.normal_()
        peer.weight_ih_l0.copy_(conv_x.weight[middle])
        peer.weight_hh_l0.copy_(conv_h.weight[middle])
        peer.bias_ih_l0.copy_(conv_x.bias)
        peer.bias_hh_l0.zero_()
    x = values()
    y, last = model(x.reshape(N, *shape.shape))
    expected, (state, _) = peer(x)
    torch.testing.assert_close(y.flatten(2), expected)
    torch.testing.assert_close(last.flatten(1), state[0])


@pytest.mark.block("conv_lstm2d", "conv_lstm3d")
@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("train", [True, False])
def test_conv_lstm_follows_the_lectures_five_equations(dims: int, train: bool) -> None:
    torch.manual_seed(0)
    places = (4, 5) if dims == 2 else (3, 4, 5)
    shape = Shape((T, 2, *places), FILM if dims == 2 else ("T", "C", "D", "H", "W"))
    model = build(f"conv_lstm{dims}d", shape, filters=3, kernel=3).train(train)
    k = 3**dims
    size = torch.Size(places).numel()
    assert model.sample.parameters == 4 * 3 * (2 + 3) * k + 4 * 3 + 3 * 3 * size
    assert model.sample.macs == T * size * 4 * 3 * (2 + 3) * k
    with torch.no_grad():
        for weight in model.parameters():
            weight.normal_(std=0.5)
    wx, b, wh = part(model, "conv_x").weight, part(model, "conv_x").bias, part(model, "conv_h").weight
    peep = [part(model, f"peephole_{gate}").value[0] for gate in ("input", "forget", "output")]
    conv = F.conv2d if dims == 2 else F.conv3d
    x = film(N, *shape.shape)
    h = c = torch.zeros(N, 3, *places)
    y, last = model(x)
    for t in range(T):
        i, f, g, o = (
            conv(x[:, t], wx[3 * n : 3 * n + 3], b[3 * n : 3 * n + 3], padding=1)
            + conv(h, wh[3 * n : 3 * n + 3], padding=1)
            for n in range(4)
        )
        i, f = torch.sigmoid(i + peep[0] * c), torch.sigmoid(f + peep[1] * c)
        c = f * c + i * torch.tanh(g)
        o = torch.sigmoid(o + peep[2] * c)
        h = o * torch.tanh(c)
        torch.testing.assert_close(y[:, t], h)
    torch.testing.assert_close(last, h)


@pytest.mark.block("conv_lstm2d")
def test_the_output_gate_looks_at_the_new_cell() -> None:
    """After the very first step the old cell is still zero, so that only the new one can matter."""
    torch.manual_seed(0)
    model = build("conv_lstm2d", Shape((1, 2, 4, 4), FILM), filters=3)
    x = film(N, 1, 2, 4, 4)
    before = model(x)[1]
    with torch.no_grad():
        part(model, "peephole_input").value += 5.0
        part(model, "peephole_forget").value += 5.0
    torch.testing.assert_close(model(x)[1], before)
    with torch.no_grad():
        part(model, "peephole_output").value += 5.0
    assert not torch.allclose(model(x)[1], before, atol=1e-3)


@pytest.mark.block("conv_lstm2d", "conv_lstm3d")
@pytest.mark.parametrize("peepholes", [False, True])
@pytest.mark.parametrize("dims", [2, 3])
def test_a_probe_sees_the_gates_of_a_conv_lstm(dims: int, peepholes: bool) -> None:
    torch.manual_seed(0)
    shape = Shape((T, 3, 4, 5), FILM if dims == 2 else ("T", "D", "H", "W"))
    block = registry().configure(f"conv_lstm{dims}d", {"filters": 2, "peepholes": peepholes})
    subject = alone(block, (shape,), torch.device("cpu"))
    y, seen = subject.outputs["y"], subject.seen
    assert set(seen) == {"input", "forget", "candidate", "output", "cell", "hidden"}
    shapes = {tuple(value.flatten(3).shape) for value in seen.values()}
    assert len(shapes) == 1
    torch.testing.assert_close((seen["output"] * seen["cell"].tanh()).flatten(), y.flatten())


@pytest.mark.block("conv_lstm2d", "conv_lstm3d")
def test_what_a_conv_lstm_refuses() -> None:
    with pytest.raises(BadField, match="odd"):
        registry().configure("conv_lstm2d", {"kernel": 4})
    with pytest.raises(AssertionError, match="a video T × C × H × W"):
        build("conv_lstm2d", sequence(3, 4))
    with pytest.raises(AssertionError, match="a sequence of volumes"):
        build("conv_lstm3d", Shape((3, 4, 5, 6), FILM))
