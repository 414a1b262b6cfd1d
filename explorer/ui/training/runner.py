"""Starting, holding and ending runs from buttons, keys and settings; shows nothing itself."""

from __future__ import annotations

import re
import time

import msgspec
from PySide6.QtCore import QObject, Signal

from explorer.graph.edits import SetSetting
from explorer.protocol import events
from explorer.protocol.records import Sample, TrainSettings
from explorer.session.run_folders import new_folder
from explorer.session.runs import RunNote
from explorer.training.datasets import DATASETS
from explorer.training.tasks import misfit
from explorer.ui.desk import Desk
from explorer.ui.training import run_settings, run_words


class Runner(QObject):
    """What the top bar, the keys and the training panel do with the runs of one design.

    Signals:
        changed: `status_text`, `why_not`, the settings or the state of the run changed.
    """

    changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.desk, self._session = desk, desk.session
        self._goes_on = False
        self._started = 0
        desk.changed.connect(self._follow_data)
        desk.went_on.connect(self._on_run)
        desk.loaded.connect(self._on_loaded)
        desk.engine_changed.connect(self.changed)
        dataset = str(desk.workspace.document.settings.get("dataset") or "")
        self._set(dataset=dataset or fitting(desk) or self.settings.dataset)
        self.settings = run_settings.of_design(self.settings, desk.workspace.document.settings)

    @property
    def settings(self) -> TrainSettings:
        """Settings of the next run; they belong to the design."""
        return self._session.settings

    @settings.setter
    def settings(self, settings: TrainSettings) -> None:
        self._session.settings = run_settings.suited(settings)
        self.changed.emit()

    def _set(self, **values: object) -> None:
        self.settings = msgspec.structs.replace(self.settings, **values)

    # in words

    def status_text(self) -> str:
        """Return where training stands: `Epoch 10 of 12 · step 430 · 0:18 left`, `Ready · seed 0`, …"""
        runs, state = self._session.runs, self._session.training.state
        return self.why_not() or run_words.status(state, runs.live, runs.left, self.settings.seed)

    def why_not(self) -> str | None:
        """Say why no run can start now; None when one can, or goes on."""
        if self._session.training.is_going_on:
            return None
        data = DATASETS.get(self.settings.dataset)
        return run_words.waits(
            self.desk.workspace.flow,
            data,
            ready=self._session.watches.is_ready,
            batch=self.settings.batch,
            chosen=bool(self.desk.workspace.document.settings.get("dataset")),
        )

    def device_words(self) -> str:
        """Say what computes."""
        ready = self._session.ready
        if ready is None:
            return "The engine is starting."
        first, *others = ready.devices
        more = f" There is also {', '.join(others)}." if others else ""
        return f"Computes on {first} with torch {ready.torch}, {ready.threads} threads.{more}"

    # intents

    def toggle(self) -> None:
        """Start a run, hold the present one, or let it go on."""
        if self._session.training.is_going_on:
            self._session.training.pause_or_resume()
        else:
            self.start()

    def start(self, *, paused: bool = False) -> None:
        """Start a run, if nothing is in the way."""
        if self.why_not() is not None or self._session.training.is_going_on:
            self.changed.emit()
            return
        self._started += 1
        name = re.sub(r"[^A-Za-z0-9]+", "-", self.desk.workspace.document.name).strip("-")[:40] or "design"
        stamp = f"{time.strftime('%Y%m%d-%H%M%S')}-{self._session.id}-{self._started}-{name}"
        directory = str(new_folder(stamp))
        self._session.runs.say(None)
        self._session.train(msgspec.structs.replace(self.settings, directory=directory), paused=paused)
        self.changed.emit()

    def step(self) -> None:
        """Do a single step; without a run, start one that holds at once."""
        if self._session.training.is_going_on:
            self._session.training.step()
        else:
            self.start(paused=True)

    def stop(self) -> None:
        """End the run, also one that is only starting."""
        self._session.training.stop()

    def resume(self) -> None:
        """Go on from the last checkpoint after the engine died; waits until it is there again."""
        self._goes_on = not self._session.is_running_something
        if not self._goes_on:
            self._session.training.continue_from_checkpoint()
        self.changed.emit()

    def slower(self) -> None:
        """Train again with a tenth of the learning rate."""
        used = self._session.training.settings or self.settings
        self._set(rate=used.rate / 10)
        self.start()

    def change(self, name: str, value: object) -> None:
        """Change a setting of the next run; the data set is remembered with the design.

        Raises:
            ValueError: the value is refused; the text is a sentence.

        """
        settings = run_settings.changed(self.settings, name, value)
        if name == "dataset":
            self.desk.workspace.apply(SetSetting("dataset", str(value)), "Choose data", "dataset")
            self._session.choose(Sample(dataset=str(value)))
        self.settings = settings

    # news

    def _follow_data(self) -> None:
        wanted = str(self.desk.workspace.document.settings.get("dataset") or self.settings.dataset)
        if wanted != self.settings.dataset:
            self._set(dataset=wanted)

    def _on_run(self, event: events.Event) -> None:
        if isinstance(event, events.Failed):
            self._session.runs.say(RunNote("This run cannot start", event.message, "error"))
        if not isinstance(event, events.RunSteps | events.RunEpoch | events.Checkpointed):
            self.changed.emit()

    def _on_loaded(self) -> None:
        if self._goes_on:
            self.resume()
        self.changed.emit()


def fitting(desk: Desk) -> str:
    """Return the id of the first data set that the design can learn from."""
    flow = desk.workspace.flow
    return next((row.id for row in DATASETS.values() if flow.leaves and not misfit(flow, row)), "")
