"""One line of the problems panel."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QWidget

from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.text import restyle

ADDRESS = 148
HEIGHT = 34


@dataclass(frozen=True)
class ProblemLine:
    """A problem in words.

    Attributes:
        key: names the problem in intents. address: where. sentence: what.
        waits: whether another node is at fault. is_remark: whether nothing has to be done about it.
        repairs: pairs of title and effect, the best first. others: further addresses that it is about.

    """

    key: int
    address: str
    sentence: str
    waits: bool = False
    is_remark: bool = False
    repairs: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()

    def is_about(self, address: str) -> bool:
        """Whether it says something of the node at an address."""
        return bool(address) and address in (self.address, *self.others)


class ProblemRow(QWidget):
    """Mark, address, sentence, best repair; Up and Down move, Enter repairs or selects, Delete dismisses."""

    picked = Signal(int)
    repair = Signal(int, int)
    moved = Signal(int)
    dismissed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.line = ProblemLine(-1, "", "")
        self.is_selected = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._mark = QLabel()
        self._address = ElidedLabel.styled("", mono=True)
        self._sentence = ElidedLabel.styled("")
        self.button = Button("")
        self.more = Button("", kind="plain")
        self.dismiss = Button(kind="icon", icon="close", name="Dismiss this remark for this design")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._mark)
        self._row.addWidget(self._address)
        self._row.addWidget(self._sentence, 1)
        self._row.addWidget(self.button)
        self._row.addWidget(self.more)
        self._row.addWidget(self.dismiss)
        self.button.clicked.connect(self._repair_first)
        self.more.clicked.connect(self._open_menu)
        self.dismiss.clicked.connect(lambda: self.dismissed.emit(self.line.key))
        follow(self._restyle)

    def set_line(self, line: ProblemLine) -> None:
        """Show another problem."""
        if line == self.line:
            return
        self.line = line
        self._address.setText(line.address)
        self._sentence.setText(line.sentence)
        self._sentence.setToolTip(line.sentence if line.is_remark else "")
        restyle(self._sentence, tone="2" if line.waits else "1")
        restyle(self._address, tone="2" if line.waits else "1")
        self.button.setText(line.repairs[0][0] if line.repairs else "")
        self.button.setToolTip(line.repairs[0][1] if line.repairs else "")
        self.button.setAccessibleName(f"{self.button.text()} at {line.address}")
        self.button.setVisible(bool(line.repairs))
        self.more.setText(f"{len(line.repairs) - 1} more")
        self.more.setAccessibleName(f"{self.more.text()} repairs for {line.address}")
        self.more.setVisible(len(line.repairs) > 1)
        self.dismiss.setVisible(line.is_remark)
        kind = "Remark" if line.is_remark else "Waits" if line.waits else "Problem"
        self.setAccessibleName(f"{kind} at {line.address}: {line.sentence}")
        self._restyle()

    def set_selected(self, on: bool) -> None:
        """Show whether the panels are about this node."""
        self.is_selected = on
        self.update()

    def _restyle(self) -> None:
        px, colours = theme().px, theme().colours
        self.setFixedHeight(px(HEIGHT))
        self._row.setContentsMargins(px(16), 0, px(16), 0)
        self._row.setSpacing(px(12))
        self._address.setFixedWidth(px(ADDRESS))
        name, colour = ("clock", colours.text2) if self.line.waits else ("warning", colours.error)
        if self.line.is_remark:
            name, colour = "info", colours.text2
        self._mark.setPixmap(icons.icon_pixmap(name, colour, px(16)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill the row when it is selected, has the focus or is under the mouse."""
        colours = theme().colours
        if self.is_selected:
            QPainter(self).fillRect(self.rect(), colours.selected)
        elif self.underMouse() or self.hasFocus():
            QPainter(self).fillRect(self.rect(), colours.hover)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(QPen(colours.focus, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Lift the row under the mouse."""
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Put it back."""
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click selects the node."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self.line.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space selects, Enter takes the best repair, Up and Down move."""
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.line.repairs:
            self._repair_first()
        elif key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.picked.emit(self.line.key)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.moved.emit(-1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.line.is_remark:
            self.dismissed.emit(self.line.key)
        else:
            super().keyPressEvent(event)

    def _repair_first(self) -> None:
        self.repair.emit(self.line.key, 0)

    def menu(self) -> QMenu:
        """Return the menu of the other repairs."""
        menu = QMenu(self)
        key = self.line.key
        for number, (title, effect) in enumerate(self.line.repairs[1:], 1):
            action = menu.addAction(f"{title}    {effect}" if effect else title)
            action.triggered.connect(lambda _checked=False, n=number: self.repair.emit(key, n))
        return menu

    def _open_menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))
