"""What the presenters of views have in common: only the view in sight asks; a note says what it is of."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from explorer import words
from explorer.protocol import events, requests
from explorer.protocol.records import Answer
from explorer.ui.desk import Desk
from explorer.ui.probing.panel import LookPanel
from explorer.ui.probing.samples_presenter import SamplesPresenter
from explorer.ui.probing.texts_presenter import TextsPresenter

QUIET_MS = 400
"""An edit makes pictures old until the engine has compiled it; only what stays old is said."""


class LookPresenter(QObject):
    """Keeps a panel in step with the desk.

    Subclasses say what they ask (`request`) and take its answer (`take`).
    """

    def __init__(self, panel: LookPanel, desk: Desk) -> None:
        super().__init__(panel)
        self._frame, self.desk = panel, desk
        self.panel: LookPanel = panel
        self.samples = SamplesPresenter(panel.samples, desk)
        self.texts = TextsPresenter(panel.texts, desk)
        self.is_active = False
        self._trouble = self._progress = ""
        self.watch = desk.session.watch(
            None, self._on_answer, "steps", on_failed=self._on_failed, on_progress=self._on_progress
        )
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self.write_note)
        desk.lost.connect(self._on_lost)
        desk.selected.connect(self._on_selected)
        desk.sampled.connect(self.ask)
        desk.changed.connect(self._quiet.start)
        desk.loaded.connect(self._on_loaded)
        desk.engine_changed.connect(self._on_loaded)
        desk.weights_changed.connect(self.write_note)

    # to be said by each view

    def request(self) -> requests.Request | None:
        """Return what to ask for, None for nothing."""
        raise NotImplementedError

    def nothing(self) -> str:
        """Return the words for a panel without anything to show."""
        raise NotImplementedError

    def take(self, event: events.Event) -> None:
        """Show an answer."""
        raise NotImplementedError

    # in sight or not

    def activate(self) -> None:
        """The panel is in sight."""
        self.is_active = True
        self._choose_input()
        self.samples.activate()
        self.ask()
        self.write_note()

    def deactivate(self) -> None:
        """The panel is hidden."""
        self.is_active = False
        self.samples.deactivate()
        self.watch.cancel()

    def ask(self) -> None:
        """Ask for what is to be shown, or say why there is nothing."""
        if not self.is_active:
            return
        request, self._progress = self.request(), ""
        self.watch.ask(request)
        if request is None:
            self._frame.show_empty(self.nothing())
        elif self._frame.is_empty():
            self._frame.show_empty(self._waiting())

    def _waiting(self) -> str:
        """Return why no answer is there yet."""
        if self.desk.session.is_running_something:
            return self._progress or "Working …"
        faults = self.desk.workspace.flow.faults
        if faults:
            return f"Waits: {faults[0].message}"
        if len(self.desk.workspace.document.root) == 0:
            return self.nothing()
        return "The engine is starting."

    # news

    def _on_answer(self, event: events.Event) -> None:
        self._trouble = self._progress = ""
        self.take(event)
        self.write_note()

    def _on_progress(self, event: events.Event) -> None:
        if isinstance(event, events.Progress) and self.is_active:
            self._progress = event.words
            if self._frame.is_empty():
                self._frame.show_empty(event.words)
            self.write_note()

    def _on_failed(self, event: events.Event) -> None:
        if self.is_active and isinstance(event, events.Failed):
            self._trouble = event.message
            self._frame.show_empty(event.message)
            self.write_note()

    def _on_lost(self, message: str) -> None:
        self._trouble = message
        self.write_note()

    def _choose_input(self) -> None:
        self._frame.set_reads_text(self.texts.has_texts)

    def _on_loaded(self) -> None:
        self._trouble = ""
        self._choose_input()
        if self.is_active and self._frame.is_empty() and self.watch.is_waiting:
            self._frame.show_empty(self._waiting())
        self.write_note()

    def _on_selected(self, address: str) -> None:
        self.ask()

    def write_note(self) -> None:
        """Say what the pictures are of: which weights, which step, whether they are old."""
        if self._frame.is_empty():
            self._frame.set_note("" if self._trouble == self._frame.empty_words() else self._trouble, "error")
            return
        if self._trouble:
            self._frame.set_note(self._trouble, "error")
            return
        session, parts = self.desk.session, []
        if not session.weights.origin.is_trained and not session.training.is_going_on:
            parts.append("Untrained weights")
        if self.watch.revision != self.desk.workspace.revision:
            step = self.watch.step
            parts.append(f"from step {words.count(step)}" if step > 0 else "from before the last edit")
        if self._progress:
            parts.append(self._progress)
        self._frame.set_note(" · ".join(parts), "3")


def best(answer: Answer, most: int = 4) -> tuple[tuple[str, float], ...]:
    """Return the strongest units by name with their number; values of a few units in their own order."""
    few = answer.kind in ("values", "vectors") and len(answer.scores) <= most
    order = range(len(answer.scores)) if few else (-answer.scores).argsort(kind="stable")[:most]
    return tuple((class_name(answer, int(i)), float(answer.scores[i])) for i in order)


def class_name(answer: Answer, index: int) -> str:
    """Return the name of a class, its number where it has none."""
    return answer.classes[index] if index < len(answer.classes) else str(index)
