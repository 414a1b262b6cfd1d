"""The attribution panel and its presenter."""

import numpy as np
import pytest
from look_desk import ANSWER, make_desk, run
from PySide6.QtCore import Qt

from explorer.protocol import events, requests
from explorer.ui.attribution.maps import Importance, completeness, over_picture
from explorer.ui.attribution.panel import AttributionPanel
from explorer.ui.attribution.presenter import AttributionPresenter, classes_of

PICTURE = np.random.default_rng(0).random((1, 28, 28)).astype(np.float32)
VALUES = np.random.default_rng(1).standard_normal((1, 28, 28)).astype(np.float32)


@pytest.fixture
def panel(qtbot):
    widget = AttributionPanel()
    qtbot.addWidget(widget)
    widget.resize(1000, 300)
    widget.show()
    qtbot.waitExposed(widget)
    return widget


@pytest.fixture
def looking(panel):
    desk, bridge = make_desk(input=(1, 28, 28))
    presenter = AttributionPresenter(panel, desk)
    run(desk, bridge)
    presenter.activate()
    yield panel, desk, bridge
    desk.close()


def answer(method="integrated_gradients", values=VALUES, delta=0.01):
    return events.AttributionMap(
        method=method, input=PICTURE, values=values, target=1, answer=ANSWER, delta=delta
    )


def test_it_asks_for_the_chosen_method(looking, qtbot):
    panel, _, bridge = looking
    assert bridge.last(requests.Attribution).method == "integrated_gradients"
    bridge.answer(requests.Attribution, answer())
    assert panel._stage._title.text() == "Integrated gradients for dog"
    qtbot.mouseClick(panel._method._buttons["saliency"], Qt.MouseButton.LeftButton)
    assert bridge.last(requests.Attribution).method == "saliency"


def test_a_class_can_be_chosen(looking):
    panel, _, bridge = looking
    bridge.answer(requests.Attribution, answer())
    assert panel.target() is None
    panel._class.setCurrentIndex(3)
    panel._class.activated.emit(3)
    assert panel.target() == 2
    assert bridge.last(requests.Attribution).target == 2


def test_grad_cam_looks_at_the_selected_layer_or_the_last_with_maps(looking, qtbot):
    panel, desk, bridge = looking
    bridge.answer(requests.Attribution, answer())
    qtbot.mouseClick(panel._method._buttons["grad_cam"], Qt.MouseButton.LeftButton)
    assert bridge.last(requests.Attribution).address == "pool2"
    bridge.answer(requests.Attribution, answer("grad_cam", np.abs(VALUES[:, :5, :5]), None))
    assert panel._stage._title.text() == "Grad-CAM for dog, at pool2"
    desk.select("conv1")
    assert bridge.last(requests.Attribution).address == "conv1"
    bridge.answer(requests.Attribution, answer("grad_cam", np.abs(VALUES), None))
    desk.select("fc1")
    assert bridge.last(requests.Attribution).address == "pool2"


def test_hovering_reads_the_value(looking):
    panel, _, bridge = looking
    bridge.answer(requests.Attribution, answer())
    panel._stage._map.hovered.emit(2, 3, 0.5)
    assert panel._stage._value.text() == "row 2, column 3: 0.50"
    panel._stage._map.left.emit()
    assert panel._stage._value.text() == ""


def test_a_failure_is_said_in_the_panel(looking):
    panel, _, bridge = looking
    words = "Attribution needs an input of numbers; ids have no gradient."
    bridge.answer(requests.Attribution, events.Failed(message=words, request="Attribution"))
    assert panel.empty_words() == words


@pytest.mark.parametrize("shape", [(13,), (12, 5), (3, 28, 28), (1, 4, 9, 9)])
def test_inputs_of_any_form(panel, shape):
    values = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
    panel.show_importance(Importance("saliency", np.abs(values), values, "cat"))
    panel.resize(900, 250)
    panel.grab()
    panel.resize(1180, 780)
    panel.grab()


def test_zero_importance_leaves_the_picture_grey():
    nothing = over_picture(Importance("saliency", PICTURE, np.zeros_like(PICTURE), "cat"))
    assert nothing is not None
    assert (nothing[..., 0] == nothing[..., 2]).all()


def test_completeness_in_words():
    def of(delta):
        return completeness(
            Importance("integrated_gradients", PICTURE, np.ones((1, 2, 2)), "cat", delta=delta)
        )

    assert of(0.004) == "They add up to the score's change but for 0.0040 (0.1\u00a0%)."
    assert of(1.0) == "They miss 1.0 of the score's change (20\u00a0%); more steps would find it."
    assert of(1e-8) == "They add up to the score's change."
    assert of(None) == ""


def test_of_very_many_classes_the_likely_ones_are_offered():
    from explorer.protocol.records import Answer

    scores = np.arange(1000, dtype=np.float32)
    assert [index for index, _ in classes_of(Answer(scores))[:2]] == [999, 998]
    assert len(classes_of(Answer(scores))) == 50
