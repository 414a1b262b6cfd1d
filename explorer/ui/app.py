"""The composition root: builds the parts of the program and wires them; no logic of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

from PySide6.QtCore import QPoint, QTimer

from explorer.graph.collecting import collect_rarely
from explorer.protocol.records import Sample
from explorer.session.folder import remains
from explorer.session.preferences import Preferences
from explorer.style.theme import theme
from explorer.ui.beside.presenter import BesidePresenter
from explorer.ui.canvas import keys as canvas_keys
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.designs.downloads import DownloadPresenter
from explorer.ui.designs.exporting import Exporter
from explorer.ui.designs.files import FilePresenter
from explorer.ui.designs.leaving import lost_words
from explorer.ui.designs.published_weights import WeightsPresenter
from explorer.ui.desk import Desk
from explorer.ui.finding.anything import AnythingPresenter
from explorer.ui.finding.presenter import FindPresenter
from explorer.ui.gallery.presenter import GalleryPresenter
from explorer.ui.help.presenter import HelpPresenter
from explorer.ui.history.presenter import HistoryPresenter
from explorer.ui.keys.presenter import KeysPresenter
from explorer.ui.library.presenter import OwnBlocksPresenter
from explorer.ui.menus.main_menu import main_menu
from explorer.ui.menus.presenter import MenuPresenter
from explorer.ui.palette.panel import PalettePanel
from explorer.ui.palette.presenter import PalettePresenter
from explorer.ui.palette.replacing import ReplacePresenter
from explorer.ui.shell.actions import rows
from explorer.ui.shell.actions.action import Action
from explorer.ui.shell.actions.table import ActionTable
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.dock import Dock
from explorer.ui.shell.keeping import Keeping
from explorer.ui.shell.naming import Naming
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.panes import Panes
from explorer.ui.shell.presenter import ShellPresenter
from explorer.ui.shell.presenting import Presenting
from explorer.ui.shell.window import Window
from explorer.ui.shell.working import WorkingPresenter
from explorer.ui.weights.presenter import WeightsStoryPresenter
from explorer.ui.welcome.presenter import WelcomePresenter
from explorer.ui.widgets.spoken import announce

PICTURES = frozenset([".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".ppm"])
WEIGHTS = frozenset([".safetensors", ".pth", ".pt", ".bin"])


class App:
    """One window with everything behind it; `close` ends the engines."""

    def __init__(
        self,
        window: Window | None = None,
        engine_command: Sequence[str] | None = None,
        kept: Preferences | None = None,
    ) -> None:
        collect_rarely()
        announce()
        self.window = window or Window()
        self.designs = OpenDesigns(self.window, engine_command)
        self.panes = Panes()
        self.palette = PalettePanel()
        self.files = FilePresenter(self.window, self.designs)
        self.shell = ShellPresenter(self.window, self.panes, self.designs, self.files)
        self.window.room.fill(self.palette, self.panes, self.shell.places, self.shell.docks)
        self.working = WorkingPresenter(self.window.status_bar, self.designs)
        self.exporter = Exporter(self.window, self.designs)
        self.exporter.said.connect(self.shell.say)
        self.gallery = GalleryPresenter(self.window, self.files)
        self.weights = WeightsPresenter(self.window, self.designs)
        self.story = WeightsStoryPresenter(self.window, self.window.top_bar.weights, self.designs)
        self.downloads = DownloadPresenter(self.window, self.panes, self.designs, self.weights)
        self.beside = BesidePresenter(self.panes, self.shell.places, self.designs, self.window)
        self._blocks = PalettePresenter(self.palette, self.designs, self.window)
        self.own_blocks = OwnBlocksPresenter(self.window, self.palette, self._blocks, self.designs)
        self.naming = Naming(self.window.top_bar, self.designs)
        self.presenting = Presenting(self.window, self.designs)
        self.finder = FindPresenter(self.window, self.designs)
        self.help = HelpPresenter(self.window, self.designs)
        self.keys = KeysPresenter(self.window, lambda: self.actions)
        self._replacing = ReplacePresenter(self.designs, self.window)
        self.history = HistoryPresenter(self.window, self.window.top_bar.undo, self.designs)
        self.actions = ActionTable(self.window, self.panes, self._rows())
        self.menus = MenuPresenter(self.window, self.actions, self.designs, self.files, self.palette)
        self.anything = AnythingPresenter(self.window, self.designs, self._blocks, lambda: self.actions)
        self.keeping = Keeping(self.window, self.designs, self.files, kept or Preferences())
        self.welcome = WelcomePresenter(
            self.panes, self.designs, self.files, self.keeping, lambda name: self.actions.run(name)
        )
        self.keeping.usual_scale = lambda: self.presenting.usual_scale
        self._answered: set[Bench] = set()
        self._wire()
        self.keys.take(self.keeping.kept.keys, self.keeping.kept.own_keys)

    # the design in front, for tests, tools and notebooks

    @property
    def bench(self) -> Bench:
        """The open design in front."""
        return self.designs.bench

    @property
    def desk(self) -> Desk:
        """Its session, with Qt signals."""
        return self.bench.desk

    @property
    def canvas(self) -> CanvasView:
        """Its canvas."""
        return self.bench.canvas

    @property
    def dock(self) -> Dock:
        """Its dock."""
        return self.bench.dock

    def _rows(self) -> list[Action]:
        weights, downloads = self.weights, self.downloads
        return [
            *rows.file_rows(self.files, self.naming.ask, lambda: _close(self.window)),
            Action("file.gallery", "Gallery of networks", "File", self.gallery.toggle, ("Ctrl+L",)),
            Action(
                "file.weights",
                "Load published weights…",
                "File",
                weights.load,
                enabled=weights.why_not,
            ),
            Action(
                "file.download_weights",
                "Download published weights…",
                "File",
                downloads.choose,
                enabled=downloads.why_not,
            ),
            *rows.export_rows(self.exporter),
            Action(
                "weights.story",
                "Where the weights come from",
                "Run",
                self.story.toggle,
                ("Ctrl+Shift+W",),
            ),
            *rows.edit_rows(self.designs),
            Action("edit.history", "History…", "Edit", self.history.toggle, ("Ctrl+Alt+Z",)),
            *self.own_blocks.commands.rows(),
            *rows.run_rows(self.designs),
            *rows.view_rows(self.designs, self.presenting.toggle, self.window.room),
            *rows.beside_rows(self.beside),
            *rows.help_rows(self.keys, self.help),
            Action("help.welcome", "First steps", "Help", lambda: self.welcome.open()),
            Action(
                "app.search",
                "Search or run a command",
                "Help",
                lambda: self.anything.open(),
                ("Ctrl+K",),
                "search",
            ),
            Action("app.find", "Find a layer…", "Select", self.finder.open, ("Ctrl+F", "/"), "search"),
        ]

    def _wire(self) -> None:
        window = self.window
        window.may_close = self._may_close
        window.closing.connect(self.close)
        window.fileDropped.connect(self._drop)
        window.top_bar.pressed.connect(self._press)
        self.actions.refused.connect(self.shell.say)
        self.help.said.connect(self.shell.say)
        self.own_blocks.said.connect(self.shell.say)
        self.keys.said.connect(self.shell.say)
        self.keys.changed.connect(lambda: self.keeping.keep_keys(self.actions.keys))
        self.keys.changed.connect(self.shell.refresh)
        self.actions.held_back = self._gesture_words
        self.anything.done.connect(self._back_to_canvas)
        self.palette.galleryAsked.connect(self.gallery.show)
        self.palette.list.fold_start(self.keeping.kept.start_folded)
        self.palette.list.folded.connect(lambda on: self.keeping.keep(start_folded=on))
        self.designs.added.connect(self._join_canvas)

    def _gesture_words(self) -> str | None:
        """Why no command may run just now: what is in the hand would be torn out of it."""
        is_idle = not self.designs.benches or self.canvas.is_idle
        return None if is_idle else "finish what the mouse is doing first"

    def _stop_by_escape(self) -> None:
        """Esc had nothing to cancel on the canvas: it ends the run that is going on, if there is one."""
        if self.desk.session.training.is_going_on:
            self.bench.runner.stop()
            self.shell.say("Training is stopped.")

    def _join_canvas(self, bench: Bench) -> None:
        bench.canvas.keys = canvas_keys.OWN
        bench.canvas.tapped.connect(self.actions.tap)
        bench.canvas.escaped.connect(self._stop_by_escape)

    def _drop(self, path: str) -> None:
        """A file was dropped: a picture becomes the input, weights are read, anything else is a design."""
        suffix = PurePath(path).suffix.lower()
        if suffix in PICTURES:
            self.desk.session.choose(Sample(path=path))
        elif suffix in WEIGHTS:
            self.weights.take(path)
        elif self.own_blocks.takes(path):
            self.own_blocks.take(path)
        else:
            self.files.open_path(path)

    def _press(self, action: str) -> None:
        """A button of the top bar was pressed; most stand in the table under the same id."""
        if action == "app.menu":
            main_menu(self.actions, self.window).popup(self.window.mapToGlobal(QPoint(8, theme().px(42))))
        elif action == "app.device":
            self.desk.said.emit(self.bench.runner.device_words())
        else:
            self.actions.run(action)

    def _back_to_canvas(self) -> None:
        """Whoever has searched goes on with the keyboard on the canvas."""
        if self.panes.isVisible():
            self.canvas.setFocus()

    def open(self, word: str = "") -> None:
        """Open what the command line named, else what was open last, else the first design.

        What crashes left is offered in any case.
        """
        left = remains()
        if not (word and self.files.open_any(word)) and not (not word and self.keeping.reopen(self.files)):
            self.actions.run("start.digits")
            self.bench.gives_way = True
        if left:
            self.shell.offer_remains(left)

    def start_engine(self) -> None:
        """Start the engines; torch loads while the window is already in use."""
        self.designs.start_engines()

    def _may_close(self) -> bool:
        """Ask for each design of which something would be lost; closing goes on when all have answered."""
        for bench in self.designs.benches:
            if lost_words(bench.desk.session) and bench not in self._answered:
                self.files.leave(bench, lambda bench=bench: self._close_on(bench))  # type: ignore[misc]
                return False
        return True

    def _close_on(self, bench: Bench) -> None:
        self._answered.add(bench)
        QTimer.singleShot(0, self.window, self.window.close)

    def close(self) -> None:
        """End the engines."""
        self.downloads.give_up()
        self.keeping.write()
        self.designs.close_all()


def _close(window: Window) -> None:
    window.close()
