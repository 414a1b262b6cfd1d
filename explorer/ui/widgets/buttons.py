"""Push buttons in the forms of the look: accent, plain, icon, link, chip, tab."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton

from explorer.style import icons
from explorer.style.theme import follow, theme


class Button(QPushButton):
    """A push button whose icon follows theme, state and text scale."""

    def __init__(
        self, text: str = "", kind: str = "normal", icon: str = "", name: str = "", icon_size: int = 16
    ) -> None:
        super().__init__(text)
        self._icon, self._icon_size = icon, icon_size
        self.setProperty("kind", kind)
        self.setAccessibleName(name or text)
        if name:
            self.setToolTip(name)
        # a ring after a mouse click would be noise; the keyboard still gets one
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAutoDefault(False)
        follow(self._restyle)

    def set_icon(self, icon: str) -> None:
        """Show another icon of the theme."""
        self._icon = icon
        self._restyle()

    def set_kind(self, kind: str) -> None:
        """Change the form, for example from normal to accent."""
        if self.property("kind") != kind:
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
            self._restyle()

    def _restyle(self) -> None:
        if not self._icon:
            return
        colours = theme().colours
        colour = colours.on_accent if self.property("kind") == "accent" else colours.text2
        size = theme().px(self._icon_size)
        self.setIcon(icons.icon(self._icon, colour, self._icon_size))
        self.setIconSize(QSize(size, size))
