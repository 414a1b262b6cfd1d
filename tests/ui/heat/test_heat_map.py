"""The heat map: costs on the nodes, one scale for the design, a legend, measured times."""

from __future__ import annotations

import pytest
from look_desk import make_desk, run
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from explorer.graph import operations
from explorer.graph.edits import SetField, SetFlag
from explorer.protocol import events, requests
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.presenter import CanvasPresenter
from explorer.ui.heat.costs import Heat, heat_of, sums_of
from explorer.ui.heat.paint import colour_at
from explorer.ui.heat.presenter import MEASURING, HeatPresenter


class Shown:
    def __init__(self, qtbot, architecture="lenet5_modern", **options):
        theme().change(mode="light", scale=1.0, contrast=False, reduced_motion=True)
        self.desk, self.bridge = make_desk(architecture, **options)
        run(self.desk, self.bridge)
        self.canvas = CanvasView(self.desk.workspace)
        CanvasPresenter(self.canvas, self.desk)
        self.heat = HeatPresenter(self.canvas, self.desk)
        qtbot.addWidget(self.canvas)
        self.canvas.resize(1200, 760)
        self.canvas.show()
        qtbot.waitExposed(self.canvas)
        self.canvas.setFocus()

    def press(self):
        QTest.keyClick(self.canvas, Qt.Key.Key_H, Qt.KeyboardModifier.ShiftModifier)

    def colour(self, node, away=6):
        """The colour near the lower right corner of a node."""
        box = self.canvas.scene_.placed.boxes[node]
        at = self.canvas.camera.to_view(box.bottomRight() - QPointF(away, away)).toPoint()
        return self.canvas.viewport().grab().toImage().pixelColor(at)


@pytest.fixture
def shown(qtbot):
    return Shown(qtbot, input=(1, 28, 28))


def near(one, other):
    return all(abs(a - b) <= 3 for a, b in zip(one.getRgb(), other.getRgb(), strict=True))


def test_shift_h_colours_the_nodes_and_takes_the_colours_away_again(shown):
    plain = shown.colour("conv2")
    shown.press()
    assert shown.heat.is_shown
    assert shown.heat.legend.isVisible()
    assert near(shown.colour("conv2"), colour_at(1.0))
    assert near(shown.colour("fc3"), colour_at(0.0))
    shown.press()
    assert not shown.heat.is_shown
    assert not shown.heat.legend.isVisible()
    assert near(shown.colour("conv2"), plain)


def test_title_total_and_sentence_are_computed(shown):
    shown.press()
    legend = shown.heat.legend
    assert legend.title() == "MACs for one sample, 416,520 in all"
    assert legend.sentence == "conv2 alone does 58\u00a0% of the work with 3.9\u00a0% of the parameters."
    QTest.mouseClick(legend.switch._buttons["parameters"], Qt.MouseButton.LeftButton)
    assert legend.title() == "Parameters, 61,706 in all"
    assert legend.sentence == "fc1 alone holds 78\u00a0% of the parameters and does 12\u00a0% of the work."
    assert near(shown.colour("fc1"), colour_at(1.0))


def test_whatever_was_in_sight_stays_so_above_the_legend(shown):
    shown.canvas.open_readable()
    shown.press()
    legend = shown.heat.legend.geometry()
    lowest = max(box.bottom() for box in shown.canvas.scene_.placed.boxes.values())
    assert shown.canvas.camera.to_view(QPointF(0, lowest)).y() <= legend.top()


def test_an_edit_is_followed(shown, qtbot):
    shown.press()
    shown.desk.workspace.apply(SetField("conv2", "filters", 64))
    qtbot.waitUntil(lambda: shown.heat.legend.title() == "MACs for one sample, 1,280,520 in all")
    shown.desk.workspace.apply(SetFlag("relu1", "muted", True))
    qtbot.waitUntil(lambda: shown.heat.painter.heat.values["relu1"] == 0)


def test_marks_join_with_nodes_and_a_click_selects(shown):
    shown.press()
    legend = shown.heat.legend
    at = legend.mark_of("fc1")
    assert legend.mark_at(at) == "fc1"
    QTest.mouseMove(legend, at.toPoint())
    legend.mouseMoveEvent(_move(at))
    assert shown.heat.painter.lit == "fc1"
    assert shown.heat.painter.heat.said_of("fc1") == "fc1: 48,000, 12\u00a0%"
    QTest.mouseClick(legend, Qt.MouseButton.LeftButton, pos=at.toPoint())
    assert shown.canvas.context.selected_nodes() == ("fc1",)


def _move(at):
    none = Qt.MouseButton.NoButton
    return QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier)


