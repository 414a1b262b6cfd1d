"""The key sheet: every command with its keys, searched by typing; a click on one binds another key."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.keys import chords
from explorer.ui.keys.groups import KeyGroup, KeyLine
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.search_field import SearchField
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import label, restyle, rule

WIDE, HIGH, ROW, COLUMNS = 940, 720, 25, 2
HELP = "Click a command, or press Enter on it, and then the new key."
ASKS = "Press the new key. Esc leaves it as it is."
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class KeyRow(QAbstractButton):
    """A command and its keys.

    Signals:
        asked: it waits for a key. typed: the key that was pressed. left: nothing is to change.
    """

    asked = Signal()
    typed = Signal(str)
    left = Signal()

    def __init__(self, line: KeyLine) -> None:
        super().__init__()
        self.is_asking = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if line.id else Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.ask)
        self.set_line(line)

    def set_line(self, line: KeyLine) -> None:
        """Show a command."""
        self.line = line
        keys = " or ".join(line.keys) or "no key"
        self.setAccessibleName(f"{line.title}: {keys}")
        self.update()

    def ask(self) -> None:
        """Wait for a key; what the mouse does cannot be bound."""
        if self.line.id:
            self.is_asking = True
            self.setFocus()
            self.asked.emit()
            self.update()

    def leave(self) -> None:
        """Wait no more."""
        if self.is_asking:
            self.is_asking = False
            self.update()

    def event(self, event: QEvent) -> bool:
        """While it waits every key is meant for it."""
        if self.is_asking and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if self.is_asking and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._take(event)
            return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
            self.left.emit()
        elif (chord := chords.of_press(event.key(), event.modifiers())) is not None:
            self.leave()
            self.typed.emit(chord)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter asks, like a click."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.ask()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Somebody has gone elsewhere: wait no more."""
        super().focusOutEvent(event)
        if self.is_asking:
            self.leave()
            self.left.emit()

    def fits(self, words: Sequence[str]) -> bool:
        """Whether title or keys hold all words."""
        text = f"{self.line.title} {' '.join(self.line.keys)}".lower()
        return all(word in text for word in words)

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(theme().px(280), theme().px(ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the title at the left, the keys as chips at the right."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.is_asking or (self.line.id and self.underMouse()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selected if self.is_asking else colours.hover)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0, 1, 0, -1), px(5), px(5))
        right = float(self.width() - px(6))
        shown = ("press a key…",) if self.is_asking else self.line.keys
        for key in reversed(shown):
            right = self._chip(painter, key, right) - px(5)
        painter.setFont(theme().font("label", 600 if self.line.is_own else 400))
        painter.setPen(colours.text)
        room = max(0, round(right) - px(14))
        title = painter.fontMetrics().elidedText(self.line.title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(px(6), 0, room, self.height()), _LEFT, title)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(colours.focus)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 1.5, -0.5, -1.5), px(5), px(5))

    def _chip(self, painter: QPainter, key: str, right: float) -> float:
        """Draw a key; returns its left edge."""
        colours, px = theme().colours, theme().px
        font = theme().font("caption")
        width = QFontMetrics(font).horizontalAdvance(key) + px(10)
        area = QRectF(right - width + 0.5, (self.height() - px(18)) / 2 + 0.5, width - 1, px(18) - 1)
        painter.setFont(font)
        if self.line.id:
            painter.setPen(colours.accent if self.line.is_own else colours.line_strong)
            painter.setBrush(colours.panel)
            painter.drawRoundedRect(area, px(4), px(4))
        painter.setPen(colours.text2)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, key)
        return right - width


class _Group(QWidget):
    """A heading with its rows."""

    def __init__(self, group: KeyGroup) -> None:
        super().__init__()
        self.rows = [KeyRow(line) for line in group.lines]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme().px(14))
        column.setSpacing(0)
        column.addWidget(label(group.title, "body", weight="semibold"))
        for row in self.rows:
            column.addWidget(row)

    def filter(self, words: Sequence[str]) -> None:
        """Show what fits; without any, nothing of the group."""
        fitting = [row.fits(words) for row in self.rows]
        for row, fits in zip(self.rows, fitting, strict=True):
            row.setVisible(fits)
        self.setVisible(any(fitting))


