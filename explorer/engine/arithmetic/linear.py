"""Linear layers and tables: every input number times its weight; a row of a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor, nn

from explorer import words
from explorer.engine.arithmetic.rule import Place, Worked, rule
from explorer.engine.modules.sampling import AffineHead
from explorer.engine.modules.tokens import SharedEmbedding
from explorer.protocol.arithmetic import Share


@rule(nn.Linear, AffineHead)
def linear(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Multiply each input number with its weight."""
    assert isinstance(module, nn.Linear)
    (x,) = arriving
    row, weights = x[place[:-1]], module.weight[place[-1]].double()
    products = row * weights
    bias = None if module.bias is None else float(module.bias[place[-1]].double())
    shares = [
        Share(f"input {n}", float(products[n]), one(float(row[n])), one(float(weights[n])))
        for n in range(len(row))
    ]
    text = f"One value = {words.plural(len(row), 'product')}, added up"
    text += ", and the bias is added." if bias is not None else "."
    scale = float(products.abs().sum()) + abs(bias or 0.0)
    return Worked("sum", text, float(products.sum()) + (bias or 0.0), shares, bias, scale=scale)


@rule(nn.Embedding, SharedEmbedding)
def embedding(module: nn.Module, arriving: Sequence[Tensor], place: Place) -> Worked:
    """Look a token up."""
    assert isinstance(module, nn.Embedding)
    token = int(arriving[0][place[:-1]])
    value = float(module.weight[token, place[-1]].double())
    text = f"A table has a row of {module.weight.shape[1]:,} numbers for each token; this is row {token}."
    share = Share(f"row {token}", value, one(value))
    return Worked(
        "copy", text, value, [share], formula=f"table[{token}, {place[-1]}] = {words.number(value)}"
    )


def one(value: float) -> np.ndarray:
    """A number as a window of one cell."""
    return np.array([[value]], np.float32)
