"""The dock below the canvas: tabs, and one panel at a time, made when it is first seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import rule

if TYPE_CHECKING:
    from explorer.ui.shell.panels import PanelPresenter

TABS = 34
LEAST = 560


@dataclass(frozen=True)
class Tab:
    """A panel of the dock: id, title, and what makes it."""

    id: str
    title: str
    open: Callable[[], PanelPresenter]


class Dock(QWidget):
    """Tabs 34 high and a stack of panels; the chevron folds it to its tabs.

    A panel in sight works, others rest; while `is_in_sight` is off (another design is in front) all rest.

    Signals:
        shown: id of the tab that came to the front. folded: whether only the tabs show.
    """

    shown = Signal(str)
    folded = Signal(bool)

    def __init__(self, tabs: Sequence[Tab]) -> None:
        super().__init__()
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tabs = {tab.id: tab for tab in tabs}
        self._panels: dict[str, PanelPresenter] = {}
        self._switches: dict[str, QWidget] = {}
        self._current = tabs[0].id
        self._is_in_sight = False
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
        self._more = Button("", "plain-icon", "chevron_right", "More panels")
        self._more.clicked.connect(self._offer_more)
        row.addWidget(self._more)
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
        column.addWidget(self._below)
        column.addWidget(self._stack, 1)
        self.setMinimumWidth(LEAST)
        follow(self._resize)
        self._buttons[self._current].setChecked(True)
        self._place_tools()

    def _add(self, tab: Tab) -> Button:
        button = Button(tab.title, "tab")
        button.setCheckable(True)
        button.clicked.connect(lambda: self.show_tab(tab.id))
        self._group.addButton(button)
        self._buttons[tab.id] = button
        return button

    def panel(self, tab_id: str) -> PanelPresenter:
        """What drives a panel; it is made if nobody has seen it yet."""
        if tab_id not in self._panels:
            made = self._panels[tab_id] = self._tabs[tab_id].open()
            self._stack.addWidget(made.panel)
            take = getattr(made.panel, "take_controls", None)
            if take is not None:
                self._switches[tab_id] = take()
                self._switches[tab_id].setVisible(False)
                self._tools_row.addWidget(self._switches[tab_id])
        return self._panels[tab_id]

    def set_in_sight(self, on: bool) -> None:
        """Let the panel in front work, or rest."""
        if on == self._is_in_sight:
            return
        self._is_in_sight = on
        if on:
            self.show_tab(self._current, unfold=False)
        elif self._current in self._panels:
            self._panels[self._current].deactivate()

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """All tabs, from left to right."""
        return tuple(self._tabs.values())

    @property
    def current(self) -> str:
        """Id of the tab in front."""
        return self._current

    @property
    def is_folded(self) -> bool:
        """Whether only the tabs show."""
        return self._is_folded

    def show_tab(self, tab_id: str, *, unfold: bool = True) -> None:
        """Bring a panel to the front, unfolding the dock."""
        before, self._current = self._current, tab_id
        panel = self.panel(tab_id)
        self._buttons[tab_id].setChecked(True)
        self._stack.setCurrentWidget(panel.panel)
        for name, switches in self._switches.items():
            switches.setVisible(name == tab_id)
        if self._is_folded and unfold:
            self.set_folded(False)
        self._place_tools()
        if before != tab_id and before in self._panels:
            self._panels[before].deactivate()
        if self._is_in_sight:
            panel.activate()
        self.shown.emit(tab_id)

    def view_states(self) -> dict[str, dict[str, str | int | float | bool]]:
        """The panels' own choices, by panel; only of panels that have some."""
        found = {}
        for name, presenter in self._panels.items():
            read = getattr(presenter, "view_state", None)
            if read is not None:
                found[name] = read()
        return found

    def show_view(self, tab: str, panels: Mapping[str, Mapping[str, str | int | float | bool]]) -> None:
        """Bring a tab to the front and give panels back their choices; what is unknown is left out."""
        for name, choices in panels.items():
            if name in self._tabs and hasattr(presenter := self.panel(name), "show_view"):
                presenter.show_view(choices)
        if tab in self._tabs and tab != self._current:
            self.show_tab(tab, unfold=False)

    def set_badge(self, tab_id: str, count: int | None) -> None:
        """Write a count behind a tab's title."""
        title = self._tabs[tab_id].title
        self._buttons[tab_id].setText(title if count is None else f"{title}  {count}")
        self._place_tools()

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

    def _place_tabs(self) -> None:
        """Tabs for which there is no room wait behind a button at the end; the one in front is seen."""
        room = self.width() - self._fold.sizeHint().width() - 24
        wide = {name: button.sizeHint().width() + 2 for name, button in self._buttons.items()}
        if sum(wide.values()) > room:
            room -= self._more.sizeHint().width()
        left = room - wide[self._current]
        for name, button in self._buttons.items():
            if name != self._current:
                left -= wide[name]
                button.setVisible(left >= 0)
        self._buttons[self._current].show()
        self._more.setVisible(any(button.isHidden() for button in self._buttons.values()))

    def _offer_more(self) -> None:
        """List the panels whose tabs are not seen."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, button in self._buttons.items():
            if button.isHidden():
                menu.addAction(button.text(), partial(self.show_tab, name))
        menu.popup(self._more.mapToGlobal(self._more.rect().bottomLeft()))

    def _place_tools(self) -> None:
        """The switches of the panel stand beside the tabs where there is room, else in a row below."""
        self._place_tabs()
        tools = self._switches.get(self._current)
        tabs = sum(button.sizeHint().width() + 2 for button in self._buttons.values())
        needed = tabs + (tools.sizeHint().width() if tools else 0) + self._fold.sizeHint().width() + 24
        is_below = needed > self.width()
        if is_below and self._below_row.indexOf(self._tools) < 0:
            self._below_row.addWidget(self._tools, 1)
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
        self._place_tools()
