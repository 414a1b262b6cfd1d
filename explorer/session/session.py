"""One open design and all that makes it live; no Qt: a window shows it, a command line can do without one."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable, Mapping

from explorer.graph import files
from explorer.graph.design_text import DesignText
from explorer.graph.document import Document
from explorer.graph.replacing import replaced, same_network
from explorer.graph.workspace import Workspace
from explorer.protocol import events, requests
from explorer.protocol.records import Sample, TrainSettings
from explorer.resources import weights_file
from explorer.session.link import Link
from explorer.session.loading import Loading
from explorer.session.news import News
from explorer.session.origin import Origin
from explorer.session.run_control import RunControl
from explorer.session.runs import Runs
from explorer.session.view_state import ViewState
from explorer.session.watch import OnAnswer, Renew, Watch, Watches, nothing
from explorer.session.weights import Weights
from explorer.session.work import Work
from explorer.training.datasets import DATASETS
from explorer.training.metrics import METRICS
from explorer.training.tasks import TASKS


class Session:
    """Workspace, engine, selection, input, watches, runs, weights and view of one design.

    Whoever owns the engine hands its events to `hear` and its end to `engine_gone`, on one thread.

    Attributes:
        id: names the session among all that are open or were lost in a crash.
        file: path of the file the design is saved in, empty while there is none. stamp: time and size it
            had when it was read or written here. saved_at: when, in seconds.
        work: what the engine is busy with.
        address: what the panels are about. sample: the input that is looked at.
        settings: of the next run. view: how it is looked at. ready: what the engine said of itself.
        changed: the design changed. selected: another address. sampled: another input.
        loaded: the engine runs another form of the design. went_on: the state of the run, or its curves.
        engine_changed: the engine came or went. lost: it died, in words. said: a line for the user.

    """

    def __init__(
        self, workspace: Workspace, link: Link, clock: Callable[[], float] = time.monotonic, id: str = ""
    ) -> None:
        self.id = id or uuid.uuid4().hex[:12]
        self.workspace, self.link = workspace, link
        self.file = ""
        self.stamp = (0, 0)
        self.saved_at = 0.0
        self.address = ""
        self.sample = first_sample(workspace.document)
        self.settings = TrainSettings(fresh=True)
        self.view = ViewState()
        self.ready: events.Ready | None = None
        self.watches = Watches(link, clock)
        self._text = DesignText()
        self.loading = Loading(workspace, link, self.design)
        self.work = Work(link, self.loading, self.watches, clock)
        self.training = RunControl(link)
        self.runs = Runs()
        self.weights = Weights(link, self.design)
        self.loading.is_held = lambda: self.training.is_going_on
        self.loading.seed = lambda: self.weights.seed
        self.weights.may_read = lambda: self.loading.revision >= 0 and not self.loading.is_loading
        self.changed: News[[]] = News()
        self.selected: News[[str]] = News()
        self.sampled: News[[]] = News()
        self.loaded: News[[]] = News()
        self.went_on: News[[events.Event]] = News()
        self.engine_changed: News[[]] = News()
        self.lost: News[[str]] = News()
        self.said: News[[str]] = News()
        if shipped := weights_file(workspace.document.settings.get("weights")):
            self.weights.read(shipped, Origin("shipped", ""))
        self._runs_as = b""
        self._runs_under = ""
        self._is_closed = False
        self._unlisten = (
            workspace.listen(self.changed.tell),
            workspace.document.listen(self.loading.edited),
        )

    # the design

    def design(self) -> bytes:
        """The design as the bytes of its file."""
        return self._text.of(self.workspace.document)

    @property
    def content(self) -> str:
        """The design's name by its content."""
        return hashlib.sha256(self.design()).hexdigest()[:12]

    @property
    def is_live(self) -> bool:
        """Whether the engine runs exactly the design as it stands."""
        return self.loading.revision == self.workspace.revision and self.loading.is_ready

    @property
    def is_running_something(self) -> bool:
        """Whether the engine runs this design in some form."""
        return self.loading.revision >= 0

    def follow(self) -> None:
        """Bring the engine in step with the design; called when edits have settled."""
        self.loading.follow()

    def select(self, address: str) -> None:
        """Make the panels be about an address."""
        if address != self.address:
            self.address = address
            self.selected.tell(address)

    def choose(self, sample: Sample) -> None:
        """Look at another input."""
        self.sample = sample
        self.sampled.tell()

    # looks

    def watch(
        self,
        request: requests.Request | None,
        on_answer: OnAnswer,
        renew: Renew = "edits",
        *,
        on_failed: OnAnswer | None = None,
        on_progress: OnAnswer | None = None,
        of_design: bool = True,
    ) -> Watch:
        """Ask the engine, now or when it can answer, and again as `renew` says; any number at once."""
        return self.watches.watch(
            request,
            on_answer,
            renew,
            on_failed=on_failed or nothing,
            on_progress=on_progress or nothing,
            of_design=of_design,
        )

    def go_to(self, name: str) -> None:
        """Make a kept state live, with the design it belongs to: one undo step, if that is another one.

        Raises:
            FileProblem: its design cannot be read.

        """
        state = next((state for state in self.weights.states if state.name == name), None)
        if state is None:
            return
        other = files.decode(state.design)
        if same_network(self.workspace.document, other):
            self.weights.use(name)
            return
        self.loading.ask_for(name)
        self.workspace.apply(replaced(self.workspace.document, other), f"Go back to {state.title}")

    def take_up(self, origin: Origin) -> None:
        """Go on where a crash ended this session: its engine will find the weights that were live."""
        self.weights.origin = origin
        self.loading.take_up()

    # runs

    def train(self, settings: TrainSettings, *, paused: bool = False) -> bool:
        """Start a run of the design as it stands."""
        self.follow()
        if settings.fresh and not settings.resume and not self.training.is_going_on:
            self.weights.begin_run(settings.seed)
        return self.training.train(settings, paused=paused)

    # the engine

    def hear(self, event: events.Event) -> None:
        """Take in an event of the engine; called on the session's thread."""
        if self._is_closed:
            return
        self.work.hear(event)
        if isinstance(event, events.Ready):
            self._on_ready(event)
        elif self.loading.take(event):
            self._on_loaded(event)
        elif self.weights.hear(event):
            self.watches.loaded(self.loading.revision)
        if self.training.hear(event) or isinstance(event, _OF_RUNS):
            self._on_run(event)
        if isinstance(event, events.Failed) and event.request in ("Load", "LoadWeights", "SaveWeights"):
            self.said.tell(event.message)
        self.watches.hear(event)
        if isinstance(event, events.RunSteps):
            self.link.acknowledge(event.number)  # everybody has shown it

    def _on_ready(self, event: events.Ready) -> None:
        self.ready = event
        self.watches.is_ready = True
        self.loading.ready()
        self.engine_changed.tell()
        self.watches.pump()

    def _on_loaded(self, event: events.Event) -> None:
        assert isinstance(event, events.Loaded)
        title, asked = self.workspace.history.undo_title or "the edit", self.loading.asked_for
        self.weights.loaded(event, self._runs_under, asked, title, self._runs_as)
        self._runs_under, self._runs_as = self.loading.loaded_name, self.design()
        self.loading.follow()
        self.weights.pump()
        if not self.loading.is_loading and not self.weights.is_reading:
            self.watches.loaded(self.loading.revision)
        self.loaded.tell()

    def _on_run(self, event: events.Event) -> None:
        if isinstance(event, events.RunStarted):
            settings = self.training.settings or self.settings
            self.runs.begin(event, settings, self.workspace.document.name, self.content)
        elif isinstance(event, events.RunSteps | events.RunEpoch | events.Checkpointed):
            self.runs.go_along(event)
        if isinstance(event, events.RunSteps):
            self.watches.stepped()
        elif isinstance(event, events.RunEpoch):
            self._tell_story(event.run, event.epoch, event.metrics)
        elif isinstance(event, events.RunPaused):
            self.watches.stepped(at_once=True)
        elif isinstance(event, events.RunEnded):
            self._on_run_ended(event)
        if not self.training.is_going_on:
            self.loading.follow()  # what was edited meanwhile
        self.went_on.tell(event)

    def _on_run_ended(self, event: events.RunEnded) -> None:
        self.runs.end(event)
        name, used = self.runs.called(event.run), self.training.settings or self.settings
        self._tell_story(event.run, event.epoch, event.metrics)
        how = f"lr {used.rate:g} · batch {used.batch} · seed {used.seed}"
        self.weights.keep(name, how, named=False)
        self.watches.weights_changed()

    @property
    def metric(self) -> str:
        """Id of the metric that is shown first: the one chosen, else that of the data's task."""
        row = DATASETS.get(self.settings.dataset)
        chosen = self.settings.metric
        suits = TASKS[row.task].metrics if row is not None else tuple(METRICS)
        return chosen if chosen in suits else suits[0]

    def _tell_story(self, run: str, epoch: int, metrics: Mapping[str, float]) -> None:
        self.weights.trained(self.runs.called(run), epoch, metrics.get(self.metric), self.metric)

    def engine_gone(self, words: str) -> None:
        """The engine died; what was live goes on from what was kept when there is another."""
        going_on = self.training.is_going_on
        directory = self.training.settings.directory if self.training.settings else ""
        self._forget_engine()
        if going_on:
            self.runs.lose(words, directory)
        self.engine_changed.tell()
        self.lost.tell(words)

    def _forget_engine(self) -> None:
        for part in (self.loading, self.watches, self.training, self.weights):
            part.lost()
        self._runs_under = ""

    def asleep(self) -> None:
        """The engine is ended on purpose, to give its memory back; another one goes on from what is kept."""
        self._forget_engine()
        self.link.close()
        self.engine_changed.tell()

    def close(self) -> None:
        """Stop listening and end the engine; what is still on its way from there is not heard."""
        self._is_closed = True
        for end in self._unlisten:
            end()
        self.link.close()


_OF_RUNS = (
    events.RunStarted,
    events.RunSteps,
    events.RunEpoch,
    events.RunPaused,
    events.RunEnded,
    events.Checkpointed,
)


def first_sample(document: Document) -> Sample:
    """The input that a design begins with: of its data set, or an example."""
    index = document.settings.get("sample", 0)
    return Sample(
        dataset=str(document.settings.get("dataset", "")), index=index if isinstance(index, int) else 0
    )
