"""Widgets are tested offscreen, with settings of their own, and leave nothing behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import gc
from functools import partial

import pytest
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
