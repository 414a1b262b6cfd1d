"""What an edit costs the window: processor time of its thread, from the edit until the picture is painted.

The whole program stands offscreen without an engine, with a residual design of 1,000 and of 10,000 placed
nodes. Every edit is made at both sizes in turns, and in the same turns a fixed piece of bare work is timed,
so that the ratio says how an edit stands beside the machine of the day.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from math import sqrt

import interleaved
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

from explorer.blocks.registry import registry
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Batch, Connect, Edit, Move, SetField
from explorer.graph.model import Edge, Node
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.canvas import adding, commands
from explorer.ui.canvas.canvas import CanvasView

SIZES = (1_000, 10_000)
QUIET_BEFORE = 0.4
"""What the edit before has left for later is done before the next one is timed."""
QUIET_SECONDS = 2.0
"""How long after an edit its late work is counted: minimap, badges, autosave, message to the engine."""


def design(count: int) -> Document:
    """Units of convolution, normalisation, ReLU and addition with a skip, in rows as on a screen."""
    columns = max(1, round(sqrt(count * 1.3)))
    nodes = [Node("input", "input", {"shape": (8, 16, 16)}, _place(0, columns))]
    edges: list[Edge] = []
    kinds: tuple[tuple[str, str, dict[str, int]], ...] = (
        ("conv", "conv2d", {"filters": 8, "kernel": 3, "padding": 1}),
        ("norm", "batch_norm", {}),
        ("relu", "relu", {}),
        ("add", "add", {}),
    )
    before = first = "input"
    for number in range(1, count - 1):
        stem, block, fields = kinds[(number - 1) % 4]
        name = f"{stem}{(number - 1) // 4 + 1}"
        nodes.append(Node(name, block, dict(fields), _place(number, columns)))
        edges.append(Edge(before, "y", name, "x1" if block == "add" else "x"))
        if block == "add":
            edges.append(Edge(first, "y", name, "x2"))
            first = name
        before = name
    nodes.append(Node("output", "output", {}, _place(count - 1, columns)))
    edges.append(Edge(before, "y", "output", "x"))
    document = Document("large")
    document.apply(Batch((*map(AddNode, nodes), *map(Connect, edges))))
    return document


def _place(number: int, columns: int) -> tuple[float, float]:
    return float(number % columns * 220 + 40), float(number // columns * 170 + 40)


def bare() -> int:
    """The fixed piece of work: a table of 10,000 entries is made, read and sorted."""
    table = {str(number): number * 7919 % 10_007 for number in range(10_000)}
    return sum(table[key] for key in sorted(table, key=table.__getitem__))


def clock(run: Callable[[], object]) -> float:
    """Milliseconds of processor time that this thread spends."""
    start = time.thread_time()
    run()
    return (time.thread_time() - start) * 1e3


class Painted(QObject):
    """Counts how often the canvas has painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def watch(self, canvas: CanvasView) -> None:
        """Note it of this canvas, too."""
        canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count paintings, let everything through."""
        self.count += event.type() == QEvent.Type.Paint
        return False


class Bench:
    """A program with one large design, looked at in its middle at 100 %."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.app = App()
        self.app.window.resize(1440, 900)
        self.app.window.show()
        self.painted = Painted()
        self._settle(0.3)
        self.times: dict[str, list[float]] = {}
        self.late: dict[str, float] = {}
        middle = (count - 2) // 8
        self.conv, self.victim = f"conv{middle}", f"relu{middle}"
        self.open()

    @property
    def workspace(self) -> Workspace:
        """The open design."""
        return self.app.desk.workspace

    def open(self) -> None:
        """Open the design in a tab of its own, in place of the one before."""
        document = design(self.count)
        before = list(self.app.designs.benches)
        self.timed("open", lambda: self.painted.watch(self.app.designs.add(document).canvas))
        for bench in before:
            bench.desk.workspace.history.mark_clean()
            self.app.designs.close(bench)
        box = self.app.canvas.scene_.placed.boxes[self.conv]
        self.app.canvas.camera.look_at(1.0, box.center(), fly=False)
        self._settle(0.5)

    def timed(self, case: str, run: Callable[[], object], *, late: bool = False) -> None:
        """Time one edit with its picture, and apart from it what comes later."""
        self._settle(QUIET_BEFORE)
        before = self.painted.count

        def with_picture() -> None:
            run()
            QApplication.sendPostedEvents()
            if self.painted.count == before:
                QApplication.processEvents()

        self.times.setdefault(case, []).append(clock(with_picture))
        assert self.painted.count > before, f"{case} was not painted"
        if late:
            self.late[case] = clock(lambda: self._settle(QUIET_SECONDS))

    def round(self, *, late: bool) -> None:
        """Every edit once, and its undo."""
        conv = self.conv
        self._edit("field", SetField(conv, "bias", False), late=late)
        wider = Batch((SetField(conv, "kernel", 5), SetField(conv, "padding", 2)))
        self._edit("field that all behind sees", wider)
        self._edit("field that half of it waits for", SetField(conv, "filters", 16), late=late)
        x, y = self.workspace.document.root[conv].pos
        self._edit("move", Move({conv: (x + 3.0, y + 5.0)}))
        self._command("add", self._add)
        self.app.canvas.context.select([self.victim])
        self._command("delete", lambda: commands.remove(self.app.canvas.context), late=late)

    def _edit(self, name: str, edit: Edit, *, late: bool = False) -> None:
        self._command(name, lambda: self.workspace.apply(edit, name), late=late)

    def _command(self, name: str, run: Callable[[], object], *, late: bool = False) -> None:
        self.timed(name, run, late=late)
        self.timed(f"{name}, undo", self.workspace.history.undo)

    def _add(self) -> None:
        """As with Tab, where it is in sight."""
        context, camera = self.app.canvas.context, self.app.canvas.camera
        adding.add_block(context, "conv2d", camera.visible().center(), alone=True)

    def _settle(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.002)

    def close(self) -> None:
        """End the program."""
        self.workspace.history.mark_clean()
        self.app.close()


