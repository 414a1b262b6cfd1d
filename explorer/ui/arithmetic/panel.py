"""The panel: the sum in the middle, the chosen part with its numbers and the layer's output at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from explorer import words
from explorer.protocol.arithmetic import ArithmeticSet
from explorer.style import colours
from explorer.style.theme import follow, theme
from explorer.ui.arithmetic.grid import NumberGrid
from explorer.ui.arithmetic.stage import SumStage, products
from explorer.ui.probing.panel import LookPanel
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.scrolling import scrolling
from explorer.ui.widgets.text import label, restyle, rule

NOTHING = "Choose a layer to see how one of its values comes about."


class ArithmeticPanel(LookPanel):
    """Shows an `ArithmeticSet`.

    Signals:
        wanted: index of another value in the layer's output.
    """

    wanted = Signal(object)

    def __init__(self) -> None:
        self._event: ArithmeticSet | None = None
        self.stage = SumStage()
        self.words = label(wrap=True)
        self.where = label(tone="2")
        self.output = MapView("Output of the layer", 110)
        self.output.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.formula = label(weight="semibold", wrap=True)
        self.check = label(tone="2", wrap=True)
        self.grids = [NumberGrid(name) for name in ("Window", "Weights", "Products")]
        self.product = label(tone="2")
        self._titles = [label(tone="2", role="caption") for _ in self.grids]
        super().__init__("Arithmetic", (), self._body(), NOTHING)
        follow(self._space_out)  # not before there is a widget that the connection ends with
        self.stage.chosen.connect(self.choose)
        self.output.picked.connect(self._pick)
        for grid in self.grids:
            grid.pointed.connect(self._point)

    def _body(self) -> QWidget:
        body = QWidget()
        middle = QWidget()
        self._middle = QVBoxLayout(middle)
        self._middle.addWidget(self.words)
        self._middle.addWidget(self.stage)
        self._middle.addStretch(1)
        right = QWidget()
        self._right = QVBoxLayout(right)
        top = QHBoxLayout()
        column = QVBoxLayout()
        column.addWidget(self.where)
        column.addWidget(self.output, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        text = QVBoxLayout()
        text.addWidget(self.formula)
        text.addWidget(self.check)
        text.addStretch(1)
        top.addLayout(column)
        top.addLayout(text, 1)
        self._right.addLayout(top)
        self._cells = QGridLayout()
        for number, (grid, title) in enumerate(zip(self.grids, self._titles, strict=True)):
            down, across = divmod(number, 2)
            self._cells.addWidget(title, 2 * down, across)
            self._cells.addWidget(grid, 2 * down + 1, across, Qt.AlignmentFlag.AlignLeft)
        self._cells.setColumnStretch(2, 1)
        self._right.addWidget(self.product)
        self._right.addLayout(self._cells)
        self._right.addStretch(1)
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._side = scrolling(right)
        row.addWidget(scrolling(middle), 1)
        row.addWidget(rule("down"))
        row.addWidget(self._side)
        return body

    def _space_out(self) -> None:
        px = theme().px
        self._side.setFixedWidth(px(346))
        for column in (self._middle, self._right):
            column.setContentsMargins(px(14), px(8), px(14), px(8))
            column.setSpacing(px(8))
        self._cells.setSpacing(px(6))

    # what is shown

    @property
    def place(self) -> tuple[int, ...]:
        """Index of the value in sight."""
        return self._event.place if self._event is not None else ()

    def show_value(self, event: ArithmeticSet) -> None:
        """Show how a value comes about; the chosen part stays if the layer and the value's map do."""
        before, self._event = self._event, event
        sizes = [abs(share.adds) for share in event.shares]
        current = sizes.index(max(sizes)) if sizes else 0
        if before is not None and before.address == event.address:
            names = [share.name for share in event.shares]
            held = before.shares[self.stage.current].name if before.shares else ""
            current = names.index(held) if held in names else current
        self.words.setText(event.words)
        self.where.setText(f"{event.address} · {place_words(event)}")
        self.formula.setText(event.formula)
        agrees = f"The layer gives {words.number(event.value, 5)}"
        self.check.setText(f"{agrees}, the same." if event.exact else f"{agrees}: not what this adds up to.")
        restyle(self.check, tone="2" if event.exact else "error")
        values = event.output
        low, high = colours.limits(values, colours.map_of(float(values.min()), float(values.max())))
        self.output.set_map(values, colours.map_of(low, high), low, high)
        self.output.set_cell(event.cell)
        self.stage.show_value(event, current)
        self.choose(current)
        self.show_body()

    def show_empty(self, words: str = NOTHING) -> None:
        """Show words in place of the value."""
        self.samples.set_box(None)
        super().show_empty(words)

    def choose(self, number: int) -> None:
        """Open a part: its window, weights and products with their numbers."""
        event = self._event
        if event is None or not 0 <= number < len(event.shares):
            return
        self.stage.current = number
        self.stage.update()
        share = event.shares[number]
        arrays = (share.window, share.weights, products(share))
        names = (f"{share.name}: window", "weights", "products")
        for grid, title, name, values, limits in zip(
            self.grids, self._titles, names, arrays, self.stage.limits, strict=True
        ):
            seen = values is not None and share.window.size > 1
            grid.setVisible(seen)
            title.setVisible(seen)
            title.setText(name)
            if values is not None:
                grid.show_values(values, limits, share.chosen)
        self._point(None)

    def _point(self, cell: tuple[int, int] | None) -> None:
        """Mark the same cell in all three, and write its product."""
        for grid in self.grids:
            grid.mark(cell)
        event = self._event
        share = event.shares[self.stage.current] if event is not None and event.shares else None
        if cell is None or share is None or share.weights is None:
            opened = share is not None and share.weights is not None and share.window.size > 1
            self.product.setText("Point at a cell to see its product." if opened else "")
            return
        value, weight = float(share.window[cell]), float(share.weights[cell])
        product = f"{words.number(value)} × {words.number(weight)} = {words.number(value * weight)}"
        self.product.setText(f"Row {cell[0]}, column {cell[1]}: {product}")

    def _pick(self, row: int, column: int) -> None:
        event = self._event
        if event is None:
            return
        place = (column,) if len(event.shape) == 1 else (*event.place[:-2], row, column)
        self.wanted.emit(place)


def place_words(event: ArithmeticSet) -> str:
    """`map 14, row 6, column 5`, `row 3, number 7`, `unit 2`."""
    place = event.place
    if len(place) == 3:
        return f"map {place[0]}, row {place[1]}, column {place[2]}"
    if len(place) == 2:
        return f"row {place[0]}, number {place[1]}"
    if len(place) == 1:
        return f"unit {place[0]}"
    return f"place {', '.join(map(str, place))}" if place else "its one value"
