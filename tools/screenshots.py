"""Write `screenshots/`: the tour by mouse and keyboard, then the main views at three sizes, light and dark.

`xvfb-run -a -s "-screen 0 1920x1080x24" python tools/screenshots.py`, or `make screenshots`.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tour
from hand import pump, wait
from photograph import keep
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from single import design_of

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.figures.picture import render_file
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect, Disconnect, SetField, SetName
from explorer.graph.model import Edge, Node
from explorer.graph.tensor import Tensor, image
from explorer.protocol.records import TrainSettings
from explorer.session.run_control import RunState
from explorer.style.theme import Mode, theme
from explorer.ui.app import App
from explorer.ui.canvas import commands, navigation
from explorer.ui.menus.main_menu import main_menu

OUT = Path(__file__).resolve().parent.parent / "screenshots"
SCENES = [
    "main",
    "features",
    "arithmetic",
    "texts",
    "problem",
    "remarks",
    "attention",
    "projector",
    "designs",
    "beside",
    "story",
    "export",
    "palette",
    "cards",
    "opened",
    "gallery",
    "networks",
    "figures",
]
"""All by default, after the tour; or those named on the command line."""
READABLE = 0.46
SIZES: dict[Mode, tuple[tuple[int, int], ...]] = {
    "light": ((1280, 800), (1440, 900), (1920, 1080)),
    "dark": ((1440, 900),),
}


class Album:
    """One program, photographed in many sizes."""

    def __init__(self) -> None:
        self.app = App()
        self.app.window.move(0, 0)
        self.app.window.resize(1440, 900)  # levels without places are wrapped to the first width
        self.app.window.show()
        self.app.start_engine()

    def open(self, design: str, size: tuple[int, ...] | None = None) -> None:
        """Open a design and wait for its pictures."""
        self.only(find(design).build(size))
        wait(lambda: self.app.desk.session.is_live, "the engine")
        pump(800)

    def only(self, document: Document) -> None:
        """Open a design and close every other."""
        bench = self.app.designs.add(document)
        for other in [other for other in self.app.designs.benches if other is not bench]:
            self.app.designs.close(other)
        pump(300)

    def shoot(self, name: str) -> None:
        """Photograph the window at all sizes."""
        for mode, sizes in SIZES.items():
            theme().change(mode=mode)
            for width, height in sizes:
                self.app.window.resize(width, height)
                pump(500)
                self.app.canvas.open_readable()
                pump(300)
                keep(self.app.window.grab(), OUT / f"{name}-{mode}-{width}x{height}.png")

    def main(self) -> None:
        """LeNet-5 in the middle of a run."""
        self.open("lenet5_modern", (1, 28, 28))
        desk = self.app.desk
        self.app.dock.show_tab("training")
        self.app.bench.runner.change("epochs", 12)
        self.app.bench.runner.start()
        wait(lambda: desk.session.training.state is RunState.RUNNING, "training")
        pump(6000)
        self.app.canvas.show_address("conv1")
        self.app.bench.runner.toggle()
        wait(lambda: desk.session.training.state is RunState.PAUSED, "a pause")
        self.shoot("main")
        self.app.bench.runner.stop()
        wait(lambda: desk.session.training.state is RunState.IDLE, "the end of the run")

    def features(self) -> None:
        """The maps of a convolution."""
        self.open("lenet5_modern", (1, 28, 28))
        self.app.dock.show_tab("features")
        self.app.canvas.show_address("conv2")
        pump(1000)
        self.shoot("features")

    def arithmetic(self) -> None:
        """One value of a convolution, written out."""
        self.open("lenet5_modern", (1, 28, 28))
        self.app.dock.show_tab("arithmetic")
        self.app.canvas.show_address("conv2")
        self._enlarged("arithmetic")

    def texts(self) -> None:
        """What a language model writes next, and what a translator looks at."""
        self.open("gpt_shakespeare")
        self.app.dock.show_tab("text")
        self._enlarged("text")
        self.open("french_luong")
        self.app.dock.show_tab("attention")
        self._enlarged("alignment")

    def _enlarged(self, name: str) -> None:
        """Light and dark, with a dock that takes some room from the canvas."""
        for mode in ("light", "dark"):
            theme().change(mode=mode)
            self.app.window.resize(1440, 900)
            self.app.window.room.enlarge_dock(0.35)
            pump(2500)
            keep(self.app.window.grab(), OUT / f"{name}-{mode}-1440x900.png")

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
            self.app.window.room.enlarge_dock(0.2)
            pump(300)
            self.app.canvas.show_address("fc1")
            self.app.canvas.follow_problem()
            pump(700)
            keep(self.app.window.grab(), OUT / f"problem-{mode}-1440x900.png")
        workspace.history.mark_clean()

    def remarks(self) -> None:
        """What is legal but hardly meant, below the problems."""
        self.open("lenet5_modern", (1, 28, 28))
        workspace = self.app.desk.workspace
        document = workspace.document
        with workspace.gesture("Make it doubtful"):
            before = document.root.into("output")[0]
            workspace.apply(Disconnect(before))
            workspace.apply(AddNode(Node("soft", "softmax", {}, document.root["output"].pos)))
            workspace.apply(Connect(Edge(before.src, before.out, "soft", "x")))
            workspace.apply(Connect(Edge("soft", "y", "output", "x")))
            workspace.apply(SetField("conv1", "padding", 4))
            workspace.apply(AddNode(Node("idle", "linear", {}, (0, 300))))
            workspace.apply(Connect(Edge("flatten", "y", "idle", "x")))
        self.app.dock.show_tab("problems")
        pump(1800)
        for mode in ("light", "dark"):
            theme().change(mode=mode)
            self.app.window.resize(1440, 900)
            pump(500)
            keep(self.app.window.grab(), OUT / f"remarks-{mode}-1440x900.png")
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
        self.app.window.room.enlarge_dock(0.82)
        pump(600)
        keep(self.app.window.grab(), OUT / "attention-large-light-1440x900.png")

    def projector(self) -> None:
        """Present: projector sizes, and the network has the room."""
        self.open("lenet5_modern", (1, 28, 28))
        theme().change(mode="light")
        self.app.window.resize(1920, 1080)
        self.app.dock.show_tab("features")
        self.app.actions.run("view.present")
        pump(600)
        self.app.canvas.open_readable()
        self.app.canvas.show_address("conv1")
        pump(1000)
        keep(self.app.window.grab(), OUT / "projector-light-1920x1080.png")
        self.app.actions.run("view.present")
        pump(600)

    def _both(self, name: str, opened: Callable[[], None] = lambda: None) -> None:
        """Photograph the window light and dark."""
        for mode in ("light", "dark"):
            theme().change(mode=mode)
            self.app.window.resize(1440, 900)
            pump(500)
            opened()
            pump(900)
            keep(self.app.window.grab(), OUT / f"{name}-{mode}-1440x900.png")
        theme().change(mode="light")

    def designs(self) -> None:
        """Several designs in tabs; a run goes on behind the one in front."""
        self.open("lenet5_modern", (1, 28, 28))
        behind = self.app.bench
        behind.runner.change("epochs", 40)
        behind.runner.start()
        wait(lambda: behind.desk.session.training.state is RunState.RUNNING, "training")
        for design in ("resnet_small", "unet_same_bn", "vit_mnist"):
            self.app.designs.add(find(design).build())
        wait(lambda: self.app.desk.session.is_live, "the engine")
        self.app.dock.show_tab("attention")
        pump(4000)
        self.app.canvas.open_readable()
        self._both("tabs")
        behind.runner.stop()
        wait(lambda: behind.desk.session.training.state is RunState.IDLE, "the end of the run")

    def beside(self) -> None:
        """Two designs beside each other, with what differs."""
        self.open("lenet5_modern", (1, 28, 28))
        first = self.app.bench
        other = find("lenet5_modern").build((1, 28, 28))
        second = self.app.designs.add(other)
        workspace = second.desk.workspace
        workspace.apply(SetName("LeNet-5, wider"))
        workspace.apply(SetField("conv1", "filters", 8))
        second.canvas.context.select(["relu3"])
        commands.dissolve(second.canvas.context)
        self.app.beside.begin(first, second)
        pump(2500)
        self._both("beside")
        self.app.beside.end()

    def story(self) -> None:
        """What an edit cost the weights, and the states to go back to."""
        self.open("lenet5_modern", (1, 28, 28))
        session = self.app.desk.session
        wait(lambda: session.weights.origin.is_trained, "the weights that are shipped")
        session.train(TrainSettings(epochs=1, rate=3e-4))
        wait(lambda: session.training.is_going_on, "training")
        wait(lambda: not session.training.is_going_on, "the end of the run", 120)
        wait(lambda: session.weights.origin.source == "run", "what was trained")
        session.workspace.apply(SetField("conv1", "filters", 8), "Widen conv1")
        wait(lambda: bool(session.weights.marks), "what the edit cost")
        wait(lambda: session.weights.origin.figure is not None, "its accuracy", 60)
        self.app.dock.show_tab("features")
        self.app.canvas.show_address("conv1")
        pump(2000)

        def opened() -> None:
            if not self.app.story.is_open:
                self.app.actions.run("weights.story")

        self._both("weights", opened)
        self.app.actions.run("weights.story")

    def export(self) -> None:
        """The menu with everything that can be written."""
        self.open("lenet5_modern", (1, 28, 28))
        self.app.window.resize(1440, 900)
        menu = main_menu(self.app.actions, self.app.window)
        menu.popup(self.app.window.mapToGlobal(QPoint(8, 44)))
        opened = [menu]
        for word in ("File", "Export"):
            section = next(row for row in opened[-1].actions() if row.text() == word)
            opened[-1].setActiveAction(section)
            section.menu().popup(opened[-1].mapToGlobal(opened[-1].actionGeometry(section).topRight()))
            opened.append(section.menu())
            pump(400)
        screen = self.app.window.screen().grabWindow(0, 0, 0, 1440, 900)
        keep(screen, OUT / "export-light-1440x900.png")
        for one in reversed(opened):
            one.close()

    def palette(self) -> None:
        """The palette by the lecture's chapters."""
        self.open("lenet5_modern", (1, 28, 28))
        for mode in ("light", "dark"):
            theme().change(mode=mode)
            self.app.window.resize(1440, 1060)
            pump(500)
            for name in ("1.1.2", "1.1.4"):
                rows = self.app.palette.list.rows
                at = next(n for n, row in enumerate(rows) if row.chapter.startswith(name))
                if rows[at + 1].chapter:  # folded
                    self.app.palette.list.toggle(at)
            self.app.canvas.open_readable()
            pump(400)
            keep(self.app.window.grab(), OUT / f"palette-{mode}-1440x1060.png")

    def gallery(self) -> None:
        """All networks on one page, and one of them opened."""
        self.app.gallery.show()
        page = self.app.gallery.page
        for mode in ("light", "dark"):
            theme().change(mode=mode)
            self.app.window.resize(1440, 900)
            page.grid.pick("vgg16")
            pump(500)
            keep(self.app.window.grab(), OUT / f"gallery-{mode}-1440x900.png")
        self.app.gallery.close()

    def figures(self) -> None:
        """Figures as they would stand on a slide."""
        for name, (design, style) in FIGURES.items():
            path = OUT / f"figure-{name}.png"
            render_file(find(design).build(), str(path), width=1600, style=style)
            keep(QPixmap(str(path)), path)

    def networks(self) -> None:
        """One network of each category, whole, as it opens."""
        folder = OUT / "networks"
        folder.mkdir(exist_ok=True)
        for number, design in enumerate(NETWORKS):
            theme().change(mode="dark" if number % 4 == 3 else "light")
            self.app.window.resize(1440, 900)
            self.only(find(design).build())
            self.app.dock.show_tab("answer")
            wait(lambda: self.app.desk.session.is_live, f"{design} to run", 120)
            answer = self.app.dock.panel("answer").panel
            wait(lambda panel=answer: not panel.is_empty(), f"the answer of {design}", 120)
            self.app.window.room.enlarge_dock(0.26)
            pump(2500)
            navigation.fit_all(self.app.canvas)
            pump(900)  # it flies there
            if self.app.canvas.zoom < READABLE:
                self.app.canvas.open_readable()
            pump(600)
            keep(self.app.window.grab(), folder / f"{design}.png")
            self.app.desk.workspace.history.mark_clean()

    def cards(self) -> None:
        """Six cards of different families, as the inspector shows them."""
        for mode in ("light", "dark"):
            theme().change(mode=mode)
            self.app.window.resize(1920, 1080)
            shots = [self._card(block, fields) for block, fields in CARDS]
            wide = sum(shot.width() for shot in shots) + 12 * (len(shots) - 1)
            sheet = QPixmap(wide, max(shot.height() for shot in shots))
            sheet.fill(theme().colours.canvas)
            painter = QPainter(sheet)
            left = 0
            for shot in shots:
                painter.drawPixmap(left, 0, shot)
                left += shot.width() + 12
            painter.end()
            keep(sheet, OUT / f"cards-{mode}.png")

    def _card(self, block: str, fields: dict[str, Any]) -> QPixmap:
        self.only(design_of(block, **fields))
        desk, inspector = self.app.desk, self.app.bench.inspector.currentWidget()
        wait(lambda: desk.session.is_live, "the engine")
        name = registry()[block].stem
        self.app.canvas.show_address(name)
        desk.select(name)
        inspector.tabs.set_value("card")
        inspector._show_tab("card")
        page = inspector.card_page
        wait(lambda: page.picture.picture is not None, f"the picture of {block}")
        pump(300)
        inspector.head.resize(340, inspector.head.height())
        page.resize(340, page.layout().totalHeightForWidth(340))
        pump(200)
        low = max(part.geometry().bottom() for part in page.findChildren(QWidget) if part.isVisibleTo(page))
        shot = QPixmap(340, inspector.head.height() + low + 20)
        shot.fill(theme().colours.panel)
        painter = QPainter(shot)
        painter.drawPixmap(0, 0, inspector.head.grab())
        painter.drawPixmap(0, inspector.head.height(), page.grab(QRect(0, 0, 340, low + 20)))
        painter.end()
        desk.workspace.history.mark_clean()
        return shot

    def opened(self) -> None:
        """Composites opened down to their layers."""
        for name, block, inputs, fields in OPENED:
            self.only(design_of(block, *inputs, **fields))
            self.app.dock.show_tab("features")
            pump(1200)
            context = self.app.canvas.context
            context.show_level([registry()[block].stem])
            for mode in ("light", "dark"):
                theme().change(mode=mode)
                self.app.window.resize(1920, 1080)
                self.app.window.room.enlarge_dock(0.2)
                pump(400)
                navigation.fit_all(self.app.canvas)
                if self.app.canvas.camera.zoom < READABLE:  # a wider window, then
                    self.app.window.resize(2360, 1080)
                    pump(400)
                    navigation.fit_all(self.app.canvas)
                pump(900)
                keep(self.app.window.grab(), OUT / f"inside-{name}-{mode}.png")
            self.app.desk.workspace.history.mark_clean()


