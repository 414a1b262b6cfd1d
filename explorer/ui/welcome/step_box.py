"""One step of the first minutes: number or tick, title, sentence, something to do, and its button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label

RING = 20


class Ring(QWidget):
    """The number of a step; a tick once it is done."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number, self.state = number, "open"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(theme().px(RING) + 2, theme().px(RING) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it: open as a ring, current filled, done as a tick on green ground."""
        colours = theme().colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        ground = {"open": colours.panel, "current": colours.accent, "done": colours.good_ground}[self.state]
        line = colours.line_strong if self.state == "open" else ground
        painter.setPen(QPen(line, 1.5))
        painter.setBrush(ground)
        painter.drawEllipse(disc)
        if self.state == "done":
            side = theme().px(12)
            at = disc.center()
            tick = icons.icon_pixmap("check", colours.good, side)
            painter.drawPixmap(round(at.x() - side / 2), round(at.y() - side / 2), tick)
            return
        painter.setPen(colours.on_accent if self.state == "current" else colours.text2)
        painter.setFont(theme().font("label", 600))
        painter.drawText(disc, Qt.AlignmentFlag.AlignCenter, str(self._number))


class StepBox(QWidget):
    """Shows a step; `body` is what there is to see or to do in it."""

    def __init__(self, number: int, title: str, button: str, time: str, body: QWidget | None = None) -> None:
        super().__init__()
        self.number, self._time, self._is_full = number, time, True
        self.ring = Ring(number)
        self.title = label(title, "body", weight="semibold", wrap=True)
        self.about = label("", tone="2", wrap=True)
        self.about.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.state_words = label("", "caption", tone="2")
        self.button = Button(button)
        self.body = body
        self._head, self._middle, self._foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        self._head.addWidget(self.ring)
        self._head.addWidget(self.title, 1)
        if body is not None:
            self._middle.addWidget(body, 0, Qt.AlignmentFlag.AlignTop)
        self._middle.addWidget(self.about, 1)
        self._foot.addWidget(self.button)
        self._foot.addStretch(1)
        self._foot.addWidget(self.state_words)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addLayout(self._middle, 1)
        self._column.addLayout(self._foot)
        follow(self._restyle)

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(12), px(10), px(12), px(10))
        self._column.setSpacing(px(8))
        self._head.setSpacing(px(8))
        self._middle.setSpacing(px(12))

    def set_words(self, about: str, button: str) -> None:
        """Write what it is about."""
        self.about.setText(about)
        self.button.setText(button)
        self.button.setAccessibleName(f"Step {self.number}, {self.title.text()}: {button}")

    def set_state(self, state: str) -> None:
        """Show it as `open`, `current` or `done`; the current one has a filled button, if that does it."""
        self.ring.state = state
        self.button.set_kind("accent" if state == "current" and self.body is None else "normal")
        self.state_words.setText("Done" if state == "done" else self._time)
        self.update()
        self.ring.update()

    @property
    def narrowest(self) -> int:
        """The width below which its button would be cut."""
        margins = self._column.contentsMargins()
        return self.button.sizeHint().width() + margins.left() + margins.right()

    def fit(self, width: int) -> int:
        """Take a width: words that wrap get the height they need. Returns the height of all of it."""
        margins, gap = self._column.contentsMargins(), self._column.spacing()
        inner = width - margins.left() - margins.right()
        for words in (self.title, self.about):
            words.setMinimumHeight(0)  # else the height of a narrower card would stay
        ring, button = self.ring.sizeHint(), self.button.sizeHint()
        title = max(0, self.title.heightForWidth(max(20, inner - ring.width() - self._head.spacing())))
        self.title.setMinimumHeight(title)
        self.state_words.setVisible(
            self.state_words.sizeHint().width() + button.width() + self._head.spacing() <= inner
        )
        high = margins.top() + max(ring.height(), title) + gap + button.height() + margins.bottom()
        if self._is_full:
            body = self.body.sizeHint() if self.body is not None else QSize(0, 0)
            beside = body.width() + self._middle.spacing() if self.body is not None else 0
            about = max(0, self.about.heightForWidth(max(20, inner - beside)))
            self.about.setMinimumHeight(about)
            high += max(body.height(), about) + gap
        return high

    def set_full(self, on: bool) -> None:
        """Show all of it, or title and button only where there is little room."""
        self._is_full = on
        self.about.setVisible(on)
        if self.body is not None:
            self.body.setVisible(on)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the outline; the current step has that of the accent."""
        colours, current = theme().colours, self.ring.state == "current"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colours.accent if current else colours.line, 2 if current else 1))
        painter.setBrush(colours.panel)
        radius = theme().radius("card")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
