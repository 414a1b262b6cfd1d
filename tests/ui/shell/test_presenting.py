"""Present (F5): the network has the room at any size, and leaving brings back exactly what was there."""

from __future__ import annotations

import pytest

from explorer.figures.canvas.painting import card
from explorer.style.theme import theme
from explorer.ui.canvas import navigation
from explorer.ui.shell.presenting import scale_for

SIZES = [(1024, 768), (1440, 900), (1920, 1080), (3840, 2160)]


@pytest.fixture
def app(make_app):
    return make_app()


def settle(qtbot):
    qtbot.wait(30)


@pytest.mark.parametrize("size", SIZES)
def test_the_network_has_the_room(app, qtbot, size):
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    app.window.resize(*size)
    settle(qtbot)
    app.actions.run("view.present")
    settle(qtbot)
    canvas = app.canvas
    assert not app.window.status_bar.isVisible()
    assert not app.dock.isVisible()
    assert not app.bench.inspector.isVisible()
    assert not canvas.overlays.minimap.isVisible()
    assert canvas.width() == app.window.width()
    assert canvas.height() > 0.85 * app.window.height()
    bounds = canvas.scene_.placed.bounds()
    assert canvas.camera.visible().contains(bounds)
    seen = canvas.camera.visible()
    share = max(bounds.width() / seen.width(), bounds.height() / seen.height())
    assert share > 0.85  # it fills the screen
    assert canvas.zoom * 12 >= 12  # and its words are no smaller than on a desk


def test_leaving_brings_everything_back(app, qtbot):
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    theme().change(scale=1.25)
    app.dock.set_folded(True)
    settle(qtbot)
    app.canvas.camera.zoom_by(1.4)
    app.canvas.camera.scroll(60, 20)
    sizes = app.window.room.across.sizes()
    zoom, centre = app.canvas.zoom, app.canvas.camera.centre
    app.actions.run("view.present")
    settle(qtbot)
    assert theme().scale == scale_for(900)
    assert app.keeping.present().scale == 1.25
    app.actions.run("view.present")
    settle(qtbot)
    assert theme().scale == 1.25
    assert app.dock.is_folded
    assert app.dock.isVisible()
    assert app.window.status_bar.isVisible()
    assert app.window.room.across.sizes() == sizes
    assert app.canvas.zoom == pytest.approx(zoom)
    assert (app.canvas.camera.centre - centre).manhattanLength() < 4
    assert not app.canvas.camera.is_fitted


def test_a_panel_comes_when_it_is_asked_for(app, qtbot):
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    app.actions.run("view.present")
    settle(qtbot)
    app.actions.run("view.summary")
    settle(qtbot)
    assert app.dock.isVisible()
    assert app.dock.height() > 0.3 * app.window.height()
    assert app.canvas.camera.visible().contains(app.canvas.scene_.placed.bounds())


def test_another_design_is_presented_too_and_a_larger_window_gets_larger_words(app, qtbot):
    app.files.open_gallery("lenet5_modern", (1, 28, 28))
    app.actions.run("view.present")
    app.files.open_gallery("vit_mnist")
    settle(qtbot)
    assert not app.dock.isVisible()
    app.window.resize(1920, 1400)
    settle(qtbot)
    assert theme().scale == scale_for(1400)
    navigation.fit_all(app.canvas)
    app.actions.run("view.present")
    settle(qtbot)
    assert theme().scale == 1.0
    assert not any(bench.dock.is_folded for bench in app.designs.benches)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("network", ["unet_same_bn", "vit_b_16", "gpt_shakespeare", "resnet50"])
def test_names_can_be_read_from_the_last_row(app, qtbot, network, size):
    """At any size of the screen names keep their share of it, and large screens are filled in rows."""
    app.files.open_gallery(network)
    app.window.resize(*size)
    settle(qtbot)
    before = dict(app.canvas.scene_.placed.boxes)
    app.actions.run("view.present")
    settle(qtbot)
    canvas, bounds = app.canvas, app.canvas.scene_.placed.bounds()
    seen = canvas.camera.visible()
    assert seen.contains(bounds)
    role = 13.0
    if canvas.scene_.detail == "middle":
        view = next(v for v in canvas.context.views.nodes.values() if v.form == "composite")
        role = float(card._role(view, canvas.scene_.placed.boxes[view.id].width() - 6, canvas.zoom))
    assert role * canvas.zoom >= 11  # pixels
    assert role * canvas.zoom / size[1] >= 0.0105
    app.actions.run("view.present")
    settle(qtbot)
    assert dict(app.canvas.scene_.placed.boxes) == before
