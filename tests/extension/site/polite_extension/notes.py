"""A panel."""

from PySide6.QtWidgets import QLabel

from explorer.ui.shell.panels import PanelRow

PANEL = PanelRow("notes", "Notes", "polite_extension.notes")


class _Presenter:
    def __init__(self) -> None:
        self.panel = QLabel("Nothing noted yet.")

    def activate(self) -> None:
        """Nothing to ask for."""

    def deactivate(self) -> None:
        """Nothing to stop."""


def open_panel(parts: object) -> _Presenter:
    return _Presenter()
