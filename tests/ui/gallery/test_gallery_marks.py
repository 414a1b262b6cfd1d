"""Every category has a mark of its own: colour and form together, never colour alone."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from explorer.architectures.gallery import gallery
from explorer.ui.gallery.mark import colour_of, form_of, paint_mark

CATEGORIES = sorted({entry.category for entry in gallery().values()})


def test_no_two_categories_look_alike(qapp):
    marks = {category: (colour_of(category).rgb(), form_of(category)) for category in CATEGORIES}
    assert len(set(marks.values())) == len(CATEGORIES)
    for colour in {mark[0] for mark in marks.values()}:
        forms = [form for own, form in marks.values() if own == colour]
        assert len(forms) == len(set(forms)), "told apart without colour"


def test_forms_are_drawn(qapp):
    seen = set()
    for category in CATEGORIES:
        image = QImage(24, 24, QImage.Format.Format_ARGB32)
        image.fill(0)
        painter = QPainter(image)
        paint_mark(painter, category, QPointF(12, 12), 8)
        painter.end()
        inside = [image.pixelColor(x, y).alpha() > 0 for x in range(24) for y in range(24)]
        seen.add(tuple(inside))
    assert len(seen) == 5
