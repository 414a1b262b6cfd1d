"""The main job by mouse and keyboard, in a real window: `xvfb-run -a python tools/tour.py OUT`.

Drags blocks from the palette, wires them, makes a mistake and repairs it, trains to 95 %, looks at
feature maps and at attention. Writes pictures and `tour.json` into OUT; ends with 1 when a step fails.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from hand import Hand, TourProblem, on_canvas, on_screen, pump, wait
from photograph import keep
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication

from explorer.protocol import events
from explorer.session.run_control import RunState
from explorer.style.theme import theme
from explorer.ui.app import App

BLOCKS = [
    # block, words typed into the palette's search, place on the canvas
    ("input", "input", (0, 0)),
    ("conv2d", "conv 2d", (200, 0)),
    ("relu", "relu", (420, 0)),
    ("max_pool", "max pool", (560, 0)),
    ("linear", "linear", (200, 220)),
    ("output", "output", (420, 220)),
]
WIRES = [("input", "conv1"), ("conv1", "relu1"), ("relu1", "pool1"), ("pool1", "fc1"), ("fc1", "output")]


class Tour:
    """One walk through the program."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.hand = Hand()
        self.app = App()
        self.report: dict[str, object] = {}
        self.accuracies: list[float] = []
        self.window = self.app.window

    def _note(self, event: events.Event) -> None:
        if isinstance(event, events.RunEpoch):
            self.accuracies.append(event.metrics["accuracy"])

    def picture(self, name: str) -> None:
        """Save what the window shows."""
        pump(200)
        keep(self.window.grab(), self.out / f"{name}.png")

    def run(self) -> None:
        """All of it."""
        self.window.resize(1440, 900)
        self.window.move(0, 0)
        self.window.show()
        self.window.activateWindow()
        self.app.start_engine()
        pump(500)
        self.app.files.new()
        self.canvas = self.app.canvas
        self.app.desk.bridge.heard.connect(self._note)
        wait(lambda: self.app.desk.session.watches.is_ready, "the engine")
        self.build()
        self.mistake()
        self.train()
        self.features()
        self.attention()

    def build(self) -> None:
        """Drag six blocks onto the canvas and wire them, with one wire that does not fit."""
        palette, canvas = self.app.palette, self.canvas
        for block, words, (x, y) in BLOCKS:
            self.hand.click(on_screen(palette.search))
            palette.search.clear()
            self.hand.type(words)
            row = palette.list.row_rect(block)
            if row.isEmpty():
                raise TourProblem(f"“{words}” does not find {block} in the palette")
            before = len(self.app.desk.workspace.document.root)
            # the first block decides where the canvas looks
            target = (
                on_canvas(canvas, QPointF(x, y)) if before else on_screen(canvas, canvas.rect().center() / 3)
            )
            self.hand.drag(on_screen(palette.list.viewport(), row.center()), target)
            wait(
                lambda count=before: len(self.app.desk.workspace.document.root) > count,
                f"{block} on the canvas",
                5,
            )
            if before == 0:
                first = canvas.scene_.placed.boxes[next(iter(self.app.desk.workspace.document.root))]
                offset = first.center()
                BLOCKS[1:] = [(b, w, (p[0] + offset.x(), p[1] + offset.y())) for b, w, p in BLOCKS[1:]]
                self.build_rest()
                return

    def build_rest(self) -> None:
        """The other blocks, then the wires."""
        palette, canvas = self.app.palette, self.canvas
        root = self.app.desk.workspace.document.root
        for block, words, (x, y) in BLOCKS[1:]:
            self.hand.click(
                on_canvas(canvas, QPointF(x - 60, y + 110))
            )  # nothing selected: no wire by itself
            self.hand.click(on_screen(palette.search))
            palette.search.clear()
            self.hand.type(words)
            before = len(root)
            row = palette.list.row_rect(block)
            if row.isEmpty():
                raise TourProblem(f"“{words}” does not find {block} in the palette")
            self.hand.drag(on_screen(palette.list.viewport(), row.center()), on_canvas(canvas, QPointF(x, y)))
            wait(lambda count=before: len(root) > count, f"{block} on the canvas", 5)
        palette.search.clear()
        self.picture("tour-1-blocks")
        for src, dst in WIRES:
            placed = canvas.scene_.placed
            start = next(iter(placed.outputs[src].values()))
            end = next(iter(placed.inputs[dst].values()))
            if root.into(dst) and root.into(dst)[0].src == src:
                continue
            self.hand.drag(on_canvas(canvas, start), on_canvas(canvas, end))
            wait(lambda s=src, d=dst: any(e.src == s for e in root.into(d)), f"a wire from {src} to {dst}", 5)
        self.report["nodes"] = len(root)

    def mistake(self) -> None:
        """pool1 does not fit fc1: the program says so and offers Flatten, which Enter takes."""
        workspace = self.app.desk.workspace
        fault = workspace.flow.faults[0]
        self.report["problem"] = fault.message
        if "needs one axis" not in fault.message:
            raise TourProblem(f"unexpected problem: {fault.message}")
        box = self.canvas.scene_.placed.boxes["fc1"]
        self.hand.click(on_canvas(self.canvas, box.center()))
        pump(400)
        self.picture("tour-2-problem")
        self.hand.press("Return")
        wait(lambda: not workspace.flow.problems, "Flatten repairs it", 5)
        self.hand.press("ctrl+z")
        wait(lambda: workspace.flow.problems, "undo", 5)
        self.hand.press("ctrl+y")
        wait(lambda: not workspace.flow.problems, "redo", 5)
        self.report["parameters"] = workspace.flow.parameters

    def train(self) -> None:
        """Ctrl+Enter, and wait for 95 %."""
        # other processors round otherwise: leave time for a slower start
        self.app.bench.runner.change("epochs", 15)
        wait(lambda: self.app.desk.session.is_live, "the engine has the design")
        self.hand.press("ctrl+Return")
        wait(lambda: self.app.desk.session.training.state is RunState.RUNNING, "training starts")
        wait(lambda: self.accuracies, "the first epoch", 120)
        self.picture("tour-3-training")
        wait(lambda: max(self.accuracies) >= 0.95, "95 % of the validation digits", 300)
        self.report["accuracy"] = max(self.accuracies)
        if self.app.desk.session.training.state is not RunState.IDLE:
            self.hand.click(on_screen(self.window.top_bar.stop))
            wait(lambda: self.app.desk.session.training.state is RunState.IDLE, "training stops")

    def features(self) -> None:
        """One click on a node shows its maps."""
        self.hand.press("ctrl+2")
        box = self.canvas.scene_.placed.boxes["conv1"]
        seen: list[events.FeatureSet] = []
        self.app.desk.bridge.heard.connect(
            lambda e: seen.append(e) if isinstance(e, events.FeatureSet) else None
        )
        self.hand.click(on_canvas(self.canvas, box.center()))
        wait(lambda: any(e.address == "conv1" for e in seen), "the maps of conv1", 10)
        self.report["maps"] = seen[-1].channels
        self.picture("tour-4-features")

    def attention(self) -> None:
        """Open the small vision transformer by name and look at its heads."""
        seen: list[events.AttentionSet] = []
        self.app.designs.added.connect(
            lambda bench: bench.desk.bridge.heard.connect(
                lambda e: seen.append(e) if isinstance(e, events.AttentionSet) else None
            )
        )
        self.hand.press("ctrl+k")
        self.hand.type("small vit")
        self.hand.press("Return")
        wait(lambda: "encoder1" in self.app.desk.workspace.document.root, "the transformer", 10)
        self.hand.press("ctrl+3")
        wait(lambda: seen, "attention weights", 30)
        self.report["heads"] = sum(len(layer.weights) for layer in seen[-1].layers)
        pump(800)
        self.picture("tour-5-attention")


def main(out: str) -> int:
    """Walk and report; 0 when every step happened."""
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    application = QApplication(sys.argv[:1])
    theme().change(mode="light")
    tour = Tour(folder)
    try:
        tour.run()
    except TourProblem as problem:
        tour.report["failed"] = str(problem)
        tour.picture("tour-failed")
    finally:
        tour.app.close()
        (folder / "tour.json").write_text(json.dumps(tour.report, indent=1))
    application.quit()
    print(json.dumps(tour.report))  # noqa: T201
    return 1 if "failed" in tour.report else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
