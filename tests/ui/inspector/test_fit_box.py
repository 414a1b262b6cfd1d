"""Fitting from the inspector: who can be fitted, what is sent, how far it is, and how it ends."""

from __future__ import annotations

import pytest
from look_desk import FakeBridge
from nets import chain, node
from PySide6.QtCore import Qt

from explorer.blocks.registry import registry
from explorer.graph.edits import SetField, SetSetting
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests
from explorer.protocol.records import Sample
from explorer.style.theme import theme
from explorer.ui.bridge import Bridge
from explorer.ui.desk import Desk
from explorer.ui.inspector.panel import InspectorPanel
from explorer.ui.inspector.presenter import InspectorPresenter


def document(dataset="digits8"):
    made = chain(
        (1, 8, 8),
        node("conv1", "conv2d", filters=3),
        node("regions", "superpixel_pool", regions=4),
        node("flatten", "flatten"),
        node("fc1", "linear", features=10),
    )
    if dataset:
        made.apply(SetSetting("dataset", dataset))
    return made


def loaded(desk, bridge):
    bridge.answer(
        requests.Load,
        events.Loaded(revision=desk.workspace.revision, parameters=1, device="cpu", kept=()),
    )


@pytest.fixture
def shown(qtbot):
    theme().change(mode="light", scale=1.0)
    return make(qtbot, document())


def make(qtbot, design):
    bridge = FakeBridge()
    desk = Desk(Workspace(registry(), design), bridge)
    desk.wake()
    panel = InspectorPanel()
    InspectorPresenter(panel, desk)
    qtbot.addWidget(panel)
    panel.resize(288, 800)
    panel.show()
    qtbot.waitExposed(panel)
    bridge.heard.emit(events.Ready(version=1, torch="2", devices=("cpu",), threads=1))
    loaded(desk, bridge)
    desk.select("regions")
    return panel.node_page.fit, panel, desk, bridge


def click(qtbot, box):
    assert box.button.isVisible()
    assert box.button.isEnabled()
    qtbot.mouseClick(box.button, Qt.MouseButton.LeftButton)


def progress(bridge, done, total):
    bridge.answer(requests.Fit, events.FitProgress(address="regions", done=done, total=total))


def test_the_box_is_there_for_a_fitted_block_only(shown):
    box, panel, desk, _ = shown
    for address in ("conv1", "regions", "flatten", "fc1", "", "regions", "input"):
        desk.select(address)
        assert box.isVisible() == (address == "regions"), address
    assert registry()["superpixel_pool"].fits
    assert {cls.id for cls in registry().blocks if cls.fits} >= {
        "pcanet",
        "genetic_pool",
        "superpixel_pool",
        "mop_pool",
    }
    assert panel.isVisible()


def test_the_button_sends_what_is_wanted(shown, qtbot):
    box, _, _, bridge = shown
    assert box.button.text() == "Fit to data"
    assert box.words.text() == "Not trained but fitted: it looks at 256 samples of Digits of 8×8 pixels."
    assert not box.bar.isVisible()
    click(qtbot, box)
    sent = bridge.last(requests.Fit)
    assert (sent.address, sent.dataset, sent.count) == ("regions", "digits8", 256)
    assert bridge.count(requests.Fit) == 1
    assert box.button.text() == "Cancel"
    assert box.button.accessibleName() == "Cancel fitting"
    assert box.words.text() == "Collecting what arrives here …"
    assert box.bar.isVisible()


def test_progress_is_shown_and_then_the_end(shown, qtbot):
    box, _, desk, bridge = shown
    click(qtbot, box)
    progress(bridge, 0, 0)
    assert box.words.text() == "Collecting what arrives here …"
    progress(bridge, 3, 10)
    assert box.words.text() == "Step 3 of 10"
    assert (box.bar.value(), box.bar.maximum()) == (3, 10)
    desk.session.watch(requests.Tiles(sample=desk.session.sample), lambda _event: None)
    renewed = bridge.count(requests.Tiles)
    bridge.answer(requests.Tiles, events.Failed(message="the first pictures"))
    bridge.answer(requests.Fit, events.Fitted(address="regions", samples=256))
    assert box.words.text() == "Fitted to 256 samples. Fit again after changes before it."
    assert box.button.text() == "Fit to data"
    assert box.button.isEnabled()
    assert not box.bar.isVisible()
    assert bridge.count(requests.Tiles) > renewed, "the pictures on the canvas are of the layer before"


