"""Opening a network of the gallery on the canvas against torchview's picture of the same network.

Ours is all that a click on a card costs: the document is built and resolved, the scene is made and painted
for the first time, offscreen; then a figure of boxes is drawn and written as SVG. The peer gets the finished
module of the same network and draws it on the meta device with its defaults (`draw_graph`, depth 3); no
picture is rendered by it, so Graphviz itself need not be there. Every time is the first in a process of its
own that has opened something small before, since what was opened once is remembered.

torchview is no dependency: `pip install --no-deps torchview graphviz`, into a folder on PYTHONPATH if you
like. Without it only our own times are printed.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import interleaved

NETWORKS = ("lenet5", "resnet50", "densenet264", "preact_resnet1001_cifar10", "vit_b_16")
SMALL = "mlp_spirals"
OURS, FIGURE, PEER = "canvas: open and paint", "figure of boxes, as SVG", "torchview: draw_graph"
STEPS = ("build", "resolve", "scene", "paint")
WIDE, TALL = 1600, 900


def ours(name: str) -> dict[str, float]:
    from PySide6.QtWidgets import QApplication

    from explorer.architectures.gallery import find
    from explorer.blocks.registry import registry
    from explorer.figures.networks.svg import written
    from explorer.figures.networks.write import figure_of
    from explorer.graph.workspace import Workspace
    from explorer.style.theme import theme
    from explorer.ui.canvas.canvas import CanvasView

    app = QApplication([])
    theme().change(reduced_motion=True)

    def opened(network: str) -> tuple[Workspace, dict[str, float]]:
        marks = [time.perf_counter()]
        workspace = Workspace(registry())
        document = find(network).build(resolver=workspace.resolver)  # as the program does it
        marks.append(time.perf_counter())
        workspace.open(document)
        assert workspace.flow.leaves
        marks.append(time.perf_counter())
        view = CanvasView(workspace)
        view.resize(WIDE, TALL)
        view.show()
        marks.append(time.perf_counter())
        view.viewport().repaint()
        app.processEvents()
        marks.append(time.perf_counter())
        shown.append(view)
        times = (after - before for before, after in pairwise(marks))
        return workspace, {step: 1e3 * seconds for step, seconds in zip(STEPS, times, strict=True)}

    def figure(workspace: Workspace) -> float:
        start = time.perf_counter()
        made = figure_of(workspace.flow, workspace.document.name, "boxes")
        Path(folder, "figure.svg").write_text(written(made, theme().colours))
        return 1e3 * (time.perf_counter() - start)

    shown: list[CanvasView] = []
    with tempfile.TemporaryDirectory() as folder:
        figure(opened(SMALL)[0])
        workspace, steps = opened(name)
        return {OURS: sum(steps.values()), FIGURE: figure(workspace), **steps}


def peer(name: str) -> dict[str, float]:
    import torch
    import torchview

    from explorer.architectures.gallery import find
    from explorer.blocks.registry import registry
    from explorer.engine.compile import compile_flow
    from explorer.graph.resolve import Resolver

    torch.set_num_threads(1)

    def drawn(network: str) -> float:
        flow = Resolver(registry()).resolve(find(network).build())
        module = compile_flow(flow, network, torch.device("cpu")).module.eval()
        (tensor,) = (node.outputs["y"] for id, node in flow.nodes.items() if flow.graph[id].block == "input")
        start = time.perf_counter()
        graph = torchview.draw_graph(module, input_size=(1, *tensor.shape), device="meta")
        assert len(graph.visual_graph.source) > 100
        return 1e3 * (time.perf_counter() - start)

    drawn("lenet5_modern")
    return {PEER: drawn(name)}


def child(side: str, name: str) -> dict[str, float]:
    env = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    done = subprocess.run(
        [sys.executable, __file__, "--child", side, name], capture_output=True, text=True, env=env
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        print(f"{side}, {name}: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
        return {}
    found: dict[str, float] = json.loads(lines[-1])
    return found


def main() -> None:
    options = interleaved.arguments(rounds=3)
    kept: dict[str, object] = {}
    try:
        import torchview  # noqa: F401

        sides = ("ours", "torchview")
    except ImportError:
        print("torchview is not installed: only our own times follow (see the first lines of this file).")
        sides = ("ours",)
    for name in NETWORKS:
        times: dict[str, list[float]] = {}
        for _ in range(options.rounds):
            for side in sides:
                for case, value in child(side, name).items():
                    times.setdefault(case, []).append(value)
        cases = {case: times[case] for case in (PEER, OURS, FIGURE) if case in times}
        ratios: dict[str, object] = dict(interleaved.report(name, cases, PEER if PEER in cases else OURS))
        steps = {step: statistics.median(times[step]) for step in STEPS}
        print("  of it: " + ", ".join(f"{step} {value:.0f} ms" for step, value in steps.items()))
        kept[name] = {**ratios, "to open, ms": statistics.median(times[OURS]), "of it, ms": steps}
    interleaved.keep(options.out, kept)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        print(json.dumps((ours if sys.argv[2] == "ours" else peer)(sys.argv[3])))
    else:
        main()
