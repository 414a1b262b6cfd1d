"""The running order that is mended equals the one that is worked out from nothing, after any edit."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.graph import kept_order
from explorer.graph.kept_order import KeptOrder
from explorer.graph.model import Edge, Graph, Node
from explorer.graph.running_order import running_order


def random_graph(dice: random.Random, count: int) -> Graph:
    """Nodes in an order that is mostly, but not always, one in which they can run."""
    graph = Graph()
    names = [f"n{number}" for number in range(count)]
    written = sorted(names, key=lambda n: int(n[1:]) + dice.choice([0, 0, 0, count // 3]))
    for name in written:
        graph.put(Node(name, "relu"))
    for number in range(1, count):
        for _ in range(dice.choice([0, 1, 1, 1, 2])):
            source = max(0, number - dice.choice([1, 1, 1, 2, 5, count // 2]))
            graph.connect(Edge(f"n{source}", "y", f"n{number}", f"x{dice.randrange(10**6)}"))
    return graph


def edit(dice: random.Random, graph: Graph, fresh: int) -> None:
    """One change of any kind; wires may close a circle."""
    ids = list(graph)
    kind = dice.choice(["add", "drop", "wire", "wire", "cut", "cut", "rename", "again", "field"])
    node_id = dice.choice(ids)
    if kind == "add":
        graph.put(Node(f"new{fresh}", "relu"))
        graph.connect(Edge(node_id, "y", f"new{fresh}", "x"))
        graph.connect(Edge(f"new{fresh}", "y", dice.choice(ids), f"x{fresh}"))
    elif kind == "drop" and len(ids) > 3:
        graph.drop(node_id)
    elif kind == "wire":
        graph.connect(Edge(node_id, "y", dice.choice(ids), f"x{fresh}"))
    elif kind == "cut" and graph.edges:
        graph.disconnect(dice.choice(graph.edges))
    elif kind == "rename":
        graph.rename(node_id, f"other{fresh}")
    elif kind == "again" and len(ids) > 3:  # what an undone removal does: the node comes last now
        wires, node = [*graph.into(node_id), *graph.out_of(node_id)], graph[node_id]
        graph.drop(node_id)
        graph.put(node)
        for wire in dict.fromkeys(wires):
            graph.connect(wire)
    else:
        graph.put(Node(node_id, "relu", {"inplace": fresh % 2 == 0}))


@pytest.mark.parametrize("stretch", [2, 5, 128])
@settings(max_examples=60)
@given(seed=st.integers(0, 10**9), count=st.integers(1, 60))
def test_the_mended_order_is_the_order(stretch: int, seed: int, count: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kept_order, "STRETCH", stretch)
        patch.setattr(kept_order, "PART", 2)
        dice = random.Random(seed)
        graph = random_graph(dice, count)
        mark, kept = graph.mark(), KeptOrder(graph)
        for step in range(12):
            for part in range(dice.choice([1, 1, 1, 3])):
                edit(dice, graph, 100 * step + part)
            changes = graph.changes_since(mark, running=True)
            assert changes is not None
            mark = graph.mark()
            kept.follow(changes)
            order, circles = running_order(graph)
            assert kept.is_known == (not circles)
            if kept.is_known:
                assert kept.order == order
                assert kept.rank == {node_id: number for number, node_id in enumerate(order)}


def test_an_edit_in_a_long_chain_lets_only_its_stretch_run_again(monkeypatch) -> None:
    graph = Graph(Node(f"n{number}", "relu") for number in range(5_000))
    for number in range(1, 5_000):
        graph.connect(Edge(f"n{number - 1}", "y", f"n{number}", "x"))
    mark, kept = graph.mark(), KeptOrder(graph)
    asked: list[str] = []
    successors = graph.successors
    monkeypatch.setattr(graph, "successors", lambda n: asked.append(n) or successors(n))
    graph.drop("n2500")
    graph.connect(Edge("n2499", "y", "n2501", "x"))
    changes = graph.changes_since(mark, running=True)
    assert changes is not None
    assert kept.follow(changes)
    assert kept.order == running_order(graph)[0]
    assert len(set(asked[: len(asked) - len(graph)])) < 2 * kept_order.STRETCH


def test_a_level_of_loose_nodes_has_little_noted_at_its_marks() -> None:
    """At every mark stands what is ready there, which is all of the rest where nothing is wired."""
    graph = Graph()
    for number in range(20_000):
        graph.put(Node(f"n{number}", "relu"))
    order = KeptOrder(graph)
    assert sum(len(mark.ready) for mark in order._marks) < 10 * len(graph)
    mark = graph.mark()
    graph.drop("n10000")
    changes = graph.changes_since(mark)
    assert changes is not None
    assert order.follow(changes)
    assert order.order == list(graph)
