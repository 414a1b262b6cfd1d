"""A drop-down list with the chevron of the theme."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QListView

from explorer.style import icons
from explorer.style.theme import theme


class Choice(QComboBox):
    """One of many values."""

    chosen = Signal(object)

    def __init__(self, name: str, options: Sequence[tuple[object, str]] = (), prefix: str = "") -> None:
        """``options`` are pairs of value and words; ``prefix`` is written before the chosen words."""
        super().__init__()
        self.setAccessibleName(name)
        self._prefix = prefix
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.set_options(options)
        self.activated.connect(self._tell)
        self.setView(QListView())  # the platform's own view takes no style

    def set_options(self, options: Sequence[tuple[object, str]]) -> None:
        """Replace the options, keeping the chosen value where it still exists."""
        value = self.value()
        self.clear()
        for data, words in options:
            self.addItem(self._prefix + words, data)
        self.set_value(value)

    def value(self) -> object:
        """Return the chosen value."""
        return self.currentData()

    def set_value(self, value: object) -> None:
        """Choose a value without telling anybody."""
        index = next((i for i in range(self.count()) if self.itemData(i) == value), -1)
        if index >= 0:
            self.setCurrentIndex(index)

    def showPopup(self) -> None:
        """Open the list like every other menu: round corners, no frame of the platform."""
        holder = self.view().window()
        if not holder.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground):
            holder.setWindowFlags(
                Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint
            )
            holder.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the panel: scrolling past must not change a value."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chevron, which the style sheet cannot tint."""
        super().paintEvent(event)
        size, colours = theme().px(14), theme().colours
        chevron = icons.icon_pixmap(
            "chevron-down", colours.text2 if self.isEnabled() else colours.disabled, size
        )
        painter = QPainter(self)
        painter.drawPixmap(self.width() - size - theme().px(6), (self.height() - size) // 2, chevron)

    def _tell(self) -> None:
        self.chosen.emit(self.value())
