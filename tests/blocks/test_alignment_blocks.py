"""Encoder-decoder attention, self-attention without weights, the three types, the translator's decoder."""

import math
from typing import Any

import pytest
import torch
from nets import design, node
from samples import Built, build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.engine.modules.attention import HardWeights
from explorer.engine.observe import attention_of, exposed
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import image, sequence, tokens, vector
from explorer.meaning.exposing import exposing

N, Q, S, D, H = 3, 4, 6, 5, 5
torch.set_num_threads(1)


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def weight(model: Built, name: str) -> Tensor:
    found = model.level.parts[name].weight
    assert isinstance(found, Tensor)
    return found


def weights_of(model: Built, *inputs: Tensor, at: str = "softmax") -> Tensor:
    seen: list[Tensor] = []
    handle = model.level.parts[at].register_forward_hook(lambda _m, _i, y: seen.append(y))
    model(*inputs)
    handle.remove()
    return seen[0]


@pytest.mark.block("bahdanau_attention")
def test_bahdanau_is_the_formula_and_its_weights_add_up() -> None:
    torch.manual_seed(0)
    model = build("bahdanau_attention", sequence(Q, D), sequence(S, 7), width=8)
    assert model.sample.parameters == 8 * (D + 7 + 1)
    s, h = values(N, Q, D), values(N, S, 7)
    w, u, v = (weight(model, name) for name in ("w_state", "u_encoder", "v"))
    scores = torch.empty(N, Q, S)
    for i in range(Q):
        for j in range(S):
            scores[:, i, j] = torch.tanh(s[:, i] @ w.T + h[:, j] @ u.T) @ v[0]
    expected = scores.softmax(-1)
    found = weights_of(model, s, h)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(found.sum(-1), torch.ones(N, Q))
    torch.testing.assert_close(model(s, h)[0], expected @ h)


@pytest.mark.block("bahdanau_attention", "dot_attention", "qkv_attention", "global_attention")
@pytest.mark.parametrize(
    "block", ["bahdanau_attention", "dot_attention", "qkv_attention", "global_attention"]
)
def test_one_state_is_a_sequence_of_one(block: str) -> None:
    torch.manual_seed(0)
    many = build(block, sequence(1, D), sequence(S, H))
    one = build(block, vector(D), sequence(S, H))
    one.load_state_dict(many.state_dict())
    s, h = values(N, 1, D), values(N, S, H)
    assert one.sample.outputs == (vector(H),)
    torch.testing.assert_close(one(s[:, 0], h)[0], many(s, h)[0][:, 0])


@pytest.mark.block("dot_attention", "dot_scores", "weighted_sum")
def test_dot_attention_is_torchs_with_scale_one() -> None:
    model = build("dot_attention", sequence(Q, D), sequence(S, D))
    assert model.sample.parameters == 0
    assert model.sample.macs == model.sample.macs_attention == 2 * Q * S * D
    s, h = values(N, Q, D), values(N, S, D)
    torch.testing.assert_close(model(s, h)[0], F.scaled_dot_product_attention(s, h, h, scale=1.0))
    w = weights_of(model, s, h)
    torch.testing.assert_close(w, (s @ h.mT).softmax(-1))
    scores = build("dot_scores", sequence(Q, D), sequence(S, D), scale=0.5)(s, h)[0]
    torch.testing.assert_close(scores, 0.5 * torch.einsum("nqd,nsd->nqs", s, h))
    c = build("weighted_sum", sequence(Q, S), sequence(S, D))(w, h)[0]
    torch.testing.assert_close(c, (w.unsqueeze(-1) * h.unsqueeze(1)).sum(2))


