"""Repeats by hand: selected, one block ×N, opened, and one of them changed alone."""

from __future__ import annotations

from explorer.graph.builder import Builder
from explorer.graph.edits import SetField
from explorer.graph.tensor import image
from explorer.ui.canvas import commands, reasons, repeating


def chain(build: Builder) -> None:
    x = build.input("input", image(8, 12, 12))
    for number in (1, 2, 3, 4):
        x = build.add("conv2d", x, name=f"c{number}", filters=8, kernel=3, padding=1)
        x = build.add("relu", x, name=f"r{number}")
    build.output("output", x)


EIGHT = [f"{kind}{number}" for number in (1, 2, 3, 4) for kind in "cr"]


def test_selected_blocks_become_one_with_their_number_on_it(open_canvas) -> None:
    canvas = open_canvas(chain)
    context, workspace = canvas.context, canvas.context.workspace
    before = workspace.flow.parameters
    context.select(EIGHT)
    assert reasons.repeats(canvas) is None
    use = repeating.repeat(context)
    assert use is not None
    view = context.views.nodes[use]
    assert (view.badge, view.remark) == (4, "one 584")
    assert workspace.flow.parameters == before
    assert workspace.history.undo_title == "Repeat"
    workspace.history.undo()
    assert set(EIGHT) <= set(workspace.document.root)


def test_one_repeat_alone_is_changed(open_canvas) -> None:
    canvas = open_canvas(chain)
    context, workspace = canvas.context, canvas.context.workspace
    context.apply(SetField("c2", "bias", False), "Fields")
    context.select(EIGHT)
    use = repeating.repeat(context)
    assert use is not None
    assert context.views.nodes[use].badge == 4
    assert context.views.nodes[use].remark == "not all alike"
    context.select([use])
    assert commands.enter(context)
    heights = {box.center().y() for box in canvas.scene_.placed.boxes.values()}
    assert len(heights) == 1, "they stand in a row"
    first, second, *_ = (node.id for node in context.graph.nodes if node.group is not None)
    before = workspace.flow.parameters
    context.apply(SetField(second, "bias", None, context.scope), "Fields")
    assert workspace.flow.parameters == before + 8
    context.apply(SetField(first, "bias", False, context.scope), "Fields")
    assert workspace.flow.parameters == before


def test_single_blocks_in_a_row_are_repeats_too(open_canvas) -> None:
    canvas = open_canvas(chain)
    context = canvas.context
    context.select(["c1"])
    assert reasons.repeats(canvas) is not None
    context.select(["r1", "c2", "r2"])
    assert "equal blocks" in (reasons.repeats(canvas) or "")
    assert repeating.repeat(context) is None
