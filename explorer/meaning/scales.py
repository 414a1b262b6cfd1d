"""Which colours values are drawn in, and between which ends: one rule for the canvas, panels and files.

What has negative values is drawn red–blue round zero, so that the palest colour is zero wherever it is seen,
on dark grounds the darkest; what has none is drawn from zero up.
"""

from __future__ import annotations

import json
import math
from functools import cache

from explorer import resources


def use_of(low: float, high: float) -> str:
    """What colours are needed for, from the smallest and largest value: `signed` or `activation`."""
    return "signed" if math.isfinite(low) and low < 0 else "activation"


def ends(low: float, high: float) -> tuple[float, float]:
    """Ends of the scale for values from `low` to `high`: about zero for signed values, else from zero up."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, 1.0
    if use_of(low, high) == "signed":
        bound = max(abs(low), abs(high))
        return -bound, bound
    return (0.0, high) if high > 0 else (0.0, 1.0)


@cache
def colour_map(use: str) -> str:
    """Name of the map of a use: activation, attention, gradient, signed, signedOnDark, image or cost."""
    return str(json.loads(resources.path("tokens.json").read_text(encoding="utf-8"))["map"][use])
