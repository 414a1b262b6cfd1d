"""The attribution panel: which pixels speak for a class and which against it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from explorer.meaning import targets
from explorer.protocol.records import Target
from explorer.style.theme import follow, theme
from explorer.ui.attribution import maps
from explorer.ui.attribution.maps import Importance
from explorer.ui.attribution.side import ImportancePane
from explorer.ui.attribution.stage import ImportanceStage
from explorer.ui.probing.panel import LookPanel
from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.text import rule

NOTHING = "Choose an input to see what the answer depends on."
USUAL = ""


class AttributionPanel(LookPanel):
    """Shows an `Importance`.

    Signals:
        asked: (method, target) are wanted; target is None for the usual one.
    """

    asked = Signal(str, object)

    def __init__(self) -> None:
        self._method = Segmented("Method", maps.METHODS)
        self._method.set_value("integrated_gradients")
        self._class = Choice("Target", [(USUAL, "strongest")], "Target: ")
        self._where = QLineEdit()
        self._where.setAccessibleName("Another target")
        self._where.setPlaceholderText("7@3,4 · sum · conv2/5")
        self._where.setToolTip(targets.HOW)
        self._side = ImportancePane()
        self._stage = ImportanceStage()
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._stage, 1)
        row.addWidget(rule("down"))
        row.addWidget(self._side)
        super().__init__("Attribution", (self._method, self._class, self._where), body, NOTHING)
        self._method.chosen.connect(self._ask)
        self._class.chosen.connect(self._choose)
        self._where.editingFinished.connect(self._write)
        follow(self._size)

    def method(self) -> str:
        """Return the chosen method."""
        return self._method.value()

    def target(self) -> Target | None:
        """Return the chosen target, None for the usual one; what is typed counts before the list."""
        text = self._where.text().strip() or str(self._class.value() or USUAL)
        return targets.parse(text) if text else None

    def set_targets(self, offered: Sequence[tuple[Target, str]], usual: str = "strongest") -> None:
        """Offer targets to explain, besides the usual one, which is called so."""
        options = [(targets.written(target), words) for target, words in offered]
        self._class.set_options([(USUAL, usual), *options])

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

    def _choose(self, _value: object) -> None:
        """The list was used: what was typed counts no more."""
        self._where.clear()
        self._ask(_value)

    def _write(self) -> None:
        """A target was typed; one that cannot be read is said, and nothing asked."""
        if not self._where.isModified():
            return
        self._where.setModified(False)
        try:
            self.target()
        except targets.TargetProblem as problem:
            self.set_note(str(problem), "error")
            return
        self._ask(None)

    def _ask(self, _value: object) -> None:
        try:
            self.asked.emit(self.method(), self.target())
        except targets.TargetProblem as problem:
            self.set_note(str(problem), "error")

    def _size(self) -> None:
        self._where.setFixedWidth(theme().px(150))
