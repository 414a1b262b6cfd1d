"""A flow taken apart for writing: which modules there are, and which wires join them, level by level."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from explorer.blocks.block import Block, Literal, Made
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import Node
from explorer.graph.names import unique
from explorer.graph.ports import natural
from explorer.graph.sharing import owner_of
from explorer.graph.steps import steps_of


@dataclass(frozen=True)
class Leaf:
    """One torch module: what to construct.

    Attributes:
        target: `module:name`. args: positional literals. kwargs: named literals, in order.

    """

    target: str
    args: tuple[Literal, ...]
    kwargs: tuple[tuple[str, Literal], ...]

    @property
    def targets(self) -> tuple[str, ...]:
        """The module's own target and those of modules among its arguments."""
        return (self.target, *(value.target for value in self.literals if isinstance(value, Made)))

    @property
    def skeleton(self) -> Hashable:
        """All but the literals."""
        return (self.target, len(self.args), tuple(name for name, _ in self.kwargs))

    @property
    def literals(self) -> tuple[Literal, ...]:
        """The literals, in the order in which they are written."""
        return (*self.args, *(value for _, value in self.kwargs))


@dataclass(frozen=True)
class Statement:
    """One line of a forward function: `outs = self.child(ins)`; `shape` is a remark.

    In a level that runs step by step, `phase` says when (see `explorer.graph.steps`).
    """

    outs: tuple[str, ...]
    child: str
    ins: tuple[str, ...]
    shape: str
    phase: str = ""


@dataclass(frozen=True)
class Whole:
    """A module made of others: a composite, a group or the model itself.

    Attributes:
        name: word from which its class is named. about: one line for the class docstring.
        inputs: parameters of forward. children: by name, in running order.
        statements: the body. returns: variables that leave.
        carries: of a loop, pairs of a state and the variable that it becomes after each step.

    """

    name: str
    about: str
    inputs: tuple[str, ...]
    children: tuple[tuple[str, Leaf | Whole], ...]
    statements: tuple[Statement, ...]
    returns: tuple[str, ...]
    carries: tuple[tuple[str, str], ...] = ()

    @property
    def skeleton(self) -> Hashable:
        """All but the literals: wholes of equal skeleton share one class."""
        lines = tuple((s.outs, s.child, s.ins, s.phase) for s in self.statements)
        return (self.name, self.inputs, tuple((n, c.skeleton) for n, c in self.children), lines, self.returns)

    @property
    def literals(self) -> tuple[Literal, ...]:
        """The literals of all children, in order."""
        return tuple(value for _, child in self.children for value in child.literals)


def take_apart(flow: Flow, name: str = "Model", about: str = "") -> Whole:
    """Return the parts of a flow without problems.

    Raises:
        ValueError: the flow has problems; the first one's sentence.

    """
    if flow.problems:
        raise ValueError((flow.faults or flow.problems)[0].message)
    variables: dict[tuple[str, str], str] = {}
    inputs: list[str] = []
    children: list[tuple[str, Leaf | Whole]] = []
    statements: list[Statement] = []
    returns: dict[str, str] = {}
    built: set[str] = set()
    taken = set(flow.graph)
    steps = steps_of(flow.graph, flow.order)
    for node_id, node_flow in flow.nodes.items():
        node = flow.graph[node_id]
        edges = {edge.into: variables[edge.src, edge.out] for edge in flow.graph.into(node_id)}
        if node.block == INPUT:
            inputs.append(node_id)
            variables[node_id, "y"] = node_id
        elif node.block == OUTPUT:
            returns[node_id] = edges["x"]
        elif node.muted:
            first = edges[next(iter(node_flow.inputs))]
            variables.update({(node_id, port): first for port in node_flow.outputs})
        else:
            outs = _variables(node_id, tuple(node_flow.outputs), taken)
            variables.update(
                {(node_id, port): out for port, out in zip(node_flow.outputs, outs, strict=True)}
            )
            module = owner_of(node)
            if module not in built:
                built.add(module)
                children.append((module, _part(node, node_flow)))
            shape = ", ".join(tensor.text for tensor in node_flow.outputs.values() if tensor)
            phase = steps.phase(node_id) if steps else ""
            statements.append(Statement(outs, module, _arguments(node_flow, edges), shape, phase))
    ends = tuple(returns[node.id] for node in flow.graph.of_block(OUTPUT))  # in the order of the ports
    carries = tuple((state, variables[following, "y"]) for state, following in steps.carries) if steps else ()
    return Whole(name, about, tuple(inputs), tuple(children), tuple(statements), ends, carries)


def _variables(node_id: str, ports: tuple[str, ...], taken: set[str]) -> tuple[str, ...]:
    if len(ports) == 1:
        return (node_id,)
    names: list[str] = []
    for port in ports:
        names.append(unique(f"{node_id}_{port}", taken))
        taken.add(names[-1])
    return tuple(names)


def _arguments(flow: NodeFlow, edges: dict[str, str]) -> tuple[str, ...]:
    """Variables in the order of the ports; an empty optional port in between is written as None."""
    if flow.block is None or flow.block.variadic:
        order = sorted(edges, key=natural) if flow.block else list(flow.inner.inputs if flow.inner else edges)
        return tuple(edges[port] for port in order)
    if flow.inner is not None:
        return tuple(edges[port.name] for port in flow.block.inputs if port.name in edges)
    values = [edges.get(port.name, "None") for port in flow.block.inputs]
    while values and values[-1] == "None":
        values.pop()
    return tuple(values)


def _part(node: Node, flow: NodeFlow) -> Leaf | Whole:
    if flow.inner is not None:
        block = flow.block
        words = node.group or (block.id if block else node.block)
        about = f"{type(block).__doc__ or ''}".strip().split("\n")[0] if block else f"The group {words}."
        return take_apart(flow.inner, _camel(words), about)
    block = flow.block
    if not isinstance(block, Block):
        raise ValueError(f"{node.id}: there is no block “{node.block}”.")
    if block.variadic:
        tensors = tuple(flow.inputs.values())
    else:
        tensors = tuple(flow.inputs.get(port.name) for port in block.inputs)
    target = block.target_for(*tensors)
    if target is None:
        raise ValueError(f"{node.id}: there is no torch module for “{node.block}”.")
    made = block.arguments(*tensors)
    return Leaf(target, made.args, tuple(made.kwargs.items()))


def _camel(words: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in words.split("_"))
