"""The Help menu: licences, versions, the folder that a report needs."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from explorer.folders import state_folder
from explorer.ui.help.facts import facts
from explorer.ui.help.licences import licences
from explorer.ui.help.sheets import AboutSheet, LicenceSheet
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.window import Window


class HelpPresenter(QObject):
    """Makes each window when it is first wanted.

    Attributes:
        about, licence_sheet: None before.

    Signals:
        said: a line for the user.

    """

    said = Signal(str)

    def __init__(self, window: Window, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._window, self._designs = window, designs
        self.about: AboutSheet | None = None
        self.licence_sheet: LicenceSheet | None = None

    def show_about(self) -> None:
        """Show versions, engine and folders as they are now."""
        if self.about is None:
            self.about = AboutSheet(self._window)
        bench = self._designs.bench
        self.about.show_facts(facts(bench.runner.device_words(), bench.desk.session.file))
        self.about.show()
        self.about.raise_()

    def show_licences(self) -> None:
        """Show who owns what, and on which terms."""
        if self.licence_sheet is None:
            self.licence_sheet = LicenceSheet(self._window, licences())
        self.licence_sheet.show()
        self.licence_sheet.raise_()

    def open_folder(self) -> None:
        """Show the folder with sessions and settings: what a report may need."""
        folder = state_folder()
        folder.mkdir(parents=True, exist_ok=True)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.said.emit(f"Nothing here shows folders. It is {folder}.")
