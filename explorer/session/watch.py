"""Watches: questions about the live design that are asked again whenever their answer would be another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from explorer.protocol import events, requests
from explorer.session.link import Link

Renew = Literal["edits", "steps", "once"]
"""When a question is asked again: after edits and other weights; also while training; never."""
OnAnswer = Callable[[events.Event], object]
FOLLOW_SECONDS = 0.5
"""How often what follows a run is asked again; pictures that change faster tell no more."""


def nothing(_event: events.Event) -> None:
    """Nobody wants to know."""


class Watch:
    """One question. The newest wish wins: asking something else gives up what is on its way.

    Attributes:
        request: what is asked. renew: when it is asked again.
        of_design: whether it is about the design that runs; others only need an engine.
        revision, step: of the answer that was shown last; −1 before the first.

    """

    def __init__(
        self,
        owner: Watches,
        request: requests.Request | None,
        on_answer: OnAnswer,
        renew: Renew,
        *,
        on_failed: OnAnswer = nothing,
        on_progress: OnAnswer = nothing,
        of_design: bool = True,
    ) -> None:
        self._owner = owner
        self.request, self.renew, self.of_design = request, renew, of_design
        self.on_answer, self.on_failed, self.on_progress = on_answer, on_failed, on_progress
        self.revision = self.step = -1
        self.job = 0
        self.is_due = request is not None
        self.weights = -1

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is wanted that has not come."""
        return self.is_due or self.job != 0

    @property
    def is_stale(self) -> bool:
        """Whether the last answer is of another design, or of other weights, than those that are live."""
        return self.of_design and (self.revision, self.weights) != self._owner.present

    def ask(self, request: requests.Request | None) -> None:
        """Ask this from now on; None asks nothing."""
        self._owner.take_up(self)
        self._owner.give_up(self)
        self.request, self.is_due = request, request is not None
        self._owner.pump()

    def again(self) -> None:
        """Ask the same once more."""
        self.ask(self.request)

    def cancel(self) -> None:
        """Ask no more; what is on its way is given up. The watch stays usable."""
        self.ask(None)

    def stop(self) -> None:
        """Ask the engine to give up; what it answers (`Cancelled`, or the result) still comes."""
        if self.job:
            self._owner.stop(self)
        else:
            self.cancel()

    def end(self) -> None:
        """Leave for good."""
        self.cancel()
        self._owner.drop(self)


class Watches:
    """All watches of a session: sends what is due, hands every answer to the one who asked.

    At most one question of each watch is on its way, so the engine is never flooded however many
    watch, and however slow the window is.
    """

    def __init__(self, link: Link, clock: Callable[[], float]) -> None:
        self._link, self._clock = link, clock
        self._watches: list[Watch] = []
        self._followed_at = 0.0
        self.is_ready = False
        self.is_loaded = False
        self.present = (-1, 0)
        """Revision of the design that runs, and a number that grows with every change of its weights."""

    def watch(
        self,
        request: requests.Request | None,
        on_answer: OnAnswer,
        renew: Renew = "edits",
        *,
        on_failed: OnAnswer = nothing,
        on_progress: OnAnswer = nothing,
        of_design: bool = True,
    ) -> Watch:
        """Ask, now or as soon as somebody can answer, and again as `renew` says."""
        made = Watch(
            self,
            request,
            on_answer,
            renew,
            on_failed=on_failed,
            on_progress=on_progress,
            of_design=of_design,
        )
        self.take_up(made)
        self.pump()
        return made

    def take_up(self, watch: Watch) -> None:
        """Answer a watch (again)."""
        if watch not in self._watches:
            self._watches.append(watch)

    def drop(self, watch: Watch) -> None:
        """Forget a watch."""
        if watch in self._watches:
            self._watches.remove(watch)

    def give_up(self, watch: Watch) -> None:
        """Let the engine stop working on what a watch has asked; its answer is not wanted any more."""
        if watch.job:
            self.stop(watch)
            watch.job = 0

    def stop(self, watch: Watch) -> None:
        """Let the engine stop working on what a watch has asked."""
        self._link.send(requests.Cancel(target=watch.job))

    def pump(self) -> None:
        """Send what is due and can be answered."""
        for watch in tuple(self._watches):
            can = self.is_loaded if watch.of_design else self.is_ready
            if can and watch.is_due and not watch.job and watch.request is not None:
                watch.job = self._link.send(watch.request)
                watch.is_due = not watch.job

    def on_their_way(self) -> list[Watch]:
        """Those whose question the engine has and has not answered."""
        return [watch for watch in self._watches if watch.job]

    # what happens to the design

    def loaded(self, revision: int) -> None:
        """The design runs in this form: ask everything again that depends on it."""
        self.is_loaded = True
        self.present = (revision, self.present[1] + 1)
        self._renew(("edits", "steps"))

    def weights_changed(self) -> None:
        """Other weights are live."""
        self.present = (self.present[0], self.present[1] + 1)
        self._renew(("edits", "steps"))

    def stepped(self, *, at_once: bool = False) -> None:
        """A run went on: what follows it is asked again, but not with every report."""
        self.present = (self.present[0], self.present[1] + 1)
        now = self._clock()
        if at_once or now - self._followed_at >= FOLLOW_SECONDS:
            self._followed_at = now
            for watch in self._watches:
                if watch.renew == "steps" and watch.request is not None:
                    watch.is_due = True  # what is on its way is not given up: it is nearly as new
            self.pump()

    def _renew(self, kinds: tuple[Renew, ...]) -> None:
        for watch in tuple(self._watches):
            if watch.of_design and watch.renew in kinds and watch.request is not None:
                self.give_up(watch)
                watch.is_due = True
        self.pump()

    def lost(self) -> None:
        """The engine is gone: what was on its way is asked again when there is another one."""
        self.is_ready = self.is_loaded = False
        for watch in self._watches:
            if watch.job:
                watch.job, watch.is_due = 0, watch.request is not None

    # answers

    def hear(self, event: events.Event) -> bool:
        """Hand an event to the watch that asked; returns whether there is one."""
        watch = next((w for w in self._watches if event.job and w.job == event.job), None)
        if watch is None:
            return False
        if isinstance(event, events.Progress | events.FitProgress | events.Wrote):
            watch.on_progress(event)
            return True
        watch.job = 0
        if isinstance(event, events.Failed | events.Cancelled):
            watch.on_failed(event)
        else:
            watch.revision, watch.weights = self.present
            watch.step = getattr(event, "step", 0)
            watch.on_answer(event)
        if watch.renew == "once" and not watch.is_due and not watch.job:
            self.drop(watch)
        self.pump()
        return True
