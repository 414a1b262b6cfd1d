"""The panel of differences, in the inspector's place while two designs are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from explorer import words
from explorer.graph.difference import Difference, Kind, Row, Totals
from explorer.style.theme import follow, theme
from explorer.ui.beside.marks import paint_badge
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.text import label, rule

TITLES: Mapping[Kind, tuple[str, str]] = {
    "added": ("Added", "only in B"),
    "removed": ("Removed", "only in A"),
    "fields": ("Other fields", "what you changed"),
    "shapes": ("Other shapes", "what follows"),
}


class DifferenceRow(QAbstractButton):
    """A badge, a title and a line below; or a legend entry with its count at the right."""

    def __init__(self, kind: Kind, title: str, line: str = "", count: str = "") -> None:
        super().__init__()
        self.kind, self._title, self._line, self._count = kind, title, line, count
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(" ".join(part for part in (TITLES[kind][0], title, line, count) if part))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        """Write a count at the right."""
        self._count = words.count(count)
        self.setAccessibleName(f"{self._title}: {self._count}")
        self.update()

    def sizeHint(self) -> QSize:
        """One line, or two."""
        return QSize(theme().px(240), theme().px(44 if self._line and not self._count else 28))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the row."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        legend = bool(self._count)
        if (self.isChecked() and not legend) or self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.selected if self.isChecked() and not legend else colours.hover)
            painter.drawRoundedRect(self.rect(), px(6), px(6))
        if legend and not self.isChecked():
            painter.setOpacity(0.45)
        side = px(16)
        paint_badge(painter, QRectF(px(8), (self.height() - side) / 2, side, side), self.kind)
        left, right = px(34), self.width() - px(10)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        height = self.height() / (2 if self._line and not legend else 1)
        painter.setFont(theme().font("label", 600))
        painter.setPen(colours.text)
        title = painter.fontMetrics().elidedText(self._title, Qt.TextElideMode.ElideRight, right - left)
        painter.drawText(
            QRectF(left, px(2) if height < self.height() else 0, right - left, height), flags, title
        )
        used = painter.fontMetrics().horizontalAdvance(title) + px(8)
        if legend:
            painter.drawText(
                QRectF(left, 0, right - left, self.height()),
                Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
                self._count,
            )
        painter.setFont(theme().font("caption" if legend else "label"))
        painter.setPen(colours.text2)
        spot = QRectF(left + used, 0, right - left - used, self.height())
        if not legend:
            spot = QRectF(left, height - px(3), right - left, height)
        line = painter.fontMetrics().elidedText(self._line, Qt.TextElideMode.ElideRight, int(spot.width()))
        painter.drawText(spot, flags, line)


class DifferencePanel(QWidget):
    """Signals:
    chosen: number of a row. stepped: by how many to go on. shownKinds: kinds that shall be shown.
    trainAsked: train B as A was.
    """

    chosen = Signal(int)
    stepped = Signal(int)
    shownKinds = Signal(object)
    trainAsked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Difference")
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._where = label("", weight="semibold")
        self._names = label("", tone="2")
        self._said = label("", tone="2", wrap=True)
        self.back = Button("‹", "icon", name="The previous difference (Shift+N)")
        self.on = Button("›", "icon", name="The next difference (N)")
        for button, step in ((self.back, -1), (self.on, 1)):
            button.clicked.connect(lambda _checked=False, by=step: self.stepped.emit(by))
        self.legend = {kind: DifferenceRow(kind, *titles, count="0") for kind, titles in TITLES.items()}
        for entry in self.legend.values():
            entry.setChecked(True)
            entry.toggled.connect(self._tell_kinds)
        self.rows: list[DifferenceRow] = []
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self._totals = QGridLayout()
        self.train = Button("Train B as A was")
        self.train.clicked.connect(self.trainAsked)
        self._command = label("", "caption", "2", mono=True, wrap=True)
        self._command.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lay_out()
        follow(self._restyle)

    def _lay_out(self) -> None:
        body = QWidget()
        self._column = QVBoxLayout(body)
        head = QHBoxLayout()
        head.addWidget(label("Difference", "section", weight="semibold"), 1)
        for part in (self.back, self._where, self.on):
            head.addWidget(part)
        self._column.addLayout(head)
        self._column.addWidget(self._names)
        self._column.addWidget(self._said)
        for entry in self.legend.values():
            self._column.addWidget(entry)
        self._column.addWidget(rule())
        self._column.addWidget(label("In order of the flow", weight="semibold"))
        self._column.addLayout(self._list)
        self._column.addWidget(rule())
        self._column.addLayout(self._totals)
        self._column.addWidget(self.train, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.addWidget(label("The same in a terminal", "caption", "2"))
        self._column.addWidget(self._command)
        self._column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(body))

    def _restyle(self) -> None:
        px = theme().px
        self._column.setContentsMargins(px(14), px(14), px(10), px(12))
        self._column.setSpacing(px(6))

    def _tell_kinds(self) -> None:
        self.shownKinds.emit({kind for kind, entry in self.legend.items() if entry.isChecked()})

    def show_difference(self, found: Difference, groups: Sequence[tuple[Row, ...]], command: str) -> None:
        """Show what differs; `groups` are the lines of the list."""
        self._names.setText(f"A {found.names[0]} → B {found.names[1]}")
        for kind, entry in self.legend.items():
            entry.set_count(found.count(kind))
        self._said.setText(_said(found))
        self._said.setVisible(bool(_said(found)))
        self._fill(groups)
        self._show_totals(found.first, found.second)
        self._command.setText(command)
        self.set_place(-1, len(groups))

    def set_place(self, number: int, count: int) -> None:
        """Say which of the rows is looked at."""
        self._where.setText(f"{number + 1} of {count}" if number >= 0 else f"{count}")
        for button in (self.back, self.on):
            button.setEnabled(count > 0)
        for index, row in enumerate(self.rows):
            row.setChecked(index == number)

    def _fill(self, groups: Sequence[tuple[Row, ...]]) -> None:
        for old in self.rows:
            self._list.removeWidget(old)
            old.hide()
            old.deleteLater()
        self.rows = []
        for number, group in enumerate(groups):
            row = DifferenceRow(group[0].kind, ", ".join(one.address for one in group), line_of(group[0]))
            row.clicked.connect(lambda _checked=False, at=number: self.chosen.emit(at))
            self.rows.append(row)
            self._list.addWidget(row)

    def _show_totals(self, first: Totals, second: Totals) -> None:
        while (item := self._totals.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for column, title in enumerate(("Totals", "A", "B", "")):
            head = label(title, weight="semibold")
            if column:
                head.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._totals.addWidget(head, 0, column)
        rows = (
            ("Nodes", first.nodes, second.nodes, words.count),
            ("Parameters", first.parameters, second.parameters, words.count),
            ("MACs", first.macs, second.macs, words.short),
        )
        for line, (title, before, after, write) in enumerate(rows, 1):
            share = f"{words.percent((after - before) / before)}" if before and after != before else ""
            more = f"+{share}" if share and after > before else share
            cells = (title, write(before), write(after), more)
            for column, cell in enumerate(cells):
                made = label(cell, tone="3" if column == 3 else "1")
                if column:
                    made.setAlignment(Qt.AlignmentFlag.AlignRight)
                self._totals.addWidget(made, line, column)


def line_of(row: Row) -> str:
    """What a row says below its address: `filters 6 → 8`, `10,164 parameters less`."""
    if row.kind in ("added", "removed"):
        if not row.parameters:
            return row.block.replace("_", " ")
        more = "more" if row.parameters > 0 else "less"
        return f"{row.block.replace('_', ' ')}, {words.count(abs(row.parameters))} parameters {more}"
    return ", ".join(f"{change.name} {change.before} → {change.after}" for change in row.changes[:2])


def _said(found: Difference) -> str:
    if found.is_none:
        return "The two designs are the same."
    if not found.is_comparable:
        return "Less than a third of the nodes correspond, so the canvases are not aligned."
    return ""
