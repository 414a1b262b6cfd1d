"""The chooser of an input that is a text: a place to type for each, with its tokens counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.widgets.text import label, restyle

WIDTH = 196
SETTLE_MS = 200
"""Quiet time after a key before the network reads the text."""


@dataclass(frozen=True)
class TextInput:
    """One text: name of the input, what stands there, what is said below, and whether that is a fault.

    `hint` stands in the empty field.
    """

    name: str
    text: str
    words: str
    wrong: bool = False
    hint: str = ""


class TextsPane(QWidget):
    """Fields one above the other.

    Signals:
        typed: name of an input and its new text, when the typing pauses.
    """

    typed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, tuple[QPlainTextEdit, QLabel, QLabel]] = {}
        self._column = QVBoxLayout(self)
        self._column.addStretch(1)
        self._waiting: dict[str, None] = {}
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        follow(self._measure)

    def set_inputs(self, inputs: Sequence[TextInput]) -> None:
        """Show these texts; a field in which somebody types keeps what is typed."""
        if list(self._fields) != [one.name for one in inputs]:
            self._make([one.name for one in inputs])
        for one in inputs:
            field, line, title = self._fields[one.name]
            title.setText(one.name.capitalize())
            field.setPlaceholderText(one.hint)
            if field.toPlainText() != one.text and not field.hasFocus():
                self._put(field, one.text)
            line.setText(one.words)
            restyle(line, tone="error" if one.wrong else "2")

    def text(self, name: str) -> str:
        """Return what stands in a field."""
        return self._fields[name][0].toPlainText()

    def words(self, name: str) -> str:
        """Return the line below a field."""
        return self._fields[name][1].text()

    def field(self, name: str) -> QPlainTextEdit:
        """Return the field of an input."""
        return self._fields[name][0]

    def _make(self, names: Sequence[str]) -> None:
        for parts in self._fields.values():
            for part in parts:
                self._column.removeWidget(part)
                part.deleteLater()
        self._fields.clear()
        for name in names:
            title, field = label(tone="2", weight="semibold"), QPlainTextEdit()
            field.setAccessibleName(f"Text of {name}")
            field.setTabChangesFocus(True)
            field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            line = label(role="caption", tone="2", wrap=True)
            field.textChanged.connect(lambda name=name: self._note(name))
            for part in (title, field, line):
                self._column.insertWidget(self._column.count() - 1, part)
            self._fields[name] = (field, line, title)
        self._measure()

    def _put(self, field: QPlainTextEdit, text: str) -> None:
        field.blockSignals(True)
        field.setPlainText(text)
        field.blockSignals(False)

    def _note(self, name: str) -> None:
        self._waiting[name] = None
        self._settle.start()

    def _tell(self) -> None:
        names, self._waiting = list(self._waiting), {}
        for name in names:
            if name in self._fields:
                self.typed.emit(name, self.text(name))

    def _measure(self) -> None:
        px = theme().px
        self.setFixedWidth(px(WIDTH))
        self._column.setContentsMargins(px(12), px(10), px(12), px(8))
        self._column.setSpacing(px(6))
        for field, _, _ in self._fields.values():
            lines = 4 if len(self._fields) == 1 else 3
            field.setFixedHeight(lines * field.fontMetrics().lineSpacing() + px(14))
