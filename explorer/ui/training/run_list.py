"""The list of training runs, and what is to be said of the one that is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QFrame, QMenu, QSizePolicy, QVBoxLayout, QWidget

from explorer.session.runs import RunNote
from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.text import label, restyle

_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class RunLine:
    """One run in the list; `state` stands in place of the figures until there are some."""

    number: int
    name: str
    setting: str
    loss: str = ""
    figure: str = ""
    state: str = ""
    is_live: bool = False
    is_hidden: bool = False
    about: str = ""


class RunRow(QAbstractButton):
    """Dot, name and setting above, validation figures below."""

    rename_asked = Signal()
    hide_asked = Signal(bool)
    delete_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = RunLine(0, "", "")
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # F2 and Del after a click are meant for the run
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_line(self, line: RunLine) -> None:
        """Show another run."""
        self.line = line
        figures = f"{line.loss} {line.figure}".strip() or line.state
        hidden = ", hidden" if line.is_hidden else ""
        self.setAccessibleName(f"{line.name}, {line.setting}, {figures}{hidden}")
        self.setToolTip(line.about)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a run."""
        self.menu().popup(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 renames, H hides, Del deletes."""
        told = {Qt.Key.Key_F2: self.rename_asked, Qt.Key.Key_Delete: self.delete_asked}
        if event.key() == Qt.Key.Key_H:
            self.hide_asked.emit(not self.line.is_hidden)
        elif (signal := told.get(Qt.Key(event.key()))) is not None:
            signal.emit()
        else:
            super().keyPressEvent(event)

    def menu(self) -> QMenu:
        """What can be done with a run; one that goes on cannot be deleted."""
        menu = QMenu(self)
        menu.addAction("Rename\tF2", self.rename_asked.emit)
        hidden = self.line.is_hidden
        title = "Show in the curves\tH" if hidden else "Hide from the curves\tH"
        menu.addAction(title, lambda: self.hide_asked.emit(not hidden))
        beside = "it is still going on" if self.line.is_live else "Del"
        delete = menu.addAction(f"Delete\t{beside}", self.delete_asked.emit)
        delete.setEnabled(not self.line.is_live)
        return menu

    def sizeHint(self) -> QSize:
        """Return two lines."""
        return QSize(theme().px(150), theme().px(48))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        if self.isChecked():
            painter.fillRect(self.rect(), colours.selected)
        elif self.underMouse():
            painter.fillRect(self.rect(), colours.hover)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme().run_colour(self.line.number), 1.6))
        painter.setBrush(
            Qt.BrushStyle.NoBrush if self.line.is_hidden else theme().run_colour(self.line.number)
        )
        painter.drawEllipse(QPointF(px(18), px(16)), px(4), px(4))
        right, left = self.width() - px(12), px(29)
        first = QRectF(left, px(6), right - left, px(20))
        second = QRectF(left, px(24), right - left, px(18))
        painter.setFont(theme().font("label", 600))
        painter.setPen(colours.text)
        painter.drawText(first, _LEFT, self.line.name)
        painter.drawText(second, _RIGHT, self.line.figure)
        painter.setFont(theme().font("caption"))
        painter.setPen(colours.text3)
        painter.drawText(first, _RIGHT, self.line.setting)
        painter.setPen(colours.text2)
        painter.drawText(second, _LEFT, self._figures(painter, second.width()))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.focus, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _figures(self, painter: QPainter, room: float) -> str:
        """The loss, in as many words as there is room for beside the figure."""
        line = self.line
        if not line.loss:
            return line.state
        taken = QFontMetrics(theme().font("label", 600)).horizontalAdvance(f"{line.figure} ")
        ways = (f"val. loss {line.loss}", f"loss {line.loss}", line.loss)
        fits = (words for words in ways if painter.fontMetrics().horizontalAdvance(words) + taken <= room)
        return next(fits, line.loss)


class RunNoteBox(QFrame):
    """A note with at most one button."""

    action = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.title = label(weight="semibold", wrap=True)
        self.words = label(role="caption", tone="2", wrap=True)
        self.button = Button("")
        self.button.clicked.connect(self.action)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.title)
        self._column.addWidget(self.words)
        self._column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        self.setVisible(False)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(10), px(8), px(10), px(9))
        self._column.setSpacing(px(4))

    def set_note(self, note: RunNote | None) -> None:
        """Show a note, or none."""
        self.setVisible(note is not None)
        if note is None:
            return
        bad = note.tone == "error"
        self.title.setText(note.title)
        self.words.setText(note.words)
        self.button.setText(note.action)
        self.button.setAccessibleName(note.action)
        self.button.setVisible(bool(note.action))
        restyle(self, ground="error" if bad else "sunken")
        restyle(self.title, tone="error" if bad else "1")
        restyle(self.words, tone="1" if bad else "2")
        self.setAccessibleName(f"{note.title}. {note.words}")


class RunList(QWidget):
    """Runs, the newest first.

    Signals:
        picked: a run was clicked. renamed, hidden, deleted: what shall be done with it.
    """

    picked = Signal(int)
    renamed = Signal(int, str)
    hidden = Signal(int, bool)
    deleted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Runs")
        self.rows: list[RunRow] = []
        self.name_field = Field("Name of the run")
        self.name_field.setParent(self)
        self.name_field.hide()
        self.name_field.editingFinished.connect(self._take_name)
        self._renaming = -1
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_lines(self, lines: Sequence[RunLine], chosen: int) -> None:
        """Show runs; `chosen` is the number of the one that is marked."""
        while len(self.rows) < len(lines):
            row = RunRow()
            row.clicked.connect(self._tell)
            row.rename_asked.connect(lambda row=row: self.rename(row))
            row.hide_asked.connect(lambda on, row=row: self.hidden.emit(row.line.number, on))
            row.delete_asked.connect(lambda row=row: self.deleted.emit(row.line.number))
            self.rows.append(row)
            self._column.addWidget(row)
        for row, line in zip(self.rows, lines, strict=False):
            row.set_line(line)
            row.setChecked(line.number == chosen)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(lines))

    def rename(self, row: RunRow) -> None:
        """Type another name in place of the old one."""
        self._renaming = row.line.number
        area = row.geometry()
        area.setHeight(area.height() // 2)
        self.name_field.setGeometry(area)
        self.name_field.set_value(row.line.name)
        self.name_field.selectAll()
        self.name_field.show()
        self.name_field.raise_()
        self.name_field.setFocus()

    def _take_name(self) -> None:
        number, self._renaming = self._renaming, -1
        if number >= 0:
            self.name_field.hide()
            self.renamed.emit(number, self.name_field.text())

    def _tell(self) -> None:
        row = self.sender()
        if isinstance(row, RunRow):
            row.setChecked(True)
            self.picked.emit(row.line.number)
