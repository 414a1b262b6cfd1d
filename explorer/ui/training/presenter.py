"""The training panel: curves, list and settings of the runs of one design."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from explorer.protocol import events
from explorer.training.datasets import DATASETS
from explorer.training.losses import LOSSES
from explorer.training.metrics import METRICS
from explorer.ui.desk import Desk
from explorer.ui.shell.parts import Parts
from explorer.ui.training import run_settings, run_words
from explorer.ui.training.panel import TrainingPanel
from explorer.ui.training.plane import PlanePresenter
from explorer.ui.training.runner import Runner

DRAW_MS = 400
"""Time between two drawings of live curves; the figures beside them are renewed with every report."""


class TrainingPresenter(QObject):
    """Shows what the runner and the session know."""

    def __init__(self, panel: TrainingPanel, desk: Desk, runner: Runner) -> None:
        super().__init__(panel)
        self.panel, self.desk, self.runner = panel, desk, runner
        self._flagged = -1
        self._plane = PlanePresenter(panel.curves, desk)
        self._draw = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._draw.timeout.connect(self.draw)
        self._later = QTimer(self, singleShot=True, interval=DRAW_MS)
        self._later.timeout.connect(self._after_change)
        desk.changed.connect(self._later.start)
        desk.went_on.connect(self._on_run)
        desk.lost.connect(self.draw)
        runner.changed.connect(self.show)
        panel.committed.connect(self.set_setting)
        panel.start.connect(self._enter)
        panel.picked.connect(self._pick)
        panel.renamed.connect(self._rename)
        panel.hidden.connect(self._hide)
        panel.deleted.connect(self._delete)
        panel.note_action.connect(self._act)
        panel.show_cause.connect(self._show_cause)
        panel.opened.connect(self._draw.start)
        if desk.session.runs.logs:
            panel.show_page("curves")
        self.show()

    def activate(self) -> None:
        """The panel came into sight."""
        self.draw()
        self._plane.activate()

    def deactivate(self) -> None:
        """The panel is out of sight."""
        self._draw.stop()
        self._plane.deactivate()

    # intents

    def set_setting(self, name: str, value: object) -> None:
        """Change a setting of the next run; a refusal is said below the field."""
        try:
            self.runner.change(name, value)
        except ValueError as refusal:
            self.panel.settings.refuse(name, str(refusal))

    def _enter(self) -> None:
        if not self.desk.session.training.is_going_on:
            self.runner.start()

    def _pick(self, number: int) -> None:
        self.desk.session.runs.chosen = number
        self.panel.show_page("curves")
        self.draw()

    def _rename(self, number: int, title: str) -> None:
        self.desk.session.runs.rename(number, title)
        self.draw()

    def _hide(self, number: int, hidden: bool) -> None:
        self.desk.session.runs.hide(number, hidden)
        self.draw()

    def _delete(self, number: int) -> None:
        self.desk.session.runs.delete([number])
        self.draw()

    def _act(self) -> None:
        runs = self.desk.session.runs
        if runs.action == "resume":
            runs.say(None)
            self.runner.resume()
        elif runs.action == "slower":
            self.runner.slower()

    def _show_cause(self) -> None:
        faults = self.desk.workspace.flow.faults
        if faults and faults[0].address:
            self.desk.select(faults[0].address)

    # news

    def _after_change(self) -> None:
        """Flag the edit where it happened; its title is known only once it is done."""
        log, revision = self.desk.session.runs.live, self.desk.workspace.revision
        if log is not None and revision != self._flagged:
            log.add_flag(log.step, self.desk.workspace.history.undo_title or "edit")
        self._flagged = revision
        self.show()

    def _on_run(self, event: events.Event) -> None:
        if isinstance(event, events.RunStarted):
            used = self.desk.session.training.settings or self.runner.settings
            self.panel.curves.set_loss_name(LOSSES[used.loss].title if used.loss in LOSSES else used.loss)
            self.panel.show_page("curves")
        if isinstance(event, events.RunEnded):
            self.draw()
        elif not self._draw.isActive():
            self._draw.start()

    # showing

    def show(self) -> None:
        """Show settings, list and words."""
        busy = self.desk.session.training.is_going_on
        settings, page = self.runner.settings, self.panel.settings
        left, right = run_settings.fields(
            settings, "Fixed while a run is in progress. Stop it to change them." if busy else ""
        )
        page.show_settings(left, right, run_words.about(DATASETS.get(settings.dataset)))
        reason = self.runner.why_not()
        if busy:
            page.show_hint("A run is in progress; stop it to change its settings.", False, False)
        else:
            hint = f"{reason}." if reason else "Enter in a field starts the run, too."
            page.show_hint(hint, reason is not None, bool(reason and self.desk.workspace.flow.faults))
        runs, name = self.desk.session.runs, self.desk.workspace.document.name
        metric = self.desk.session.metric
        lines = [run_words.line(log, name, metric) for log in reversed(runs.logs)]
        self.panel.show_runs(lines, runs.chosen, runs.note)

    def draw(self) -> None:
        """Show the curves; the chosen run lies on top."""
        runs = self.desk.session.runs
        if self.panel.isVisible():
            shown = [log for log in runs.logs if not log.is_hidden]
            self.panel.curves.set_metric(METRICS[self.desk.session.metric])
            self.panel.show_curves(sorted(shown, key=lambda log: log.number == runs.chosen))
        self.show()


def open_panel(parts: Parts) -> TrainingPresenter:
    """Make the panel for the dock."""
    return TrainingPresenter(TrainingPanel(), parts.desk, parts.runner)
