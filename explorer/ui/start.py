"""Start-up: the empty window first, everything else behind it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from PySide6.QtWidgets import QApplication

from explorer.style.theme import theme
from explorer.ui.shell.window import Window


class Start:
    """Shows the window, then loads and wires the rest once it has been painted."""

    def __init__(self, design: str) -> None:
        self._design = design
        self.window = Window()
        self.app: object = None
        self.window.resize(1440, 900)
        self.window.painted.connect(self._fill)
        self.window.show()

    def _fill(self) -> None:
        """Build the program into the window; the imports below are what must not delay its picture."""
        from explorer.ui.app import App

        app = self.app = App(self.window)
        app.start_engine()
        app.open(self._design)


def main(words: Sequence[str] = ()) -> int:
    """Run the program; returns the exit code."""
    parser = argparse.ArgumentParser(prog="explorer", description="Draw a neural network, watch it run.")
    parser.add_argument(
        "design", nargs="?", default="", help="a .arch.json file, or the id of an architecture"
    )
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--scale", type=float, default=1.0, help="text scale, 0.8 to 2.5")
    options = parser.parse_args(list(words))
    QApplication.setApplicationName("Architecture Explorer")
    application = QApplication(sys.argv[:1])
    theme().change(mode=options.theme, scale=options.scale)
    start = Start(options.design)
    code = application.exec()
    del start
    return code
