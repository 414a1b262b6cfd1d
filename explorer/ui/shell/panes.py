"""One pane or two beside each other, and the switch that lets their cameras move together."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.shell.pane import Pane
from explorer.ui.widgets.buttons import Button


class Panes(QWidget):
    """The place of the canvas. Keys and buttons are about the focused pane.

    Signals:
        climbed: in the focused pane, how many levels of the path shall stay.
        focused: the canvas whose pane was clicked. coupled: whether cameras shall move together.
    """

    climbed = Signal(int)
    focused = Signal(object)
    coupled = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.panes = (Pane(), Pane())
        self._front = self.panes[0]
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.setHandleWidth(1)
        for pane in self.panes:
            self._splitter.addWidget(pane)
            pane.climbed.connect(self.climbed)
        self.panes[1].hide()
        self.couple = Button("Cameras move together", "chip", "link")
        self.couple.setCheckable(True)
        self.couple.setChecked(True)
        self.couple.setParent(self)
        self.couple.toggled.connect(self._tell_coupled)
        self.couple.hide()
        self._splitter.splitterMoved.connect(self._place)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)
        follow(self._place)

    @property
    def is_split(self) -> bool:
        """Whether two designs are shown."""
        return not self.panes[1].isHidden()

    @property
    def front(self) -> Pane:
        """The focused pane."""
        return self._front

    def _tell_coupled(self, on: bool) -> None:
        self.couple.setText("Cameras move together" if on else "Cameras move apart")
        self._place()
        self.coupled.emit(on)

    def pane_of(self, canvas: CanvasView) -> Pane | None:
        """The pane in which a canvas is in sight."""
        return next((pane for pane in self.panes if pane.canvas is canvas and not pane.isHidden()), None)

    def show_canvas(self, canvas: CanvasView) -> None:
        """Bring a canvas to the front: where it is in sight already, else in the focused pane."""
        pane = self.pane_of(canvas) or self._front
        pane.show_canvas(canvas)
        self._focus(pane)
        canvas.viewport().installEventFilter(self)

    def split(self, canvas: CanvasView) -> None:
        """Show another canvas beside the one in front."""
        other = self.panes[1] if self._front is self.panes[0] else self.panes[0]
        other.show_canvas(canvas)
        canvas.viewport().installEventFilter(self)
        for pane in self.panes:
            pane.show()
        self.arrange()
        self.couple.show()
        self.couple.raise_()

    def unsplit(self) -> None:
        """Show the focused pane alone."""
        if not self.is_split:
            return
        canvas = self._front.canvas
        for pane in self.panes:
            pane.describe("")
        self.panes[1].hide()
        self._focus(self.panes[0])
        if canvas is not None:
            self.panes[0].show_canvas(canvas)
        self.couple.hide()

    def drop(self, canvas: CanvasView) -> None:
        """A canvas is gone."""
        for pane in self.panes:
            pane.stack.removeWidget(canvas)

    def _focus(self, pane: Pane) -> None:
        self._front = pane
        for other in self.panes:
            other.head.set_focused(other is pane)

    def set_path(self, canvas: CanvasView, path: tuple[str, ...]) -> None:
        """Say which level a canvas shows."""
        pane = self.pane_of(canvas)
        if pane is not None:
            pane.set_path(path)

    def arrange(self) -> None:
        """Above each other where what is shown is wider than high, else next to each other."""
        bounds = [pane.canvas.scene_.placed.bounds() for pane in self.panes if pane.canvas is not None]
        wide = all(area.width() >= area.height() for area in bounds)
        self._splitter.setOrientation(Qt.Orientation.Vertical if wide else Qt.Orientation.Horizontal)
        half = (self.height() if wide else self.width()) // 2
        self._splitter.setSizes([half, half])
        self._place()

    def _place(self) -> None:
        """Keep the switch on the middle of the divider."""
        self.couple.adjustSize()
        self.couple.setFixedHeight(theme().px(26))
        at = self._splitter.handle(1).geometry().center()
        self.couple.move(at.x() - self.couple.width() // 2, at.y() - self.couple.height() // 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the size."""
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A press in the other pane focuses it."""
        if event.type() == QEvent.Type.MouseButtonPress and self.is_split:
            for pane in self.panes:
                canvas = pane.canvas
                if canvas is not None and watched is canvas.viewport() and pane is not self._front:
                    self._focus(pane)
                    self.focused.emit(canvas)
        return False
