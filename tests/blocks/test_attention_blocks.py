"""Attention against torch's own modules and against the formula written out; probes."""

import math
from typing import Any

import pytest
import torch
from samples import Built, Level, build
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.engine.modules.attention import ScaledDotProduct
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as Shape
from explorer.graph.tensor import image, sequence

N, T, S, D = 3, 5, 7, 8
torch.set_num_threads(1)


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


def mask_of(steps: int) -> Shape:
    return Shape((steps,), ("T",), "bool")


def part(model: Built | Level, *path: str) -> Any:
    found: Any = model.level if isinstance(model, Built) else model
    for name in path:
        found = found.parts[name]
    return found


def copy_attention(ours: Any, theirs: nn.MultiheadAttention) -> None:
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.cat([ours.parts[f"to_{p}"].weight for p in "qkv"]))
        theirs.in_proj_bias.copy_(torch.cat([ours.parts[f"to_{p}"].bias for p in "qkv"]))
        theirs.out_proj.weight.copy_(ours.parts["to_out"].weight)
        theirs.out_proj.bias.copy_(ours.parts["to_out"].bias)


@pytest.mark.block("multi_head_attention", "scaled_dot_product")
@pytest.mark.parametrize(("cross", "causal"), [(False, False), (False, True), (True, False)])
def test_multi_head_attention_equals_torch(cross: bool, causal: bool) -> None:
    torch.manual_seed(0)
    given = (sequence(T, D), sequence(S, D) if cross else None)
    model = build("multi_head_attention", *given, heads=4, causal=causal)
    assert model.sample.parameters == 4 * (D * D + D)
    peer = nn.MultiheadAttention(D, 4, batch_first=True)
    copy_attention(model.level, peer)
    query = values(N, T, D)
    key = values(N, S, D) if cross else query
    mask = torch.ones(T, T, dtype=torch.bool).triu(1) if causal else None
    seen: list[Tensor] = []
    expected, weights = peer(query, key, key, attn_mask=mask, average_attn_weights=False)
    torch.testing.assert_close(model(query, key if cross else None)[0], expected)
    part(model, "attend").probe = lambda shown: seen.append(shown["weights"])
    torch.testing.assert_close(model(query, key if cross else None)[0], expected)
    torch.testing.assert_close(seen[0], weights)


@pytest.mark.block("multi_head_attention")
def test_key_and_value_may_have_other_widths() -> None:
    model = build("multi_head_attention", sequence(T, D), sequence(S, 6), sequence(S, 10), heads=2)
    y = model(values(N, T, D), values(N, S, 6), values(N, S, 10))[0]
    assert y.shape == (N, T, D)
    assert model.sample.parameters == D * D + D * 6 + D * 10 + D * D + 4 * D


