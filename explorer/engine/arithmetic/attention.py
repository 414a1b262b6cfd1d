"""Attention: the values of all tokens, each times the weight that the query gives to its key."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import cast

import torch
from torch import Tensor, nn

from explorer import words
from explorer.engine.arithmetic.linear import one
from explorer.engine.arithmetic.rule import Place, Worked, rule
from explorer.engine.modules.attention import ScaledDotProduct
from explorer.engine.modules.tokens import LearnedEncoding, SinusoidalEncoding, sinusoids
from explorer.protocol.arithmetic import Share


@rule(ScaledDotProduct)
def scaled_dot_product(module: nn.Module, arriving: Sequence[Tensor | None], place: Place) -> Worked:
    """softmax(q·k ÷ √d) of one query, times a number of each value vector."""
    module = cast(ScaledDotProduct, module)
    query, key, value, bias, mask = [*arriving, None, None][:5]
    assert query is not None
    assert key is not None
    assert value is not None
    t, column = place
    width = value.shape[1] // module.kv_heads
    head, inside = divmod(column, width)
    shared = head // (module.heads // module.kv_heads)
    d = query.shape[1] // module.heads
    q = query[t, head * d : (head + 1) * d]
    k = key[:, shared * d : (shared + 1) * d]
    v = value[:, shared * width + inside]
    scores = (k @ q) * (1 / sqrt(d) if module.scale is None else module.scale)
    if bias is not None:
        scores = scores + bias[min(head, len(bias) - 1), t]
    away = torch.arange(len(k), device=q.device) - t
    hidden = away > 0 if module.causal else away > len(k)
    if module.window is not None:
        hidden = hidden | (away.abs() >= module.window)
    if mask is not None:
        hidden = hidden | (mask == 0)
    if bool(hidden.all()):  # then all count alike
        hidden, scores = ~hidden, torch.zeros_like(scores)
    weights = scores.masked_fill(hidden, -torch.inf).softmax(-1)
    products = weights * v
    shares = [
        Share(f"token {n}", float(products[n]), one(float(v[n])), one(float(weights[n])))
        for n in range(len(v))
        if not bool(hidden[n])
    ]
    seen = words.plural(len(shares), "token")
    text = f"Number {inside} of the values of {seen}, each times the weight from query {t} in head {head}"
    text += f" (softmax of q·k ÷ √{d}), added up." if module.scale is None else ", added up."
    return Worked("sum", text, float(products.sum()), shares, scale=float(products.abs().sum()))


@rule(SinusoidalEncoding, LearnedEncoding)
def place_added(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """What arrives, plus the number that stands for the place."""
    x = arriving[0]
    table = getattr(module, "table", None)
    if table is not None:
        code, name = float(table[place].double()), "the table of places"
    else:
        code, name = float(sinusoids(x.shape[0], x.shape[1], x.device)[place].double()), "sine or cosine"
    value = float(x[place])
    shares = [Share("what arrives", value, one(value)), Share(name, code, one(code))]
    text = "One value, plus the number that stands for its place."
    return Worked("sum", text, value + code, shares, scale=abs(value) + abs(code))
