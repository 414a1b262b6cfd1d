"""The windows of the Help menu: About, and the licences."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from explorer.style.theme import theme
from explorer.ui.help.facts import as_text
from explorer.ui.help.licences import Licence
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label, rule


class AboutSheet(QDialog):
    """Versions, engine and folders; one button copies them for a report."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setWindowTitle("About")
        self.setProperty("ground", "panel")
        self._rows: list[tuple[str, str]] = []
        self._grid = QGridLayout()
        copy = Button("Copy for a report")
        copy.clicked.connect(self.copy)
        px = theme().px
        self._grid.setHorizontalSpacing(px(16))
        self._grid.setVerticalSpacing(px(6))
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(18), px(20), px(16))
        column.setSpacing(px(12))
        column.addWidget(label("Architecture Explorer", "title", weight="semibold"))
        column.addWidget(label("Draw a neural network, watch it run.", "body", "2"))
        column.addWidget(rule())
        column.addLayout(self._grid)
        column.addWidget(copy, 0, Qt.AlignmentFlag.AlignLeft)

    def show_facts(self, rows: list[tuple[str, str]]) -> None:
        """Show names and values."""
        self._rows = rows
        while (item := self._grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for number, (name, value) in enumerate(rows):
            shown = label(value)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{name}: {value}")
            self._grid.addWidget(label(name, tone="2"), number, 0)
            self._grid.addWidget(shown, number, 1)

    def copy(self) -> None:
        """Put all of it on the clipboard."""
        QGuiApplication.clipboard().setText(as_text(self._rows))


class LicenceSheet(QDialog):
    """A list at the left, the text of what is chosen at the right."""

    def __init__(self, window: QWidget, found: Sequence[Licence]) -> None:
        super().__init__(window)
        self.setWindowTitle("Licences")
        self.setProperty("ground", "panel")
        self._found = found
        self.list, self.text = QListWidget(), QPlainTextEdit()
        self.list.setAccessibleName("What is licensed")
        self.list.addItems([licence.title for licence in found])
        self.text.setAccessibleName("Licence")
        self.text.setReadOnly(True)
        self.text.setProperty("kind", "code")
        px = theme().px
        self.list.setFixedWidth(px(200))
        row = QHBoxLayout(self)
        row.setContentsMargins(px(12), px(12), px(12), px(12))
        row.setSpacing(px(12))
        row.addWidget(self.list)
        row.addWidget(self.text, 1)
        self.list.currentRowChanged.connect(self._show)
        self.list.setCurrentRow(0)
        size = window.size()
        self.resize(min(px(900), size.width() - 40), min(px(640), size.height() - 60))

    def _show(self, number: int) -> None:
        self.text.setPlainText(self._found[number].text)
