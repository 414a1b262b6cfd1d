"""Repairs for problems: each is tried on a copy of the design before it is offered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from explorer.graph.catalogue import BadField, Catalogue, ConfiguredBlock, UnknownBlock
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Batch, Connect, Disconnect, Edit, EditProblem, SetField, SetFlag
from explorer.graph.flow import Flow, NodeFlow, Problem
from explorer.graph.model import ROOT, Edge, FieldValue, Node
from explorer.graph.names import fresh
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor

MOST = 3


@dataclass(frozen=True)
class Repair:
    """A cure that works.

    Attributes:
        title: what it does, e.g. `Insert Flatten`. block: id of the block it inserts, if it does.
        edit: what carries it out, in one undo step. effect: what it gives, e.g. `16×5×5 → 400`.
        cost: what the repaired node gets, e.g. `fc1 gets 48,120 parameters`.

    """

    title: str
    block: str
    edit: Edit
    effect: str
    cost: str


@dataclass(frozen=True)
class _Case:
    """A problem with everything a proposal needs to look at."""

    document: Document
    catalogue: Catalogue
    flow: Flow
    problem: Problem
    node: Node
    scope: str
    wire: Edge | None

    @property
    def block(self) -> ConfiguredBlock | None:
        """The faulty node's block, None when its fields are wrong."""
        try:
            return self.catalogue.configure(self.node.block, self.node.fields)
        except (UnknownBlock, BadField):
            return None


_Proposal = tuple[str, str, Edit]


def repairs(document: Document, resolver: Resolver, flow: Flow, problem: Problem) -> list[Repair]:
    """Return up to three repairs of a problem on the top level or in a group, the best first.

    Each was applied to a copy: the problem is gone there and no new fault has come.
    """
    if problem.waits_for is not None or not problem.address:
        return []
    place = _place(document, problem.address)
    if place is None:
        return []
    scope, node = place
    wire = next((e for e in document.graph(scope).into(node.id) if e.into == problem.port), None)
    case = _Case(document, resolver.catalogue, flow, problem, node, scope, wire)
    before = _faults(flow)
    found: list[Repair] = []
    for title, block, edit in _proposals(case):
        repair = _try(case, resolver, before, title, block, edit)
        if repair is not None and all(r.title != repair.title for r in found):
            found.append(repair)
        if len(found) == MOST:
            break
    return found


def _place(document: Document, address: str) -> tuple[str, Node] | None:
    scope = ROOT
    parts = address.split(".")
    for depth, name in enumerate(parts):
        graph = document.graph(scope)
        if name not in graph:
            return None
        node = graph[name]
        if depth == len(parts) - 1:
            return scope, node
        if node.group is None or node.group not in document.groups:
            return None  # inside a composite nothing can be edited
        scope = node.group
    return None


def _faults(flow: Flow) -> Counter[tuple[str, str]]:
    return Counter((problem.address, problem.code) for problem in flow.faults)


def _try(
    case: _Case, resolver: Resolver, before: Counter[tuple[str, str]], title: str, block: str, edit: Edit
) -> Repair | None:
    copy = case.document.copy()
    try:
        copy.apply(edit)
    except EditProblem:
        return None
    flow = resolver.resolve(copy)
    left, this = _faults(flow), (case.problem.address, case.problem.code)
    if left[this] >= before[this] or not left <= before:
        return None
    node = _at(flow, case.problem.address)
    cost = f"{case.node.id} gets {node.parameters:,} parameters" if node and node.parameters else ""
    return Repair(title, block, edit, _effect(case, flow), cost)


def _at(flow: Flow, address: str) -> NodeFlow | None:
    try:
        return flow.at(address)
    except KeyError:
        return None


def _effect(case: _Case, flow: Flow) -> str:
    """Shape before and after, at the wire that was repaired."""
    repaired = _at(flow, case.problem.address)
    if repaired is None or case.problem.got is None or case.problem.port is None:
        return ""
    arrives = repaired.inputs.get(case.problem.port)
    if arrives is not None and arrives != case.problem.got:
        return f"{case.problem.got.text} → {arrives.text}"
    leaves = next(iter(repaired.outputs.values()), None)
    return f"→ {leaves.text}" if leaves else ""


