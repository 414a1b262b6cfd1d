"""A program to be killed: opens a design in a window and tells where things lie on the screen.

`python tools/victim.py WORD`: after each change of the design a line of JSON on stdout,
`{"nodes": {name: [x, y]}, "inputs": …, "outputs": …}`, so that another process can lead the mouse.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

from hand import on_canvas
from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QApplication

from explorer.session import preferences
from explorer.style.theme import theme
from explorer.ui.app import App

SETTLED = 600
"""Milliseconds after which a change has been drawn."""


def main(word: str) -> int:
    """Run until killed."""
    application = QApplication(sys.argv[:1])
    theme().change(mode="light")
    app = App(kept=preferences.read())
    app.window.resize(1440, 900)
    app.window.move(0, 0)
    app.window.show()
    app.window.activateWindow()
    app.open(word)

    def places(points: Mapping[str, QPointF]) -> dict[str, list[int]]:
        on = {name: on_canvas(app.canvas, point) for name, point in points.items()}
        return {name: [at.x(), at.y()] for name, at in on.items()}

    def first(ports: Mapping[str, Mapping[str, QPointF]]) -> dict[str, QPointF]:
        return {name: next(iter(points.values())) for name, points in ports.items() if points}

    def tell() -> None:
        placed = app.canvas.scene_.placed
        middles = {name: box.center() for name, box in placed.boxes.items()}
        kinds = {"nodes": middles, "inputs": first(placed.inputs), "outputs": first(placed.outputs)}
        print(json.dumps({kind: places(points) for kind, points in kinds.items()}), flush=True)  # noqa: T201

    timer = QTimer(app.window, singleShot=True, interval=SETTLED, timeout=tell)
    app.desk.changed.connect(lambda *_: timer.start())
    timer.start()
    return application.exec()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
