"""Layered layout: nothing overlaps, wires run from left to right, the same graph gives the same picture."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nets import SMALL, node

from explorer.architectures.gallery import gallery
from explorer.graph.layout import Size, layered
from explorer.graph.model import Edge, Frame, Graph


def size_of(node_id: str) -> Size:
    rng = random.Random(node_id)
    return rng.randint(0, 200), rng.randint(0, 120)


def plain(_: str) -> Size:
    return 140.0, 56.0


def assert_apart(graph: Graph, places: dict[str, tuple[float, float]], size: object = plain) -> None:
    assert set(places) == set(graph)
    boxes = sorted((x, y, x + size(n)[0], y + size(n)[1]) for n, (x, y) in places.items())  # type: ignore[operator]
    for number, (_, top, right, bottom) in enumerate(boxes):
        for other in boxes[number + 1 :]:
            if other[0] >= right:
                break
            assert other[1] >= bottom or top >= other[3], (boxes[number], other)


@st.composite
def dags(draw: st.DrawFn) -> Graph:
    count = draw(st.integers(1, 25))
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    edges = {(min(p), max(p)) for p in draw(st.lists(pairs, max_size=50)) if p[0] != p[1]}
    nodes = [node(f"n{i}", "relu") for i in draw(st.permutations(range(count)))]
    return Graph(nodes, (Edge(f"n{a}", "y", f"n{b}", f"x{i}") for i, (a, b) in enumerate(sorted(edges))))


@given(dags(), st.sampled_from([None, 0.0, 300.0, 900.0]))
def test_any_network_is_laid_out_without_overlaps_and_always_alike(graph: Graph, width: float | None) -> None:
    places = layered(graph, size_of, width=width)
    assert_apart(graph, places, size_of)
    assert places == layered(graph, size_of, width=width)


@given(dags())
def test_unwrapped_wires_run_from_left_to_right(graph: Graph) -> None:
    places = layered(graph, plain)
    for edge in graph.edges:
        assert places[edge.src][0] + 140 <= places[edge.dst][0]


def test_a_chain_stands_in_one_line() -> None:
    places = layered(SMALL.root, plain)
    assert len({y for _, y in places.values()}) == 1


def test_long_chains_wrap_and_rows_are_about_equal() -> None:
    graph = gallery()["lenet5_modern"].build().root
    places = layered(graph, plain, width=1_000)
    assert_apart(graph, places)
    rows = sorted({y for _, y in places.values()})
    assert 2 <= len(rows) <= 4
    assert max(x for x, _ in places.values()) + 140 <= 1_250


def test_rows_are_cut_at_frames() -> None:
    graph = SMALL.root.copy()
    graph.frames["frame1"] = Frame("frame1", "features", ("input", "conv1", "relu1", "pool1"))
    graph.frames["frame2"] = Frame("frame2", "classifier", ("flatten", "fc1", "output"))
    places = layered(graph, plain, width=900)
    assert places["flatten"][0] < places["pool1"][0]
    assert places["flatten"][1] > places["pool1"][1]


def test_circles_and_empty_levels() -> None:
    assert layered(Graph(), plain) == {}
    ring = Graph(
        [node("a", "relu"), node("b", "relu"), node("c", "relu")],
        [Edge("a", "y", "b", "x"), Edge("b", "y", "a", "x"), Edge("b", "y", "c", "x")],
    )
    assert_apart(ring, layered(ring, plain))


@pytest.mark.parametrize("name", ["resnet_small", "preact_resnet_deep", "vit_mnist"])
def test_gallery_networks(name: str) -> None:
    graph = gallery()[name].build().root
    for width in (None, 1_200):
        assert_apart(graph, layered(graph, plain, width=width))


def test_a_wide_and_long_graph_is_done_without_any_time_for_ordering() -> None:
    rng = random.Random(1)
    nodes = [node(f"n{i}", "relu") for i in range(2_000)]
    edges = [Edge(f"n{rng.randrange(max(0, i - 60), i)}", "y", f"n{i}", "x") for i in range(1, 2_000)]
    graph = Graph(nodes, edges)
    assert_apart(graph, layered(graph, plain, seconds=0.0))
