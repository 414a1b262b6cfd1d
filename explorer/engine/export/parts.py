"""A flow taken apart for writing: which modules there are, and which wires join them, level by level."""

from __future__ import annotations

import inspect
import re
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from explorer.blocks.block import Block, Literal, Made
from explorer.engine.export.symbols import REST, follow, merged
from explorer.engine.export.targets import is_sized
from explorer.graph.catalogue import INPUT, OUTPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.model import Node
from explorer.graph.names import unique
from explorer.graph.ports import natural
from explorer.graph.sharing import owner_of
from explorer.graph.steps import steps_of
from explorer.graph.tensor import Tensor


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

    In a level that runs step by step, `phase` says when (see `explorer.graph.steps`). `given` and `made`
    are the tensors of one sample that enter and leave, as far as they are known.
    """

    outs: tuple[str, ...]
    child: str
    ins: tuple[str, ...]
    shape: str
    phase: str = ""
    given: tuple[Tensor | None, ...] = ()
    made: tuple[Tensor | None, ...] = ()


@dataclass(frozen=True)
class Whole:
    """A module made of others: a composite, a group or the model itself.

    Attributes:
        name: word from which its class is named. about: one line for the class docstring.
        inputs: parameters of forward. children: by name, in running order.
        statements: the body. returns: variables that leave.
        carries: of a loop, pairs of a state and the variable that it becomes after each step.
        block: the block that it is the inside of; None for the model and for groups.
        given, made: the tensors of one sample that enter and leave.

    """

    name: str
    about: str
    inputs: tuple[str, ...]
    children: tuple[tuple[str, Leaf | Whole], ...]
    statements: tuple[Statement, ...]
    returns: tuple[str, ...]
    carries: tuple[tuple[str, str], ...] = ()
    block: type[Block] | None = None
    given: tuple[Tensor | None, ...] = ()
    made: tuple[Tensor | None, ...] = ()

    @property
    def skeleton(self) -> Hashable:
        """All but the literals: wholes of equal skeleton share one class."""
        lines = tuple((s.outs, s.child, s.ins, s.phase) for s in self.statements)
        return (self.name, self.inputs, tuple((n, c.skeleton) for n, c in self.children), lines, self.returns)

    @property
    def literals(self) -> tuple[Literal, ...]:
        """The literals of all children, in order."""
        return tuple(value for _, child in self.children for value in child.literals)


class BoundSize(ValueError):
    """A part that is only right for one size of input; the text says which and why."""


def take_apart(
    flow: Flow, name: str = "Model", about: str = "", at: Sequence[Flow] = (), *, written: bool = False
) -> Whole:
    """Return the parts of a flow without problems.

    Args:
        flow: of the design. name, about: of its class. written: whether composites that have a class for
            exported files are taken as one layer.
        at: the same design worked out for other sizes of input. Numbers that are others there become
            `Symbol`s; without any, all sizes are written as they are drawn.

    Raises:
        ValueError: the flow has problems; the first one's sentence.
        BoundSize: a number that is another one at these sizes follows no axis.

    """
    if flow.problems:
        raise ValueError((flow.faults or flow.problems)[0].message)
    return _Level(flow, tuple(at), written).whole(name, about)


def parts_of(flow: Flow, name: str, at: Sequence[Flow] = (), *, written: bool = False) -> Whole:
    """The whole model taken apart (see `take_apart`), with a line about what it takes."""
    given = ", ".join(f"{key} {tensor.text}" for key, tensor in flow.inputs.items() if tensor)
    about = f"{title_of(name)}: {given or 'no input'}; {flow.parameters:,} parameters."
    return take_apart(flow, "Model", about, at, written=written)


def title_of(name: str) -> str:
    """The name of a design as it may stand in a docstring."""
    plain = re.sub(r"[^\w .,:;+×=()/%&·’-]", " ", name)[:80]
    return " ".join(plain.split()) or "design"


def leaves_below(whole: Whole) -> Iterator[Leaf]:
    """All layers, in the order in which they are built."""
    for _, child in whole.children:
        if isinstance(child, Whole):
            yield from leaves_below(child)
        else:
            yield child


class _Level:
    """One level on its way to a `Whole`."""

    def __init__(self, flow: Flow, at: tuple[Flow, ...], written: bool) -> None:
        self.flow, self.at, self.written = flow, at, written
        self.variables: dict[tuple[str, str], str] = {}
        self.scope: dict[str, tuple[Tensor | None, ...]] = {}

    def whole(self, name: str, about: str, block: type[Block] | None = None) -> Whole:
        """Walk the level in running order."""
        flow, variables = self.flow, self.variables
        inputs: list[str] = []
        children: list[tuple[str, Leaf | Whole]] = []
        statements: list[Statement] = []
        returns: dict[str, str] = {}
        built: set[str] = set()
        taken = set(flow.graph)
        steps = steps_of(flow.graph, flow.order)
        for node_id, known in flow.nodes.items():
            node = flow.graph[node_id]
            edges = {edge.into: variables[edge.src, edge.out] for edge in flow.graph.into(node_id)}
            if node.block == INPUT:
                inputs.append(node_id)
                variables[node_id, "y"] = node_id
                self._see(node_id, (node_id,), known)
            elif node.block == OUTPUT:
                returns[node_id] = edges["x"]
            elif node.muted:
                first = edges[next(iter(known.inputs))]
                variables.update({(node_id, port): first for port in known.outputs})
            else:
                outs = _variables(node_id, tuple(known.outputs), taken)
                ports = zip(known.outputs, outs, strict=True)
                variables.update({(node_id, port): out for port, out in ports})
                module = owner_of(node)
                arguments = _arguments(known, edges)
                if module not in built:
                    built.add(module)
                    children.append((module, self._part(node, known, arguments)))
                shape = ", ".join(tensor.text for tensor in known.outputs.values() if tensor)
                phase = steps.phase(node_id) if steps else ""
                made = tuple(known.outputs.values())
                given = _given(known, edges)
                statements.append(Statement(outs, module, arguments, shape, phase, given, made))
                self._see(node_id, outs, known)
        ends = tuple(returns[node.id] for node in flow.graph.of_block(OUTPUT))  # in the order of the ports
        carries = (
            tuple((state, variables[following, "y"]) for state, following in steps.carries) if steps else ()
        )
        return Whole(
            name,
            about,
            tuple(inputs),
            tuple(children),
            tuple(statements),
            ends,
            carries,
            block,
            tuple(flow.inputs.values()),
            tuple(flow.outputs.values()),
        )

    def _see(self, node_id: str, variables: Sequence[str], known: NodeFlow) -> None:
        """Note the tensors of a node's outputs, which may be asked for their sizes."""
        if not self.at:
            return
        levels = [known.outputs, *(flow.nodes[node_id].outputs for flow in self.at)]
        columns = zip(*(level.values() for level in levels), strict=True)
        self.scope.update(zip(variables, columns, strict=True))

    def _own(self, value: Any, variable: str) -> Any:
        """A number of a reshape as the axis of what is reshaped, where that has the same size."""
        tensor = self.scope[variable][0]
        if not isinstance(value, int) or value < 2 or tensor is None or value not in tensor.shape:
            return value
        return follow((value,) * (1 + len(self.at)), {variable: self.scope[variable]}, [variable]) or value

    def _part(self, node: Node, known: NodeFlow, arguments: tuple[str, ...]) -> Leaf | Whole:
        others = [flow.nodes[node.id] for flow in self.at]
        if known.inner is not None and not (self.written and is_written(known)):
            block = type(known.block) if isinstance(known.block, Block) else None
            words = node.group or (block.id if block else node.block)
            at = tuple(other.inner for other in others if other.inner is not None)
            inner = _Level(known.inner, at, self.written)
            return inner.whole(_camel(words), sentence_of(block) if block else "", block)
        made = made_of(node, known)
        if all(made == made_of(node, other) for other in others):
            return made
        calls = [made, *(made_of(node, other) for other in others)]
        if not is_sized(made.target) or len({call.skeleton for call in calls}) > 1:
            raise BoundSize(bound_words(node, known))
        columns = zip(*(call.literals for call in calls), strict=True)
        found: list[Any] = [merged(list(column), self.scope, arguments) for column in columns]
        if made.target.endswith(":Reshape") and found.count(None) == 1:
            found[found.index(None)] = REST
        if made.target.endswith(":Reshape"):
            found = [self._own(value, arguments[0]) for value in found]
        if any(value is None for value in found):
            raise BoundSize(bound_words(node, known))
        names = tuple(name for name, _ in made.kwargs)
        count = len(made.args)
        return Leaf(made.target, tuple(found[:count]), tuple(zip(names, found[count:], strict=True)))


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


