"""Another block in the place of a node: wires, fields of the same meaning, and what fits there."""

from __future__ import annotations

import pytest

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.blocks.substitution import kept_fields, substituted, substitutes
from explorer.graph import operations
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem, SetField
from explorer.graph.model import Node
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import image
from explorer.graph.workspace import Workspace


def workspace(name: str = "lenet5_modern", **options: object) -> Workspace:
    return Workspace(registry(), find(name).build(**options))


def wires(ws: Workspace) -> set[tuple[str, str]]:
    return {(edge.src, edge.dst) for edge in ws.document.root.edges}


def replace(ws: Workspace, ids: list[str], block: str) -> None:
    ws.apply(substituted(ws.document, registry(), ids, block, ""), "Replace")


def test_wires_name_and_place_stay_and_equal_fields_too() -> None:
    ws = workspace()
    before, node = wires(ws), ws.document.root["conv2"]
    replace(ws, ["conv2"], "dilated_conv2d")
    after = ws.document.root["conv2"]
    assert (after.block, after.pos, after.id) == ("dilated_conv2d", node.pos, "conv2")
    assert wires(ws) == before
    made = ws.flow.nodes["conv2"].block
    assert made is not None
    values = made.values  # type: ignore[attr-defined]
    assert (values["filters"], values["kernel"], values["padding"]) == (16, (5, 5), (0, 0))
    ws.history.undo()
    assert ws.document.root["conv2"] == node


@pytest.mark.parametrize(
    ("node", "block", "kept"),
    [
        (
            Node("a", "conv2d", {"filters": 6, "kernel": 5, "stride": 2}),
            "max_pool",
            {"kernel": 5, "stride": 2},
        ),
        (Node("a", "max_pool", {"kernel": 3}), "conv2d", {}),
        (Node("a", "max_pool", {"kernel": 4}), "conv2d", {"kernel": 4}),
        (Node("a", "conv2d", {"bias": False}), "linear", {"bias": False}),
        (Node("a", "conv2d", {"padding": "same"}), "max_pool", {"kernel": 3, "stride": 1}),
        (Node("a", "relu"), "conv2d", {}),
        (Node("a", "unheard_of", {"kernel": 5}), "conv2d", {}),
    ],
)
def test_fields_of_equal_name_and_meaning_are_kept(node: Node, block: str, kept: dict[str, object]) -> None:
    found = kept_fields(registry(), node, block)
    assert {name: found.get(name) for name in kept} == kept
    registry().configure(block, found)


def test_every_block_takes_over_legal_fields_from_every_other() -> None:
    known = registry()
    nodes = [Node("a", cls.id) for cls in known.blocks]
    for node in nodes:
        for cls in known.blocks:
            known.configure(cls.id, kept_fields(known, node, cls.id))


def test_what_is_offered_without_a_warning_runs() -> None:
    ws = workspace(input=(1, 28, 28))
    level = ws.level()
    offered = substitutes(ws, registry(), level, ["pool1"], seconds=60)
    assert len(offered) > 20
    assert offered[0].keeps_shape
    for one in offered:
        edit = substituted(ws.document, registry(), ["pool1"], one.block.id, "")
        flow = ws.trial.flow_after(edit)
        assert flow is not None
        assert bool(flow.faults) == bool(one.breaks)


def test_joins_are_replaced_by_joins_only() -> None:
    builder = Builder(registry(), Resolver(registry()))
    x = builder.input("input", image(3, 8, 8))
    one = builder.add("conv2d", x, name="one", filters=3, kernel=1)
    builder.output("output", builder.add("add", x, one, name="add"))
    document = Document("test")
    document.apply(operations.adopt(builder.graph, "test"))
    ws = Workspace(registry(), document)
    found = {one.block.id for one in substitutes(ws, registry(), ws.level(), ["add"], seconds=60)}
    assert "multiply" in found
    assert "relu" not in found
    assert "conv2d" not in found
    replace(ws, ["add"], "concat")
    assert len(ws.document.root.into("add")) == 2
    assert not ws.flow.faults


def test_layers_that_share_their_weights_are_replaced_together() -> None:
    ws = workspace()
    ws.apply(SetField("fc2", "features", 120))
    ws.apply(operations.share(ws.document, ["fc1", "fc2"]))
    replace(ws, ["fc2"], "layer_norm")
    assert {ws.document.root[n].block for n in ("fc1", "fc2")} == {"layer_norm"}
    assert ws.document.root["fc2"].shares == "fc1"


def test_ends_of_a_design_are_not_replaced() -> None:
    ws = workspace()
    with pytest.raises(EditProblem, match="marks a place"):
        replace(ws, ["input"], "relu")
    with pytest.raises(EditProblem, match="marks a place"):
        replace(ws, ["relu1"], "output")
    assert substitutes(ws, registry(), ws.level(), ["input"]) == []


def test_without_time_blocks_are_offered_untried() -> None:
    ws = workspace()
    offered = substitutes(ws, registry(), ws.level(), ["conv2"], seconds=-1)
    assert len(offered) > 20
    assert not any(one.gives or one.breaks for one in offered)
