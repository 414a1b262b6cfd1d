"""The bar at the top: menu, name or tabs, undo, run, weights, search, device, theme, present."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.shell.design_tabs import DesignTabs, TabLook
from explorer.ui.weights.chip import WeightsChip
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.keys import key_of, with_key
from explorer.ui.widgets.text import label, restyle, rule

HEIGHT = 44
COMPACT_BELOW, SMALL_BELOW = 1180, 800


class TopBar(QWidget):
    """Shows name, run state and device.

    Signals:
        pressed: the id of the action whose button was pressed. renameAsked: a double click on the name.
    """

    pressed = Signal(str)
    renameAsked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._name = ElidedLabel.styled("", "body", weight="semibold")
        self._dot = label("•", "label", "3")
        self._file = ElidedLabel.styled("", "label", "2")
        self.tabs = DesignTabs()
        self._plus = self._button("file.new", "", "plain-icon", "add", "New design")
        self.train = self._button("run.train", "Train", "accent", "play")
        self.step = self._button("run.step", "", "icon", "step_forward", "Single step")
        self.stop = self._button("run.stop", "", "icon", "stop", "Stop training")
        self.weights = WeightsChip()
        self.status = ElidedLabel.styled("", "label", "1")
        self.search = self._button("app.search", "Search or run a command", "search", "search")
        self._key = label("", "caption")
        self._key.setProperty("key", True)
        self.device = self._button("app.device", "", "chip", "", "Device that computes")
        self._waits = False
        self._lay_out()
        self.set_keys()
        follow(self._resize)

    def _button(self, action: str, text: str, kind: str, icon: str, name: str = "") -> Button:
        button = Button(text, kind, icon, name)
        button.clicked.connect(lambda: self.pressed.emit(action))
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 12, 0)
        row.setSpacing(6)
        self.undo = self._button("edit.undo", "", "plain-icon", "undo", "Undo")
        self.undo.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.undo.customContextMenuRequested.connect(lambda: self.pressed.emit("edit.history"))
        self._redo = self._button("edit.redo", "", "plain-icon", "redo", "Redo")
        self._theme = self._button("view.theme", "", "plain-icon", "sun", "Light or dark")
        self._present = self._button("view.present", "Present", "normal", "", "Projector sizes")
        row.addWidget(self._button("app.menu", "", "plain-icon", "menu", "Menu"))
        row.addSpacing(6)
        names: tuple[QWidget, ...] = (self._name, self._dot, self._file)
        for part in names:
            row.addWidget(part)
        row.addWidget(self.tabs, 0, Qt.AlignmentFlag.AlignBottom)
        row.addWidget(self._plus)
        row.addSpacing(6)
        self._rule = rule("down")
        row.addWidget(self._rule)
        row.addWidget(self.undo)
        row.addWidget(self._redo)
        row.addStretch(1)
        for button in (self.train, self.step, self.stop):
            row.addWidget(button)
        row.addSpacing(6)
        row.addWidget(self.weights)
        row.addWidget(self.status)
        row.addStretch(2)
        inside = QHBoxLayout(self.search)
        inside.setContentsMargins(0, 0, 6, 0)
        inside.addStretch(1)
        inside.addWidget(self._key)
        for button in (self.search, self.device, self._theme, self._present):
            row.addWidget(button)

    def name_area(self) -> QRect:
        """Where the name of the design in front stands."""
        if self.tabs.isVisible():
            area = self.tabs.tabRect(self.tabs.currentIndex())
            return area.translated(self.tabs.pos()).adjusted(2, 4, -2, -4)
        return self._name.geometry().adjusted(-4, -4, theme().px(60), 4)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on the name asks for another."""
        if self._name.isVisible() and self._name.geometry().contains(event.position().toPoint()):
            self.renameAsked.emit()

    def set_name(self, name: str, file: str) -> None:
        """Show the design's name and file."""
        self._name.setText(name)
        self._file.setText(file)
        self._dot.setToolTip("There are unsaved changes.")

    def set_tabs(self, looks: list[TabLook], current: int) -> None:
        """Show the open designs; a single one is named without tabs."""
        several = len(looks) > 1
        self.tabs.setVisible(several)
        for part in (self._name, self._file):
            part.setVisible(not several)
        self._dot.setVisible(not several and any(look.unsaved for look in looks))
        self.tabs.show_tabs(looks, current)
        self._resize()

    def set_run(self, words: str, state: str, reason: str | None) -> None:
        """Show where training stands: `idle`, `running` or `paused`; `reason` says why it cannot start."""
        busy = state in ("running", "paused")
        self.train.set_kind("accent")
        self.train.setText({"running": "", "paused": "Resume"}.get(state, "Train"))
        self.train.set_icon("pause" if state == "running" else "play")
        self.train.setAccessibleName({"running": "Pause", "paused": "Resume"}.get(state, "Train"))
        self.train.setEnabled(busy or (state == "idle" and reason is None))
        self.train.setToolTip(reason or with_key(self.train.accessibleName(), "run.train", "Ctrl+Enter"))
        self.step.setEnabled(busy)
        self.stop.setEnabled(busy or state == "starting")
        self.weights.setVisible(not busy)  # while a run goes on, its words have the place
        self.status.setVisible(busy or state == "starting" or reason is not None)
        self._waits = reason is not None
        self._resize()
        self.status.setText(words)
        restyle(self.status, tone="2" if reason else "1")

    def set_history(self, undo: str | None, redo: str | None) -> None:
        """Name what can be undone and redone."""
        self.undo.setEnabled(undo is not None)
        words = with_key(f"Undo: {undo}", "edit.undo", "Ctrl+Z") + "\nRight click: all steps"
        self.undo.setToolTip(words if undo else "Nothing to undo")
        self._redo.setEnabled(redo is not None)
        self._redo.setToolTip(with_key(f"Redo: {redo}", "edit.redo", "Ctrl+Y") if redo else "Nothing to redo")

    def set_keys(self) -> None:
        """Show the keys in force."""
        self._plus.setToolTip(with_key("New design", "file.new", "Ctrl+N"))
        self._theme.setToolTip(with_key("Light or dark", "view.theme", "Ctrl+T"))
        self._present.setToolTip(with_key("Projector sizes", "view.present", "F5"))
        self.step.setToolTip(with_key("Single step", "run.step", "Ctrl+Shift+Return"))
        self.stop.setToolTip(with_key("Stop training", "run.stop", "Ctrl+."))
        self._key.setText(key_of("app.search", "Ctrl+K").replace("+", " "))
        self.weights.show_key()

    def set_device(self, words: str) -> None:
        """Show which device computes."""
        self.device.setText(words)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shrink the search to its lens before anything else gets lost."""
        super().resizeEvent(event)
        self._resize()

    def _resize(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))
        # the names of several designs come before the words of the search and of the weights
        tabs = self.tabs.sizeHint().width() if self.tabs.count() > 1 else 0
        wide = self.width() - tabs >= theme().px(COMPACT_BELOW) and theme().scale < 1.5
        self.search.setText("Search or run a command" if wide else "")
        self.search.setFixedWidth(theme().px(250) if wide else theme().px(34))
        self._key.setVisible(wide)
        self._theme.set_icon("moon" if theme().mode == "light" else "sun")
        self.weights.set_short(
            self.width() < theme().px(1280) or theme().scale >= 1.5 or tabs > self.width() / 5
        )
        # in a lecture on a small projector what has a key of its own gives its place to names
        is_small = self.width() < theme().px(SMALL_BELOW)
        for part in (self.undo, self._redo, self._plus, self.device, self._theme, self._rule):
            part.setVisible(not is_small)
        # why nothing can run is also said by the button: the names of design and weights come first
        self.status.setMaximumWidth(max(120, self.width() // (8 if self._waits else 4)))
        self._name.setMaximumWidth(max(120, self.width() // 6))
        self._file.setMaximumWidth(max(80, self.width() // 7))
