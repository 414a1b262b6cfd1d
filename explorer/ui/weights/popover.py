"""The popover below the chip: what the last edit cost, and states to go back to."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QVBoxLayout, QWidget

from explorer import words
from explorer.style.theme import follow, theme
from explorer.ui.weights.sign import SignLabel
from explorer.ui.weights.story import StateLine, Story
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.keys import key_of
from explorer.ui.widgets.text import box, label, rule

WIDTH, ROW = 468, 31


class StateRow(QAbstractButton):
    """A state: radio, name, how it came, a bar and its figure.

    Signals:
        renameAsked, saveAsked, deleteAsked: from its menu or by key.
    """

    renameAsked = Signal()
    saveAsked = Signal()
    deleteAsked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.line = StateLine("", "", "", "ring", None)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_line(self, line: StateLine) -> None:
        """Show a state."""
        self.line = line
        figure = "" if line.figure is None else words.percent(line.figure, 1)
        live = ", live" if line.is_live else ""
        self.setAccessibleName(f"{line.title}, {line.how}, {figure}{live}")
        self.update()

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(theme().px(WIDTH), theme().px(ROW))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the state."""
        self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """What can be done with a kept state; of the live weights a row says why it cannot."""
        menu, reason = QMenu(self), "these weights are live" if self.line.is_live else ""
        for title, key, asked in (
            ("Rename", "F2", self.renameAsked),
            ("Save as a file…", "", self.saveAsked),
            ("Delete", "Del", self.deleteAsked),
        ):
            beside = reason or key
            row = menu.addAction(f"{title}\t{beside}" if beside else title, asked.emit)
            row.setEnabled(not reason)
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 renames, Del deletes."""
        if event.key() == Qt.Key.Key_F2 and not self.line.is_live:
            self.renameAsked.emit()
        elif event.key() == Qt.Key.Key_Delete and not self.line.is_live:
            self.deleteAsked.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        colours, px, line = theme().colours, theme().px, self.line
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if line.is_live or self.underMouse():
            painter.fillRect(self.rect(), colours.selected if line.is_live else colours.hover)
        middle = self.height() / 2
        circle = QRectF(px(16), middle - px(7), px(14), px(14))
        painter.setPen(QPen(colours.accent if line.is_live else colours.line_strong, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(circle)
        if line.is_live:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.accent)
            painter.drawEllipse(circle.adjusted(px(4), px(4), -px(4), -px(4)))
        self._paint_words(painter)
        if line.figure is not None:
            self._paint_figure(painter, line.figure, middle)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.focus, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _paint_words(self, painter: QPainter) -> None:
        colours, px, line = theme().colours, theme().px, self.line
        left, right = px(40), self.width() - px(150)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        for text, weight, colour in ((line.title, 600, colours.text), (line.how, 400, colours.text2)):
            painter.setFont(theme().font("label", weight))
            painter.setPen(colour)
            metrics = painter.fontMetrics()
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, right - left))
            painter.drawText(QRectF(left, 0, right - left, self.height()), flags, shown)
            left += metrics.horizontalAdvance(shown) + px(9)

    def _paint_figure(self, painter: QPainter, figure: float, middle: float) -> None:
        colours, px = theme().colours, theme().px
        bar = QRectF(self.width() - px(132), middle - px(3), px(56), px(6))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.line_subtle)
        painter.drawRoundedRect(bar, px(3), px(3))
        bar.setWidth(max(float(px(6)), bar.width() * figure))
        painter.setBrush(colours.accent if self.line.is_live else colours.text3)
        painter.drawRoundedRect(bar, px(3), px(3))
        painter.setPen(colours.text)
        painter.setFont(theme().font("label", 600))
        spot = QRectF(self.width() - px(72), 0, px(56), self.height())
        painter.drawText(
            spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words.percent(figure, 1)
        )


class WeightsPage(QWidget):
    """Signals:
    keepAsked: title under which the live weights shall be kept. fitAsked, anewAsked, backAsked: what
    shall come of the last edit. used, deleted, savedAs: name of a state. renamed: with its new title.
    seedAsked: another seed.
    """

    keepAsked = Signal(str)
    fitAsked = Signal()
    anewAsked = Signal()
    backAsked = Signal()
    used = Signal(str)
    renamed = Signal(str, str)
    deleted = Signal(str)
    savedAs = Signal(str)
    seedAsked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Weights")
        self.rows: list[StateRow] = []
        self._keep = Button("Save under a name…", "link")
        self._keep.clicked.connect(lambda: self._ask_name(""))
        self.name_field = Field("Name of the state")
        self.name_field.editingFinished.connect(self._take_name)
        self.name_field.hide()
        self._naming = ""
        self.fit = Button("Keep what fits")
        self.anew = Button("Start anew")
        self.back = Button("Go back")
        for choice in (self.fit, self.anew):
            choice.setCheckable(True)
        self.fit.clicked.connect(self.fitAsked)
        self.anew.clicked.connect(self.anewAsked)
        self.back.clicked.connect(self.backAsked)
        self._ago, self._figures = label(tone="3"), label(tone="2")
        self._foot = label(tone="2")
        self._seed = Button("Another seed…", "link")
        self._seed.clicked.connect(self.seedAsked)
        self._lines = QVBoxLayout()
        self._card = self._edit_card()
        self._states = QVBoxLayout()
        self._states.setSpacing(0)
        self._lay_out()
        follow(self._restyle)

    def _edit_card(self) -> QWidget:
        card = box("sunken")
        column = QVBoxLayout(card)
        column.setContentsMargins(8, 8, 8, 10)
        head = QHBoxLayout()
        head.addWidget(label("Last edit", weight="semibold"), 1)
        head.addWidget(self._ago)
        column.addLayout(head)
        column.addLayout(self._lines)
        column.addWidget(self._figures)
        row = QHBoxLayout()
        for button in (self.fit, self.anew, self.back):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return card

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 10)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.addWidget(label("Weights", "section", weight="semibold"), 1)
        head.addWidget(self._keep)
        column.addLayout(head)
        column.addWidget(self.name_field)
        around = QHBoxLayout()
        around.setContentsMargins(8, 0, 8, 0)
        around.addWidget(self._card)
        column.addLayout(around)
        title = QHBoxLayout()
        title.setContentsMargins(16, 0, 16, 0)
        title.addWidget(label("States", weight="semibold"), 1)
        title.addWidget(label("on held-out samples", tone="3"))
        column.addLayout(title)
        column.addLayout(self._states)
        column.addWidget(rule())
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        foot.addWidget(self._foot, 1)
        foot.addWidget(self._seed)
        column.addLayout(foot)

    def _restyle(self) -> None:
        self.setFixedWidth(theme().px(WIDTH))

    def show_story(self, story: Story) -> None:
        """Show a story."""
        self._card.setVisible(bool(story.edit))
        self.fit.setChecked(story.is_fitted)
        self.anew.setChecked(not story.is_fitted)
        self._show_edit(story)
        while len(self.rows) < len(story.states):
            self._add_row()
        for row, line in zip(self.rows, story.states, strict=False):
            row.set_line(line)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(story.states))
        self._foot.setText(story.foot)
        self.adjustSize()

    def _add_row(self) -> None:
        row = StateRow()
        row.clicked.connect(lambda: self._use(row.line))
        row.renameAsked.connect(lambda: self._ask_name(row.line.name))
        row.saveAsked.connect(lambda: self.savedAs.emit(row.line.name))
        row.deleteAsked.connect(lambda: self.deleted.emit(row.line.name))
        self.rows.append(row)
        self._states.addWidget(row)

    def _use(self, line: StateLine) -> None:
        if not line.is_live:
            self.used.emit(line.name)

    def _show_edit(self, story: Story) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for line in story.edit:
            holder = QWidget()
            row = QHBoxLayout(holder)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(SignLabel(line.sign))
            if line.address:
                row.addWidget(label(line.address, weight="semibold"))
            row.addWidget(label(line.words), 1)
            self._lines.addWidget(holder)
        self._ago.setText(f"{story.ago} · {key_of('edit.undo', 'Ctrl+Z')} takes it back" if story.ago else "")
        now = f", {story.now} now" if story.now else ""
        self._figures.setText(f"On held-out samples: {story.before} before{now}" if story.before else "")
        self._figures.setVisible(bool(story.before))
        self.back.setVisible(bool(story.back))
        self.back.setText(f"Go back to {story.back}")

    def _ask_name(self, state: str) -> None:
        """Type a name: for the live weights, or another one for a state."""
        self._naming = state or "live"
        found = next((row.line.title for row in self.rows if row.line.name == state and state), "")
        self.name_field.set_value(found)
        self.name_field.setPlaceholderText("A name for these weights")
        self.name_field.show()
        self.name_field.setFocus()

    def _take_name(self) -> None:
        naming, self._naming = self._naming, ""
        title = self.name_field.text().strip()
        self.name_field.hide()
        if not naming or not title:
            return
        if naming == "live":
            self.keepAsked.emit(title)
        else:
            self.renamed.emit(naming, title)
