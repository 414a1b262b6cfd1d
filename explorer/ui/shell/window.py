"""The main window: five places, filled from outside, that share the space by fixed rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.shell.dock import TABS
from explorer.ui.shell.status_bar import StatusBar
from explorer.ui.shell.top_bar import TopBar
from explorer.ui.widgets.text import box, rule

CANVAS_LEAST = (560, 320)
MARGIN = 40
"""Pixels of the screen that a new window leaves free."""


@dataclass(frozen=True)
class Shares:
    """Widths of palette and inspector and height of the dock, at text scale 1."""

    palette: int
    inspector: int
    dock: int


def shares_for(width: int, height: int) -> Shares:
    """The sizes of look.md section 8 for a window of this size."""
    if width >= 1800 and height >= 960:
        return Shares(232, 336, 336)
    if width >= 1400 and height >= 860:
        return Shares(204, 288, 268)
    return Shares(52, 272, 252)


def fit_to_screen(window: QWidget, width: int, height: int, *, maximised: bool = False) -> None:
    """Give a window that is not shown yet a size within the screen it is on; zeros: the usual one."""
    screen = window.screen().availableGeometry()
    window.resize(min(width or 1440, screen.width() - MARGIN), min(height or 900, screen.height() - MARGIN))
    if maximised:
        window.setWindowState(Qt.WindowState.WindowMaximized)


class Window(QMainWindow):
    """Knows where things are, not what they mean."""

    painted = Signal()
    fileDropped = Signal(str)
    closing = Signal()
    resized = Signal()
    shared = Signal()
    pageLeft = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.top_bar, self.status_bar = TopBar(), StatusBar()
        self.palette_panel: QWidget = box("panel")
        self.canvas: QWidget = box("canvas")
        self.inspector: QWidget = box("panel")
        self.dock: QWidget = box("panel")
        self.may_close: Callable[[], bool] = lambda: True
        self._touched = self._was_painted = self._is_folded = self._is_beside = False
        self._shares: Shares | None = None
        self._chosen: tuple[int, int, int] | None = None
        self._middle = QSplitter(Qt.Orientation.Vertical)
        self._across = QSplitter(Qt.Orientation.Horizontal)
        for splitter in (self._middle, self._across):
            splitter.setHandleWidth(1)
            splitter.setChildrenCollapsible(False)
            splitter.splitterMoved.connect(self._mark_touched)
        for part in (self.canvas, self.dock):
            self._middle.addWidget(part)
        for part in (self.palette_panel, self._middle, self.inspector):
            self._across.addWidget(part)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(rule())
        self._pages = QStackedWidget()
        self._pages.addWidget(self._across)
        column.addWidget(self._pages, 1)
        column.addWidget(rule())
        column.addWidget(self.status_bar)
        self.setCentralWidget(central)
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)
        self._prepare()
        follow(self._share_anew)

    def fill(self, palette: QWidget, canvas: QWidget, inspector: QWidget, dock: QWidget) -> None:
        """Put the real parts in their places; until then the window shows empty ones.

        So the first picture of the program needs nothing that is slow to load.
        """
        for splitter, index, part in (
            (self._middle, 0, canvas),
            (self._middle, 1, dock),
            (self._across, 0, palette),
            (self._across, 2, inspector),
        ):
            old = splitter.replaceWidget(index, part)
            if old is not None:
                old.deleteLater()
            part.show()
        self.palette_panel, self.canvas, self.inspector, self.dock = palette, canvas, inspector, dock
        self._prepare()
        self._share_anew()

    def show_page(self, page: QWidget | None) -> None:
        """Show a page in the place of the design, None for the design itself."""
        if page is not None and self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(page or self._across)
        if page is None:
            self.pageLeft.emit()

    def _prepare(self) -> None:
        self._middle.setStretchFactor(0, 1)
        self._across.setStretchFactor(1, 1)
        self.canvas.setMinimumSize(CANVAS_LEAST[0] // 2, CANVAS_LEAST[1] // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the first picture is on its way to the screen."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the space anew, unless the user has moved a splitter."""
        super().resizeEvent(event)
        self._share()
        self.resized.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Share once more when the parts have their real sizes."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._first_share)

    def _first_share(self) -> None:
        self._share_anew()
        self._restore()

    def _mark_touched(self) -> None:
        self._touched = True
        self.shared.emit()

    def chosen_shares(self) -> tuple[int, int, int]:
        """Widths of palette and inspector and height of the dock that the user has chosen, else zeros."""
        if not self._touched:
            return 0, 0, 0
        across, down = self._across.sizes(), self._middle.sizes()
        return across[0], across[2], down[1]

    def restore_shares(self, palette: int, inspector: int, dock: int) -> None:
        """Take sizes that were chosen earlier; zeros leave them to the program."""
        self._chosen = (palette, inspector, dock) if palette or inspector or dock else None

    def _restore(self) -> None:
        chosen, self._chosen = self._chosen, None
        if chosen is None:
            return
        palette, inspector, dock = chosen
        self._across.setSizes([palette, self.width() - palette - inspector - 2, inspector])
        self._middle.setSizes([self._middle.height() - dock, dock])
        self._touched = True

    def _share_anew(self) -> None:
        self._touched = False
        self._shares = None
        self._share()

    def _share(self) -> None:
        px = theme().px
        shares = shares_for(self.width(), self.height())
        if self._touched and shares == self._shares:
            return
        self._shares = shares
        large = theme().scale >= 1.5
        palette = 0 if large or self._is_beside else px(shares.palette)
        self.palette_panel.setVisible(palette > 0)
        self.palette_panel.setMinimumWidth(px(52))
        inspector = px(shares.inspector)
        if self.width() - palette - inspector < CANVAS_LEAST[0]:
            inspector = max(px(200), self.width() - palette - CANVAS_LEAST[0])
        self.inspector.setMinimumWidth(min(inspector, px(240)))
        self._across.setSizes([palette, self.width() - palette - inspector - 2, inspector])
        self._share_height(large)

    def _share_height(self, large: bool) -> None:
        height = self._middle.height() or self.height()
        wanted = round(height * 0.4) if large else theme().px((self._shares or shares_for(0, 0)).dock)
        least = theme().px(TABS) + 2
        dock = least if self._is_folded else max(least, min(wanted, height - CANVAS_LEAST[1]))
        self._middle.setSizes([height - dock, dock])

    def set_beside(self, beside: bool) -> None:
        """Give the canvas the room of palette and dock while two designs are shown, or give it back."""
        self._is_beside = beside
        self.dock.setVisible(not beside)
        self._share_anew()

    def fold_dock(self, folded: bool) -> None:
        """Leave the dock only the height of its tabs, or give it its share."""
        self._is_folded = folded
        self.dock.setMaximumHeight(theme().px(TABS) + 2 if folded else 16_777_215)
        self._share_height(theme().scale >= 1.5)

    def enlarge_dock(self, share: float) -> None:
        """Give the dock a share of the height, for views that need room."""
        height = self._middle.height()
        self._middle.setSizes([round(height * (1 - share)), round(height * share)])
        self._touched = True

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take design files and pictures."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Tell which file was dropped."""
        for url in event.mimeData().urls()[:1]:
            if url.isLocalFile():
                self.fileDropped.emit(url.toLocalFile())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask whether it may close, then tell."""
        if self.may_close():
            self.closing.emit()
            event.accept()
        else:
            event.ignore()
