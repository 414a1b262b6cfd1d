"""Four networks built from an empty canvas by mouse and keyboard, as one would, with every gesture counted.

`xvfb-run -a -s "-screen 0 1920x1200x24" python tools/build_by_hand.py OUT`: events come from the X server. A
gesture is a key chord, a click or a drag; letters of words are counted apart. Beside each count stands what
the same network took before (with the same number of nodes). Pictures of all four are kept in OUT.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from hand import Hand, TourProblem, pump, wait
from photograph import keep
from PySide6.QtWidgets import QApplication

from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.widgets.search_list import SearchList


class Builder:
    """Counts what is pressed; letters are typing, not gestures."""

    def __init__(self, app: App) -> None:
        self.app, self.hand = app, Hand()
        self.gestures = self.letters = 0

    def press(self, *keys: str) -> None:
        """Press keys one after another."""
        self.hand.press(*keys)
        self.gestures += len(keys)
        pump(150)

    def row(self, *texts: str) -> None:
        """Tab, and blocks one behind the other; the last is taken with Enter."""
        self.press("Tab")
        for number, text in enumerate(texts, 1):
            self.hand.type(text)
            pump(120)
            self.letters += len(text)
            self.press("Return" if number == len(texts) else "shift+Return")
            is_open = any(found.isVisible() for found in self.app.window.findChildren(SearchList))
            if is_open != (number < len(texts)):
                raise TourProblem(f"“{text}” was not taken")

    def new(self) -> None:
        """An empty design."""
        self.press("ctrl+n")
        wait(lambda: not len(self.app.canvas.context.graph), "an empty design")


def resnet(hand: Builder) -> None:
    """A stem, a block with an identity skip, a block that halves with a projection, a head: 22 nodes."""
    hand.row(
        "input 3x32x32", "conv 16 3 same no bias", "bn", "relu",
        "conv 16 3 same no bias", "bn", "relu", "conv 16 3 same no bias", "bn", "add relu1", "relu",
        "conv 32 3 s2 p1 no bias", "bn", "relu", "conv 32 3 same no bias", "bn",
        "conv 32 1 s2 no bias from relu3", "add bn5", "relu",
        "global average", "linear", "output",
    )  # fmt: skip
    hand.press("shift+l")


def unet(hand: Builder) -> None:
    """Two levels down and up again with their skips: 19 nodes."""
    hand.row(
        "input 1x64x64", "conv 16 3 same x2", "max pool", "conv 32 3 same x2", "max pool",
        "conv 64 3 same x2",
        "upconv 32", "concat conv4", "conv 32 3 same x2", "upconv 16", "concat conv2", "conv 16 3 same x2",
        "conv 1 1", "output",
    )  # fmt: skip
    hand.press("shift+l")


def transformer(hand: Builder) -> None:
    """Tokens, their positions, encoder layers, an answer: 8 nodes."""
    hand.row(
        "input 20 int", "embedding 1000 64", "positional encoding", "transformer encoder x3",
        "linear 1000", "output",
    )  # fmt: skip


def siamese(hand: Builder) -> None:
    """Two towers with the same weights, their answers joined: 13 nodes."""
    hand.row("input", "conv 8 5", "max pool", "flatten", "linear 32")
    hand.press("ctrl+a", "alt+d")
    hand.row("concat fc1 from fc2", "linear 1", "output")
    hand.press("shift+l")


@dataclass(frozen=True)
class Task:
    """A network to build, and what it took by hand before: gestures and nodes."""

    build: Callable[[Builder], None]
    nodes: int
    before: int


TASKS = {
    "ResNet": Task(resnet, 22, 75),
    "U-Net": Task(unet, 19, 80),
    "transformer": Task(transformer, 8, 25),
    "siamese": Task(siamese, 13, 40),
}


def wrong(app: App, task: Task) -> list[str]:
    """What is not as it should be in the design in front."""
    graph, flow = app.canvas.context.graph, app.desk.workspace.flow
    boxes = [app.canvas.scene_.placed.spot(node_id).box for node_id in graph]
    covered = sum(1 for one, other in combinations(boxes, 2) if one.intersects(other))
    said = [fault.message for fault in flow.faults]
    if len(graph) != task.nodes:
        said.append(f"{len(graph)} nodes, not {task.nodes}: {list(graph)}")
    if covered:
        said.append(f"{covered} pairs cover each other")
    if not flow.outputs:
        said.append("there is no answer")
    return said


def main(out: str) -> int:
    """Build all four and say how many gestures each took."""
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
    failed = False
    for name, task in TASKS.items():
        hand = Builder(app)
        hand.new()
        task.build(hand)
        counted = hand.gestures
        pump(700)
        faults = wrong(app, task)
        hand.press("Home")
        pump(700)
        keep(app.window.grab(), folder / f"built-{name.lower()}.png")
        failed = failed or bool(faults) or 2 * counted > task.before
        print(  # noqa: T201
            f"{name}: {task.nodes} nodes, {counted} gestures and {hand.letters} letters;"
            f" before {task.before} gestures. {'; '.join(faults) or 'holds'}",
            flush=True,
        )
    application.quit()
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
