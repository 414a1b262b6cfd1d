"""Figures of attention weights: entropy, rollout, distances. Pure numpy.

Weights are float (heads, queries, keys); every row adds up to 1. With a grid of rows × columns the last
rows·columns tokens are the patches of a picture, those before them class tokens.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Grid: TypeAlias = tuple[int, int]


def entropy(rows: Array) -> Array:
    """Return the entropy of each row: 0 when all weight is on one key, 1 when all keys get alike."""
    weights = np.clip(np.nan_to_num(rows.astype(np.float64)), 0, None)
    keys = weights.shape[-1]
    if keys < 2:
        return np.zeros(weights.shape[:-1])
    logarithms = np.log(np.where(weights > 0, weights, 1.0))
    result: Array = -(weights * logarithms).sum(axis=-1) / np.log(keys)
    return np.clip(result, 0.0, 1.0)


def extra_tokens(tokens: int, grid: Grid) -> int:
    """Return how many tokens stand before the patches."""
    return tokens - grid[0] * grid[1]


def token_of(cell: tuple[int, int], tokens: int, grid: Grid) -> int:
    """Return the token of the patch in a row and column."""
    return extra_tokens(tokens, grid) + cell[0] * grid[1] + cell[1]


def cell_of(token: int, tokens: int, grid: Grid) -> tuple[int, int] | None:
    """Return row and column of a token, None for a class token."""
    patch = token - extra_tokens(tokens, grid)
    return divmod(patch, grid[1]) if patch >= 0 else None


def over_picture(row: Array, grid: Grid) -> Array:
    """Return the weights on the patches as rows × columns."""
    patches: Array = row[-grid[0] * grid[1] :].reshape(grid)
    return patches


def can_roll_out(layers: Sequence[Array]) -> bool:
    """Return whether all layers look from the same tokens at the same tokens."""
    return len(layers) > 0 and len({shape for w in layers for shape in w.shape[1:]}) == 1


def rollout(layers: Sequence[Array]) -> list[Array]:
    """Return attention rollout up to each layer, (queries, keys) each, rows adding up to 1.

    Half of what a token carries comes past the attention along the skip, so a layer passes on
    (mean over heads + I)/2; the layers are multiplied (Abnar & Zuidema 2020, arXiv:2005.00928).
    """
    results: list[Array] = []
    for weights in layers:
        step = (weights.astype(np.float64).mean(axis=0) + np.eye(weights.shape[-1])) / 2
        step /= step.sum(axis=-1, keepdims=True)
        results.append(step @ results[-1] if results else step)
    return results


def distances(grid: Grid) -> Array:
    """Return how far any two patches lie apart, in patches, (patches, patches)."""
    rows, columns = np.divmod(np.arange(grid[0] * grid[1]), grid[1])
    down, across = rows[:, None] - rows[None], columns[:, None] - columns[None]
    result: Array = np.hypot(down, across)
    return result


def mean_distance(weights: Array, grid: Grid) -> Array:
    """Return how far the patches look on average, one number a head; class tokens are left out."""
    patches = grid[0] * grid[1]
    between = weights[:, -patches:, -patches:].astype(np.float64)
    total = between.sum(axis=-1)
    far = (between * distances(grid)).sum(axis=-1) / np.where(total > 0, total, 1.0)
    result: Array = far.mean(axis=-1)
    return result
