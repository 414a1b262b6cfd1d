"""Random hands on a canvas, by real events; after each step canvas, document, flow and engine must agree.

`tests/ui/canvas/test_gesture_machine.py` lets it work for a while in every run of the tests;
`PYTHONPATH=tests:tests/ui/canvas python tests/ui/canvas/gesture_machine.py --steps 100000` for as long as
one likes. Beside mouse, wheel and keys it does what menus do (repeats ×N, wraps, sharing, reroute dots), what
is typed behind names, and it lets pictures, tokens, answers and marks of runs come in.
"""

from __future__ import annotations

import os
import sys
import traceback

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

import hypothesis.strategies as st
import numpy as np
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from nets import design, node
from pointer import ALT, CTRL, LEFT, MIDDLE, NONE, RIGHT, SHIFT, Hand
from PySide6.QtCore import QEvent, QPointF, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from random_edits import loop, skipping, start

from explorer.blocks.registry import registry
from explorer.figures.canvas import read_level
from explorer.figures.canvas.placement import Placed
from explorer.figures.canvas.tiles import Thumbnails
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme
from explorer.ui.canvas.actions import ACTIONS
from explorer.ui.canvas.adding import add_block
from explorer.ui.canvas.canvas import CanvasView

SIZE = 1_000, 640
MOST_NODES = 40
"""A larger design is begun anew: steps must stay quick."""
ENGINE_EVERY = 25
"""So many steps apart torch builds and runs the design."""
KEYS = sorted({keys for action in ACTIONS for keys in action.keys})
MENU = sorted(
    action.id for action in ACTIONS if action.title and not action.id.startswith(("walk", "extend"))
)
PLACES = ("node", "title", "output", "input", "wire", "dot", "empty", "frame")
BUTTONS = st.sampled_from([LEFT, LEFT, LEFT, LEFT, RIGHT, MIDDLE])
HELD = st.sampled_from([NONE, NONE, NONE, SHIFT, CTRL, ALT, CTRL | SHIFT])
BLOCKS = st.sampled_from(
    ["relu", "conv2d", "max_pool", "add", "linear", "flatten", "batch_norm", "dropout", "concat", "residual"]
)


def repeating() -> Document:
    """Pieces that follow each other, equal and nearly equal, and a bar that joins five wires."""
    nodes, wires = [node("input", "input", shape=(4, 6, 6))], []
    last = "input"
    for number in range(1, 5):
        conv = node(f"conv{number}", "conv2d", filters=4, padding=1, bias=number != 3)
        nodes += [conv, node(f"relu{number}", "relu")]
        wires += [f"{last} -> conv{number}", f"conv{number} -> relu{number}"]
        last = f"relu{number}"
    nodes += [node("join", "concat"), node("flatten", "flatten"), node("fc", "linear", features=3)]
    nodes += [node("output", "output")]
    wires += [
        f"{name} -> join.x{port}"
        for port, name in enumerate(("input", *(f"relu{n}" for n in range(1, 5))), 1)
    ]
    return design(nodes, *wires, "join -> flatten", "flatten -> fc", "fc -> output")


def reading() -> Document:
    """Ids of tokens that are looked up: the input shows words."""
    return design(
        [
            node("input", "input", shape=(6,), dtype="int"),
            node("words", "embedding", vocabulary=20, width=4),
            node("layer1", "transformer_encoder_layer", heads=2),
            node("layer2", "transformer_encoder_layer", heads=2),
            node("layer3", "transformer_encoder_layer", heads=2),
            node("output", "output"),
        ],
        *("input -> words", "words -> layer1", "layer1 -> layer2", "layer2 -> layer3", "layer3 -> output"),
    )