@pytest.mark.block("qkv_attention")
@pytest.mark.parametrize("bias", [False, True])
def test_qkv_attention_is_torchs_with_one_head(bias: bool) -> None:
    torch.manual_seed(0)
    model = build("qkv_attention", sequence(Q, D), sequence(S, 7), bias=bias, project=True)
    peer = nn.MultiheadAttention(D, 1, bias=bias, kdim=7, vdim=7, batch_first=True)
    with torch.no_grad():
        for ours, theirs in (("q", peer.q_proj_weight), ("k", peer.k_proj_weight), ("v", peer.v_proj_weight)):
            assert theirs is not None
            theirs.copy_(weight(model, f"to_{ours}"))
        peer.out_proj.weight.copy_(weight(model, "to_out"))
        if bias:
            peer.in_proj_bias.copy_(torch.cat([model.level.parts[f"to_{p}"].bias for p in "qkv"]))  # type: ignore[misc]
            peer.out_proj.bias.copy_(model.level.parts["to_out"].bias)  # type: ignore[arg-type]
    s, h = values(N, Q, D), values(N, S, 7)
    torch.testing.assert_close(model(s, h)[0], peer(s, h, h)[0])
    assert model.sample.parameters == sum(p.numel() for p in peer.parameters())


@pytest.mark.block("fc_attention")
def test_fc_attention_never_sees_the_encoder() -> None:
    torch.manual_seed(0)
    model = build("fc_attention", sequence(Q, 3), sequence(Q, D), sequence(S, H), max_length=10)
    assert model.sample.parameters == 10 * (3 + D) + 10
    t, s = values(N, Q, 3), values(N, Q, D)
    h = values(N, S, H).requires_grad_()
    found = weights_of(model, t, s, h)
    assert torch.equal(found, weights_of(model, t, s, h + 1))  # another source, the same weights
    assert found.shape == (N, Q, 10)
    assert torch.autograd.grad(found.sum(), h, allow_unused=True)[0] is None
    assert not torch.equal(found, weights_of(model, t, s + 1, h))
    # the tutorial: softmax over max_length, states filled up with zeros
    padded = torch.cat([h, torch.zeros(N, 10 - S, H)], 1)
    torch.testing.assert_close(model(t, s, h)[0], torch.bmm(found, padded))


@pytest.mark.block("self_dot_attention")
def test_scores_of_tokens_with_themselves_are_symmetric() -> None:
    model = build("self_dot_attention", sequence(Q, D))
    assert model.sample.parameters == 0
    x = values(N, Q, D)
    scores = weights_of(model, x, at="scores")
    torch.testing.assert_close(scores, scores.mT)
    torch.testing.assert_close(scores[:, 1, 3], (x[:, 1] * x[:, 3]).sum(-1))
    weights = weights_of(model, x)
    assert not torch.allclose(weights, weights.mT)  # the softmax divides each row by its own sum
    torch.testing.assert_close(model(x)[0], F.scaled_dot_product_attention(x, x, x, scale=1.0))


@pytest.mark.block("global_attention", "dot_attention", "bahdanau_attention")
@pytest.mark.parametrize(
    ("score", "same"), [("dot", "dot_attention"), ("concat", "bahdanau_attention"), ("general", None)]
)
def test_global_attention_of_each_score(score: str, same: str | None) -> None:
    torch.manual_seed(0)
    model = build("global_attention", sequence(Q, D), sequence(S, H), score=score)
    s, h = values(N, Q, D), values(N, S, H)
    if same is None:
        expected = ((s @ weight(model, "w_score").T) @ h.mT).softmax(-1) @ h
    else:
        peer = build(same, sequence(Q, D), sequence(S, H))
        peer.load_state_dict(model.state_dict())
        expected = peer(s, h)[0]
    torch.testing.assert_close(model(s, h)[0], expected)


@pytest.mark.block("local_attention", "global_attention", "window_weights")
@pytest.mark.parametrize("score", ["dot", "general", "concat"])
@pytest.mark.parametrize("window", [S, 50])
def test_a_window_over_everything_is_global(score: str, window: int) -> None:
    torch.manual_seed(0)
    states = sequence(Q, D), sequence(S, H)
    local = build("local_attention", *states, score=score, place="monotonic", window=window)
    whole = build("global_attention", *states, score=score)
    whole.load_state_dict(local.state_dict())
    s, h = values(N, Q, D), values(N, S, H)
    torch.testing.assert_close(local(s, h)[0], whole(s, h)[0])


