"""Recurrent layers equal torch's, or the lecture's equations written out step by step."""

from typing import Any

import pytest
import torch
from samples import Built, build
from torch import Tensor, nn

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


def test_lecture_gru_is_not_torchs() -> None:
    """Not even with the same matrices and no biases."""
    torch.manual_seed(0)
    model = build("gru", sequence(T, D), hidden=H)
    peer = copied(model, nn.GRU(D, H, bias=False, batch_first=True))
    assert not torch.allclose(model(values())[0], peer(values())[0], atol=1e-3)


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
