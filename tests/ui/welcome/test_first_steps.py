"""The first minutes: the card never covers the network, and steps are done by doing."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from explorer import resources
from explorer.graph import files
from explorer.protocol.records import Sample
from explorer.session.preferences import Preferences
from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.shell import ask
from explorer.ui.welcome.recent_files import DAY, day, recent
from explorer.ui.welcome.record import DIGITS, PHOTOGRAPHS, STARTERS, STEPS

SIZES = [(1024, 768), (1280, 800), (1440, 900), (1920, 1080), (3840, 2160)]


@pytest.fixture
def make(qtbot, monkeypatch):
    monkeypatch.setattr(ask, "save_changes", lambda *_: "discard")
    theme().change(mode="light", scale=1.0, reduced_motion=True)
    made = []

    def start(kept=None, size=(1440, 900)):
        app = App(kept=kept)
        made.append(app)
        qtbot.addWidget(app.window)
        app.window.resize(*size)
        app.window.show()
        app.open()
        app.welcome.greet()
        qtbot.wait(30)
        return app

    yield start
    for app in made:
        app.window.close()
    theme().change(scale=1.0, reduced_motion=False)


def card_over_canvas(app):
    """The card in pixels of the canvas."""
    card, view = app.welcome.card, app.canvas.viewport()
    return card.rect().translated(view.mapFromGlobal(card.mapToGlobal(QPoint())))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_the_network_is_never_covered(make, qtbot, size, scale):
    theme().change(scale=scale)
    app = make(size=size)
    area = card_over_canvas(app)
    view = app.canvas.viewport().rect()
    assert view.contains(area)
    for box in app.canvas.scene_.placed.boxes.values():
        shown = app.canvas.viewportTransform().mapRect(box).toAlignedRect()
        assert view.contains(shown)
        assert not shown.intersects(area)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5])
def test_no_word_of_it_is_cut(make, qtbot, size, scale):
    theme().change(scale=scale)
    app = make(size=size)
    card = app.welcome.card
    for box in card.steps:
        for widget in (box.title, box.button, box.about):
            if not widget.isVisible():
                continue
            needed = widget.heightForWidth(widget.width()) if widget.hasHeightForWidth() else 0
            assert widget.height() >= needed
            if widget is box.button:
                assert widget.width() >= widget.sizeHint().width()
            assert box.rect().contains(widget.geometry())
        assert box.isHidden() or card.rect().contains(box.geometry().translated(box.parentWidget().pos()))


def test_exactly_one_step_is_current_and_its_button_is_filled(make, qtbot):
    app = make()
    states = [box.ring.state for box in app.welcome.card.steps]
    assert states == ["done", "current", "open"]
    stroke(qtbot, app.welcome.card.pad)
    filled = [box.number for box in app.welcome.card.steps if box.button.property("kind") == "accent"]
    assert filled == [3]


def test_another_size_and_back_is_the_same_card(make, qtbot):
    app = make()
    high = app.welcome.card.height()
    for size in ((1024, 768), (1440, 900)):
        app.window.resize(*size)
        qtbot.wait(20)
    assert app.welcome.card.height() == high


def stroke(qtbot, pad):
    """A short line in the middle of the square."""
    middle = pad.rect().center()
    qtbot.mousePress(pad, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(pad, middle + QPoint(0, 20))
    qtbot.mouseRelease(pad, Qt.MouseButton.LeftButton, pos=middle + QPoint(0, 20))


def test_the_network_of_photographs_opens_first_with_its_cat(make):
    app = make()
    assert app.bench.name == PHOTOGRAPHS.title
    assert app.desk.workspace.document.settings["weights"] == "efficientnet_lite0"
    assert app.desk.session.sample == Sample()  # the example: the cat


def test_the_first_stroke_opens_the_network_of_digits_beside_it(make, qtbot):
    app = make()
    photographs = app.bench
    stroke(qtbot, app.welcome.card.pad)
    assert app.bench.name == DIGITS.title
    assert photographs in app.designs.benches
    values = app.desk.session.sample.values
    assert values is not None
    assert values.shape == (1, 28, 28)
    assert values.max() > 0.5
    assert [box.ring.state for box in app.welcome.card.steps] == ["done", "done", "current"]
    for box in app.canvas.scene_.placed.boxes.values():
        shown = app.canvas.viewportTransform().mapRect(box).toAlignedRect()
        assert not shown.intersects(card_over_canvas(app))
    stroke(qtbot, app.welcome.card.pad)
    assert len(app.designs.benches) == 2
    app.designs.show(photographs)
    assert app.welcome.is_open
    app.welcome.card.steps[2].button.click()
    assert app.bench is photographs
    app.welcome.close()
    assert not any(bench.canvas.overlays.reserved for bench in app.designs.benches)


def test_closing_a_network_of_the_steps(make, qtbot):
    app = make()
    photographs = app.bench
    stroke(qtbot, app.welcome.card.pad)
    app.designs.close(app.bench)
    assert app.welcome.is_open
    assert app.bench is photographs
    stroke(qtbot, app.welcome.card.pad)  # opens it anew
    assert app.bench.name == DIGITS.title
    app.designs.close(photographs)
    assert not app.welcome.is_open
    assert app.canvas.overlays.reserved == 0


def test_steps_are_done_by_doing_them_anywhere(make, qtbot):
    app = make()
    app.dock.show_tab("features")
    assert app.welcome.card.steps[2].ring.state == "done"
    stroke(qtbot, app.welcome.card.pad)
    assert app.welcome.card.is_done
    qtbot.wait(20)
    assert app.welcome.card.height() < theme().px(90)
    assert not card_over_canvas(app).intersects(
        app.canvas.viewportTransform().mapRect(app.canvas.scene_.placed.bounds()).toAlignedRect()
    )


def test_an_empty_square_ticks_nothing(make):
    app = make()
    app.welcome.card.steps[1].button.click()
    assert app.welcome.card.steps[1].ring.state == "current"


def test_look_inside_shows_the_maps_of_the_layer(make):
    app = make()
    app.welcome.card.steps[2].button.click()
    assert app.dock.current == "features"
    assert app.desk.address == PHOTOGRAPHS.look
    assert PHOTOGRAPHS.look in app.welcome.card.steps[2].button.text()


def test_it_is_left_for_good_and_everything_is_as_without_it(make, qtbot):
    app = make()
    app.welcome.card.close_button.click()
    qtbot.wait(20)
    assert not app.welcome.is_open
    assert app.canvas.overlays.reserved == 0
    assert app.canvas.overlays.minimap.isVisible()
    assert not app.dock.is_folded
    assert app.canvas.hasFocus() or not app.window.isActiveWindow()
    kept = app.keeping.present()
    assert kept.welcomed
    assert not kept.welcome
    app.window.close()
    assert not make(kept).welcome.is_open
    assert make(Preferences()).welcome.is_open  # `--fresh`


def test_escape_closes_it_and_the_switch_brings_it_at_every_start(make, qtbot):
    app = make()
    app.welcome.card.every.click()
    qtbot.keyClick(app.welcome.card, Qt.Key.Key_Escape)
    assert not app.welcome.is_open
    assert make(app.keeping.present()).welcome.is_open


def test_another_design_closes_it(make):
    app = make()
    app.files.open_gallery("mlp_spirals")
    assert not app.welcome.is_open


def test_the_menu_brings_it_back(make):
    app = make(Preferences(welcomed=True))
    assert not app.welcome.is_open
    app.actions.run("help.welcome")
    assert app.welcome.is_open


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.title)
def test_a_starter_has_what_the_steps_need(starter):
    design = files.load(str(resources.path("designs", starter.file)))
    assert design.name == starter.title
    assert starter.look in design.root
    assert Path(resources.weights_file(str(design.settings["weights"]))).is_file()


def test_there_are_three_steps_in_plain_words():
    assert len(STEPS) == 3
    assert not any("!" in step.about + step.title for step in STEPS)


def test_recent_files_say_day_and_state(tmp_path):
    now = time.time()
    whole = tmp_path / "whole.arch.json"
    whole.write_bytes(Path(resources.path("designs", "01-points.arch.json")).read_bytes())
    broken = tmp_path / "broken.arch.json"
    broken.write_text(whole.read_text().replace('["fc2","y","tanh2","x"],', ""))
    lines = recent([str(whole), str(broken), str(tmp_path / "gone.arch.json")], now)
    assert lines[0].name == "whole.arch.json"
    assert lines[0].about == "today"
    assert [bar.family for bar in lines[0].bars] == ["linear"] * 3
    assert lines[1].about.startswith("today · 1 problem left")
    assert not lines[2].is_there
    assert lines[2].about == "moved or deleted · Find it"


@pytest.mark.parametrize("content", ["", "{", "[[[", '{"format": "architecture-explorer"}', "\x00"])
def test_a_file_that_cannot_be_read_is_a_line_all_the_same(tmp_path, content):
    file = tmp_path / "x.arch.json"
    file.write_text(content)
    (line,) = recent([str(file)], time.time())
    assert line.about == "today · cannot be read"


@pytest.mark.parametrize(
    ("before", "words"), [(0, "today"), (1, "yesterday"), (3, None), (400, None)], ids=str
)
def test_days(before, words):
    noon = time.mktime((2026, 6, 17, 12, 0, 0, 0, 0, -1))
    said = day(noon - before * DAY, noon)
    if words:
        assert said == words
    elif before == 3:
        assert said == "Sunday"
    else:
        assert said.endswith("2025")


def test_a_missing_file_is_found_again(make, tmp_path, monkeypatch):
    there = tmp_path / "there.arch.json"
    there.write_bytes(Path(resources.path("designs", "01-points.arch.json")).read_bytes())
    app = make(Preferences(recent=(str(tmp_path / "gone.arch.json"),)))
    monkeypatch.setattr(ask, "open_file", lambda *_: str(there))
    (button,) = [app.welcome.card._files.itemAt(n).widget() for n in range(app.welcome.card._files.count())]
    button.click()
    assert app.desk.session.file == str(there)
    assert app.keeping.kept.recent == (str(there.resolve()),)


def test_starters_are_offered_before_there_are_files(make):
    app = make()
    names = [app.welcome.card._files.itemAt(n).widget().text() for n in range(3)]
    assert names == ["LeNet-5", "U-Net, small", "Small GPT on Shakespeare"]
