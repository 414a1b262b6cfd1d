"""Levels as a teacher draws them: rows, branches in order, residuals, U's; nothing overlaps."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from levels import assert_apart, dags, plain, size_of
from nets import SMALL, node

from explorer.architectures.gallery import gallery
from explorer.graph.layout.drawing import drawn
from explorer.graph.layout.parts import DEEPEST, Knot, Leaf, Parallel, Series, parts_of
from explorer.graph.model import Edge, Frame, Graph

Places = dict[str, tuple[float, float]]


def wired(text: str, **blocks: str) -> Graph:
    """A graph from `a-b b-c`; wires into one node take its ports in order."""
    pairs = [pair.split("-") for pair in text.split()]
    names = dict.fromkeys(name for pair in pairs for name in pair)
    count: dict[str, int] = {}
    edges = []
    for a, b in pairs:
        count[b] = count.get(b, 0) + 1
        edges.append(Edge(a, "y", b, f"x{count[b]}"))
    return Graph([node(name, blocks.get(name, "relu")) for name in names], edges)


def heights(places: Places) -> dict[str, float]:
    return {name: y for name, (_, y) in places.items()}


@given(dags(), st.sampled_from([None, (300.0, 200.0), (900.0, 500.0)]), st.data())
def test_any_network_is_drawn_without_overlaps_and_always_alike(graph, room, data) -> None:
    skips = data.draw(st.lists(st.sampled_from(list(graph.edges)), unique=True)) if graph.edges else []
    places = drawn(graph, size_of, room=room, skips=skips)
    assert_apart(graph, places, size_of)
    assert places == drawn(graph, size_of, room=room, skips=skips)


@given(dags())
def test_wires_in_one_row_run_from_left_to_right(graph: Graph) -> None:
    places = drawn(graph, plain)
    for edge in graph.edges:
        assert places[edge.src][0] + 140 <= places[edge.dst][0]


@given(dags())
def test_parts_hold_every_node_once(graph: Graph) -> None:
    assert sorted(parts_of(graph).nodes()) == sorted(graph)


def test_a_chain_stands_in_one_line() -> None:
    assert len(set(heights(drawn(SMALL.root, plain)).values())) == 1


def test_long_chains_break_into_rows_and_no_node_stands_alone() -> None:
    names = [f"n{i}" for i in range(7)]
    graph = wired(" ".join(f"{a}-{b}" for a, b in pairwise(names)))
    for wide in (300.0, 500.0, 700.0, 900.0):
        places = drawn(graph, plain, room=(wide, 600.0))
        rows: dict[float, int] = {}
        for y in heights(places).values():
            rows[y] = rows.get(y, 0) + 1
        assert len(rows) >= 2
        assert min(rows.values()) * 2 >= max(rows.values()), rows


def test_a_row_breaks_at_frames() -> None:
    graph = SMALL.root.copy()
    graph.frames["frame1"] = Frame("frame1", "features", ("input", "conv1", "relu1", "pool1"))
    graph.frames["frame2"] = Frame("frame2", "classifier", ("flatten", "fc1", "output"))
    places = drawn(graph, plain, room=(800.0, 500.0))
    assert places["flatten"][0] < places["pool1"][0]
    assert places["flatten"][1] > places["pool1"][1]


def test_branches_keep_the_order_in_which_they_are_joined_and_end_under_each_other() -> None:
    graph = wired("in-c1 in-r3 r3-c3 in-r5 r5-c5 in-pool pool-cp c3-join c1-join cp-join c5-join join-out")
    places = drawn(graph, plain)
    last = ["c3", "c1", "cp", "c5"]  # as they enter the join
    assert [places[n][1] for n in last] == sorted(places[n][1] for n in last)
    assert len({places[n][0] for n in last}) == 1
    for first, second in (("r3", "c3"), ("r5", "c5"), ("pool", "cp")):
        assert places[first][1] == places[second][1]
    assert (places["c1"][1] + places["cp"][1]) / 2 == places["join"][1] == places["in"][1]


def test_beside_the_body_of_a_residual_a_short_branch_stands_above() -> None:
    graph = wired("in-c1 c1-c2 c2-c3 in-projection c3-sum projection-sum sum-out", sum="add")
    y = heights(drawn(graph, plain))
    assert y["in"] == y["c1"] == y["c2"] == y["c3"] == y["sum"] == y["out"]
    assert y["projection"] < y["c1"]
    joined = wired("in-c1 c1-c2 c2-c3 in-projection c3-sum projection-sum sum-out", sum="concat")
    y = heights(drawn(joined, plain))
    assert y["in"] != y["c1"]  # what is brought together stands on equal terms


@pytest.mark.parametrize("levels", [2, 3, 6])
def test_skips_within_skips_make_a_u(levels: int) -> None:
    down, up = [f"d{i}" for i in range(levels)], [f"u{i}" for i in range(levels)]
    chain = ["in", *down, "bottom", *up[::-1], "out"]
    text = " ".join(f"{a}-{b}" for a, b in pairwise(chain))
    graph = wired(text + " " + " ".join(f"d{i}-u{i}" for i in range(levels)))
    skips = [edge for edge in graph.edges if edge.src in down and edge.dst in up and edge.into == "x2"]
    assert len(skips) == levels
    places = drawn(graph, plain, skips=skips, room=(600.0, 400.0))
    y = heights(places)
    assert [y[n] for n in down] == [y[n] for n in up]
    assert sorted(y[n] for n in [*down, "bottom"]) == [y[n] for n in [*down, "bottom"]]
    assert y["in"] == y["d0"] == y["out"]
    for a, b in pairwise(chain):
        assert places[a][0] + 140 <= places[b][0]


def test_two_skips_round_gates_are_no_u() -> None:
    graph = wired("in-a a-b b-c c-gate gate-sum sum-out b-gate in-sum", gate="multiply", sum="add")
    skips = [edge for edge in graph.edges if (edge.src, edge.dst) in (("b", "gate"), ("in", "sum"))]
    assert len(set(heights(drawn(graph, plain, skips=skips)).values())) == 1


def test_rows_break_between_skips_and_not_under_them() -> None:
    graph = wired("in-a a-b b-s s-m m-c c-d d-t t-out in-s m-t", s="add", t="add")
    skips = [edge for edge in graph.edges if (edge.src, edge.dst) in (("in", "s"), ("m", "t"))]
    y = heights(drawn(graph, plain, skips=skips, room=(700.0, 600.0)))
    assert y["in"] == y["a"] == y["b"] == y["s"] < y["m"] == y["c"] == y["d"] == y["t"] == y["out"]


def test_nodes_without_wires_stand_in_rows() -> None:
    graph = Graph([node(f"n{i}", "relu") for i in range(40)], [])
    places = drawn(graph, plain, room=(900.0, 500.0))
    assert_apart(graph, places)
    assert max(x for x, _ in places.values()) + 140 <= 900


def test_what_cannot_be_taken_apart_is_a_knot() -> None:
    knot = wired("a-c a-d b-c b-d c-e d-e")
    assert parts_of(knot) == Series((Knot(("a", "b", "c", "d")), Leaf("e")))
    ring = wired("a-b b-a b-c")
    assert isinstance(parts_of(ring), Knot)
    assert_apart(ring, drawn(ring, plain))
    assert drawn(Graph(), plain) == {}


def test_branches_within_branches_end_somewhere() -> None:
    deep = 3 * DEEPEST
    text = " ".join(f"f{i}-f{i + 1} f{i}-s{i} s{i}-out" for i in range(deep))
    graph = wired(text + f" f{deep}-out")
    assert isinstance(parts_of(graph), Series)
    assert_apart(graph, drawn(graph, plain))


def test_branches_are_told_apart() -> None:
    graph = wired("a-b a-c b-d c-d")
    assert parts_of(graph) == Series((Leaf("a"), Parallel((Leaf("b"), Leaf("c"))), Leaf("d")))


@pytest.mark.parametrize("name", ["resnet_small", "preact_resnet_deep", "vit_mnist"])
def test_gallery_networks(name: str) -> None:
    graph = gallery()[name].build().root
    for room in (None, (1_200.0, 600.0)):
        assert_apart(graph, drawn(graph, plain, room=room))