def test_it_is_seen_at_the_far_zoom(shown):
    shown.press()
    shown.canvas.camera.look_at(0.2, shown.canvas.scene_.placed.boxes["fc1"].center(), fly=False)
    assert shown.canvas.scene_.detail == "far"
    expected = colour_at(shown.heat.painter.heat.place(shown.heat.painter.heat.values["fc1"]))
    found = shown.colour("fc1", 10)
    assert all(abs(a - b) <= 8 for a, b in zip(found.getRgb(), expected.getRgb(), strict=True))


def timed(**seconds):
    return events.Timed(
        addresses=tuple(seconds), seconds=tuple(seconds.values()), whole=0.01, passes=20, device="cpu"
    )


def test_times_are_asked_for_when_wanted_and_forgotten_after_an_edit(shown, qtbot):
    shown.press()
    assert not shown.bridge.count(requests.Time)
    shown.heat.choose("time")
    assert shown.heat.legend.sentence == MEASURING
    assert shown.bridge.last(requests.Time).sample == shown.desk.session.sample
    shown.bridge.answer(requests.Time, timed(conv1=0.002, conv2=0.006, fc1=0.002))
    qtbot.waitUntil(lambda: shown.heat.legend.sentence.startswith("conv2 alone takes 60\u00a0% of the time"))
    assert shown.heat.legend.title().endswith("10.0\u00a0ms in all")
    shown.desk.workspace.apply(SetField("conv2", "filters", 8))
    qtbot.waitUntil(lambda: not shown.heat.painter.heat.values)
    shown.heat.choose("macs")
    asked = shown.bridge.count(requests.Time)
    shown.desk.workspace.apply(SetField("conv2", "filters", 9))
    QTest.qWait(60)
    assert shown.bridge.count(requests.Time) == asked


def test_why_there_are_no_times_is_said(shown, qtbot):
    shown.press()
    shown.heat.choose("time")
    shown.bridge.answer(requests.Time, events.Failed(message="The design wants 1×28×28."))
    qtbot.waitUntil(lambda: shown.heat.legend.sentence == "The design wants 1×28×28.")


def test_composites_show_their_sum_and_the_inside_has_the_same_scale(qtbot):
    shown = Shown(qtbot, "resnet18")
    shown.press()
    outside = shown.heat.painter.heat
    flow = shown.desk.workspace.flow
    assert outside.values["stage3"] == flow.nodes["stage3"].macs
    shown.canvas.show_level(("stage3",))
    qtbot.waitUntil(lambda: "block1" in shown.heat.painter.heat.values)
    inside = shown.heat.painter.heat
    assert (inside.low, inside.high, inside.total) == (outside.low, outside.high, outside.total)
    assert sum(inside.values.values()) == pytest.approx(outside.values["stage3"])


@pytest.mark.parametrize("measure", ["parameters", "macs", "memory"])
@pytest.mark.parametrize("architecture", ["lenet5_modern", "resnet18", "vit_mnist", "unet_paper"])
def test_every_value_lies_on_the_scale_and_shares_add_up(measure, architecture):
    desk, _ = make_desk(architecture)
    heat = heat_of(desk.workspace.level(), desk.workspace.flow, measure, {})
    assert sum(map(heat.share, heat.values.values())) == pytest.approx(1.0)
    for value in heat.values.values():
        assert value == 0 or heat.low <= value <= heat.high
        assert 0 <= heat.place(value) <= 1
    assert all(heat.low * 0.999 <= tick <= heat.high * 1.001 for tick in heat.ticks())


def test_times_are_added_up_for_what_holds_the_layers():
    assert sums_of({"a": 1.0, "b.c": 2.0, "b.d.e": 4.0}) == {
        "a": 1.0,
        "b": 6.0,
        "b.c": 2.0,
        "b.d": 4.0,
        "b.d.e": 4.0,
    }


def test_one_value_is_the_whole_scale():
    assert Heat("macs", {"a": 5.0}, 5.0, 5.0, 5.0).place(5.0) == 1.0


def test_an_empty_design_says_that_nothing_costs(qtbot):
    shown = Shown(qtbot)
    document = shown.desk.workspace.document
    shown.desk.workspace.apply(operations.remove(document, list(document.root)))
    shown.press()
    assert shown.heat.legend.sentence == "Nothing here costs anything."


def test_equals_are_not_called_alone_and_little_is_not_nothing():
    desk, _ = make_desk("resnet18")
    heat = heat_of(desk.workspace.level(("stage1",)), desk.workspace.flow, "macs", {})
    assert heat.sentence.startswith("block1, like 1 other, does 13\u00a0% of the work")
    assert Heat("macs", {}, 1e6, 1.0, 1e6).percent(1.0) == "<\u00a00.1\u00a0%"
    assert Heat("macs", {}, 1e6, 1.0, 1e6).percent(0.0) == "0\u00a0%"
