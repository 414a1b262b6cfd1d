"""The window's frame: sizes by the table of the look, folding, bars that tell the truth."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from explorer.style.theme import theme
from explorer.ui.shell.dock import Dock, Tab
from explorer.ui.shell.pane import Pane
from explorer.ui.shell.room import CANVAS_LEAST, shares_for
from explorer.ui.shell.status_bar import StatusBar
from explorer.ui.shell.top_bar import TopBar
from explorer.ui.shell.window import Window
from explorer.ui.widgets.buttons import Button


class Quiet:
    """A panel that shows nothing, and remembers whether it works."""

    def __init__(self) -> None:
        self.panel, self.works = QWidget(), False

    def activate(self) -> None:
        self.works = True

    def deactivate(self) -> None:
        self.works = False


@pytest.fixture
def window(qtbot):
    theme().change(mode="light", scale=1.0)
    dock = Dock([Tab(name, name.title(), Quiet) for name in ("training", "features", "problems")])
    window = Window()
    dock.folded.connect(window.room.fold_dock)
    qtbot.addWidget(window)
    window.room.fill(QWidget(), QWidget(), QWidget(), dock)
    window.show()
    yield window
    theme().change(scale=1.0)


@pytest.mark.parametrize(
    ("size", "palette", "inspector", "dock"),
    [((1280, 800), 52, 272, 252), ((1440, 900), 204, 288, 268), ((1920, 1080), 232, 336, 336)],
)
def test_sizes_of_the_look(window, qtbot, size, palette, inspector, dock):
    window.resize(*size)
    qtbot.waitUntil(lambda: window.width() == size[0])
    assert abs(window.room.palette.width() - palette) <= 2
    assert abs(window.room.inspector.width() - inspector) <= 2
    assert abs(window.room.dock.height() - dock) <= 2
    assert window.room.canvas.width() >= CANVAS_LEAST[0]
    assert window.room.canvas.height() >= CANVAS_LEAST[1]


def test_shares_grow_with_the_window():
    small, middle, large = shares_for(1280, 800), shares_for(1440, 900), shares_for(1920, 1080)
    assert small.palette < middle.palette < large.palette
    assert small.dock < middle.dock < large.dock


def test_projector_scale_hides_the_palette_and_gives_the_dock_forty_percent(window, qtbot):
    window.resize(1920, 1080)
    theme().change(scale=1.75)
    qtbot.waitUntil(lambda: not window.room.palette.isVisible())
    middle = window.room.dock.height() + window.room.canvas.height()
    assert 0.35 < window.room.dock.height() / middle < 0.45


def test_dock_folds_to_its_tabs_and_a_tab_unfolds_it(window, qtbot):
    window.resize(1440, 900)
    window.room.dock.set_folded(True)
    qtbot.waitUntil(lambda: window.room.dock.height() <= 40)
    window.room.dock.show_tab("features")
    qtbot.waitUntil(lambda: window.room.dock.height() > 200)
    assert window.room.dock.current == "features"


def test_panels_are_made_when_first_seen_and_only_the_one_in_sight_works(window):
    dock = window.room.dock
    assert dock._panels == {}
    dock.set_in_sight(True)
    assert list(dock._panels) == ["training"]
    dock.show_tab("features")
    assert [dock.panel(name).works for name in ("training", "features")] == [False, True]
    dock.set_in_sight(False)
    assert not dock.panel("features").works


def test_badge_counts(window):
    window.room.dock.set_badge("problems", 3)
    assert window.room.dock._buttons["problems"].text() == "Problems  3"


def test_a_moved_splitter_stays_moved(window, qtbot):
    window.resize(1440, 900)
    window.room.enlarge_dock(0.6)
    height = window.room.dock.height()
    window.resize(1440, 880)
    assert abs(window.room.dock.height() - height) < 40


def test_closing_asks(window):
    window.may_close = lambda: False
    assert not window.close()
    window.may_close = lambda: True
    assert window.close()


def test_top_bar_says_why_training_waits(qtbot):
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.set_run("Waits: fc1 does not fit its input", "idle", "fc1 does not fit its input")
    assert not bar.train.isEnabled()
    assert "fc1" in bar.train.toolTip()
    bar.set_run("Ready", "idle", None)
    assert bar.train.isEnabled()
    bar.set_run("Epoch 1", "running", None)
    assert bar.train.accessibleName() == "Pause"
    assert bar.stop.isEnabled()


def test_top_bar_buttons_name_their_actions(qtbot):
    bar = TopBar()
    qtbot.addWidget(bar)
    bar.set_run("Ready", "idle", None)
    with qtbot.waitSignal(bar.pressed) as pressed:
        qtbot.mouseClick(bar.train, Qt.MouseButton.LeftButton)
    assert pressed.args == ["run.train"]


def test_breadcrumbs_lead_back(qtbot):
    pane = Pane()
    qtbot.addWidget(pane)
    assert pane.head.isHidden()
    pane.set_path(("encoder1", "attention"))
    assert not pane.head.isHidden()
    crumbs = [b for b in pane.path.findChildren(Button) if b.text()]
    assert {b.text() for b in crumbs} == {"top", "encoder1", "attention"}
    first = next(b for b in crumbs if b.text() == "encoder1")
    with qtbot.waitSignal(pane.climbed) as climbed:
        first.click()
    assert climbed.args == [1]


def test_status_bar_totals(qtbot):
    bar = StatusBar()
    qtbot.addWidget(bar)
    bar.set_totals(0, 14, 61_706, 416_520, (64_000, 90_000))
    assert bar._problems.text() == "No problems"
    assert [part.text() for part in bar._totals[:2]] == ["14 nodes", "61,706 parameters"]
    bar.set_totals(1, 12, 2_572, 357_600, (64_000, 90_000))
    assert bar._problems.text() == "1 problem"
    assert "known" in bar._totals[1].text()
