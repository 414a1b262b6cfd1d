"""The composition root: builds the parts of the program and wires them; no logic of its own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from PySide6.QtCore import QPoint

from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.graph.collecting import collect_rarely
from explorer.graph.flow import Problem
from explorer.graph.repairs import Repair
from explorer.graph.workspace import Workspace
from explorer.style.theme import theme
from explorer.ui.bridge import Bridge
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.presenter import CanvasPresenter
from explorer.ui.designs.downloads import DownloadPresenter
from explorer.ui.designs.files import FilePresenter
from explorer.ui.designs.published_weights import WeightsPresenter
from explorer.ui.desk import Desk
from explorer.ui.gallery.presenter import GalleryPresenter
from explorer.ui.palette.panel import PalettePanel
from explorer.ui.palette.presenter import PalettePresenter
from explorer.ui.shell.actions import rows
from explorer.ui.shell.actions.action import Action
from explorer.ui.shell.actions.table import ActionTable, shown_keys
from explorer.ui.shell.dock import Dock
from explorer.ui.shell.panels import Panels
from explorer.ui.shell.presenter import FramePresenter
from explorer.ui.shell.window import Window
from explorer.ui.widgets.search_list import Entry, SearchList

PROJECTOR = 1.75
NODE = "node:"
MOST_FOUND = 5_000


class App:
    """One window with everything behind it; `close` ends the engine."""

    def __init__(self, window: Window | None = None, engine_command: Sequence[str] | None = None) -> None:
        collect_rarely()
        self.desk = Desk(Workspace(registry()), Bridge(engine_command))
        self.canvas = CanvasView(self.desk.workspace)
        self.panels = Panels(self.desk)
        self.palette = PalettePanel()
        self.dock = Dock(self.panels.tabs)
        self.window = window or Window()
        self.window.fill(self.palette, self.canvas, self.panels.inspector, self.dock)
        self.files = FilePresenter(self.window, self.desk)
        self.frame = FramePresenter(self.window, self.canvas, self.desk, self.files)
        self.gallery = GalleryPresenter(self.window, self.files)
        self.weights = WeightsPresenter(self.window, self.desk)
        self.downloads = DownloadPresenter(self.window, self.canvas, self.desk, self.weights)
        self._presenters = (
            CanvasPresenter(self.canvas, self.desk),
            PalettePresenter(self.palette, self.canvas, self.window),
        )
        self.actions = ActionTable(self.window, self.canvas, self._rows())
        self._commands = SearchList(self.window, "Search or run a command")
        self._wire()

    def _rows(self) -> list[Action]:
        training = self.panels.training
        return [
            *rows.file_rows(self.files, lambda: _close(self.window)),
            Action("file.gallery", "Gallery of networks", "File", self.gallery.toggle, ("Ctrl+L",)),
            Action(
                "file.weights",
                "Load published weights…",
                "File",
                self.weights.load,
                enabled=self.weights.why_not,
            ),
            Action(
                "file.download_weights",
                "Download published weights…",
                "File",
                self.downloads.choose,
                enabled=self.downloads.why_not,
            ),
            *rows.edit_rows(self.canvas, self.desk),
            *rows.run_rows(self.desk, training.toggle, training.why_not),
            *rows.view_rows(self.canvas, self.dock, self._present),
            Action(
                "app.search",
                "Search or run a command",
                "View",
                self._search,
                ("Ctrl+K", "Ctrl+F", "F1"),
                "search",
            ),
        ]

    def _wire(self) -> None:
        window, desk = self.window, self.desk
        window.may_close = self.files.may_leave
        window.closing.connect(self.close)
        window.fileDropped.connect(self.files.open_path)
        window.top_bar.pressed.connect(self._press)
        window.status_bar.problemsAsked.connect(lambda: self.dock.show_tab("problems"))
        self.dock.shown.connect(self.panels.show_tab)
        self.panels.training.statusChanged.connect(self._show_run)
        self.panels.problemsCounted.connect(lambda count: self.dock.set_badge("problems", count))
        self.canvas.problemShown.connect(desk.select)
        self.panels.book.carry_out = self._repair
        self._commands.taken.connect(self._take_found)
        for signal in (desk.changed, desk.opened):
            signal.connect(self.actions.refresh)
        self.panels.show_tab(self.dock.current)
        self._show_run()
        self.canvas.setFocus()

    def _repair(self, problem: Problem, repair: Repair) -> None:
        """A panel repairs where the canvas shows it, so that new nodes get room."""
        if self.canvas.show_address(problem.address):
            self.canvas.problems.carry_out(repair)
        else:
            self.desk.workspace.apply(repair.edit, repair.title)

    def _press(self, action: str) -> None:
        """A button of the top bar was pressed; most stand in the table under the same id."""
        if action == "app.menu":
            self.actions.menu(self.window).popup(self.window.mapToGlobal(QPoint(8, theme().px(42))))
        elif action == "app.device":
            self.desk.said.emit(self.panels.training.device_words())
        else:
            self.actions.run(action)

    def _search(self) -> None:
        """Offer every command and every block of the design by name; greyed commands say why."""
        commands = [
            Entry(row.id, row.title, f"{row.section}   {shown_keys(row)}", row.enabled(), row.section)
            for row in self.actions.rows.values()
            if row.id != "app.search"
        ]
        nodes = [
            Entry(NODE + address, address, node.block.title if isinstance(node.block, Block) else "")
            for address, node in islice(self.desk.workspace.flow.walk(depth=8), MOST_FOUND)
        ]
        self._commands.open_with([*commands, *nodes])

    def _take_found(self, name: str) -> None:
        if name.startswith(NODE):
            self.canvas.show_address(name.removeprefix(NODE))
            self.canvas.setFocus()
        else:
            self.actions.run(name)

    def _present(self) -> None:
        theme().change(scale=1.0 if theme().scale >= PROJECTOR else PROJECTOR)
        self.canvas.open_readable()

    def _show_run(self) -> None:
        training = self.panels.training
        self.window.top_bar.set_run(training.status_text(), self.desk.live.run.value, training.why_not())
        self.actions.refresh()

    def open(self, word: str = "") -> None:
        """Open what the command line named; else what a crash left, else the first design."""
        if word:
            self.files.open_any(word)
            return
        self.actions.run("start.lenet 5")
        remains = self.files.remains()
        if remains is not None:
            self.frame.toast.say(
                f"“{remains.name}” was not closed properly.",
                "Restore it",
                lambda: self.files.restore(remains),
                seconds=60,
            )

    def start_engine(self) -> None:
        """Start the engine; torch loads while the window is already in use."""
        self.desk.bridge.start()

    def close(self) -> None:
        """End the engine and forget the sidecar."""
        self.downloads.give_up()
        self.files.close()
        self.desk.close()


def _close(window: Window) -> None:
    window.close()
