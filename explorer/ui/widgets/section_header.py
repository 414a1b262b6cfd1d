"""The heading of a foldable section, with chevron and count."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from explorer.style import icons
from explorer.style.theme import theme


class SectionHeader(QAbstractButton):
    """Checked = open. Emits ``toggled``."""

    def __init__(self, title: str, count: str = "", foldable: bool = True) -> None:
        super().__init__()
        self._count, self._foldable = count, foldable
        self.setText(title)
        self.setAccessibleName(f"{title} {count}".strip())
        self.setCheckable(foldable)
        self.setChecked(foldable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if foldable else Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_count(self, count: str) -> None:
        """Show another count or remark at the right."""
        self._count = count
        self.update()

    def sizeHint(self) -> QSize:
        """Return a row of 26."""
        return QSize(theme().px(120), theme().px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw chevron, title and count."""
        colours, px = theme().colours, theme().px
        painter = QPainter(self)
        left = 0
        if self._foldable:
            name = "chevron-down" if self.isChecked() else "chevron-right"
            painter.drawPixmap(
                0, (self.height() - px(12)) // 2, icons.icon_pixmap(name, colours.text3, px(12))
            )
            left = px(14)
        painter.setFont(theme().font("label", 600))
        painter.setPen(colours.accent if self.hasFocus() else colours.text2)
        area = QRect(left, 0, self.width() - left, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text())
        painter.setFont(theme().font("label"))
        painter.setPen(colours.text3)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._count)
