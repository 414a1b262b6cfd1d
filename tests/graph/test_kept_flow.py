"""What an edit works out anew: its dirty part, as far as somebody looks; the rest a little later."""

from __future__ import annotations

import pytest
from nets import chain, design, node, resolve, wire

from explorer.blocks.registry import registry
from explorer.graph import edits as e
from explorer.graph import kept_level
from explorer.graph.document import Document
from explorer.graph.kept_visits import KeptVisitor
from explorer.graph.workspace import Workspace


@pytest.fixture
def visits(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the nodes that are visited from now on."""
    found: list[str] = []
    again, by = KeptVisitor.visit_again, KeptVisitor.pass_by
    monkeypatch.setattr(KeptVisitor, "visit_again", lambda self, n: found.append(n) or again(self, n))
    monkeypatch.setattr(KeptVisitor, "pass_by", lambda self, n: found.append(n) or by(self, n))
    return found


def long_chain(length: int) -> Document:
    layers = [
        node(f"n{k}", "conv2d", filters=4, padding=1) if k % 2 else node(f"n{k}", "relu")
        for k in range(length)
    ]
    return chain((4, 8, 8), *layers)


def test_an_edit_visits_what_changes_and_no_more(visits: list[str]) -> None:
    workspace = Workspace(registry(), long_chain(200))
    before = workspace.flow
    workspace.apply(e.SetField("n101", "filters", 7))
    flow = workspace.flow
    assert visits == ["n101", "n102", "n103"]  # n103 gives four maps again
    assert flow == resolve(workspace.document)
    assert flow.changed_since(before) == {"n101", "n102", "n103"}
    assert workspace.flow is flow


def test_what_only_looks_otherwise_visits_nothing(visits: list[str]) -> None:
    workspace = Workspace(registry(), long_chain(20))
    flow, revision = workspace.flow, workspace.revision
    workspace.apply(e.Move({"n3": (5.0, 5.0)}))
    workspace.apply(e.SetTitle("n3", "third"))
    workspace.apply(e.SetFlag("n3", "collapsed", True))
    assert workspace.flow is flow
    assert workspace.revision == revision
    assert not visits


def test_an_edit_in_a_group_reaches_its_uses(visits: list[str]) -> None:
    inner = ([node("x", "input"), node("c", "conv2d", filters=4), node("y", "output")], ["x -> c", "c -> y"])
    workspace = Workspace(
        registry(),
        design(
            [
                node("input", "input", shape=(4, 9, 9)),
                node("one", "group:g"),
                node("two", "group:g"),
                node("r", "relu"),
            ],
            *("input -> one", "one -> two", "two -> r"),
            groups={"g": inner},
        ),
    )
    assert workspace.flow.parameters
    workspace.apply(e.SetField("c", "bias", False, "g"))
    assert workspace.flow == resolve(workspace.document)
    assert "r" not in visits


def test_the_receptive_field_follows_a_wire_that_changes_nothing_else() -> None:
    workspace = Workspace(
        registry(),
        design(
            [
                node("input", "input", shape=(4, 9, 9)),
                node("near", "conv2d", filters=4, kernel=1),
                node("wide", "conv2d", filters=4, kernel=5, padding=2),
                node("r", "relu"),
                node("after", "conv2d", filters=4, kernel=1),
                node("output", "output"),
            ],
            *("input -> near", "input -> wide", "near -> r", "r -> after", "after -> output"),
        ),
    )
    assert workspace.flow.receptive_field("after").windows == (1, 1)
    rewire = e.Disconnect(wire("near -> r")), e.Connect(wire("wide -> r"))
    workspace.apply(e.Batch((*rewire, e.SetField("after", "bias", False))))
    assert workspace.flow.receptive_field("r").windows == (5, 5)
    assert workspace.flow.receptive_field("after").windows == (5, 5)
    workspace.history.undo()
    assert workspace.flow.receptive_field("after").windows == (1, 1)


def test_a_draft_is_true_where_it_is_looked_at(visits: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_level, "SPARE", 10)
    workspace = Workspace(registry(), long_chain(300))
    told: list[str] = []
    workspace.listen(lambda: told.append("later"))
    workspace.listen(lambda: (told.append("at once"), workspace.level((), lambda: ["n30"])), at_once=True)
    assert workspace.flow.leaves
    workspace.apply(e.SetField("n11", "padding", 0))  # every shape behind it is another
    assert told == ["at once"]
    assert len(visits) < 50
    level = workspace.level((), lambda: ["n30"])
    fresh = resolve(workspace.document)
    assert level.flow is not None
    assert level.flow.nodes["n30"] == fresh.nodes["n30"]
    assert level.flow.nodes["n299"] != fresh.nodes["n299"]
    assert not workspace.is_settled
    while not workspace.settle(0.01):
        pass
    assert told == ["at once", "later"]
    assert workspace.flow == fresh
    assert workspace.flow.changed_since(level.flow) >= {"n299", "output"}


def test_edits_may_come_while_the_last_one_is_worked_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_level, "SPARE", 1)
    workspace = Workspace(registry(), long_chain(120))
    workspace.listen(lambda: workspace.level((), lambda: ["n5"]), at_once=True)
    workspace.level((), lambda: ["n5"])  # not even the first flow is known as a whole
    for edit in (
        e.SetField("n11", "padding", 0),
        e.Disconnect(wire("n50 -> n51")),
        e.RemoveNode("n119"),
        e.Connect(wire("n50 -> n51")),
        e.Rename("n20", "other"),
    ):
        try:
            workspace.apply(edit)
        except e.EditProblem:
            continue
    assert not workspace.is_worked_out
    assert workspace.flow == resolve(workspace.document)
    assert workspace.is_worked_out


def test_listeners_that_can_wait_are_told_at_once_where_nobody_drafts() -> None:
    workspace = Workspace(registry(), long_chain(10))
    told: list[int] = []
    workspace.listen(lambda: told.append(workspace.flow.parameters))
    workspace.apply(e.SetField("n1", "bias", False))
    assert told == [workspace.flow.parameters]
    assert workspace.is_settled