@contextmanager
def complaints() -> Iterator[list[str]]:
    """Collects what Qt complains about, and exceptions in what Qt calls, which it only prints."""
    said: list[str] = []

    def hear(kind: QtMsgType, _context: object, text: str) -> None:
        if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg):
            said.append(text)

    def raised(kind: type[BaseException], problem: BaseException, trace: TracebackType | None) -> None:
        said.append("".join(traceback.format_exception(kind, problem, trace)))

    before, hook = qInstallMessageHandler(hear), sys.excepthook
    sys.excepthook = raised
    try:
        yield said
    finally:
        qInstallMessageHandler(before)
        sys.excepthook = hook


class GestureMachine(RuleBasedStateMachine):
    """One canvas in a window of its own."""

    steps = runs = 0
    """Of all machines together: gestures, and designs that torch has run."""

    @initialize(build=st.sampled_from([skipping, start, loop, repeating, reading]))
    def open(self, build: Callable[[], Document]) -> None:
        self.application = QApplication.instance() or QApplication([])
        theme().change(mode="light", scale=1.0, contrast=False, reduced_motion=True)
        self.build = build
        self.resolver = Resolver(registry())
        self.workspace = Workspace(registry(), build())
        self.view = CanvasView(self.workspace)
        self.view.resize(*SIZE)
        self.view.show()
        self.view.setFocus()
        self.hand = Hand(self.view)
        self.guard = complaints()
        self.said = self.guard.__enter__()
        QApplication.processEvents()

    def point(self, place: tuple[str, int, int, int]) -> QPointF:
        """A point of the canvas: on the n-th thing of a kind, or anywhere in sight."""
        kind, number, dx, dy = place
        placed, off = self.view.scene_.placed, QPointF(dx / 8, dy / 8)
        nodes = list(placed.views.nodes)
        if kind == "wire" and placed.views.wires:
            edges = list(placed.views.wires)
            return placed.way(edges[number % len(edges)]).route.path.pointAtPercent((dx % 100) / 100)
        if kind == "dot" and placed.views.dots:
            edges = sorted(placed.views.dots)
            at = placed.dots(edges[number % len(edges)])
            return QPointF(*at[dx % len(at)]) if at else QPointF(*placed.views.dots[edges[0]][0])
        if kind == "frame" and placed.views.frames:
            frames = list(placed.views.frames)
            return placed.frames[frames[number % len(frames)]].topLeft() + QPointF(20, 8)
        if kind in ("node", "title", "output", "input") and nodes:
            node = nodes[number % len(nodes)]
            spot = placed.spot(node)
            ports = {"output": spot.outputs, "input": spot.inputs}.get(kind)
            if ports:
                return list(ports.values())[number % len(ports)] + off / 4
            return spot.box.topLeft() + QPointF(14, 10) if kind == "title" else spot.box.center() + off
        sight = self.view.camera.visible()
        return sight.topLeft() + QPointF((dx + 100) / 200 * sight.width(), (dy + 100) / 200 * sight.height())

    POINTS = st.tuples(
        st.sampled_from(PLACES), st.integers(0, 30), st.integers(-99, 99), st.integers(-99, 99)
    )

    @rule(at=POINTS, button=BUTTONS, held=HELD)
    def click(self, at: tuple[str, int, int, int], button: Qt.MouseButton, held: Qt.KeyboardModifier) -> None:
        self.hand.click(self.point(at), button, held)

    @rule(at=POINTS)
    def double_click(self, at: tuple[str, int, int, int]) -> None:
        self.hand.double_click(self.point(at))

    @rule(a=POINTS, b=POINTS, button=BUTTONS, held=HELD)
    def drag(
        self,
        a: tuple[str, int, int, int],
        b: tuple[str, int, int, int],
        button: Qt.MouseButton,
        held: Qt.KeyboardModifier,
    ) -> None:
        self.hand.drag(self.point(a), self.point(b), button=button, keys=held)

    @rule(a=POINTS, b=POINTS, keys=st.sampled_from(KEYS), held=HELD)
    def key_in_a_drag(
        self,
        a: tuple[str, int, int, int],
        b: tuple[str, int, int, int],
        keys: str,
        held: Qt.KeyboardModifier,
    ) -> None:
        end = self.point(b)
        self.hand.press(self.point(a), LEFT, held).move(end)
        self.press(keys)
        self.hand.move(end + QPointF(5, 5)).release(end)

    @rule(keys=st.lists(st.sampled_from(KEYS), min_size=1, max_size=3))
    def keys(self, keys: list[str]) -> None:
        for name in keys:
            self.press(name)

    def press(self, name: str) -> None:
        """Press a key as the table writes it."""
        chord = QKeySequence(name)[0]
        QTest.keyClick(self.view, chord.key(), chord.keyboardModifiers())
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            self.type_into(field)

    def type_into(self, field: QLineEdit) -> None:
        QTest.keyClicks(field, "a1")
        QTest.keyClick(field, Qt.Key.Key_Return)
        self.view.setFocus()

    @rule(block=BLOCKS, at=POINTS, held=st.sampled_from([NONE, ALT]))
    def drop(self, block: str, at: tuple[str, int, int, int], held: Qt.KeyboardModifier) -> None:
        self.hand.drop(block, self.point(at), held)

    @rule(at=POINTS, name=st.sampled_from(MENU))
    def menu(self, at: tuple[str, int, int, int], name: str) -> None:
        """A right click, and a row of the menu that is not greyed."""
        self.hand.click(self.point(at), RIGHT)
        self.run(name)

    def run(self, name: str) -> None:
        action = next(action for action in ACTIONS if action.id == name)
        if action.why_not(self.view) is None:
            action.run(self.view)
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            self.type_into(field)

    @rule(first=st.integers(0, 30), count=st.integers(2, 9), name=st.sampled_from(["repeat", "twin", *MENU]))
    def row_of_nodes(self, first: int, count: int, name: str) -> None:
        """Some that follow each other are selected, by a click and Shift+arrow, then a row of the menu."""
        nodes = list(self.view.scene_.placed.boxes)
        if not nodes:
            return
        self.hand.click(self.view.scene_.placed.boxes[nodes[first % len(nodes)]].center())
        for _ in range(count - 1):
            QTest.keyClick(self.view, Qt.Key.Key_Right, SHIFT)
        self.run(name)

    @rule(block=BLOCKS, also=st.lists(st.integers(0, 30), max_size=5), alone=st.booleans())
    def typed(self, block: str, also: list[int], alone: bool) -> None:
        """A name with fields behind it, and nodes that feed it, as the search list adds it."""
        context = self.view.context
        names = list(context.graph)
        sources = [names[number % len(names)] for number in also] if names else []
        fields = {"filters": 4, "padding": (1, 1)} if block == "conv2d" else {}
        add_block(context, block, None, alone=alone, branch=True, fields=fields, also=sources)

    @rule(number=st.integers(0, 30), maps=st.integers(0, 4), seed=st.integers(0, 9))
    def news(self, number: int, maps: int, seed: int) -> None:
        """What the engine sends: pictures, tokens, an answer, how old they are, how far a run is."""
        pictures, values = self.view.pictures, np.random.default_rng(seed)
        names = list(self.view.context.views.nodes) or ["gone"]
        address = ".".join((*self.view.context.path, names[number % len(names)]))
        tiles = Thumbnails([values.random((5, 5), np.float32) for _ in range(maps)], 0.0, 1.0, 9)
        pictures.show_tiles({address: tiles, "gone": tiles})
        if seed % 3 == 0:
            pictures.show_input(None, {"input": ["a", "word", "…"][: maps + 1]})
        elif seed % 3 == 1:
            pictures.show_input(values.random((6, 6), np.float32))
        pictures.show_answer([("a class with a long name", 0.7), ("7", 0.2)][:maps])
        pictures.show_stale(seed * 40 or None)
        pictures.show_running({address: seed / 9} if seed else {})

    @rule(at=POINTS, steps=st.integers(-3, 3))
    def wheel(self, at: tuple[str, int, int, int], steps: int) -> None:
        self.hand.wheel(self.point(at), steps)

    @rule(times=st.integers(1, 4))
    def undo(self, times: int) -> None:
        for _ in range(times):
            QTest.keyClick(self.view, Qt.Key.Key_Z, CTRL)

    @invariant()
    def all_agree(self) -> None:
        QApplication.processEvents()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        type(self).steps += 1
        context, document = self.view.context, self.workspace.document
        assert not self.workspace.history.is_open, "a gesture has no end"
        while not self.workspace.settle(1.0):
            pass
        context.refresh()
        self.flow_is_fresh()
        self.canvas_is_fresh()
        assert files.decode(files.encode(document)).same_as(document)
        for key in context.selection.ids:
            assert key in context.views.nodes or key in context.views.frames or key in context.views.notes
        assert context.selection.wires <= set(context.views.wires)
        assert not self.said, "\n".join(self.said)
        if type(self).steps % ENGINE_EVERY == 0:
            self.engine_agrees()
        if len(document.root) > MOST_NODES:
            self.workspace.open(self.build())
            QApplication.processEvents()

    def flow_is_fresh(self) -> None:
        fresh = self.resolver.resolve(self.workspace.document)
        flow = self.workspace.flow
        assert flow.nodes == fresh.nodes
        assert flow.faults == fresh.faults
        assert flow.order == fresh.order

    def canvas_is_fresh(self) -> None:
        context = self.view.context
        views = read_level.build(self.workspace, context.level, context.live, places=context._found)
        assert context.views == views
        fresh = Placed()
        fresh.show(views)
        placed = self.view.scene_.placed
        assert placed.boxes == fresh.boxes
        assert {e: r.points for e, r in placed.routes.items()} == {
            e: r.points for e, r in fresh.routes.items()
        }

    def engine_agrees(self) -> None:
        """Torch builds what the flow says, and gives the shapes that the flow foretells."""
        import torch

        from explorer.engine.local import LocalEngine

        flow = self.workspace.flow
        if flow.faults or not flow.inputs or not flow.outputs:
            return
        model = LocalEngine(self.workspace.document)._state.model()
        assert sum(p.numel() for p in model.module.parameters()) == flow.parameters
        kinds = {"int": torch.long, "bool": torch.bool}
        fed = [
            torch.zeros(2, *tensor.shape, dtype=kinds.get(tensor.dtype, torch.float32))
            for tensor in flow.inputs.values()
        ]
        with torch.no_grad():
            found = model.module.eval()(*fed)
        found = list(found.values()) if isinstance(found, dict) else found
        found = found if isinstance(found, (list, tuple)) else [found]
        type(self).runs += 1
        assert [tuple(f.shape[1:]) for f in found] == [tuple(t.shape) for t in flow.outputs.values()]

    def teardown(self) -> None:
        if hasattr(self, "view"):
            self.guard.__exit__(None, None, None)
            self.view.close()
            self.view.deleteLater()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def main() -> None:
    """Work for so many steps and say how it went."""
    import argparse
    import time
    from pathlib import Path

    import psutil
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis.stateful import run_state_machine_as_test

    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--shrink", action="store_true", help="look for the shortest way to what fails")
    options = parser.parse_args()
    process, began, told = psutil.Process(), time.monotonic(), 0
    while GestureMachine.steps < options.steps:
        run_state_machine_as_test(
            GestureMachine,
            settings=settings(
                max_examples=20,
                stateful_step_count=100,
                deadline=None,
                database=None,
                phases=[Phase.generate, *([Phase.shrink] if options.shrink else [])],
                suppress_health_check=list(HealthCheck),
            ),
        )
        if GestureMachine.steps // 5_000 > told:
            told = GestureMachine.steps // 5_000
            memory = process.memory_info().rss / 2**20
            took = time.monotonic() - began
            runs, steps = GestureMachine.runs, GestureMachine.steps
            print(f"{steps} steps, {runs} runs, {took:.0f} s, {memory:.0f} MiB", flush=True)  # noqa: T201
    print(f"{Path(__file__).name}: {GestureMachine.steps} steps without a mismatch")  # noqa: T201


if __name__ == "__main__":
    main()
