"""Top bar, tabs and status bar: kept true of the design in front, and of what goes on behind its tab."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QStackedWidget

from explorer import words
from explorer.graph.flow import Flow
from explorer.graph.memory import memory_of
from explorer.session.folder import Remains
from explorer.session.session import Session
from explorer.ui.designs.files import FilePresenter
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.design_tabs import TabLook
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.shell.panes import Panes
from explorer.ui.shell.window import Window
from explorer.ui.widgets.toast import Toast

AT_ONCE, SETTLE_MS = 500, 600
"""Layers whose memory is added up with every edit; of more, after so long without one."""
REMAINS_SECONDS = 600.0
"""What a crash left is offered for long: it is found again at the next start, too."""


class ShellPresenter(QObject):
    """Shows the bench in front in the window's places, and what all benches have to say."""

    def __init__(self, window: Window, panes: Panes, designs: OpenDesigns, files: FilePresenter) -> None:
        super().__init__(window)
        self._window, self._panes, self._designs, self._files = window, panes, designs, files
        self.inspectors, self.docks = QStackedWidget(), QStackedWidget()
        self.places = QStackedWidget()
        self.places.addWidget(self.inspectors)
        self.toast = Toast(panes)
        self._ended: dict[Bench, str] = {}
        self._settled: Flow | None = None
        self._to_settle: Flow | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self.refresh)
        designs.added.connect(self._join)
        designs.closed.connect(self._part)
        designs.switched.connect(self._show)
        designs.listed.connect(self._later.start)
        files.changed.connect(self._later.start)
        files.said.connect(self.say)
        tabs = window.top_bar.tabs
        tabs.chosen.connect(lambda number: designs.show(designs.benches[number]))
        tabs.closeAsked.connect(lambda number: files.close(designs.benches[number]))
        tabs.newAsked.connect(files.new)
        tabs.tabMoved.connect(self._move)
        panes.climbed.connect(self._climb)
        window.status_bar.problemsAsked.connect(lambda: self._bench.dock.show_tab("problems"))
        window.pageLeft.connect(lambda: self._bench.canvas.setFocus())

    @property
    def _bench(self) -> Bench:
        return self._designs.bench

    def say(self, line: str) -> None:
        """Show a line over the canvas."""
        self.toast.say(line)

    def offer_remains(self, left: Sequence[Remains]) -> None:
        """Offer what crashes left, each by name and time; the offer stays until it is answered."""
        first, *others = left
        when = time.strftime("%d %b %H:%M", time.localtime(first.facts.saved)).lstrip("0")
        line = f"“{first.facts.name}” was not closed properly ({when})."
        if others:
            line += f" {words.plural(len(others), 'more design')} after it."

        def restore() -> None:
            self._files.restore(first)
            if others:
                self.offer_remains(others)

        self.toast.say(line, "Restore it", restore, REMAINS_SECONDS)

    # benches come and go

    def _join(self, bench: Bench) -> None:
        """Listen to a bench; only what is in front is shown."""
        desk, canvas = bench.desk, bench.canvas
        for signal in (
            desk.changed,
            desk.engine_changed,
            desk.weights_changed,
            bench.runner.changed,
            bench.remarks.changed,
        ):
            signal.connect(self._later.start)
        desk.went_on.connect(lambda _event: self._on_run(bench))
        desk.said.connect(self.say)
        desk.lost.connect(lambda line: self._on_lost(bench, line))
        bench.autosave.told.connect(lambda line: self._on_saved(bench, line))
        canvas.zoomChanged.connect(lambda zoom: self._if_front(bench, self._window.status_bar.set_zoom, zoom))
        canvas.selectionChanged.connect(lambda _found: self._later.start())
        canvas.levelChanged.connect(lambda path: self._panes.set_path(canvas, path))
        canvas.said.connect(self.say)
        bench.dock.folded.connect(lambda folded: self._if_front(bench, self._window.room.fold_dock, folded))
        self.inspectors.addWidget(bench.inspector)
        self.docks.addWidget(bench.dock)

    def _part(self, bench: Bench) -> None:
        self._ended.pop(bench, None)
        for stack, widget in ((self.inspectors, bench.inspector), (self.docks, bench.dock)):
            stack.removeWidget(widget)
        self._panes.drop(bench.canvas)

    def _show(self, bench: Bench) -> None:
        self._ended.pop(bench, None)
        self._panes.show_canvas(bench.canvas)
        self.inspectors.setCurrentWidget(bench.inspector)
        self.docks.setCurrentWidget(bench.dock)
        self._window.room.fold_dock(bench.dock.is_folded)
        self._window.status_bar.set_zoom(bench.canvas.zoom)
        self._window.show_page(None)
        self.refresh()

    def _if_front(self, bench: Bench, show: object, value: object) -> None:
        if bench is self._bench and callable(show):
            show(value)

    # what they say

    def _on_run(self, bench: Bench) -> None:
        runs, state = bench.desk.session.runs, bench.desk.session.training
        if bench is not self._bench and not state.is_going_on and runs.note is not None:
            self._ended[bench] = "failed" if runs.note.tone == "error" else "done"
        if not self._later.isActive():
            self._later.start()

    def _on_lost(self, bench: Bench, line: str) -> None:
        if bench is self._bench:
            self.toast.say(line, seconds=12)

    def _on_saved(self, bench: Bench, line: str) -> None:
        bench.saved_text = line
        self._later.start()

    def _climb(self, depth: int) -> None:
        self._bench.canvas.show_level(self._bench.canvas.context.path[:depth])

    def _move(self, old: int, new: int) -> None:
        self._designs.move(old, new)

    # showing

    def refresh(self) -> None:
        """Bring name, tabs, history, run and totals up to date."""
        if not self._designs.benches:
            return
        bench, window = self._bench, self._window
        session, workspace = bench.desk.session, bench.desk.workspace
        bar, flow = window.top_bar, workspace.flow
        bar.set_name(bench.name, words.file_name(session.file) or "not saved yet")
        bar.set_tabs([self._look(other) for other in self._designs.benches], self._designs.number)
        bar.set_history(workspace.history.undo_title, workspace.history.redo_title)
        pressed = next((b for b in (bar.train, bar.step, bar.stop) if b.hasFocus()), None)
        bar.set_run(bench.runner.status_text(), session.training.state.value, bench.runner.why_not())
        if pressed is not None and not pressed.isEnabled():
            bench.canvas.setFocus()  # Qt would give the focus to whatever comes next
        bar.set_device(_device(session))
        window.status_bar.set_totals(
            len(flow.faults), len(workspace.document.root), flow.parameters, flow.macs, self._memory(flow)
        )
        window.status_bar.set_remarks(len(bench.remarks.remarks))
        window.status_bar.set_saved(bench.saved_text)
        window.status_bar.set_selected(len(bench.canvas.context.addresses()))
        bench.dock.set_badge("problems", len(flow.faults))
        shown = f"{words.file_name(session.file)} – " if session.file else ""
        window.setWindowTitle(f"{shown}{bench.name}[*] – Architecture Explorer")
        window.setWindowModified(not workspace.history.is_clean)

    def _memory(self, flow: Flow) -> tuple[int, int] | None:
        """Forward and in training; of a large design only when edits have settled."""
        if flow.leaves > AT_ONCE and self._settled is not flow:
            self._to_settle = flow
            self._settle.start()
            return None
        values = memory_of(flow)
        return values.forward, values.training

    def _on_settled(self) -> None:
        self._settled = self._to_settle
        self.refresh()

    def _look(self, bench: Bench) -> TabLook:
        session = bench.desk.session
        log, share, left = session.runs.live, None, ""
        if log is not None:
            share = log.step / max(1, log.total)
            epoch = min(log.step // max(1, log.steps_per_epoch) + 1, log.epochs)
            left = f"Epoch {epoch} of {log.epochs}"
            if session.runs.left is not None:
                left += f", {words.clock(session.runs.left)} left"
        unsaved = not session.workspace.history.is_clean or session.weights.is_unsaved
        return TabLook(bench.name, unsaved, share, left, self._ended.get(bench, ""))


def _device(session: Session) -> str:
    if session.ready is None or not session.watches.is_ready:
        return "…" if session.ready is None else "restarting"
    return session.ready.devices[0].split(":")[0].upper()
