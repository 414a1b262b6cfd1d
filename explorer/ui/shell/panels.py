"""The table of panels in the dock. A panel is one folder under `ui/` and one row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QWidget

from explorer import extensions

if TYPE_CHECKING:
    from explorer.ui.shell.parts import Parts


class PanelPresenter(Protocol):
    """What `open_panel` returns: a widget, driven by a presenter that knows whether it is in sight."""

    @property
    def panel(self) -> QWidget:
        """The widget; a `take_controls()` of it gives the switches that stand in the row of tabs."""

    def activate(self) -> None:
        """The panel is in sight."""

    def deactivate(self) -> None:
        """The panel is hidden: it must ask nothing and draw nothing."""


@dataclass(frozen=True)
class PanelRow:
    """A panel: id, title, and the module whose `open_panel(parts)` makes it when it is first seen."""

    id: str
    title: str
    module: str

    def open(self, parts: Parts) -> PanelPresenter:
        """Make the panel for one open design."""
        make: Callable[[Parts], PanelPresenter] = import_module(self.module).open_panel
        return make(parts)


OWN: tuple[PanelRow, ...] = (
    PanelRow("training", "Training", "explorer.ui.training.presenter"),
    PanelRow("features", "Features", "explorer.ui.features.presenter"),
    PanelRow("attention", "Attention", "explorer.ui.attention.presenter"),
    PanelRow("arithmetic", "Arithmetic", "explorer.ui.arithmetic.presenter"),
    PanelRow("text", "Text", "explorer.ui.writing.presenter"),
    PanelRow("attribution", "Attribution", "explorer.ui.attribution.presenter"),
    PanelRow("answer", "Answer", "explorer.ui.answer.presenter"),
    PanelRow("summary", "Summary", "explorer.ui.summary.presenter"),
    PanelRow("problems", "Problems", "explorer.ui.problems.presenter"),
)
PANELS = (*OWN, *extensions.rows("panels", PanelRow, [row.id for row in OWN]))
"""Those of the program, and those of extensions."""
