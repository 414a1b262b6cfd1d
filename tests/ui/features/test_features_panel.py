"""The features panel and its presenter: real events on widgets, a desk without an engine."""

import numpy as np
import pytest
from look_desk import ANSWER, feature_set, make_desk, run
from PySide6.QtCore import QPoint, Qt

from explorer.graph.edits import SetField
from explorer.protocol import events, requests
from explorer.style import colours
from explorer.ui.features import maps as features_maps
from explorer.ui.features.panel import FeaturesPanel
from explorer.ui.features.presenter import FeaturesPresenter
from explorer.ui.widgets.map_grid import MapGrid
from explorer.ui.widgets.map_view import MapView


@pytest.fixture
def panel(qtbot):
    widget = FeaturesPanel()
    qtbot.addWidget(widget)
    widget.resize(1000, 300)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def desk_and_bridge(qtbot):
    desk, bridge = make_desk(input=(1, 28, 28))
    yield desk, bridge
    desk.close()


def test_it_begins_with_what_to_do(panel):
    assert panel.is_empty()
    assert panel.empty_words() == "Choose a layer to see its maps."


def test_only_the_visible_panel_asks(panel, desk_and_bridge):
    desk, bridge = desk_and_bridge
    presenter = FeaturesPresenter(panel, desk)
    run(desk, bridge)
    desk.select("conv1")
    assert bridge.count(requests.Features) == 0
    presenter.activate()
    assert bridge.last(requests.Features).address == "conv1"
    bridge.answer(requests.Features, feature_set("conv1"))
    desk.select("conv2")
    assert bridge.last(requests.Features).address == "conv2"
    presenter.deactivate()
    bridge.answer(requests.Features, feature_set("conv2"))
    asked = bridge.count(requests.Features)
    desk.session.watches.weights_changed()
    assert bridge.count(requests.Features) == asked


def test_two_panels_ask_at_once_and_hiding_one_leaves_the_other(panel, desk_and_bridge):
    desk, bridge = desk_and_bridge
    presenter = FeaturesPresenter(panel, desk)
    run(desk, bridge)
    desk.select("conv1")
    presenter.activate()
    seen = []
    desk.session.watch(requests.Attention(sample=desk.session.sample), seen.append)
    presenter.deactivate()
    assert bridge.count(requests.Cancel) == 1
    bridge.answer(requests.Features, feature_set("conv1"))
    bridge.answer(requests.Attention, events.AttentionSet(input=np.zeros(1), layers=(), answer=ANSWER))
    assert len(seen) == 1
    assert panel.is_empty()


@pytest.fixture
def shown(panel, desk_and_bridge):
    desk, bridge = desk_and_bridge
    FeaturesPresenter(panel, desk).activate()
    run(desk, bridge)
    desk.select("conv2")
    bridge.answer(requests.Features, feature_set())
    return panel


def test_the_strongest_channel_is_chosen_at_its_largest_value(shown):
    assert not shown.is_empty()
    assert (shown.channel(), shown.cell()) == (2, (9, 9))
    assert shown.note() == "Untrained weights"


def test_a_click_chooses_a_map(shown, qtbot):
    grid = shown.findChild(MapGrid)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid._cell(1).center())
    assert shown.channel() == grid._order[1]


def test_arrow_keys_walk_through_the_maps(shown, qtbot):
    grid = shown.findChild(MapGrid)
    qtbot.keyClick(grid, Qt.Key.Key_Right)
    assert shown.channel() == grid._order[1]


def test_the_mouse_on_the_chosen_map_moves_the_box(shown, qtbot):
    view = next(v for v in shown.findChildren(MapView) if v.accessibleName() == "Chosen channel")
    seen = []
    shown.pointed.connect(seen.append)
    side = view.picture_rect().width() / 10
    qtbot.mouseMove(view, QPoint(round(3.5 * side), round(2.5 * side)))
    assert seen[-1] == (2, 3)
    assert shown.samples.words() == "Box: the 14×14 pixels this value sees"
    view.left.emit()
    assert seen[-1] == shown.cell()


def test_a_click_pins_the_value(shown, qtbot):
    view = next(v for v in shown.findChildren(MapView) if v.accessibleName() == "Chosen channel")
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(3, 3))
    assert shown.cell() == (0, 0)
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert shown.cell() == (1, 0)


def test_the_channel_stays_while_training_moves_on(shown, desk_and_bridge):
    desk, bridge = desk_and_bridge
    shown._choose(0)
    desk.session.watches.weights_changed()
    bridge.answer(requests.Features, feature_set(step=1300))
    assert shown.channel() == 0
    assert shown.note() == "Untrained weights"  # pictures of now say nothing of steps


