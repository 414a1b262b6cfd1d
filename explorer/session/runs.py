"""The runs of one design: what the engine's events make of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from explorer import words
from explorer.protocol import events
from explorer.protocol.records import TrainSettings
from explorer.session.news import News
from explorer.session.run_log import RunLog

KEPT = 6
"""Runs that are drawn; there are as many colours."""


@dataclass(frozen=True)
class RunNote:
    """What is to be said of a run; `tone` is plain or error, `action` the words of a button."""

    title: str
    words: str
    tone: str = "plain"
    action: str = ""


class Runs:
    """Logs of the last runs of one design, and what is to be said of the newest.

    Attributes:
        chosen: number of the run that is marked. note: what is to be said.
        action: what the note's button does, `resume` or `slower`. left: seconds to go, as the engine says.
        changed: there is something new to keep: a run began, reached the end of an epoch, ended, or the
            list was put in order.

    """

    def __init__(self) -> None:
        self.logs: list[RunLog] = []
        self.chosen = -1
        self.note: RunNote | None = None
        self.action = ""
        self.left: float | None = None
        self.changed: News[[]] = News()
        self._lost_directory = ""
        self._counted = 0

    @property
    def live(self) -> RunLog | None:
        """The run that goes on."""
        return next((log for log in reversed(self.logs) if log.is_live), None)

    def _named(self, run: str) -> RunLog | None:
        return next((log for log in self.logs if log.run == run), None)

    def called(self, run: str) -> str:
        """What people call a run, as it stands in a sentence: “run 3”, or its title."""
        log = self._named(run)
        if log is None:
            return "a run"
        return log.title or f"run {log.number + 1}"

    def say(self, note: RunNote | None, action: str = "") -> None:
        """Say something, with what its button does."""
        self.note, self.action = note, action

    def begin(
        self, event: events.RunStarted, settings: TrainSettings, design: str = "", digest: str = ""
    ) -> RunLog:
        """A run of the design of that name and content begins; one that goes on stays one curve."""
        log = self.logs[-1] if self.logs else None
        if log is not None and settings.resume and settings.directory == self._lost_directory:
            log.run, log.is_live = event.run, True
            log.cut(event.step)
            log.add_flag(event.step, "went on")
        else:
            log = RunLog(event.run, self._counted, settings, design, digest, first=event.step)
            self._counted += 1
            self.logs = [*self.logs, log][-KEPT:]
            self.chosen = log.number
        log.epochs, log.steps_per_epoch = event.epochs, event.steps_per_epoch
        self.left = None
        self.say(None)
        self.changed.tell()
        return log

    def recall(self, logs: list[RunLog], chosen: int) -> None:
        """Take up the runs of an earlier time; they come before those of now, and keep their numbers."""
        self.logs = [*logs, *self.logs][-KEPT:]
        self._counted = max((log.number + 1 for log in self.logs), default=0)
        self.chosen = chosen if any(log.number == chosen for log in self.logs) else -1

    def go_along(self, event: events.RunSteps | events.RunEpoch | events.Checkpointed) -> None:
        """Take in what happened."""
        log = self._named(event.run)
        if log is None:
            return
        if isinstance(event, events.RunSteps):
            log.add_steps(event.first_step, event.losses, event.metrics)
            self.left = event.left
        elif isinstance(event, events.RunEpoch):
            log.add_epoch(event.step, event.loss, event.metrics)
            self.changed.tell()
        elif event.trouble:
            self.say(RunNote("The run continues without checkpoints", event.trouble, "error"))
        else:
            log.add_flag(event.step, "checkpoint", only=True)

    def end(self, event: events.RunEnded) -> None:
        """A run is over; say how."""
        log = self._named(event.run)
        rate = log.rate if log is not None else 0.0
        if log is not None:
            log.is_live = False
        if event.reason == "diverged":
            slower = f"Train with {rate / 10:g}"
            self.say(RunNote("Training broke off", event.message, "error", slower), "slower")
        elif event.reason == "failed":
            self.say(RunNote("The run has ended early", event.message, "error"))
        elif event.reason == "stopped":
            self.say(RunNote("Stopped", event.message))
        else:
            self.say(RunNote("Done", f"{event.epoch} epochs in {words.clock(event.seconds)}."))
        self.changed.tell()

    def lose(self, words: str, directory: str) -> None:
        """The engine died; where a checkpoint is, the run can go on from there."""
        log = self.live
        if log is None:
            return
        log.is_live = False
        self._lost_directory = directory
        kept = [flag.step for flag in log.flags if flag.words == "checkpoint"]
        go_on = f"Go on from step {kept[-1]}" if kept else ""
        self.say(
            RunNote(f"The engine ended at step {log.step}", words, "error", go_on), "resume" if kept else ""
        )
        self.changed.tell()

    # what people do with the list

    def rename(self, number: int, title: str) -> None:
        """Give a run a title; an empty one brings “Run 3” back."""
        for log in self.logs:
            if log.number == number:
                log.title = title.strip()[:60]
        self.changed.tell()

    def hide(self, number: int, hidden: bool) -> None:
        """Leave a run out of the curves, or take it in again."""
        for log in self.logs:
            if log.number == number:
                log.is_hidden = hidden
        self.changed.tell()

    def delete(self, numbers: Iterable[int]) -> None:
        """Forget runs; the one that goes on stays."""
        gone = set(numbers)
        self.logs = [log for log in self.logs if log.is_live or log.number not in gone]
        if all(log.number != self.chosen for log in self.logs):
            self.chosen = self.logs[-1].number if self.logs else -1
        self.changed.tell()
