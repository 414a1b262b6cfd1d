"""Real mouse, key and drop events on a canvas, written as a script."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.tools.insert import MIME

LEFT, MIDDLE, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Hand:
    """Sends events to the viewport; places are canvas points."""

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.button = LEFT
        self.keys = NONE
        self._at = QPointF()

    # places

    def middle(self, node: str) -> QPointF:
        return self.view.scene_.placed.boxes[node].center()

    def title(self, node: str) -> QPointF:
        """A point of the card that is clear of its ports."""
        return self.view.scene_.placed.boxes[node].topLeft() + QPointF(14, 10)

    def output(self, node: str, port: str = "y") -> QPointF:
        return self.view.scene_.placed.outputs[node][port]

    def input(self, node: str, port: str = "x") -> QPointF:
        return self.view.scene_.placed.inputs[node][port]

    def wire(self, src: str, dst: str) -> QPointF:
        routes = self.view.scene_.placed.routes
        route = next(r for e, r in routes.items() if (e.src, e.dst) == (src, dst))
        return route.path.pointAtPercent(0.5)

    def _local(self, point: QPointF) -> QPointF:
        return self.view.camera.to_view(point)

    # mouse

    def _send(self, kind: QEvent.Type, local: QPointF, button: Qt.MouseButton, down: Qt.MouseButton) -> None:
        port = self.view.viewport()
        event = QMouseEvent(kind, local, port.mapToGlobal(local), button, down, self.keys)
        QApplication.sendEvent(port, event)

    def press(self, point: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> Hand:
        self.button, self.keys, self._at = button, keys, self._local(point)
        self._send(QEvent.Type.MouseButtonPress, self._at, button, button)
        return self

    def move(self, point: QPointF) -> Hand:
        """Go there in two steps, in pixels: the canvas may scroll meanwhile."""
        start, goal = self._at, self._local(point)
        for place in ((start + goal) / 2, goal):
            self._send(QEvent.Type.MouseMove, place, Qt.MouseButton.NoButton, self.button)
        self._at = goal
        return self

    def release(self, point: QPointF) -> Hand:
        self._send(QEvent.Type.MouseButtonRelease, self._local(point), self.button, Qt.MouseButton.NoButton)
        self.keys = NONE
        return self

    def hover(self, point: QPointF) -> Hand:
        none = Qt.MouseButton.NoButton
        self._send(QEvent.Type.MouseMove, self._local(point), none, none)
        return self

    def click(self, point: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE) -> Hand:
        return self.press(point, button, keys).release(point)

    def double_click(self, point: QPointF) -> Hand:
        self.click(point)
        self._send(QEvent.Type.MouseButtonDblClick, self._local(point), LEFT, LEFT)
        return self.release(point)

    def drag(
        self,
        *points: QPointF,
        button: Qt.MouseButton = LEFT,
        keys: Qt.KeyboardModifier = NONE,
    ) -> Hand:
        self.press(points[0], button, keys)
        for point in points[1:]:
            self.move(point)
        return self.release(points[-1])

    def wheel(self, point: QPointF, steps: float) -> Hand:
        local = self._local(point)
        port = self.view.viewport()
        event = QWheelEvent(
            local,
            port.mapToGlobal(local),
            QPoint(),
            QPoint(0, round(120 * steps)),
            Qt.MouseButton.NoButton,
            NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(port, event)
        return self

    # keys

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> Hand:
        QTest.keyClick(self.view, key, keys)
        return self

    def hold(self, key: Qt.Key) -> Hand:
        QTest.keyPress(self.view, key)
        return self

    def let_go(self, key: Qt.Key) -> Hand:
        QTest.keyRelease(self.view, key)
        return self

    # palette

    def drop(self, block: str, point: QPointF, keys: Qt.KeyboardModifier = NONE) -> Hand:
        data = QMimeData()
        data.setData(MIME, block.encode())
        local, port = self._local(point), self.view.viewport()
        copy = Qt.DropAction.CopyAction
        QApplication.sendEvent(port, QDragEnterEvent(local.toPoint(), copy, data, LEFT, keys))
        QApplication.sendEvent(port, QDropEvent(local, copy, data, LEFT, keys))
        return self
