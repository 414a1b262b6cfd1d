"""Random edit scripts: undo all = start, redo all = end, save → load = the same design."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from nets import SMALL

from explorer.graph import clipping, files, operations
from explorer.graph import edits as e
from explorer.graph.design_text import DesignText
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.history import Cancelled, History
from explorer.graph.model import GROUP_PREFIX, ROOT, Edge, Frame, Node, Note

NAMES = st.sampled_from(["a", "b", "c", "conv1", "relu1", "fc1", "pool1", "class", "x y"])
BLOCKS = st.sampled_from(["relu", "conv2d", "add", "nonsense", GROUP_PREFIX + "g1", GROUP_PREFIX + "g2"])
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 70_000),
    st.floats(allow_nan=True),
    st.text(max_size=5),
    st.lists(st.integers(0, 9), max_size=3).map(tuple),
)
POINTS = st.tuples(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4))
FIELDS = st.dictionaries(st.sampled_from(["filters", "kernel", "odd"]), VALUES, max_size=2)
SCOPES = st.sampled_from([ROOT, ROOT, "g1", "g2"])
PORTS = st.sampled_from(["x", "x1", "y"])


def nodes(draw: Any) -> Node:
    return Node(
        draw(NAMES), draw(BLOCKS), draw(FIELDS), draw(POINTS), draw(st.text(max_size=4)), draw(st.booleans())
    )


@st.composite
def any_edit(draw: Any, deep: bool = True) -> e.Edit:
    """One edit of any kind; many of them do not fit the document, which must refuse them whole."""
    scope, name = draw(SCOPES), draw(NAMES)
    edge = Edge(draw(NAMES), draw(PORTS), draw(NAMES), draw(PORTS))
    kinds: list[Any] = [
        lambda: e.AddNode(nodes(draw), scope),
        lambda: e.RemoveNode(name, scope),
        lambda: e.Connect(edge, scope),
        lambda: e.Disconnect(edge, scope),
        lambda: e.SetField(name, draw(st.sampled_from(["filters", "odd"])), draw(VALUES), scope),
        lambda: e.SetBlock(name, draw(BLOCKS), draw(FIELDS), scope),
        lambda: e.SetTitle(name, draw(st.text(max_size=8)), scope),
        lambda: e.SetFlag(
            name, draw(st.sampled_from(["muted", "frozen", "collapsed", "odd"])), draw(st.booleans()), scope
        ),
        lambda: e.SetShares(name, draw(st.one_of(NAMES, st.just(""))), scope),
        lambda: e.Move({name: draw(POINTS), draw(NAMES): draw(POINTS)}, scope),
        lambda: e.Rename(name, draw(NAMES), scope),
        lambda: e.SetFrame(
            "frame1",
            draw(st.sampled_from([None, Frame("frame1", "t", (name,)), Frame("odd", "t", ())])),
            scope,
        ),
        lambda: e.SetDots(edge, tuple(draw(st.lists(POINTS, max_size=3))), scope),
        lambda: e.SetNote(
            "note1",
            draw(st.sampled_from([None, Note("note1", "hello", (1.0, 2.0)), Note("a", "odd")])),
            scope,
        ),
        lambda: e.DefineGroup(
            draw(st.sampled_from(["g1", "g2", "for"])), (Node("x", "input"), nodes(draw)), ()
        ),
        lambda: e.DropGroup(draw(st.sampled_from(["g1", "g2", ""]))),
        lambda: e.SetName(draw(st.text(max_size=6))),
        lambda: e.SetSetting(draw(st.sampled_from(["seed", "dataset"])), draw(VALUES)),
    ]
    if deep:
        kinds.append(lambda: e.Batch(tuple(draw(st.lists(any_edit(deep=False), max_size=4)))))
    return draw(st.sampled_from(kinds))()


class EditMachine(RuleBasedStateMachine):
    """A document under fire, with a record of every state it has been in."""

    @initialize()
    def start(self) -> None:
        self.document = SMALL.copy()
        self.history = History(self.document)
        self.states = [self.document.copy()]  # what undo goes back through
        self.undone: list[Document] = []
        self.clean = self.document.copy()
        self.text = DesignText()

    def did(self, steps_before: int) -> None:
        """Note the new state; a merged step takes the place of the last one."""
        self.undone.clear()
        if len(self.history._done) > steps_before:
            self.states.append(self.document.copy())
        else:
            self.states[-1] = self.document.copy()

    @rule(edit=any_edit(), key=st.sampled_from([None, None, "k", "j"]))
    def apply(self, edit: e.Edit, key: str | None) -> None:
        before, steps, revision = self.document.copy(), len(self.history._done), self.document.revision
        try:
            self.history.apply(edit, "Edit", key)
        except EditProblem:
            assert self.document.same_as(before)
            assert self.document.revision == revision
            return
        self.did(steps)

    @rule(
        edits=st.lists(any_edit(), min_size=1, max_size=4), way=st.sampled_from(["commit", "cancel", "raise"])
    )
    def gesture(self, edits: list[e.Edit], way: str) -> None:
        before, steps = self.document.copy(), len(self.history._done)
        try:
            with self.history.gesture("Gesture"):
                for edit in edits:
                    self.history.apply(edit)
                    assert self.history.settled().same_as(before)
                if way == "cancel":
                    raise Cancelled
                if way == "raise":
                    raise ZeroDivisionError
        except (EditProblem, ZeroDivisionError):
            assert self.document.same_as(before)
            return
        if way == "cancel":
            assert self.document.same_as(before)
        else:
            self.did(steps)

    @rule(data=st.data())
    def operate(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from([*self.document.root, "input"]), max_size=4, unique=True))
        kind = data.draw(st.sampled_from(["remove", "dissolve", "paste", "group"]))
        before, steps = self.document.copy(), len(self.history._done)
        try:
            if kind == "remove":
                edit = operations.remove(self.document, ids)
            elif kind == "dissolve":
                edit = operations.dissolve(self.document, ids)
            elif kind == "paste":
                edit = clipping.paste(self.document, clipping.copy(self.document, ids), keep_inputs=True)[0]
            else:
                edit = operations.group(self.document, ids, name="g1")[0]
            self.history.apply(edit)
        except EditProblem:
            assert self.document.same_as(before)
            return
        self.did(steps)

    @precondition(lambda self: len(self.states) > 1)
    @rule()
    def undo(self) -> None:
        self.undone.append(self.states.pop())
        assert self.history.undo()
        assert self.document.same_as(self.states[-1])

    @precondition(lambda self: self.undone)
    @rule()
    def redo(self) -> None:
        self.states.append(self.undone.pop())
        assert self.history.redo()
        assert self.document.same_as(self.states[-1])

    @rule()
    def mark_clean(self) -> None:
        self.history.mark_clean()
        self.clean = self.document.copy()

    @invariant()
    def is_clean_means_unchanged(self) -> None:
        if self.history.is_clean:
            assert self.document.same_as(self.clean)

    @invariant()
    def a_file_holds_it(self) -> None:
        data = files.encode(self.document)
        assert self.text.of(self.document) == data
        again = files.decode(data)
        assert again.same_as(self.document)
        assert files.encode(again) == data

    def teardown(self) -> None:
        end = self.undone[0] if self.undone else self.document.copy()
        while self.history.undo():
            pass
        assert self.document.same_as(self.states[0])
        while self.history.redo():
            pass
        assert self.document.same_as(end)


EditMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25)
TestEditMachine = EditMachine.TestCase
