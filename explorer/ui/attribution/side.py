"""What stands beside a map of importance: the answer, what the numbers mean, the largest of them."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from explorer.style.theme import follow, theme
from explorer.ui.attention.facts import FactColumn
from explorer.ui.attribution import maps
from explorer.ui.attribution.maps import Importance
from explorer.ui.widgets.class_bars import ClassBars
from explorer.ui.widgets.text import label


class ImportancePane(QWidget):
    """The right column of the attribution panel."""

    def __init__(self) -> None:
        super().__init__()
        self._answer, self._facts = ClassBars(), FactColumn()
        self._meaning = label(tone="2", wrap=True)
        self._meaning.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self._answer_title = label("Answer", tone="2", weight="semibold")
        self._column.addWidget(self._answer_title)
        self._column.addWidget(self._answer)
        self._column.addWidget(self._meaning)
        self._column.addWidget(self._facts)
        self._column.addStretch(1)
        follow(self._space)

    def show_importance(self, importance: Importance) -> None:
        """Show figures and words."""
        self._answer.set_answers(importance.answers)
        for part in (self._answer_title, self._answer):  # maps and boxes are no list
            part.setVisible(bool(importance.answers))
        self._facts.set_facts(maps.extremes(importance))
        self._meaning.setText(maps.explanation(importance))

    def minimumSizeHint(self) -> QSize:
        """Allow a low dock: the figures are cut first."""
        return QSize(self.minimumWidth(), theme().px(120))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the figures out when they would be cut."""
        self._facts.setVisible(self.height() >= theme().px(300))

    def _space(self) -> None:
        px = theme().px
        self.setFixedWidth(px(232))
        self._column.setContentsMargins(px(14), px(10), px(14), px(8))
        self._column.setSpacing(px(8))
