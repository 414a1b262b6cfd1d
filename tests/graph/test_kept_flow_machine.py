"""After any edits, undone or not, the flow that is kept up to date equals one worked out from nothing."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from random_edits import edit_of, loop, start

from explorer.blocks.registry import registry
from explorer.graph.edits import EditProblem
from explorer.graph.flow import Flow
from explorer.graph.history import Cancelled
from explorer.graph.resolve import Resolver
from explorer.graph.workspace import Workspace


def assert_same(flow: Flow, fresh: Flow) -> None:
    """Every attribute, the order of what is listed, and what is put together when asked for."""
    assert list(flow.nodes) == list(fresh.nodes)
    for node_id, node in fresh.nodes.items():
        assert flow.nodes[node_id] == node
        assert flow.receptive_field(node_id) == fresh.receptive_field(node_id)
    assert list(flow.inputs.items()) == list(fresh.inputs.items())
    assert list(flow.outputs.items()) == list(fresh.outputs.items())
    assert flow.problems == fresh.problems
    assert flow.faults == fresh.faults
    assert flow.order == fresh.order
    assert [address for address, _ in flow.walk(depth=9)] == [address for address, _ in fresh.walk(depth=9)]
    assert flow == fresh


def differences(earlier: Flow, later: Flow) -> set[str]:
    """Nodes of which something else is known."""
    ids = earlier.nodes.keys() | later.nodes.keys()
    other = {n for n in ids if earlier.nodes.get(n) != later.nodes.get(n)}
    said = set(earlier.problems) ^ set(later.problems)
    return other | {problem.address.partition(".")[0] for problem in said} - {""}


class KeptFlowMachine(RuleBasedStateMachine):
    """A workspace that is edited."""

    @initialize(steps=st.booleans())
    def open(self, steps: bool) -> None:
        self.resolver = Resolver(registry())
        self.workspace = Workspace(registry(), loop() if steps else start())
        self.seen = self.workspace.flow

    @rule(data=st.data(), count=st.integers(1, 3))
    def edit(self, data: st.DataObject, count: int) -> None:
        for _ in range(count):
            try:
                self.workspace.apply(data.draw(edit_of(self.workspace.document)))
            except EditProblem:
                continue

    @rule(data=st.data(), way=st.sampled_from(["commit", "cancel", "look"]))
    def gesture(self, data: st.DataObject, way: str) -> None:
        try:
            with self.workspace.history.gesture("Gesture"):
                for _ in range(data.draw(st.integers(1, 3))):
                    self.workspace.apply(data.draw(edit_of(self.workspace.document)))
                    if way == "look":
                        assert_same(self.workspace.flow, self.resolver.resolve(self.workspace.document))
                if way == "cancel":
                    raise Cancelled
        except EditProblem:
            return

    @rule(steps=st.integers(1, 4))
    def undo(self, steps: int) -> None:
        for _ in range(steps):
            self.workspace.history.undo()

    @rule()
    def redo(self) -> None:
        self.workspace.history.redo()

    @invariant()
    def is_as_from_nothing(self) -> None:
        flow, fresh = self.workspace.flow, Resolver(registry()).resolve(self.workspace.document)
        assert_same(flow, fresh)
        changed = flow.changed_since(self.seen)
        if changed is not None:
            assert differences(self.seen, flow) <= changed
        self.seen = flow

    @invariant()
    def groups_are_as_from_nothing(self) -> None:
        for node_id, node in self.workspace.flow.nodes.items():
            if self.workspace.document.root[node_id].group is not None and node.inner is not None:
                level = self.workspace.level((node_id,))
                assert level.flow is node.inner


KeptFlowMachine.TestCase.settings = settings(max_examples=80, stateful_step_count=20, deadline=None)
TestKeptFlowMachine = KeptFlowMachine.TestCase
