"""The inspector for several selected nodes: title and sum, common fields, switches, place."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.forms.shared_fields import SharedForm, SharedRow, SharedView
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label, rule
from explorer.ui.widgets.wrapping_row import WrappingRow

PLACE = (
    ("align_left", "Align left edges"),
    ("align_centre", "Align centres"),
    ("align_right", "Align right edges"),
    ("align_top", "Align upper edges"),
    ("align_middle", "Align middles"),
    ("align_bottom", "Align lower edges"),
    ("distribute_across", "Spread evenly across"),
    ("distribute_down", "Spread evenly down"),
    ("straighten", "Straighten the wires"),
)
"""Commands of the canvas that stand as buttons under *Place*; they have icons of the same names."""
MORE = (("replace", "Replace all by…"), ("group", "Group"), ("focus_path", "Path between"))
HINT = "Type 64 to set all, ×2 or +16 to change each. One undo takes all back."


@dataclass(frozen=True)
class SeveralDetails:
    """What several nodes have in common.

    Attributes:
        addresses: of the nodes. title: “3 × Conv 2d”. sums: parameters and cost together.
        icon, family: of their block, when it is one. fields, switches: with equal or mixed values.
        others: fields that not all have, as “2 more in conv2”. reason: why nothing can be changed here.

    """

    addresses: tuple[str, ...]
    title: str
    sums: str
    icon: str
    family: str
    fields: tuple[SharedView, ...]
    switches: tuple[SharedView, ...]
    others: tuple[str, ...] = ()
    reason: str = ""


class SeveralPage(QWidget):
    """Shows what several nodes have in common.

    Signals:
        committed, typed: as of `SharedForm`. asked: id of a command of the canvas.
    """

    committed = Signal(str, object)
    typed = Signal(str, object)
    asked = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Several nodes")
        self._picture = ("block", "io")
        self.tile = QLabel()
        self.title = label(role="section", weight="semibold")
        self.sums = label(tone="2", wrap=True)
        self.reason = label(tone="2", wrap=True)
        self.form, self.switches = SharedForm(), SharedForm()
        self.hint = label(HINT, tone="2", wrap=True)
        self.others = label(tone="2", wrap=True)
        self.place_buttons: dict[str, Button] = {}
        self.more_buttons: dict[str, Button] = {}
        for form in (self.form, self.switches):
            form.committed.connect(self.committed)
            form.typed.connect(self.typed)
        self._lay_out()
        follow(self._restyle)

    def _lay_out(self) -> None:
        titles = QVBoxLayout()
        titles.setSpacing(0)
        titles.addWidget(self.title)
        titles.addWidget(self.sums)
        self._head = QHBoxLayout()
        self._head.addWidget(self.tile)
        self._head.addLayout(titles, 1)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head)
        self._column.addWidget(rule())
        self._parts = QVBoxLayout()
        for part in (self.reason, self.form, self.others, self.hint):
            self._parts.addWidget(part)
        self._column.addLayout(self._parts)
        self._column.addWidget(rule())
        self._second = QVBoxLayout()
        self._second.addWidget(self.switches)
        self._column.addLayout(self._second)
        self._column.addWidget(rule())
        self._third = QVBoxLayout()
        self._third.addWidget(label("Place", weight="semibold"))
        self._third.addLayout(self._place_row())
        self._third.addLayout(self._more_row())
        self._column.addLayout(self._third)
        self._column.addStretch(1)

    def _place_row(self) -> WrappingRow:
        row = WrappingRow()
        row.setSpacing(3)
        for command, name in PLACE:
            button = Button("", "icon", command, name)
            button.clicked.connect(lambda _checked=False, command=command: self.asked.emit(command))
            row.addWidget(button)
            self.place_buttons[command] = button
        return row

    def _more_row(self) -> WrappingRow:
        row = WrappingRow()
        row.setSpacing(8)
        for command, words in MORE:
            button = Button(words)
            button.clicked.connect(lambda _checked=False, command=command: self.asked.emit(command))
            row.addWidget(button)
            self.more_buttons[command] = button
        return row

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(0, 0, 0, px(12))
        self._column.setSpacing(0)
        self._head.setContentsMargins(px(14), px(12), px(14), px(12))
        self._head.setSpacing(px(10))
        for part in (self._parts, self._second, self._third):
            part.setContentsMargins(px(14), px(8), px(14), px(8))
            part.setSpacing(px(8))
        for button in self.place_buttons.values():
            button.setFixedSize(px(26), px(26))
        self.tile.setPixmap(icons.tile(*self._picture, px(32)))

    def show_details(self, details: SeveralDetails) -> None:
        """Show other nodes, or other values of the same."""
        self._picture = (details.icon, details.family)
        self.tile.setPixmap(icons.tile(*self._picture, theme().px(32)))
        self.title.setText(details.title)
        self.sums.setText(details.sums)
        self.reason.setText(details.reason)
        self.reason.setVisible(bool(details.reason))
        self.form.set_fields(details.addresses, details.fields)
        self.form.setVisible(bool(details.fields))
        self.switches.set_fields(details.addresses, details.switches)
        self.others.setText(_others(details))
        self.others.setVisible(bool(self.others.text()))
        self.hint.setVisible(bool(details.fields) and not details.reason)
        self.more_buttons["focus_path"].setVisible(len(details.addresses) == 2)

    def row(self, name: str) -> SharedRow | None:
        """Return the row of a field or switch, if it is shown."""
        return self.form.rows.get(name) or self.switches.rows.get(name)


def _others(details: SeveralDetails) -> str:
    """What is said of fields that not all have."""
    others = "; ".join(details.others)
    if details.fields:
        return f"{others}." if others else ""
    return "They have no field in common" + (f": {others.replace(' more', '')}." if others else ".")
