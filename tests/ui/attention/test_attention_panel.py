"""The attention panel and its presenter."""

import numpy as np
import pytest
from look_desk import ANSWER, attention_layers, make_desk, run
from PySide6.QtCore import QPoint, Qt

from explorer.protocol import events, requests
from explorer.ui.attention.panel import AttentionPanel
from explorer.ui.attention.presenter import AttentionPresenter
from explorer.ui.attention.record import AttentionMaps

PICTURE = np.random.default_rng(0).random((1, 28, 28)).astype(np.float32)


@pytest.fixture
def panel(qtbot):
    widget = AttentionPanel()
    qtbot.addWidget(widget)
    widget.resize(1180, 780)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def shown(panel):
    panel.show_maps(AttentionMaps(PICTURE, attention_layers(), (("7", 0.9), ("1", 0.1))))
    return panel


def press(qtbot, segments, value):
    qtbot.mouseClick(segments._buttons[value], Qt.MouseButton.LeftButton)


def test_the_wall_has_a_row_for_each_layer(shown):
    assert len(shown._wall.tiles()) == 6
    assert shown.chosen() == (0, 0)
    assert shown.query().patch == (3, 3)
    assert shown._pane.facts()["Query patch"] == "row 3, column 3"
    assert "On class token" in shown._pane.facts()


def test_a_click_and_arrow_keys_choose_a_head(shown, qtbot):
    place = shown._wall.tile_rect(2, 1).center()
    qtbot.mouseClick(shown._wall.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.chosen() == (2, 1)
    qtbot.keyClick(shown._wall, Qt.Key.Key_Up)
    assert shown.chosen() == (1, 1)
    assert shown._pane._title.text() == "Layer 1, head 1"


def test_the_mouse_moves_the_query_and_a_click_pins_it(shown, qtbot):
    view = shown._pane._large
    step = view.picture_rect().width() / 7

    def at(row, column):
        return QPoint(round((column + 0.5) * step), round((row + 0.5) * step))

    qtbot.mouseMove(view, at(1, 2))
    assert shown.query().patch == (1, 2)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(1, 2))
    qtbot.mouseMove(view, at(5, 5))
    assert shown.query().patch == (1, 2)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(1, 2))
    qtbot.mouseMove(view, at(5, 4))
    assert shown.query().patch == (5, 4)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert shown.query().patch == (5, 3)


def test_the_wall_follows_the_query(shown):
    before = [tile.remark for tile in shown._wall.tiles()]
    shown._point(0, 0)
    assert [tile.remark for tile in shown._wall.tiles()] != before


def test_the_class_token_can_ask(shown, qtbot):
    press(qtbot, shown._from, "class")
    assert shown._line.text() == "Where the class token looks"
    assert shown._pane.facts()["Query"] == "class token"
    shown._pick(2, 2)
    assert shown._from.value() == "patch"


def test_a_row_of_the_matrix_is_a_query(shown):
    shown._pane._matrix.picked.emit(1 + 2 * 7 + 4, 9)
    assert shown.query().patch == (2, 4)
    shown._pane._matrix.picked.emit(0, 9)
    assert shown.query().from_class


def test_heads_in_order_of_entropy(shown):
    shown._order.set_value("entropy")
    shown._refill()
    numbers = [float(tile.remark) for tile in shown._wall.tiles()]
    assert numbers == sorted(numbers)


def test_rollout_and_matrices_are_a_click_away(shown, qtbot):
    press(qtbot, shown._mode, "rollout")
    assert len(shown._wall.tiles()) == 3
    assert shown._pane._title.text() == "Rollout of layers 0 to 2"
    press(qtbot, shown._mode, "matrix")
    assert len(shown._wall.tiles()) == 6
    shown.grab()


def test_tokens_that_are_no_patches_are_shown_as_matrices(panel):
    words = np.zeros((50, 16), dtype=np.float32)
    panel.show_maps(AttentionMaps(words, attention_layers(None)))
    assert panel._pane._sole.isVisible()
    assert not panel._from._buttons["class"].isEnabled()
    panel._pane._sole.picked.emit(7, 0)
    assert panel._pane.facts()["Query"] == "token 7"
    panel.grab()


def test_heads_of_other_numbers_and_tokens_are_borne(panel):
    layers = (*attention_layers(None, 1, 4), *attention_layers(None, 1, 2))
    panel.show_maps(AttentionMaps(np.zeros((50, 4), np.float32), layers))
    panel._choose(0, 3)
    panel.choose_layer(1)
    assert panel.chosen() == (1, 0)


@pytest.mark.parametrize("size", [(916, 230), (916, 336), (1180, 780)])
def test_it_fits_a_low_dock(shown, size):
    shown.resize(*size)
    shown.grab()
    assert (shown.width(), shown.height()) == size


def test_the_presenter_asks_while_in_sight_and_follows_the_selection(panel):
    desk, bridge = make_desk("vit_mnist")
    presenter = AttentionPresenter(panel, desk)
    run(desk, bridge)
    assert bridge.count(requests.Attention) == 0
    presenter.activate()
    assert bridge.count(requests.Attention) == 1
    found = events.AttentionSet(input=PICTURE, layers=attention_layers(), answer=ANSWER)
    bridge.answer(requests.Attention, found)
    assert not panel.is_empty()
    desk.select("encoder2")
    assert panel.chosen() == (1, 0)
    desk.select("encoder3.attention.attend")
    assert panel.chosen() == (2, 0)
    assert bridge.count(requests.Attention) == 1
    presenter.deactivate()
    desk.close()


def test_a_design_without_attention_says_so(panel):
    desk, bridge = make_desk(input=(1, 28, 28))
    AttentionPresenter(panel, desk).activate()
    run(desk, bridge)
    words = "This design has no attention layers."
    bridge.answer(requests.Attention, events.Failed(message=words, request="Attention"))
    assert panel.empty_words() == words
    desk.close()