@pytest.mark.block("local_attention", "global_attention", "predicted_window_weights")
def test_a_predicted_window_becomes_global_as_it_grows() -> None:
    torch.manual_seed(0)
    states = sequence(Q, D), sequence(S, H)
    local = build("local_attention", *states, window=60_000)
    s, h = values(N, Q, D), values(N, S, H)
    torch.testing.assert_close(local(s, h)[0], build("global_attention", *states)(s, h)[0])


@pytest.mark.block("local_attention", "window_weights")
def test_monotonic_windows_stand_at_the_own_place() -> None:
    model = build("local_attention", sequence(8, D), sequence(S, D), place="monotonic", window=1)
    found = weights_of(model, values(N, 8, D), values(N, S, D), at="window")
    for i in range(8):
        inside = {j for j in range(S) if abs(j - min(i, S - 1)) <= 1}
        assert {j for j in range(S) if found[0, i, j] > 0} == inside
    torch.testing.assert_close(found.sum(-1), torch.ones(N, 8))


@pytest.mark.block("local_attention", "predicted_window_weights")
def test_local_p_is_luongs_formula() -> None:
    torch.manual_seed(0)
    window = 2
    model = build("local_attention", sequence(Q, D), sequence(S, D), window=window)
    assert model.sample.parameters == D * D + D
    s, h = values(N, Q, D), values(N, S, D)
    found = weights_of(model, s, h, at="window")
    p = S * torch.sigmoid(torch.tanh(s @ weight(model, "w_place").T) @ weight(model, "v_place")[0])
    for n in range(N):
        for i in range(Q):
            inside = [j for j in range(1, S + 1) if abs(j - p[n, i].item()) <= window]
            align = torch.stack([s[n, i] @ h[n, j - 1] for j in inside]).softmax(0)
            expected = torch.zeros(S)
            for j, a in zip(inside, align, strict=True):
                expected[j - 1] = a * math.exp(-((j - p[n, i].item()) ** 2) / (2 * (window / 2) ** 2))
            torch.testing.assert_close(found[n, i], expected)
    torch.testing.assert_close(model(s, h)[0], found @ h)


@pytest.mark.block("predicted_window_weights")
def test_a_predicted_window_is_never_empty() -> None:
    rows = build("predicted_window_weights", sequence(3, S), sequence(3, 1), window=1)
    y = rows(values(1, 3, S), torch.tensor([[[0.0], [1.0], [0.5]]]))[0]
    assert y.isfinite().all()
    assert (y.sum(-1) > 0.1).all()


@pytest.mark.block("hard_attention", "hard_weights")
@pytest.mark.parametrize("train", [True, False])
def test_hard_attention_takes_exactly_one(train: bool) -> None:
    torch.manual_seed(0)
    model = build("hard_attention", sequence(Q, D), sequence(S, D)).train(train)
    s, h = values(N, Q, D).requires_grad_(), values(N, S, D)
    found = weights_of(model, s, h, at="choose")
    assert set(found.unique().tolist()) == {0.0, 1.0}
    assert found.sum(-1).eq(1).all()
    y = model(s, h)[0]
    for n in range(N):
        for i in range(Q):
            assert any(torch.equal(y[n, i], h[n, j]) for j in range(S))
    if not train:
        assert torch.equal(found.argmax(-1), (s @ h.mT).argmax(-1))
        assert torch.equal(y, model(s, h)[0])
    y.square().sum().backward()
    assert s.grad is not None
    assert s.grad.abs().sum() > 0  # straight through


@pytest.mark.block("hard_weights")
def test_hard_choices_are_drawn_by_the_softmax() -> None:
    torch.manual_seed(0)
    scores = torch.tensor([0.0, 1.0, 2.0, -1.0])
    choose = HardWeights().train()
    drawn = choose(scores.expand(1, 20_000, 4)).mean((0, 1))
    torch.testing.assert_close(drawn, scores.softmax(0), atol=0.015, rtol=0)


