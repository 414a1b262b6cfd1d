"""Layers for levels that are neither rows nor branches: nothing overlaps, wires run from left to right."""

import random

from hypothesis import given
from levels import assert_apart, dags, plain, size_of
from nets import node

from explorer.graph.layout.layered import layered
from explorer.graph.model import Edge, Graph


@given(dags())
def test_any_network_is_laid_out_without_overlaps_and_always_alike(graph: Graph) -> None:
    places = layered(graph, size_of)
    assert_apart(graph, places, size_of)
    assert places == layered(graph, size_of)


@given(dags())
def test_wires_run_from_left_to_right(graph: Graph) -> None:
    places = layered(graph, plain)
    for edge in graph.edges:
        assert places[edge.src][0] + 140 <= places[edge.dst][0]


def test_circles_and_empty_levels() -> None:
    assert layered(Graph(), plain) == {}
    ring = Graph(
        [node("a", "relu"), node("b", "relu"), node("c", "relu")],
        [Edge("a", "y", "b", "x"), Edge("b", "y", "a", "x"), Edge("b", "y", "c", "x")],
    )
    assert_apart(ring, layered(ring, plain))


def test_a_wide_and_long_graph_is_done_without_any_time_for_ordering() -> None:
    rng = random.Random(1)
    nodes = [node(f"n{i}", "relu") for i in range(2_000)]
    edges = [Edge(f"n{rng.randrange(max(0, i - 60), i)}", "y", f"n{i}", "x") for i in range(1, 2_000)]
    graph = Graph(nodes, edges)
    assert_apart(graph, layered(graph, plain, seconds=0.0))
