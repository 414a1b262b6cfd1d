"""Write `screenshots/`: the tour by mouse and keyboard, then the main views at three sizes, light and dark.

`xvfb-run -a -s "-screen 0 1920x1080x24" python tools/screenshots.py`, or `make screenshots`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import tour
from hand import pump, wait
from PySide6.QtWidgets import QApplication

from explorer.client.live import RunState
from explorer.ui.app import App
from explorer.ui.canvas import commands
from explorer.ui.theme import Mode, theme

OUT = Path(__file__).resolve().parent.parent / "screenshots"
SIZES = ((1280, 800), (1440, 900), (1920, 1080))


class Album:
    """One program, photographed in many sizes."""

    def __init__(self) -> None:
        self.app = App()
        self.app.window.move(0, 0)
        self.app.window.show()
        self.app.start_engine()

    def open(self, design: str, size: tuple[int, ...] | None = None) -> None:
        """Open a design and wait for its pictures."""
        self.app.files.open_gallery(design, size)
        wait(
            lambda: not self.app.desk.live.is_stale and self.app.desk.live.loaded_revision >= 0, "the engine"
        )
        pump(800)

    def shoot(self, name: str, modes: tuple[Mode, ...] = ("light", "dark")) -> None:
        """Photograph the window at all sizes."""
        for mode in modes:
            theme().change(mode=mode)
            for width, height in SIZES:
                self.app.window.resize(width, height)
                pump(500)
                self.app.canvas.open_readable()
                pump(300)
                self.app.window.grab().save(str(OUT / f"{name}-{mode}-{width}x{height}.png"))

    def main(self) -> None:
        """LeNet-5 in the middle of a run."""
        self.open("lenet5_modern", (1, 28, 28))
        desk = self.app.desk
        self.app.dock.show_tab("training")
        self.app.panels.training.set_setting("epochs", 12)
        self.app.panels.training.start()
        wait(lambda: desk.live.run is RunState.RUNNING, "training")
        pump(6000)
        self.app.canvas.show_address("conv1")
        desk.live.pause_or_resume()
        wait(lambda: desk.live.run is RunState.PAUSED, "a pause")
        self.shoot("main")
        desk.live.stop()
        wait(lambda: desk.live.run is RunState.IDLE, "the end of the run")

    def features(self) -> None:
        """The maps of a convolution."""
        self.open("lenet5_modern", (1, 28, 28))
        self.app.dock.show_tab("features")
        self.app.canvas.show_address("conv2")
        pump(1000)
        self.shoot("features")

    def problem(self) -> None:
        """A layer that does not fit, with repairs."""
        self.open("lenet5_modern", (1, 28, 28))
        workspace = self.app.desk.workspace
        self.app.canvas.context.select(["flatten"])
        commands.dissolve(self.app.canvas.context)
        self.app.dock.show_tab("problems")
        pump(600)
        for mode in ("light", "dark"):
            theme().change(mode=mode)
            self.app.window.resize(1440, 900)
            self.app.window.enlarge_dock(0.2)
            pump(300)
            self.app.canvas.show_address("fc1")
            self.app.canvas.follow_problem()
            pump(700)
            self.app.window.grab().save(str(OUT / f"problem-{mode}-1440x900.png"))
        workspace.history.mark_clean()

    def attention(self) -> None:
        """All heads of the small transformer over the picture."""
        self.open("vit_mnist")
        self.app.dock.show_tab("attention")
        self.app.canvas.show_address("encoder2")
        pump(1500)
        self.shoot("attention")
        theme().change(mode="light")
        self.app.window.resize(1440, 900)
        self.app.window.enlarge_dock(0.82)
        pump(600)
        self.app.window.grab().save(str(OUT / "attention-large-light-1440x900.png"))

    def projector(self) -> None:
        """Text at 175 %."""
        self.open("lenet5_modern", (1, 28, 28))
        theme().change(mode="light", scale=1.75)
        self.app.window.resize(1920, 1080)
        self.app.dock.show_tab("features")
        self.app.canvas.open_readable()
        self.app.canvas.show_address("conv1")
        pump(1000)
        self.app.window.grab().save(str(OUT / "projector-light-1920x1080.png"))
        theme().change(scale=1.0)


def main() -> int:
    """Take all pictures; 0 when every step worked."""
    OUT.mkdir(exist_ok=True)
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    code = tour.main(str(OUT)) if "--no-tour" not in sys.argv else 0
    _application = QApplication.instance() or QApplication(sys.argv[:1])
    theme().change(mode="light")
    album = Album()
    try:
        for scene in (album.main, album.features, album.problem, album.attention, album.projector):
            scene()
    finally:
        album.app.desk.workspace.history.mark_clean()
        album.app.close()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