@pytest.mark.block("hard_weights")
def test_the_gradient_of_a_hard_choice_is_that_of_the_softmax() -> None:
    scores, factors = values(1, 3, 4).requires_grad_(), values(1, 3, 4)
    expected = torch.autograd.grad((scores.softmax(-1) * factors).sum(), scores)[0]
    (HardWeights().eval()(scores) * factors).sum().backward()
    torch.testing.assert_close(scores.grad, expected)


@pytest.mark.block("attention_decoder")
def test_the_lectures_translator() -> None:
    """100 words at most, 500 hidden units, 10,000 words: D alone has 5 million weights."""
    with torch.device("meta"):
        model = build("attention_decoder", tokens(100), sequence(100, 500))
    assert weight(model, "words").numel() == 500 * 10_000 == 5_000_000
    assert weight(model, "embed").shape == (10_000, 300)
    assert model.sample.outputs == (sequence(100, 10_000),)
    with torch.device("meta"):
        simple = build("attention_decoder", tokens(100), sequence(100, 500), cell="rnn")
    recurrent = simple.level.parts["step0_states"].rnn
    matrices = sum(w.numel() for w in recurrent.parameters() if w.dim() == 2)  # type: ignore[union-attr]
    assert matrices == (300 + 500) * 500  # the lecture: about ten times less than D


@pytest.mark.block("attention_decoder", "alignment_vectors", "context_vectors", "decoder_states")
@pytest.mark.parametrize("cell", ["gru", "lstm", "rnn"])
@pytest.mark.parametrize("score", ["dot", "additive"])
def test_the_decoder_follows_the_lectures_steps(cell: str, score: str) -> None:
    torch.manual_seed(0)
    hidden = D if score == "dot" else 7
    model = build(
        "attention_decoder",
        tokens(Q),
        sequence(S, D),
        score=score,
        cell=cell,
        hidden=hidden,
        embedding=3,
        vocabulary=9,
    )
    parts: Any = model.level.parts
    steps = [name for name in parts if name.startswith("step")]
    assert [name.partition("_")[0] for name in steps] == [f"step{n}" for n in range(6)]
    h, ids = values(N, S, D), torch.randint(0, 9, (N, Q))
    start = h[:, -1]  # step 0: begins with the last encoder state
    if hidden != D:
        start = torch.tanh(parts["bridge"](start))
    first = start.unsqueeze(0)
    state = (first, torch.zeros_like(first)) if cell == "lstm" else first
    expected = torch.empty(N, Q, 9)
    for t in range(Q):
        s, state = parts["step0_states"].rnn(parts["embed"](ids)[:, t : t + 1], state)
        s = s[:, 0]
        scores = []
        for j in range(S):  # step 1
            if score == "dot":
                scores.append((s * h[:, j]).sum(-1))
            else:
                mixed = torch.tanh(parts["w_state"](s) + parts["u_encoder"](h[:, j]))
                scores.append(mixed @ parts["v"].weight[0])
        w = torch.stack(scores, -1).softmax(-1)  # step 2
        aligned = [w[:, j, None] * h[:, j] for j in range(S)]  # step 3
        context = torch.stack(aligned).sum(0)  # step 4
        fed = torch.tanh(parts["combine"](torch.cat([context, s], -1)))  # step 5
        expected[:, t] = parts["words"](fed)
    torch.testing.assert_close(model(ids, h)[0], expected)
    later = ids.clone()
    later[:, 2:] = (ids[:, 2:] + 1) % 9
    torch.testing.assert_close(model(later, h)[0][:, :2], expected[:, :2])  # no step sees later words


@pytest.mark.block("attention_decoder")
def test_targets_may_come_embedded() -> None:
    torch.manual_seed(0)
    with_ids = build("attention_decoder", tokens(Q), sequence(S, D), embedding=3, vocabulary=9)
    plain = build("attention_decoder", sequence(Q, 3), sequence(S, D), vocabulary=9)
    state = {name: w for name, w in with_ids.state_dict().items() if ".embed." not in name}
    plain.load_state_dict(state)
    ids, h = torch.randint(0, 9, (N, Q)), values(N, S, D)
    embedded = with_ids.level.parts["embed"](ids)
    torch.testing.assert_close(plain(embedded, h)[0], with_ids(ids, h)[0])


