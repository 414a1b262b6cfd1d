"""A line to type a value in, with its unit or effect written inside at the right."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit

from explorer.style.theme import theme
from explorer.ui.widgets.text import restyle


class Field(QLineEdit):
    """A text field that commits on Enter or when left; Esc puts the old value back."""

    committed = Signal(object)

    def __init__(self, name: str, value: object = "", unit: str = "") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._unit, self._has_room = "", True
        self._value: object = None
        self.set_value(value)
        self.set_unit(unit)
        self.textEdited.connect(self._judge)
        self.editingFinished.connect(self._commit)
        self.textChanged.connect(self._share)

    def value(self) -> object:
        """Return the last value that was understood."""
        return self._value

    def set_value(self, value: object) -> None:
        """Show a value without telling anybody."""
        self._value = value
        self.setText(self.write(value))
        self._say(None)

    def set_unit(self, unit: str) -> None:
        """Show a unit or the effect of the value at the right."""
        self._unit = unit
        self._share()

    def _share(self) -> None:
        """Leave room for the unit, where there is any beside the value."""
        metrics, px = self.fontMetrics(), theme().px
        wide = metrics.horizontalAdvance(self._unit) + px(8) if self._unit else 0
        self._has_room = wide + metrics.horizontalAdvance(self.text()) + px(20) <= self.width()
        self.setTextMargins(0, 0, wide if self._has_room else 0, 0)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The value comes first where the field is narrow."""
        super().resizeEvent(event)
        self._share()

    def read(self, text: str) -> object:
        """Return the value that a text means; raise ValueError with words when it means none."""
        return text

    def write(self, value: object) -> str:
        """Return the text of a value."""
        return str(value)

    def commit(self) -> None:
        """Take what is being typed, as leaving the field would."""
        self._commit()

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to the window while nothing has been typed that was not taken."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self.text() == self.write(self._value)
            and (event.matches(QKeySequence.StandardKey.Undo) or event.matches(QKeySequence.StandardKey.Redo))
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Esc restore the old value."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self.write(self._value):
            self.set_value(self._value)
            return
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the unit over the field."""
        super().paintEvent(event)
        if not self._unit or not self._has_room:
            return
        painter = QPainter(self)
        painter.setFont(theme().font("caption"))
        painter.setPen(theme().colours.text3)
        area: QRect = self.rect().adjusted(0, 0, -theme().px(9), 0)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._unit)

    def _judge(self, text: str) -> None:
        try:
            self.read(text)
        except ValueError as problem:
            self._say(str(problem))
        else:
            self._say(None)

    def _commit(self) -> None:
        # the text may hold fewer digits than the value: leaving a field must not round the design
        if self.text() == self.write(self._value):
            return
        try:
            value = self.read(self.text())
        except ValueError:
            self.set_value(self._value)
            return
        changed = value != self._value
        self.set_value(value)
        if changed:
            self.committed.emit(value)

    def _say(self, problem: str | None) -> None:
        restyle(self, wrong="false" if problem is None else "true")
        self.setToolTip(problem or "")