def test_histograms_and_own_scale_are_a_click_away(shown, qtbot):
    for segments in (shown._mode, shown._scale):
        button = list(segments._buttons.values())[1]
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert shown._stage._histograms
    assert "own scale each" in shown._stage._facts.text()


@pytest.mark.parametrize(
    ("shape", "axes"), [((120,), ("D",)), ((49, 16), ("T", "D")), ((1, 1, 1), ("C", "H", "W"))]
)
def test_vectors_and_sequences_are_shown(shown, desk_and_bridge, shape, axes, qtbot):
    desk, bridge = desk_and_bridge
    desk.select("fc1")
    values = np.random.default_rng(0).random(shape).astype(np.float32)
    bridge.answer(requests.Features, feature_set("fc1", values, axes))
    assert not shown.is_empty()
    assert shown.grab().width() == shown.width()
    if axes == ("D",):
        qtbot.keyClick(shown._stage._bars, Qt.Key.Key_Right)
        assert shown.cell()[0] == shown._stage._order[1]
    if axes == ("T", "D"):
        shown._stage._picture.picked.emit(5, 7)
        assert shown.cell() == (5, 7)


def test_nan_and_dead_channels_are_said(shown, desk_and_bridge):
    desk, bridge = desk_and_bridge
    values = np.zeros((2, 4, 4), dtype=np.float32)
    values[0, 0, 0] = np.nan
    desk.session.watches.weights_changed()
    bridge.answer(requests.Features, feature_set("conv2", values))
    assert shown._stage._facts.text().endswith("1 dead · 1 with NaN")
    shown._choose(1)
    assert shown._pane._zeros.text() == "dead: all zero"
    shown._choose(0)
    assert shown._pane._mean.text() == "1 NaN"
    shown.grab()


def test_an_engine_that_cannot_answer_says_why(shown, desk_and_bridge):
    desk, bridge = desk_and_bridge
    desk.select("output")
    bridge.answer(
        requests.Features, events.Failed(message="There is no layer at “output”.", request="Features")
    )
    assert shown.empty_words() == "There is no layer at “output”."
    desk.select("")
    assert shown.empty_words() == "Choose a layer to see its maps."


def test_maps_of_an_older_design_are_marked(shown, desk_and_bridge):
    desk, bridge = desk_and_bridge
    desk.session.watches.weights_changed()
    bridge.answer(requests.Features, feature_set(step=300))
    desk.workspace.apply(SetField("conv1", "kernel", 50), "")  # does not fit: the engine keeps what runs
    shown.findChild(FeaturesPresenter).write_note()
    assert shown.note() == "Untrained weights · from step 300"


def test_switches_can_stand_in_the_tab_row(panel, qtbot):
    controls = panel.take_controls()
    controls.setParent(None)
    qtbot.addWidget(controls)
    assert not panel._bar.isVisible()


def test_everything_that_takes_the_keyboard_has_a_name(shown):
    for widget in (
        shown._stage._grid,
        shown._stage._bars,
        shown._stage._picture,
        shown._pane._view,
        shown._sort,
    ):
        assert widget.accessibleName()
        assert widget.focusPolicy() != Qt.FocusPolicy.NoFocus


@pytest.mark.parametrize(
    ("values", "axes"),
    [
        (np.ones((2, 3, 3)), ("C", "H", "W")),
        (np.ones((1, 1, 1)), ("C", "H", "W")),
        (np.ones((2, 5)), ("T", "D")),
        (np.ones(3), ("D",)),
    ],
)
def test_a_cell_that_was_chosen_in_a_larger_map_is_forgotten(panel, values, axes):
    panel.show_maps(features_maps.read("a", np.ones((4, 10, 10)), 4, ("C", "H", "W")))
    panel._choose(3)
    panel._pin(9, 9)
    panel.show_maps(features_maps.read("a", values, len(values), axes))
    assert features_maps.holds(panel._maps, panel.channel(), panel.cell())
    panel._follow((9, 9))  # the mouse still rests where the larger map was
    panel._refill()


def test_signed_maps_are_drawn_round_zero(panel):
    values = np.array([[[-1.0, 0.5]], [[0.0, 0.25]]], dtype=np.float32)
    maps = features_maps.read("a", values, 2, ("C", "H", "W"))
    assert features_maps.map_of(maps) == colours.map_for("signed")
    assert features_maps.ranges(maps, False) == [(-1.0, 1.0)] * 2
    assert features_maps.ranges(maps, True) == [(-1.0, 1.0), (-0.25, 0.25)]
    panel.show_maps(maps)
    assert panel._stage._grid._map == colours.map_for("signed")
