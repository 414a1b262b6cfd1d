"""The line that a network is drawn along: its longest way from an input to an output."""

from __future__ import annotations

from explorer.figures.networks.units import Plan


def spine(plan: Plan) -> list[str]:
    """Return the units of the longest way; among equals the one with more parameters on it."""
    into = plan.into()
    best: dict[str, tuple[int, int]] = {}
    came: dict[str, str | None] = {}
    for key, unit in plan.units.items():
        weight = unit.count * sum(part.known.parameters for part in unit.parts)
        sources = [link.src for link in into[key] if link.src in best]
        came[key] = before = max(sources, key=lambda src: best[src]) if sources else None
        length, parameters = (0, 0) if before is None else best[before]
        best[key] = (length + 1, parameters + weight)
    if not best:
        return []
    at: str | None = max(best, key=lambda name: best[name])
    found: list[str] = []
    while at is not None:
        found.append(at)
        at = came[at]
    return found[::-1]


def columns(plan: Plan) -> dict[str, int]:
    """Return how far along the line each unit stands; units without an input wait for their target."""
    into, out_of = plan.into(), plan.out_of()
    found: dict[str, int] = {}
    for key in plan.units:
        found[key] = max((found[link.src] + 1 for link in into[key] if link.src in found), default=0)
    for key in reversed(list(plan.units)):
        if not into[key] and out_of[key]:
            found[key] = min(found[link.dst] for link in out_of[key]) - 1
    return found
