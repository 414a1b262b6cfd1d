"""The weights' story of one design: what is live, what an edit cost, and states to go back to."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import msgspec

from explorer.protocol import events, requests
from explorer.session.kept_states import KeptState, KeptStates
from explorer.session.link import Link
from explorer.session.loading import LIVE
from explorer.session.news import News
from explorer.session.origin import Origin


@dataclass(frozen=True)
class LastEdit:
    """What the last edit did to weights that were worth something."""

    title: str
    at: float
    lines: tuple[events.Carried, ...]
    fresh: tuple[str, ...]
    before: Origin
    state: str


@dataclass(frozen=True)
class _Fitted:
    """What fitted after an edit, while the user tries new weights instead."""

    name: str
    marks: dict[str, str]
    edit: LastEdit | None


@dataclass(frozen=True)
class _Known:
    """The story of weights that the history may come back to."""

    origin: Origin
    marks: dict[str, str] = field(default_factory=dict)


@dataclass
class _Reading:
    """A file that is read, or shall be."""

    request: requests.LoadWeights
    origin: Origin
    on_read: Callable[[events.WeightsLoaded], None] | None
    job: int = 0


class Weights:
    """Asks for other weights, follows the engine's news and tells where the live ones come from.

    Attributes:
        origin: story of what is live. marks: by address, “partly” or “new”: drawn anew since training.
        last_edit: what the last edit cost, None while nothing was lost. is_fitted: whether the layers that it
            touched have what fits, not new weights.
        digest: name of the live weights by their content; saved_digest: of those in a file.
        seed: of weights that are drawn anew.
        may_read: tells whether the design runs, so that a file can be read into it.
        changed: told whenever one of these is another.

    """

    def __init__(
        self, link: Link, design: Callable[[], bytes], clock: Callable[[], float] = time.time
    ) -> None:
        self._link, self._design, self._clock = link, design, clock
        self.origin = Origin()
        self.marks: dict[str, str] = {}
        self._states = KeptStates()
        self.last_edit: LastEdit | None = None
        self.is_fitted = True
        self._fitted: _Fitted | None = None
        self.digest = ""
        self.saved_digest = ""
        self.seed = 0
        self.may_read: Callable[[], bool] = lambda: True
        self.changed: News[[]] = News()
        self._reading: _Reading | None = None
        self._wanted: _Reading | None = None
        self._last_read: _Reading | None = None
        self._drawing = 0
        self._draws_all = False
        self._stories: dict[str, _Known] = {}

    @property
    def is_unsaved(self) -> bool:
        """Whether something would be lost that training or the user has made."""
        return self.origin.is_precious and (not self.digest or self.digest != self.saved_digest)

    @property
    def states(self) -> tuple[KeptState, ...]:
        """Weights to go back to, the newest first."""
        return self._states.all

    # asking for others

    @property
    def is_reading(self) -> bool:
        """Whether a file is being read, or shall be."""
        return self._reading is not None or self._wanted is not None

    def read(
        self,
        path: str,
        origin: Origin,
        *,
        published: bool = False,
        digest: str = "",
        on_read: Callable[[events.WeightsLoaded], None] | None = None,
    ) -> None:
        """Read weights from a file, as soon as the design runs.

        Args:
            path: of the file. origin: their story, once they are read.
            published: whether they stand under the names of a publisher.
            digest: if given, the file is taken only if it holds exactly those weights.
            on_read: told what was matched.

        """
        self._wanted = _Reading(
            requests.LoadWeights(path=path, published=published, digest=digest), origin, on_read
        )
        self.pump()

    def pump(self) -> None:
        """Send what is wanted, if the design runs."""
        wanted = self._wanted
        if wanted is not None and self.may_read():
            self._wanted = None
            wanted.job = self._link.send(wanted.request)
            self._reading = wanted if wanted.job else None

    def reset(self, seed: int, addresses: tuple[str, ...] = ()) -> None:
        """Draw weights anew from a seed: all of them, or those of some nodes."""
        if self.origin.is_precious and not addresses:
            self.keep("before another seed", "kept by itself", named=False)
        self.seed, self._draws_all = seed, not addresses
        self._drawing = self._link.send(requests.ResetWeights(seed=seed, addresses=addresses))

    def refit(self, fit: bool, addresses: tuple[str, ...]) -> None:
        """Let layers that an edit touched start anew, or take back what fitted."""
        if fit and self._fitted is not None:
            self.use(self._fitted.name)
        elif not fit and self.is_fitted:
            state = self.keep("what fitted", "kept by itself", named=False)
            self._fitted = _Fitted(state.name, dict(self.marks), self.last_edit)
            self.is_fitted = False
            self.reset(self.seed, addresses)
        self.changed.tell()

    def use(self, name: str) -> None:
        """Make a kept state live, for the design as it stands."""
        self._link.send(requests.UseState(name=name))

    def lost(self) -> None:
        """The engine is gone; what it was reading is not read any more."""
        if self._reading is not None:
            self._reading, self._wanted = None, self._reading
        self._drawing = 0

    # what the engine says

    def loaded(self, event: events.Loaded, left: str, asked: str, title: str, before: bytes) -> None:
        """The design runs in another form.

        Args:
            event: what was carried over. left: name under which the weights before were kept.
            asked: name of the kept state that was asked for. title: of the edit.
            before: the design whose weights were left.

        """
        if left:
            self._stories[left] = _Known(self.origin, dict(self.marks))
        self.digest = event.digest
        if event.restored and (known := self._story_of(asked)) is not None:
            self.origin, self.marks, self.last_edit = known.origin, dict(known.marks), None
        elif left and self.origin.is_trained:
            self._carry(event, left, title, before)
        elif not left and not event.restored:
            self._begin_anew()
        self._live_again()

    def _story_of(self, name: str) -> _Known | None:
        state = self._states.get(name)
        return self._stories.get(name) or (_Known(state.origin) if state is not None else None)

    def _begin_anew(self) -> None:
        """A new engine did not find what was live: a file is read again, else they are a seed's."""
        if self._last_read is not None and self.origin.source == self._last_read.origin.source:
            self._wanted = self._last_read
        elif self.origin.is_trained:
            self.origin = Origin(detail=f"seed {self.seed}")
        self.marks, self.last_edit = {}, None

    def _carry(self, event: events.Loaded, left: str, title: str, before: bytes) -> None:
        if not event.partly and not event.fresh:
            self.last_edit = None
            return
        self.is_fitted, self._fitted = True, None
        self.last_edit = LastEdit(title, self._clock(), event.partly, event.fresh, self.origin, left)
        if self.origin.is_precious:
            self._states.add(
                KeptState(left, f"before “{title}”", "kept by itself", self.origin, before, self._clock())
            )
        kept = set(event.kept)
        self.marks = {address: mark for address, mark in self.marks.items() if address in kept}
        self.marks |= {carried.address: "partly" for carried in event.partly}
        self.marks |= dict.fromkeys(event.fresh, "new")
        self.origin = msgspec.structs.replace(self.origin, partly_new=True, figure=None)

    def hear(self, event: events.Event) -> bool:
        """Take an event in; returns whether other weights are live now (or a file could not be read)."""
        if self._reading is not None and event.job == self._reading.job:
            if isinstance(event, events.Progress):
                return False
            reading, self._reading = self._reading, None
            if isinstance(event, events.WeightsLoaded):
                self._last_read = reading
                partly = bool(event.problems)
                self._become(msgspec.structs.replace(reading.origin, partly_new=partly), event.digest)
                if reading.on_read is not None:
                    reading.on_read(event)
            return True
        if isinstance(event, events.StateKept):
            self._states.forget(event.gone)
            self.digest = event.digest if event.name == LIVE else self.digest
            self.changed.tell()
        if not isinstance(event, events.WeightsChanged):
            return False
        if event.job == self._drawing and event.fresh and not self._draws_all:
            self.digest = event.digest
            self.origin = msgspec.structs.replace(self.origin, figure=None)
            self.marks |= dict.fromkeys(event.fresh, "new")
            self._live_again()
        elif event.job == self._drawing:
            self._become(Origin(detail=f"seed {self.seed}"), event.digest)
        elif state := self._states.get(event.name):
            fitted = self._fitted
            self._become(state.origin, event.digest)
            if fitted is not None and fitted.name == event.name:
                self.marks, self.last_edit = fitted.marks, fitted.edit
                self.changed.tell()
        return True

    def begin_run(self, seed: int) -> None:
        """A run begins from new weights: those that are there are kept first."""
        if self.origin.is_precious:
            self.keep("before the run", "kept by itself", named=False)
        self.origin, self.marks, self.last_edit = Origin(detail=f"seed {seed}"), {}, None
        self.changed.tell()

    def trained(self, run: str, epoch: int, figure: float | None, metric: str) -> None:
        """An epoch of a run is over, or the run itself."""
        words = f"{run}, epoch {epoch}" if epoch else run
        self._become(Origin("run", words, figure, metric), self.digest)

    def measured(self, figures: dict[str, float], metric: str) -> None:
        """The live weights were judged on held-out samples."""
        if metric in figures:
            self.origin = msgspec.structs.replace(self.origin, figure=figures[metric], metric=metric)
            self.changed.tell()

    def _become(self, origin: Origin, digest: str) -> None:
        self.origin, self.digest = origin, digest
        self.marks, self.last_edit, self.is_fitted, self._fitted = {}, None, True, None
        self._live_again()

    def _live_again(self) -> None:
        self.keep_live()
        self.changed.tell()

    # keeping

    def keep_live(self) -> None:
        """Let the engine keep what is live, so that its death costs nothing."""
        if self.origin.is_trained:
            self._link.send(requests.KeepState(name=LIVE))

    def keep(self, title: str, how: str = "", *, named: bool = True) -> KeptState:
        """Keep the live weights under a title."""
        name = self._states.new_name()
        self._link.send(requests.KeepState(name=name))
        state = KeptState(name, title, how, self.origin, self._design(), self._clock(), named)
        if gone := self._states.add(state):
            self._link.send(requests.DropStates(names=gone))
        self.changed.tell()
        return state

    def rename(self, name: str, title: str) -> None:
        """Give a state a title; so it stays until it is deleted."""
        self._states.rename(name, title)
        self._link.send(requests.KeepState(name=name, of=name))
        self.changed.tell()

    def forget(self, names: Iterable[str]) -> None:
        """Delete states."""
        gone = self._states.forget(names)
        self._link.send(requests.DropStates(names=gone))
        self.changed.tell()