def _proposals(case: _Case) -> Iterator[_Proposal]:
    for propose in _BY_CODE.get(case.problem.code, ()):
        yield from propose(case)


def _inserted(case: _Case, title: str, *steps: tuple[str, dict[str, FieldValue]]) -> Iterator[_Proposal]:
    """Insert a chain of blocks into the wire at fault."""
    if case.wire is None:
        return
    graph = case.document.graph(case.scope)
    taken = set(graph)
    edits: list[Edit] = [Disconnect(case.wire, case.scope)]
    before = (case.wire.src, case.wire.out)
    x0, y0 = graph[case.wire.src].pos
    x1, y1 = graph[case.wire.dst].pos
    for number, (block, fields) in enumerate(steps, 1):
        try:
            configured = case.catalogue.configure(block, fields)
        except (UnknownBlock, BadField):
            return
        name = fresh(configured.stem, taken)
        taken.add(name)
        share = number / (len(steps) + 1)
        pos = (round(x0 + (x1 - x0) * share), round(y0 + (y1 - y0) * share))
        edits.append(AddNode(Node(name, block, fields, pos), case.scope))
        edits.append(Connect(Edge(*before, name, configured.inputs[0].name), case.scope))
        before = (name, configured.outputs[0])
    edits.append(Connect(Edge(*before, case.wire.dst, case.wire.into), case.scope))
    yield title, steps[0][0], Batch(tuple(edits))


def _flatten(case: _Case) -> Iterator[_Proposal]:
    if case.problem.wants == "D":
        yield from _inserted(case, "Insert Flatten", ("flatten", {}))


def _global_pool(case: _Case) -> Iterator[_Proposal]:
    got = case.problem.got
    if case.problem.wants == "D" and got is not None and "C" in got.axes:
        yield from _inserted(case, "Insert global average pool", ("global_pool", {}))
        yield from _inserted(
            case, "Insert pool 2×2 and Flatten", ("max_pool", {"kernel": 2}), ("flatten", {})
        )


