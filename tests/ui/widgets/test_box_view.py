"""Words of boxes stand over the boxes and beside each other."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from explorer.style.theme import theme
from explorer.ui.widgets.box_view import NAMED, BoxView, Found


@pytest.fixture
def view(qtbot):
    theme().change(mode="light", scale=1.0)
    shown = BoxView("Answer")
    qtbot.addWidget(shown)
    shown.resize(256, 256)
    shown.set_picture(np.full((64, 64, 3), 128, np.uint8))
    return shown


def crowd():
    """Boxes that touch: one below another, one at the upper border, one at the right."""
    boxes = [(36, 4, 59, 27), (18, 17, 33, 33), (37, 29, 54, 47), (0, 0, 20, 12), (50, 0, 64, 20)]
    return [Found(tuple(map(float, box)), n % 3, f"triangle 0.9{n}") for n, box in enumerate(boxes)]


def test_words_of_boxes_that_touch_do_not_cover_each_other(view):
    view.set_found(crowd(), (64, 64))
    plates = view.plates()
    assert len(plates) == len(crowd())
    for one, other in combinations(plates.values(), 2):
        assert not one.intersects(other)
    for plate in plates.values():
        assert view.rect().contains(plate.toAlignedRect())


def test_words_are_drawn_over_the_lines_of_all_boxes(view):
    view.set_found(crowd(), (64, 64))
    shot = view.grab().toImage()
    for number, plate in view.plates().items():
        colour = theme().class_colour(crowd()[number].kind)
        edge = [
            shot.pixelColor(x, int(plate.top()) + 1) for x in range(int(plate.left()) + 1, int(plate.right()))
        ]
        assert all(found == colour for found in edge)


def test_the_chosen_box_alone_has_words(view):
    view.set_found(crowd() * 3, (64, 64))
    assert list(view.plates()) == list(range(NAMED))
    view.choose(9)
    assert list(view.plates()) == [9]
