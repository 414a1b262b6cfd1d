"""How palette, canvas, dock and inspector share the window: by fixed rules, until the user moves a line."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QSplitter, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.shell.dock import TABS
from explorer.ui.widgets.text import box

CANVAS_LEAST = (560, 320)
PROJECTOR = 1.5
"""Text scale from which sizes are those of a projector."""
UNLIMITED = 16_777_215


@dataclass(frozen=True)
class Shares:
    """Widths of palette and inspector and height of the dock, at text scale 1."""

    palette: int
    inspector: int
    dock: int


def shares_for(width: int, height: int) -> Shares:
    """The sizes of the look for a window of this size."""
    if width >= 1800 and height >= 960:
        return Shares(232, 336, 336)
    if width >= 1400 and height >= 860:
        return Shares(204, 288, 268)
    return Shares(52, 272, 252)


class Room(QObject):
    """Knows where things are, not what they mean.

    Attributes:
        across: the widget with everything in it. palette, canvas, dock, inspector: what stands there.

    Signals:
        moved: the user has moved a line.

    """

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.palette: QWidget = box("panel")
        self.canvas: QWidget = box("canvas")
        self.inspector: QWidget = box("panel")
        self.dock: QWidget = box("panel")
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self._shares: Shares | None = None
        self._chosen: tuple[int, int, int] | None = None
        self._touched = self._is_folded = self._is_beside = self._is_presenting = False
        self._has_inspector = True
        for splitter in (self._middle, self.across):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
            splitter.splitterMoved.connect(self._mark_touched)
        for part in (self.canvas, self.dock):
            self._middle.addWidget(part)
        for part in (self.palette, self._middle, self.inspector):
            self.across.addWidget(part)
        self._stretch()
        follow(self.share_anew)

    def fill(self, palette: QWidget, canvas: QWidget, inspector: QWidget, dock: QWidget) -> None:
        """Put the real parts in their places; until then there are empty ones.

        So the first picture of the program needs nothing that is slow to load.
        """
        for splitter, index, part in (
            (self._middle, 0, canvas),
            (self._middle, 1, dock),
            (self.across, 0, palette),
            (self.across, 2, inspector),
        ):
            old = splitter.replaceWidget(index, part)
            if old is not None:
                old.deleteLater()
            part.show()
        self.palette, self.canvas, self.inspector, self.dock = palette, canvas, inspector, dock
        self._stretch()
        self.share_anew()

    def _stretch(self) -> None:
        self._middle.setStretchFactor(0, 1)
        self.across.setStretchFactor(1, 1)
        self.canvas.setMinimumSize(CANVAS_LEAST[0] // 2, CANVAS_LEAST[1] // 2)

    # sharing

    def share_anew(self) -> None:
        """Share by the rules, whatever the user has moved."""
        self._touched, self._shares = False, None
        self.share()

    def share(self) -> None:
        """Share by the rules, unless the user has moved a line and the window is of the same class."""
        px, width = theme().px, self.across.width()
        shares = shares_for(self.across.window().width(), self.across.window().height())
        if self._touched and shares == self._shares:
            return
        self._shares = shares
        large = theme().scale >= PROJECTOR
        palette = 0 if large or self._is_beside else px(shares.palette)
        self.palette.setVisible(palette > 0)
        self.palette.setMinimumWidth(px(52))
        self.inspector.setVisible(self.has_inspector)
        inspector = px(shares.inspector) if self.has_inspector else 0
        if inspector and width - palette - inspector < CANVAS_LEAST[0]:
            inspector = max(px(200), width - palette - CANVAS_LEAST[0])
        self.inspector.setMinimumWidth(min(inspector, px(240)))
        self.across.setSizes([palette, width - palette - inspector - 2, inspector])
        self._share_height()

    def _share_height(self) -> None:
        large = theme().scale >= PROJECTOR
        height = self._middle.height() or self.across.window().height()
        wanted = round(height * 0.4) if large else theme().px((self._shares or shares_for(0, 0)).dock)
        least = theme().px(TABS) + 2
        dock = least if self._is_folded else max(least, min(wanted, height - CANVAS_LEAST[1]))
        self._middle.setSizes([height - dock, dock])

    # what the user chooses

    def _mark_touched(self) -> None:
        self._touched = True
        self.moved.emit()

    def chosen(self) -> tuple[int, int, int]:
        """Widths of palette and inspector and height of the dock that the user has chosen, else zeros."""
        if not self._touched:
            return 0, 0, 0
        across, down = self.across.sizes(), self._middle.sizes()
        return across[0], across[2], down[1]

    def restore(self, palette: int, inspector: int, dock: int) -> None:
        """Take sizes that were chosen earlier, once the window is there; zeros leave them to the rules."""
        self._chosen = (palette, inspector, dock) if palette or inspector or dock else None

    def settle(self) -> None:
        """The window has its real size: share by the rules, then by what was chosen earlier."""
        self.share_anew()
        chosen, self._chosen = self._chosen, None
        if chosen is not None:
            palette, inspector, dock = chosen
            self.across.setSizes([palette, self.across.width() - palette - inspector - 2, inspector])
            self._middle.setSizes([self._middle.height() - dock, dock])
            self._touched = True

    def enlarge_dock(self, share: float) -> None:
        """Give the dock a share of the height, for views that need room."""
        height = self._middle.height()
        self._middle.setSizes([round(height * (1 - share)), round(height * share)])
        self._touched = True

    # states

    @property
    def has_inspector(self) -> bool:
        """Whether what stands at the right is shown; in a lecture it is not, until somebody asks for it."""
        return self._has_inspector and not self._is_presenting

    def show_inspector(self, on: bool) -> None:
        """Show what stands at the right, or hide it."""
        self._has_inspector, self._is_presenting = on, self._is_presenting and not on
        self.share_anew()

    def set_beside(self, on: bool) -> None:
        """Give the canvas the room of palette and dock while two designs are shown, or give it back."""
        self._is_beside = on
        self._show_dock()
        self.share_anew()

    def set_presenting(self, on: bool) -> None:
        """Give the canvas the room of the inspector for a lecture, or give it back."""
        self._is_presenting = on
        self._show_dock()
        self.share_anew()

    def _show_dock(self) -> None:
        """In a lecture the dock is there only when somebody has asked for a panel."""
        self.dock.setVisible(not self._is_beside and not (self._is_presenting and self._is_folded))

    def fold_dock(self, folded: bool) -> None:
        """Leave the dock only the height of its tabs, or give it its share."""
        self._is_folded = folded
        self._show_dock()
        self.dock.setMaximumHeight(theme().px(TABS) + 2 if folded else UNLIMITED)
        self._share_height()
