"""Inputs of recurrent layers and of attention between two sequences."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, sequence, tokens, vector


def _pair(rng: random.Random) -> tuple[Tensor, Tensor]:
    """A state or several, and encoder states of mostly the same width."""
    width = rng.randint(1, 8)
    other = width if rng.random() < 0.7 else rng.randint(1, 8)
    state = vector(width) if rng.random() < 0.3 else sequence(rng.randint(1, 6), width)
    return state, sequence(rng.randint(1, 7), other)


def _three(rng: random.Random) -> tuple[Tensor, Tensor, Tensor]:
    steps, embedding, width = rng.randint(1, 4), rng.randint(1, 5), rng.randint(1, 6)
    encoder = sequence(rng.randint(1, 6), rng.randint(1, 6))
    if rng.random() < 0.3:
        return vector(embedding), vector(width), encoder
    return sequence(steps, embedding), sequence(steps, width), encoder


def _translation(rng: random.Random) -> tuple[Tensor, Tensor]:
    steps = rng.randint(1, 5)
    targets = tokens(steps) if rng.random() < 0.6 else sequence(steps, rng.randint(1, 5))
    return targets, sequence(rng.randint(1, 6), rng.randint(1, 6))


def _rows(rng: random.Random) -> tuple[Tensor]:
    return (sequence(rng.randint(1, 6), rng.randint(1, 7)),)


def _rows_and_places(rng: random.Random) -> tuple[Tensor, Tensor]:
    (scores,) = _rows(rng)
    return scores, sequence(scores.shape[0], 1)


def _weights(rng: random.Random) -> tuple[Tensor, Tensor]:
    (weights,) = _rows(rng)
    return weights, sequence(weights.shape[1], rng.randint(1, 6))


def _aligned(rng: random.Random) -> tuple[Tensor]:
    return (Tensor((rng.randint(1, 5), rng.randint(1, 5), rng.randint(1, 6)), ("H", "W", "D")),)


def _films(rng: random.Random) -> tuple[Tensor]:
    shape = rng.randint(1, 4), rng.randint(1, 3), rng.randint(1, 5), rng.randint(1, 5)
    return (Tensor(shape, ("T", "C", "H", "W")),)


def _volumes(rng: random.Random) -> tuple[Tensor]:
    shape = rng.randint(1, 3), rng.randint(1, 3), rng.randint(1, 4), rng.randint(1, 4)
    return (Tensor(shape, ("T", "D", "H", "W")),)


def _odd(dims: int) -> Callable[..., dict[str, Any]]:
    return lambda rng, *x: {
        "kernel": tuple(rng.choice((1, 3, 5)) for _ in range(dims)),
        "filters": rng.randint(1, 4),
    }


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "dot_scores": _pair,
    "weighted_sum": _weights,
    "bahdanau_attention": _pair,
    "dot_attention": _pair,
    "qkv_attention": _pair,
    "global_attention": _pair,
    "local_attention": _pair,
    "hard_attention": _pair,
    "window_weights": _rows,
    "predicted_window_weights": _rows_and_places,
    "hard_weights": _rows,
    "fc_attention": _three,
    "alignment_vectors": _weights,
    "context_vectors": _aligned,
    "attention_decoder": _translation,
    "conv_lstm2d": _films,
    "conv_lstm3d": _volumes,
}
FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "fc_attention": lambda rng, *x: {"max_length": rng.randint(1, 9)},
    "conv_lstm2d": _odd(2),
    "conv_lstm3d": _odd(3),
}
