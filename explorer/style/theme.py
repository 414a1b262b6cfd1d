"""The one theme object: colours, sizes and fonts of everything on screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from explorer.style import fonts, tokens

Mode = Literal["light", "dark"]


class Theme(QObject):
    """Mode, contrast and text scale, and what follows from them.

    Widgets read it while painting; those that keep sizes connect to ``changed``.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._mode: Mode = "light"
        self._contrast = False
        self._scale = 1.0
        self._reduced_motion = False
        self._is_applied = False
        self._palette = tokens.palette("light")

    @property
    def mode(self) -> Mode:
        """``light`` or ``dark``."""
        return self._mode

    @property
    def contrast(self) -> bool:
        """Whether high contrast is on."""
        return self._contrast

    @property
    def scale(self) -> float:
        """The text scale, 1 on a desk and 1.75 on a projector."""
        return self._scale

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing may move."""
        return self._reduced_motion

    @property
    def colours(self) -> tokens.Palette:
        """The colours in force."""
        return self._palette

    def change(
        self,
        mode: Mode | None = None,
        contrast: bool | None = None,
        scale: float | None = None,
        reduced_motion: bool | None = None,
    ) -> None:
        """Change what is given, restyle the application if it looks otherwise, and tell everybody once."""
        before = self._mode, self._contrast, self._scale
        limits = tokens.raw()["scale"]
        self._mode = mode or self._mode
        self._contrast = self._contrast if contrast is None else contrast
        self._reduced_motion = self._reduced_motion if reduced_motion is None else reduced_motion
        if scale is not None:
            self._scale = min(max(scale, limits["min"]), limits["max"])
        palette = tokens.palette(self._mode)
        self._palette = palette.high_contrast() if self._contrast else palette
        if before != (self._mode, self._contrast, self._scale) or not self._is_applied:
            self.apply()
        self.changed.emit()

    def px(self, value: float) -> int:
        """Return a length of the look in pixels at the text scale."""
        return round(value * self._scale)

    def space(self, step: int) -> int:
        """Return the n-th step of the spacing scale (2 4 8 12 16 24 32 48)."""
        return self.px(tokens.raw()["space"][step])

    def radius(self, name: str) -> int:
        """Return the corner radius of ``tile``, ``control``, ``card``, ``popover`` or ``frame``."""
        return self.px(tokens.raw()["radius"][name])

    def font(self, role: str = "body", weight: int = 400, mono: bool = False) -> QFont:
        """Return the font of a role such as ``caption``, ``label``, ``body`` or ``section``."""
        return fonts.make(tokens.raw()["font"]["size"][role] * self._scale, weight, mono)

    def family_colour(self, family: str) -> QColor:
        """Return the tile colour of a family of blocks."""
        families = self._palette.families
        return families.get(family, families["io"])

    def run_colour(self, index: int) -> QColor:
        """Return the colour of the n-th training run."""
        return self._palette.runs[index % len(self._palette.runs)]

    def class_colour(self, index: int) -> QColor:
        """Return the colour in which the n-th class is drawn; they come round again after nine."""
        colours = [colour for family, colour in self._palette.families.items() if family != "io"]
        return colours[index % len(colours)]

    def duration(self, name: str) -> int:
        """Return how long a ``panel``, ``camera`` or ``scene`` change takes, in milliseconds."""
        motion = tokens.raw()["motion"]
        return int(motion["reducedMs"] if self._reduced_motion else motion[f"{name}Ms"])

    def apply(self) -> None:
        """Give the application its style, palette, font and style sheet."""
        from explorer.style import style_sheet

        app = QApplication.instance()
        if not isinstance(app, QApplication):
            return
        app.setStyle("Fusion")
        app.setPalette(self._qt_palette())
        app.setFont(self.font())
        app.setStyleSheet(style_sheet.write(self))
        self._is_applied = True

    def _qt_palette(self) -> QPalette:
        # the platform's own colour scheme is ignored: it does nothing offscreen or under bare xcb
        colours, role, group = self._palette, QPalette.ColorRole, QPalette.ColorGroup
        palette = QPalette()
        table = {
            role.Window: colours.panel,
            role.WindowText: colours.text,
            role.Base: colours.panel,
            role.AlternateBase: colours.sunken,
            role.Text: colours.text,
            role.Button: colours.panel,
            role.ButtonText: colours.text,
            role.BrightText: colours.error,
            role.ToolTipBase: colours.panel,
            role.ToolTipText: colours.text,
            role.PlaceholderText: colours.text3,
            role.Highlight: colours.selected,
            role.HighlightedText: colours.text,
            role.Accent: colours.accent,
            role.Link: colours.accent,
            role.LinkVisited: colours.accent,
            role.Light: colours.panel,
            role.Midlight: colours.line_subtle,
            role.Mid: colours.line,
            role.Dark: colours.line,
            role.Shadow: colours.line_strong,
        }
        for name, colour in table.items():
            palette.setColor(name, colour)
        for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
            palette.setColor(group.Disabled, name, colours.disabled)
        return palette


@cache
def theme() -> Theme:
    """Return the theme of this process."""
    return Theme()


def follow(slot: Callable[[], None]) -> None:
    """Call a widget's bound method now and whenever the theme changes.

    Only for bound methods: Qt drops the connection with the widget, it would keep a closure alive.
    """
    theme().changed.connect(slot)
    slot()
