"""The table of panels: each with its presenter and its place."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, Signal

from explorer.ui.answer.panel import AnswerPanel
from explorer.ui.answer.presenter import AnswerPresenter
from explorer.ui.attention.panel import AttentionPanel
from explorer.ui.attention.presenter import AttentionPresenter
from explorer.ui.attribution.panel import AttributionPanel
from explorer.ui.attribution.presenter import AttributionPresenter
from explorer.ui.desk import Desk
from explorer.ui.features.panel import FeaturesPanel
from explorer.ui.features.presenter import FeaturesPresenter
from explorer.ui.inspector.panel import InspectorPanel
from explorer.ui.inspector.presenter import InspectorPresenter
from explorer.ui.problems.panel import ProblemsPanel
from explorer.ui.problems.presenter import ProblemsPresenter
from explorer.ui.problems.repairing import RepairBook
from explorer.ui.shell.dock import Tab
from explorer.ui.summary.panel import SummaryPanel
from explorer.ui.summary.presenter import SummaryPresenter
from explorer.ui.training.panel import TrainingPanel
from explorer.ui.training.presenter import TrainingPresenter


class InSight(Protocol):
    """A presenter that works only while its panel is in sight."""

    def activate(self) -> None:
        """The panel is shown."""

    def deactivate(self) -> None:
        """The panel is hidden."""


class Panels(QObject):
    """Builds the panels of the dock and the inspector, and tells them which is in sight.

    Signals:
        problemsCounted: number of problems, for the badge.
    """

    problemsCounted = Signal(int)

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        book = self.book = RepairBook(desk)
        features, attention, attribution = FeaturesPanel(), AttentionPanel(), AttributionPanel()
        answer = self.answer = AnswerPanel()
        training, summary, problems = TrainingPanel(), SummaryPanel(), ProblemsPanel()
        self.inspector = InspectorPanel()
        self.training = TrainingPresenter(training, desk)
        self._inspecting = InspectorPresenter(self.inspector, desk, book)
        self._problems = ProblemsPresenter(problems, desk, book)
        self._summary = SummaryPresenter(summary, desk)
        self._looking: dict[str, InSight] = {
            "training": self.training,
            "answer": AnswerPresenter(answer, desk),
            "features": FeaturesPresenter(features, desk),
            "attention": AttentionPresenter(attention, desk),
            "attribution": AttributionPresenter(attribution, desk),
            "summary": self._summary,
            "problems": self._problems,
        }
        self.tabs = [
            Tab("training", "Training", training, training.take_controls()),
            Tab("features", "Features", features, features.take_controls()),
            Tab("attention", "Attention", attention, attention.take_controls()),
            Tab("attribution", "Attribution", attribution, attribution.take_controls()),
            Tab("answer", "Answer", answer, answer.take_controls()),
            Tab("summary", "Summary", summary),
            Tab("problems", "Problems", problems),
        ]
        self._shown = ""
        self._problems.counted.connect(self.problemsCounted)

    def show_tab(self, tab_id: str) -> None:
        """Let the panel in sight ask the engine, and no other."""
        if tab_id == self._shown:
            return
        for name in (self._shown, tab_id):
            presenter = self._looking.get(name)
            if presenter is not None:
                (presenter.activate if name == tab_id else presenter.deactivate)()
        self._shown = tab_id
