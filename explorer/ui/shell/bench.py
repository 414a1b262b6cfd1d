"""One open design in the window: its desk, its canvas, its dock and its inspector."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QPointF, QTimer
from PySide6.QtWidgets import QStackedWidget, QWidget

from explorer.graph.repairs import Repair
from explorer.graph.workspace import Workspace
from explorer.session.folder import SessionFolder
from explorer.session.view_state import Camera, ViewState
from explorer.ui.canvas.align_bar import AlignBar
from explorer.ui.canvas.canvas import CanvasView
from explorer.ui.canvas.path_focus import PathFocus
from explorer.ui.canvas.presenter import CanvasPresenter
from explorer.ui.designs.autosaving import Autosaving
from explorer.ui.designs.run_keeping import RunKeeping
from explorer.ui.desk import Desk, SignallingLink
from explorer.ui.heat.presenter import HeatPresenter
from explorer.ui.problems.marks import RemarkMarks
from explorer.ui.problems.remarking import RemarkBook
from explorer.ui.problems.repairing import RepairBook, Said
from explorer.ui.shell.dock import Dock, Tab
from explorer.ui.shell.panels import PANELS
from explorer.ui.shell.parts import Parts
from explorer.ui.training.runner import Runner
from explorer.ui.widgets.text import box

AFTER_A_FRAME_MS = 16
"""Qt paints some milliseconds after it was asked to; a timer without a delay comes before that."""


class Bench(QObject):
    """Builds the parts and wires them; makes panels and inspector when they are first seen.

    Attributes:
        desk: the session and its news. canvas, dock, inspector: what the window shows of it.
        runner: starts and holds its runs. autosave: its sidecar.
        run_keeping: its run list on disk.
        saved_text: what the status bar says of saving.
        gives_way: whether it was opened unasked, at the start.
        opened_by: id of the gallery or file of a starter that it was opened by.

    """

    def __init__(
        self,
        workspace: Workspace,
        bridge: SignallingLink,
        folder: SessionFolder,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.desk = Desk(workspace, bridge, folder.id, self)
        self.autosave = Autosaving(self.desk, folder)
        self.run_keeping = RunKeeping(self.desk, folder)
        self.book = RepairBook(self.desk)
        self.remarks = RemarkBook(self.desk)
        self.runner = Runner(self.desk)
        self.runner.changed.connect(self.remarks.look_again)
        self.canvas = CanvasView(workspace)
        self.saved_text = ""
        self.gives_way = False
        self.opened_by = ""
        parts = Parts(self.desk, self.book, self.runner, self.remarks)
        self.dock = Dock([Tab(row.id, row.title, partial(row.open, parts)) for row in PANELS])
        self.inspector = QStackedWidget()
        self.inspector.addWidget(box("panel"))
        CanvasPresenter(self.canvas, self.desk)
        PathFocus(self.canvas)
        self.heat = HeatPresenter(self.canvas, self.desk)
        AlignBar(self.canvas)
        self.canvas.problemShown.connect(self.desk.select)
        self.remarks.changed.connect(self.canvas.viewport().update)
        RemarkMarks(self.canvas, lambda: self.remarks.remarks).picked.connect(self._show_remark)
        self.book.carry_out = self._repair
        self._later = QTimer(self, singleShot=True, interval=AFTER_A_FRAME_MS)
        self._later.timeout.connect(self._fill)

    @property
    def name(self) -> str:
        """Name of the design."""
        return self.desk.workspace.document.name

    @property
    def word(self) -> str:
        """What would open the same design again: its file, or what it was opened by while it is unchanged."""
        session = self.desk.session
        if session.file:
            return session.file
        is_changed = self.desk.workspace.history.undo_title is not None
        return "" if is_changed else self.opened_by

    @property
    def is_untouched(self) -> bool:
        """Whether nobody asked for this design and nothing was done with it: another may take its place."""
        session, history = self.desk.session, self.desk.workspace.history
        return (
            (self.gives_way or len(self.desk.workspace.document.root) == 0)
            and history.is_clean
            and history.undo_title is None
            and not session.file
            and not session.runs.logs
            and not session.weights.origin.is_precious
        )

    def come_in_sight(self) -> None:
        """The design is in front: its panels work. They are made after the canvas has been seen."""
        self._later.start()

    def leave_sight(self) -> None:
        """Another design is in front; a run goes on, panels rest."""
        self._later.stop()
        self.dock.set_in_sight(False)

    def _fill(self) -> None:
        if self.inspector.count() == 1:
            self._make_inspector()
        self.dock.set_in_sight(True)

    def _make_inspector(self) -> None:
        from explorer.ui.inspector.panel import InspectorPanel
        from explorer.ui.inspector.presenter import InspectorPresenter
        from explorer.ui.inspector.several_presenter import SeveralPresenter

        panel = InspectorPanel()
        self.inspector.addWidget(panel)
        self.inspector.setCurrentWidget(panel)
        InspectorPresenter(panel, self.desk, self.book, self.remarks)
        SeveralPresenter(panel, self.desk, self.canvas)

    def widgets(self) -> tuple[QWidget, QWidget, QWidget]:
        """Canvas, dock and inspector."""
        return self.canvas, self.dock, self.inspector

    def _repair(self, problem: Said, repair: Repair) -> None:
        """A panel repairs where the canvas shows it, so that new nodes get room."""
        if self.canvas.show_address(problem.address):
            self.canvas.problems.carry_out(repair)
        else:
            self.desk.workspace.apply(repair.edit, repair.title)

    def _show_remark(self, address: str) -> None:
        self.canvas.show_address(address)
        self.dock.show_tab("problems")

    # how it is looked at

    def view_state(self) -> ViewState:
        """How the design is looked at now, as one record."""
        camera, session = self.canvas.camera, self.desk.session
        centre = camera.centre
        return ViewState(
            camera=Camera(camera.zoom, round(centre.x(), 2), round(centre.y(), 2)),
            level=self.canvas.context.path,
            selected=session.address,
            tab=self.dock.current,
            panels=self.dock.view_states(),
            dataset=session.sample.dataset,
            sample=session.sample.index,
        )

    def show_view(self, view: ViewState) -> None:
        """Look at the design in this way; what no longer exists is left out."""
        if view.level != self.canvas.context.path:
            self.canvas.show_level(view.level)
        if view.selected:
            self.canvas.show_address(view.selected)
        self.dock.show_view(view.tab, view.panels)
        if view.camera.zoom:
            centre = QPointF(view.camera.x, view.camera.y)
            self.canvas.camera.look_at(view.camera.zoom, centre, fly=False)

    def show_view_later(self, view: ViewState) -> None:
        """Look at the design in this way as soon as its canvas has been laid out."""
        QTimer.singleShot(0, self, lambda: self.show_view(view))

    def close(self) -> None:
        """End the engine and let the widgets go."""
        self._later.stop()
        self.dock.set_in_sight(False)
        self.run_keeping.close()
        self.desk.close()
        self.autosave.close()
        self.canvas.context.close()
        for widget in self.widgets():
            widget.deleteLater()
        self.deleteLater()
