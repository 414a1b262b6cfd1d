"""Where wires meet: sums, products, one behind the other."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import cast

from torch import Tensor, nn

from explorer import words
from explorer.engine.arithmetic.linear import one
from explorer.engine.arithmetic.rule import Place, Worked, rule
from explorer.engine.modules.arithmetic import MatrixProduct, Subtract, joined
from explorer.engine.modules.normalisation import LayerScale
from explorer.engine.modules.plumbing import Add, Concat, Multiply, Scale
from explorer.engine.modules.tokens import ClassToken
from explorer.protocol.arithmetic import Share


def _stretched(arriving: Sequence[Tensor], place: Place) -> list[float]:
    """The value of each input at a place; axes of size 1 stand for all."""
    found = []
    for x in arriving:
        own = place[len(place) - x.dim() :]
        found.append(float(x[tuple(0 if size == 1 else n for n, size in zip(own, x.shape, strict=True))]))
    return found


@rule(Add)
def add(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Add the values at the same place."""
    values = _stretched(arriving, place)
    shares = [Share(f"input {n}", value, one(value)) for n, value in enumerate(values, 1)]
    text = f"One value = the {words.plural(len(values), 'value')} at the same place, added up."
    return Worked("sum", text, sum(values), shares, scale=sum(map(abs, values)))


@rule(Multiply)
def multiply(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Multiply the values at the same place."""
    values = _stretched(arriving, place)
    shares = [Share(f"input {n}", value, one(value)) for n, value in enumerate(values, 1)]
    value = prod(values)
    text = f"One value = the {words.plural(len(values), 'value')} at the same place, multiplied."
    formula = f"{' · '.join(map(words.number, values))} = {words.number(value)}"
    return Worked("function", text, value, shares, formula=formula)


@rule(Scale)
def scale(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Multiply with one number."""
    module = cast(Scale, module)
    x = float(arriving[0][place])
    value = x * module.factor
    formula = f"{words.number(x)} · {words.number(module.factor)} = {words.number(value)}"
    return Worked(
        "function",
        "One value, times a fixed number.",
        value,
        [Share("what arrives", x, one(x))],
        formula=formula,
    )


@rule(LayerScale)
def layer_scale(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Multiply with the learned number of the channel."""
    module = cast(LayerScale, module)
    x, channel = float(arriving[0][place]), place[module.dim]
    factor = float(module.gamma[channel].double())
    share = Share("what arrives", x * factor, one(x), one(factor))
    text = f"One value, times the learned factor of channel {channel}."
    return Worked("sum", text, x * factor, [share])


@rule(Subtract)
def subtract(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Take the second from the first."""
    a, b = _stretched(arriving, place)
    shares = [Share("a", a, one(a)), Share("−b", -b, one(-b))]
    return Worked("sum", "One value less the other.", a - b, shares, scale=abs(a) + abs(b))


@rule(ClassToken)
def class_token(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """The first token is learned, the others are passed on."""
    if place[0] == 0:
        value = float(cast(ClassToken, module).token[0, 0, place[1]].double())
        text = "The class token is learned, and the same for every input."
        return Worked("copy", text, value, [Share("learned", value, one(value))], formula=words.number(value))
    value = float(arriving[0][place[0] - 1, place[1]])
    text = f"The value is passed on as it is; its token was number {place[0] - 1} before."
    return Worked(
        "copy", text, value, [Share("what arrives", value, one(value))], formula=words.number(value)
    )


@rule(MatrixProduct)
def matmul(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """A row of the first matrix times a column of the second."""
    product = cast(MatrixProduct, module)
    a, b = (x[None] for x in arriving)
    a = a.transpose(-1, -2) if product.transpose in ("first", "both") else a
    b = b.transpose(-1, -2) if product.transpose in ("second", "both") else b
    a, b = joined(a, b)
    row = _level(a, place[:-2])[place[-2]]
    column = _level(b, place[:-2])[:, place[-1]]
    products = row * column
    shares = [
        Share(f"place {n}", float(products[n]), one(float(row[n])), one(float(column[n])))
        for n in range(len(products))
    ]
    text = (
        f"Row {place[-2]} of a times column {place[-1]} of b: {words.plural(len(row), 'product')}, added up."
    )
    return Worked("sum", text, float(products.sum()), shares, scale=float(products.abs().sum()))


def _level(x: Tensor, lead: Place) -> Tensor:
    """The matrix of a place; axes of size 1 stand for all."""
    for n in (0, *lead):
        x = x[0 if len(x) == 1 else n]
    return x


@rule(Concat)
def concat(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Find the input that the place belongs to."""
    module = cast(Concat, module)
    axis = module.dim - 1 if module.dim > 0 else arriving[0].dim() + module.dim
    at = place[axis]
    for number, x in enumerate(arriving, 1):
        if at < x.shape[axis]:
            own = (*place[:axis], at, *place[axis + 1 :])
            value = float(x[own])
            text = f"The value is passed on as it is, from input {number}, place {', '.join(map(str, own))}."
            share = Share(f"input {number}", value, one(value))
            return Worked("copy", text, value, [share], formula=words.number(value))
        at -= x.shape[axis]
    raise IndexError(place)
