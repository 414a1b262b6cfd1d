"""The bar above several selected nodes: align and spread; hovering a button shows what would come."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.canvas import placing
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.overlays import PROJECTOR
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.floating import paint_floating
from explorer.ui.widgets.keys import native
from explorer.ui.widgets.text import rule

HEIGHT, ABOVE = 30, 12
MOST = 200
"""Selected nodes above which there is no bar: the commands are in the menu."""


class AlignBar(QWidget):
    """A child of the viewport; nothing moves before a click.

    Attributes:
        buttons: by the id of their command without its first word: `left`, `across`.

    """

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas.viewport())
        self._canvas = canvas
        self._ghosts: list[QRectF] = []
        self._guide: QLineF | None = None
        self._is_pressed = False
        self.buttons: dict[str, Button] = {}
        self.setAccessibleName("Align the selected blocks")
        self._row = QHBoxLayout(self)
        self._row.setSpacing(0)
        for number, (side, title, keys) in enumerate(placing.SIDES):
            if number == 3:
                self._row.addWidget(rule("down"))
            self._add(side, f"align_{side}", title, keys)
        self._row.addWidget(rule("down"))
        for way, title, keys in placing.WAYS:
            self._add(way, f"distribute_{way}", title, keys)
        canvas.foregrounds.append(self.paint_ghosts)
        canvas.viewport().installEventFilter(self)
        canvas.context.selected.connect(self.follow_selection)
        canvas.context.changed.connect(self.follow_selection)
        canvas.camera.moved.connect(self._put)
        follow(self._restyle)
        self.hide()

    def _add(self, name: str, icon: str, title: str, keys: tuple[str, ...]) -> None:
        words = f"{title} ({native(keys[0])})" if keys else title
        button = Button(kind="plain-icon", icon=icon, name=words, icon_size=16)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._run(name))
        button.installEventFilter(self)
        button.setProperty("side", name)
        self._row.addWidget(button)
        self.buttons[name] = button

    def _restyle(self) -> None:
        px = theme().px
        self._row.setContentsMargins(px(3), 1, px(3), 3)
        for button in self.buttons.values():
            button.setFixedSize(QSize(px(28), px(HEIGHT - 4)))
        self.setFixedHeight(px(HEIGHT) + 2)
        self.adjustSize()
        self.follow_selection()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        paint_floating(self, "control", theme().colours.line)

    # where it stands

    def follow_selection(self) -> None:
        """Stand above the selected nodes, if there are several that can be moved."""
        self._show_ghosts("")
        many = len(self._canvas.context.selected_nodes())
        for name, _, _ in placing.WAYS:
            self.buttons[name].setEnabled(many > 2)
        self._put()

    def _put(self) -> None:
        box = self._area()
        if box is None:
            self.hide()
            return
        port, gap = self._canvas.viewport().rect(), theme().px(ABOVE)
        top = self._canvas.camera.to_view(box.topLeft())
        bottom = self._canvas.camera.to_view(box.bottomRight())
        seen = QRectF(top, bottom).toAlignedRect().intersected(port)
        if seen.isEmpty():
            self.hide()
            return
        goal = QPoint(seen.left(), round(top.y()) - gap - self.height())
        goal.setX(min(max(goal.x(), 8), max(8, port.width() - self.width() - 8)))
        goal.setY(min(max(goal.y(), 8), max(8, port.height() - self.height() - 8)))
        if goal != self.pos():
            self.move(goal)
        self.show()
        self.raise_()

    def _area(self) -> QRectF | None:
        """Where the selected nodes stand; None when there is nothing to align now."""
        context = self._canvas.context
        ids = context.selected_nodes()
        if self._is_pressed or not 2 <= len(ids) <= MOST or not context.level.is_editable:
            return None
        if theme().scale >= PROJECTOR:
            return None
        area = QRectF()
        for node_id in ids:
            if node_id in context.views.nodes:
                area = area.united(self._canvas.scene_.placed.boxes[node_id])
        return area

    # what would come

    def _show_ghosts(self, name: str) -> None:
        before = bool(self._ghosts)
        self._ghosts, self._guide = [], None
        boxes = placing.boxes_of(self._canvas.context) if name else {}
        if len(boxes) > 1:
            self._ghosts, self._guide = preview(boxes, name)
        if before or self._ghosts:
            self._canvas.viewport().update()

    @property
    def ghosts(self) -> list[QRectF]:
        """Where the nodes would stand after a click on the hovered button."""
        return self._ghosts

    def paint_ghosts(self, painter: QPainter, _exposed: QRectF) -> None:
        """Paint guide line and dashed ghosts over the canvas."""
        if not self._ghosts:
            return
        pen = QPen(theme().colours.accent, 1.5, Qt.PenStyle.DashLine)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for box in self._ghosts:
            painter.drawRoundedRect(box, 6, 6)
        if self._guide is not None:
            painter.drawLine(self._guide)

    def _run(self, name: str) -> None:
        context = self._canvas.context
        self._show_ghosts("")
        side = next((side for side, *_ in placing.SIDES if side == name), None)
        if side is not None:
            placing.align(context, side)
        else:
            placing.distribute(context, next(way for way, *_ in placing.WAYS if way == name))
        self._canvas.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show what would come while a button is hovered; step aside while the mouse is down."""
        kind = event.type()
        if watched is self._canvas.viewport():
            if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
                assert isinstance(event, QMouseEvent)
                self._is_pressed = kind == QEvent.Type.MouseButtonPress
                self._put()
            elif kind == QEvent.Type.Resize:
                self._put()
        elif kind == QEvent.Type.Enter and isinstance(watched, Button) and watched.isEnabled():
            self._show_ghosts(str(watched.property("side")))
        elif kind == QEvent.Type.Leave:
            self._show_ghosts("")
        return False


def preview(boxes: dict[str, QRectF], name: str) -> tuple[list[QRectF], QLineF | None]:
    """Return where boxes would stand, and the line on which they are aligned."""
    for side, *_ in placing.SIDES:
        if side == name:
            return list(placing.aligned(boxes, side).values()), placing.guide(boxes, side)
    way = next(way for way, *_ in placing.WAYS if way == name)
    return list(placing.distributed(boxes, way).values()), None