def test_cancel_sends_cancel_for_this_job(shown, qtbot):
    box, _, _, bridge = shown
    click(qtbot, box)
    job = bridge.last(requests.Fit).job
    progress(bridge, 3, 10)
    click(qtbot, box)
    assert bridge.last(requests.Cancel).target == job
    assert bridge.count(requests.Fit) == 1
    assert box.button.text() == "Cancel", "the engine has not answered yet"
    bridge.answer(requests.Fit, events.Cancelled())
    assert box.words.text() == "Cancelled; the layer is as it was."
    assert box.button.text() == "Fit to data"
    click(qtbot, box)
    assert bridge.count(requests.Fit) == 2


def test_failures_are_said_in_words(shown, qtbot):
    box, _, _, bridge = shown
    click(qtbot, box)
    words = "Training is running; stop it before a layer is fitted."
    bridge.answer(requests.Fit, events.Failed(message=words, address="regions", request="Fit"))
    assert box.words.text() == words
    assert box.button.text() == "Fit to data"
    assert box.button.isEnabled()


def test_it_goes_on_while_other_nodes_are_looked_at(shown, qtbot):
    box, _, desk, bridge = shown
    click(qtbot, box)
    progress(bridge, 2, 10)
    desk.select("conv1")
    assert not box.isVisible()
    progress(bridge, 5, 10)
    desk.select("regions")
    assert box.words.text() == "Step 5 of 10"
    assert box.button.text() == "Cancel"
    desk.select("fc1")
    bridge.answer(requests.Fit, events.Fitted(address="regions", samples=256))
    desk.select("regions")
    assert box.words.text().startswith("Fitted to 256 samples.")


def test_answers_to_other_jobs_are_not_taken(shown, qtbot):
    box, _, _, bridge = shown
    click(qtbot, box)
    bridge.heard.emit(events.Fitted(job=999, address="regions", samples=1))
    bridge.heard.emit(events.FitProgress(job=999, address="regions", done=7, total=8))
    assert box.words.text() == "Collecting what arrives here …"


def test_nothing_to_look_at_disables_the_button(qtbot):
    box, _, desk, bridge = make(qtbot, document(dataset=""))
    assert not box.button.isEnabled()
    assert "Choose a data set" in box.words.text()
    desk.session.choose(Sample(dataset="digits8", index=4))
    assert box.button.isEnabled()
    click(qtbot, box)
    assert bridge.last(requests.Fit).dataset == "digits8"


def test_a_design_that_is_not_loaded_cannot_be_fitted(shown, qtbot):
    box, _, desk, bridge = shown
    click(qtbot, box)
    bridge.answer(requests.Fit, events.Fitted(address="regions", samples=256))
    desk.workspace.apply(SetField("conv1", "filters", 5), "")
    qtbot.waitUntil(lambda: not box.button.isEnabled())
    qtbot.waitUntil(lambda: bridge.count(requests.Load) == 2)
    loaded(desk, bridge)
    assert box.button.isEnabled()
    assert box.words.text().startswith("Not trained but fitted"), "what was said held for the layer before"


def test_a_node_with_a_problem_cannot_be_fitted(shown, qtbot):
    box, _, desk, _ = shown
    desk.workspace.apply(SetField("conv1", "kernel", 50), "")
    qtbot.waitUntil(lambda: not box.isVisible())


def test_a_dead_engine_ends_the_fit(shown, qtbot):
    box, _, _, bridge = shown
    click(qtbot, box)
    bridge.gone.emit("signal 9")
    assert box.words.text() == "The engine stopped; fit again."
    assert box.button.text() == "Fit to data"
    assert not box.button.isEnabled()


def test_with_a_real_engine(qtbot):
    bridge = Bridge()
    desk = Desk(Workspace(registry(), document()), bridge)
    panel = InspectorPanel()
    InspectorPresenter(panel, desk)
    qtbot.addWidget(panel)
    panel.show()
    box, steps = panel.node_page.fit, []
    bridge.heard.connect(lambda event: steps.append(event) if isinstance(event, events.FitProgress) else None)
    desk.select("regions")
    desk.wake()
    try:
        qtbot.waitUntil(lambda: box.button.isEnabled(), timeout=30_000)
        click(qtbot, box)
        qtbot.waitUntil(lambda: box.words.text().startswith("Fitted to 256 samples."), timeout=30_000)
        assert steps[0].total == 0
        assert (steps[-1].done, steps[-1].total) == (9, 10)
        assert box.button.text() == "Fit to data"
    finally:
        desk.close()
