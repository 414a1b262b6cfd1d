"""From a node of the open design to what the inspector shows of it: pure."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from explorer import words
from explorer.blocks import card, inner
from explorer.blocks.block import Block
from explorer.blocks.card import Card
from explorer.blocks.fields import Choice, Field
from explorer.graph.catalogue import BadField, ReceptiveField, UnknownBlock
from explorer.graph.flow import NodeFlow
from explorer.graph.level import Level
from explorer.graph.memory import memory_of
from explorer.graph.model import FieldValue, Node
from explorer.graph.tensor import Tensor
from explorer.graph.workspace import Workspace
from explorer.meaning.places import receptive_field_at
from explorer.ui.canvas.closed import closed_words
from explorer.ui.forms.editors import FieldView
from explorer.ui.inspector import group_fields
from explorer.ui.inspector.panel import DesignDetails, NodeDetails
from explorer.ui.problems.box import ProblemNote
from explorer.ui.widgets.facts import Fact

UNKNOWN = "unknown until it fits"


def of_design(workspace: Workspace) -> DesignDetails:
    """Return what is shown while nothing is selected."""
    flow = workspace.flow
    faults = len(flow.faults)
    known = " known" if flow.faults else ""
    facts = (
        Fact("Layers", words.count(flow.leaves)),
        Fact("Parameters", words.count(flow.parameters), known.strip()),
        Fact("MACs", words.short(flow.macs), "for one sample"),
        Fact("Activations", words.short_memory(memory_of(flow).forward), "for one sample"),
        Fact("In training", words.short_memory(memory_of(flow).training), "for one sample"),
    )
    if faults:
        sentence = f"{words.plural(faults, 'problem')} to repair before the design runs."
    elif len(workspace.document.root):
        sentence = "Select a block to see its fields, shapes and costs."
    else:
        sentence = "Drag a block onto the canvas, or press Tab and type its name."
    return DesignDetails(workspace.document.name, facts, sentence)


def of_node(
    workspace: Workspace, level: Level, node: Node, address: str, problem: ProblemNote | None
) -> NodeDetails:
    """Return the node of a level as the inspector shows it."""
    flow = level.flow.nodes.get(node.id) if level.flow else None
    reason = "" if level.is_editable else closed_words(level)
    cls = block_class(workspace, node)
    facts = _facts(workspace, address, flow, cls, problem)
    closed = _closed(cls, flow, problem)
    if cls is None:
        kind = f"Group {node.group}" if node.group else node.block
        group = (
            Card(("A group of your own; it opens on the canvas by a double click.",))
            if node.group
            else Card()
        )
        return NodeDetails(
            address,
            node.id,
            _kind(kind, node),
            "group",
            "composite",
            group_fields.views(workspace.document, workspace.catalogue, node, reason),
            facts,
            group,
            problem,
            reason,
            closed,
        )
    fields = field_views(cls, node, flow, reason)
    if held := group_fields.held_outside(workspace, level):
        fields = tuple(replace(v, reason=v.reason or held.get((node.id, v.name), "")) for v in fields)
    if cls.taken:
        fields = (fields[0], FieldView("", cls.taken, "note", "taken from the wire"), *fields[1:])
    return NodeDetails(
        address,
        node.id,
        _kind(cls.title, node),
        cls.icon,
        cls.family,
        fields,
        facts,
        card.read(cls.__doc__, cls.formula, cls.uncompiled),
        problem,
        reason,
        closed,
        cls.fits,
    )


def field_views(
    cls: type[Block], node: Node, flow: NodeFlow | None, reason: str = ""
) -> tuple[FieldView, ...]:
    """Return the fields of a node with their present values, those of what it wraps among them."""
    configured = flow.block if flow and isinstance(flow.block, Block) else None
    # what everybody sets comes first, as in papers: width, window, then groups and switches
    order = sorted(cls.fields.items(), key=lambda item: (item[1].kind == "bool", item[0] == "groups"))
    fields = tuple(_field(cls, name, field, node.fields, configured, reason) for name, field in order)
    return tuple(part for view in fields for part in (view, *_inside(view, reason)))


def _kind(title: str, node: Node) -> str:
    return f"{title}, weights of {node.shares}" if node.shares else title


def block_class(workspace: Workspace, node: Node) -> type[Block] | None:
    """Return the declaration of a node's block, None for groups and unknown ids."""
    from explorer.blocks.registry import Registry

    catalogue = workspace.catalogue
    if isinstance(catalogue, Registry) and node.block in catalogue:
        return catalogue[node.block]
    try:
        made = workspace.catalogue.configure(node.block, {})
    except (UnknownBlock, BadField):
        return None
    return type(made) if isinstance(made, Block) else None


