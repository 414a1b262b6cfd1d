"""A residual network of 40 blocks, built in a real window without ever touching the mouse.

`xvfb-run -a -s "-screen 0 1920x1200x24" python tools/by_keyboard.py OUT`: keys come from the X server.
At the end the design has its blocks, wires and skips, no problem, and no block covers another, and
`OUT/by_keyboard.png` shows it.
"""

from __future__ import annotations

import os
import sys
import tempfile
from itertools import combinations
from pathlib import Path

from hand import Hand, pump, wait
from photograph import keep
from PySide6.QtWidgets import QApplication

from explorer.style.theme import theme
from explorer.ui.app import App

BLOCKS = 40


class Keys:
    """Counts what is pressed; letters of names are typing, not gestures."""

    def __init__(self) -> None:
        self.hand, self.pressed, self.typed = Hand(), 0, 0

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        self.hand.press(*keys)
        self.pressed += len(keys)

    def add(self, word: str) -> None:
        """Tab, a word, Enter."""
        self.press("Tab")
        self.hand.type(word)
        pump(150)
        self.press("Return")
        self.typed += len(word)
        pump(120)


def build(app: App, keys: Keys) -> None:
    """Input, a stem, residual blocks with their skips, a head."""
    keys.press("ctrl+n")
    pump(300)
    keys.add("input")
    for word in ("conv 2d", "batch norm", "relu"):
        keys.add(word)
    inside = ("conv 2d", "batch norm", "relu", "conv 2d", "batch norm", "add")
    while len(app.canvas.context.graph) + len(inside) + 1 + 3 <= BLOCKS:
        for word in inside:
            keys.add(word)
        keys.press(*["Left"] * len(inside))
        keys.press("j")
        keys.press(*["Right"] * len(inside))
        keys.press("j")
        pump(700)
        if app.canvas.problems.is_shown:
            keys.press("Return")  # the first repair: something is put into the skip, and selected
            pump(300)
            keys.press("Right")  # on to the join
        keys.add("relu")
    keys.add("global average")
    while len(app.canvas.context.graph) < BLOCKS - 2:
        keys.add("dropout")
    keys.add("linear")
    keys.add("output")
    keys.press("shift+l", "Home")
    pump(900)


def main(out: str) -> int:
    """Build it and look whether it is right."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    application = QApplication(sys.argv[:1])
    theme().change(mode="light")
    app = App()
    app.window.resize(1440, 900)
    app.window.move(0, 0)
    app.window.show()
    app.window.activateWindow()
    pump(500)
    app.open("lenet5_modern")
    wait(lambda: app.canvas.hasFocus() or app.canvas.setFocus() or app.canvas.hasFocus(), "the canvas", 5)
    keys = Keys()
    build(app, keys)
    keep(app.window.grab(), folder / "by_keyboard.png")
    graph, flow = app.canvas.context.graph, app.desk.workspace.flow
    skips = [node.id for node in graph.nodes if node.block == "add" and len(graph.into(node.id)) == 2]
    boxes = [app.canvas.scene_.placed.spot(node_id).box for node_id in graph]
    covered = [pair for pair in combinations(boxes, 2) if pair[0].intersects(pair[1])]
    said = (
        f"{len(graph)} blocks, {len(graph.edges)} wires, {len(skips)} skips, {keys.pressed} keys and"
        f" {keys.typed} letters; faults {[fault.message for fault in flow.faults]}, {len(covered)} covered"
    )
    print(said)  # noqa: T201
    application.quit()
    return int(len(graph) != BLOCKS or not skips or bool(flow.faults) or bool(covered))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
