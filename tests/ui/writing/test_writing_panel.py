"""The text panel: what comes next, and writing that streams and can be stopped."""

from __future__ import annotations

import pytest
from look_desk import make_desk, run
from PySide6.QtCore import Qt

from explorer.protocol import events, requests
from explorer.protocol.records import Likely, Piece
from explorer.ui.writing.page import DARKEST, surprise
from explorer.ui.writing.panel import WritingPanel
from explorer.ui.writing.presenter import WritingPresenter

LIKELY = (Likely("e", 0.6, 0.7), Likely("a", 0.3, 0.3), Likely("␣", 0.1, 0.0))
NEXT = events.NextTokens(
    likely=LIKELY, unsure=2.2, unsure_drawn=1.9, vocabulary=68, tokens={"text": ("R", "o", "m")}
)


@pytest.fixture
def shown(qtbot):
    desk, bridge = make_desk("gpt_shakespeare")
    panel = WritingPanel()
    qtbot.addWidget(panel)
    panel.resize(1100, 400)
    panel.show()
    qtbot.waitExposed(panel)
    presenter = WritingPresenter(panel, desk)
    run(desk, bridge)
    presenter.activate()
    yield panel, presenter, desk, bridge
    desk.close()


def test_it_asks_what_comes_next_and_shows_it(shown):
    panel, _, _, bridge = shown
    asked = bridge.last(requests.NextToken)
    assert asked.drawing.temperature == 0.8
    bridge.answer(requests.NextToken, NEXT)
    assert not panel.is_empty()
    assert panel.bars().likely() == LIKELY
    assert "cut" in panel.bars().accessibleName()
    assert panel._next_title.text() == "Next letter"
    assert panel._next_after.text() == "after “Rom”"
    assert "between 2.2 of 68" in panel._sentence.text()


def test_settings_of_the_draw_ask_again(shown, qtbot):
    panel, _, _, bridge = shown
    bridge.answer(requests.NextToken, NEXT)
    field = panel.field("top_k")
    field.selectAll()
    qtbot.keyClicks(field, "5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert bridge.last(requests.NextToken).drawing.top_k == 5


def test_tokens_stream_and_the_end_is_said(shown, qtbot):
    panel, _, _, bridge = shown
    bridge.answer(requests.NextToken, NEXT)
    qtbot.mouseClick(panel._go, Qt.MouseButton.LeftButton)
    asked = bridge.last(requests.Write)
    assert asked.count == 200
    assert panel._go.text() == "Stop"
    bridge.answer(requests.Write, events.Wrote(pieces=(Piece("e", 0.6), Piece("o", 0.01))))
    assert panel.page().written() == "eo"
    assert panel.page().toPlainText() == "O Romeo, Romeo! wherefore art thou Romeo"
    assert "2 tokens" in panel._page_note.text()
    pieces = (Piece("e", 0.6), Piece("o", 0.01), Piece(",", 0.9))
    bridge.answer(requests.Write, events.Written(text="eo,", pieces=pieces, why="count"))
    assert panel.page().written() == "eo,"
    assert panel._go.text() == "Generate"
    assert "as many as were asked for" in panel._page_note.text()


def test_stop_gives_the_job_up_and_what_came_stays(shown, qtbot):
    panel, _, _, bridge = shown
    bridge.answer(requests.NextToken, NEXT)
    panel._go.click()
    job = bridge.last(requests.Write).job
    bridge.answer(requests.Write, events.Wrote(pieces=(Piece("e", 0.6),)))
    panel._go.click()
    assert bridge.last(requests.Cancel).target == job
    bridge.answer(requests.Write, events.Cancelled())
    assert panel.page().written() == "e"
    assert panel._go.text() == "Generate"
    assert "stopped" in panel._page_note.text()


def test_what_cannot_be_written_is_said(shown):
    panel, _, _, bridge = shown
    bridge.answer(requests.NextToken, NEXT)
    panel._go.click()
    bridge.answer(requests.Write, events.Failed(message="text takes 1 to 128 tokens."))
    assert "text takes 1 to 128 tokens." in panel._page_note.text()
    assert panel._go.text() == "Generate"


def test_a_translator_translates(qtbot):
    desk, bridge = make_desk("french_bahdanau")
    panel = WritingPanel()
    qtbot.addWidget(panel)
    presenter = WritingPresenter(panel, desk)
    run(desk, bridge)
    presenter.activate()
    assert panel._go.text() == "Translate"
    assert panel._page_title.text() == "It translates"
    desk.close()


def test_a_network_of_pictures_says_what_is_missing(qtbot):
    desk, bridge = make_desk()
    panel = WritingPanel()
    qtbot.addWidget(panel)
    presenter = WritingPresenter(panel, desk)
    run(desk, bridge)
    presenter.activate()
    assert panel.is_empty()
    assert "Small GPT" in panel.empty_words()
    assert bridge.count(requests.NextToken) == 0
    desk.close()


def test_the_ground_is_darker_the_less_a_token_was_expected():
    assert surprise(1.0) == 0
    assert 0 < surprise(0.5) < surprise(0.1) < DARKEST
    assert surprise(0.01) == surprise(0.0) == DARKEST


def test_nothing_is_cut_off_in_a_narrow_panel(shown, qtbot):
    panel, _, _, bridge = shown
    bridge.answer(requests.NextToken, NEXT)
    for width in (700, 1100):
        panel.resize(width, 500)
        qtbot.wait(20)
        field, page = panel.field("temperature"), panel.page()
        right = field.mapTo(panel, field.rect().topRight()).x()
        assert right < page.mapTo(panel, page.rect().topLeft()).x()
