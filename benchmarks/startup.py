"""Wall time from process start to the first painted window, against a bare Qt window and napari.

Needs a display (`xvfb-run -a python benchmarks/startup.py`). napari lives in an environment of its
own: set NAPARI_PYTHON to its python. All of them run from compiled modules, as installed programs do:
a round that is not counted compiles what is not yet.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

import interleaved

OURS = """
import os
from PySide6.QtWidgets import QApplication
from explorer.session.preferences import Preferences
from explorer.ui.start import Start
from explorer.style.theme import theme
app = QApplication([])
theme().change()
start = Start("", Preferences())
start.window.painted.disconnect()
start.window.painted.connect(lambda: os._exit(0))
app.exec()
"""
OURS_READY = """
import os
from PySide6.QtWidgets import QApplication
from explorer.session.preferences import Preferences
from explorer.ui.start import Start
from explorer.style.theme import theme
app = QApplication([])
theme().change()
start = Start("", Preferences())
while start.app is None or not start.app.canvas.context.views.nodes:
    app.processEvents()
start.app.canvas.viewport().repaint()
start.app.desk.bridge.close()
os._exit(0)
"""
BARE = """
import os
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
class Window(QMainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, lambda: os._exit(0))
window = Window()
window.resize(1440, 900)
window.show()
app.exec()
"""
NAPARI = """
import os, napari
from qtpy import QtCore
viewer = napari.Viewer(show=True)
QtCore.QTimer.singleShot(0, lambda: os._exit(0))
napari.run()
"""

COMPILED = os.path.join(tempfile.gettempdir(), "architecture-explorer-compiled")
"""Folder of compiled modules; the user's own may be switched off or not writable."""


def process(python: str, code: str) -> Callable[[], object]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = COMPILED

    def run() -> None:
        result = subprocess.run(
            [python, "-c", code], capture_output=True, text=True, timeout=120, check=False, env=environment
        )
        if result.returncode:
            raise SystemExit(result.stderr)

    return run


def main() -> None:
    options = interleaved.arguments(5)
    cases = {
        "bare QMainWindow": process(sys.executable, BARE),
        "explorer: window painted": process(sys.executable, OURS),
        "explorer: design on the canvas": process(sys.executable, OURS_READY),
    }
    if napari := os.environ.get("NAPARI_PYTHON"):
        cases["napari viewer"] = process(napari, NAPARI)
    base = "napari viewer" if napari else "bare QMainWindow"
    ratios = interleaved.report(
        "process start to first painted window", interleaved.measure(cases, options.rounds), base
    )
    interleaved.keep(options.out, ratios)


if __name__ == "__main__":
    main()
