"""Training: settings, runs, curves, and what is said when a run ends otherwise than hoped."""

from __future__ import annotations

import time

import numpy as np
import pytest
from look_desk import make_desk, run
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.graph.operations import dissolve
from explorer.protocol import events, requests
from explorer.session.run_control import RunState
from explorer.session.run_log import RunLog
from explorer.style.theme import theme
from explorer.training.tasks import TASKS
from explorer.ui.training.boundary import regions
from explorer.ui.training.curve_lines import read
from explorer.ui.training.curves import CurvesView
from explorer.ui.training.panel import TrainingPanel
from explorer.ui.training.presenter import TrainingPresenter
from explorer.ui.training.runner import Runner
from explorer.ui.training.thinning import thin
from explorer.ui.training.ticks import log_ticks, share_ticks, step_ticks
from explorer.words import clock


@pytest.fixture
def shown(qtbot):
    return make(qtbot, "lenet5_modern", input=(1, 28, 28))


def make(qtbot, architecture, **options):
    theme().change(mode="light", scale=1.0)
    desk, bridge = make_desk(architecture, **options)
    panel = TrainingPanel()
    presenter = TrainingPresenter(panel, desk, Runner(desk))
    run(desk, bridge)
    qtbot.addWidget(panel)
    panel.resize(916, 300)
    panel.show()
    qtbot.waitExposed(panel)
    return panel, presenter, desk, bridge


def begin(bridge, name="a", epochs=4, step=0):
    started = events.RunStarted(
        run=name,
        dataset="mnist5k",
        device="cpu",
        steps_per_epoch=50,
        epochs=epochs,
        step=step,
        epoch=step // 50,
    )
    bridge.answer(requests.Train, started)


def steps(bridge, name="a", first=0, count=50, loss=1.0):
    values = np.full(count, loss, np.float32)
    bridge.heard.emit(
        events.RunSteps(
            number=first,
            run=name,
            first_step=first,
            losses=values,
            metrics={"accuracy": values * 0.5, "top3": values * 0.8},
            epoch=0,
            seconds=1.0,
            left=18,
        )
    )


def end(bridge, reason="done", message="", name="a"):
    bridge.heard.emit(
        events.RunEnded(
            run=name,
            reason=reason,
            message=message,
            step=50,
            epoch=1,
            loss=1.0,
            metrics={"accuracy": 0.5},
            seconds=42.0,
        )
    )


def editor(panel, name):
    return next(form.rows[name].editor for form in panel.settings.forms if name in form.rows)


# settings and start


def test_ready_says_the_seed(shown):
    panel, presenter, _, _ = shown
    assert presenter.runner.why_not() is None
    assert presenter.runner.status_text() == "Ready · seed 0"
    assert "cpu" in presenter.runner.device_words()
    assert not panel.page._buttons["curves"].isEnabled()


def test_typing_a_setting_and_enter_starts(shown, qtbot):
    panel, _, desk, bridge = shown
    rate = editor(panel, "rate")
    rate.setFocus()
    rate.selectAll()
    QTest.keyClicks(rate, "0.03")
    QTest.keyClick(rate, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bridge.count(requests.Train) == 1)
    settings = bridge.last(requests.Train).settings
    assert settings.rate == 0.03
    assert settings.dataset == "mnist5k"
    assert "runs" in settings.directory
    assert desk.session.training.state is RunState.STARTING


def test_a_setting_out_of_bounds_is_refused(shown):
    panel, presenter, _, _ = shown
    presenter.set_setting("batch", 0)
    row = panel.settings.forms[0].rows["batch"]
    assert "1 to 65536" in row.words.text()
    assert presenter.runner.settings.batch == 32


def test_why_a_run_cannot_start(shown, qtbot):
    panel, presenter, desk, bridge = shown
    desk.workspace.apply(dissolve(desk.workspace.document, ["flatten"]))
    assert presenter.runner.status_text() == "Waits: fc1 does not fit its input"
    presenter.runner.toggle()
    assert bridge.count(requests.Train) == 0
    presenter.show()
    with qtbot.waitSignal(desk.selected):
        qtbot.mouseClick(panel.settings.cause, Qt.MouseButton.LeftButton)
    assert desk.address == "fc1"


