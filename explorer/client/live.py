"""Keeps the engine in step with a design: what to ask, when, and which answers are still wanted.

No Qt and no threads: the program calls it with changes and events, it calls `send`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import msgspec

from explorer.protocol import events, requests
from explorer.protocol.records import Sample, TrainSettings

FOLLOW_SECONDS = 0.5
"""How often pictures are renewed while training."""

SHOWN = (
    events.TileSet,
    events.FeatureSet,
    events.StatisticsSet,
    events.AttentionSet,
    events.AnswerSet,
    events.AttributionMap,
    events.WeightSet,
    events.BoundaryMap,
    events.SourceText,
    events.Measured,
)
"""What is shown of a design; of another design than the one that is open it is dropped."""

Send = Callable[[requests.Request], int]


class RunState(Enum):
    """Where training stands."""

    IDLE = "idle"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"


@dataclass(frozen=True)
class Wish:
    """What the user looks at: a view (features, attention, attribution, weights, …) of one address."""

    view: str = ""
    address: str = ""
    method: str = "integrated_gradients"
    target: int | None = None


class Live:
    """The engine's side of one open design.

    A view asks for what it shows by `look`; while an answer is on its way a newer wish waits, so
    that the engine is never flooded. Answers to older revisions or replaced wishes are dropped.
    """

    def __init__(self, send: Send, clock: Callable[[], float] = time.monotonic) -> None:
        self._send, self._clock = send, clock
        self._followed_at = 0.0
        self.is_ready = False
        self.loaded_revision = -1
        self.run = RunState.IDLE
        self.settings: TrainSettings | None = None
        self.checkpoint: str = ""
        self.sample = Sample()
        self.has_weights = False
        self._design = b""
        self._revision = -1
        self._since = -1  # first revision of the design that is open
        self._runs = False
        self._weights = ""
        self._weights_wanted = self._published = False
        self._wish = Wish()
        self._asked: dict[str, int] = {}
        self._again: set[str] = set()

    # the design

    def show(self, design: bytes, revision: int, *, runs: bool, weights: str = "") -> None:
        """Tell about the present design.

        Args:
            design: bytes of its file. revision: of the document.
            runs: whether it is free of problems. weights: a file to read once it is loaded.

        """
        self._design, self._revision, self._runs = design, revision, runs
        if weights:
            self._weights, self._weights_wanted, self._published = weights, True, False
        self._load()

    def another_design(self, revision: int) -> None:
        """Another design comes: weights read before and pictures of earlier revisions do not belong to it."""
        self._weights, self._weights_wanted, self.has_weights = "", False, False
        self._since, self.loaded_revision = revision, -1

    def load_published(self, path: str) -> None:
        """Read weights that others have published, now or as soon as the design is loaded."""
        self._weights, self._weights_wanted, self._published = path, True, True
        if self.loaded_revision == self._revision and "load" not in self._asked:
            self._ask_for_weights()

    def _load(self) -> None:
        """Send the design, unless a run goes on: what trains stays what it was."""
        if (
            self.is_ready
            and self._runs
            and self.run is RunState.IDLE
            and self.loaded_revision != self._revision
        ):
            if "load" in self._asked:
                self._again.add("load")
                return
            self._asked["load"] = self._send(requests.Load(design=self._design, revision=self._revision))

    @property
    def is_stale(self) -> bool:
        """Whether the pictures are of an older design than the one on the canvas."""
        return self.loaded_revision != self._revision

    # what is looked at

    def choose(self, sample: Sample) -> None:
        """Look at another input."""
        self.sample = sample
        self.refresh()

    def look(self, wish: Wish) -> None:
        """Look at something else; it is asked for now and again after every change."""
        self._wish = wish
        self._ask("wish")

    def refresh(self) -> None:
        """Ask again for everything that is in sight."""
        self._ask("tiles")
        self._ask("wish")

    def _follow_run(self) -> None:
        """Ask again while training, but not with every report: pictures that change faster tell no more."""
        now = self._clock()
        if now - self._followed_at >= FOLLOW_SECONDS:
            self._followed_at = now
            self.refresh()

    def _ask(self, what: str) -> None:
        request = self._request(what)
        if request is None or self.loaded_revision < 0:
            return
        if what in self._asked:
            self._again.add(what)
            return
        self._asked[what] = self._send(request)

    def _request(self, what: str) -> requests.Request | None:
        wish, sample = self._wish, self.sample
        if what == "tiles":
            return requests.Tiles(sample=sample)
        if wish.view == "features" and wish.address:
            return requests.Features(address=wish.address, sample=sample)
        if wish.view == "weights" and wish.address:
            return requests.Weights(address=wish.address)
        if wish.view == "answer":
            return requests.Answers(sample=sample)
        if wish.view == "attention":
            return requests.Attention(sample=sample)
        if wish.view == "attribution":
            return requests.Attribution(
                method=wish.method, sample=sample, target=wish.target, address=wish.address
            )
        if wish.view == "statistics" and sample.dataset:
            return requests.Statistics(dataset=sample.dataset)
        if wish.view == "boundary":
            return requests.Boundary(low=(-1.2, -1.2), high=(1.2, 1.2))
        if wish.view == "measure":
            return requests.Measure()
        if wish.view == "source":
            return requests.Source()
        return None

    # training

    def train(self, settings: TrainSettings, *, paused: bool = False) -> None:
        """Start a run, or continue one from its newest checkpoint with `settings.resume`."""
        if self.run is RunState.IDLE and self.is_ready:
            self.settings, self.run = settings, RunState.STARTING
            self._asked["train"] = self._send(requests.Train(settings=settings, paused=paused))

    def continue_from_checkpoint(self) -> None:
        """Go on with the last run after the engine was restarted."""
        if self.settings is not None:
            self.train(msgspec.structs.replace(self.settings, resume=True))

    def pause_or_resume(self) -> None:
        """Hold a running run, let a held one go on."""
        if self.run is RunState.RUNNING:
            self._send(requests.Pause())
        elif self.run is RunState.PAUSED:
            self._send(requests.Resume())

    def step(self, count: int = 1) -> None:
        """Do single steps; a running run is held first."""
        if self.run in (RunState.RUNNING, RunState.PAUSED):
            self._send(requests.Step(count=count))

    def stop(self) -> None:
        """End the run."""
        if self.run in (RunState.RUNNING, RunState.PAUSED):
            self._send(requests.Stop())

    # events

    def gone(self) -> None:
        """The engine died: forget what was on its way."""
        self.is_ready, self.loaded_revision, self.run = False, -1, RunState.IDLE
        self._weights_wanted = bool(self._weights)
        self._asked.clear()
        self._again.clear()

    def handle(self, event: events.Event) -> bool:
        """Take an event in; returns whether it is news that should be shown."""
        what = next((name for name, job in self._asked.items() if job == event.job), None)
        if what is not None:
            del self._asked[what]
        if isinstance(event, events.Ready):
            self.is_ready = True
            self._load()
        elif isinstance(event, events.Loaded):
            if event.revision >= self._since:
                self._take_loaded(event)
        elif isinstance(event, events.WeightsLoaded):
            self.has_weights = True
            self.refresh()
        elif isinstance(event, events.RunStarted):
            self.run, self.has_weights = RunState.RUNNING, True
        elif isinstance(event, events.RunPaused):
            self.run = RunState.PAUSED if event.paused else RunState.RUNNING
            self.refresh()
        elif isinstance(event, events.Checkpointed):
            self.checkpoint = event.path
        elif isinstance(event, events.RunSteps):
            self._follow_run()
        elif isinstance(event, events.RunEnded):
            self.run = RunState.IDLE
            self._load()
            self.refresh()
        elif isinstance(event, events.Failed) and what == "train":
            self.run = RunState.IDLE
            self._load()
        is_of_another = isinstance(event, SHOWN) and event.revision < self._since
        return self._follow_up(what, event) and not is_of_another

    def _take_loaded(self, event: events.Loaded) -> None:
        first = self.loaded_revision < 0
        self.loaded_revision = event.revision
        if self._weights_wanted and event.revision == self._revision:
            self._ask_for_weights()
        elif first or not self._again:
            self.refresh()

    def _ask_for_weights(self) -> None:
        self._weights_wanted = False
        request = requests.LoadWeights(path=self._weights, published=self._published)
        self._asked["weights"] = self._send(request)

    def _follow_up(self, what: str | None, event: events.Event) -> bool:
        """Ask again where a newer wish has come up meanwhile; its answer replaces this one."""
        if what is None or what not in self._again:
            return True
        self._again.discard(what)
        if what == "load":
            self._load()
        else:
            self._ask(what)
        return not isinstance(event, events.Failed)
