"""Random levels, and what holds for the layout of any."""

import random
from collections.abc import Callable

from hypothesis import strategies as st
from nets import node

from explorer.graph.layout.spacing import Size
from explorer.graph.model import Edge, Graph


def size_of(node_id: str) -> Size:
    rng = random.Random(node_id)
    return rng.randint(0, 200), rng.randint(0, 120)


def plain(_: str) -> Size:
    return 140.0, 56.0


def assert_apart(
    graph: Graph, places: dict[str, tuple[float, float]], size: Callable[[str], Size] = plain
) -> None:
    assert set(places) == set(graph)
    boxes = sorted((x, y, x + size(n)[0], y + size(n)[1]) for n, (x, y) in places.items())
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
