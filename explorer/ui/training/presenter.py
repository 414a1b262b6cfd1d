"""Runs: from intents to the engine, from its events to curves, list and words."""

from __future__ import annotations

import re
import time

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal

from explorer.client.live import RunState
from explorer.graph.autosave import state_folder
from explorer.graph.edits import EditProblem, SetSetting
from explorer.protocol import events
from explorer.protocol.records import Sample, TrainSettings
from explorer.ui.desk import Desk
from explorer.ui.training import datasets, run_settings, run_words
from explorer.ui.training.panel import TrainingPanel
from explorer.ui.training.plane import PlanePresenter
from explorer.ui.training.run_list import RunNote
from explorer.ui.training.runs import Runs

DRAW_MS = 400
"""Time between two drawings of live curves; the figures beside them are renewed with every report."""


class TrainingPresenter(QObject):
    """Keeps the runs of this window.

    Signals:
        statusChanged: `status_text`, `why_not` or the state of the run changed.
        addressChosen: the node that keeps a run from starting shall be shown.
    """

    statusChanged = Signal()
    addressChosen = Signal(str)

    def __init__(self, panel: TrainingPanel, desk: Desk) -> None:
        super().__init__(panel)
        self.panel, self.desk = panel, desk
        self.settings = TrainSettings(fresh=True)
        self.runs = Runs()
        self._go_on = False
        self._ready: events.Ready | None = None
        self._started = 0
        self._flagged = -1
        self._plane = PlanePresenter(panel.curves, desk)
        self._draw = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._draw.timeout.connect(self.draw)
        self._later = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._later.timeout.connect(self._after_change)
        desk.changed.connect(self._on_changed)
        desk.opened.connect(self._on_opened)
        desk.news.connect(self._on_news)
        desk.lost.connect(self._on_lost)
        panel.committed.connect(self.set_setting)
        panel.start.connect(self._enter)
        panel.picked.connect(self._pick)
        panel.note_action.connect(self._act)
        panel.show_cause.connect(self._show_cause)
        panel.opened.connect(self._draw.start)
        self._on_opened()

    # what the top bar asks

    def status_text(self) -> str:
        """Return where training stands: `Epoch 10 of 12 · step 430 · 0:18 left`, `Ready · seed 0`, …"""
        reason = self.why_not()
        runs = self.runs
        return reason or run_words.status(self.desk.live.run, runs.live, runs.left, self.settings.seed)

    def why_not(self) -> str | None:
        """Say why no run can start now; None when one can, or goes on."""
        live = self.desk.live
        if live.run is not RunState.IDLE:
            return None
        data = datasets.find(self.settings.dataset)
        return run_words.waits(self.desk.workspace.flow, data, ready=live.is_ready)

    def device_words(self) -> str:
        """Say what computes."""
        if self._ready is None:
            return "The engine is starting."
        first, *others = self._ready.devices
        more = f" There is also {', '.join(others)}." if others else ""
        return f"Computes on {first} with torch {self._ready.torch}, {self._ready.threads} threads.{more}"

    def activate(self) -> None:
        """The panel came into sight."""
        self.draw()
        self._plane.activate()

    def deactivate(self) -> None:
        """The panel is out of sight."""
        self._draw.stop()
        self._plane.deactivate()

    # intents

    def toggle(self) -> None:
        """Start a run, hold the present one, or let it go on."""
        if self.desk.live.run is RunState.IDLE:
            self.start()
        else:
            self.desk.live.pause_or_resume()

    def start(self, *, paused: bool = False) -> None:
        """Start a run, if nothing is in the way."""
        if self.why_not() is not None or self.desk.live.run is not RunState.IDLE:
            self.show()
            return
        self._started += 1
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.desk.workspace.document.name).strip("-")[:40] or "design"
        stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{self._started}-{name}"
        settings = msgspec.structs.replace(self.settings, directory=str(state_folder() / "runs" / stamp))
        self.runs.say(None)
        self.desk.tell_engine()
        self.desk.live.train(settings, paused=paused)
        self._tell()

    def step(self) -> None:
        """Do a single step; without a run, start one that holds at once."""
        if self.desk.live.run is RunState.IDLE:
            self.start(paused=True)
        else:
            self.desk.live.step()

    def stop(self) -> None:
        """End the run."""
        self.desk.live.stop()

    def resume(self) -> None:
        """Go on from the last checkpoint after the engine died; waits until it is there again."""
        if self.desk.live.is_ready and self.desk.live.loaded_revision >= 0:
            self._go_on = False
            self.desk.live.continue_from_checkpoint()
        else:
            self._go_on = True
        self._tell()

    def _enter(self) -> None:
        if self.desk.live.run is RunState.IDLE:
            self.start()

    def set_setting(self, name: str, value: object) -> None:
        """Change a setting of the next run; the data set is remembered with the design."""
        try:
            self.settings = run_settings.changed(self.settings, name, value)
            if name == "dataset":
                edit = SetSetting("dataset", str(value))
                self.desk.workspace.apply(edit, "Choose data", "dataset")
                self.desk.live.choose(Sample(dataset=str(value)))
                self._plane.look()
        except (ValueError, EditProblem) as refusal:
            self.panel.settings.refuse(name, str(refusal))
            return
        self._tell()

    def _pick(self, number: int) -> None:
        self.runs.chosen = number
        self.panel.show_page("curves")
        self.draw()

    def _act(self) -> None:
        action = self.runs.action
        if action == "resume":
            self.runs.say(None)
            self.resume()
        elif action == "slower":
            used = self.desk.live.settings or self.settings
            self.settings = msgspec.structs.replace(self.settings, rate=used.rate / 10)
            self.start()

    def _show_cause(self) -> None:
        faults = self.desk.workspace.flow.faults
        if faults and faults[0].address:
            self.desk.select(faults[0].address)
            self.addressChosen.emit(faults[0].address)

    # news

    def _on_changed(self) -> None:
        wanted = str(self.desk.workspace.document.settings.get("dataset") or self.settings.dataset)
        if wanted != self.settings.dataset:
            self.settings = msgspec.structs.replace(self.settings, dataset=wanted)
        self._later.start()

    def _after_change(self) -> None:
        """Flag the edit where it happened; its title is known only once it is done."""
        log = self.runs.live
        revision = self.desk.workspace.revision
        if log is not None and revision != self._flagged:
            log.add_flag(log.step, self.desk.workspace.history.undo_title or "edit")
        self._flagged = revision
        self.show()

    def _on_opened(self) -> None:
        dataset = str(self.desk.workspace.document.settings.get("dataset") or "")
        wanted = dataset or fitting(self.desk) or self.settings.dataset
        self.settings = msgspec.structs.replace(self.settings, dataset=wanted)
        self._plane.look()
        self._tell()

    def _on_news(self, event: events.Event) -> None:
        if isinstance(event, events.Ready):
            self._ready = event
        elif isinstance(event, events.RunStarted):
            self._begin(event)
        elif isinstance(event, events.RunSteps | events.RunEpoch | events.Checkpointed):
            self.runs.go_along(event)
            if not self._draw.isActive():
                self._draw.start()
            return
        elif isinstance(event, events.RunEnded):
            self.runs.end(event)
            self.draw()
        elif isinstance(event, events.Failed) and event.request == "Train":
            self.runs.say(RunNote("This run cannot start", event.message, "error"))
        if isinstance(event, events.Loaded) and self._go_on:
            self.resume()
        if isinstance(event, events.Ready | events.Loaded | events.Failed) or _is_run(event):
            self._tell()

    def _begin(self, event: events.RunStarted) -> None:
        settings = self.desk.live.settings or self.settings
        self.runs.begin(event, settings)
        self.panel.curves.set_loss_name(run_settings.LOSSES.get(settings.loss, settings.loss))
        self.panel.show_page("curves")
        self._draw.start()

    def _on_lost(self, words: str) -> None:
        settings = self.desk.live.settings
        self.runs.lose(words, settings.directory if settings else "")
        self.draw()
        self._tell()

    # showing

    def _tell(self) -> None:
        self.show()
        self.statusChanged.emit()

    def show(self) -> None:
        """Show settings, list and words."""
        busy = self.desk.live.run is not RunState.IDLE
        left, right = run_settings.fields(
            self.settings, "Fixed while a run goes on. Stop it to change them." if busy else ""
        )
        about = run_words.about(datasets.find(self.settings.dataset))
        self.panel.settings.show_settings(left, right, about)
        reason = self.why_not()
        if busy:
            self.panel.settings.show_hint("A run goes on; stop it to change its settings.", False, False)
        else:
            hint = f"{reason}." if reason else "Enter in a field starts the run, too."
            cause = bool(reason and self.desk.workspace.flow.faults)
            self.panel.settings.show_hint(hint, reason is not None, cause)
        runs = self.runs
        self.panel.show_runs([run_words.line(log) for log in reversed(runs.logs)], runs.chosen, runs.note)
        self.statusChanged.emit()

    def draw(self) -> None:
        """Show the curves; the chosen run lies on top."""
        if self.panel.isVisible():
            ordered = sorted(self.runs.logs, key=lambda log: log.number == self.runs.chosen)
            self.panel.show_curves(ordered)
        self.show()


def fitting(desk: Desk) -> str:
    """Return the id of the first data set that the design can learn from."""
    flow = desk.workspace.flow
    return next((row.id for row in datasets.DATASETS if flow.leaves and not run_words.misfit(flow, row)), "")


def _is_run(event: events.Event) -> bool:
    return isinstance(event, events.RunStarted | events.RunPaused | events.RunEnded)
