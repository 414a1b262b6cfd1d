"""Recurrent layers: what the gates let through of the past and of the present step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from explorer import words
from explorer.engine.arithmetic.linear import one
from explorer.engine.arithmetic.rule import Place, Worked, rule
from explorer.engine.modules.recurrent import GRU, LSTM, LSTMWithCell, SimpleRNN, squashed
from explorer.protocol.arithmetic import Share


def _way(module: Any, x: Tensor, place: Place) -> tuple[Tensor, str, int, int]:
    """The steps up to the place in reading order, the suffix of the weights, the last step, the unit."""
    t, unit = place
    if unit < module.hidden_size:
        return x[: t + 1], "", t, unit
    return x[t:].flip(0), "_reverse", len(x) - 1 - t, unit - module.hidden_size


def _weights(module: Any, suffix: str) -> list[Tensor]:
    """What steps and states are multiplied with, and both biases, in double precision; zeros for none."""
    found: list[Tensor] = [getattr(module, f"{name}_l0{suffix}") for name in ("weight_ih", "weight_hh")]
    biases = [getattr(module, f"{name}_l0{suffix}", None) for name in ("bias_ih", "bias_hh")]
    zeros = torch.zeros(found[0].shape[0], dtype=torch.float64, device=found[0].device)
    return [w.double() for w in found] + [zeros if b is None else b.double() for b in biases]


@rule(LSTM, LSTMWithCell)
def lstm(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """C = f·c' + i·g, and o·tanh(c) leaves."""
    x, suffix, step, unit = _way(module, arriving[0], place)
    from_input, from_state, b, c_bias = _weights(module, suffix)
    h = cell = before = torch.zeros(from_state.shape[1], dtype=torch.float64, device=x.device)
    i = f = g = o = h
    for row in x:
        parts = from_input @ row + b + from_state @ h + c_bias
        i, f, g, o = parts.chunk(4)
        i, f, g, o = i.sigmoid(), f.sigmoid(), g.tanh(), o.sigmoid()
        before, cell = cell, f * cell + i * g
        h = o * cell.tanh()
    held, kept, new, taken, now, out = (float(v[unit]) for v in (before, f, g, i, cell, o))
    n, squeezed = words.number, float(cell.tanh()[unit])
    shares = [
        Share("forget gate", kept * held, one(held), one(kept)),
        Share("input gate", taken * new, one(new), one(taken)),
        Share("output gate", out * squeezed, one(squeezed), one(out)),
    ]
    text = (
        f"Step {step}: of what the cell held, {n(held)}, the forget gate keeps {words.percent(kept)}; of "
        f"what is new, {n(new)}, the input gate takes {words.percent(taken)}. The output gate lets "
        f"{words.percent(out)} of tanh of the cell out."
    )
    formula = f"cell = {n(kept)} · {n(held)} + {n(taken)} · {n(new)} = {n(now)}; "
    formula += f"{n(out)} · tanh({n(now)}) = {n(out * squeezed)}"
    return Worked("gates", text, out * squeezed, shares, formula=formula, scale=1.0)


@rule(GRU)
def gru(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """A mix of what was there and what is new, in shares that the update gate sets."""
    x, suffix, step, unit = _way(module, arriving[0], place)
    from_input, from_state, b, c_bias = _weights(module, suffix)
    lecture = getattr(module, "variant", "torch") == "lecture"
    size = from_state.shape[1]
    h = before = torch.zeros(size, dtype=torch.float64, device=x.device)
    r = z = new = h
    for row in x:
        given = (from_input @ row + b).chunk(3)
        state = (from_state @ h + c_bias).chunk(3)
        r, z = (given[0] + state[0]).sigmoid(), (given[1] + state[1]).sigmoid()
        past = from_state[2 * size :] @ (r * h) if lecture else r * state[2]
        new = (given[2] + past).tanh()
        before, h = h, ((1 - z) * h + z * new if lecture else z * h + (1 - z) * new)
    held, update, fresh, reset = (float(v[unit]) for v in (before, z, new, r))
    old_share, new_share = (1 - update, update) if lecture else (update, 1 - update)
    shares = [
        Share("kept", old_share * held, one(held), one(old_share)),
        Share("new", new_share * fresh, one(fresh), one(new_share)),
    ]
    n = words.number
    text = (
        f"Step {step}: {words.percent(old_share)} of what was there, {n(held)}, and "
        f"{words.percent(new_share)} of what is new, {n(fresh)}; the update gate sets the shares. "
        f"The reset gate let {words.percent(reset)} of the past into what is new."
    )
    return Worked("sum", text, old_share * held + new_share * fresh, shares, scale=1.0)


@rule(SimpleRNN)
def rnn(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """f(what the step gives + what the state before gives)."""
    layer: Any = module
    wide = layer.readouts[0].out_features if len(layer.readouts) else layer.hidden_size
    half, own = divmod(place[1], wide)
    x, suffix, step, unit = _way(
        module, arriving[0], (place[0], own % layer.hidden_size + half * layer.hidden_size)
    )
    from_input, from_state, _, _ = _weights(module, suffix)
    h = drive = past = torch.zeros(from_state.shape[1], dtype=torch.float64, device=x.device)
    for row in x:
        drive, past = from_input @ row, from_state @ h
        h = squashed(layer.f, drive + past)
    if len(layer.readouts):
        return _read(layer, h, half, own, step)
    given, kept, value = float(drive[unit]), float(past[unit]), float(h[unit])
    shares = [Share("from the step", given, one(given)), Share("from the state", kept, one(kept))]
    n = words.number
    sign = words.MINUS if kept < 0 else "+"
    formula = f"{layer.f}({n(given)} {sign} {n(abs(kept))}) = {n(value)}"
    text = f"Step {step}: what this step gives, plus what the state before it gives, through {layer.f}."
    return Worked("function", text, value, shares, formula=formula, scale=abs(given) + abs(kept) + 1.0)


def _read(layer: Any, h: Tensor, half: int, unit: int, step: int) -> Worked:
    """What the output layer makes of the state."""
    weights = layer.readouts[half].weight[unit].double()
    products = weights * h
    value = float(squashed(layer.g, products.sum()))
    pairs = zip(h.tolist(), weights.tolist(), strict=True)
    shares = [Share(f"unit {n}", a * b, one(a), one(b)) for n, (a, b) in enumerate(pairs)]
    through = "" if layer.g == "identity" else f", through {layer.g}"
    text = f"Step {step}: the numbers of the state, each times its weight, added up{through}."
    total, scale = float(products.sum()), float(products.abs().sum()) + 1.0
    if layer.g == "identity":
        return Worked("sum", text, value, shares, scale=scale)
    formula = f"{layer.g}({words.number(total)}) = {words.number(value)}"
    return Worked("function", text, value, shares, formula=formula, scale=scale)
