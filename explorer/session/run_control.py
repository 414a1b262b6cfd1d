"""Starting, holding and ending runs of one design, and what state its run is in."""

from __future__ import annotations

from enum import Enum

import msgspec

from explorer.protocol import events, requests
from explorer.protocol.records import TrainSettings
from explorer.session.link import Link


class RunState(Enum):
    """Where training stands."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"


class RunControl:
    """One run at a time.

    Attributes:
        state: where training stands. settings: of the newest run, None before the first.
        checkpoint: path of the last one. job: the run's number in the engine.

    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self.state = RunState.IDLE
        self.settings: TrainSettings | None = None
        self.checkpoint = ""
        self.job = 0

    @property
    def is_going_on(self) -> bool:
        """Whether a run is starting, running or held."""
        return self.state is not RunState.IDLE

    def train(self, settings: TrainSettings, *, paused: bool = False) -> bool:
        """Start a run, or continue one from its newest checkpoint with `settings.resume`."""
        if self.is_going_on:
            return False
        job = self._link.send(requests.Train(settings=settings, paused=paused))
        if job:
            self.settings, self.state, self.job = settings, RunState.STARTING, job
        return bool(job)

    def continue_from_checkpoint(self) -> bool:
        """Go on with the last run after the engine was restarted."""
        return self.settings is not None and self.train(msgspec.structs.replace(self.settings, resume=True))

    def pause_or_resume(self) -> None:
        """Hold a running run, let a held one go on."""
        if self.state is RunState.RUNNING:
            self._link.send(requests.Pause())
        elif self.state is RunState.PAUSED:
            self._link.send(requests.Resume())

    def step(self, count: int = 1) -> None:
        """Do single steps; a running run is held first."""
        if self.state in (RunState.RUNNING, RunState.PAUSED):
            self._link.send(requests.Step(count=count))

    def stop(self) -> None:
        """End the run; one that is only starting is given up."""
        if self.state is RunState.STARTING:
            self._link.send(requests.Cancel(target=self.job))
        elif self.is_going_on:
            self._link.send(requests.Stop())

    def hear(self, event: events.Event) -> bool:
        """Take an event in; returns whether the state of the run is another one now."""
        before = self.state
        if isinstance(event, events.RunStarted):
            self.state = RunState.RUNNING
        elif isinstance(event, events.RunPaused):
            self.state = RunState.PAUSED if event.paused else RunState.RUNNING
        elif isinstance(event, events.Checkpointed):
            self.checkpoint = event.path or self.checkpoint
        elif isinstance(event, events.RunEnded) or (
            isinstance(event, events.Failed | events.Cancelled) and event.job == self.job and self.job
        ):
            self.state, self.job = RunState.IDLE, 0
        return self.state is not before

    def lost(self) -> None:
        """The engine is gone, and the run with it."""
        self.state, self.job = RunState.IDLE, 0
