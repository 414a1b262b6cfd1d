"""The attribution panel: which pixels speak for a class and which against it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.ui.attribution import maps
from explorer.ui.attribution.maps import Importance
from explorer.ui.attribution.side import ImportancePane
from explorer.ui.attribution.stage import ImportanceStage
from explorer.ui.probing.panel import LookPanel
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import rule

NOTHING = "Choose an input to see what the answer depends on."
MOST_LIKELY = -1


class AttributionPanel(LookPanel):
    """Shows an `Importance`.

    Signals:
        asked: (method, target) are wanted; target is None for the most likely class.
    """

    asked = Signal(str, object)

    def __init__(self) -> None:
        self._method = Segmented("Method", maps.METHODS)
        self._method.set_value("integrated_gradients")
        self._class = Choice("Class", [(MOST_LIKELY, "most likely")], "Class: ")
        self._side = ImportancePane()
        self._stage = ImportanceStage()
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._stage, 1)
        row.addWidget(rule("down"))
        row.addWidget(self._side)
        super().__init__("Attribution", (self._method, self._class), body, NOTHING)
        self._method.chosen.connect(self._ask)
        self._class.chosen.connect(self._ask)

    def method(self) -> str:
        """Return the chosen method."""
        return self._method.value()

    def target(self) -> int | None:
        """Return the chosen class, None for the most likely one."""
        value = self._class.value()
        return value if isinstance(value, int) and value != MOST_LIKELY else None

    def set_classes(self, names: Sequence[tuple[int, str]]) -> None:
        """Offer classes to explain, besides the most likely one."""
        self._class.set_options([(MOST_LIKELY, "most likely"), *names])

    def set_method(self, method: str) -> None:
        """Choose a method without telling anybody."""
        self._method.set_value(method)

    def set_method_enabled(self, method: str, reason: str | None) -> None:
        """Enable a method, or say why it cannot be used."""
        self._method.set_enabled(method, reason)

    def show_importance(self, importance: Importance) -> None:
        """Show the importance of an input's values."""
        self._stage.show_importance(importance)
        self._side.show_importance(importance)
        self.show_body()

    def _ask(self, _value: object) -> None:
        self.asked.emit(self.method(), self.target())
