"""Fields: what they read, what they refuse and say, how the keyboard moves them."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.ui.widgets.choice import Choice
from explorer.ui.widgets.number_field import NumberField
from explorer.ui.widgets.search_field import SearchField
from explorer.ui.widgets.segmented import Segmented
from explorer.ui.widgets.size_field import SizeField
from explorer.ui.widgets.toggle import Toggle


def retype(field, text):
    field.selectAll()
    QTest.keyClicks(field, text)


def committed(field):
    told = []
    field.committed.connect(told.append)
    return told


def shown(qtbot, widget):
    qtbot.addWidget(widget)
    widget.show()
    widget.setFocus()
    return widget


def test_number_commits_once_on_enter(qtbot):
    field = shown(qtbot, NumberField("Filters", 6, low=1))
    told = committed(field)
    retype(field, "16")
    QTest.keyClick(field, Qt.Key.Key_Return)
    field.clearFocus()
    assert told == [16]


@pytest.mark.parametrize("text", ["0", "abc", "", "1.5", "nan", "9" * 400])
def test_number_that_does_not_fit_is_marked_and_taken_back(qtbot, text):
    field = shown(qtbot, NumberField("Filters", 6, low=1, high=4096))
    told = committed(field)
    retype(field, text or " ")
    assert field.property("wrong") == "true"
    assert field.toolTip()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert told == []
    assert field.text() == "6"
    assert field.property("wrong") == "false"


@pytest.mark.parametrize("text", ["inf", "nan", "1e999"])
def test_real_number_must_be_finite(text):
    with pytest.raises(ValueError, match="finite"):
        NumberField.read(NumberField("Rate", 0.1, whole=False), text)


@pytest.mark.parametrize("value", [1e-05, 0.03, 1.0, -0.5, -1e-7, 12345678.0, 0.1 + 0.2, 1e22])
def test_real_number_survives_being_shown_and_left(qtbot, value):
    """Leaving a field that nobody changed must not change the design."""
    field = shown(qtbot, NumberField("eps", value, whole=False))
    told = committed(field)
    assert field.read(field.text()) == pytest.approx(value, rel=1e-5)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert told == []


def test_up_and_down_stay_within_the_limits(qtbot):
    field = shown(qtbot, NumberField("Stride", 2, low=1))
    for _ in range(3):
        QTest.keyClick(field, Qt.Key.Key_Down)
    assert field.value() == 1
    QTest.keyClick(field, Qt.Key.Key_Up)
    assert field.value() == 2


def test_escape_puts_the_old_value_back(qtbot):
    field = shown(qtbot, NumberField("Filters", 6))
    retype(field, "77")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == "6"


@pytest.mark.parametrize("text", ["5 × 3", "5x3", "5,3", "5 3", "(5, 3)", "5*3"])
def test_sizes_are_read_however_they_are_parted(qtbot, text):
    field = SizeField("Kernel", (1, 1))
    qtbot.addWidget(field)
    assert field.read(text) == (5, 3)


def test_one_size_stands_for_all_axes(qtbot):
    field = SizeField("Kernel", (3, 3), low=1)
    qtbot.addWidget(field)
    assert field.read("7") == (7, 7)
    assert field.text() == "3 × 3"
    for text in ("", "5 × 5 × 5", "0", "-3", "5.5", "a"):
        with pytest.raises(ValueError, match=r"."):
            field.read(text)


def test_choice_tells_only_what_the_user_chose(qtbot):
    choice = shown(qtbot, Choice("Sort", [("a", "strongest"), ("b", "variance")], prefix="Sort: "))
    told = []
    choice.chosen.connect(told.append)
    choice.set_value("b")
    assert told == []
    assert choice.currentText() == "Sort: variance"
    QTest.keyClick(choice, Qt.Key.Key_Up)
    assert told == ["a"]


def test_choice_keeps_its_value_when_options_change(qtbot):
    choice = Choice("Run", [(1, "one"), (2, "two")])
    qtbot.addWidget(choice)
    choice.set_value(2)
    choice.set_options([(3, "three"), (2, "two")])
    assert choice.value() == 2


def test_segments_move_by_arrow_and_say_why_one_is_off(qtbot):
    switch = Segmented("View", [("maps", "Maps"), ("bars", "Histograms"), ("change", "Change")])
    qtbot.addWidget(switch)
    switch.show()
    told = []
    switch.chosen.connect(told.append)
    switch.set_enabled("change", "Train first")
    switch.activateWindow()
    qtbot.waitUntil(switch.isActiveWindow)
    switch._buttons["maps"].setFocus()
    QTest.keyClick(switch._buttons["maps"], Qt.Key.Key_Right)
    assert switch.value() == "bars"
    QTest.keyClick(switch._buttons["bars"], Qt.Key.Key_Left)
    assert told == ["bars", "maps"]
    assert switch._buttons["change"].toolTip() == "Train first"


def test_toggle_works_by_space_and_is_named(qtbot):
    toggle = shown(qtbot, Toggle("Bias", True))
    QTest.keyClick(toggle, Qt.Key.Key_Space)
    assert not toggle.isChecked()
    assert toggle.accessibleName() == "Bias"
    assert min(toggle.sizeHint().width(), toggle.sizeHint().height()) >= 24


def test_search_passes_moves_and_enter_on_and_escape_empties_first(qtbot):
    field = shown(qtbot, SearchField("Find a block", "Tab"))
    moves, taken = [], []
    field.moved.connect(moves.append)
    field.taken.connect(lambda: taken.append(True))
    QTest.keyClicks(field, "conv")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(field, key)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (moves, taken, field.text()) == ([1, -1], [True], "")
