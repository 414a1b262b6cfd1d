"""Weights that cannot become any good."""

from __future__ import annotations

from explorer.graph.edits import Batch, SetFlag
from explorer.remarks.look import Look
from explorer.remarks.remark import Cure, Found, of_level


@of_level("frozen_untrained", "Frozen before it was trained")
def frozen_untrained(look: Look) -> Found:
    """A frozen layer keeps its weights; without trained ones these are the random numbers it started with."""
    if look.aim.has_weights:
        return
    frozen = []
    for number, (node_id, known) in enumerate(look.flow.nodes.items()):
        if number % 64 == 63:
            yield None
        if look.graph[node_id].frozen and known.parameters:
            frozen.append(node_id)
    if not frozen:
        return
    count = sum(look.flow.nodes[node_id].parameters for node_id in frozen)
    others = f" with {len(frozen) - 1} more" if len(frozen) > 1 else ""
    words = (
        f"is frozen{others}, but no trained weights are loaded: {count:,} of {look.flow.parameters:,} "
        "parameters stay the random numbers they started with."
    )
    edit = Batch(tuple(SetFlag(node_id, "frozen", False, look.scope) for node_id in frozen))
    yield look.remark(frozen[0], "frozen_untrained", words, Cure("Train them", edit))
