"""Finds words in a window that are cut off: too narrow, too low, or outside of what holds them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from explorer.style.theme import theme
from explorer.ui.widgets.elided_label import ElidedLabel

SLACK = 2
"""Pixels of rounding."""


def clipped(window: QWidget) -> list[str]:
    """Every text in sight that is cut off, with how much it lacks."""
    return [said for widget in window.findChildren(QWidget) if widget.isVisible() for said in _of(widget)]


def _of(widget: QWidget) -> Iterator[str]:
    text = _text(widget)
    if not text:
        return
    name = f"{type(widget).__name__} “{text[:40]}”"
    if isinstance(widget, QLabel) and widget.wordWrap():
        needed = widget.heightForWidth(widget.width())
        if needed > widget.height() + SLACK:
            yield f"{name}: {needed} high in {widget.height()}"
    elif not isinstance(widget, ElidedLabel):
        needed, room = _width(widget, text), _room(widget)
        if needed > room + SLACK:
            yield f"{name}: {needed} wide in {room}"
        if widget.fontMetrics().ascent() > widget.height() + SLACK:
            yield f"{name}: too low"
    if (cut := _outside(widget)) is not None:
        yield f"{name}: {cut}"


def _text(widget: QWidget) -> str:
    if isinstance(widget, QLabel):
        return _plain(widget.text()) if widget.textFormat() != Qt.TextFormat.PlainText else widget.text()
    if isinstance(widget, QAbstractButton):
        return widget.text() if isinstance(widget, QPushButton) else ""
    if isinstance(widget, QLineEdit):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    return ""


def _plain(text: str) -> str:
    document = QTextDocument()
    if "<" not in text:
        return text
    document.setHtml(text)
    return document.toPlainText()


def _width(widget: QWidget, text: str) -> int:
    wide = max(widget.fontMetrics().horizontalAdvance(line) for line in text.splitlines() or [""])
    if isinstance(widget, QAbstractButton) and not widget.icon().isNull():
        wide += widget.iconSize().width()
    return wide


def _room(widget: QWidget) -> int:
    """How much of the width is for words: chevrons and units have the rest."""
    room = widget.contentsRect().width()
    if isinstance(widget, QComboBox):
        return room - round(32 * theme().scale)
    if isinstance(widget, QLineEdit):
        return room - widget.textMargins().left() - widget.textMargins().right()
    return room


def _outside(widget: QWidget) -> str | None:
    """Whether the left or right end lies outside of what holds it; up and down it may be scrolled to."""
    area, holder = QRect(QPoint(), widget.size()), widget.parentWidget()
    here = widget
    while holder is not None and not here.isWindow():
        area = QRect(here.mapToParent(area.topLeft()), area.size())
        scrolls = isinstance(holder.parentWidget(), QAbstractScrollArea) and not isinstance(
            holder.parentWidget(), QScrollArea
        )
        if scrolls:
            return None
        if area.left() < -SLACK or area.right() > holder.width() + SLACK:
            return f"{area.left()} to {area.right()} of {holder.width()} in {type(holder).__name__}"
        here, holder = holder, holder.parentWidget()
    return None
