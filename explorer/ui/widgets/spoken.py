"""What a screen reader hears of widgets that paint their own items: each item as a child with a name.

A widget that has `spoken_items()` is all it takes; `announce` installs the factory once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, runtime_checkable

from PySide6.QtCore import QObject, QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QWidget

Role = QAccessible.Role


@dataclass(frozen=True)
class SpokenItem:
    """One item.

    Attributes:
        name: what it is, in a line. area: in pixels of the widget. about: more, after the name.
        selected, focused: its state. expanded: None where nothing folds. role: what kind of thing it is.

    """

    name: str
    area: QRect
    about: str = ""
    selected: bool = False
    focused: bool = False
    expanded: bool | None = None
    role: QAccessible.Role = Role.ListItem


@runtime_checkable
class Spoken(Protocol):
    """A widget whose items are heard."""

    def spoken_items(self) -> Sequence[SpokenItem]:
        """All items in the order in which they are read, asked only while somebody listens."""


class _Item(QAccessibleInterface):
    """An item by its place; it asks the widget, so it never tells what was true before."""

    def __init__(self, owner: _Items, place: int) -> None:
        super().__init__()
        self._owner, self._place = owner, place

    @property
    def _spoken(self) -> SpokenItem | None:
        items = self._owner.items()
        return items[self._place] if self._place < len(items) else None

    def isValid(self) -> bool:
        return self._spoken is not None

    def object(self) -> QObject | None:  # type: ignore[override]
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self._owner.window()

    def parent(self) -> QAccessibleInterface:
        return self._owner

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def relations(self, match: Any = None) -> list[Any]:
        return []

    def text(self, kind: QAccessible.Text) -> str:
        spoken = self._spoken
        if spoken is None:
            return ""
        return {QAccessible.Text.Name: spoken.name, QAccessible.Text.Description: spoken.about}.get(kind, "")

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        pass

    def rect(self) -> QRect:
        spoken, widget = self._spoken, self._owner.widget
        return QRect() if spoken is None else spoken.area.translated(widget.mapToGlobal(QPoint()))

    def role(self) -> QAccessible.Role:
        return self._spoken.role if self._spoken is not None else Role.NoRole

    def state(self) -> QAccessible.State:
        state, spoken = QAccessible.State(), self._spoken
        if spoken is None:
            state.invalid = True
            return state
        state.selectable = state.focusable = True
        state.selected, state.focused = spoken.selected, spoken.focused
        if spoken.expanded is not None:
            state.expandable = True
            state.expanded, state.collapsed = spoken.expanded, not spoken.expanded
        state.offscreen = not self._owner.widget.rect().intersects(spoken.area)
        return state


class _Items(QAccessibleInterface):
    """A widget with its items as children."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.widget = widget
        self._made: list[_Item] = []

    def items(self) -> Sequence[SpokenItem]:
        assert isinstance(self.widget, Spoken)
        return self.widget.spoken_items()

    def _item(self, place: int) -> _Item:
        while len(self._made) <= place:
            item = _Item(self, len(self._made))
            QAccessible.registerAccessibleInterface(item)
            self._made.append(item)
        return self._made[place]

    def isValid(self) -> bool:
        return True

    def object(self) -> QObject:
        return self.widget

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self.widget.window().windowHandle()

    def parent(self) -> QAccessibleInterface | None:  # type: ignore[override]
        above = self.widget.parentWidget()
        return None if above is None else QAccessible.queryAccessibleInterface(above)

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        return self._item(index) if 0 <= index < len(self.items()) else None

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        point = self.widget.mapFromGlobal(QPoint(x, y))
        areas = [item.area.contains(point) for item in self.items()]
        return self._item(len(areas) - 1 - areas[::-1].index(True)) if any(areas) else None  # the uppermost

    def childCount(self) -> int:
        return len(self.items())

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return next((place for place, item in enumerate(self._made) if item is child), -1)

    def focusChild(self) -> QAccessibleInterface | None:  # type: ignore[override]
        places = [place for place, item in enumerate(self.items()) if item.focused]
        return self._item(places[0]) if places else None

    def relations(self, match: Any = None) -> list[Any]:
        return []

    def text(self, kind: QAccessible.Text) -> str:
        words = {
            QAccessible.Text.Name: self.widget.accessibleName(),
            QAccessible.Text.Description: self.widget.accessibleDescription(),
        }
        return words.get(kind, "")

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        pass

    def rect(self) -> QRect:
        return QRect(self.widget.mapToGlobal(QPoint()), self.widget.size())

    def role(self) -> QAccessible.Role:
        return Role.List

    def state(self) -> QAccessible.State:
        state = QAccessible.State()
        state.focusable, state.focused = True, self.widget.hasFocus()
        state.disabled, state.invisible = not self.widget.isEnabled(), not self.widget.isVisible()
        return state


_ALIVE: dict[int, _Items] = {}
"""Qt keeps only what C++ sees of an interface; what Python has to it lives as long as its widget."""


def _make(_kind: str, thing: QObject) -> QAccessibleInterface | None:
    if not isinstance(thing, QWidget) or not isinstance(thing, Spoken):
        return None
    key = id(thing)
    if key not in _ALIVE:
        _ALIVE[key] = _Items(thing)
        thing.destroyed.connect(lambda: _ALIVE.pop(key, None))
    return _ALIVE[key]


@cache
def announce() -> None:
    """Let screen readers hear the items of widgets; harmless to call again."""
    QAccessible.installFactory(_make)


def tell_focus(widget: QWidget) -> None:
    """Another item of a widget is the current one: whoever listens hears it."""
    if not QAccessible.isActive():
        return
    focused = [place for place, item in enumerate(widget.spoken_items()) if item.focused]  # type: ignore[attr-defined]
    if focused:
        event = QAccessibleEvent(widget, QAccessible.Event.Focus)
        event.setChild(focused[0])
        QAccessible.updateAccessibility(event)
