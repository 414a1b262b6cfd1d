"""Start-up: the empty window first, everything else behind it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from explorer import resources
from explorer.session import preferences
from explorer.session.preferences import Preferences
from explorer.style.theme import Mode, theme
from explorer.ui.shell.window import Window, fit_to_screen

LEAST_SCALE, LARGEST_SCALE = 0.8, 2.5


class Start:
    """Shows the window, then loads and wires the rest once it has been painted."""

    def __init__(self, design: str, kept: Preferences) -> None:
        self._design, self._kept = design, kept
        self.window = Window()
        self.app: object = None
        fit_to_screen(self.window, kept.width, kept.height, maximised=kept.maximised)
        self.window.painted.connect(self._fill)
        self.window.show()

    def _fill(self) -> None:
        """Build the program into the window; the imports below are what must not delay its picture."""
        from explorer.ui.app import App

        app = self.app = App(self.window, kept=self._kept)
        app.start_engine()
        app.open(self._design)
        if not self._design:  # after the canvas has been painted: nobody waits for the card
            QTimer.singleShot(0, self.window, app.welcome.greet)


def main(words: Sequence[str] = ()) -> int:
    """Run the program; returns the exit code."""
    parser = argparse.ArgumentParser(prog="explorer", description="Draw a neural network, watch it run.")
    parser.add_argument(
        "design", nargs="?", default="", help="a .arch.json file, or the id of an architecture"
    )
    parser.add_argument("--theme", choices=("light", "dark"))
    parser.add_argument("--scale", type=float, help="text scale, 0.8 to 2.5")
    parser.add_argument("--fresh", action="store_true", help="as at the first start: nothing kept is used")
    options = parser.parse_args(list(words))
    if options.scale is not None and not LEAST_SCALE <= options.scale <= LARGEST_SCALE:
        parser.error(f"--scale is a number from {LEAST_SCALE} to {LARGEST_SCALE}, not {options.scale}.")
    QApplication.setApplicationName("Architecture Explorer")
    application = QApplication(sys.argv[:1])
    QApplication.setDesktopFileName("architecture-explorer")
    application.setWindowIcon(QIcon(str(resources.path("desktop", "architecture-explorer.svg"))))
    kept = Preferences() if options.fresh else preferences.read()
    mode: Mode = "dark" if (options.theme or kept.mode) == "dark" else "light"
    scale = options.scale or kept.scale
    theme().change(mode=mode, contrast=kept.contrast, scale=scale, reduced_motion=kept.still)
    start = Start(options.design, kept)
    code = application.exec()
    del start
    return code
