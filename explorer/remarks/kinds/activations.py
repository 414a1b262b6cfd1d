"""Activations that are missing, doubled, or too many of one sort."""

from __future__ import annotations

from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.model import NodeId
from explorer.remarks.look import ACTIVATIONS, CONVOLUTIONS, VIEWS, Look
from explorer.remarks.remark import Found, about, of_level

SMOOTH = frozenset(("input", "output", "constant", "linear", *CONVOLUTIONS))
"""Learned layers that are linear."""
FLAT = frozenset(
    (*SMOOTH, *VIEWS, "avg_pool", "batch_norm", "dropout", "permute", "add", "concat", "slice")
) | {
    "pad",
    "scale",
    "split",
    "global_pool",
    "adaptive_pool",
    "standardize",
}
"""Blocks through which a straight line stays straight (batch norm: in evaluation)."""
CHAIN = 5
"""Sigmoids one after the other after which almost nothing of a gradient is left."""


@about("activation_twice", "Two activations in a row", *ACTIVATIONS)
def activation_twice(look: Look, node_id: NodeId) -> Found:
    """A second activation adds nothing that the first has not done, or undoes it."""
    before = look.source_behind(node_id, VIEWS)
    if before is None or not look.works(before) or look.graph[before].block not in ACTIVATIONS:
        return
    first, second = look.graph[before].block, look.graph[node_id].block
    if first == second and first in ("relu", "relu6", "step", "sign"):
        what = "changes nothing"
    elif first in ("relu", "relu6", "softplus") and second in ("sigmoid", "hard_sigmoid"):
        what = "gets no negative number and answers between 0.5 and 1 only"
    elif second in ("relu", "relu6") and first in ("sigmoid", "hard_sigmoid", "softplus", "step"):
        what = "changes nothing, for all that arrives is positive"
    else:
        what = "bends what is bent already, with no weights between them"
    words = f"is an activation right after the activation {before}. It {what}."
    yield look.remark(node_id, "activation_twice", words, look.without(node_id), look.without(before))


@about("linear_after_linear", "Two linear layers without an activation", "linear")
def linear_after_linear(look: Look, node_id: NodeId) -> Found:
    """Two linear maps in a row are one linear map; a narrow middle is meant, a wide one is not."""
    before = look.source_behind(node_id, VIEWS | {"dropout"})
    if before is None or not look.works(before) or look.graph[before].block != "linear":
        return
    given, middle, after = look.arrives(before), look.leaves(before), look.leaves(node_id)
    if given is None or middle is None or after is None or len(look.graph.successors(before)) != 1:
        return
    wide, narrow, out = given.shape[-1], middle.shape[-1], after.shape[-1]
    if narrow < min(wide, out):
        return
    both = look.node(before).parameters + look.node(node_id).parameters
    words = (
        f"follows {before} without an activation: {wide} → {narrow} → {out} is one linear layer "
        f"{wide} → {out}, with {both:,} parameters instead of {wide * out + out:,}."
    )
    wire = look.graph.out_of(before)[0]
    yield look.remark(
        node_id,
        "linear_after_linear",
        words,
        look.inserting(wire, "relu", f"Insert ReLU after {before}"),
        look.without(before, title=f"Remove {before}"),
    )


@of_level("no_activation", "No activation at all")
def no_activation(look: Look) -> Found:
    """A network of linear parts draws straight borders only, however deep it is."""
    if not look.is_top:
        return
    learned: list[NodeId] = []
    for number, (node_id, known) in enumerate(look.flow.nodes.items()):
        if number % 64 == 63:
            yield None
        block = look.graph[node_id].block
        if known.inner is not None or look.graph[node_id].muted or block not in FLAT:
            return
        if block in ("global_pool", "adaptive_pool") and look.values(node_id).get("mode") == "max":
            return
        if block in SMOOTH and block not in (INPUT, OUTPUT, "constant"):
            learned.append(node_id)
    if len(learned) < 2 or not look.flow.outputs:
        return
    wires = look.graph.out_of(learned[0])
    yield look.remark(
        learned[0],
        "no_activation",
        f"is the first of {len(learned)} learned layers, and the design has no activation: all of them "
        "together are one linear map.",
        *([look.inserting(wires[0], "relu", f"Insert ReLU after {learned[0]}")] if len(wires) == 1 else []),
    )


@of_level("chain_of_sigmoids", "A long chain of sigmoids")
def chain_of_sigmoids(look: Look) -> Found:
    """The slope of a sigmoid is at most 1/4: one after another they shrink the gradient below use."""
    chain: dict[NodeId, int] = {}
    worst: NodeId | None = None
    for number, node_id in enumerate(look.flow.order):
        if number % 64 == 63:
            yield None
        before = look.source(node_id)
        block = look.graph[node_id].block
        if before is None or "norm" in block:
            continue  # joins are skips, and norms put the numbers where sigmoids are steep
        chain[node_id] = chain.get(before, 0) + (block in ("sigmoid", "hard_sigmoid") and look.works(node_id))
        if chain[node_id] >= CHAIN and (worst is None or chain[node_id] > chain[worst]):
            worst = node_id if block in ("sigmoid", "hard_sigmoid") else worst
    if worst is not None:
        count, here = chain[worst], worst
        found = [here]
        while (before := look.source(here)) is not None:
            here = before
            if look.graph[here].block in ("sigmoid", "hard_sigmoid"):
                found.append(here)
        cures = [look.turning(found[1], "relu", f"Make {found[1]} a ReLU")] if len(found) == CHAIN else []
        yield look.remark(
            worst,
            "chain_of_sigmoids",
            f"is the last of {count} sigmoids one after the other. Each passes at most a quarter of the "
            f"gradient, all together at most {0.25**count:.1g} of it. ReLU passes it whole.",
            *cures,
        )
