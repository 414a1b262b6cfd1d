"""What the presenters of views have in common: only the view in sight asks; a note says what it is of."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from explorer import words
from explorer.client.live import Wish
from explorer.protocol import events
from explorer.protocol.records import Answer
from explorer.ui.desk import Desk
from explorer.ui.probing.panel import LookPanel
from explorer.ui.probing.samples_presenter import SamplesPresenter

LOOKING = "looking"
"""Property of the desk: which view asked last. Hiding another one must not take its wish away."""

QUIET_MS = 400
"""An edit makes pictures old until the engine has compiled it; only what stays old is said."""


class LookPresenter(QObject):
    """Keeps a panel in step with the desk.

    Subclasses say which request they wish for (`wish`) and take its answer (`take`).
    """

    view = ""
    request = ""

    def __init__(self, panel: LookPanel, desk: Desk) -> None:
        super().__init__(panel)
        self._frame, self.desk = panel, desk
        self.samples = SamplesPresenter(panel.samples, desk)
        self.is_active = False
        self._step, self._trouble = 0, ""
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self.write_note)
        desk.news.connect(self._on_news)
        desk.lost.connect(self._on_lost)
        desk.selected.connect(self._on_selected)
        desk.opened.connect(self._on_opened)
        desk.changed.connect(self._quiet.start)

    # to be said by each view

    def wish(self) -> Wish | None:
        """Return what to ask for, None for nothing."""
        raise NotImplementedError

    def nothing(self) -> str:
        """Return the words for a panel without anything to show."""
        raise NotImplementedError

    def take(self, event: events.Event) -> bool:
        """Show an answer; returns whether it was one for this view."""
        raise NotImplementedError

    # in sight or not

    def activate(self) -> None:
        """The panel is in sight."""
        self.is_active = True
        self.samples.activate()
        self.ask()
        self.write_note()

    def deactivate(self) -> None:
        """The panel is hidden."""
        self.is_active = False
        self.samples.deactivate()
        if self.desk.property(LOOKING) == self.view:
            self.desk.look(Wish())

    def ask(self) -> None:
        """Ask for what is to be shown, or say why there is nothing."""
        if not self.is_active:
            return
        wish = self.wish()
        self.desk.setProperty(LOOKING, self.view)
        self.desk.look(wish or Wish())
        if wish is None:
            self._frame.show_empty(self.nothing())
        elif self._frame.is_empty():
            self._frame.show_empty(self._waiting() or self.nothing())

    def _waiting(self) -> str:
        """Return why no answer can come yet."""
        if self.desk.live.loaded_revision >= 0:
            return ""
        faults = self.desk.workspace.flow.faults
        if faults:
            return f"Waits: {faults[0].message}"
        return "" if len(self.desk.workspace.document.root) == 0 else "The engine is starting."

    # news

    def _on_news(self, event: events.Event) -> None:
        if isinstance(event, events.Failed) and event.request == self.request:
            self._fail(event.message)
        elif self.take(event):
            self._step, self._trouble = getattr(event, "step", 0), ""
            self.write_note()
        elif isinstance(event, events.Ready | events.Loaded | events.WeightsLoaded):
            self._trouble = ""
            self.write_note()

    def _fail(self, message: str) -> None:
        if not self.is_active:
            return
        self._trouble = message
        self._frame.show_empty(message)
        self.write_note()

    def _on_lost(self, message: str) -> None:
        self._trouble = message
        self.write_note()

    def _on_selected(self, address: str) -> None:
        self.ask()

    def _on_opened(self) -> None:
        self._step, self._trouble = 0, ""
        self._frame.show_empty(self.nothing())
        self.ask()
        self.write_note()

    def write_note(self) -> None:
        """Say what the pictures are of: which weights, which step, whether they are old."""
        if self._frame.is_empty():
            self._frame.set_note("" if self._trouble == self._frame.empty_words() else self._trouble, "error")
            return
        if self._trouble:
            self._frame.set_note(self._trouble, "error")
            return
        live, parts = self.desk.live, []
        if not live.has_weights:
            parts.append("Untrained weights")
        if live.is_stale:
            parts.append(
                f"from step {words.count(self._step)}" if self._step else "from before the last edit"
            )
        self._frame.set_note(" · ".join(parts), "3")


def best(answer: Answer, most: int = 4) -> tuple[tuple[str, float], ...]:
    """Return the most likely classes by name with their probability."""
    order = (-answer.scores).argsort(kind="stable")[:most]
    return tuple((class_name(answer, int(i)), float(answer.scores[i])) for i in order)


def class_name(answer: Answer, index: int) -> str:
    """Return the name of a class, its number where it has none."""
    return answer.classes[index] if index < len(answer.classes) else str(index)