class KeySheet(QDialog):
    """A window beside the work, not in its way.

    Signals:
        bound: id of a command, and the key it shall have. cleared: id of one that shall have none.
        usualAsked: id of one that shall have its usual keys. chosen: a set of keys.
        pdfAsked, printAsked: the sheet is wanted on paper.
    """

    bound = Signal(str, str)
    cleared = Signal(str)
    usualAsked = Signal(str)
    chosen = Signal(str)
    pdfAsked = Signal()
    printAsked = Signal()

    def __init__(self, window: QWidget, groups: Sequence[KeyGroup], presets: Iterable[str]) -> None:
        super().__init__(window)
        self.setWindowTitle("Keys")
        self.setProperty("ground", "panel")
        self.search = SearchField("Find a command or a key")
        self.presets = Segmented("Keys of", [(name, name) for name in presets])
        self.note = label(HELP, tone="2", wrap=True)
        self._none, self._usual = Button("No key", "link"), Button("Usual keys", "link")
        self._asking: KeyRow | None = None
        self._groups = [_Group(group) for group in groups]
        self._lay_out()
        self._join()
        size = window.size()
        px = theme().px
        self.resize(min(px(WIDE), size.width() - 40), min(px(HIGH), size.height() - 60))
        follow(self.update)

    def _lay_out(self) -> None:
        px = theme().px
        head = QHBoxLayout()
        head.setSpacing(px(10))
        head.addWidget(self.search, 1)
        head.addWidget(self.presets)
        for words, signal in (("Save as PDF…", self.pdfAsked), ("Print…", self.printAsked)):
            button = Button(words)
            button.clicked.connect(signal)
            head.addWidget(button)
        page = QWidget()
        across = QHBoxLayout(page)
        across.setContentsMargins(px(2), px(10), px(8), 0)
        across.setSpacing(px(28))
        total, filled = sum(len(group.rows) + 2 for group in self._groups), 0
        columns = [QVBoxLayout() for _ in range(COLUMNS)]
        for group in self._groups:
            middle = filled + (len(group.rows) + 2) / 2
            columns[min(int(middle * COLUMNS / max(1, total)), COLUMNS - 1)].addWidget(group)
            filled += len(group.rows) + 2
        for column in columns:
            column.addStretch(1)
            across.addLayout(column, 1)
        foot = QHBoxLayout()
        foot.setSpacing(px(14))
        foot.addWidget(self.note, 1)
        foot.addWidget(self._none)
        foot.addWidget(self._usual)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(16), px(14), px(16), px(12))
        column.addLayout(head)
        column.addWidget(scrolling(page), 1)
        column.addWidget(rule())
        column.addLayout(foot)

    def _join(self) -> None:
        self.search.textChanged.connect(self._filter)
        self.presets.chosen.connect(self.chosen)
        for button in (self._none, self._usual):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # a click must not take the focus from the row
            button.hide()
        self._none.clicked.connect(lambda: self._end(self.cleared))
        self._usual.clicked.connect(lambda: self._end(self.usualAsked))
        for row in self.rows():
            row.asked.connect(lambda row=row: self._ask(row))
            row.typed.connect(lambda key, row=row: self._typed(row, key))
            row.left.connect(lambda: self._rest(HELP))

    def rows(self) -> list[KeyRow]:
        """All rows, from top to bottom."""
        return [row for group in self._groups for row in group.rows]

    def show_groups(self, groups: Sequence[KeyGroup], preset: str) -> None:
        """Show the same commands with other keys."""
        for part, group in zip(self._groups, groups, strict=True):
            for row, line in zip(part.rows, group.lines, strict=True):
                row.set_line(line)
        self.presets.set_value(preset)

    def say(self, words: str, *, bad: bool = False) -> None:
        """Say something below the list."""
        self.note.setText(words)
        restyle(self.note, tone="error" if bad else "2")

    def _filter(self, text: str) -> None:
        for group in self._groups:
            group.filter(text.lower().split())

    def _ask(self, row: KeyRow) -> None:
        self._asking = row
        self.say(ASKS)
        for button in (self._none, self._usual):
            button.show()

    def _typed(self, row: KeyRow, key: str) -> None:
        self._rest(HELP)
        self.bound.emit(row.line.id, key)

    def _end(self, signal: object) -> None:
        row = self._asking
        if row is not None:
            row.leave()
            self._rest(HELP)
            signal.emit(row.line.id)  # type: ignore[attr-defined]

    def _rest(self, words: str) -> None:
        self._asking = None
        self.say(words)
        for button in (self._none, self._usual):
            button.hide()
