"""The training panel: runs at the left, their curves or the settings of the next one at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSize, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.session.run_log import RunLog
from explorer.session.runs import RunNote
from explorer.style.theme import follow, theme
from explorer.ui.training.curves import CurvesView
from explorer.ui.training.run_list import RunLine, RunList, RunNoteBox
from explorer.ui.training.train_settings import NARROW, TrainSettingsPage
from explorer.ui.widgets.keys import key_of
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import label, rule
from explorer.ui.widgets.tools_bar import ToolsBar

LIST = 184


class Legend(QWidget):
    """What solid and dashed lines mean."""

    WORDS = ("train, smoothed", "validation, per epoch")
    SHORT = ("train", "validation")

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Solid: train, smoothed. Dashed: validation, per epoch.")

    def sizeHint(self) -> QSize:
        """Return the room for samples and words."""
        return QSize(self._width(self.WORDS), theme().px(26))

    def _width(self, words: tuple[str, ...]) -> int:
        metrics = QFontMetrics(theme().font("label"))
        return sum(metrics.horizontalAdvance(word) + theme().px(28) for word in words) + theme().px(22)

    def minimumSizeHint(self) -> QSize:
        """Do with single words when there is little room."""
        return QSize(self._width(self.SHORT), theme().px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw both samples."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(theme().font("label"))
        left, middle = 0.0, self.height() / 2
        words = self.WORDS if self.width() >= self._width(self.WORDS) else self.SHORT
        for number, word in enumerate(words):
            pen = QPen(colours.text2, 1.8 if number == 0 else 1.4)
            if number:
                pen.setDashPattern([2.6, 2.0])
            painter.setPen(pen)
            painter.drawLine(QPointF(left, middle), QPointF(left + px(22), middle))
            if number:
                painter.setPen(QPen(colours.text2, 1.4))
                painter.setBrush(colours.panel)
                painter.drawEllipse(QPointF(left + px(11), middle), px(3), px(3))
            painter.setPen(colours.text)
            metrics = painter.fontMetrics()
            painter.drawText(QPointF(left + px(28), middle + metrics.capHeight() / 2), word)
            left += px(28) + metrics.horizontalAdvance(word) + px(20)


class TrainingPanel(QWidget):
    """Signals:
    committed: a setting shall have a value. start: a run shall begin.
    picked: a run of the list; renamed, hidden, deleted: what shall be done with one.
    note_action: the button of the note.
    show_cause: the reason that no run can start shall be shown. opened: somebody looks.
    """

    committed = Signal(str, object)
    start = Signal()
    picked = Signal(int)
    renamed = Signal(int, str)
    hidden = Signal(int, bool)
    deleted = Signal(int)
    note_action = Signal()
    show_cause = Signal()
    opened = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Training")
        self.legend = Legend()
        self.page = Segmented("Training", (("settings", "Settings"), ("curves", "Curves")))
        self._bar = ToolsBar((self.legend, self.page))
        self.list = RunList()
        self.note = RunNoteBox()
        self.settings = TrainSettingsPage()
        self.curves = CurvesView()
        self._stack = QStackedWidget()
        self._stack.addWidget(scrolling(self.settings))
        self._stack.addWidget(self.curves)
        self._empty = label(tone="2", wrap=True)
        self._side = QWidget()
        self._side_column = QVBoxLayout(self._side)
        self._note_holder = QVBoxLayout()
        self._note_holder.addWidget(self._empty)
        self._note_holder.addWidget(self.note)
        self._side_column.addWidget(self.list)
        self._side_column.addLayout(self._note_holder)
        self._side_column.addStretch(1)
        self._side_area = scrolling(self._side)
        self._arrange()
        self.page.chosen.connect(self.show_page)
        self.list.picked.connect(self.picked)
        self.list.renamed.connect(self.renamed)
        self.list.hidden.connect(self.hidden)
        self.list.deleted.connect(self.deleted)
        self.note.action.connect(self.note_action)
        self.settings.committed.connect(self.committed)
        self.settings.start.connect(self.start)
        self.settings.show_cause.connect(self.show_cause)
        self.show_page("settings")
        follow(self._restyle)

    def _arrange(self) -> None:
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self._side_area)
        across.addWidget(rule("down"))
        across.addWidget(self._stack, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addLayout(across, 1)

    def _restyle(self) -> None:
        px = theme().px
        self._side_area.setFixedWidth(px(LIST))
        self._side_column.setContentsMargins(0, 0, 0, px(8))
        self._side_column.setSpacing(0)
        self._note_holder.setContentsMargins(px(12), px(10), px(12), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for both, settings have it; the runs stand beside their curves."""
        super().resizeEvent(event)
        self._share()

    def _share(self) -> None:
        is_narrow = self.width() < theme().px(LIST + NARROW + 16)
        self._side_area.setVisible(not is_narrow or self._stack.currentIndex() == 1)

    def take_controls(self) -> QWidget:
        """Give legend and switch away, to stand in the row of tabs."""
        return self._bar.take()

    def showEvent(self, event: QShowEvent) -> None:
        """Tell that somebody looks."""
        super().showEvent(event)
        self.opened.emit()

    def show_page(self, page: str) -> None:
        """Show `settings` or `curves`."""
        self.page.set_value(page)
        self._stack.setCurrentIndex(1 if page == "curves" else 0)
        self.legend.setVisible(page == "curves")
        self._share()

    def show_runs(self, lines: Sequence[RunLine], chosen: int, note: RunNote | None) -> None:
        """Show the list of runs, the newest first, and what is to be said."""
        self.list.show_lines(lines, chosen)
        self.note.set_note(note)
        self._empty.setText(f"No run yet. {key_of('run.train', 'Ctrl+Enter')} starts one.")
        self._empty.setVisible(not lines and note is None)
        self.page.set_enabled("curves", None if lines else "There is no run yet.")

    def show_curves(self, logs: Sequence[RunLog]) -> None:
        """Draw runs, the last on top."""
        self.curves.show_logs(logs)
