"""The canvas widget: shows a level of a workspace and turns mouse and keys into gestures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QToolTip, QWidget

from explorer.figures.canvas.painting import ground
from explorer.graph.level import Path
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme
from explorer.ui.canvas import hits, keys, navigation, pointer, tidying, wheel
from explorer.ui.canvas.adding import PortRef
from explorer.ui.canvas.camera import Camera, detail_at
from explorer.ui.canvas.context import Context
from explorer.ui.canvas.double_click import double_click
from explorer.ui.canvas.edge_scroll import EdgeScroll
from explorer.ui.canvas.far_scene import FarScene
from explorer.ui.canvas.held_keys import HeldKeys
from explorer.ui.canvas.live_pictures import LivePictures
from explorer.ui.canvas.overlays import Overlays
from explorer.ui.canvas.pointer import Pointer
from explorer.ui.canvas.problem_display import ProblemDisplay
from explorer.ui.canvas.scene import CanvasScene
from explorer.ui.canvas.spoken_nodes import spoken_nodes
from explorer.ui.canvas.tools.idle import Idle
from explorer.ui.canvas.tools.insert import Insert, block_of
from explorer.ui.canvas.tools.tool import Tool
from explorer.ui.widgets.spoken import tell_focus

EMPTY_WORDS = "Drag a block here, or press Tab and type."


class CanvasView(QGraphicsView):
    """A level on screen.

    Signals:
        selectionChanged: addresses of the selected nodes.
        levelChanged: path of the level that is shown now.
        probeRequested: address of a node that was clicked.
        openRequested: path of a level that was opened by hand.
        addRequested: canvas point, and the `PortRef` to wire a block to, the `Edge` to put it into, or None.
        menuRequested: global point, and what lies there.
        said: a sentence for the user. zoomChanged: pixels per canvas unit.
        tapped: Space was pressed and let go at once. escaped: Esc had nothing to cancel.
        problemShown: address of the node whose problem is explained.
    """

    selectionChanged = Signal(tuple)
    levelChanged = Signal(tuple)
    probeRequested = Signal(str)
    openRequested = Signal(tuple)
    addRequested = Signal(QPointF, object)
    menuRequested = Signal(QPoint, object)
    said = Signal(str)
    zoomChanged = Signal(float)
    problemShown = Signal(str)
    tapped = Signal()
    escaped = Signal()

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context: Context = Context(workspace, self)
        self.scene_ = CanvasScene(self.context.tiles)
        self.scene_.look(QRectF())
        self.context.shown.in_sight = self.scene_.in_sight
        self._far = FarScene(self.scene_)
        self.camera = Camera(self)
        self.overlays = Overlays(self.viewport())
        self.problems = ProblemDisplay(self)
        self.pictures = LivePictures(self.context, self.scene_)
        self._insert = Insert(self)
        self._tool: Tool = Idle(self)
        self.foregrounds: list[Callable[[QPainter, QRectF], None]] = []
        self._overlay = QRectF()
        self.held = ""
        self.keys = keys.ALL
        self.pointed: QPointF | None = None
        self._held = HeldKeys(self)
        self._edges = EdgeScroll(self, lambda at: self._tool.move(at))
        self._opened = False
        self._zoom_told = 0.0
        self._is_empty = True
        self._set_up()
        self._join()
        self._show_views()

    def _set_up(self) -> None:
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setScene(self.scene_)
        self.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        # only an opaque viewport is scrolled by moving its pixels
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Canvas")

    def _join(self) -> None:
        self.context.changed.connect(self._show_views)
        self.context.selected.connect(self._show_selection)
        self.context.level_changed.connect(self._show_level)
        self.context.said.connect(self.said)
        self.camera.moved.connect(self._camera_moved)
        self.overlays.bar.pressed.connect(self._bar_pressed)
        self.overlays.minimap.looked.connect(lambda at: self.camera.look_at(self.zoom, at, fly=False))
        theme().changed.connect(self._restyle)

    # state

    spoken_items = spoken_nodes

    @property
    def zoom(self) -> float:
        """Pixels per canvas unit."""
        return self.camera.zoom

    @property
    def tool(self) -> Tool:
        """The gesture in progress; `Idle` when there is none."""
        return self._tool

    @property
    def is_idle(self) -> bool:
        """Whether no gesture is in progress."""
        return self._tool.id == Idle.id

    # what gestures may use (see `tools/stage.py`)

    def start(self, tool: Tool) -> None:
        """Begin a gesture."""
        self._tool = tool
        self.show_cursor(tool.cursor)
        self.refresh_overlay()

    def finish(self) -> None:
        """End the gesture that is going on."""
        self._edges.stop()
        self._tool = Idle(self)
        self.show_cursor(self._tool.cursor)
        self.refresh_overlay()

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Give the pointer a form."""
        self.viewport().setCursor(shape)

    def say_beside(self, words: str, at: QPointF) -> None:
        """Say something beside the pointer; nothing ends it."""
        self.overlays.hint.show_at(words, at)

    def scroll_by(self, right: float, down: float) -> None:
        """Move what is seen, in pixels."""
        self.camera.scroll(right, down)

    def look_into(self, node_id: str) -> None:
        """Let the panels be about a node."""
        self.probeRequested.emit(self.context.address(node_id))

    def ask_for_block(self, at: QPointF, port: PortRef) -> None:
        """Ask for a block at a canvas point, to be wired to a port."""
        self.addRequested.emit(at, port)

    def ask_menu(self, at: Pointer) -> None:
        """Open the menu of what lies there."""
        navigation.ask_menu(self, at)

    def cancel_gesture(self) -> bool:
        """Take back the gesture that is going on; returns whether there was one."""
        if self.is_idle:
            return False
        tool = self._tool
        self.finish()
        tool.cancel()
        return True

    # showing

    def show_level(self, path: Sequence[str]) -> bool:
        """Show another level."""
        return self.context.show_level(path)

    def show_address(self, address: str) -> bool:
        """Select the node at an address and bring it into sight, on whatever level it is."""
        return navigation.show_address(self, address)

    def show_problem_at(self, node_id: str) -> bool:
        """Explain what is wrong with a node of this level, if anything is."""
        return self.problems.show(node_id)

    def _show_views(self) -> None:
        self.scene_.show(self.context.views, self.context.level.prefix, self.context.difference)
        if self.scene_.detail == "far":
            self._far.follow()
        self.camera.set_extent(self.scene_.sceneRect())
        self.overlays.minimap.show_level(self.scene_.far_picture, self.scene_.placed.bounds)
        self.overlays.show_minimap(wanted=len(self.context.views.nodes) > 1)
        self.problems.check()
        is_empty = not (self.context.views.nodes or self.context.views.notes)
        if is_empty != self._is_empty:
            self._is_empty = is_empty
            self.viewport().update()

    def _show_selection(self) -> None:
        chosen = self.context.selection
        self.scene_.select(frozenset(chosen.ids), chosen.wires, chosen.focused, chosen.dots)
        if self.scene_.detail == "far":
            self._far.follow()
        self.follow_problem()
        self.selectionChanged.emit(self.context.addresses())
        tell_focus(self)

    def follow_problem(self) -> None:
        """Explain the problem of the one node or wire that is selected; hide any other."""
        node_id = self.context.selection.only
        if node_id is None and len(self.context.selection.wires) == 1:
            edge = next(iter(self.context.selection.wires))
            wire = self.context.views.wires.get(edge)
            node_id = edge.dst if wire is not None and wire.kind == "problem" else None
        if node_id is None or node_id not in self.context.views.nodes or not self.show_problem_at(node_id):
            self.problems.hide()

    def _show_level(self, path: Path) -> None:
        self.problems.hide()
        self.overlays.rename.hide()
        self.open_readable()
        self.levelChanged.emit(tuple(path))

    def _restyle(self) -> None:
        self._far.follow()
        self.scene_.update()
        self.overlays.minimap.forget()
        self._place_overlays()
        self.viewport().update()

    # camera

    def open_readable(self) -> None:
        """Show the level as when it is opened: readable, from its beginning."""
        self.camera.floor = self.overlays.floor()
        self.camera.open_on(self.scene_.placed.bounds())

    def _camera_moved(self) -> None:
        zoom = self.zoom
        # at projector sizes a name that is only as large as on a desk is better than none
        self.scene_.set_detail(detail_at(zoom / min(theme().scale, 1.0), self.scene_.detail), zoom)
        wanted = self._far if self.scene_.detail == "far" else self.scene_
        if self.scene() is not wanted:
            self._far.follow()
            self.setScene(wanted)
        self.scene_.look(self.camera.visible())
        self._place_overlays()
        self.overlays.minimap.show_view(self.camera.visible())
        if zoom != self._zoom_told:
            self._zoom_told = zoom
            self.zoomChanged.emit(zoom)

    def _place_overlays(self) -> None:
        self.overlays.place()
        self.problems.place()

    def _bar_pressed(self, name: str) -> None:
        if name == "wand":
            tidying.tidy_level(self)
        else:
            navigation.BAR[name](self)

    # mouse, passed on to the gesture

    def _pointer(self, event: QMouseEvent) -> Pointer:
        return pointer.of_event(event, self.camera.to_scene(event.position()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pass the press on."""
        self.setFocus()
        self._held.use()
        if not self.is_idle and event.button() == Qt.MouseButton.RightButton:
            self.cancel_gesture()
            return
        self._tool.press(self._pointer(event))
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pass the movement on; at the edge the canvas moves along."""
        at = self._pointer(event)
        self.pointed = at.view
        self._tool.move(at)
        if self._tool.scrolls:
            self._edges.follow(at)
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pass the release on."""
        if not self.is_idle:
            self._tool.release(self._pointer(event))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open, name, or ask for a block; else it is a press like any other."""
        at = self._pointer(event)
        if event.button() == Qt.MouseButton.LeftButton and not double_click(self, at):
            self._tool.press(at)
        event.accept()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom or pan."""
        wheel.turn(self, event)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """Take pinches, and forget what was under a pointer that has left."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.camera.zoom_at(self.zoom * (1 + event.value()), event.position())
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._explain(event)
            return True
        if event.type() == QEvent.Type.Leave:
            self.scene_.hover(hits.Target())
            self.pointed = None
        return super().viewportEvent(event)

    def _explain(self, event: QHelpEvent) -> None:
        """Say in full what a card has no room for."""
        target = hits.find(self.scene_, self.camera.to_scene(QPointF(event.pos())), self.zoom)
        view = self.context.views.nodes.get(target.id)
        problem = self.context.problem_at(target.id) if view else None
        words = problem.message if problem else ""
        if view is not None and not words:
            words = view.title if target.kind == "node" else target.port
        QToolTip.showText(event.globalPos(), words, self.viewport())

    # keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Run what the key means; in a window most keys are those of its menus and come here no more."""
        run = None if self._held.press(event) else keys.find(self.keys, event.key(), event.modifiers())
        if run is not None and (self.is_idle or event.key() == Qt.Key.Key_Escape):
            run(self)
        event.setAccepted(run is not None or bool(self.held))

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of Space and Y."""
        if not self._held.release(event):
            super().keyReleaseEvent(event)

    def focusNextPrevChild(self, following: bool) -> bool:
        """Keep Tab, it adds a block; Shift+Tab leaves the canvas."""
        return False if following else super().focusNextPrevChild(following)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of held keys."""
        self._held.forget()
        super().focusOutEvent(event)

    # drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take blocks from the palette."""
        self._drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Mark the wire under the block."""
        self._drag(event)

    def _drag(self, event: QDragEnterEvent | QDragMoveEvent) -> None:
        if block_of(event.mimeData()) is None or not self.context.level.is_editable:
            event.ignore()
            return
        self._insert.move(self.camera.to_scene(QPointF(event.position())), alt=_alt(event))
        event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Forget the block."""
        self._insert.leave()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the block."""
        block = block_of(event.mimeData())
        if block is not None:
            self._insert.drop(block, self.camera.to_scene(QPointF(event.position())), alt=_alt(event))
            event.acceptProposedAction()
            self.setFocus()

    # painting

    def refresh_overlay(self) -> None:
        """Draw what belongs to the gesture anew."""
        area = self._tool.bounds()
        both = area.united(self._overlay)
        self._overlay = area
        if not both.isNull():
            corners = QRectF(self.camera.to_view(both.topLeft()), self.camera.to_view(both.bottomRight()))
            self.viewport().update(corners.normalized().toAlignedRect().adjusted(-6, -6, 6, 6))

    def drawBackground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Draw the ground with its dots."""
        assert isinstance(rect, QRectF)
        painter.fillRect(rect, theme().colours.canvas)
        if self.scene_.detail == "far":
            return
        transform = painter.worldTransform()
        painter.save()
        painter.resetTransform()
        ground.grid(painter, transform.mapRect(rect), transform.m11(), transform.map(QPointF()))
        painter.restore()

    def drawForeground(self, painter: QPainter, rect: QRectF | object) -> None:
        """Draw marks, what belongs to the gesture, or the words on an empty canvas."""
        assert isinstance(rect, QRectF)
        for paint in self.foregrounds:
            paint(painter, rect)
        self._tool.paint(painter)
        if self._is_empty:
            painter.save()
            painter.resetTransform()
            painter.setFont(theme().font("section"))
            painter.setPen(theme().colours.text3)
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter, EMPTY_WORDS)
            painter.restore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the window; rows of levels without places are wrapped to its first width."""
        super().resizeEvent(event)
        self.scene_.look(self.camera.visible())
        self._place_overlays()
        self.overlays.show_minimap(wanted=len(self.context.views.nodes) > 1)
        self.overlays.minimap.show_view(self.camera.visible())
        if not self._opened and self.isVisible():
            self._first_look()
        elif self.camera.is_fitted:  # all was in sight, and it stays so
            navigation.fit_all(self, fly=False)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the beginning of the design when the canvas is first seen."""
        super().showEvent(event)
        if not self._opened:
            self._first_look()

    def _first_look(self) -> None:
        self._opened = True
        self.context.set_room(self.camera.room(self.overlays.floor()))
        self.open_readable()


def _alt(event: QDropEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
