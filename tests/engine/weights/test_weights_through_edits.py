"""Random edits, undo and redo: what was learnt is there again at every state that was seen before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import hypothesis.strategies as st
import torch
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from weight_desk import Desk, same

from explorer.blocks import inner
from explorer.blocks.registry import registry
from explorer.graph import edits as e
from explorer.graph import operations
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.model import Edge, Node
from explorer.graph.names import fresh
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import image

ENDS = ("input", "output")


def network() -> Document:
    """Layers of all kinds that have weights, a composite, a pair that shares, a join."""
    g = Builder(registry(), Resolver(registry()))
    x = g.input("input", image(2, 8, 8))
    x = g.add("conv2d", x, name="conv1", filters=4, kernel=3, padding=1)
    x = stem = g.add("batch_norm", x, name="norm")
    x = g.add("residual", x, name="block", filters=4)
    x = g.add("conv2d", x, name="conv2", filters=4, kernel=3, padding=1)
    (x,) = g.again("conv2", x, name="conv3")
    x = g.add("concat", x, stem, name="join")
    x = g.add("max_pool", x, name="pool", kernel=2)
    x = g.add("flatten", x, name="flatten")
    x = g.add("linear", x, name="fc1", features=5)
    x = g.add("prelu", x, name="bend")
    x = g.add("linear", x, name="fc2", features=3)
    g.output("output", x)
    document = Document()
    document.apply(operations.adopt(g.graph, "network"))
    return document


def wrapped(document: Document, name: str) -> e.Batch:
    """Normalise the weights of a layer, or stop it."""
    node = document.root[name]
    if node.block == "weight_norm":
        block, fields = inner.read(str(node.fields["inner"]))
        ports, moves = ({"x": "x"}, {"y": "y"}), [(f"{name}.layer", name)]
        return operations.turn_into(document, name, block, fields, ports, moves=moves)
    text, ports = inner.write(node.block, node.fields), ({"x": "x"}, {"y": "y"})
    moves = [(name, f"{name}.layer")]
    return operations.turn_into(document, name, "weight_norm", {"inner": text}, ports, moves=moves)


class WeightMachine(RuleBasedStateMachine):
    """A design that is edited at random; `seen` has the answers of every state since something was learnt."""

    @initialize(seed=st.integers(0, 3))
    def start(self, seed: int) -> None:
        self.desk = Desk(network())
        self.seen: dict[int, tuple[torch.Tensor, ...]] = {}
        self.desk.learn(seed)

    # what is done

    def names(self) -> list[str]:
        """Ids of all layers at the top."""
        return [name for name in self.desk.document.root if name not in ENDS]

    def attempt(self, make: Callable[[Document], e.Edit], keeps: bool = False) -> None:
        """Carry out an edit, where it fits; one that `keeps` the function must keep the answers at once."""
        desk = self.desk
        runs = desk.loaded == desk.state
        before = desk.answers()
        try:
            desk.workspace.apply(make(desk.document))
        except e.EditProblem:
            return
        if desk.sync() is not None:
            assert not (runs and keeps) or same(desk.answers(), before)
        elif not runs:  # one step into what does not run is enough
            desk.undo()
            desk.undo()

    def pick(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.names()))

    @rule(data=st.data(), name=st.sampled_from(["group1", "conv1", "part"]))
    def group(self, data: st.DataObject, name: str) -> None:
        row = [n for n in self.desk.workspace.flow.nodes if n not in ENDS]
        start = data.draw(st.integers(0, len(row) - 1))
        ids = row[start : start + data.draw(st.integers(1, 5))]
        self.attempt(lambda d: operations.group(d, ids, name=name)[0], keeps=True)

    @rule(data=st.data())
    def open(self, data: st.DataObject) -> None:
        flow = self.desk.workspace.flow
        wholes = [n for n, known in flow.nodes.items() if known.inner is not None]
        if not wholes:
            return
        name = data.draw(st.sampled_from(wholes))
        known = self.desk.workspace.flow.nodes[name]
        if self.desk.document.root[name].group:
            self.attempt(lambda d: operations.ungroup(d, name)[0], keeps=True)
        elif known.inner is not None:
            inside = known.inner.graph
            self.attempt(lambda d: operations.unpack(d, name, inside)[0], keeps=True)

    @rule(data=st.data(), name=st.sampled_from(["stem", "a", "conv1", "fc2"]))
    def rename(self, data: st.DataObject, name: str) -> None:
        old = self.pick(data)
        self.attempt(lambda _: e.Rename(old, name), keeps=True)

    @rule(data=st.data(), name=st.sampled_from(["inner", "b"]))
    def rename_inside(self, data: st.DataObject, name: str) -> None:
        if self.desk.document.groups:
            scope = data.draw(st.sampled_from(sorted(self.desk.document.groups)))
            old = data.draw(st.sampled_from(sorted(self.desk.document.graph(scope))))
            self.attempt(lambda _: e.Rename(old, name, scope), keeps=old not in ("x", "y", "x1", "y1"))

    @rule(data=st.data())
    def mute_and_back(self, data: st.DataObject) -> None:
        name = self.pick(data)
        if self.desk.document.root[name].muted or self.desk.loaded != self.desk.state:
            return
        before = self.desk.answers()
        self.attempt(lambda _: e.SetFlag(name, "muted", True))
        self.attempt(lambda _: e.SetFlag(name, "muted", False))
        assert same(self.desk.answers(), before)

    @rule(data=st.data(), flag=st.sampled_from(["muted", "frozen"]), on=st.booleans())
    def switch(self, data: st.DataObject, flag: str, on: bool) -> None:
        name = self.pick(data)
        self.attempt(lambda _: e.SetFlag(name, flag, on), keeps=flag == "frozen")

    @rule(data=st.data(), value=st.integers(2, 6), field=st.sampled_from(["filters", "features", "kernel"]))
    def resize(self, data: st.DataObject, value: int, field: str) -> None:
        names = [n.id for n in self.desk.document.root.nodes if field in n.fields]
        if names:
            name = data.draw(st.sampled_from(names))
            self.attempt(lambda _: e.SetField(name, field, value))

    @rule(data=st.data(), on=st.booleans())
    def bias(self, data: st.DataObject, on: bool) -> None:
        names = [n.id for n in self.desk.document.root.nodes if n.block in ("conv2d", "linear")]
        if names:
            name = data.draw(st.sampled_from(names))
            self.attempt(lambda _: e.SetField(name, "bias", on))

    @rule(data=st.data(), block=st.sampled_from(["identity", "relu", "batch_norm"]))
    def insert(self, data: st.DataObject, block: str) -> None:
        wire = data.draw(st.sampled_from(sorted(self.desk.document.root.edges)))
        name = fresh("new", self.desk.document.root)
        self.attempt(
            lambda d: operations.insert_on_wire(d, wire, Node(name, block), "x", "y"),
            keeps=block == "identity",
        )

    @rule(data=st.data())
    def take_out(self, data: st.DataObject) -> None:
        name = self.pick(data)
        if len(self.names()) > 3:
            self.attempt(lambda d: operations.dissolve(d, [name]))

    @rule(data=st.data())
    def rewire(self, data: st.DataObject) -> None:
        wire = data.draw(st.sampled_from(sorted(self.desk.document.root.edges)))
        source = data.draw(st.sampled_from(["input", *self.names()]))
        other = Edge(source, "y", wire.dst, wire.into)
        self.attempt(lambda _: e.Batch((e.Disconnect(wire), e.Connect(other))))

    @rule(data=st.data(), together=st.booleans())
    def share(self, data: st.DataObject, together: bool) -> None:
        ids = data.draw(st.sets(st.sampled_from(self.names()), min_size=1, max_size=2))
        if together:
            self.attempt(lambda d: operations.share(d, ids))
        else:
            self.attempt(lambda d: operations.unshare(d, ids), keeps=True)

    @rule(data=st.data())
    def wrap(self, data: st.DataObject) -> None:
        root = self.desk.document.root
        names = [n.id for n in root.nodes if n.block in ("conv2d", "weight_norm") and not n.shares]
        names = [name for name in names if not root.sharing(name)]
        if names:
            name = data.draw(st.sampled_from(names))
            self.attempt(lambda d: wrapped(d, name))

    @rule(steps=st.integers(1, 4), back=st.booleans())
    def turn(self, steps: int, back: bool) -> None:
        for _ in range(steps):
            self.desk.undo() if back else self.desk.redo()

    @rule(seed=st.integers(4, 9))
    def learn(self, seed: int) -> None:
        if self.desk.loaded == self.desk.state:
            self.desk.learn(seed)
            self.seen.clear()

    # what must hold

    @invariant()
    def states_have_their_answers(self) -> None:
        desk: Any = getattr(self, "desk", None)
        if desk is None or desk.loaded != desk.state:
            return
        answers = desk.answers()
        assert same(self.seen.setdefault(desk.state, answers), answers)

    def teardown(self) -> None:
        """Back through everything, and forth again."""
        history = self.desk.workspace.history
        while history.undo_title:
            self.desk.undo()
            self.states_have_their_answers()
        while history.redo_title:
            self.desk.redo()
            self.states_have_their_answers()


WeightMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=25)
TestWeightMachine = WeightMachine.TestCase
