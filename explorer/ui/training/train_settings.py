"""The settings of the next run, in two columns where there is room, else below each other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.forms.editors import FieldView
from explorer.ui.forms.fields import FieldsForm
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label, restyle

WIDE, NARROW = 330, 290
"""A form is at most so wide; in less than the second its fields would be cut off."""


class TrainSettingsPage(QWidget):
    """Fields, what the data are, and why a run cannot start yet.

    Signals:
        committed: a setting shall have a value. start: Enter was pressed in a field.
        show_cause: the reason that no run can start shall be shown.
    """

    committed = Signal(str, object)
    start = Signal()
    show_cause = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.forms = (FieldsForm(), FieldsForm())
        self.about = label("", tone="3", wrap=True)
        self.hint = label("", tone="2", wrap=True)
        self.cause = Button("Show it", kind="link")
        self.cause.clicked.connect(self.show_cause)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for form in self.forms:
            form.committed.connect(self.committed)
            form.entered.connect(self.start)
            holder = QVBoxLayout()
            holder.addWidget(form)
            holder.addStretch(1)
            self._columns.addLayout(holder, 4)
        self._columns.addStretch(0)
        below = QHBoxLayout()
        below.addWidget(self.hint, 1)
        below.addWidget(self.cause)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._columns)
        self._column.addWidget(self.about)
        self._column.addLayout(below)
        self._column.addStretch(1)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(16), px(10), px(16), px(10))
        self._column.setSpacing(px(8))
        for form in self.forms:
            form.setMaximumWidth(px(WIDE))
        self._turn()

    def _turn(self) -> None:
        """Put the forms beside each other, or below each other."""
        px = theme().px
        beside = self.width() >= 2 * px(NARROW) + px(32 + 32)
        directions = QBoxLayout.Direction
        self._columns.setDirection(directions.LeftToRight if beside else directions.TopToBottom)
        self._columns.setSpacing(px(32) if beside else 0)

    def minimumSizeHint(self) -> QSize:
        """As narrow as one form."""
        return QSize(theme().px(NARROW), self._column.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._turn()

    def show_settings(self, left: Sequence[FieldView], right: Sequence[FieldView], about: str) -> None:
        """Show the settings and a line about the data."""
        for form, views in zip(self.forms, (left, right), strict=True):
            form.set_fields("settings", views)
        self.about.setText(about)

    def show_hint(self, words: str, is_reason: bool, has_cause: bool) -> None:
        """Say how a run is started, or why none can be."""
        self.hint.setText(words)
        restyle(self.hint, tone="warning" if is_reason else "2")
        self.cause.setVisible(has_cause)

    def refuse(self, name: str, words: str) -> None:
        """Say below a setting why its value is not taken."""
        for form in self.forms:
            form.refuse(name, words)
