"""Texts that are typed: they become the sample, or are refused in words."""

from __future__ import annotations

import pytest
from look_desk import make_desk, run
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor

from explorer.protocol import requests
from explorer.protocol.records import Sample
from explorer.ui.answer.panel import AnswerPanel
from explorer.ui.answer.presenter import AnswerPresenter
from explorer.ui.probing.texts import TextsPane
from explorer.ui.probing.texts_presenter import TextsPresenter


def opened(qtbot, name):
    desk, bridge = make_desk(name)
    pane = TextsPane()
    qtbot.addWidget(pane)
    pane.show()
    presenter = TextsPresenter(pane, desk)
    run(desk, bridge)
    return desk, bridge, pane, presenter


@pytest.fixture
def gpt(qtbot):
    found = opened(qtbot, "gpt_shakespeare")
    yield found
    found[0].close()


def retype(qtbot, pane, name, text):
    field = pane.field(name)
    field.moveCursor(QTextCursor.MoveOperation.Start)
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    with qtbot.waitSignal(pane.typed, timeout=5000):
        if text:
            qtbot.keyClicks(field, text)


def test_it_begins_with_the_example_and_counts(gpt):
    _, _, pane, presenter = gpt
    assert presenter.has_texts
    assert pane.text("text") == "O Romeo, Romeo! wherefore art thou Rom"
    assert pane.words("text") == "38 of 128 characters"


def test_what_is_typed_is_the_sample_and_the_canvas_asks_again(gpt, qtbot):
    desk, _, pane, _ = gpt
    retype(qtbot, pane, "text", "thou art")
    assert desk.session.sample.more == {"text": Sample(text="thou art")}
    assert pane.words("text") == "8 of 128 characters"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "an empty text says nothing"),
        ("love 4 ever", "“4” is not in the vocabulary"),
        ("x" * 130, "130 characters, and the input takes 128. Shorten it."),
    ],
)
def test_bad_texts_are_refused_and_the_sample_stays(gpt, text, said):
    desk, _, pane, presenter = gpt
    before = desk.session.sample
    presenter.take("text", text)
    assert said in pane.words("text")
    assert pane.field("text").parent() is not None
    assert desk.session.sample == before
    presenter.take("text", "O")
    assert pane.words("text") == "1 of 128 characters"


def test_a_translation_may_be_left_to_the_network(qtbot):
    desk, _, pane, presenter = opened(qtbot, "french_bahdanau")
    assert pane.words("source") == "8 of 56 words"
    assert pane.text("target") == ""
    assert pane.words("target") == "Empty: its own translation"
    presenter.take("target", "le chat")
    assert desk.session.sample.more["target"] == Sample(text="le chat")
    presenter.take("target", "")
    assert "target" not in desk.session.sample.more
    presenter.take("source", "the elephant")
    assert "“elephant” is not in the vocabulary" in pane.words("source")
    desk.close()


def test_panels_choose_between_pictures_and_texts(qtbot):
    for name, reads in (("gpt_shakespeare", True), ("lenet5_modern", False)):
        desk, bridge = make_desk(name)
        panel = AnswerPanel()
        qtbot.addWidget(panel)
        presenter = AnswerPresenter(panel, desk)
        run(desk, bridge)
        presenter.activate()
        assert panel.texts.isHidden() is not reads
        assert panel.samples.isHidden() is reads
        assert bridge.last(requests.Answers)
        desk.close()
