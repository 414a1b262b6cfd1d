"""Arithmetic against torch and against loops over single values."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from samples import build
from torch import Tensor
from torch.nn import functional as F

from explorer.blocks.registry import registry
from explorer.graph.catalogue import BadField
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor as Shape
from explorer.graph.tensor import image, sequence, tokens, vector

X = (2, 3, 4, 5)
torch.set_num_threads(1)


def values(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(sum(shape)))


FORMULAS: dict[str, tuple[dict[str, Any], Callable[[float], float]]] = {
    "exp": ({}, math.exp),
    "log": ({"least": 0.5}, lambda x: math.log(max(x, 0.5))),
    "sqrt": ({"least": 0.25}, lambda x: math.sqrt(max(x, 0.25))),
    "power": ({"exponent": 3.0}, lambda x: x**3),
    "abs": ({}, abs),
    "clamp": ({"low": -0.5, "high": 0.3}, lambda x: min(max(x, -0.5), 0.3)),
    "sin": ({}, math.sin),
    "cos": ({}, math.cos),
}


@pytest.mark.block("exp", "log", "sqrt", "power", "abs", "clamp", "sin", "cos")
@pytest.mark.parametrize("block", FORMULAS)
def test_functions_are_the_ones_of_mathematics(block: str) -> None:
    fields, formula = FORMULAS[block]
    x = values(2, 6)
    expected = torch.tensor([[formula(float(v)) for v in row] for row in x])
    torch.testing.assert_close(build(block, vector(6), **fields)(x)[0], expected)


@pytest.mark.block("log", "sqrt", "divide", "power")
def test_nothing_becomes_infinite_at_zero() -> None:
    x = torch.zeros(1, 3, requires_grad=True)
    for block, fields in (
        ("log", {}),
        ("sqrt", {}),
        ("power", {"exponent": -1.0}),
        ("power", {"exponent": 0.5}),
    ):
        y = build(block, vector(3), **fields)(x)[0]
        assert y.isfinite().all()
        (slope,) = torch.autograd.grad(y.sum(), x)
        assert slope.isfinite().all()
    y = build("divide", vector(3), vector(3))(torch.ones(1, 3), torch.tensor([[0.0, -1e-20, 2.0]]))[0]
    torch.testing.assert_close(y, torch.tensor([[1e12, -1e12, 0.5]]))


@pytest.mark.block("subtract", "divide")
def test_differences_and_quotients() -> None:
    a, b = values(2, 3, 4), values(2, 3, 1)
    for block, expected in (("subtract", a - b), ("divide", a / b)):
        torch.testing.assert_close(
            build(block, sequence(3, 4), sequence(3, 1), broadcast=True)(a, b)[0], expected
        )
    row = values(2, 4)
    y = build("subtract", sequence(3, 4), vector(4), broadcast=True)(a, row)[0]
    torch.testing.assert_close(y, a - row.unsqueeze(1))
    shape_error = (
        Resolver(registry()).block(registry().configure("divide", {}), (vector(3), vector(4))).shape_error
    )
    assert shape_error is not None
    assert "needs equal shapes, but gets D 3 and D 4" in shape_error.message


REDUCTIONS: dict[str, Callable[[np.ndarray], float]] = {
    "sum": lambda x: float(x.sum()),
    "mean": lambda x: float(x.mean()),
    "max": lambda x: float(x.max()),
    "min": lambda x: float(x.min()),
    "norm1": lambda x: float(np.abs(x).sum()),
    "norm2": lambda x: float(math.sqrt((x**2).sum())),
    "variance": lambda x: float(((x - x.mean()) ** 2).mean()),
    "logsumexp": lambda x: float(np.log(np.exp(x).sum())),
}


@pytest.mark.block("reduce")
@pytest.mark.parametrize("kind", REDUCTIONS)
@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("axes", ["C", "HW", "CW", ""])
def test_reductions_over_any_axes(kind: str, axes: str, keep: bool) -> None:
    x = values(*X)
    y = build("reduce", image(*X[1:]), kind=kind, axes=axes, keep=keep)(x)[0]
    gone = ["CHW".index(letter) + 1 for letter in axes or "CHW"]
    for where in product(*(range(1 if n in gone else size) for n, size in enumerate(X))):
        part = x[tuple(slice(None) if n in gone else at for n, at in enumerate(where))].numpy()
        place = where if keep else tuple(at for n, at in enumerate(where) if n not in gone)
        assert float(y[place]) == pytest.approx(REDUCTIONS[kind](part), rel=1e-4, abs=1e-5)


@pytest.mark.block("argmax", "topk")
@pytest.mark.parametrize("smallest", [False, True])
def test_choices_stand_where_sorting_puts_them(smallest: bool) -> None:
    x = values(2, 5, 7)
    order = np.argsort(x.numpy() if smallest else -x.numpy(), axis=1)
    best, index = build("topk", sequence(5, 7), k=3, axis="T", smallest=smallest)(x)
    assert np.array_equal(index.numpy(), order[:, :3])
    assert np.array_equal(best.numpy(), np.take_along_axis(x.numpy(), order[:, :3], 1))
    first = build("argmax", sequence(5, 7), axis="T", smallest=smallest)(x)[0]
    assert np.array_equal(first.numpy(), order[:, 0])


@pytest.mark.block("gather")
def test_rows_are_picked_by_their_indices() -> None:
    x, index = values(2, 5, 4), torch.tensor([[4, 0, 0], [1, 9, -3]])
    y = build("gather", sequence(5, 4), tokens(3))(x, index)[0]
    for n, row in enumerate(((4, 0, 0), (1, 4, 0))):  # what lies outside is the nearest
        for k, at in enumerate(row):
            assert torch.equal(y[n, k], x[n, at])
    best, where = build("topk", sequence(5, 4), k=2, axis="T")(x)
    again = build("gather", sequence(5, 4), Shape((2, 4), ("T", "D"), "int"))(x, where)[0]
    assert torch.equal(again, best)


@pytest.mark.block("matmul")
@pytest.mark.parametrize("transpose", ["none", "first", "second", "both"])
def test_matrix_products(transpose: str) -> None:
    a = values(2, 3, 4) if transpose in ("none", "second") else values(2, 4, 3)
    b = values(2, 4, 5) if transpose in ("none", "first") else values(2, 5, 4)
    model = build("matmul", sequence(*a.shape[1:]), sequence(*b.shape[1:]), transpose=transpose)
    left, right = a.numpy(), b.numpy()
    left = left.transpose(0, 2, 1) if transpose in ("first", "both") else left
    right = right.transpose(0, 2, 1) if transpose in ("second", "both") else right
    torch.testing.assert_close(model(a, b)[0], torch.from_numpy(left @ right))
    assert model.sample.macs == 3 * 4 * 5


@pytest.mark.block("matmul")
def test_one_matrix_serves_a_stack_of_others() -> None:
    a, b = values(2, 3, 4, 5), values(2, 5, 2)
    y = build("matmul", image(3, 4, 5), sequence(5, 2))(a, b)[0]
    torch.testing.assert_close(y, torch.stack([a[:, n] @ b for n in range(3)], 1))


@pytest.mark.block("einsum")
@pytest.mark.parametrize("equation", ["td,sd->ts", "td,sd->st", "td,td->t", "td,tk->dk", "td->dt", "td->"])
def test_einsum_is_numpys(equation: str) -> None:
    given, _, result = equation.partition("->")
    sizes = {"t": 3, "s": 4, "d": 5, "k": 2}
    xs = [values(2, *(sizes[letter] for letter in term)) for term in given.split(",")]
    model = build("einsum", *(sequence(*x.shape[1:]) for x in xs), equation=equation)
    with_batch = ",".join("n" + term for term in given.split(",")) + "->n" + result
    torch.testing.assert_close(
        model(*xs)[0], torch.from_numpy(np.einsum(with_batch, *(x.numpy() for x in xs)))
    )


@pytest.mark.parametrize(
    ("equation", "words"),
    [
        ("td,sd", "written as"),
        ("tt->t", "each letter once"),
        ("td->x", "x in its result, which no input has"),
        ("a.b->a", "written as"),
    ],
)
def test_equations_that_say_nothing_are_refused(equation: str, words: str) -> None:
    with pytest.raises(BadField, match=words):
        registry().configure("einsum", {"equation": equation})


@pytest.mark.block("split")
def test_unequal_parts() -> None:
    x = values(2, 3, 7)
    model = build("split", sequence(3, 7), sizes=(1, 4, 2))
    for one, other in zip(model(x), torch.split(x, [1, 4, 2], -1), strict=True):
        assert torch.equal(one, other)
    message = (
        Resolver(registry())
        .block(registry().configure("split", {"sizes": (3, 3)}), (sequence(3, 7),))
        .shape_error
    )
    assert message is not None
    assert "parts of 3, 3, together 6" in message.message


@pytest.mark.block("stack")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_stacked_tensors_can_be_taken_apart(place: int) -> None:
    xs = [values(2, 3, 4) + n for n in range(3)]
    model = build("stack", *[sequence(3, 4)] * 3, axis="C", place=place)
    for one, other in zip(model(*xs)[0].unbind(place + 1), xs, strict=True):
        assert torch.equal(one, other)


@pytest.mark.block("roll", "repeat")
def test_rolled_and_repeated_rows() -> None:
    x = torch.arange(5.0).reshape(1, 5)
    assert build("roll", vector(5), shift=2)(x)[0].tolist() == [[3, 4, 0, 1, 2]]
    assert build("repeat", vector(5), times=2)(x)[0].tolist() == [[0, 1, 2, 3, 4, 0, 1, 2, 3, 4]]
    assert build("repeat", vector(5), times=2, order="each")(x)[0].tolist() == [
        [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    ]


@pytest.mark.block("pad")
@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("dims", [1, 2, 3])
def test_margins_of_signals_maps_and_videos(dims: int, mode: str) -> None:
    shape = (2, *range(4, 4 + dims))
    margin = tuple(n % 3 for n in range(1, 2 * dims + 1))
    axes = {1: "CT", 2: "CHW", 3: "CTHW"}[dims]
    x = values(3, *shape)
    y = build("pad", Shape(shape, tuple(axes)), margin=margin, mode=mode)(x)[0]
    way = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}[mode]
    pairs = [margin[2 * n : 2 * n + 2] for n in reversed(range(dims))]
    assert np.array_equal(y.numpy(), np.pad(x.numpy(), [(0, 0), (0, 0), *pairs], way))


@pytest.mark.block("pad")
def test_margins_of_named_axes() -> None:
    x = values(2, 3, 4)
    y = build("pad", sequence(3, 4), margin=(2, 0), axes="T", value=1.5)(x)[0]
    assert torch.equal(y, torch.cat([torch.full((2, 2, 4), 1.5), x], 1))
    y = build("pad", image(2, 3, 4), margin=(0, 1, 2, 0), axes="CW")(values(2, 2, 3, 4))[0]
    assert np.array_equal(y.numpy(), np.pad(values(2, 2, 3, 4).numpy(), [(0, 0), (0, 1), (0, 0), (2, 0)]))


@pytest.mark.block("resize")
@pytest.mark.parametrize("mode", ["nearest", "nearest-exact", "bilinear", "bicubic", "area"])
@pytest.mark.parametrize("by_factor", [False, True])
@pytest.mark.parametrize("corners", [False, True])
@pytest.mark.parametrize("smooth", [False, True])
def test_resizing_is_torchs(mode: str, by_factor: bool, corners: bool, smooth: bool) -> None:
    x = values(2, 3, 7, 10)
    fields = {"mode": mode, "by_factor": by_factor, "corners": corners, "smooth": smooth, "scale": 0.6}
    y = build("resize", image(3, 7, 10), **fields)(x)[0]
    curved = mode in ("bilinear", "bicubic")
    size: dict[str, Any] = {"scale_factor": 0.6} if by_factor else {"size": (4, 6)}
    more = {"align_corners": corners, "antialias": smooth} if curved else {}
    torch.testing.assert_close(y, F.interpolate(x, mode=mode, **size, **more))


@pytest.mark.block("resize")
def test_signals_and_videos_are_resized_too() -> None:
    x = values(2, 3, 7)
    y = build("resize", Shape((3, 7), ("C", "T")), mode="bilinear", size=11)(x)[0]
    torch.testing.assert_close(y, F.interpolate(x, 11, mode="linear", align_corners=False))
    x = values(1, 2, 3, 4, 5)
    y = build("resize", Shape((2, 3, 4, 5), ("C", "T", "H", "W")), mode="bilinear", size=(2, 6, 7))(x)[0]
    torch.testing.assert_close(y, F.interpolate(x, (2, 6, 7), mode="trilinear", align_corners=False))


@pytest.mark.block("pixel_unshuffle")
def test_unshuffled_pixels_are_shuffled_back() -> None:
    x = values(2, 3, 4, 6)
    small = build("pixel_unshuffle", image(3, 4, 6))(x)[0]
    assert torch.equal(build("pixel_shuffle", image(12, 2, 3))(small)[0], x)