def _given(flow: NodeFlow, edges: dict[str, str]) -> tuple[Tensor | None, ...]:
    """The tensors of `_arguments`, in the same order."""
    if flow.block is None or flow.block.variadic:
        order = sorted(edges, key=natural) if flow.block else list(flow.inner.inputs if flow.inner else edges)
        return tuple(flow.inputs.get(port) for port in order)
    ports = [port.name for port in flow.block.inputs if flow.inner is None or port.name in edges]
    while ports and ports[-1] not in edges:
        ports.pop()
    return tuple(flow.inputs.get(port) for port in ports)


def is_written(flow: NodeFlow) -> bool:
    """Whether a composite has a class of its own for exported files."""
    return isinstance(flow.block, Block) and bool(flow.block.written)


def made_of(node: Node, flow: NodeFlow) -> Leaf:
    """What to construct for a layer."""
    if not isinstance(flow.block, Block):
        raise ValueError(f"{node.id}: there is no block “{node.block}”.")
    made = _made(flow.block, flow.arriving)
    if made is None:
        raise ValueError(f"{node.id}: there is no torch module for “{node.block}”.")
    return made


@lru_cache(maxsize=8192)
def _made(block: Block, tensors: tuple[Tensor | None, ...]) -> Leaf | None:
    """The same layer on the same tensors occurs many times in a deep network."""
    target = block.written or block.target_for(*tensors)
    if target is None:
        return None
    made = block.arguments(*tensors)
    return Leaf(target, made.args, tuple(made.kwargs.items()))


def bound_words(node: Node, flow: NodeFlow) -> str:
    """Why a layer is right for one size of input only: the beginning of a sentence."""
    block = flow.block
    title = block.title if isinstance(block, Block) else node.block
    given = ", ".join(tensor.text for tensor in flow.inputs.values() if tensor)
    return f"{node.id} ({title}) is made for {given}"


def sentence_of(block: type[Block]) -> str:
    """What a block is, in its first whole sentence."""
    paragraph = " ".join((inspect.getdoc(block) or "").split("\n\n")[0].split())
    end = re.search(r"(?<!\b[A-Z])(?<!e\.g)(?<!i\.e)(?<!et al)\.(?=\s|$)", paragraph)
    return paragraph[: end.end()] if end else paragraph


def _camel(words: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in words.split("_"))