TAKES: dict[str, tuple[Any, ...]] = {
    "bahdanau_attention": (sequence(Q, D), sequence(S, D)),
    "dot_attention": (sequence(Q, D), sequence(S, D)),
    "qkv_attention": (sequence(Q, D), sequence(S, D)),
    "fc_attention": (sequence(Q, 3), sequence(Q, D), sequence(S, D)),
    "self_dot_attention": (sequence(Q, D),),
    "self_attention": (sequence(Q, D),),
    "multi_head_attention": (sequence(Q, 8),),
    "global_attention": (sequence(Q, D), sequence(S, D)),
    "local_attention": (sequence(Q, D), sequence(S, D)),
    "hard_attention": (sequence(Q, D), sequence(S, D)),
    "transformer_encoder_layer": (sequence(Q, 8),),
    "transformer_decoder_layer": (sequence(Q, 8), sequence(S, 8)),
    "attention_decoder": (tokens(Q), sequence(S, D)),
}


@pytest.mark.block(*TAKES)
@pytest.mark.parametrize("block", TAKES)
def test_every_attention_shows_its_weights(block: str) -> None:
    fields: dict[str, Any] = {"place": "monotonic"} if block == "local_attention" else {}
    if block == "attention_decoder":
        fields = {"vocabulary": 12, "embedding": 3}
    names = [port.name for port in registry()[block].inputs[: len(TAKES[block])]]
    nodes = [node("it", block, **fields), node("out", "output")]
    for name, t in zip(names, TAKES[block], strict=True):
        nodes.append(node(f"in_{name}", "input", shape=t.shape, axes="".join(t.axes), dtype=t.dtype))
    document = design(nodes, *(f"in_{name} -> it.{name}" for name in names), "it -> out")
    flow = Resolver(registry()).resolve(document)
    assert not flow.problems, flow.problems
    layers = exposing(flow, "attention")
    assert layers
    module = compile_flow(flow, "n", torch.device("cpu"), seed=0).module.eval()
    given = [
        torch.zeros(2, *t.shape, dtype=torch.long) if t.dtype == "int" else values(2, *t.shape)
        for t in TAKES[block]
    ]
    plain = module(*given)
    with exposed(module, flow, layers) as found:
        torch.testing.assert_close(module(*given), plain)
    assert set(found) == {address for address, _ in layers}
    for seen in found.values():
        weights = attention_of(seen)
        assert weights.shape[0] == 2
        assert weights.shape[2] == Q
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))


REFUSED: list[tuple[str, dict[str, Any], tuple[Any, ...], str]] = [
    ("dot_attention", {}, (sequence(4, 5), sequence(6, 7)), "states of width 5"),
    ("global_attention", {}, (vector(5), sequence(6, 7)), "states of width 5"),
    ("bahdanau_attention", {}, (image(3, 4, 4), sequence(6, 7)), "one state D or with several T × D"),
    ("fc_attention", {"max_length": 4}, (vector(3), vector(5), sequence(6, 7)), "at most 4 places"),
    ("fc_attention", {}, (sequence(2, 3), sequence(3, 5), sequence(6, 7)), "a state for every embedding"),
    ("weighted_sum", {}, (sequence(4, 5), sequence(6, 7)), "has 5 weights in each row"),
    ("predicted_window_weights", {}, (sequence(4, 5), sequence(4, 2)), "one place for each of its 4 rows"),
    ("attention_decoder", {"hidden": 4}, (tokens(3), sequence(6, 7)), "with encoder states of 7"),
    ("attention_decoder", {}, (vector(3), sequence(6, 7)), "target"),
]


@pytest.mark.parametrize(("block", "fields", "given", "words"), REFUSED)
def test_what_does_not_fit_is_refused_in_words(
    block: str, fields: dict[str, Any], given: tuple[Any, ...], words: str
) -> None:
    configured: Block = registry().configure(block, fields)
    shape_error = Resolver(registry()).block(configured, given).shape_error
    assert shape_error is not None
    assert words in shape_error.message
