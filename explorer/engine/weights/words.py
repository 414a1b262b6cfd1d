"""What a layer took over, in words: “6 filters kept, 2 new”."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from explorer.engine.weights.overlap import Change
from explorer.engine.weights.roles import Kind

MOST = 3
"""Sentences about one layer."""


def told(changes: Iterable[tuple[Kind, Sequence[Change]]], new: Sequence[str], kept: int, total: int) -> str:
    """Say what came over.

    Args:
        changes: what became of the axes of each tensor that changed size, with the kind of its layer.
        new: names of tensors of which nothing was there before. kept, total: numbers of values.

    """
    said: dict[str, None] = {}
    for kind, axes in changes:
        said.update(dict.fromkeys(_axes(kind, axes)))
    if new:
        said[f"{' and '.join(dict.fromkeys(new))} new"] = None
    if not said or len(said) > MOST:
        return f"{kept:,} of {total:,} numbers kept"
    return "; ".join(said)


def _axes(kind: Kind, axes: Sequence[Change]) -> Iterable[str]:
    """One piece of a sentence for what is counted along changed axes."""
    for change in axes:
        if change.before == change.after or change.role == "place":
            continue
        if change.role == "in" and kind.inputs:
            of = max(change.before, change.after)
            yield f"{change.kept:,} of {of:,} {kind.inputs} kept {kind.where}"
        elif change.role in ("out", "channel", "gates") and kind.outputs:
            yield _counted(change, kind.outputs)
    window = [change for change in axes if change.role == "place"]
    if any(change.before != change.after for change in window):
        kept = "×".join(str(change.kept) for change in window)
        yield f"the middle {kept} of {'×'.join(str(max(c.before, c.after)) for c in window)} places kept"


def _counted(change: Change, outputs: str) -> str:
    kept, before, after = (n // change.runs for n in (change.kept, change.before, change.after))
    if after > kept:
        return f"{kept:,} {outputs} kept, {after - kept:,} new"
    return f"{kept:,} of {before:,} {outputs} kept"
