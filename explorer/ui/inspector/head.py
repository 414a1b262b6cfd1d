"""The head of the inspector: tile, name, kind, address and pin."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.field import Field
from explorer.ui.widgets.text import label


class InspectorHead(QWidget):
    """The name is a field; why one is not taken stands below it."""

    renamed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._shown, self._picture = "", ("block", "io")
        self.tile = QLabel()
        self.name = Field("Name of the node")
        for key, value in (("kind", "bare"), ("role", "section"), ("weight", "semibold")):
            self.name.setProperty(key, value)
        self.kind = label(tone="2")
        self.address = ElidedLabel.styled("", tone="2", mono=True)
        self.pin = Button("", kind="plain-icon", icon="pin", name="Keep showing this node")
        self.pin.setCheckable(True)
        self.refusal = label(tone="error", role="caption", wrap=True)
        self.refusal.setVisible(False)
        self.name.committed.connect(self._rename)
        self.name.textEdited.connect(self._typing)
        self._lay_out()
        follow(self._restyle)

    def _lay_out(self) -> None:
        self._below = QHBoxLayout()
        self._below.setSpacing(0)
        self._below.addWidget(self.kind)
        self._below.addWidget(self.address, 1)
        titles = QVBoxLayout()
        titles.setSpacing(0)
        titles.addWidget(self.name)
        titles.addLayout(self._below)
        self._row = QHBoxLayout()
        self._row.addWidget(self.tile)
        self._row.addLayout(titles, 1)
        self._row.addWidget(self.pin)
        self._refused = QHBoxLayout()
        self._refused.addWidget(self.refusal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._row)
        column.addLayout(self._refused)

    def _restyle(self) -> None:
        px = theme().px
        self._row.setContentsMargins(px(14), px(12), px(10), px(8))
        self._row.setSpacing(px(8))
        # a line edit keeps its text 3 away from its edge
        self._below.setContentsMargins(3, 0, 0, 0)
        self._refused.setContentsMargins(px(56), 0, px(14), 0)
        self.name.setFixedHeight(px(22))
        self.tile.setPixmap(icons.tile(*self._picture, px(32)))

    def show_node(self, name: str, kind: str, address: str, icon: str, family: str) -> None:
        """Show another node; a name that is being typed stays while the node is the same."""
        if name != self._shown or name != self.name.value():
            self.name.set_value(name)
        self._shown, self._picture = name, (icon, family)
        self.kind.setText(f"{kind} · ")
        self.address.setText(address)
        self.tile.setPixmap(icons.tile(icon, family, theme().px(32)))

    def refuse(self, words: str) -> None:
        """Say why a name is not taken and show the old one; no words take that back."""
        self.refusal.setText(words)
        self.refusal.setVisible(bool(words))
        if words:
            self.name.set_value(self._shown)

    def _rename(self, name: object) -> None:
        self.renamed.emit(str(name).strip())

    def _typing(self) -> None:
        self.refuse("")
