"""The line at the bottom: problems, totals, what is selected, autosave, zoom."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from explorer import words
from explorer.style import icons
from explorer.style.theme import follow, theme
from explorer.ui.widgets.buttons import Button
from explorer.ui.widgets.text import label, restyle

HEIGHT = 26


class StatusBar(QWidget):
    """Shows totals and what the engine works on; a click on the problems asks for their panel.

    Signals:
        stopAsked: what the engine works on shall be given up.
    """

    problemsAsked = Signal()
    stopAsked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("ground", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._mark = QLabel()
        self._problems = label("", "label", "good")
        self._remarks = label("", "label", "2")
        self._totals = [label("", "label", "2") for _ in range(4)]
        self._totals[3].setToolTip(
            "Memory for the values between layers, for one sample: running forward, and training. "
            "Weights are not counted."
        )
        self._selected = label("", "label", "2")
        self._working = label("", "label", "1")
        self.stop = Button("Stop", kind="link")
        self.stop.setToolTip("Give up what the engine works on")
        self.stop.clicked.connect(self.stopAsked)
        self._saved = label("", "label", "2")
        self._zoom = label("", "label", "2")
        self._faults = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(5)
        row.addWidget(self._mark)
        row.addWidget(self._problems)
        row.addWidget(self._remarks)
        for total in self._totals:
            row.addSpacing(14)
            row.addWidget(total)
        row.addStretch(1)
        for part in (self._working, self.stop):
            row.addWidget(part)
            part.hide()
        row.addSpacing(9)
        for part in (self._selected, self._saved, self._zoom):
            row.addWidget(part)
            row.addSpacing(14)
        follow(self._restyle)

    def set_totals(
        self, faults: int, nodes: int, parameters: int, macs: int, memory: tuple[int, int] | None
    ) -> None:
        """Show counts; with faults the sums are of what is known. `memory` is worked out later where None."""
        is_another_mark = bool(faults) != bool(self._faults) or not self._problems.text()
        self._faults = faults
        self._problems.setText(words.plural(faults, "problem") if faults else "No problems")
        known = " known" if faults else ""
        texts = (
            words.plural(nodes, "node"),
            f"{words.count(parameters)} parameters{known}",
            f"{words.short(macs)} MACs{known}",
            "" if memory is None else f"Memory {_bytes(memory[0])}, training {_bytes(memory[1])}",
        )
        for part, text in zip(self._totals, texts, strict=True):
            part.setText(text)
        if is_another_mark:
            self._restyle()
        self._show_what_fits()

    def set_remarks(self, count: int) -> None:
        """Show how many remarks there are, below problems in tone as in rank."""
        self._remarks.setText(f"· {words.plural(count, 'remark')}" if count else "")
        self._remarks.setVisible(bool(count))

    def set_working(self, text: str) -> None:
        """Show what the engine works on; empty for nothing."""
        self._working.setText(text)
        for part in (self._working, self.stop):
            part.setVisible(bool(text))

    def working_words(self) -> str:
        """What it says of the engine's work; empty while the sign is hidden."""
        return self._working.text() if self._working.isVisible() else ""

    def set_selected(self, count: int) -> None:
        """Show how many blocks are selected."""
        self._selected.setText(f"Selected: {count}" if count else "")

    def set_saved(self, text: str) -> None:
        """Show when the design was saved or autosaved."""
        self._saved.setText(text)

    def set_zoom(self, zoom: float) -> None:
        """Show the zoom."""
        self._zoom.setText(f"{round(zoom * 100)} %")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the problems opens their panel."""
        if event.position().x() <= max(self._problems.geometry().right(), self._remarks.geometry().right()):
            self.problemsAsked.emit()

    def _restyle(self) -> None:
        self.setFixedHeight(theme().px(HEIGHT))
        colours = theme().colours
        name, colour = ("warning", colours.error) if self._faults else ("check", colours.good)
        self._mark.setPixmap(icons.icon_pixmap(name, colour, theme().px(13)))
        restyle(
            self._problems,
            tone="error" if self._faults else "good",
            weight="semibold" if self._faults else "regular",
        )
        self._show_what_fits()

    def _show_what_fits(self) -> None:
        narrow = theme().scale > 1.3 or (self.window() is not None and self.window().width() < 1000)
        for part in self._totals[2:]:
            part.setVisible(not narrow)


def _bytes(size: float) -> str:
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            break
        size /= 1024
    return f"{size:.0f}{words.NBSP}{unit}" if size >= 10 or unit == "B" else f"{size:.1f}{words.NBSP}{unit}"
