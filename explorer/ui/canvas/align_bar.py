"""The bar above several selected nodes: align and spread; hovering a button shows what would come."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QLineF, QObject, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.canvas import placing
from explorer.ui.canvas.actions import ACTIONS
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.overlays import PROJECTOR
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.floating import paint_floating
from explorer.ui.widgets.keys import with_key
from explorer.ui.widgets.text import rule

HEIGHT, ABOVE = 30, 12
MOST = 200
"""Selected nodes above which there is no bar: the commands are in the menu."""


GROUPS = (
    ("align_left", "align_centre", "align_right"),
    ("align_top", "align_middle", "align_bottom"),
    ("distribute_across", "distribute_down", "straighten"),
)
_ROWS = {row.id: row for row in ACTIONS}


class AlignBar(QWidget):
    """A child of the viewport; nothing moves before a click.

    Attributes:
        buttons: by the id of their command.

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
        for group in GROUPS:
            if self.buttons:
                self._row.addWidget(rule("down"))
            for command in group:
                self._add(command)
        canvas.foregrounds.append(self.paint_ghosts)
        canvas.viewport().installEventFilter(self)
        canvas.context.selected.connect(self.follow_selection)
        canvas.context.changed.connect(self.follow_selection)
        canvas.camera.moved.connect(self._put)
        follow(self._restyle)
        self.hide()

    def _add(self, command: str) -> None:
        button = Button(kind="plain-icon", icon=command, name=_ROWS[command].title, icon_size=16)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self._run(command))
        button.installEventFilter(self)
        button.setProperty("command", command)
        self._row.addWidget(button)
        self.buttons[command] = button

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
        if len(self._canvas.context.selection.ids) > MOST:
            self.hide()
            return
        for command, button in self.buttons.items():
            button.setEnabled(_ROWS[command].why_not(self._canvas) is None)
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

    def _run(self, command: str) -> None:
        self._show_ghosts("")
        _ROWS[command].run(self._canvas)
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
            command = str(watched.property("command"))
            row = _ROWS[command]
            watched.setToolTip(with_key(row.title, f"edit.{command}", row.keys[0] if row.keys else ""))
            self._show_ghosts(command)
        elif kind == QEvent.Type.Leave:
            self._show_ghosts("")
        return False


def preview(boxes: dict[str, QRectF], command: str) -> tuple[list[QRectF], QLineF | None]:
    """Return where boxes would stand, and the line on which they are aligned; nothing for other commands."""
    for side, *_ in placing.SIDES:
        if command == f"align_{side}":
            return list(placing.aligned(boxes, side).values()), placing.guide(boxes, side)
    for way, *_ in placing.WAYS:
        if command == f"distribute_{way}":
            return list(placing.distributed(boxes, way).values()), None
    return [], None
