"""Writing graphs in Python: composites say what they are made of, architectures build documents.

```python
x = build.input("input", image(1, 28, 28))
x = build.add("conv2d", x, name="conv1", filters=6, kernel=5, padding=2)
build.output("output", x)
```
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from explorer.graph.catalogue import INPUT, OUTPUT, Catalogue, ShapeError
from explorer.graph.model import GROUP_PREFIX, Edge, FieldValue, Frame, Graph, Node, NodeId
from explorer.graph.names import fresh, why_not
from explorer.graph.ports import group_ports, port_names
from explorer.graph.sharing import owner_of
from explorer.graph.tensor import DEFAULT_AXES, Tensor

if TYPE_CHECKING:
    from explorer.graph.catalogue import ConfiguredBlock
    from explorer.graph.resolve import Resolver
    from explorer.graph.visit import MemoEntry

INSIDE = "does not fit inside: "
"""Begins the words about a composite or group whose own layers clash."""


class Wire(NamedTuple):
    """An output port of a node that has been built, with the tensor that leaves it."""

    node: NodeId
    port: str
    tensor: Tensor

    @property
    def channels(self) -> int:
        """Size of the C axis, or of the last axis where there is none."""
        tensor = self.tensor
        return tensor.axis("C") if "C" in tensor.axes else tensor.shape[-1]


class WorkedOut(NamedTuple):
    """What the builder found out about a node, to go on: its block, what enters, what is known of it."""

    block: ConfiguredBlock
    known: MemoEntry
    arriving: dict[str, Tensor | None]


class Builder:
    """Adds nodes and wires to a graph of its own and infers every shape on the way."""

    def __init__(
        self,
        catalogue: Catalogue,
        resolver: Resolver,
        groups: Mapping[str, Graph] | None = None,
        *,
        scope: str = "",
    ) -> None:
        """Begin an empty graph.

        Args:
            catalogue: of the blocks. resolver: works out shapes. groups: that can be used, by name.
            scope: name of the group that is written, empty at the top.

        """
        self.graph = Graph()
        self._scope = scope
        self._own: dict[str, str] = {}  # groups made here: their name here, and that in the design
        self._catalogue, self._resolver = catalogue, resolver
        self._groups: dict[str, Graph] = dict(groups or {})
        self.worked_out: dict[NodeId, WorkedOut] = {}

    @property
    def groups(self) -> Mapping[str, Graph]:
        """Groups that can be used here, those made here among them, inner ones first."""
        return self._groups

    def input(self, name: str, tensor: Tensor, **fields: FieldValue) -> Wire:
        """Add an input; at the top level of a design it keeps the shape as its field."""
        fields["shape"] = tensor.shape
        axes = "".join(tensor.axes)
        if axes != DEFAULT_AXES.get(len(axes)):
            fields["axes"] = axes
        if tensor.dtype != "float":
            fields["dtype"] = tensor.dtype
        self.graph.put(Node(self._name(name, name), INPUT, fields))
        return Wire(name, "y", tensor)

    def output(self, name: str, wire: Wire) -> None:
        """Add an output and wire it."""
        node_id = self._name(name, name)
        self.graph.put(Node(node_id, OUTPUT))
        self.graph.connect(Edge(wire.node, wire.port, node_id, "x"))

    def add(
        self,
        block: str,
        *wires: Wire | None,
        name: str | None = None,
        ports: Mapping[str, Wire] | None = None,
        frozen: bool = False,
        **fields: FieldValue,
    ) -> Wire:
        """Add a node fed by `wires` (in port order) and return its first output.

        A field given as None keeps the block's default. A `frozen` node's weights are not trained.

        Raises:
            ShapeError: the wires do not fit; the node is in the graph, so that people can look at it.

        """
        return self.add_block(block, wires, name, fields, ports, frozen=frozen)[0]

    def add_all(
        self,
        block: str,
        *wires: Wire | None,
        name: str | None = None,
        ports: Mapping[str, Wire] | None = None,
        frozen: bool = False,
        **fields: FieldValue,
    ) -> tuple[Wire, ...]:
        """Like `add`, but return all outputs."""
        return self.add_block(block, wires, name, fields, ports, frozen=frozen)

    def add_block(
        self,
        block: str,
        wires: Sequence[Wire | None],
        name: str | None,
        fields: Mapping[str, FieldValue],
        ports: Mapping[str, Wire] | None = None,
        *,
        frozen: bool = False,
    ) -> tuple[Wire, ...]:
        """Like `add_all`, for fields that are at hand as a mapping."""
        kept: dict[str, FieldValue] = {k: value for k, value in fields.items() if value is not None}
        configured = self._catalogue.configure(block, kept)
        node_id = self._name(name, configured.stem)
        self.graph.put(Node(node_id, block, kept, frozen=frozen))
        names = port_names(configured, len(wires))
        given: dict[str, Wire] = {n: w for n, w in zip(names, wires, strict=False) if w is not None}
        if ports:
            given.update(ports)
        for port, wire in given.items():
            self.graph.connect(Edge(wire.node, wire.port, node_id, port))
        arriving: dict[str, Tensor | None] = {port: given[port].tensor for port in names if port in given}
        inputs = tuple([arriving.get(port) for port in names])
        known = self._resolver.block(configured, inputs)
        if known.shape_error is not None:
            source = next(iter(given.values())).node if given else "its input"
            raise _inside(node_id, known.shape_error.message.replace("{source}", source))
        if len(arriving) == len(given):  # else a wire ends where there is no port, which is found later
            self.worked_out[node_id] = WorkedOut(configured, known, arriving)
        ends = zip(configured.outputs, known.outputs, strict=True)
        return tuple([Wire(node_id, port, tensor) for port, tensor in ends if tensor is not None])

    def group(
        self, name: str, write: Callable[..., Wire | tuple[Wire, ...]], *wires: Wire
    ) -> tuple[Wire, ...]:
        """Put a part of the design into a group of its own, which opens on the canvas for editing.

        Args:
            name: of the group and of the node that stands for it, e.g. `stage1`. It belongs to this
                builder: where the design has another group of that name, made in another group, the
                design calls this one `stage2_block`, say. One with the same content is used again.
            write: wires the inside up: takes a builder and one wire for each of `wires`, returns what leaves.
            *wires: what enters.

        Returns:
            One wire for each that `write` returned.

        """
        inside = Builder(self._catalogue, self._resolver, self._groups, scope=self._free(name))
        ports = ["x"] if len(wires) == 1 else [f"x{number}" for number in range(1, len(wires) + 1)]
        for port in ports:
            inside.graph.put(Node(port, INPUT))
        entering = [Wire(port, "y", wire.tensor) for port, wire in zip(ports, wires, strict=True)]
        try:
            made = write(inside, *entering)
        except ShapeError as shape_error:
            raise _inside(name, shape_error.message) from None
        ends = (made,) if isinstance(made, Wire) else made
        for number, wire in enumerate(ends, 1):
            inside.output("y" if len(ends) == 1 else f"y{number}", wire)
        self._groups.update(inside._groups)
        full = name if self._groups.get(name) == inside.graph else self._free(name)
        self._groups[full] = inside.graph
        self._own[name] = full
        return self.use(name, *wires, name=name)

    def _free(self, name: str) -> str:
        """The name of a group in the design: as wanted, else with the group round it, else numbered."""
        scoped = f"{self._scope}_{name}" if self._scope else name
        return next(
            (free for free in (name, scoped) if free not in self._groups), fresh(scoped, self._groups)
        )

    def use(self, group: str, *wires: Wire, name: str) -> tuple[Wire, ...]:
        """Add a use of one of the user's groups, fed by `wires` in port order; returns all outputs.

        Raises:
            ShapeError: there is no such group, or the wires do not fit.

        """
        group = self._own.get(group, group)
        if group not in self._groups:
            raise ShapeError(f"wraps the group “{group}”, which is not in this design.", code="unknown_block")
        self.graph.put(Node(self._name(name, name), GROUP_PREFIX + group))
        ins, outs = group_ports(self._groups[group])
        if len(ins) != len(wires):
            raise ShapeError(f"wraps “{group}”, which has {len(ins)} inputs; one is wanted.", code="ports")
        for port, wire in zip(ins, wires, strict=True):
            self.graph.connect(Edge(wire.node, wire.port, name, port))
        given = {port: wire.tensor for port, wire in zip(ins, wires, strict=True)}
        known = self._resolver.group(group, given, self._groups)
        if known.shape_error is not None:
            raise ShapeError(f"does not fit inside: {known.shape_error.message}", code=known.shape_error.code)
        return tuple(
            Wire(name, port, tensor)
            for port, tensor in zip(outs, known.outputs, strict=True)
            if tensor is not None
        )

    def again(self, layer: NodeId, *wires: Wire, name: str | None = None) -> tuple[Wire, ...]:
        """Run a layer, composite or group that was added before on other wires, with the same weights.

        Args:
            layer: id of the node whose weights are used again.
            *wires: what enters, in port order.
            name: of the new node.

        Returns:
            All outputs.

        """
        first = self.graph[layer]
        name = self._name(name, layer)
        if first.group is not None:
            made = self.use(first.group, *wires, name=name)
        else:
            made = self.add_block(first.block, wires, name, first.fields, frozen=first.frozen)
        self.graph.put(msgspec.structs.replace(self.graph[name], shares=owner_of(first)))
        return made

    def chain(self, wire: Wire, *steps: tuple[str, Mapping[str, FieldValue]] | str) -> Wire:
        """Add one block after another; each step is a block id, or an id with its fields."""
        for step in steps:
            block, fields = (step, dict[str, FieldValue]()) if isinstance(step, str) else step
            wire = self.add_block(block, (wire,), None, fields)[0]
        return wire

    def frame(self, title: str, *names: NodeId) -> None:
        """Draw a titled outline round some nodes."""
        key = fresh("frame", self.graph.frames)
        self.graph.frames[key] = Frame(key, title, names)

    def _name(self, wanted: str | None, stem: str) -> NodeId:
        if wanted is None:
            return fresh(stem, self.graph)
        if reason := why_not(wanted):
            raise ValueError(reason)
        if wanted in self.graph:
            raise ValueError(f"There is already a node called “{wanted}”.")
        return wanted


def _inside(name: str, message: str) -> ShapeError:
    """Say where inside it went wrong: one address, however deep, then the words of the layer."""
    if message.startswith(INSIDE):
        return ShapeError(f"{INSIDE}{name}.{message.removeprefix(INSIDE)}")
    return ShapeError(f"{INSIDE}{name} {message}")
