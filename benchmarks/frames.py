"""Frame intervals of the window at 60 Hz: idle, and while the engine trains."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from itertools import pairwise

import interleaved
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from explorer.protocol.records import TrainSettings
from explorer.session.run_control import RunState
from explorer.style.theme import theme
from explorer.ui.app import App

SECONDS = 3.0


def wait(until: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not until():  # type: ignore[operator]
        if time.monotonic() > end:
            raise SystemExit("the engine did not answer")
        QApplication.processEvents()
        time.sleep(0.002)


def intervals(app: App) -> list[float]:
    """Milliseconds between repaints of the whole canvas, asked for every 16 ms."""
    times: list[float] = []
    timer = QTimer()
    timer.setInterval(16)

    def frame() -> None:
        app.canvas.viewport().repaint()
        times.append(time.perf_counter())

    timer.timeout.connect(frame)
    timer.start()
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        QApplication.processEvents()
        time.sleep(0.0005)
    timer.stop()
    return [(b - a) * 1e3 for a, b in pairwise(times)]


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def main() -> None:
    options = interleaved.arguments(3)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    _application = QApplication([])
    theme().change()
    app = App()
    app.window.resize(1440, 900)
    app.window.show()
    app.start_engine()
    app.open()
    wait(lambda: app.desk.session.is_live)
    idle: list[float] = []
    busy: list[float] = []
    for _ in range(options.rounds):
        idle += intervals(app)
        app.desk.session.train(TrainSettings(epochs=10_000))
        wait(lambda: app.desk.session.training.state is RunState.RUNNING)
        busy += intervals(app)
        app.bench.runner.stop()
        wait(lambda: app.desk.session.training.state is RunState.IDLE)
    app.desk.workspace.history.mark_clean()
    app.close()
    ratio = p95(busy) / p95(idle)
    for name, values in (("idle", idle), ("training", busy)):
        print(f"  {name:<10} median {statistics.median(values):6.2f} ms   p95 {p95(values):6.2f} ms")
    print(f"  p95 while training / idle: x{ratio:.2f}")
    interleaved.keep(options.out, {"p95 training / idle": ratio})


if __name__ == "__main__":
    main()
