"""Attention over texts: lines between tokens, and tokens on the axes of the matrix."""

from __future__ import annotations

import numpy as np
import pytest
from look_desk import attention_layers
from PySide6.QtCore import QPoint, Qt

from explorer.protocol.records import AttentionLayer
from explorer.ui.attention.panel import AttentionPanel
from explorer.ui.attention.record import AttentionMaps

SOURCE = ("the", "black", "cat")
TARGET = ("<start>", "le", "chat", "noir")
WEIGHTS = np.array([[0.9, 0.05, 0.05], [0.1, 0.1, 0.8], [0.02, 0.95, 0.03], [0.2, 0.2, 0.6]], np.float32)
IDS = np.zeros(3, np.float32)


def maps() -> AttentionMaps:
    own = np.full((1, 4, 4), 0.25, np.float32)
    layers = (
        AttentionLayer("own", own, None, "target", "target"),
        AttentionLayer("cross", WEIGHTS[None], None, "target", "source"),
    )
    return AttentionMaps(IDS, layers, (), {"source": SOURCE, "target": TARGET})


@pytest.fixture
def panel(qtbot):
    widget = AttentionPanel()
    qtbot.addWidget(widget)
    widget.resize(1180, 780)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


def test_it_opens_on_lines_of_the_layer_that_looks_across(panel):
    panel.show_maps(maps())
    assert panel._lines.isVisible()
    assert not panel._wall.isVisible()
    assert panel.chosen()[0] == 1
    assert panel._lines.tokens() == (SOURCE, TARGET)
    assert panel._lines.query() == 0
    assert panel._pane.facts()["Query"] == "“<start>”, token 0"
    assert panel._pane.facts()["Strongest key"] == "“the”, token 0"


def test_pointing_at_a_token_lets_it_ask(panel, qtbot):
    panel.show_maps(maps())
    place = panel._lines.token_rect(2).center().toPoint()
    qtbot.mouseClick(panel._lines.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert panel._pane.facts()["Query"] == "“chat”, token 2"
    assert panel._pane.facts()["Strongest key"] == "“black”, token 1"
    qtbot.keyClick(panel._lines, Qt.Key.Key_Left)
    assert panel._pane.facts()["Strongest key"] == "“cat”, token 2"
    assert "le looks most at cat" in panel._lines.accessibleDescription()


def test_the_matrix_has_the_tokens_on_its_axes_and_picks_rows(panel, qtbot):
    panel.show_maps(maps())
    view = panel._pane._sole
    assert view.tokens() == (TARGET, SOURCE)
    rect = view.picture_rect()
    assert rect.left() > 0
    assert rect.top() > 0
    place = QPoint(round(rect.left() + rect.width() / 2), round(rect.top() + rect.height() / 8))
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert panel._pane.facts()["Query"] == "“<start>”, token 0"


def test_a_picture_after_a_text_has_neither(panel):
    panel.show_maps(maps())
    picture = np.zeros((1, 28, 28), np.float32)
    panel.show_maps(AttentionMaps(picture, attention_layers(), (("7", 0.9),)))
    assert panel._wall.isVisible()
    assert not panel._lines.isVisible()
    assert panel._pane._sole.tokens() == ((), ())


def test_long_texts_scroll_and_keep_the_query_in_sight(panel):
    tokens = tuple("abcdefghij" * 12)
    weights = np.eye(120, dtype=np.float32)[None]
    layer = AttentionLayer("look", weights, None, "text", "text")
    panel.show_maps(AttentionMaps(IDS, (layer,), (), {"text": tokens}))
    assert panel._lines.horizontalScrollBar().maximum() > 0
    chip = panel._lines.token_rect(119)
    assert chip.left() >= 0
    assert chip.right() <= panel._lines.viewport().width() + 1
