"""Labels, rules and boxes: the plain pieces that the style sheet colours."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget


def label(
    text: str = "",
    role: str = "label",
    tone: str = "1",
    weight: str = "regular",
    mono: bool = False,
    wrap: bool = False,
) -> QLabel:
    """Return a label of plain text; role = size, tone = colour, weight = regular, medium or semibold."""
    result = QLabel()
    # names come from files: never let one be read as rich text
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setText(text)
    for name, value in (("role", role), ("tone", tone), ("weight", weight)):
        result.setProperty(name, value)
    result.setProperty("mono", mono)
    result.setWordWrap(wrap)
    if wrap:
        result.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return result


def restyle(widget: QWidget, **properties: object) -> None:
    """Set style properties of a widget that is already on screen."""
    if all(widget.property(name) == value for name, value in properties.items()):
        return
    for name, value in properties.items():
        widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)


def rule(direction: str = "across") -> QFrame:
    """Return a subtle line, ``across`` or ``down``."""
    result = QFrame()
    result.setProperty("rule", direction)
    return result


def box(ground: str, line: str | None = None) -> QFrame:
    """Return a container with a ground of the theme and a line along one side."""
    result = QFrame()
    result.setProperty("ground", ground)
    if line:
        result.setProperty("line", line)
    return result
