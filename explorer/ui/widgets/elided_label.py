"""A label that ends in … instead of being cut."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyleOption

from explorer.ui.widgets.text import label


class ElidedLabel(QLabel):
    """A plain-text label that takes any width; the whole text is its tip when some is hidden."""

    def __init__(self, text: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._mode = mode
        self.setText(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @classmethod
    def styled(
        cls, text: str = "", role: str = "label", tone: str = "1", weight: str = "regular", mono: bool = False
    ) -> ElidedLabel:
        """Return one with the same words for style as ``text.label``."""
        result, model = cls(text), label(text, role, tone, weight, mono)
        for name in ("role", "tone", "weight", "mono"):
            result.setProperty(name, model.property(name))
        return result

    def minimumSizeHint(self) -> QSize:
        """Allow any width."""
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much text as there is room for."""
        option = QStyleOption()
        option.initFrom(self)
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), self._mode, area.width())
        self.setToolTip(self.text() if shown != self.text() else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(area, self.alignment() | Qt.AlignmentFlag.AlignVCenter, shown)
