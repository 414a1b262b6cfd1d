"""The problems panel: what to repair, what only waits for it, and remarks below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from explorer import words
from explorer.style.theme import follow, theme
from explorer.ui.problems.row import ProblemLine, ProblemRow
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.text import label
from explorer.ui.widgets.tools_bar import ToolsBar

MOST = 120
"""Rows that are shown; a line says how many more there are."""


class ProblemsPanel(QWidget):
    """Rows used again and again; what is waiting comes after what is at fault.

    Signals:
        picked: the problem's node shall be selected. repair: key and number of the repair to carry out.
        dismissed: the remark shall be shown no longer. broughtBack: dismissed ones shall be shown again.

    """

    picked = Signal(int)
    repair = Signal(int, int)
    dismissed = Signal(int)
    broughtBack = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Problems")
        self.head = label("", tone="2")
        self._bar = ToolsBar((self.head,))
        self.rows: list[ProblemRow] = []
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setSpacing(0)
        self._more = label("", tone="3")
        self._column.addWidget(self._more)
        self._column.addStretch(1)
        self.back = Button("", kind="link")
        self.back.clicked.connect(self.broughtBack)
        self.back.hide()
        self._empty = label("No problems. Every block fits its input.", tone="2")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._area = scrolling(self._list)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._area)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignRight)
        follow(self._restyle)
        self.show_lines(())

    def take_controls(self) -> QWidget:
        """Give the line of totals away, to stand in the row of tabs."""
        return self._bar.take()

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(0, px(6), 0, px(6))
        self._more.setContentsMargins(px(44), px(6), px(16), px(6))

    def show_lines(
        self, lines: Sequence[ProblemLine], faults: int | None = None, waiting: int = 0, hidden: int = 0
    ) -> None:
        """Show problems and remarks, in the given order.

        Args:
            lines: problems; more than fit need not be given.
            faults, waiting: how many there are of either kind; None: just these.
            hidden: remarks that were dismissed.

        """
        remarks = sum(line.is_remark for line in lines)
        shown = tuple(lines[: MOST + remarks])
        if faults is None:
            waiting = sum(line.waits for line in lines)
            faults = len(lines) - waiting - remarks
        while len(self.rows) < len(shown):
            self._add_row()
        for row, line in zip(self.rows, shown, strict=False):
            row.set_line(line)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(shown))
        left_out = faults + waiting + remarks - len(shown)
        self._more.setText(f"and {words.count(left_out)} more")
        self._more.setVisible(left_out > 0)
        self.back.setText(f"Show {words.plural(hidden, 'dismissed remark')} again")
        self.back.setVisible(hidden > 0)
        self._stack.setCurrentIndex(1 if shown else 0)
        self.head.setText(_head(faults, waiting, remarks))

    def set_empty(self, sentence: str) -> None:
        """Say something else while there are no problems."""
        self._empty.setText(sentence)

    def select(self, address: str) -> None:
        """Mark the rows of a node, and bring the first into view."""
        for row in self.rows:
            row.set_selected(row.line.is_about(address))
        first = next((row for row in self.rows if row.is_selected and not row.isHidden()), None)
        if first is not None:
            self._area.ensureWidgetVisible(first, 0, 0)

    def _add_row(self) -> None:
        row = ProblemRow()
        self._column.insertWidget(len(self.rows), row)
        row.picked.connect(self.picked)
        row.repair.connect(self.repair)
        row.moved.connect(self._move)
        row.dismissed.connect(self.dismissed)
        self.rows.append(row)

    def _move(self, step: int) -> None:
        shown = [row for row in self.rows if not row.isHidden()]
        here = next((number for number, row in enumerate(shown) if row.hasFocus()), 0)
        target = shown[min(max(here + step, 0), len(shown) - 1)]
        target.setFocus()
        self._area.ensureWidgetVisible(target, 0, 0)


def _head(faults: int, waiting: int, remarks: int) -> str:
    said = []
    if faults or waiting:
        said.append(f"{words.count(faults)} to repair")
    if waiting:
        verb, what = "waits" if waiting == 1 else "wait", "it" if faults == 1 else "them"
        said.append(f"{words.plural(waiting, 'node')} {verb} for {what}")
    if remarks:
        said.append(words.plural(remarks, "remark"))
    return ", ".join(said)
