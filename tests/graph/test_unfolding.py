"""A level with its composites open in place: the same layers, the same tensors on the same wires."""

import pytest
from random_edits import skipping

from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.graph.edits import SetField
from explorer.graph.level import Level
from explorer.graph.unfolding import MOST, TooMuch, deepest, unfolded
from explorer.graph.workspace import Workspace


def workspace(name: str) -> Workspace:
    return Workspace(registry(), gallery()[name].build())


@pytest.mark.parametrize("name", sorted(gallery()))
def test_every_network_unfolds_into_its_layers(name: str) -> None:
    level = workspace(name).level()
    for depth in (1, 2, 9):
        check(level, depth)


def check(level: Level, depth: int) -> None:
    """The same layers, the same tensors on the same wires."""
    assert level.flow is not None
    try:
        shown = unfolded(level, depth)
    except TooMuch:
        assert sum(1 for _ in level.flow.walk(depth=depth + 1)) > MOST
        return
    assert shown.flow is not None
    assert shown.prefix == ""
    assert not shown.is_editable
    ends = [node.id for node in level.graph.nodes if node.block in ("input", "output")]
    if depth == 9:
        assert set(shown.graph) == {address for address, _ in level.flow.walk()} | set(ends)
    for node_id in shown.graph:
        assert shown.flow.nodes[node_id] is level.flow.at(node_id)
    for edge in shown.graph.edges:
        carried = shown.flow.nodes[edge.src].outputs[edge.out]
        assert carried == shown.flow.nodes[edge.dst].inputs[edge.into]
        assert carried is not None
    for node_id, flow in shown.flow.nodes.items():
        wired = {edge.into for edge in shown.graph.into(node_id)}
        assert wired == {port for port, tensor in flow.inputs.items() if tensor is not None}
    places = {node_id: number for number, node_id in enumerate(shown.flow.order)}
    assert all(places[edge.src] < places[edge.dst] for edge in shown.graph.edges)


def test_what_is_open_stands_in_a_frame_of_its_name() -> None:
    level = workspace("alexnet").level()
    shown = unfolded(level, 1)
    assert [frame.title for frame in shown.graph.frames.values()] == [
        "stage1",
        "stage2",
        "stage3",
        "classifier",
    ]
    inside = shown.graph.frames["stage1"].nodes
    assert inside[0] == "stage1.conv1"
    assert set(inside) <= set(shown.graph)
    assert deepest(level) == 1
    assert unfolded(level, 0) is level
    deep = unfolded(workspace("resnet50").level(), 2)
    assert "stage2 › block1" in [frame.title for frame in deep.graph.frames.values()]


def test_what_has_a_fault_inside_stays_closed() -> None:
    design = workspace("alexnet")
    design.apply(SetField("conv1", "kernel", 900, design.document.root["stage2"].group or ""), "Set kernel")
    level = design.level()
    assert level.flow is not None
    assert level.flow.faults
    shown = unfolded(level, 1)
    assert "stage2" in shown.graph
    assert "stage1.conv1" in shown.graph


def test_a_level_without_composites_is_as_it_was() -> None:
    level = Workspace(registry(), skipping()).level()
    shown = unfolded(level, 3)
    assert list(shown.graph) == list(level.flow.order if level.flow else ())
    assert set(shown.graph.edges) == set(level.graph.edges)