def _field(
    cls: type[Block],
    name: str,
    field: Field[object],
    given: Mapping[str, FieldValue],
    configured: Block | None,
    reason: str,
) -> FieldView:
    value: object = given.get(name, field.default)
    if configured is not None:
        value = configured.values[name]
    elif name in given:
        with suppress(BadField):
            value = field.check(given[name])
    axes: int = getattr(field, "dims", 0) or getattr(field, "longest", 1)
    choices = field.choices if isinstance(field, Choice) else ()
    optional = field.default is None
    effect = field.unit or _effect(cls, name, configured)
    return FieldView(name, field.label, field.kind, value, effect, field.doc, choices, axes, optional, reason)


def _inside(view: FieldView, reason: str) -> tuple[FieldView, ...]:
    """The fields of a wrapped block, shown below the field that names it as `inner.NAME`."""
    if view.kind != "block" or not isinstance(view.value, str) or inner.group_of(view.value) is not None:
        return ()
    try:
        made = inner.made(view.value)
    except BadField:
        return ()
    views = (_field(type(made), name, field, {}, made, reason) for name, field in made.fields.items())
    return tuple(replace(each, name=f"{view.name}.{each.name}") for each in views)


def _effect(cls: type[Block], name: str, block: Block | None) -> str:
    """What a value amounts to, where that has a name."""
    if name == "stride" and cls.family == "pool":
        return "as kernel"
    if block is None or name != "padding" or not isinstance(block.values[name], tuple):
        return ""
    padding = block.values[name]
    if not any(padding):
        return "valid"
    reached = getattr(block, "reached", None)
    stride = block.values.get("stride")
    if reached is None or not isinstance(stride, tuple) or any(step != 1 for step in stride):
        return ""
    return "same" if all(2 * p == k - 1 for p, k in zip(padding, reached, strict=True)) else ""


def _facts(
    workspace: Workspace,
    address: str,
    flow: NodeFlow | None,
    cls: type[Block] | None,
    problem: ProblemNote | None,
) -> tuple[Fact, ...]:
    if flow is None:
        return ()
    total = workspace.flow
    facts = [*_tensors("Input", flow.inputs, flow.state), *_tensors("Output", flow.outputs, flow.state)]
    if cls is not None and cls.id in ("input", "output"):
        return tuple(facts)
    if flow.state != "ok":
        return (*facts, Fact("Parameters", UNKNOWN, tone="3"), Fact("MACs", UNKNOWN, tone="3"))
    sums = ""
    if isinstance(flow.block, Block) and flow.inner is None:
        sums = flow.block.parameter_sum(*flow.arriving)
    if flow.parameters and not flow.trainable:
        sums = "not trained"
    facts.append(Fact("Parameters", words.count(flow.parameters), sums))
    share = flow.macs / total.macs if total.macs else 0.0
    # an exact count while there is room for it beside its share
    macs = words.count(flow.macs) if flow.macs < 10**8 else words.short(flow.macs)
    facts.append(Fact("MACs", macs, f"{words.percent(share)} of net" if flow.macs else ""))
    facts.extend(_receptive_field(receptive_field_at(total, address)))
    return tuple(facts)


def _tensors(word: str, tensors: Mapping[str, Tensor | None], state: str) -> list[Fact]:
    many = len(tensors) > 1
    facts = []
    for port, tensor in tensors.items():
        name = f"{word} {port}" if many else word
        if tensor is None:
            facts.append(Fact(name, "nothing yet" if word == "Input" else UNKNOWN, tone="3"))
        else:
            axes = " ".join(tensor.axes) + {"int": " · ids", "bool": " · mask"}.get(tensor.dtype, "")
            tone = "error" if word == "Input" and state == "problem" else "1"
            facts.append(Fact(name, tensor.text, axes.strip(" ·"), tone))
    return facts


def _receptive_field(receptive_field: ReceptiveField) -> list[Fact]:
    if receptive_field.whole:
        return [Fact("Receptive field", "everything", "all input")]
    if not receptive_field.windows:
        return []
    steps = dict.fromkeys(f"{step:g}" for step in receptive_field.steps)
    return [
        Fact("Receptive field", " × ".join(map(str, receptive_field.windows)), f"stride {' × '.join(steps)}")
    ]


def _closed(
    cls: type[Block] | None, flow: NodeFlow | None, problem: ProblemNote | None
) -> tuple[tuple[str, str], ...]:
    if problem is not None:
        why = "Not yet: this node has a problem."
        return (("weights", why), ("code", why))
    closed = []
    if cls is None:
        closed.append(("card", "A group has no card."))
    if flow is None or flow.inner is not None:
        closed.append(("weights", "Open the block to see the weights of its layers."))
    elif not flow.parameters:
        closed.append(("weights", "This layer has no weights."))
    if cls is not None and cls.id in ("input", "output"):
        closed.append(("code", "It is no line of its own in the source."))
    return tuple(closed)