def test_data_that_do_not_fit_are_named(shown):
    _, presenter, desk, _ = shown
    presenter.set_setting("dataset", "moons")
    assert presenter.runner.why_not() == "Waits: Two moons gives 2, the input takes 1×28×28"
    assert desk.workspace.document.settings["dataset"] == "moons"
    desk.workspace.history.undo()
    assert presenter.runner.settings.dataset == "mnist5k"


# a run


def test_a_run_from_start_to_end(shown, qtbot):
    panel, presenter, _, bridge = shown
    presenter.runner.toggle()
    begin(bridge)
    steps(bridge)
    bridge.heard.emit(
        events.RunEpoch(run="a", epoch=1, step=50, loss=0.5, metrics={"accuracy": 0.9, "top3": 1.0})
    )
    assert presenter.runner.status_text() == "Epoch 2 of 4 · step 50 · 0:18 left"
    qtbot.waitUntil(lambda: panel.list.rows and panel.list.rows[0].line.figure == "90.0\u00a0%")
    assert not editor(panel, "rate").isEnabled()
    assert "Stop it" in editor(panel, "rate").toolTip()
    presenter.runner.toggle()
    assert bridge.count(requests.Pause) == 1
    bridge.heard.emit(events.RunPaused(run="a", step=50, paused=True))
    assert presenter.runner.status_text().startswith("Paused · epoch 2 of 4")
    presenter.runner.step()
    presenter.runner.stop()
    assert bridge.count(requests.Step) == bridge.count(requests.Stop) == 1
    end(bridge)
    assert presenter.runner.status_text() == "Ready · seed 0"
    assert panel.note.title.text() == "Done"
    assert editor(panel, "rate").isEnabled()
    panel.grab()


def test_a_run_without_numbers_says_so_and_offers_a_smaller_rate(shown, qtbot):
    panel, presenter, _, bridge = shown
    presenter.runner.start()
    begin(bridge)
    steps(bridge)
    end(
        bridge,
        "diverged",
        "The loss is NaN since step 43. Try a learning rate of 0.0002 instead of 0.002.",
    )
    assert "since step 43" in panel.note.words.text()
    qtbot.mouseClick(panel.note.button, Qt.MouseButton.LeftButton)
    assert bridge.last(requests.Train).settings.rate == pytest.approx(0.0002)


def test_after_the_engine_died_a_button_goes_on(shown, qtbot):
    panel, presenter, desk, bridge = shown
    presenter.runner.start()
    begin(bridge)
    steps(bridge)
    bridge.heard.emit(events.Checkpointed(run="a", step=40, path="x"))
    directory = desk.session.training.settings.directory
    bridge.gone.emit("The engine ran out of memory.")
    assert panel.note.button.text() == "Go on from step 40"
    qtbot.mouseClick(panel.note.button, Qt.MouseButton.LeftButton)
    assert bridge.count(requests.Train) == 1  # nobody is there yet
    run(desk, bridge)
    assert bridge.count(requests.Train) == 2
    settings = bridge.last(requests.Train).settings
    assert settings.resume
    assert settings.directory == directory
    begin(bridge, "b", step=40)
    steps(bridge, "b", first=40, count=20)
    assert len(presenter.desk.session.runs.logs) == 1  # the same run, one curve
    assert presenter.desk.session.runs.logs[0].step == 60


def test_a_refused_run_says_why(shown):
    panel, presenter, desk, bridge = shown
    presenter.runner.start()
    bridge.answer(requests.Train, events.Failed(message="There is no loss “x”.", request="Train"))
    assert "no loss" in panel.note.words.text()
    assert desk.session.training.state is RunState.IDLE


