"""The chooser of the input."""

import numpy as np
import pytest
from look_desk import make_desk, run, sample_set
from PySide6.QtCore import QPoint, Qt

from explorer.architectures.gallery import gallery
from explorer.protocol import requests
from explorer.protocol.records import Sample
from explorer.ui.probing.sample_picture import as_picture
from explorer.ui.probing.samples import SamplesPane
from explorer.ui.probing.samples_presenter import SamplesPresenter, drawn_as
from explorer.ui.widgets.draw_pad import DrawPad


@pytest.fixture
def pane(qtbot):
    widget = SamplesPane()
    qtbot.addWidget(widget)
    widget.resize(196, 230)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def desk_and_bridge(qtbot):
    desk, bridge = make_desk(input=(1, 28, 28))
    yield desk, bridge
    desk.close()


@pytest.fixture
def filled(pane, desk_and_bridge):
    desk, bridge = desk_and_bridge
    presenter = SamplesPresenter(pane, desk)
    run(desk, bridge)
    presenter.activate()
    bridge.answer(requests.Samples, sample_set())
    return pane


def test_samples_are_asked_for_once_the_pane_is_in_sight(filled, desk_and_bridge):
    _, bridge = desk_and_bridge
    asked = bridge.last(requests.Samples)
    assert (asked.dataset, asked.indices) == ("mnist5k", tuple(range(8)))
    assert len(filled.offers()) == 8


def test_a_click_chooses_a_sample(filled, desk_and_bridge, qtbot):
    desk, _ = desk_and_bridge
    strip = filled._strips[0]
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=strip._cells()[2].center().toPoint())
    assert desk.session.sample == Sample(dataset="mnist5k", index=2)
    desk.pictured.emit(np.zeros((1, 28, 28), np.float32))
    assert filled.words() == "mnist5k 2, labelled 2"


def test_another_turns_the_page_and_then_asks_for_more(filled, desk_and_bridge, qtbot):
    desk, bridge = desk_and_bridge
    qtbot.mouseClick(filled._another, Qt.MouseButton.LeftButton)
    assert desk.session.sample.index == 4
    qtbot.mouseClick(filled._another, Qt.MouseButton.LeftButton)
    assert bridge.last(requests.Samples).indices == tuple(range(8, 16))
    bridge.answer(requests.Samples, sample_set(8))
    assert desk.session.sample.index == 8
    for _ in range(2):
        qtbot.mouseClick(filled._another, Qt.MouseButton.LeftButton)
    bridge.answer(requests.Samples, sample_set(16))
    qtbot.mouseClick(filled._another, Qt.MouseButton.LeftButton)
    assert bridge.last(requests.Samples).indices == tuple(range(8)), "after the last the first come again"


def test_a_drawing_becomes_the_input(filled, desk_and_bridge, qtbot):
    desk, _ = desk_and_bridge
    qtbot.mouseClick(filled._draw, Qt.MouseButton.LeftButton)
    pad = filled.window().findChild(DrawPad)
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=QPoint(40, 40))
    qtbot.mouseMove(pad, QPoint(90, 120))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=QPoint(90, 120))
    assert desk.session.sample.values is not None
    assert desk.session.sample.values.shape == (1, 28, 28)
    assert filled.words() == "Drawn here"
    qtbot.keyClick(pad, Qt.Key.Key_Escape)
    assert not filled._popover.isVisible()


def test_a_picture_file_becomes_the_input(filled, desk_and_bridge, qtbot):
    desk, _ = desk_and_bridge
    filled.ask = lambda parent: "/tmp/seven.png"
    qtbot.mouseClick(filled._open, Qt.MouseButton.LeftButton)
    assert desk.session.sample == Sample(path="/tmp/seven.png")
    filled.ask = lambda parent: ""
    chosen = []
    filled.chosen.connect(chosen.append)
    qtbot.mouseClick(filled._open, Qt.MouseButton.LeftButton)
    assert chosen == []


def test_arrow_keys_choose_samples(filled, desk_and_bridge, qtbot):
    desk, _ = desk_and_bridge
    filled.set_selected(Sample(dataset="mnist5k", index=1))
    qtbot.keyClick(filled._strips[0], Qt.Key.Key_Right)
    assert desk.session.sample.index == 2


def test_only_pictures_can_be_drawn(pane):
    other = next(entry.id for entry in gallery().values() if len(entry.input.shape) < 3)
    desk, _ = make_desk(other)
    SamplesPresenter(pane, desk).activate()
    assert not pane._draw.isEnabled()
    assert pane._open.toolTip() == "The input of this design is no picture."
    desk.close()


def test_a_tall_pane_shows_both_strips_and_a_low_one_shrinks(filled, qtbot):
    filled.resize(filled.width(), 500)
    assert filled._strips[1].isVisible()
    assert filled._view.sizeHint().width() == 172
    filled.resize(filled.width(), 180)
    assert not filled._strips[1].isVisible()
    assert filled._view.sizeHint().width() < 96
    assert filled.grab().height() == 180


@pytest.mark.parametrize(
    ("shape", "drawn"),
    [
        ((1, 32, 32), (1, 32, 32)),
        ((3, 28, 28), (3, 28, 28)),
        ((3, 224, 224), (3, 224, 224)),
        ((1, 8, 8), (1, 8, 8)),
    ],
)
def test_drawings_take_the_shape_of_the_input(shape, drawn):
    picture = np.zeros((28, 28), dtype=np.float32)
    picture[10:18, 10:18] = 1
    result = drawn_as(picture, shape)
    assert result.shape == drawn
    assert result.dtype == np.float32
    assert result[0, shape[1] // 2, shape[2] // 2] == 1


@pytest.mark.parametrize(
    ("shape", "drawn"),
    [
        ((1, 5, 6), (5, 6)),
        ((3, 5, 6), (5, 6, 3)),
        ((8, 5, 6), (5, 6)),
        ((2, 4, 5, 6), (5, 6)),
        ((7, 4), (7, 4)),
        ((9,), (1, 9)),
    ],
)
def test_inputs_of_any_form_can_be_drawn(shape, drawn):
    assert as_picture(np.random.default_rng(0).standard_normal(shape)).shape == drawn
