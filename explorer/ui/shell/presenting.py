"""Present: large words and the whole room for the network; leaving brings back what was there."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QPointF, QTimer

from explorer.style.theme import theme
from explorer.ui.canvas import navigation
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.window import Window

USUAL_HEIGHT, USUAL_SCALE = 1080, 1.75
LEAST, MOST = 1.5, 2.5
FILL = 1.6
"""How much larger than its words the network may be drawn to fill a large screen."""


@dataclass(frozen=True)
class _Before:
    """How a design was looked at."""

    folded: bool
    zoom: float
    room: tuple[float, float] | None
    centre: QPointF
    was_fitted: bool


def nearness(height: int) -> float:
    """How much larger than its words, at their largest, a network is laid out on a screen of this height."""
    return max(1.0, USUAL_SCALE * height / USUAL_HEIGHT / MOST)


def scale_for(height: int) -> float:
    """Text scale for a window of this height: a lecture hall sees the same share of any screen."""
    return min(max(round(USUAL_SCALE * height / USUAL_HEIGHT, 2), LEAST), MOST)


class Presenting(QObject):
    """On, everything but the top line and the network is gone, until a panel is asked for."""

    def __init__(self, window: Window, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._window, self._designs = window, designs
        self._scale: float | None = None
        self._before: dict[Bench, _Before] = {}
        window.resized.connect(self._follow)
        designs.switched.connect(self._take)
        designs.closed.connect(lambda bench: self._before.pop(bench, None))

    @property
    def is_on(self) -> bool:
        """Whether this is a lecture now."""
        return self._scale is not None

    @property
    def usual_scale(self) -> float:
        """The text scale without it."""
        return theme().scale if self._scale is None else self._scale

    def toggle(self) -> None:
        """Begin, or bring everything back."""
        if self.is_on:
            self.leave()
        else:
            self.begin()

    def begin(self) -> None:
        """Make words large and give the network the room."""
        self._scale = theme().scale
        bench = self._designs.bench
        self._note(bench)  # before anything moves
        theme().change(scale=max(self._scale, scale_for(self._window.height())))
        self._window.room.set_presenting(True)
        self._window.status_bar.hide()
        self._take(bench)

    def leave(self) -> None:
        """Bring back what was there, exactly."""
        if self._scale is None:
            return
        scale, self._scale = self._scale, None
        self._window.status_bar.show()
        self._window.room.set_presenting(False)
        theme().change(scale=scale)
        for bench, before in self._before.items():
            bench.canvas.camera.most = bench.canvas.camera.near = 1.0
            bench.canvas.context.set_room(before.room)
            bench.dock.set_folded(before.folded)
        before_front = self._before.get(self._designs.bench)
        self._before = {}
        if before_front is not None:
            # the canvas has its old size only after the parts have been laid out
            QTimer.singleShot(0, self, lambda: self._look_again(self._designs.bench, before_front))

    def _note(self, bench: Bench) -> None:
        camera = bench.canvas.camera
        room = bench.canvas.context.room
        before = _Before(bench.dock.is_folded, camera.zoom, room, camera.centre, camera.is_fitted)
        self._before.setdefault(bench, before)

    def _take(self, bench: Bench) -> None:
        if not self.is_on:
            return
        self._note(bench)
        bench.dock.set_folded(True)
        camera = bench.canvas.camera
        camera.near = nearness(self._window.height())
        camera.most = FILL * camera.near
        # the canvas has its new size only after the parts have been laid out
        QTimer.singleShot(0, self, lambda: _show_large(bench))

    def _look_again(self, bench: Bench, before: _Before) -> None:
        if before.was_fitted:
            navigation.fit_all(bench.canvas, fly=False)
        else:
            bench.canvas.camera.look_at(before.zoom, before.centre, fly=False)

    def _follow(self) -> None:
        """The window has another size: words keep their share of it."""
        if self._scale is None:
            return
        wanted = max(self._scale, scale_for(self._window.height()))
        if abs(wanted - theme().scale) >= 0.05:
            theme().change(scale=wanted)


def _show_large(bench: Bench) -> None:
    """Let what is laid out by itself take the room that there is now, and show all of it."""
    canvas = bench.canvas
    canvas.context.set_room(canvas.camera.room(canvas.overlays.floor()))
    navigation.fit_all(canvas)
