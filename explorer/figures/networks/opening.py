"""How far a figure opens groups: far enough to say something, not so far that nobody can read it."""

from __future__ import annotations

from explorer.figures.networks.parts import Part, unfold
from explorer.figures.networks.spine import spine
from explorer.figures.networks.units import Plan, plan
from explorer.graph.flow import Flow

FEW, FEWEST, MOST = 4, 8, 25
"""Boxes of a figure that a slide holds; up from FEW it opens more only if the picture stays one line."""
DEEPEST = 8
CLOSED = ("recurrent",)
"""Families whose inside is a loop, which a figure without time does not show."""


def opened(flow: Flow, depth: int | None = None) -> Plan:
    """Return the plan with `depth` levels drawn; by default the first that has enough boxes."""
    if depth is not None:
        return _at(flow, depth)
    best = _at(flow, 1)
    for level in range(2, DEEPEST + 1):
        if len(best.units) >= FEWEST:
            break
        deeper = _at(flow, level)
        if len(deeper.units) > MOST or (len(best.units) > FEW and beside(deeper) > beside(best)):
            break
        if len(deeper.units) > len(best.units):
            best = deeper
    return best


def beside(plan: Plan) -> int:
    """How many units stand beside the line."""
    return len(plan.units) - len(spine(plan))


def _at(flow: Flow, depth: int) -> Plan:
    def opens(part: Part, level: int) -> bool:
        return level < depth and part.family not in CLOSED

    return plan(unfold(flow, opens))
