"""One head: large over the picture, its matrix, rollout, how far heads look, and the answer."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from explorer.style.colours import Array
from explorer.style.theme import follow, theme
from explorer.ui.attention.dots import LayerDots
from explorer.ui.attention.facts import FactColumn
from explorer.ui.attention.matrix import MatrixView
from explorer.ui.widgets.class_bars import ClassBars
from explorer.ui.widgets.elided_label import ElidedLabel
from explorer.ui.widgets.map_view import MapView
from explorer.ui.widgets.text import label, rule


class HeadPane(QScrollArea):
    """The right column of the attention panel.

    Signals:
        pointed: row and column of the patch under the mouse.
        picked: row and column of the patch that was clicked or reached by arrow keys.
        query_picked: the token whose row of the matrix was picked.
    """

    pointed = Signal(int, int)
    picked = Signal(int, int)
    query_picked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._tall = False
        self._title = ElidedLabel.styled(role="body", weight="semibold")
        self._hint = label(tone="3")
        self._large = MapView("Chosen head over the picture", 252)
        self._large.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._sole = MatrixView("Weights of the chosen head", 252)
        self._matrix = MatrixView("Weights, queries by keys", 176)
        self._rollout = MapView("Rollout over the picture", 176)
        for view in (self._large, self._sole, self._matrix, self._rollout):
            view.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._facts, self._dots, self._answer = FactColumn(), LayerDots("Mean distance"), ClassBars()
        self._matrix_title = ElidedLabel.styled(tone="2", weight="semibold")
        self._matrix_note = ElidedLabel.styled("Framed row: this query", "caption", "2")
        self._rollout_title = ElidedLabel.styled(tone="2", weight="semibold")
        self._rollout_note = ElidedLabel.styled(role="caption", tone="2")
        self._dots_title = label("Mean distance, in patches", tone="2", weight="semibold")
        self._answer_title = label("Answer", tone="2", weight="semibold")
        self._large.hovered.connect(self._point)
        self._large.picked.connect(self.picked)
        self._sole.picked.connect(self._pick_row)
        self._matrix.picked.connect(self._pick_row)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self._arrange()
        follow(self._measure)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._hint)
        self._body = QHBoxLayout()
        top = Qt.AlignmentFlag.AlignTop
        self._body.addWidget(self._large, 0, top)
        self._body.addWidget(self._sole, 0, top)
        self._body.addWidget(self._facts, 1)
        self._pair = QGridLayout()
        for column, widgets in enumerate(
            (
                (self._matrix_title, self._matrix, self._matrix_note),
                (self._rollout_title, self._rollout, self._rollout_note),
            )
        ):
            for row, widget in enumerate(widgets):
                self._pair.addWidget(widget, row, column)
        self._pair.setColumnStretch(2, 1)
        self._foot = QGridLayout()
        self._foot.addWidget(self._dots_title, 0, 0)
        self._foot.addWidget(self._dots, 1, 0, top)
        self._foot.addWidget(self._answer_title, 0, 1)
        self._foot.addWidget(self._answer, 1, 1, top)
        self._foot.setColumnStretch(0, 3)
        self._foot.setColumnStretch(1, 2)
        self._pair_rule = rule()
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.addLayout(head)
        self._column.addLayout(self._body)
        self._column.addWidget(rule())
        self._column.addLayout(self._pair)
        self._column.addWidget(self._pair_rule)
        self._column.addLayout(self._foot)
        self._column.addStretch(1)
        self.setWidget(inside)

    # what is shown

    def show_over_picture(
        self, title: str, picture: Array, weights: Array, query: tuple[int, int] | None, hint: str
    ) -> None:
        """Show weights on patches over the picture, the query's patch in white."""
        self._sole.hide()
        self._large.show()
        self._title.setText(title)
        self._hint.setText(hint)
        self._large.set_picture(picture, weights)
        self._large.set_grid((int(weights.shape[0]), int(weights.shape[1])))
        self._large.set_cell(query, white=True)
        for part in (self._matrix_title, self._matrix, self._matrix_note):
            part.show()

    def show_alone(self, title: str, weights: Array, query: int, hint: str, name: str) -> None:
        """Show a matrix in place of the picture."""
        self._large.hide()
        self._sole.show()
        self._title.setText(title)
        self._hint.setText(hint)
        self._sole.set_map(weights, name)
        self._sole.set_row(query)
        for part in (self._matrix_title, self._matrix, self._matrix_note):
            part.hide()

    def set_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Show facts beside the large picture."""
        self._facts.set_facts(facts)

    def facts(self) -> dict[str, str]:
        """Return the facts in sight."""
        return self._facts.facts()

    def set_matrix(self, weights: Array, query: int, name: str) -> None:
        """Show the matrix of the head."""
        self._matrix_title.setText(f"Weights, {weights.shape[0]} × {weights.shape[1]}")
        self._matrix_title.setToolTip("Queries down, keys across.")
        self._matrix.set_map(weights, name)
        self._matrix.set_row(query)

    def set_tokens(self, asking: Sequence[str], asked: Sequence[str]) -> None:
        """Write the tokens of texts on the axes of the matrix; () where there are none."""
        self._sole.set_tokens(asking, asked)

    def set_rollout(self, title: str, picture: Array | None, note: str) -> None:
        """Show the layers multiplied; None where they cannot be."""
        for part in (self._rollout_title, self._rollout, self._rollout_note):
            part.setVisible(picture is not None)
        self._pair_rule.setVisible(picture is not None)
        if picture is not None:
            self._rollout_title.setText(title)
            self._rollout.set_picture(picture)
            self._rollout_note.setText(note)

    def set_distances(self, layers: Sequence[Array]) -> None:
        """Show how far the heads of each layer look; nothing hides the chart."""
        self._dots_title.setVisible(bool(layers))
        self._dots.setVisible(bool(layers))
        self._dots.set_values(layers)

    def set_chosen(self, layer: int, head: int) -> None:
        """Mark the head in the chart."""
        self._dots.set_selected(layer, head)

    def set_answers(self, answers: Sequence[tuple[str, float]]) -> None:
        """Show the network's answer."""
        self._answer_title.setVisible(bool(answers))
        self._answer.setVisible(bool(answers))
        self._answer.set_answers(answers)

    def set_tall(self, tall: bool) -> None:
        """Use more room, for a large panel."""
        if tall != self._tall:
            self._tall = tall
            self._measure()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole picture in sight in a low dock."""
        super().resizeEvent(event)
        self._measure()

    def _measure(self) -> None:
        px, tall = theme().px, self._tall
        self.setFixedWidth(px(428 if tall else 322))
        for view in (self._large, self._sole):
            view.set_side(252 if tall else max(110, min(168, round(self.height() / theme().scale) - 44)))
        for view in (self._matrix, self._rollout):
            view.set_side(180 if tall else 130)
        self._column.setContentsMargins(px(14), px(10), px(14), px(10))
        self._column.setSpacing(px(10 if tall else 7))
        self._body.setSpacing(px(20 if tall else 12))
        self._pair.setHorizontalSpacing(px(20 if tall else 12))
        self._pair.setVerticalSpacing(px(6))
        self._foot.setHorizontalSpacing(px(24))
        self._foot.setVerticalSpacing(px(6))

    def _point(self, row: int, column: int, value: float) -> None:
        self.pointed.emit(row, column)

    def _pick_row(self, row: int, column: int) -> None:
        self.query_picked.emit(row)
