"""What turning to another tab costs: processor time of the window's thread until the picture is painted.

The whole program stands offscreen without engines, with four designs of the gallery and one of 1,000 nodes in
tabs. In the same turns a fixed piece of bare work is timed.
"""

from __future__ import annotations

import os
import statistics
import tempfile

import interleaved
from edits import Painted, bare, clock, design
from PySide6.QtWidgets import QApplication

from explorer.architectures.gallery import find
from explorer.style.theme import theme
from explorer.ui.app import App

DESIGNS = ("lenet5_modern", "resnet50", "densenet121", "vit_b_16")
ROUNDS = 7


def main() -> None:
    """Go round all tabs, several times."""
    options = interleaved.arguments(ROUNDS)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    application = QApplication([])
    theme().change(reduced_motion=True)
    app, painted = App(), Painted()
    app.window.resize(1440, 900)
    app.window.show()
    benches = [app.designs.add(find(name).build()) for name in DESIGNS]
    benches.append(app.designs.add(design(1_000)))
    for bench in benches:
        painted.watch(bench.canvas)
    work: list[float] = []
    times: dict[str, list[float]] = {bench.name: [] for bench in benches}
    for _ in range(options.rounds):
        work.append(clock(bare))
        for bench in benches:
            before = painted.count

            def turn() -> None:
                app.designs.show(bench)  # noqa: B023
                while painted.count == before:  # noqa: B023
                    application.processEvents()

            times[bench.name].append(clock(turn))
            for _ in range(50):
                application.processEvents()
    kept: dict[str, object] = {"bare work, ms": statistics.median(work)}
    print(f"bare work {statistics.median(work):.2f} ms")
    for name, values in times.items():
        middle, ratio = statistics.median(values), statistics.median(values) / statistics.median(work)
        print(f"  to {name:<22} {middle:7.2f} ms   worst {max(values):7.2f}   x{ratio:.2f}")
        kept[name] = {"ms": round(middle, 2), "worst": round(max(values), 2)}
    interleaved.keep(options.out, kept)
    for bench in benches:
        bench.desk.workspace.history.mark_clean()
    app.close()


if __name__ == "__main__":
    main()
