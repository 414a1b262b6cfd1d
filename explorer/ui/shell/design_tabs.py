"""The tabs of the open designs: name, unsaved dot, progress of a run behind, close."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QTabBar, QToolTip

from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.widgets.keys import with_key

WIDEST, NARROWEST, HEIGHT = 200, 84, 36


@dataclass(frozen=True)
class TabLook:
    """What one tab shows.

    Attributes:
        title: name of the design. unsaved: whether changes wait to be saved.
        share: how much of a run is done, None while there is none. left: words for the tip.
        mark: “done” or “failed”, after a run that ended behind the tab. letter: in a split view, A or B.

    """

    title: str
    unsaved: bool = False
    share: float | None = None
    left: str = ""
    mark: str = ""
    letter: str = ""


class DesignTabs(QTabBar):
    """Signals:
    chosen: number of a tab that shall come to the front. closeAsked: of one that shall be closed.
    newAsked: a double click beside the tabs. renameAsked: number of a tab that was double clicked.
    menuAsked: number of a tab, and the point of the screen where its menu shall open.
    """

    chosen = Signal(int)
    closeAsked = Signal(int)
    newAsked = Signal()
    renameAsked = Signal(int)
    menuAsked = Signal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Open designs")
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setElideMode(Qt.TextElideMode.ElideMiddle)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._looks: list[TabLook] = []
        self._hovered = -1
        self.currentChanged.connect(self._tell)
        self._is_setting = False
        follow(self._restyle)

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))
        self.updateGeometry()
        self.update()

    def show_tabs(self, looks: list[TabLook], current: int) -> None:
        """Show these tabs."""
        self._is_setting = True
        while self.count() > len(looks):
            self.removeTab(self.count() - 1)
        while self.count() < len(looks):
            self.addTab("")
        resized = [look.title for look in looks] != [look.title for look in self._looks]
        self._looks = list(looks)
        for number, look in enumerate(looks):
            if self.tabText(number) != look.title:
                self.setTabText(number, look.title)
            unsaved = ", unsaved changes" if look.unsaved else ""
            self.setTabToolTip(number, f"{look.title}{unsaved}" + (f"\n{look.left}" if look.left else ""))
        if self.currentIndex() != current:
            self.setCurrentIndex(current)
            resized = True
        if resized and 0 <= current < len(looks):
            # which tab may not be squeezed is another one now: Qt lays tabs out when a text is set
            self.setTabText(current, "")
            self.setTabText(current, looks[current].title)
        self._is_setting = False
        if resized:
            self.updateGeometry()
        self.update()

    def _tell(self, number: int) -> None:
        if not self._is_setting and number >= 0:
            self.chosen.emit(number)

    def tabSizeHint(self, index: int) -> QSize:
        """By the name, within limits."""
        px = theme().px
        look = self._looks[index] if index < len(self._looks) else TabLook("")
        words = QFontMetrics(theme().font("label", 600)).horizontalAdvance(look.title)
        extra = (
            (24 if look.letter else 0) + (12 if look.unsaved else 0) + (42 if look.share is not None else 0)
        )
        width = min(max(words + px(46 + extra), px(NARROWEST)), px(WIDEST + extra))
        return QSize(width, px(HEIGHT))

    def minimumTabSizeHint(self, index: int) -> QSize:
        """As narrow as a few letters; the one in front can be read."""
        wide = self.tabSizeHint(index).width() if index == self.currentIndex() else theme().px(NARROWEST)
        return QSize(min(wide, theme().px(WIDEST)), theme().px(HEIGHT))

    def _close_area(self, index: int) -> QRect:
        px = theme().px
        area = self.tabRect(index)
        return QRect(area.right() - px(26), area.center().y() - px(10), px(20), px(20))

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw every tab."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, look in enumerate(self._looks):
            self._paint(painter, number, look, self.tabRect(number), number == self.currentIndex())

    def _paint(self, painter: QPainter, number: int, look: TabLook, area: QRect, front: bool) -> None:
        colours, px = theme().colours, theme().px
        ground = QRectF(area).adjusted(1, 0, -1, 0)
        if front or number == self._hovered:
            painter.setPen(QPen(colours.line, 1) if front else Qt.PenStyle.NoPen)
            painter.setBrush(colours.panel if front else colours.hover)
            painter.drawRoundedRect(ground.adjusted(0.5, 0.5, -0.5, px(8)), px(6), px(6))
        if front:
            painter.fillRect(QRectF(ground.left() + px(6), 0, ground.width() - px(12), px(2)), colours.accent)
        left = area.left() + px(12)
        if look.letter:
            left = self._paint_letter(painter, look.letter, left, area, front)
        room = self._close_area(number).left() - left - px(4)
        if look.share is not None:
            _paint_share(painter, look.share, area)
            words = f"{look.share:.0%}"
            painter.setFont(theme().font("caption"))
            painter.setPen(colours.text2)
            wide = painter.fontMetrics().horizontalAdvance(words)
            spot = QRect(self._close_area(number).left() - wide - px(4), area.top(), wide + 2, area.height())
            painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter, words)
            room -= wide + px(8)
        elif look.mark:
            room -= self._paint_mark(painter, look.mark, number, area)
        self._paint_title(painter, look, QRect(left, area.top(), room, area.height()), front)
        cross = icons.icon("close", colours.text2, 12).pixmap(px(12), px(12))
        spot = self._close_area(number)
        painter.drawPixmap(spot.center().x() - px(6) + 1, spot.center().y() - px(6) + 1, cross)
        if front and self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colours.focus, 2))
            painter.drawRoundedRect(ground.adjusted(1, 1, -1, -1), px(6), px(6))

    def _paint_title(self, painter: QPainter, look: TabLook, area: QRect, front: bool) -> None:
        colours, px = theme().colours, theme().px
        painter.setFont(theme().font("label", 600 if front else 400))
        painter.setPen(colours.text if front else colours.text2)
        dot = px(12) if look.unsaved else 0
        words = painter.fontMetrics().elidedText(
            look.title, Qt.TextElideMode.ElideMiddle, max(0, area.width() - dot)
        )
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if look.unsaved:
            end = area.left() + painter.fontMetrics().horizontalAdvance(words) + px(8)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.text3)
            painter.drawEllipse(QPointF(end, area.center().y() + 1), px(3), px(3))

    def _paint_letter(self, painter: QPainter, letter: str, left: int, area: QRect, front: bool) -> int:
        colours, px = theme().colours, theme().px
        spot = QRectF(left, area.center().y() - px(9) + 1, px(18), px(18))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.text if front else colours.text3)
        painter.drawRoundedRect(spot, px(5), px(5))
        painter.setPen(colours.panel)
        painter.setFont(theme().font("caption", 600))
        painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, letter)
        return left + px(24)

    def _paint_mark(self, painter: QPainter, mark: str, number: int, area: QRect) -> int:
        colours, px = theme().colours, theme().px
        colour, name = (colours.good, "check") if mark == "done" else (colours.warning, "warning")
        spot = self._close_area(number)
        picture = icons.icon(name, colour, 14).pixmap(px(14), px(14))
        painter.drawPixmap(spot.left() - px(16), area.center().y() - px(7) + 1, picture)
        return px(20)

    # mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark what is under the pointer."""
        hovered = self.tabAt(event.position().toPoint())
        if hovered != self._hovered:
            self._hovered = hovered
            self.update()
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Mark nothing."""
        self._hovered = -1
        self.update()
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press on the cross is no choice."""
        if self._crossed(event) < 0:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Close by the cross or the middle button."""
        number = self.tabAt(event.position().toPoint())
        if number >= 0 and (event.button() == Qt.MouseButton.MiddleButton or self._crossed(event) >= 0):
            self.closeAsked.emit(number)
            return
        super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """A double click on a tab renames its design, beside the tabs it asks for a new one."""
        number = self.tabAt(event.position().toPoint())
        if number < 0:
            self.newAsked.emit()
        elif self._crossed(event) < 0:
            self.renameAsked.emit(number)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the tab under the pointer; by key, of the one in front."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        number = self.currentIndex() if by_key else self.tabAt(event.pos())
        at = self.mapToGlobal(self.tabRect(number).center()) if by_key else event.globalPos()
        if number >= 0:
            self.menuAsked.emit(number, at)

    def _crossed(self, event: QMouseEvent) -> int:
        point = event.position().toPoint()
        number = self.tabAt(point)
        is_on = number >= 0 and self._close_area(number).contains(point)
        return number if is_on and event.button() == Qt.MouseButton.LeftButton else -1

    def event(self, event: QEvent) -> bool:
        """Say that the cross closes."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            number = self.tabAt(event.pos())
            if number >= 0 and self._close_area(number).contains(event.pos()):
                QToolTip.showText(
                    event.globalPos(),
                    with_key(f"Close {self._looks[number].title}", "file.close", "Ctrl+W"),
                    self,
                )
                return True
        return super().event(event)


def _paint_share(painter: QPainter, share: float, area: QRect) -> None:
    colours, px = theme().colours, theme().px
    line = QRectF(area.left() + px(4), area.bottom() - px(3) + 1, area.width() - px(8), px(3))
    painter.fillRect(line, colours.line)
    painter.fillRect(QRectF(line.left(), line.top(), line.width() * share, line.height()), colours.accent)
