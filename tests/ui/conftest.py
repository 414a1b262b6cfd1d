"""Widgets are tested offscreen, with settings of their own, and leave nothing behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gc
from functools import partial

import pytest
from look_desk import FakeBridge
from PySide6.QtWidgets import QApplication


@pytest.fixture(autouse=True)
def own_settings(tmp_path, monkeypatch):
    """No test reads or writes the user's files."""
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path / "config"))


@pytest.fixture(scope="session")
def earlier_tests_set_aside():
    """Collections look at what tests of the window made, not at a gigabyte that others left in caches."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture(autouse=True)
def no_widgets_left(request, earlier_tests_set_aside):
    """Top-level widgets that a test made are gone after it."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    before = set(map(id, QApplication.topLevelWidgets()))
    yield
    for collect in (partial(gc.collect, 1), gc.collect, gc.collect):  # all generations only if need be
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, 52)  # DeferredDelete
        collect()
        left = [w for w in QApplication.topLevelWidgets() if id(w) not in before and w.isVisible()]
        if not left:
            return
    raise AssertionError(f"still visible: {left}")


@pytest.fixture
def make_app(qtbot, monkeypatch):
    """Makes windows that show a design of the gallery, or nothing; they are closed after the test.

    Their engines are lists, unless `lives`. Nobody is there to answer whether changes shall be saved.
    """
    from explorer.style.theme import theme
    from explorer.ui.app import App
    from explorer.ui.shell import ask

    monkeypatch.setattr(ask, "save_changes", lambda *_: "discard")
    theme().change(mode="light", scale=1.0, contrast=False, reduced_motion=True)
    made = []

    def make(opened="", shape=None, *, kept=None, size=(1440, 900), lives=False):
        app = App(kept=kept)
        made.append(app)
        if not lives:
            app.designs.make_link = lambda _folder: FakeBridge()
        qtbot.addWidget(app.window)
        app.window.resize(*size)
        app.window.show()
        qtbot.waitExposed(app.window)
        app.start_engine()
        if opened:
            app.files.open_gallery(opened, shape)
            QApplication.processEvents()
            app.canvas.setFocus()
        return app

    yield make
    engines = [bench.desk.bridge for app in made for bench in app.designs.benches]
    for app in made:
        app.menus.menu.close()
        app.presenting.leave()
        app.window.close()
    running = [link.engine for link in engines if not isinstance(link, FakeBridge)]
    qtbot.waitUntil(lambda: not any(engine.is_running for engine in running), timeout=10_000)
    QApplication.clipboard().clear()
    theme().change(scale=1.0, reduced_motion=False)
