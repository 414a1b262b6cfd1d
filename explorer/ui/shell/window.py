"""The main window: bars, and between them the room that the design's parts share, or a page."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from explorer.ui.shell.room import Room
from explorer.ui.shell.status_bar import StatusBar
from explorer.ui.shell.top_bar import TopBar
from explorer.ui.widgets.text import rule

MARGIN = 40
"""Pixels of the screen that a new window leaves free."""


def fit_to_screen(window: QWidget, width: int, height: int, *, maximised: bool = False) -> None:
    """Give a window that is not shown yet a size within the screen it is on; zeros: the usual one."""
    screen = window.screen().availableGeometry()
    window.resize(min(width or 1440, screen.width() - MARGIN), min(height or 900, screen.height() - MARGIN))
    if maximised:
        window.setWindowState(Qt.WindowState.WindowMaximized)


class Window(QMainWindow):
    """Signals:
    painted: the first picture is on its way to the screen. fileDropped: path of a file.
    closing: it closes now. pageLeft: the design is shown again. resized: it has another size.
    """

    painted = Signal()
    fileDropped = Signal(str)
    closing = Signal()
    pageLeft = Signal()
    resized = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.top_bar, self.status_bar = TopBar(), StatusBar()
        self.room = Room(self)
        self.may_close: Callable[[], bool] = lambda: True
        self._was_painted = False
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top_bar)
        column.addWidget(rule())
        self._pages = QStackedWidget()
        self._pages.addWidget(self.room.across)
        column.addWidget(self._pages, 1)
        column.addWidget(rule())
        column.addWidget(self.status_bar)
        self.setCentralWidget(central)
        self.setAcceptDrops(True)
        self.setMinimumSize(960, 600)

    def show_page(self, page: QWidget | None) -> None:
        """Show a page in the place of the design, None for the design itself."""
        if page is not None and self._pages.indexOf(page) < 0:
            self._pages.addWidget(page)
        self._pages.setCurrentWidget(page or self.room.across)
        if page is None:
            self.pageLeft.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once that the first picture is on its way to the screen."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the space anew, unless the user has moved a line."""
        super().resizeEvent(event)
        self.room.share()
        self.resized.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Share once more when the parts have their real sizes."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self.room.settle)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
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
