"""The card of the first steps: it floats over the canvas, and everything round it works."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.welcome.recent_button import RecentButton
from explorer.ui.welcome.record import STEPS, Recent
from explorer.ui.welcome.step_box import StepBox
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.draw_pad import DrawPad
from explorer.ui.widgets.floating import paint_floating
from explorer.ui.widgets.text import label
from explorer.ui.widgets.toggle import Toggle

WIDE, OFF, PAD = 892, 28, 84
FREE = 280
"""Height that the network keeps in any case; the card gives up parts of itself before that."""


class WelcomeCard(QWidget):
    """Signals:
    pressed: number of a step whose button was pressed. drawn: what stands in the square, 28×28.
    closed: it shall go, for this time. always: whether it shall come at every start.
    taken: a recent file. fileAsked: any file. asked: `gallery` or `new`. placed: it has another height.
    """

    pressed = Signal(int)
    drawn = Signal(object)
    closed = Signal()
    always = Signal(bool)
    taken = Signal(object)
    fileAsked = Signal()
    asked = Signal(str)
    placed = Signal(int)

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self._over, self._high = over, 0
        self.setAccessibleName("First steps")
        self.pad = DrawPad("Draw a digit", PAD)
        self.pad.drawn.connect(self.drawn)
        self.steps = tuple(
            StepBox(n, step.title, step.button, step.time, self.pad if n == 2 else None)
            for n, step in enumerate(STEPS, 1)
        )
        for box in self.steps:
            box.button.clicked.connect(lambda _on=False, number=box.number: self.pressed.emit(number))
        self.title = label("This network has learned to see", "section", weight="semibold")
        self.promise = label("Three short steps, about three minutes. Nothing leaves this machine.", tone="2")
        self.every = Toggle("Show this at every start")
        self.every.toggled.connect(self.always)
        self.close_button = Button("", "plain-icon", "close", "Close the first steps")
        self.close_button.clicked.connect(self.closed)
        self._steps, self._recent, self._end = QWidget(), QWidget(), QWidget()
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head())
        self._column.addWidget(self.promise)
        self._column.addWidget(self._steps)
        self._column.addWidget(self._recent)
        self._column.addWidget(self._end)
        self._step_row = QHBoxLayout(self._steps)
        for box in self.steps:
            self._step_row.addWidget(box, 1)
        self._fill_recent()
        self._fill_end()
        self.is_done = False
        over.installEventFilter(self)
        follow(self._restyle)

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.title)
        row.addStretch(1)
        row.addWidget(self.every)
        self._every_words = label("Show this at every start", tone="2")
        row.addWidget(self._every_words)
        row.addWidget(self.close_button)
        return row

    def _fill_recent(self) -> None:
        column = QVBoxLayout(self._recent)
        column.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        self._recent_title = label("Recent", "label", weight="semibold")
        open_ = Button("Open a file…", "link")
        open_.clicked.connect(self.fileAsked)
        head.addWidget(self._recent_title)
        head.addStretch(1)
        head.addWidget(open_)
        self._files = QHBoxLayout()
        column.addLayout(head)
        column.addLayout(self._files)

    def _fill_end(self) -> None:
        row = QHBoxLayout(self._end)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label("Done. What next?", "body", weight="semibold"))
        for name, words in (("gallery", "Gallery of networks"), ("new", "An empty canvas")):
            link = Button(words, "link")
            link.clicked.connect(lambda _on=False, name=name: self.asked.emit(name))
            row.addWidget(link)
        row.addStretch(1)
        close = Button("", "plain-icon", "close", "Close the first steps")
        close.clicked.connect(self.closed)
        row.addWidget(close)
        self._end.hide()

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(20), px(14), px(20), px(16))
        self._column.setSpacing(px(8))
        self._step_row.setContentsMargins(0, 0, 0, 0)
        self._step_row.setSpacing(px(16))
        self._files.setSpacing(px(16))
        self.place()

    # contents

    def set_words(self, about: Sequence[str], buttons: Sequence[str]) -> None:
        """Write the steps."""
        for box, words, button in zip(self.steps, about, buttons, strict=True):
            box.set_words(words, button)

    def set_done(self, done: frozenset[int]) -> None:
        """Tick what is done; the first that is not is current. With all three it shrinks to a line."""
        current = next((box.number for box in self.steps if box.number not in done), 0)
        for box in self.steps:
            is_current = box.number == current
            box.set_state("done" if box.number in done else "current" if is_current else "open")
        self.is_done = not current
        self.place()

    def set_recent(self, recent: Sequence[Recent], title: str) -> None:
        """Show the last files, or starters."""
        self._recent_title.setText(title)
        while (item := self._files.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for one in recent:
            button = RecentButton(one)
            button.taken.connect(self.taken)
            self._files.addWidget(button, 1)
            button.show()  # now, so that it counts
        self.place()

    # place

    def place(self) -> None:
        """Stand at the lower edge; where there is little room, with fewer parts."""
        px = theme().px
        width = min(px(WIDE), self._over.width() - 2 * px(16))
        room = self._over.height() - px(FREE) - px(OFF)
        self._every_words.setVisible(width >= px(600))
        for parts in (3, 2, 1):
            self._show_parts(parts)
            self._fit_steps(width - 2 * px(20))
            high = self._column.totalHeightForWidth(width) if self._column.hasHeightForWidth() else 0
            high = max(high, self._column.totalMinimumSize().height())
            if high <= room:
                break
        top = self._over.height() - high - px(OFF if parts == 3 else 12)
        self.setGeometry((self._over.width() - width) // 2, top, width, high)
        taken = self._over.height() - top
        if taken != self._high:
            self._high = taken
            self.placed.emit(taken)

    def _fit_steps(self, width: int) -> None:
        """All three beside each other; where their buttons would be cut, the current one alone."""
        each = (width - 2 * self._step_row.spacing()) // 3
        alone = any(box.narrowest > each for box in self.steps)
        for box in self.steps:
            box.setVisible(not alone or box.ring.state == "current")
        self._steps.setFixedHeight(max(box.fit(width if alone else each) for box in self.steps))
        self._column.invalidate()
        self._column.activate()

    def _show_parts(self, parts: int) -> None:
        full = not self.is_done
        for widget in (self.title, self.every, self.close_button, self._steps):
            widget.setVisible(full)
        self._every_words.setVisible(full and self._over.width() >= theme().px(640))
        self.promise.setVisible(full and parts > 1)
        self._recent.setVisible(full and parts > 2)
        self._end.setVisible(self.is_done)
        for box in self.steps:
            box.set_full(parts > 1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the canvas."""
        if event.type() == QEvent.Type.Resize:
            self.place()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes it for this time."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        paint_floating(self, "card", theme().colours.line)
