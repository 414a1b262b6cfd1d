"""An untrained network can be told from a trained one on the canvas itself, near and far."""

from __future__ import annotations

import pytest
from look_desk import make_desk, run
from PySide6.QtCore import QRectF, Qt
from PySide6.QtTest import QTest

from explorer.protocol import events, requests
from explorer.session.origin import Origin
from explorer.style.theme import theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.weights.marks import WeightMarks
from explorer.ui.weights.note import UntrainedNote
from explorer.ui.weights.presenter import is_untrained


@pytest.fixture
def desk():
    desk, bridge = make_desk("resnet18")
    run(desk, bridge)
    return desk


@pytest.fixture
def canvas(qtbot, desk):
    theme().change(mode="light", scale=1.0, contrast=False, reduced_motion=True)
    canvas = CanvasView(desk.workspace)
    qtbot.addWidget(canvas)
    canvas.resize(1100, 700)
    canvas.show()
    qtbot.waitExposed(canvas)
    return canvas


def changed(canvas, plain, node):
    """Whether something is painted at the upper right corner of a node that was not there before."""
    box = canvas.scene_.placed.boxes[node]
    corner = QRectF(box.right() - 34, box.top() - 8, 22, 16)
    area = QRectF(canvas.camera.to_view(corner.topLeft()), canvas.camera.to_view(corner.bottomRight()))
    rect = area.toAlignedRect()
    return canvas.viewport().grab(rect).toImage() != plain.copy(rect)


@pytest.mark.parametrize("zoom", [1.0, 0.6])
def test_every_node_with_weights_has_a_ring_while_nothing_is_learned(canvas, zoom):
    canvas.camera.look_at(zoom, canvas.camera.centre, fly=False)
    plain = canvas.viewport().grab().toImage()
    untrained = True
    canvas.foregrounds.append(WeightMarks(canvas, dict, lambda: untrained).paint)
    canvas.viewport().update()
    assert changed(canvas, plain, "stem")
    assert changed(canvas, plain, "stage1")
    assert not changed(canvas, plain, "input")
    untrained = False
    canvas.viewport().update()
    assert not changed(canvas, plain, "stem")


def test_the_note_says_where_the_weights_come_from_and_stays_when_the_canvas_scrolls(canvas, qtbot):
    note = UntrainedNote(canvas)
    assert note.isHidden()
    note.show_state(untrained=True, detail="seed 3")
    assert note.isVisible()
    assert note.words == "weights drawn from seed 3"
    place = note.pos()
    canvas.camera.scroll(80, 60)
    assert note.pos() == place
    canvas.camera.look_at(0.2, canvas.camera.centre, fly=False)
    assert note.isVisible()
    with qtbot.waitSignal(note.clicked):
        QTest.mouseClick(note, Qt.MouseButton.LeftButton)
    theme().change(scale=1.75)
    assert note.isHidden()
    theme().change(scale=1.0)
    note.show_state(untrained=False, detail="")
    assert note.isHidden()


def test_a_seed_is_untrained_and_what_was_learned_is_not(desk):
    session = desk.session
    assert is_untrained(session)
    session.weights.origin = Origin("run", "run 1", 0.9)
    assert not is_untrained(session)


def test_before_the_design_runs_nothing_is_claimed():
    desk, _ = make_desk("resnet18")
    assert not is_untrained(desk.session)


def test_another_seed_for_all_makes_a_shipped_network_untrained():
    desk, bridge = make_desk("lenet5_modern")
    run(desk, bridge)
    desk.session.weights.origin = Origin("shipped", "", 0.989)
    desk.session.weights.reset(4)
    bridge.answer(requests.ResetWeights, events.WeightsChanged(digest="d", fresh=("conv1", "conv2", "fc1")))
    assert desk.session.weights.origin.sentence == "Untrained · seed 4"
    assert is_untrained(desk.session)
