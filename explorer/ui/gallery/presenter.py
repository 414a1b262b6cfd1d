"""Shows the gallery and opens what is chosen there."""

from __future__ import annotations

from PySide6.QtCore import QObject

from explorer.ui.designs.files import FilePresenter
from explorer.ui.gallery.entry import entries
from explorer.ui.gallery.page import GalleryPage
from explorer.ui.gallery.variant import Variant
from explorer.ui.shell.window import Window


class GalleryPresenter(QObject):
    """Makes the page when it is first wanted; until then it costs nothing."""

    def __init__(self, window: Window, files: FilePresenter) -> None:
        super().__init__(window)
        self._window, self._files = window, files
        self.page: GalleryPage | None = None

    def show(self) -> None:
        """Show the page in the place of the design."""
        if self.page is None:
            self.page = GalleryPage()
            self.page.set_entries(entries())
            self.page.opened.connect(self._open)
            self.page.closed.connect(self.close)
        self._window.show_page(self.page)

    def close(self) -> None:
        """Show the design again."""
        self._window.show_page(None)

    def toggle(self) -> None:
        """Show the page, or the design when the page is shown."""
        if self.page is not None and self.page.isVisible():
            self.close()
        else:
            self.show()

    def _open(self, name: str) -> None:
        variant = self.page.facts.variant if self.page is not None else None
        if variant is None or variant.id != name:
            variant = Variant(name)
        if self._files.open_gallery(name, variant.size or None, variant.classes or None, variant.options):
            self.close()
