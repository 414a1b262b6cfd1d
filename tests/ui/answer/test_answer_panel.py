"""The answer panel and its presenter: every form of an output on real widgets."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from look_desk import FakeBridge, make_desk, run
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from explorer.protocol import events, requests
from explorer.protocol.records import Output, Sample
from explorer.style.theme import theme
from explorer.ui.answer import forms
from explorer.ui.answer.panel import AnswerPanel
from explorer.ui.answer.presenter import AnswerPresenter
from explorer.ui.desk import Desk

PICTURE = np.random.default_rng(0).random((3, 40, 60)).astype(np.float32)
CLASSES = Output("out", "classes", np.array([0.1, 0.7, 0.2], np.float32), (3,), names=("cat", "dog", "owl"))
BOXES = Output(
    "boxes",
    "boxes",
    np.array([[5, 4, 40, 30], [20, 10, 30, 20]], np.float32),
    (100, 4),
    labels=(1, 7),
    scores=(0.9, 0.4),
    masks=np.ones((2, 40, 60), np.uint8),
    names=("none", "dog"),
)
REGIONS = Output(
    "out",
    "regions",
    np.repeat([[0, 2]], 20, 0).repeat(15, 1).astype(np.int16),
    (3, 40, 60),
    scores=(0.5, 0.0, 0.5),
)
OTHERS = [
    Output("out", "picture", PICTURE.repeat(2, 1).repeat(2, 2), (3, 80, 120)),
    Output("out", "film", np.zeros((3, 5, 8, 8), np.float32), (3, 5, 8, 8)),
    Output("out", "rows", np.eye(6, 9, dtype=np.float32), (6, 9)),
    Output("out", "maps", np.zeros((2, 4, 4), np.float32), (2, 4, 4)),
    Output("out", "numbers", np.arange(4, dtype=np.float32), (4,)),
]
PAGE = {
    "classes": "bars",
    "boxes": "pictures",
    "regions": "pictures",
    "picture": "pictures",
    "film": "maps",
    "rows": "pictures",
    "maps": "maps",
    "numbers": "units",
}


@pytest.fixture
def panel(qtbot: QtBot) -> AnswerPanel:
    widget = AnswerPanel()
    qtbot.addWidget(widget)
    widget.resize(1000, 320)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def looking(panel: AnswerPanel) -> Iterator[tuple[AnswerPanel, Desk, FakeBridge]]:
    desk, bridge = make_desk(input=(1, 28, 28))
    presenter = AnswerPresenter(panel, desk)
    run(desk, bridge)
    presenter.activate()
    yield panel, desk, bridge
    desk.close()


def said(*outputs: Output, truth: str = "") -> events.AnswerSet:
    return events.AnswerSet(input=PICTURE, outputs=outputs, truth=truth)


def colour_at(panel: AnswerPanel, row: float, column: float) -> str:
    view = panel.stage._picture
    rect = view.picture_rect()
    point = QPoint(round(column / 60 * rect.width()), round(row / 40 * rect.height()))
    return view.grab().toImage().pixelColor(point * view.devicePixelRatio()).name()


def test_it_asks_only_in_sight(looking: tuple[AnswerPanel, Desk, FakeBridge]) -> None:
    panel, _, bridge = looking
    assert bridge.count(requests.Answers) == 1
    assert panel.is_empty()
    bridge.answer(requests.Answers, said(CLASSES, truth="dog"))
    assert not panel.is_empty()
    assert panel.stage._facts.text() == "3 classes, as probabilities · the sample is dog"
    assert panel.stage._large._answers[0] == ("dog", pytest.approx(0.7))


@pytest.mark.parametrize("output", [CLASSES, BOXES, REGIONS, *OTHERS], ids=lambda output: output.form)
def test_every_form_has_its_page(looking: tuple[AnswerPanel, Desk, FakeBridge], output: Output) -> None:
    panel, _, bridge = looking
    bridge.answer(requests.Answers, said(output))
    assert panel.stage.page() == PAGE[output.form]
    assert panel.stage._facts.text() == forms.headline(output)
    assert panel.minimumSizeHint().height() < 200  # a small dock is enough


def test_boxes_are_drawn_and_one_is_brought_out_under_the_mouse(
    looking: tuple[AnswerPanel, Desk, FakeBridge], qtbot: QtBot
) -> None:
    panel, _, bridge = looking
    bridge.answer(requests.Answers, said(BOXES))
    stage = panel.stage
    assert stage._side._answers == (("dog", 0.9), ("class 7", 0.4))
    edge = colour_at(panel, 30, 10)
    assert edge == theme().class_colour(1).name()
    rect = stage._picture.picture_rect()
    inside = QPoint(round(25 / 60 * rect.width()), round(15 / 40 * rect.height()))
    qtbot.mouseMove(stage._picture, inside)
    assert stage._read.text() == "class 7 0.40"  # the smaller of the two
    qtbot.mouseClick(stage._picture, Qt.MouseButton.LeftButton, pos=QPoint(round(rect.width() * 0.95), 4))
    assert stage._read.text() == ""


def test_regions_are_washed_with_the_colours_of_their_classes(
    looking: tuple[AnswerPanel, Desk, FakeBridge],
) -> None:
    panel, _, bridge = looking
    bridge.answer(requests.Answers, said(REGIONS))
    assert panel.stage._side._answers == (("class 0", 0.5), ("class 2", 0.5))
    black, colours = np.zeros((1, 20, 30), np.float32), ((255, 0, 0), (0, 255, 0), (0, 0, 255))
    picture = forms.washed(black, REGIONS.values, lambda kind: colours[kind])
    assert picture.shape == (20, 30, 3)
    assert picture[3, 4].tolist() == [round(255 * forms.WASH), 0, 0]
    assert picture[3, 20].tolist() == [0, 0, round(255 * forms.WASH)]


def test_several_outputs_are_chosen_by_name(looking: tuple[AnswerPanel, Desk, FakeBridge]) -> None:
    panel, desk, bridge = looking
    bridge.answer(requests.Answers, said(BOXES, CLASSES))
    assert panel.chosen() == "boxes"
    panel.choose("out")
    assert panel.stage.page() == "bars"
    desk.session.watches.weights_changed()
    bridge.answer(requests.Answers, said(BOXES, CLASSES))
    assert panel.chosen() == "out"  # stays


def test_late_answers_to_a_question_that_was_replaced_are_not_shown(
    looking: tuple[AnswerPanel, Desk, FakeBridge],
) -> None:
    panel, desk, bridge = looking
    first = bridge.last(requests.Answers).job
    desk.session.choose(Sample(dataset="mnist5k", index=3))
    assert bridge.last(requests.Cancel).target == first
    late = said(CLASSES)
    bridge.heard.emit(events.AnswerSet(job=first, input=late.input, outputs=late.outputs))
    assert panel.is_empty()
    bridge.answer(requests.Answers, said(CLASSES))
    assert not panel.is_empty()
