"""What would unfold without end is said and not unfolded; numbers, texts and depths of files are bounded."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import hostile
import pytest
from nets import SMALL, node, resolve

from explorer import bounds
from explorer.blocks.convolution.auxiliary import auxiliary_answers, auxiliary_outputs, misused_head
from explorer.blocks.registry import registry
from explorer.figures.canvas.skips import Skips
from explorer.figures.picture import PictureProblem, render_file
from explorer.graph import edits as e
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.files import FileProblem
from explorer.graph.kept_flow import KeptFlow
from explorer.graph.layout.drawing import drawn
from explorer.graph.model import Graph, Node
from explorer.graph.repairs import all_repairs
from explorer.graph.resolve import Resolver


@pytest.mark.parametrize("depth", [20, 30, 32])
@pytest.mark.parametrize("written", [hostile.laughs, hostile.side_by_side])
def test_groups_that_double_are_a_problem_and_no_walk_unfolds_them(
    written: Callable[[int], bytes], depth: int
) -> None:
    started = time.process_time()
    document = files.decode(written(depth))
    flow = resolve(document)
    assert {problem.code for problem in flow.faults} & {"too_many_layers", "more"}
    assert flow.leaves <= bounds.LAYERS
    assert len(flow.problems) <= 2 * bounds.FAULTS_LIFTED
    assert sum(1 for _ in flow.walk()) <= bounds.LAYERS
    assert KeptFlow(Resolver(registry()), document).flow() == flow
    assert time.process_time() - started < 4


def test_many_uses_side_by_side_on_the_top_level_are_counted_together() -> None:
    document = files.decode(hostile.laughs(15))  # 32,768 layers, which one node may have
    assert not resolve(document).faults
    for number in range(4):
        document.apply(e.AddNode(node(f"b{number}", "group:g14")))
        document.apply(e.Connect(hostile_wire(number)))
    flow = resolve(document)
    assert [problem.code for problem in flow.faults] == ["too_many_layers"]
    assert "163,840" in flow.faults[0].message
    assert sum(1 for _ in flow.walk()) == 5


def hostile_wire(number: int) -> e.Edge:
    return e.Edge("input", "y", f"b{number}", "input")


def test_the_deepest_groups_open_and_a_level_more_does_not() -> None:
    document = files.decode(hostile.laughs(bounds.NESTED_GROUPS, width=1))
    assert not resolve(document).faults
    with pytest.raises(FileProblem, match="33 levels deep; 32 is the limit"):
        files.decode(hostile.laughs(bounds.NESTED_GROUPS + 1, width=1))
    with pytest.raises(FileProblem, match="limit"):
        files.decode(hostile.laughs(248))


def test_no_edit_goes_deeper_either_from_above_or_from_below() -> None:
    document = files.decode(hostile.laughs(20, width=1))
    for number in range(12):
        inside = (node("x", "input"), *([node("a", f"group:w{number - 1}")] if number else []))
        document.apply(e.DefineGroup(f"w{number}", inside, ()))
    document.apply(e.AddNode(node("below", "group:w11"), "g0"))  # 20 and 12
    document.apply(e.DefineGroup("leaf", (), ()))
    with pytest.raises(EditProblem, match="33 levels"):
        document.apply(e.AddNode(node("more", "group:leaf"), "w0"))
    with pytest.raises(EditProblem, match="33 levels"):
        document.apply(e.DefineGroup("roof", (node("all", "group:g19"),), ()))
    document.apply(e.RemoveNode("below", "g0"))
    document.apply(e.DefineGroup("roof", (node("all", "group:g19"),), ()))
    assert files.decode(files.encode(document)).same_as(document)


@pytest.mark.parametrize(
    "number", [2**63, -(2**63), 10**30, 10**4000], ids=["2^63", "-2^63", "10^30", "10^4000"]
)
def test_whole_numbers_that_no_message_carries_are_no_part_of_a_design(number: int) -> None:
    rows = hostile.chain(hostile.row("input", "input"), hostile.row("output", "output"))
    odd = [hostile.row("a", "relu", odd=number)]
    for data in (hostile.design(*rows, sample=number), hostile.design(odd, [])):
        with pytest.raises(FileProblem, match=r"whole number|[Ii]nteger"):
            files.decode(data)
    document = Document()
    with pytest.raises(EditProblem, match="whole number"):
        document.apply(e.SetSetting("sample", number))
    with pytest.raises(EditProblem, match="whole number"):
        document.apply(e.SetSetting("sample", (1, number)))
    assert files.decode(files.encode(document)).same_as(document)


@pytest.mark.parametrize("name", ["self", "cls", "values", "x" * 9_000, "filters "])
def test_a_field_of_any_name_is_a_problem_of_its_node(name: str) -> None:
    document = SMALL.copy()
    document.apply(e.SetField("conv1", name, 3))
    faults = resolve(document).faults
    assert [(fault.address, fault.code) for fault in faults] == [("conv1", "field")]
    assert len(faults[0].message) < 300


def test_a_block_that_asks_another_for_more_than_it_takes_is_a_problem() -> None:
    rows = hostile.chain(
        hostile.row("input", "input", shape=[65536, 1, 1]),
        hostile.row("deep", "depthwise_conv2d", multiplier=7),
        hostile.row("output", "output"),
    )
    (fault,) = resolve(files.decode(hostile.design(*rows))).faults
    assert fault.address == "deep"
    assert "458,752" in fault.message


def test_a_level_takes_as_many_nodes_as_a_file_of_it_opens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.graph.limits.NODES", len(SMALL.root))
    with pytest.raises(EditProblem, match="on one level are the limit"):
        SMALL.copy().apply(e.AddNode(node("one_more", "relu")))
    with pytest.raises(EditProblem, match="on one level are the limit"):
        Document().apply(e.DefineGroup("g", tuple(node(f"n{i}", "relu") for i in range(99)), ()))


def test_somebody_elses_text_is_quoted_in_one_short_line() -> None:
    assert bounds.shown("conv\n\x1b[31m1") == "conv��[31m1"
    assert bounds.shown("x" * 10**6) == "x" * 59 + "…"


@pytest.mark.parametrize("depth", [16, 30])
def test_heads_in_groups_that_double_are_looked_for_once_in_each(depth: int) -> None:
    flow = resolve(files.decode(hostile.laughs(depth)))
    started = time.process_time()
    assert auxiliary_answers(flow) == {}
    assert auxiliary_outputs(flow) == set()
    assert misused_head(flow) is None
    assert time.process_time() - started < 0.2


def test_repairs_of_very_many_problems_take_no_longer_than_they_may() -> None:
    document = files.decode(hostile.loose(3_000))
    resolver = Resolver(registry())
    flow = resolver.resolve(document)
    started = time.monotonic()
    found = list(all_repairs(document, resolver, flow, flow.problems, seconds=0.5))
    assert len(found) == len(flow.problems)
    assert time.monotonic() - started < 5


def test_pictures_of_crowds_are_refused(tmp_path: Path) -> None:
    for data, words in (
        (hostile.fan(6_000), "5,000 blocks, not 6,003"),
        (hostile.dense(210), "20,000 wires"),
    ):
        for style in ("canvas", "boxes", "volumes"):
            with pytest.raises(PictureProblem, match=words):
                render_file(files.decode(data), str(tmp_path / "x.svg"), style=style)


def test_skips_of_a_dense_level_are_found_in_time() -> None:
    flow = resolve(files.decode(hostile.dense(120)))
    skips = Skips(flow.graph, flow.ranks)
    started = time.process_time()
    passed = {edge: skips.over(edge) for edge in flow.graph.edges}
    assert time.process_time() - started < 4
    assert any(passed.values())  # the short ones


def test_very_many_loose_nodes_are_laid_out_in_time() -> None:
    graph = Graph(Node(f"n{number}", "relu") for number in range(6_000))
    started = time.process_time()
    places = drawn(graph, lambda _: (100.0, 60.0), room=(1_000.0, 800.0))
    assert time.process_time() - started < 3  # 13 s when each was looked for among all
    assert len(set(places.values())) == len(graph)
