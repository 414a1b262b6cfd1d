"""All steps that are remembered, from the oldest to the newest; the present one is marked."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QIcon, QPixmap
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from explorer import words
from explorer.graph.history import Steps
from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.widgets.text import label

WIDE, ROW, MOST_ROWS = 320, 26, 14
BEGINNING = "As it was opened"


class HistoryPage(QWidget):
    """A list of steps.

    Signals:
        chosen: so many steps shall be done.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._steps = Steps((), 0)
        self.title = label("History", weight="semibold")
        self.note = label(tone="2", role="caption")
        self.list = QListWidget()
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setAccessibleName("Steps")
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.itemClicked.connect(self._take)
        self.list.itemActivated.connect(self._take)
        self._column = QVBoxLayout(self)
        for part in (self.title, self.list, self.note):
            self._column.addWidget(part)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(12), px(10), px(12), px(10))
        self._column.setSpacing(px(6))
        self.show_steps(self._steps)

    def show_steps(self, steps: Steps) -> None:
        """Show other steps, or another present one."""
        kept = self.list.verticalScrollBar().value()
        same = steps.titles == self._steps.titles and self.list.count() == len(steps.titles) + 1
        self._steps = steps
        if not same:
            self.list.clear()
            for title in (BEGINNING, *steps.titles):
                self.list.addItem(QListWidgetItem(title))
        for number in range(self.list.count()):
            self._mark(self.list.item(number), number)
        self.list.setCurrentRow(steps.present)
        if same:
            self.list.verticalScrollBar().setValue(kept)
        self.list.scrollToItem(self.list.item(steps.present))
        undone = len(steps.titles) - steps.present
        self.note.setText(f"{words.plural(undone, 'step')} taken back" if undone else "The newest state")
        self._fit()

    def _mark(self, item: QListWidgetItem, number: int) -> None:
        """The present state is bold and ticked, what was taken back is grey and named so."""
        colours, present = theme().colours, self._steps.present
        font = theme().font("label", 600 if number == present else 400)
        item.setFont(font)
        item.setForeground(colours.text3 if number > present else colours.text)
        size = theme().px(14)
        if number < present:
            blank = QPixmap(size, size)
            blank.fill(Qt.GlobalColor.transparent)
            item.setIcon(QIcon(blank))
        else:
            name, colour = ("check", colours.accent) if number == present else ("redo", colours.text3)
            item.setIcon(icons.icon(name, colour, 14))
        self.list.setIconSize(QSize(size, size))
        item.setSizeHint(QSize(0, theme().px(ROW)))
        state = "now" if number == present else "taken back" if number > present else "done"
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}, {state}")
        wide = QFontMetrics(font).horizontalAdvance(item.text())
        item.setToolTip(item.text() if wide > theme().px(WIDE - 60) else "")

    def _fit(self) -> None:
        rows = min(max(self.list.count(), 2), MOST_ROWS)
        self.list.setFixedSize(theme().px(WIDE), theme().px(ROW) * rows + 4)

    def _take(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.list.row(item))
