"""Open each starter in the real window, wait for its answer, and photograph it into `screenshots/starters/`.

`xvfb-run -a -s "-screen 0 1920x1080x24" python tools/starters.py [NUMBER …]`. A starter that is trained has
to say so and to give its answer; the points are trained first, by their own settings.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

from hand import pump, wait
from photograph import keep
from PySide6.QtWidgets import QApplication

from explorer import resources
from explorer.style.theme import theme
from explorer.ui.app import App
from explorer.ui.canvas import navigation

OUT = Path(__file__).resolve().parent.parent / "screenshots" / "starters"
LOOKS = {"01": "training", "08": "attention", "09": "attention", "10": "text"}
"""Panel that shows what a network was trained for, by the number of its starter; others show the answer."""
READABLE = 0.46


def photograph(app: App, path: Path) -> None:
    """One starter: trained, answering, in the window."""
    number = path.name[:2]
    before = app.designs.benches
    started = time.monotonic()
    app.files.open_starter(str(path))
    for other in [bench for bench in before if bench is not app.bench]:
        app.designs.close(other)
    session = app.desk.session
    look = LOOKS.get(number, "answer")
    app.dock.show_tab(look)
    wait(lambda: session.is_live, f"{path.name} to run", 120)
    if session.workspace.document.settings.get("weights"):
        wait(lambda: session.weights.origin.is_trained, f"the weights of {path.name}", 60)
    else:
        app.bench.runner.start()
        wait(lambda: session.training.is_going_on, "training")
        wait(lambda: not session.training.is_going_on, "the end of the run", 300)
    panel = app.dock.panel(look).panel
    if look != "training":
        wait(lambda: not panel.is_empty(), f"the answer of {path.name}", 120)
    seconds = time.monotonic() - started
    app.window.room.enlarge_dock(0.4)
    if look == "text":
        app.dock.panel(look).write()
        pump(15_000)
    pump(2500)
    navigation.fit_all(app.canvas)
    pump(900)  # it flies there
    if app.canvas.zoom < READABLE:
        app.canvas.open_readable()
    pump(900)
    keep(app.window.grab(), OUT / f"{path.name.partition('.')[0]}.png")
    sys.stdout.write(f"{path.name}: {session.weights.origin.source}, {seconds:.1f} s\n")
    session.workspace.history.mark_clean()


def main(numbers: list[str]) -> None:
    """Photograph all starters, or those of the numbers."""
    OUT.mkdir(parents=True, exist_ok=True)
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    _application = QApplication.instance() or QApplication(sys.argv[:1])
    theme().change(mode="light")
    app = App()
    app.window.move(0, 0)
    app.window.resize(1440, 900)
    app.window.show()
    app.start_engine()
    try:
        for path in sorted(resources.path("designs").glob("*.arch.json")):
            if not numbers or path.name[:2] in numbers:
                photograph(app, path)
    finally:
        app.desk.workspace.history.mark_clean()
        app.close()


if __name__ == "__main__":
    main(sys.argv[1:])
