"""Activations: each value on its own goes through a curve. Formulas stand here once more, in plain maths."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer import words
from explorer.engine.arithmetic.linear import one
from explorer.engine.arithmetic.rule import Place, Worked, rule
from explorer.engine.modules.arithmetic import Absolute, Cos, Exp, Log, Sin, Sqrt
from explorer.engine.modules.stochastic import StochasticDepth
from explorer.protocol.arithmetic import Share


def sigmoid(x: float) -> float:
    """1 / (1 + e^−x), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def softplus(x: float) -> float:
    """log(1 + e^x), without overflow."""
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))


def gelu(x: float, approximate: str) -> float:
    """x·Φ(x), or its approximation by tanh."""
    if approximate == "tanh":
        return 0.5 * x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return 0.5 * x * (1 + math.erf(x / math.sqrt(2)))


_ALPHA, _SCALE = 1.6732632423543772, 1.0507009873554805
"""Of SELU, to double precision."""
Curve = Callable[[Any, float], float]
CURVES: dict[type[nn.Module], tuple[str, Curve]] = {
    nn.ReLU: ("max(0, {x})", lambda m, x: max(0.0, x)),
    nn.ReLU6: ("min(6, max(0, {x}))", lambda m, x: min(6.0, max(0.0, x))),
    nn.LeakyReLU: ("{x}, times its slope if below 0", lambda m, x: x if x >= 0 else x * m.negative_slope),
    nn.Sigmoid: ("1 ÷ (1 + e^−({x}))", lambda m, x: sigmoid(x)),
    nn.Tanh: ("tanh({x})", lambda m, x: math.tanh(x)),
    nn.GELU: ("{x} · Φ({x})", lambda m, x: gelu(x, m.approximate)),
    nn.SiLU: ("{x} · σ({x})", lambda m, x: x * sigmoid(x)),
    nn.Mish: ("{x} · tanh(softplus({x}))", lambda m, x: x * math.tanh(softplus(x))),
    nn.ELU: ("ELU({x})", lambda m, x: x if x > 0 else m.alpha * math.expm1(x)),
    nn.SELU: ("SELU({x})", lambda m, x: _SCALE * (x if x > 0 else _ALPHA * math.expm1(x))),
    nn.Softplus: (
        "log(1 + e^({x}))",
        lambda m, x: x if x * m.beta > m.threshold else softplus(x * m.beta) / m.beta,
    ),
    nn.Hardsigmoid: ("min(1, max(0, {x} ÷ 6 + ½))", lambda m, x: min(1.0, max(0.0, x / 6 + 0.5))),
    nn.Hardswish: ("{x} · min(1, max(0, {x} ÷ 6 + ½))", lambda m, x: x * min(1.0, max(0.0, x / 6 + 0.5))),
    Exp: ("e^({x})", lambda m, x: math.exp(x)),
    Log: ("log {x}", lambda m, x: math.log(max(x, m.least))),
    Sqrt: ("√{x}", lambda m, x: math.sqrt(max(x, m.least))),
    Absolute: ("|{x}|", lambda m, x: abs(x)),
    Sin: ("sin {x}", lambda m, x: math.sin(x)),
    Cos: ("cos {x}", lambda m, x: math.cos(x)),
    nn.Identity: ("{x}", lambda m, x: x),
    StochasticDepth: ("{x}", lambda m, x: x),
    nn.Dropout: ("{x}", lambda m, x: x),
    nn.Dropout1d: ("{x}", lambda m, x: x),
    nn.Dropout2d: ("{x}", lambda m, x: x),
    nn.Dropout3d: ("{x}", lambda m, x: x),
}
_BY_NAME = {cls.__name__: entry for cls, entry in CURVES.items()}
PASSED = ("Identity", "StochasticDepth", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d")


@rule(*CURVES)
def curve(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """The value at the same place, through the curve."""
    pattern, function = _BY_NAME[type(module).__name__]
    x = float(arriving[0][place])
    value = function(module, x)
    text = "One value, from the one at the same place and from no other."
    if type(module).__name__ in PASSED:
        text = "The value is passed on as it is." + (
            "" if isinstance(module, nn.Identity) else " Only training sets some to zero."
        )
    formula = f"{pattern.format(x=words.number(x))} = {words.number(value)}"
    return Worked("function", text, value, [Share("what arrives", x, one(x))], formula=formula, scale=abs(x))


@rule(nn.PReLU)
def learned_slope(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Below zero the value is multiplied with a learned slope."""
    assert isinstance(module, nn.PReLU)
    x = float(arriving[0][place])
    slope = float(module.weight[place[0] if module.num_parameters > 1 else 0].double())
    value = x if x >= 0 else x * slope
    formula = words.number(x) if x >= 0 else f"{words.number(slope)} · {words.number(x)}"
    text = f"One value, from the one at the same place; below 0 it is multiplied with {words.number(slope)}."
    share = Share("what arrives", x, one(x))
    return Worked(
        "function", text, value, [share], formula=f"{formula} = {words.number(value)}", scale=abs(x)
    )


@rule(nn.Softmax, nn.LogSoftmax)
def softmax(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Its exponential, divided by the sum of all exponentials along the axis."""
    assert isinstance(module, nn.Softmax | nn.LogSoftmax)
    x = arriving[0]
    axis = module.dim - 1 if module.dim is not None and module.dim > 0 else x.dim() + (module.dim or -1)
    row = x.movedim(axis, -1)[tuple(n for k, n in enumerate(place) if k != axis)]
    top = float(row.max())
    parts = torch.exp(row - top)
    total, at = float(parts.sum()), place[axis]
    value = float(parts[at]) / total
    shares = [Share(f"unit {n}", float(part), one(float(row[n]))) for n, part in enumerate(parts)]
    n = words.number
    formula = f"e^({n(float(row[at]) - top)}) ÷ {n(total)} = {n(value)}"
    text = (
        f"e to the power of each of {len(row):,} scores, less the largest ({n(top)}), divided by their sum."
    )
    if isinstance(module, nn.LogSoftmax):
        value = float(row[at]) - top - math.log(total)
        formula = f"{n(float(row[at]) - top)} − log {n(total)} = {n(value)}"
    return Worked(
        "share", text[:1].upper() + text[1:], value, shares, formula=formula, scale=max(1.0, abs(value))
    )
