"""No word is cut off, at any text size and in the smallest window, whatever panel is open."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from clipped_words import clipped
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget

from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.shell.panels import PANELS
from explorer.ui.widgets.segmented import Segmented

SELECTED = ((), ("conv1",), ("conv1", "conv2"))


@pytest.mark.parametrize(
    ("size", "scales"),
    [((1440, 900), (0.8, 1.0, 1.5, 2.5)), ((1024, 768), (0.8, 1.0, 1.25, 1.5)), ((1920, 1080), (1.75, 2.5))],
    ids=["1440x900", "1024x768", "1920x1080"],
)
def test_no_word_is_cut_off(make_app: Callable[..., App], size, scales):
    app = make_app("lenet5_modern", (1, 28, 28), size=size)
    found = []

    def look(where: str) -> None:
        for _ in range(3):
            QApplication.processEvents()
        found.extend(f"{scale:.0%}, {where}: {said}" for said in clipped(app.window))

    for scale in scales:
        theme().change(scale=scale)
        for selected in SELECTED:
            app.canvas.context.select(selected)
            look(" ".join(selected))
        for panel in PANELS:
            app.dock.show_tab(panel.id)
            look(panel.id)
    assert not found, "\n".join(found)


def test_what_is_cut_off_is_found(qtbot):
    page = QWidget()
    column = QVBoxLayout(page)
    narrow, wrapped, button = QLabel("a long line of words"), QLabel("many words " * 20), QPushButton("words")
    narrow.setFixedWidth(30)
    wrapped.setWordWrap(True)
    wrapped.setFixedSize(100, 14)
    button.setFixedWidth(200)
    for part in (narrow, wrapped, button):
        column.addWidget(part)
    outside = QLabel("outside", page)
    qtbot.addWidget(page)
    page.resize(220, 300)
    page.show()
    outside.move(200, 0)
    said = clipped(page)
    assert len(said) == 3, said
    assert not any("QPushButton" in one for one in said)


def test_tabs_without_room_wait_behind_a_button(make_app: Callable[..., App], qtbot):
    app = make_app("lenet5_modern", (1, 28, 28), size=(1440, 900))
    dock = app.dock
    assert dock._more.isHidden()
    theme().change(scale=2.5)
    QApplication.processEvents()
    hidden = [name for name, button in dock._buttons.items() if button.isHidden()]
    assert hidden
    assert not dock._more.isHidden()
    dock._more.click()
    menu = QApplication.activePopupWidget()
    assert [action.text().split("  ")[0] for action in menu.actions()] == [
        dock._buttons[name].text().split("  ")[0] for name in hidden
    ]
    menu.actions()[-1].trigger()
    menu.close()
    assert dock.current == hidden[-1]
    assert not dock._buttons[hidden[-1]].isHidden()
    theme().change(scale=1.0)
    QApplication.processEvents()
    assert not any(button.isHidden() for button in dock._buttons.values())


def test_joined_buttons_go_on_in_a_line_below(qtbot):
    shown = Segmented("Way", (("a", "A long word"), ("b", "Another long word"), ("c", "A third")))
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.addWidget(shown)
    qtbot.addWidget(holder)
    wide = shown.sizeHint().width()
    holder.resize(wide + 60, 200)
    holder.show()
    qtbot.waitExposed(holder)
    assert len({button.y() for button in shown._buttons.values()}) == 1
    holder.resize(wide - 40, 200)
    QApplication.processEvents()
    assert len({button.y() for button in shown._buttons.values()}) == 2
    assert not clipped(holder)
    assert shown.layout().expandingDirections() == Qt.Orientation(0)
