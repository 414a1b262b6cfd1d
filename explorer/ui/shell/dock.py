"""The dock below the canvas: tabs, and one panel at a time."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import rule

TABS = 34
LEAST = 560


@dataclass(frozen=True)
class Tab:
    """A panel of the dock: id, title, the panel, and what stands at the right of the tabs while it shows."""

    id: str
    title: str
    panel: QWidget
    tools: QWidget | None = None


class Dock(QWidget):
    """Tabs 34 high and a stack of panels; the chevron folds it to its tabs."""

    shown = Signal(str)
    folded = Signal(bool)

    def __init__(self, tabs: list[Tab]) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tabs = {tab.id: tab for tab in tabs}
        self._buttons: dict[str, Button] = {}
        self._group = QButtonGroup(self)
        self._stack = QStackedWidget()
        self._tools = QWidget()
        self._tools_row = QHBoxLayout(self._tools)
        self._tools_row.setContentsMargins(0, 0, 0, 0)
        self._tools_row.setSpacing(0)
        self._bar = QWidget()
        self._is_folded = False
        row = QHBoxLayout(self._bar)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(2)
        for tab in tabs:
            row.addWidget(self._add(tab))
        row.addStretch(1)
        row.addWidget(self._tools)
        self._row = row
        self._fold = Button("", "plain-icon", "chevron_down", "Fold the panel to its tabs")
        self._fold.clicked.connect(lambda: self.set_folded(not self._is_folded))
        row.addWidget(self._fold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(rule())
        self._below = QWidget()
        self._below_row = QHBoxLayout(self._below)
        self._below_row.setContentsMargins(8, 3, 8, 3)
        self._below_row.addStretch(1)
        column.addWidget(self._below)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(LEAST)
        follow(self._resize)
        self.show_tab(tabs[0].id)

    def _add(self, tab: Tab) -> Button:
        button = Button(tab.title, "tab")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.show_tab(tab.id))
        self._group.addButton(button)
        self._buttons[tab.id] = button
        self._stack.addWidget(tab.panel)
        if tab.tools is not None:
            self._tools_row.addWidget(tab.tools)
        return button

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """All tabs, from left to right."""
        return tuple(self._tabs.values())

    @property
    def current(self) -> str:
        """Id of the tab in front."""
        return next(name for name, button in self._buttons.items() if button.isChecked())

    @property
    def is_folded(self) -> bool:
        """Whether only the tabs show."""
        return self._is_folded

    def show_tab(self, tab_id: str) -> None:
        """Bring a panel to the front, unfolding the dock."""
        tab = self._tabs[tab_id]
        self._buttons[tab_id].setChecked(True)
        self._stack.setCurrentWidget(tab.panel)
        for other in self._tabs.values():
            if other.tools is not None:
                other.tools.setVisible(other is tab)
        if self._is_folded:
            self.set_folded(False)
        self._place_tools()
        self.shown.emit(tab_id)

    def set_badge(self, tab_id: str, count: int | None) -> None:
        """Write a count behind a tab's title."""
        title = self._tabs[tab_id].title
        self._buttons[tab_id].setText(title if count is None else f"{title}  {count}")

    def set_folded(self, folded: bool) -> None:
        """Fold to the tabs, or unfold."""
        self._is_folded = folded
        self._stack.setVisible(not folded)
        self._place_tools()
        self._fold.setAccessibleName("Unfold the panel" if folded else "Fold the panel to its tabs")
        self.folded.emit(folded)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find a place for the switches."""
        super().resizeEvent(event)
        self._place_tools()

    def _place_tools(self) -> None:
        """The switches of the panel stand beside the tabs where there is room, else in a row below."""
        tools = self._tabs[self.current].tools
        tabs = sum(button.sizeHint().width() + 2 for button in self._buttons.values())
        needed = tabs + (tools.sizeHint().width() if tools else 0) + self._fold.sizeHint().width() + 24
        is_below = needed > self.width()
        if is_below and self._below_row.indexOf(self._tools) < 0:
            self._below_row.addWidget(self._tools)
        elif not is_below and self._row.indexOf(self._tools) < 0:
            self._row.insertWidget(self._row.count() - 1, self._tools)
        shown = tools is not None and not self._is_folded
        self._tools.setVisible(shown)
        self._below.setVisible(shown and is_below)

    def _resize(self) -> None:
        height = theme().px(TABS)
        self._bar.setFixedHeight(height)
        for button in self._buttons.values():
            button.setFixedHeight(height)