def test_picking_a_run_and_a_flag_for_an_edit(shown, qtbot):
    panel, presenter, desk, bridge = shown
    for name in ("a", "b"):
        presenter.runner.start()
        begin(bridge, name)
        steps(bridge, name)
        if name == "b":
            desk.workspace.apply(dissolve(desk.workspace.document, ["relu1"]), "Remove relu1")
            qtbot.waitUntil(lambda: (50, "Remove relu1") in presenter.desk.session.runs.logs[-1].flags)
        end(bridge, name=name)
    assert [row.line.name for row in panel.list.rows] == ["Run 2", "Run 1"]
    qtbot.mouseClick(panel.list.rows[1], Qt.MouseButton.LeftButton)
    assert presenter.desk.session.runs.chosen == 0
    assert panel.list.rows[1].isChecked()


def test_keys_after_a_click_on_a_run_are_meant_for_the_run(shown, qtbot):
    panel, presenter, desk, bridge = shown
    panel.show()
    for name in ("a", "b"):
        presenter.runner.start()
        begin(bridge, name)
        end(bridge, name=name)
    panel.activateWindow()
    qtbot.mouseClick(panel.list.rows[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.list.rows[1].hasFocus())
    nodes = len(desk.workspace.document.root)
    QTest.keyClick(panel.focusWidget(), Qt.Key.Key_Delete)
    assert [log.name for log in desk.session.runs.logs] == ["Run 2"]
    assert len(desk.workspace.document.root) == nodes


# curves


def log_of(count, seed=0, number=0):
    rng = np.random.default_rng(seed)
    log = RunLog("r", number, epochs=count // 50 or 1, steps_per_epoch=50)
    right = rng.uniform(0, 1, count).astype("f4")
    log.add_steps(0, rng.uniform(0.1, 2, count).astype("f4"), {"accuracy": right})
    log.add_epoch(50, 0.5, {"accuracy": 0.9})
    return log


def test_cursor_reads_all_runs_by_mouse_and_keyboard(qtbot):
    view = CurvesView()
    qtbot.addWidget(view)
    view.resize(730, 230)
    view.show()
    view.show_logs([log_of(200), log_of(200, 1, 1)])
    qtbot.waitExposed(view)
    plot = view._plots[0]
    qtbot.waitUntil(lambda: plot.view.viewport().width() > 300 and plot.height() > 150)
    for x in (90, 170):
        QTest.mouseMove(plot.view.viewport(), QPoint(x, 90))
        qtbot.wait(20)
    qtbot.waitUntil(view.read_out.isVisible)
    assert len(view.read_out.readings) == 4
    assert view.read_out.head.startswith("step ")
    view.set_cursor(50)
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.read_out.head == "step 52 · epoch 2"
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert not view.read_out.isVisible()


def test_reading_names_validation_and_train():
    found = read(log_of(200), 60)
    assert [reading.name for reading in found] == ["Run 1 train", "Run 1 val."]
    assert found[1].figure == "90.0\u00a0%"


def test_hundred_thousand_points_stay_fluent(qtbot):
    view = CurvesView()
    qtbot.addWidget(view)
    view.resize(730, 230)
    view.show()
    log = log_of(100_000)
    view.show_logs([log])
    view.grab()
    start = time.perf_counter()
    for number in range(5):
        log.add_steps(100_000 + 10 * number, np.ones(10, "f4"), {"accuracy": np.ones(10, "f4")})
        view.show_logs([log])
        view.grab()
    assert (time.perf_counter() - start) / 5 < 0.25


def test_a_loss_that_is_no_number_is_left_out(qtbot):
    log = log_of(100)
    log.add_steps(100, np.full(5, np.nan, "f4"), {"accuracy": np.zeros(5, "f4")})
    view = CurvesView()
    qtbot.addWidget(view)
    view.resize(730, 230)
    view.show()
    view.show_logs([log])
    view.grab()


def test_thinning_keeps_the_extremes():
    y = np.zeros(10_000)
    y[1234], y[7777] = 5, -5
    x, few = thin(np.arange(10_000.0), y, 400)
    assert len(few) <= 402
    assert few.max() == 5
    assert few.min() == -5
    assert (np.diff(x) >= 0).all()


def test_ticks():
    assert [words for _, words in log_ticks(-2, 0.5)] == ["0.01", "0.03", "0.1", "0.3", "1", "3"]
    assert [place for place, _ in step_ticks(552, 46)] == [0, 92, 184, 276, 368, 460, 552]
    assert [words for _, words in share_ticks(0.8, 1.0)] == [f"{p}\u00a0%" for p in (80, 85, 90, 95, 100)]
    assert 3 <= len(step_ticks(37, 1000)) <= 9


def test_smoothing_is_the_same_however_the_steps_arrive():
    values = np.random.default_rng(0).uniform(0, 1, 300).astype("f4")
    whole, pieces = RunLog("a", 0), RunLog("b", 0)
    whole.add_steps(0, values, {"accuracy": values})
    for first in range(0, 300, 7):
        part = values[first : first + 7]
        pieces.add_steps(first, part, {"accuracy": part})
    assert np.allclose(whole.series["loss"].smooth.view(), pieces.series["loss"].smooth.view(), atol=1e-5)
    assert pieces.step == 300


# the plane


def test_a_design_with_two_inputs_shows_its_regions(qtbot):
    panel, presenter, desk, bridge = make(qtbot, "mlp_spirals")
    presenter.activate()
    inputs = np.random.default_rng(0).uniform(-1, 1, (300, 2)).astype("f4")
    bridge.answer(
        requests.Samples,
        events.SampleSet(
            dataset="spirals",
            indices=tuple(range(300)),
            inputs=inputs,
            targets=np.zeros(300, int),
            classes=("arm 1", "arm 2"),
            axes=("D",),
            total=600,
        ),
    )
    asked = bridge.count(requests.Boundary)
    low = bridge.last(requests.Boundary).low
    scores = np.zeros((2, 16, 16), np.float32)
    scores[0, :8], scores[1, 8:] = 1, 1
    bridge.answer(requests.Boundary, events.BoundaryMap(scores=scores, low=low, high=(2.0, 2.0)))
    assert panel.curves._stack.currentWidget() is panel.curves.boundary
    panel.show_page("curves")
    panel.grab()
    assert asked >= 1
    assert desk.workspace.flow.inputs


def test_regions_are_paler_where_the_answer_is_unsure():
    tints = np.array([[0, 0, 200], [200, 0, 0]])
    ground = np.array([255, 255, 255])
    scores = np.array([[[0.99, 0.51]], [[0.01, 0.49]]])
    sure, unsure = regions(scores, tints, ground)[0]
    assert sure.sum() < unsure.sum()
    single = regions(np.array([[[0.1, 0.9]]]), tints, ground)[0]
    assert single[0][2] > single[0][0]
    assert single[1][0] > single[1][2]


def test_clock():
    assert [clock(18), clock(62), clock(3725)] == ["0:18", "1:02", "1:02:05"]


@pytest.mark.parametrize(
    ("network", "loss", "metric"),
    [
        ("unet_shapes", "cross_entropy", "iou"),
        ("photos_x2", "mse", "psnr"),
        ("lstm_delay", "cross_entropy", "accuracy"),
    ],
)
def test_a_run_takes_the_loss_of_its_task(qtbot, network, loss, metric):
    _, presenter, desk, _ = make(qtbot, network)
    runner = presenter.runner
    assert runner.why_not() is None
    assert runner.settings.loss == loss
    assert desk.session.metric == metric
    runner.change("dataset", "mnist5k")
    assert runner.settings.loss in TASKS["classification"].losses


def test_a_network_that_no_data_fit_says_so_once(qtbot):
    _, presenter, _, _ = make(qtbot, "efficientnet_lite0")
    assert presenter.runner.why_not() == "Waits: no data set here fits"
    presenter.runner.change("dataset", "mnist5k")
    assert "MNIST" in presenter.runner.why_not()
