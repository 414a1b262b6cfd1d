"""Chip and popover follow the weights of the design in front, and carry out what is chosen there."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from explorer.graph.files import FileProblem
from explorer.protocol import events, requests
from explorer.session.session import Session
from explorer.session.watch import Watch
from explorer.training.datasets import DATASETS
from explorer.training.tasks import misfit
from explorer.ui.shell import ask
from explorer.ui.shell.bench import Bench
from explorer.ui.shell.open_designs import OpenDesigns
from explorer.ui.weights.chip import WeightsChip
from explorer.ui.weights.marks import WeightMarks
from explorer.ui.weights.note import UntrainedNote
from explorer.ui.weights.popover import WeightsPage
from explorer.ui.weights.story import story_of, touched
from explorer.ui.widgets.popover import Popover


def is_untrained(session: Session) -> bool:
    """Whether the live weights are those of a seed, and no run is about to change that."""
    trains = session.training.is_going_on
    return session.is_live and not session.weights.origin.is_trained and not trains


class WeightsStoryPresenter(QObject):
    """One chip for the window; the figure of the live weights is measured in the background."""

    def __init__(self, window: QWidget, chip: WeightsChip, designs: OpenDesigns) -> None:
        super().__init__(window)
        self._window, self._chip, self._designs = window, chip, designs
        self._page: WeightsPage | None = None
        self._popover: Popover | None = None
        self._measuring: dict[Bench, Watch] = {}
        chip.clicked.connect(self.toggle)
        designs.added.connect(self._join)
        designs.closed.connect(lambda bench: self._measuring.pop(bench, None))
        designs.switched.connect(self._show)

    def _join(self, bench: Bench) -> None:
        session = bench.desk.session

        def take(event: events.Event) -> None:
            if isinstance(event, events.Evaluated):
                session.weights.measured(event.figures, session.metric)

        self._measuring[bench] = session.watch(None, take, "once")
        marks = WeightMarks(bench.canvas, lambda: session.weights.marks, lambda: is_untrained(session))
        bench.canvas.foregrounds.append(marks.paint)
        note = UntrainedNote(bench.canvas)
        note.clicked.connect(self.toggle)

        def tell() -> None:
            untrained = is_untrained(session) and session.workspace.flow.parameters > 0
            note.show_state(untrained=untrained, detail=session.weights.origin.detail)

        for news in (bench.desk.weights_changed, bench.desk.loaded, bench.desk.went_on):
            news.connect(tell)
        bench.desk.weights_changed.connect(lambda: self._changed(bench))
        bench.desk.loaded.connect(lambda: self._measure(bench))

    def _changed(self, bench: Bench) -> None:
        bench.canvas.viewport().update()
        if bench is self._designs.bench:
            self._show(bench)
        self._measure(bench)

    def _measure(self, bench: Bench) -> None:
        """Measure what is live, where it is more than a seed and its data are known."""
        session, watch = bench.desk.session, self._measuring[bench]
        origin = session.weights.origin
        data = DATASETS.get(session.settings.dataset)
        fits = data is not None and not misfit(session.workspace.flow, data)
        wanted = origin.is_trained and origin.figure is None and session.is_live and fits
        if wanted and not watch.is_waiting and not session.training.is_going_on:
            watch.ask(requests.Evaluate(dataset=session.settings.dataset))

    def _show(self, bench: Bench) -> None:
        weights = bench.desk.session.weights
        last = weights.last_edit
        self._chip.show_origin(weights.origin, last.before.figure_words if last is not None else "")
        if self._page is not None and self._popover is not None and self._popover.isVisible():
            self._page.show_story(story_of(weights))

    # the popover

    @property
    def is_open(self) -> bool:
        """Whether the popover is shown."""
        return self._popover is not None and self._popover.isVisible()

    def toggle(self) -> None:
        """Open the popover below the chip, or close it."""
        if self._popover is not None and self._popover.isVisible():
            self._popover.close_it()
            return
        if self._page is None or self._popover is None:
            self._page, self._popover = self._make()
        self._page.show_story(story_of(self._designs.bench.desk.session.weights))
        self._chip.setChecked(True)
        self._popover.show_below(self._chip)
        self._page.rows[0].setFocus(Qt.FocusReason.PopupFocusReason)

    def _make(self) -> tuple[WeightsPage, Popover]:
        page = WeightsPage()
        popover = Popover(self._window, page)
        popover.closed.connect(lambda: self._chip.setChecked(False))
        page.keepAsked.connect(lambda title: self._bench.desk.session.weights.keep(title))
        page.fitAsked.connect(lambda: self._choose(fit=True))
        page.anewAsked.connect(lambda: self._choose(fit=False))
        page.backAsked.connect(self._go_back)
        page.used.connect(self._use)
        page.renamed.connect(lambda name, title: self._bench.desk.session.weights.rename(name, title))
        page.deleted.connect(lambda name: self._bench.desk.session.weights.forget([name]))
        page.savedAs.connect(self._save_as)
        page.seedAsked.connect(self._another_seed)
        return page, popover

    @property
    def _bench(self) -> Bench:
        return self._designs.bench

    def _choose(self, *, fit: bool) -> None:
        """Let the layers that the last edit touched keep what fits, or start anew."""
        weights = self._bench.desk.session.weights
        layers = tuple(touched(weights.last_edit))
        if layers:
            weights.refit(fit, layers)

    def _go_back(self) -> None:
        last = self._bench.desk.session.weights.last_edit
        if last is not None:
            self._use(last.state)

    def _use(self, name: str) -> None:
        session = self._bench.desk.session
        try:
            session.go_to(name)
        except FileProblem as problem:
            session.said.tell(str(problem))

    def _save_as(self, name: str) -> None:
        session = self._bench.desk.session
        path = ask.save_file(self._window, "Save weights", f"{name}.safetensors", "Weights (*.safetensors)")
        if path:
            request = requests.SaveWeights(path=path, state=name)
            session.watch(request, lambda _event: session.said.tell("Written."), "once", of_design=False)

    def _another_seed(self) -> None:
        weights = self._bench.desk.session.weights
        weights.reset(weights.seed + 1)
