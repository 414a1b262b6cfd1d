"""The attribution panel and its presenter."""

import numpy as np
import pytest
from look_desk import ANSWER, make_desk, run
from PySide6.QtCore import Qt

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.graph.resolve import Resolver
from explorer.meaning.outputs import Context
from explorer.protocol import events, requests
from explorer.protocol.records import Answer, Target
from explorer.ui.attribution.maps import Importance, completeness, over_picture
from explorer.ui.attribution.panel import AttributionPanel
from explorer.ui.attribution.presenter import AttributionPresenter, classes_of, offered

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


def answer(method="integrated_gradients", values=VALUES, delta=0.01, address=""):
    return events.AttributionMap(
        method=method,
        input=PICTURE,
        values=values,
        target=Target(unit=1),
        answer=ANSWER,
        delta=delta,
        words="dog",
        address=address,
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
    assert panel.target() == Target(unit=2)
    assert bridge.last(requests.Attribution).target == Target(unit=2)


def type_target(panel, qtbot, text):
    panel._where.clear()
    qtbot.keyClicks(panel._where, text)
    qtbot.keyClick(panel._where, Qt.Key.Key_Return)


def test_any_target_can_be_typed(looking, qtbot):
    panel, _, bridge = looking
    bridge.answer(requests.Attribution, answer())
    type_target(panel, qtbot, "conv2/5@0:4,3")
    assert bridge.last(requests.Attribution).target == Target("conv2", 5, ((0, 4), (3, 4)))
    asked = bridge.count(requests.Attribution)
    type_target(panel, qtbot, "the cat")
    assert bridge.count(requests.Attribution) == asked
    assert "no target" in panel.note()
    panel._class.setCurrentIndex(1)
    panel._class.activated.emit(1)
    assert panel._where.text() == ""
    assert bridge.last(requests.Attribution).target == Target(unit=0)


@pytest.mark.parametrize(
    ("id", "wanted"),
    [
        ("unet_same_bn", ["class 0", "class 1", "sum of all values"]),
        ("srresnet_x4", ["channel 0", "channel 1", "channel 2", "sum of all values"]),
        ("ssd300_vgg16", None),
    ],
)
def test_designs_without_a_vector_offer_targets(id, wanted):
    flow = Resolver(registry()).resolve(find(id).build())
    names = [words for _, words in offered(flow, Answer(np.zeros(0, np.float32)), Context())]
    assert names == wanted if wanted else "output scores" in names


def test_grad_cam_looks_at_the_selected_layer_or_the_last_with_maps(looking, qtbot):
    panel, desk, bridge = looking
    bridge.answer(requests.Attribution, answer())
    qtbot.mouseClick(panel._method._buttons["grad_cam"], Qt.MouseButton.LeftButton)
    assert bridge.last(requests.Attribution).address == ""
    bridge.answer(requests.Attribution, answer("grad_cam", np.abs(VALUES[:, :5, :5]), None, "pool2"))
    assert panel._stage._title.text() == "Grad-CAM for dog, at pool2"
    desk.select("conv1")
    assert bridge.last(requests.Attribution).address == "conv1"
    bridge.answer(requests.Attribution, answer("grad_cam", np.abs(VALUES), None, "conv1"))
    desk.select("fc1")
    assert bridge.last(requests.Attribution).address == ""


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
    scores = np.arange(1000, dtype=np.float32)
    assert [index for index, _ in classes_of(Answer(scores))[:2]] == [999, 998]
    assert len(classes_of(Answer(scores))) == 50