def written_out(
    q: Tensor, k: Tensor, v: Tensor, heads: int, groups: int, hidden: Tensor, bias: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Attention head by head: the softmax of q·k with bias and mask, and what it mixes."""
    d, e = q.shape[-1] // heads, v.shape[-1] // (heads // groups)
    weights, mixed = [], []
    for h in range(heads):
        mine, theirs, taken = (
            slice(n * w, (n + 1) * w) for n, w in ((h, d), (h // groups, d), (h // groups, e))
        )
        scores = q[..., mine] @ k[..., theirs].transpose(1, 2) / math.sqrt(d)
        if bias is not None:
            scores = scores + bias[:, h % bias.shape[1]]
        weights.append(scores.masked_fill(hidden, -math.inf).softmax(-1))
        mixed.append(weights[-1] @ v[..., taken])
    return torch.cat(mixed, -1), torch.stack(weights, 1)


@pytest.mark.block("scaled_dot_product")
@pytest.mark.parametrize("groups", [1, 2, 4])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("window", [None, 1, 3])
@pytest.mark.parametrize("biased", [0, 1, 4])
@pytest.mark.parametrize("masked", [False, True])
def test_shared_keys_windows_biases_and_masks(
    groups: int, causal: bool, window: int | None, biased: int, masked: bool
) -> None:
    core = ScaledDotProduct(4, causal, kv_heads=4 // groups, window=window)
    q, k, v = values(N, T, 8), values(N, T, 8 // groups), values(N, T, 12 // groups)
    bias = values(N, biased, T, T) if biased else None
    mask = torch.ones(N, T, dtype=torch.bool)
    mask[0, T - 1] = mask[1, 1] = not masked
    away = torch.arange(T) - torch.arange(T).unsqueeze(1)
    hidden = (away > 0 if causal else away > T) | (away.abs() >= (window or T)) | ~mask.unsqueeze(1)
    seeing = ~hidden.all(-1)  # rows that see nothing have a test of their own
    y, weights = written_out(q, k, v, 4, groups, hidden, bias)
    given = mask if masked else None
    seen: list[Tensor] = []
    plain = core(q, k, v, bias, given)
    core.probe = lambda shown: seen.append(shown["weights"])
    probed = core(q, k, v, bias, given)
    torch.testing.assert_close(plain[seeing], y[seeing])
    torch.testing.assert_close(probed[seeing], y[seeing])
    torch.testing.assert_close(plain, probed)
    torch.testing.assert_close(seen[0].transpose(1, 2)[seeing], weights.transpose(1, 2)[seeing])
    torch.testing.assert_close(seen[0].sum(-1), torch.ones(N, 4, T))


@pytest.mark.block("scaled_dot_product")
def test_where_no_key_is_real_all_count_alike() -> None:
    core = ScaledDotProduct(2)
    q, v = values(N, T, D).requires_grad_(), values(N, T, D)
    mask = torch.zeros(N, T, dtype=torch.long)
    y = core(q, q, v, None, mask)
    torch.testing.assert_close(y, v.mean(1, keepdim=True).expand_as(y))
    y.sum().backward()
    assert q.grad is not None
    assert q.grad.isfinite().all()


@pytest.mark.block("multi_head_attention")
@pytest.mark.parametrize("cross", [False, True])
def test_padding_changes_nothing(cross: bool) -> None:
    """A text answers alike alone and filled up to the length of another; torch's module agrees."""
    torch.manual_seed(0)
    long = sequence(S, D)
    model = build(
        "multi_head_attention",
        sequence(T, D) if cross else long,
        long if cross else None,
        None,
        mask_of(S),
        heads=2,
    )
    peer = nn.MultiheadAttention(D, 2, batch_first=True)
    copy_attention(model.level, peer)
    key = values(N, S, D)
    query = values(N, T, D) if cross else key
    mask = torch.arange(S).expand(N, S) < torch.tensor([[4], [S], [S - 1]])
    y = model(query, key if cross else None, None, mask)[0]
    expected = peer(query, key, key, key_padding_mask=~mask)[0]
    torch.testing.assert_close(y, expected)
    short = sequence(4, D)
    small = build(
        "multi_head_attention", sequence(T, D) if cross else short, short if cross else None, heads=2
    )
    small.load_state_dict(model.state_dict())
    alone = small(query[:1] if cross else query[:1, :4], key[:1, :4] if cross else None)[0]
    torch.testing.assert_close(alone, y[:1] if cross else y[:1, :4])


@pytest.mark.block("multi_head_attention")
@pytest.mark.parametrize("position", ["rotary", "alibi", "relative"])
@pytest.mark.parametrize("norm", ["none", "rms", "layer"])
def test_what_is_observed_is_the_softmax_of_what_is_compared(position: str, norm: str) -> None:
    torch.manual_seed(0)
    fields = {"heads": 4, "kv_heads": 2, "causal": True, "position": position, "qk_norm": norm, "theta": 50.0}
    model = build("multi_head_attention", sequence(T, D), None, None, mask_of(T), **fields)
    x = values(N, T, D)
    mask = torch.ones(N, T, dtype=torch.bool)
    mask[1, 2] = False
    seen: list[Tensor] = []
    part(model, "attend").probe = lambda shown: seen.append(shown["weights"])
    y = model(x, None, None, mask)[0]
    q, k, v = (part(model, f"to_{p}")(x) for p in "qkv")
    if norm != "none":
        q, k = (
            part(model, f"{p}_norm")(t.unflatten(-1, (-1, 2))).flatten(2) for p, t in (("q", q), ("k", k))
        )
    if position == "rotary":
        q, k = (
            build("rope", sequence(T, t.shape[-1]), heads=t.shape[-1] // 2, theta=50.0)(t)[0] for t in (q, k)
        )
    bias = None if position == "rotary" else part(model, position)(x)
    hidden = torch.ones(T, T, dtype=torch.bool).triu(1) | ~mask.unsqueeze(1)
    mixed, weights = written_out(q, k, v, 4, 2, hidden, bias)
    torch.testing.assert_close(seen[0], weights)
    torch.testing.assert_close(y, part(model, "to_out")(mixed))


@pytest.mark.block("multi_head_attention")
def test_grouped_queries_have_fewer_weights() -> None:
    counts = [build("multi_head_attention", sequence(T, 64), kv_heads=n).sample.parameters for n in (8, 2, 1)]
    assert counts == [
        4 * (64 * 64 + 64),
        2 * (64 * 64 + 64) + 2 * (64 * 16 + 16),
        2 * (64 * 64 + 64) + 2 * (64 * 8 + 8),
    ]


@pytest.mark.block("transformer_encoder_layer")
@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("activation", ["gelu", "relu"])
def test_encoder_layer_equals_torch(norm: str, activation: str) -> None:
    torch.manual_seed(0)
    model = build(
        "transformer_encoder_layer", sequence(T, D), heads=2, mlp=20, norm=norm, activation=activation
    )
    peer = nn.TransformerEncoderLayer(
        D, 2, 20, dropout=0.0, activation=activation, batch_first=True, norm_first=norm == "pre"
    )
    copy_attention(part(model, "attention"), peer.self_attn)
    with torch.no_grad():
        for ours, theirs in (
            ("fc1", peer.linear1),
            ("fc2", peer.linear2),
            ("norm1", peer.norm1),
            ("norm2", peer.norm2),
        ):
            theirs.weight.copy_(part(model, ours).weight)
            theirs.bias.copy_(part(model, ours).bias)
    assert model.sample.parameters == sum(p.numel() for p in peer.parameters())
    x = values(N, T, D)
    torch.testing.assert_close(model(x)[0], peer(x))


@pytest.mark.block("transformer_encoder_layer")
def test_encoder_layer_with_mlp_of_four_widths_has_the_known_count() -> None:
    model = build("transformer_encoder_layer", sequence(T, D), heads=2, dropout=0.1)
    assert model.sample.parameters == 12 * D * D + 13 * D
    assert {"drop1", "drop2", "drop_mlp"} <= set(model.level.parts)


@pytest.mark.block("transformer_decoder_layer")
@pytest.mark.parametrize("norm", ["pre", "post"])
@pytest.mark.parametrize("activation", ["gelu", "relu"])
@pytest.mark.parametrize("train", [True, False])
def test_decoder_layer_equals_torch(norm: str, activation: str, train: bool) -> None:
    torch.manual_seed(0)
    model = build(
        "transformer_decoder_layer",
        sequence(T, D),
        sequence(S, D),
        heads=2,
        mlp=20,
        norm=norm,
        activation=activation,
    ).train(train)
    peer = nn.TransformerDecoderLayer(
        D, 2, 20, dropout=0.0, activation=activation, batch_first=True, norm_first=norm == "pre"
    ).train(train)
    copy_attention(part(model, "attention"), peer.self_attn)
    copy_attention(part(model, "cross_attention"), peer.multihead_attn)
    with torch.no_grad():
        for ours, theirs in (
            ("fc1", peer.linear1),
            ("fc2", peer.linear2),
            ("norm1", peer.norm1),
            ("norm2", peer.norm2),
            ("norm3", peer.norm3),
        ):
            theirs.weight.copy_(part(model, ours).weight)
            theirs.bias.copy_(part(model, ours).bias)
    assert model.sample.parameters == sum(p.numel() for p in peer.parameters())
    x, memory = values(N, T, D), values(N, S, D)
    mask = nn.Transformer.generate_square_subsequent_mask(T)
    torch.testing.assert_close(model(x, memory)[0], peer(x, memory, tgt_mask=mask, tgt_is_causal=True))


@pytest.mark.block("transformer_decoder_layer")
def test_memory_of_another_width_is_seen_whole() -> None:
    torch.manual_seed(0)
    model = build("transformer_decoder_layer", sequence(T, D), sequence(S, 6), heads=2, mlp=4)
    assert model.sample.parameters == 6 * D * D + 2 * D * 6 + 8 * D + 2 * D * 4 + 4 + D + 6 * D
    x, memory = values(1, T, D).requires_grad_(), values(1, S, 6).requires_grad_()
    model(x, memory)[0][0, 2].square().sum().backward()
    assert x.grad is not None
    assert memory.grad is not None
    assert x.grad[0, 3:].eq(0).all()
    assert memory.grad[0].abs().sum(-1).gt(0).all()


@pytest.mark.block("self_attention")
def test_self_attention_is_the_formula() -> None:
    torch.manual_seed(0)
    model = build("self_attention", sequence(T, D))
    assert model.sample.parameters == 3 * D * D
    x = values(N, T, D)
    q, k, v = (part(model, f"to_{p}")(x) for p in "qkv")
    weights = (q @ k.transpose(1, 2) / math.sqrt(D)).softmax(-1)
    torch.testing.assert_close(model(x)[0], weights @ v)
    projected = build("self_attention", sequence(T, D), project=True)
    assert projected.sample.parameters == 4 * D * D


@pytest.mark.block("scaled_dot_product")
@pytest.mark.parametrize("scale", [None, 1.0])
@pytest.mark.parametrize("heads", [1, 2])
def test_core_with_and_without_probe(heads: int, scale: float | None) -> None:
    core = ScaledDotProduct(heads, scale=scale)
    q, k, v = values(N, T, D), values(N, S, D), values(N, S, 6)
    plain = core(q, k, v)
    seen: list[Tensor] = []
    core.probe = lambda shown: seen.append(shown["weights"])
    torch.testing.assert_close(core(q, k, v), plain)
    assert seen[0].shape == (N, heads, T, S)
    torch.testing.assert_close(seen[0].sum(-1), torch.ones(N, heads, T))
    if heads == 1:
        torch.testing.assert_close(plain, F.scaled_dot_product_attention(q, k, v, scale=scale))


@pytest.mark.block("scaled_dot_product", "self_attention")
@pytest.mark.parametrize("probed", [False, True])
def test_a_causal_token_sees_nothing_later(probed: bool) -> None:
    core = ScaledDotProduct(2, causal=True)
    if probed:
        core.probe = lambda shown: None
    x = values(1, T, D).requires_grad_()
    core(x, x, x)[0, 2].sum().backward()
    assert x.grad is not None
    assert x.grad[0, :3].abs().sum() > 0
    assert x.grad[0, 3:].eq(0).all()


def tokens_of(*sizes: tuple[int, int]) -> tuple[Any, ...]:
    return tuple(sequence(*size) for size in sizes)


REFUSED: list[tuple[str, dict[str, Any], tuple[Any, ...], str]] = [
    (
        "multi_head_attention",
        {"heads": 3},
        (sequence(5, 8), None, None, None),
        "3 does not divide the width 8",
    ),
    ("transformer_encoder_layer", {"heads": 5}, tokens_of((5, 8)), "5 does not divide the width 8"),
    ("scaled_dot_product", {}, tokens_of((5, 4), (7, 6), (7, 6)), "queries of width 4"),
    ("scaled_dot_product", {}, tokens_of((5, 4), (7, 4), (5, 4)), "a value for each of its 7 keys"),
    ("scaled_dot_product", {"causal": True}, tokens_of((5, 4), (7, 4), (7, 4)), "5 queries and 7 keys"),
    ("self_attention", {}, (image(3, 4, 4),), "needs a sequence T × D"),
]


@pytest.mark.parametrize(("block", "fields", "given", "words"), REFUSED)
def test_what_does_not_fit_is_refused_in_words(
    block: str, fields: dict[str, Any], given: tuple[Any, ...], words: str
) -> None:
    configured = registry().configure(block, fields)
    given += (None,) * (len(configured.inputs) - len(given))
    shape_error = Resolver(registry()).block(configured, given).shape_error
    assert shape_error is not None
    assert words in shape_error.message
