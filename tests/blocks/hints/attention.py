"""Queries, keys, values, biases and masks that go together."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image, sequence, vector

HEADS = (1, 2, 4)


def _mask(rng: random.Random, keys: int) -> Tensor | None:
    return rng.choice((None, Tensor((keys,), ("T",), rng.choice(("bool", "int")))))


def _core(rng: random.Random) -> tuple[Tensor | None, ...]:
    asked, given = rng.randint(1, 6), rng.randint(1, 6)
    given = asked if rng.random() < 0.6 else given
    width, shared = rng.choice((8, 16)), rng.choice((1, 1, 2))
    key = sequence(given, width // shared)
    value = sequence(given, rng.choice((key.shape[1], 4, 12)))
    bias = rng.choice((None, image(rng.choice(HEADS), asked, given)))
    return sequence(asked, width), key, value, bias, _mask(rng, given)


def _core_fields(rng: random.Random, *inputs: Tensor | None) -> dict[str, Any]:
    query, key = inputs[:2]
    assert query is not None
    assert key is not None
    heads = rng.choice((2, 4))
    if key.shape[1] == query.shape[1]:
        return {"heads": rng.choice(HEADS), "kv_heads": None}
    return {"heads": heads, "kv_heads": heads // 2}


def _many(rng: random.Random) -> tuple[Tensor | None, ...]:
    query = sequence(rng.randint(1, 6), rng.choice((8, 16)))
    key = rng.choice((None, None, sequence(rng.randint(1, 6), rng.randint(1, 9))))
    value = rng.choice((None, None, sequence((key or query).shape[0], rng.randint(1, 9))))
    return query, key, value, _mask(rng, (key or query).shape[0])


def _heads(rng: random.Random, *inputs: Tensor | None) -> dict[str, Any]:
    heads = rng.choice((2, 4))
    return {
        "heads": heads,
        "kv_heads": rng.choice((None, 1, heads // 2, heads)),
        "head_width": rng.choice((None, None, 2, 6)),
        "window": rng.choice((None, None, None, rng.randint(1, 4))),
        "causal": rng.random() < 0.3,
    }


def _layer(rng: random.Random) -> tuple[Tensor | None, ...]:
    x = sequence(rng.randint(1, 6), rng.choice((4, 8)))
    return x, _mask(rng, x.shape[0])


def _layer_fields(rng: random.Random, *inputs: Tensor | None) -> dict[str, Any]:
    return _heads(rng) | {
        "mlp": rng.choice((None, rng.randint(1, 9))),
        "layer_scale": rng.choice((None, None, 0.1)),
        "head_width": rng.choice((None, 2, 4)),
        "position": rng.choice(("none", "alibi", "relative")),
    }


def _decoder(rng: random.Random) -> tuple[Tensor | None, ...]:
    x, mask = _layer(rng)
    memory = sequence(rng.randint(1, 6), rng.randint(1, 8))
    return x, memory, mask, _mask(rng, memory.shape[0])


def _turned(rng: random.Random) -> tuple[Tensor]:
    return (sequence(rng.randint(1, 7), 4 * rng.randint(1, 5)),)


def _conditioned(rng: random.Random) -> tuple[Tensor, Tensor]:
    x = rng.choice((sequence(rng.randint(1, 6), rng.randint(1, 8)), image(rng.randint(1, 6), 4, 3)))
    return x, vector(rng.randint(1, 7))


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "scaled_dot_product": _core,
    "multi_head_attention": _many,
    "transformer_encoder_layer": _layer,
    "transformer_decoder_layer": _decoder,
    "rope": _turned,
    "adaptive_norm": _conditioned,
}
FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "scaled_dot_product": _core_fields,
    "multi_head_attention": _heads,
    "transformer_encoder_layer": _layer_fields,
    "transformer_decoder_layer": _layer_fields,
    "rope": lambda rng, *x: {"heads": rng.choice((1, 2)), "share": rng.choice((1.0, 1.0, 0.5))},
    "relative_bias": lambda rng, *x: {
        "buckets": rng.choice((4, 6, 8, 32)),
        "longest": rng.choice((20, 128)),
        "heads": rng.randint(1, 6),
    },
    "alibi": lambda rng, *x: {"heads": rng.randint(1, 12)},
}
