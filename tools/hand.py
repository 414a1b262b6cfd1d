"""A hand on the real mouse and keyboard of an X display (through xdotool), for tours of the program."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QApplication, QWidget

from explorer.ui.canvas.canvas import CanvasView


class TourProblem(AssertionError):
    """Something that should have happened on screen did not."""


def pump(milliseconds: int = 60) -> None:
    """Let the program run."""
    end = time.monotonic() + milliseconds / 1000
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.002)


def wait(until: Callable[[], object], what: str, seconds: float = 30.0) -> None:
    """Let the program run until something holds; raises `TourProblem` when it never does."""
    end = time.monotonic() + seconds
    while not until():
        if time.monotonic() > end:
            raise TourProblem(f"waited {seconds:.0f} s for: {what}")
        pump(10)


class Hand:
    """Clicks, drags and types as a person does: events come from the X server, not from the program."""

    def do(self, *words: object) -> None:
        """Run one xdotool command line while the program goes on (a drag has a loop of its own)."""
        process = subprocess.Popen(["xdotool", *(str(word) for word in words)])
        while process.poll() is None:
            pump(5)
        if process.returncode:
            raise TourProblem(f"xdotool {' '.join(map(str, words))} ended with {process.returncode}")
        pump(60)

    def click(self, at: QPoint, *, button: int = 1, times: int = 1) -> None:
        """Click at a point of the screen."""
        self.do("mousemove", at.x(), at.y(), "sleep", 0.05, "click", "--repeat", times, "--delay", 60, button)

    def drag(self, start: QPoint, end: QPoint) -> None:
        """Press, move in steps, release."""
        words: list[object] = ["mousemove", start.x(), start.y(), "sleep", 0.1, "mousedown", 1, "sleep", 0.1]
        steps = 12
        for step in range(1, steps + 1):
            x = start.x() + (end.x() - start.x()) * step // steps
            y = start.y() + (end.y() - start.y()) * step // steps
            words += ["mousemove", x, y, "sleep", 0.03]
        self.do(*words, "sleep", 0.15, "mouseup", 1, "sleep", 0.1)

    def type(self, text: str) -> None:
        """Type letters."""
        self.do("type", "--delay", 25, text)

    def press(self, *keys: str) -> None:
        """Press keys, e.g. `ctrl+Return`."""
        self.do("key", *keys)


def on_screen(widget: QWidget, point: QPoint | None = None) -> QPoint:
    """A point of a widget (its middle) on the screen."""
    return widget.mapToGlobal(point or widget.rect().center())


def on_canvas(canvas: CanvasView, point: QPointF) -> QPoint:
    """A point of the design on the screen."""
    return canvas.viewport().mapToGlobal(canvas.mapFromScene(point))