def resolve_times(rounds: int, layers: int = 1_000) -> list[float]:
    """Milliseconds from an edit in the middle of a design to its whole new flow, without a window."""
    workspace = Workspace(registry(), design(layers))
    assert workspace.flow.leaves
    conv, times = f"conv{(layers - 2) // 8}", []
    for number in range(rounds):
        edit = SetField(conv, "bias", bool(number % 2))

        def run(edit: Edit = edit) -> None:
            workspace.apply(edit)
            assert workspace.flow.leaves

        times.append(clock(run))
    return times


def tell(bench: Bench, work: float) -> dict[str, object]:
    """Print what a bench has found; returns what is kept of it."""
    kept: dict[str, object] = {}
    wires = len(bench.workspace.document.root.edges)
    print(
        f"\n{bench.count:,} nodes, {wires:,} wires: processor ms of the window, until the picture is painted"
    )
    for case, values in bench.times.items():
        middle = statistics.median(values)
        late = f"   and later {bench.late[case]:7.1f}" if case in bench.late else ""
        print(f"  {case:<38} {middle:8.2f}   worst {max(values):8.2f}   x{middle / work:7.2f}{late}")
        kept[f"{case}:{bench.count}"] = {"ms": round(middle, 2), "of bare work": round(middle / work, 2)}
    return kept


def main() -> None:
    options = interleaved.arguments(5)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    _application = QApplication([])
    theme().change(reduced_motion=True)
    benches = [Bench(count) for count in SIZES]
    work: list[float] = []
    for number in range(options.rounds):
        for bench in benches:
            work.append(clock(bare))
            bench.round(late=number == 0)
            work.append(clock(bare))
            bench.open()
    middle = statistics.median(work)
    print(f"bare work {middle:.2f} ms")
    kept: dict[str, object] = {"bare work, ms": round(middle, 2)}
    for bench in benches:
        kept.update(tell(bench, middle))
        bench.close()
    after = resolve_times(21)
    print(
        f"\nnew flow after an edit at 1,000 layers: {statistics.median(after):.2f} ms, worst {max(after):.2f}"
    )
    kept["new flow:1000"] = {"ms": round(statistics.median(after), 3)}
    interleaved.keep(options.out, kept)


if __name__ == "__main__":
    main()
