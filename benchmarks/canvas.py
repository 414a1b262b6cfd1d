"""The canvas against NodeGraphQt: opening a design, panning, dragging a node, undo.

Each side runs in child processes of its own, in turns. NodeGraphQt is measured where it is installed
(it needs `Qt.py` and `setuptools` beside it); without it only our own times are printed.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise

import interleaved

WIDE, TALL = 1600, 900
OURS, PEER = "ours", "NodeGraphQt"
CASES = {
    "create": "open {n} nodes",
    "pan": "one step of a pan at 100 %",
    "drag": "one step of dragging a node",
    "undo": "undo of one move",
    "fit": "one frame with all in sight",
    "marquee": "one step of a rubber band over all",
    "collapse": "collapse 1,000 nodes, and open them",
    "unfold": "unfold a network into 500 nodes, and fold it",
    "tidy": "tidy all",
    "palette": "Ctrl+K, until the list is shown",
}


def clock(run: Callable[[], object]) -> float:
    """Milliseconds of processor time of the window's thread: other jobs of the machine don't count."""
    start = time.thread_time()
    run()
    return (time.thread_time() - start) * 1e3


def mean(run: Callable[[int], object], count: int) -> float:
    run(0)
    return sum(clock(lambda n=n: run(n)) for n in range(1, count + 1)) / count


def ours(count: int) -> dict[str, float]:
    """The whole program with a chain of placed nodes open in a tab; no engine."""
    import tempfile

    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtWidgets import QApplication

    from explorer.architectures.gallery import find
    from explorer.graph.document import Document
    from explorer.graph.edits import AddNode, Batch, Connect, Move
    from explorer.graph.model import Edge, Node
    from explorer.style.theme import theme
    from explorer.ui.app import App
    from explorer.ui.canvas import commands, navigation, tidying
    from explorer.ui.canvas.pointer import Pointer
    from explorer.ui.canvas.tools.marquee import Marquee
    from explorer.ui.canvas.tools.move import Move as MoveTool

    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    qt = QApplication([])
    theme().change(reduced_motion=True)
    places = grid(count)
    edits = [AddNode(Node("n0", "input", {"shape": (8, 16, 16)}, places[0]))]
    edits += [
        AddNode(Node(f"n{i}", "conv2d", {"filters": 8, "kernel": 3, "padding": 1}, places[i]))
        for i in range(1, count)
    ]
    edits += [Connect(Edge(f"n{i}", "y", f"n{i + 1}", "x")) for i in range(count - 1)]
    document = Document()
    document.apply(Batch(tuple(edits)))
    app = App()
    app.window.resize(WIDE, TALL)
    app.window.show()
    app.open("mlp_spirals")
    qt.processEvents()

    def create() -> None:
        app.designs.add(document)
        app.canvas.viewport().repaint()

    found = {"create": clock(create)}
    view = app.canvas
    qt.processEvents()
    view.camera.look_at(1.0, view.scene_.placed.bounds().center(), fly=False)
    qt.processEvents()

    def pan(_: int) -> None:
        view.camera.scroll(24, 8)
        qt.processEvents()

    found["pan"] = mean(pan, 60)
    middle = view.camera.centre
    boxes = view.scene_.placed.boxes
    key = min(boxes, key=lambda n: (boxes[n].center() - middle).manhattanLength())
    view.context.select([key])
    start = Pointer(boxes[key].center(), QPointF(), Qt.MouseButton.LeftButton)
    tool = MoveTool(view, start, key)
    view.start(tool)

    def drag(step: int) -> None:
        tool.move(Pointer(start.scene + QPointF(9.0 * step, 5.0 * step), QPointF(9.0 * step, 5.0 * step)))
        qt.processEvents()

    found["drag"] = mean(drag, 40)
    view.cancel_gesture()
    for step in range(8):
        view.context.workspace.apply(Move({key: (3.0 + step, 5.0)}), "Move")
    qt.processEvents()

    def undo(_: int) -> None:
        view.context.workspace.history.undo()
        qt.processEvents()

    found["undo"] = mean(undo, 6)
    navigation.fit_all(view)
    qt.processEvents()
    found["fit"] = mean(lambda _: view.viewport().repaint(), 5)
    whole = view.scene_.placed.bounds()
    band = Marquee(view, Pointer(whole.topLeft(), QPointF(), Qt.MouseButton.LeftButton))
    view.start(band)

    def widen(step: int) -> None:
        band.move(Pointer(whole.topLeft() + QPointF(whole.width(), whole.height()) * step / 20, QPointF()))
        qt.processEvents()

    found["marquee"] = mean(widen, 20)
    view.cancel_gesture()
    view.camera.look_at(1.0, whole.center(), fly=False)
    view.context.select([f"n{i}" for i in range(1, min(count, 1_001))])

    def collapse(_: int) -> None:
        commands.collapse(view.context)
        qt.processEvents()

    found["collapse"] = mean(collapse, 2)

    def tidy() -> None:
        tidying.tidy_all(view.context)
        qt.processEvents()

    found["tidy"] = clock(tidy)

    def palette(_: int) -> None:
        app.actions.run("app.search")
        qt.processEvents()

    found["palette"] = mean(palette, 3)
    app.designs.add(find("preact_resnet1001_cifar10").build(None))
    qt.processEvents()

    def unfold(step: int) -> None:
        app.canvas.context.unfold(step % 2)
        qt.processEvents()

    found["unfold"] = mean(unfold, 4)
    return found


def peer(count: int) -> dict[str, float]:
    from NodeGraphQt import BaseNode, NodeGraph
    from PySide6.QtCore import QPointF, QRectF
    from PySide6.QtWidgets import QApplication

    app = QApplication([])

    class Layer(BaseNode):
        __identifier__, NODE_NAME = "bench", "layer"

        def __init__(self) -> None:
            super().__init__()
            self.add_input("in")
            self.add_output("out")

    places, nodes, graphs = grid(count), [], []

    def create() -> None:
        graph = NodeGraph()
        graph.register_node(Layer)
        graph.set_acyclic(False)  # a walk per wire is the user's choice there
        for number, place in enumerate(places):
            made = graph.create_node(
                "bench.Layer", name=f"n{number}", pos=place, selected=False, push_undo=False
            )
            nodes.append(made)
        for first, second in pairwise(nodes):
            second.input(0).connect_to(first.output(0), push_undo=False)
        view = graph.viewer()
        view.resize(WIDE, TALL)
        view.show()
        view.viewport().repaint()
        graphs.append(graph)

    found = {"create": clock(create)}
    graph, view = graphs[0], graphs[0].viewer()
    app.processEvents()
    box = nodes[count // 2].view.sceneBoundingRect()
    corner = box.center() - QPointF(WIDE / 2, TALL / 2)
    view._scene_range = QRectF(corner.x(), corner.y(), WIDE, TALL)  # 100 %, this node in the middle
    view._update_scene()
    app.processEvents()

    def pan(_: int) -> None:
        view._set_viewer_pan(24, 8)
        app.processEvents()

    found["pan"] = mean(pan, 60)
    node = nodes[count // 2].view

    def drag(step: int) -> None:
        node.setPos(node.x() + 9, node.y() + 5)
        app.processEvents()

    found["drag"] = mean(drag, 40)
    for step in range(8):
        nodes[count // 2].set_pos(3.0 + step, 5.0)
    app.processEvents()

    def undo(_: int) -> None:
        graph.undo_stack().undo()
        app.processEvents()

    found["undo"] = mean(undo, 6)
    graph.select_all()
    graph.fit_to_selection()
    app.processEvents()
    found["fit"] = mean(lambda _: view.viewport().repaint(), 5)
    return found


def grid(count: int) -> list[tuple[float, float]]:
    """Rows of nodes, as wide as the window is in proportion."""
    columns = max(1, round(math.sqrt(count * 1.3)))
    return [(float(n % columns * 220 + 40), float(n // columns * 170 + 40)) for n in range(count)]


def child(side: str, count: int) -> dict[str, float] | None:
    env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    done = subprocess.run(
        [sys.executable, __file__, "--child", side, str(count)], capture_output=True, text=True, env=env
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        reason = (done.stderr.strip().splitlines() or ["?"])[-1]
        print(f"{side}, {count} nodes: {reason}")
        return None
    found: dict[str, float] = json.loads(lines[-1])
    return found


def main() -> None:
    options = interleaved.arguments(rounds=3)
    kept: dict[str, object] = {}
    for count in (1_000, 5_000, 10_000):
        times: dict[str, dict[str, list[float]]] = {case: {} for case in CASES}
        for turn in range(options.rounds):
            # NodeGraphQt takes 15 s to open 5,000 nodes: one round is enough to see the order
            sides = (OURS, PEER) if count == 1_000 or (count == 5_000 and not turn) else (OURS,)
            for side in sides:
                for case, value in (child(side, count) or {}).items():
                    times[case].setdefault(side, []).append(value)
        for case, found in times.items():
            if found:
                base = PEER if PEER in found else OURS
                title = f"{CASES[case].format(n=f'{count:,}')} ({count:,} nodes)"
                kept[f"{case}:{count}"] = interleaved.report(title, found, base)
    interleaved.keep(options.out, kept)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps((ours if sys.argv[2] == OURS else peer)(int(sys.argv[3]))))
    else:
        main()