FIGURES = {
    "alexnet": ("alexnet", "volumes"),
    "unet": ("unet_paper", "volumes"),
    "googlenet": ("googlenet", "boxes"),
    "resnet50": ("resnet50", "boxes"),
}
NETWORKS = (
    "lenet5",
    "alexnet",
    "vgg16",
    "resnet50",
    "googlenet",
    "densenet121",
    "wrn28_10_cifar10",
    "se_resnet50",
    "channel_boosted_cnn",
    "cbam_resnet50",
    "mobilenet_v2",
    "vit_b_16",
    "swin_t",
    "unet_same_bn",
    "ssd300_vgg16",
    "r3d_18",
    "srresnet_x4",
    "seq2seq_bahdanau",
)
CARDS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("conv2d", {"kernel": 5, "filters": 16}),
    ("gelu", {}),
    ("lp_pool", {"p": 8.0, "kernel": 3}),
    ("group_norm", {"groups": 8}),
    ("lstm", {"hidden": 16}),
    ("multi_head_attention", {"heads": 4}),
)
OPENED: tuple[tuple[str, str, tuple[Tensor, ...], dict[str, Any]], ...] = (
    ("inception-v4-a", "inception_v4_a", (image(384, 35, 35),), {}),
    ("residual-attention", "residual_attention", (image(64, 32, 32),), {}),
    ("conv-lstm", "conv_lstm2d", (Tensor((6, 1, 32, 32), ("T", "C", "H", "W")),), {}),
    ("attention-decoder", "attention_decoder", (), {}),
)


def main() -> int:
    """Take all pictures; 0 when every step worked."""
    OUT.mkdir(exist_ok=True)
    os.environ["EXPLORER_CONFIG_DIR"] = tempfile.mkdtemp()
    scenes = [word for word in sys.argv[1:] if word in SCENES] or SCENES
    code = tour.main(str(OUT)) if len(scenes) == len(SCENES) else 0
    _application = QApplication.instance() or QApplication(sys.argv[:1])
    theme().change(mode="light")
    album = Album()
    try:
        for scene in scenes:
            getattr(album, scene)()
    finally:
        album.app.desk.workspace.history.mark_clean()
        album.app.close()
    return code


if __name__ == "__main__":
    raise SystemExit(main())
