"""From scores to the next token: what temperature, top-k and top-p leave of them, and the draw."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from explorer.text.vocabulary import TextProblem

Array = np.ndarray[Any, np.dtype[Any]]
HOTTEST = 10.0


def check(temperature: float, top_k: int, top_p: float) -> None:
    """Raise `TextProblem` where a setting of the draw is none."""
    if not (math.isfinite(temperature) and 0 <= temperature <= HOTTEST):
        raise TextProblem(f"The temperature is 0 (always the likeliest) to {HOTTEST:g}, not {temperature:g}.")
    if top_k < 0:
        raise TextProblem(f"top-k keeps the k likeliest tokens, 0 keeps all; it is not {top_k}.")
    if not 0 < top_p <= 1:
        raise TextProblem(f"top-p is a share above 0 and up to 1 (all), not {top_p:g}.")


def softmax(scores: Array) -> Array:
    """Probabilities (V) of scores (V); scores that are no numbers count as impossible."""
    wide = np.asarray(scores, np.float64)
    finite = np.where(np.isfinite(wide), wide, -np.inf)
    if not np.isfinite(finite).any():
        return np.full(len(finite), 1 / len(finite))
    powers = np.exp(finite - finite.max())
    probabilities: Array = powers / powers.sum()
    return probabilities


def distribution(scores: Array, temperature: float = 1.0, top_k: int = 0, top_p: float = 1.0) -> Array:
    """What is drawn from: probabilities (V) that add up to 1.

    Scores are divided by the temperature; of the tokens, the `top_k` likeliest stay, and of these the
    fewest that reach `top_p` together. Of equal ones those with smaller ids stay.

    Args:
        scores: (V) of the network. temperature: 0 leaves the likeliest alone.
        top_k: 0 for all. top_p: 1 for all; Holtzman et al. 2019, arXiv:1904.09751.

    """
    check(temperature, top_k, top_p)
    if temperature == 0:
        top_k, temperature = 1, 1.0
    found = softmax(np.asarray(scores, np.float64) / temperature)
    order = np.argsort(-found, kind="stable")
    kept = order[:top_k] if top_k else order
    if top_p < 1:
        before = np.cumsum(found[kept]) - found[kept]
        kept = kept[before < top_p * found[kept].sum()]
    left = np.zeros_like(found)
    left[kept] = found[kept]
    result: Array = left / left.sum()
    return result


def draw(probabilities: Array, random: np.random.Generator) -> int:
    """One id, as likely as the probabilities (V) say."""
    place = int(
        np.searchsorted(np.cumsum(probabilities), random.random() * probabilities.sum(), side="right")
    )
    return min(place, int(np.flatnonzero(probabilities)[-1]))


def unsure(probabilities: Array) -> float:
    """Among how many equally likely tokens the choice would be as open: e to the entropy."""
    there = probabilities[probabilities > 0]
    return float(np.exp(-(there * np.log(there)).sum()))
