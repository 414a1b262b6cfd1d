"""Axes, indices and equations that fit what arrives."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from explorer.graph.tensor import Tensor, image, sequence, vector

EQUATIONS = (
    ("ab,bc->ac", "ab", "bc"),
    ("ab,cb->ac", "ab", "cb"),
    ("ab->ba", "ab"),
    ("ab->a", "ab"),
    ("ab->", "ab"),
    ("a,b->ab", "a", "b"),
    ("abc,abd->acd", "abc", "abd"),
    ("abc,cd->abd", "abc", "cd"),
    ("ab,ab->ab", "ab", "ab"),
    ("ab,ab->a", "ab", "ab"),
    ("abe,bc->ac", "abe", "bc"),
)
LETTERS = {1: "D", 2: "TD", 3: "CHW", 4: "CTHW"}


def _any(rng: random.Random) -> Tensor:
    shape = tuple(rng.randint(1, 5) for _ in range(rng.randint(1, 4)))
    return Tensor(shape, tuple(LETTERS[len(shape)]))


def _pair(rng: random.Random) -> tuple[Tensor, Tensor]:
    x = _any(rng)
    if rng.random() < 0.5:
        return x, x
    return x, x.resized(*(rng.choice((1, size)) for size in x.shape))


def _axes(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"axes": "".join(letter for letter in x.axes if rng.random() < 0.5)}


def _ids(shape: tuple[int, ...]) -> Tensor:
    return Tensor(shape, tuple(LETTERS[len(shape)]) if len(shape) > 1 else ("T",), "int")


def _gathered(rng: random.Random) -> tuple[Tensor, Tensor]:
    x = rng.choice(
        (sequence(rng.randint(1, 6), rng.randint(1, 5)), image(3, 4, rng.randint(1, 5)), vector(6))
    )
    if rng.random() < 0.5:
        return x, _ids((rng.randint(1, 7),))
    return x, Tensor((rng.randint(1, 4), *x.shape[1:]), x.axes, "int")


def _matrices(rng: random.Random) -> tuple[Tensor, Tensor]:
    rows, inner, columns = (rng.choice((2, 3, 4)) for _ in range(3))
    one, other = (rows, inner), (inner, columns)
    one, other = (rng.choice((one, one, one[::-1])), rng.choice((other, other, other[::-1])))
    lead = rng.choice(((), (), (2,)))
    a, b = ((*lead, *size) if rng.random() < 0.7 else size for size in (one, other))
    return Tensor(a, tuple(LETTERS[len(a)])), Tensor(b, tuple(LETTERS[len(b)]))


def _equation(rng: random.Random) -> tuple[Tensor | None, ...]:
    _, *terms = rng.choice(EQUATIONS)
    sizes = {letter: rng.randint(1, 5) for letter in "abcde"}
    shapes = [tuple(sizes[letter] for letter in term) for term in terms]
    given = [Tensor(shape, tuple(LETTERS[len(shape)])) for shape in shapes]
    return given[0], given[1] if len(given) > 1 else None


def _bounds(rng: random.Random, x: Tensor) -> dict[str, Any]:
    return {"low": rng.choice((None, -1.0, 0.0)), "high": rng.choice((None, 0.5, 2.0))}


INPUTS: dict[str, Callable[[random.Random], tuple[Any, ...]]] = {
    "subtract": _pair,
    "divide": _pair,
    "gather": _gathered,
    "matmul": _matrices,
    "einsum": _equation,
    "reduce": lambda rng: (_any(rng),),
    "argmax": lambda rng: (_any(rng),),
}
FIELDS: dict[str, Callable[..., dict[str, Any]]] = {
    "reduce": _axes,
    "clamp": _bounds,
    "einsum": lambda rng, *xs: {"equation": rng.choice(EQUATIONS)[0]},
    "power": lambda rng, x: {"exponent": rng.choice((2.0, 3.0, -1.0, 0.5, 1.5, 0.0))},
}