def _tokens(case: _Case) -> Iterator[_Proposal]:
    """Between maps, sequences and vectors."""
    got, wants = case.problem.got, case.problem.wants
    if got is None:
        return
    if wants == "T × D" and got.axes == ("C", "H", "W"):
        yield from _inserted(
            case, "Insert Patch embedding", ("patch_embedding", {"patch": _patch(got.shape)})
        )
        if got.shape[0] == 1:
            yield from _inserted(
                case, "Read the rows as a sequence", ("reshape", {"shape": got.shape[1:], "axes": "TD"})
            )
        else:
            yield from _inserted(
                case,
                "Reshape to one token each place",
                ("reshape", {"shape": (got.shape[0], got.size // got.shape[0]), "axes": "CT"}),
                ("permute", {"order": (1, 0), "axes": "TD"}),
            )
    if wants == "C × T" and got.axes == ("T", "D"):
        yield from _inserted(
            case, "Insert Permute (features become channels)", ("permute", {"order": (1, 0), "axes": "CT"})
        )
    if wants == "T × D" and got.axes == ("C", "T"):
        yield from _inserted(
            case, "Insert Permute (channels become features)", ("permute", {"order": (1, 0), "axes": "TD"})
        )
    if wants == "C × H × W" and got.axes == ("D",):
        yield from _inserted(
            case, "Insert Reshape to maps 1×1", ("reshape", {"shape": (got.shape[0], 1, 1), "axes": "CHW"})
        )
    if got.dtype == "int":
        yield from _inserted(case, "Insert Embedding", ("embedding", {}))


def _patch(shape: tuple[int, ...]) -> int:
    sizes = [n for n in (4, 7, 8, 14, 16, 2) if shape[1] % n == 0 and shape[2] % n == 0]
    return sizes[0] if sizes else 1


def _smaller_window(case: _Case) -> Iterator[_Proposal]:
    """A window larger than its input: pad, or take a smaller one."""
    got = case.problem.got
    if got is None or len(got.shape) < 2:
        return
    spatial = got.shape[1:] if got.axes[0] == "C" else got.shape[:1]
    name = "kernel" if "kernel" in _fields(case) else "size"
    window = _fields(case).get(name)
    if not isinstance(window, tuple):
        return
    window = window if len(window) == len(spatial) else (window[0],) * len(spatial)
    fits = tuple(min(k, n) for k, n in zip(window, spatial, strict=True))
    pad = max((k - n + 1) // 2 for k, n in zip(window, spatial, strict=True))
    if "padding" in _fields(case) and pad > 0:
        yield f"Pad by {pad}", "", SetField(case.node.id, "padding", pad, case.scope)
    yield f"Use {'×'.join(map(str, fits))}", "", SetField(case.node.id, name, fits, case.scope)
    if "dilation" in _fields(case):
        yield "Set dilation to 1", "", SetField(case.node.id, "dilation", 1, case.scope)


def _fields(case: _Case) -> dict[str, object]:
    values = getattr(case.block, "values", None)
    return dict(values) if isinstance(values, dict) else {}


def _dividing(case: _Case) -> Iterator[_Proposal]:
    """A number that has to divide the channels: the nearest ones that do."""
    got = case.problem.got
    if got is None:
        return
    channels = got.axis("C") if "C" in got.axes else got.shape[-1]
    for name in ("groups", "heads", "parts"):
        value = _fields(case).get(name)
        if not isinstance(value, int):
            continue
        divisors = [n for n in range(1, min(channels, 512) + 1) if channels % n == 0]
        for choice in sorted(divisors, key=lambda n: (abs(n - value), n))[:3]:
            yield f"Set {name} to {choice}", "", SetField(case.node.id, name, choice, case.scope)
        filters = _fields(case).get("filters")
        if isinstance(filters, int):
            rounded = -(-filters // value) * value
            yield f"Set filters to {rounded}", "", SetField(case.node.id, "filters", rounded, case.scope)


def _equal_shapes(case: _Case) -> Iterator[_Proposal]:
    """Joins of unequal shapes: project the odd one out to the other's channels and size."""
    arriving = [(e, t) for e, t in _arriving(case) if t is not None]
    if len(arriving) < 2 or case.wire is None:
        return
    odd = next((t for e, t in arriving if e == case.wire), None)
    like = next((t for e, t in arriving if e != case.wire), None)
    if odd is None or like is None or odd.axes != like.axes:
        return
    if odd.axes == ("C", "H", "W"):
        step = (max(1, round(odd.shape[1] / like.shape[1])), max(1, round(odd.shape[2] / like.shape[2])))
        fields: dict[str, FieldValue] = {"filters": like.shape[0]}
        if step != (1, 1):
            fields["stride"] = step
        yield from _inserted(case, "Insert 1×1 projection", ("pointwise_conv2d", fields))
        size = like.shape[1:]
        if odd.shape[0] == like.shape[0]:
            yield from _inserted(
                case, f"Insert adaptive pool to {size[0]}×{size[1]}", ("adaptive_pool", {"size": size})
            )
            yield from _inserted(case, f"Resize to {size[0]}×{size[1]}", ("resize", {"size": size}))
        else:
            yield from _inserted(
                case, "Insert adaptive pool and 1×1 projection",
                ("adaptive_pool", {"size": size}), ("pointwise_conv2d", {"filters": like.shape[0]}),
            )  # fmt: skip
    elif odd.axes[-1:] == ("D",) and odd.shape[:-1] == like.shape[:-1]:
        yield from _inserted(
            case, f"Insert Linear to {like.shape[-1]}", ("linear", {"features": like.shape[-1]})
        )
    if "broadcast" in _fields(case):
        yield "Let axes of size 1 stretch", "", SetField(case.node.id, "broadcast", True, case.scope)


def _arriving(case: _Case) -> list[tuple[Edge, Tensor | None]]:
    """The wires into the faulty node with what they bring."""
    head, _, rest = case.problem.address.rpartition(".")
    flow: Flow | None = case.flow.at(head).inner if head else case.flow
    node = flow.nodes.get(rest) if flow else None
    if node is None:
        return []
    return [(e, node.inputs.get(e.into)) for e in case.document.graph(case.scope).into(case.node.id)]


def _one_wire(case: _Case) -> Iterator[_Proposal]:
    """Two wires at one input: keep either."""
    edges = [e for e in case.document.graph(case.scope).into(case.node.id) if e.into == case.problem.port]
    for kept in edges:
        others = tuple(Disconnect(e, case.scope) for e in edges if e != kept)
        yield f"Keep the wire from {kept.src}", "", Batch(others)


def _break_circle(case: _Case) -> Iterator[_Proposal]:
    """A circle: take off the wire that arrives here."""
    graph = case.document.graph(case.scope)
    for edge in graph.into(case.node.id):
        if graph.reaches(case.node.id, edge.src):
            yield f"Remove the wire from {edge.src} to {edge.dst}", "", Disconnect(edge, case.scope)


def _move_wires(case: _Case) -> Iterator[_Proposal]:
    """Wires at ports that are not there (the block was exchanged): to the first ones that are."""
    graph = case.document.graph(case.scope)
    edges = graph.into(case.node.id)
    has = [port.name for port in case.block.inputs] if case.block and not case.block.variadic else []
    free = [name for name in has if all(edge.into != name for edge in edges)]
    for edge in edges:
        if case.block and not case.block.variadic and edge.into not in has and free:
            moved = Edge(edge.src, edge.out, edge.dst, free[0])
            words = f"Move the wire from {edge.src} to {free[0]}"
            yield words, "", Batch((Disconnect(edge, case.scope), Connect(moved, case.scope)))
        source = _at(case.flow, case.problem.address.removesuffix(case.node.id) + edge.src)
        if edge.into == case.problem.port and source is not None and source.outputs:
            moved = Edge(edge.src, next(iter(source.outputs)), edge.dst, edge.into)
            words = f"Take {moved.out} of {edge.src}"
            yield words, "", Batch((Disconnect(edge, case.scope), Connect(moved, case.scope)))


def _drop_bad_wires(case: _Case) -> Iterator[_Proposal]:
    for edge in case.document.graph(case.scope).into(case.node.id):
        yield f"Remove the wire from {edge.src}", "", Disconnect(edge, case.scope)


def _reset_fields(case: _Case) -> Iterator[_Proposal]:
    """Fields out of their limits: back to the default, one at a time, then all."""
    for name in case.node.fields:
        yield f"Set {name} back to its default", "", SetField(case.node.id, name, None, case.scope)
    every = tuple(SetField(case.node.id, name, None, case.scope) for name in case.node.fields)
    yield "Set all fields back", "", Batch(every)


def _undo_stride(case: _Case) -> Iterator[_Proposal]:
    fields = _fields(case)
    if "stride" in fields:
        yield "Set stride to 1", "", SetField(case.node.id, "stride", 1, case.scope)
    if "padding" in fields:
        yield "Set padding to 0", "", SetField(case.node.id, "padding", 0, case.scope)


def _unmute(case: _Case) -> Iterator[_Proposal]:
    yield f"Switch {case.node.id} on again", "", SetFlag(case.node.id, "muted", False, case.scope)


_BY_CODE: dict[str, tuple[Callable[[_Case], Iterator[_Proposal]], ...]] = {
    "axes": (_flatten, _tokens, _global_pool, _equal_shapes),
    "dtype": (_tokens,),
    "window": (_smaller_window,),
    "groups": (_dividing,),
    "divide": (_dividing,),
    "heads": (_dividing,),
    "unequal": (_equal_shapes,),
    "two_wires": (_one_wire,),
    "cycle": (_break_circle,),
    "port": (_move_wires, _drop_bad_wires),
    "field": (_reset_fields,),
    "empty": (_undo_stride, _smaller_window),
    "muted": (_unmute,),
}
