"""The arithmetic panel: a real engine behind it, real events on it."""

from __future__ import annotations

import numpy as np
import pytest
from look_desk import make_desk, run
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.architectures.gallery import find
from explorer.engine.local import LocalEngine
from explorer.engine.state import RequestProblem
from explorer.protocol import events, requests
from explorer.protocol.records import Sample
from explorer.style.theme import theme
from explorer.ui.arithmetic.panel import ArithmeticPanel, place_words
from explorer.ui.arithmetic.presenter import ArithmeticPresenter

Left = Qt.MouseButton.LeftButton


@pytest.fixture(scope="module")
def engine():
    return LocalEngine(find("lenet5_modern").build())


def asked(engine, address: str, place: tuple[int, ...] = ()) -> events.ArithmeticSet:
    return engine.ask(requests.Arithmetic(address=address, sample=Sample(dataset="mnist5k"), place=place))


@pytest.fixture
def panel(qtbot):
    theme().change(mode="light", scale=1.0)
    panel = ArithmeticPanel()
    qtbot.addWidget(panel)
    panel.resize(1000, 420)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def test_the_rows_add_up_to_the_value_of_the_layer(panel, engine):
    event = asked(engine, "conv2", (14, 6, 5))
    panel.show_value(event)
    assert panel.where.text() == "conv2 · map 14, row 6, column 5"
    assert [row.name for row in panel.stage._rows] == [*(f"map {n}" for n in range(6)), "bias"]
    assert sum(row.adds for row in panel.stage._rows) == pytest.approx(event.value, rel=1e-6)
    assert panel.check.text().endswith("the same.")
    assert "150 products" in panel.words.text()


def test_a_part_is_opened_with_its_numbers_and_a_cell_with_its_product(panel, engine, qtbot):
    event = asked(engine, "conv2", (14, 6, 5))
    panel.show_value(event)
    high = panel.stage._high(panel.stage._rows[0])
    qtbot.mouseClick(panel.stage, Left, pos=QPoint(20, 2 * high + high // 2))
    assert panel.stage.current == 2
    assert all(grid.isVisible() for grid in panel.grids)
    side = panel.grids[0]._side()
    qtbot.mouseMove(panel.grids[0], QPoint(int(2.5 * side), int(1.5 * side)))
    share = event.shares[2]
    wanted = float(share.window[1, 2]) * float(share.weights[1, 2])
    assert panel.product.text().startswith("Row 1, column 2: ")
    assert float(panel.product.text().split("= ")[1].replace("−", "-")) == pytest.approx(wanted, rel=6e-3)
    assert [grid._marked for grid in panel.grids] == [(1, 2)] * 3
    panel.stage.setFocus()
    QTest.keyClick(panel.stage, Qt.Key.Key_Down)
    assert panel.stage.current == 3


def test_of_a_maximum_only_the_winner_stands_out(panel, engine):
    event = asked(engine, "pool1")
    panel.show_value(event)
    (share,) = event.shares
    assert share.window[share.chosen] == share.window.max() == pytest.approx(event.value)
    assert panel.grids[0].isVisible()
    assert not panel.grids[1].isVisible()


def test_a_linear_layer_shows_what_gives_most_and_the_rest_in_one_row(panel, engine):
    event = asked(engine, "fc3")
    panel.show_value(event)
    assert event.place == (int(np.argmax(event.output)),)
    assert [row.name for row in panel.stage._rows][-2:] == ["77 others", "bias"]
    assert sum(row.adds for row in panel.stage._rows) == pytest.approx(event.value, rel=1e-5)
    assert not any(grid.isVisible() for grid in panel.grids)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("address", ["conv1", "relu1", "pool1", "flatten", "fc1"])
def test_everything_is_painted(panel, engine, address, mode):
    theme().change(mode=mode)
    panel.show_value(asked(engine, address))
    assert not panel.grab().isNull()
    assert panel.stage.accessibleDescription()
    theme().change(mode="light")


def test_a_click_in_the_output_asks_for_that_value_and_edits_that_take_it_away_forget_it(qtbot, engine):
    desk, bridge = make_desk(input=(1, 28, 28))
    panel = ArithmeticPanel()
    qtbot.addWidget(panel)
    presenter = ArithmeticPresenter(panel, desk)
    panel.resize(1000, 420)
    panel.show()
    run(desk, bridge)
    presenter.activate()
    assert panel.empty_words().startswith("Choose a layer")
    desk.select("conv2")
    assert bridge.last(requests.Arithmetic).place == ()
    bridge.answer(requests.Arithmetic, asked(engine, "conv2", (3, 9, 9)))
    rect = panel.output.picture_rect()
    at = QPoint(int(rect.width() * 0.25), int(rect.height() * 0.45))
    qtbot.mouseClick(panel.output, Left, pos=at)
    assert bridge.last(requests.Arithmetic).place == (3, 4, 2)
    desk.select("conv1")
    assert bridge.last(requests.Arithmetic).place == ()
    desk.close()


WHY_NOT = (
    ("vit_mnist", "encoder1", "is made of layers"),
    ("vit_mnist", "nowhere", "no layer"),
)


@pytest.mark.parametrize(("id", "address", "why"), WHY_NOT)
def test_what_cannot_be_taken_apart_says_why(id, address, why):
    engine = LocalEngine(find(id).build())
    with pytest.raises(RequestProblem, match=why):
        engine.ask(requests.Arithmetic(address=address, sample=Sample()))


def test_what_has_no_rule_yet_says_so():
    engine = LocalEngine(find("stn_mnist").build())
    address = next(name for name, node in engine.flow.walk() if node.block.id == "grid_sample")
    with pytest.raises(RequestProblem, match="not written out for grid_sample"):
        engine.ask(requests.Arithmetic(address=address, sample=Sample()))


def test_a_place_outside_of_the_layer_is_refused_with_its_sizes(engine):
    with pytest.raises(RequestProblem, match="gives 16×10×10: a place in it is 3 numbers"):
        asked(engine, "conv2", (16, 0, 0))


def test_places_in_words(engine):
    assert place_words(asked(engine, "fc3", (2,))) == "unit 2"
