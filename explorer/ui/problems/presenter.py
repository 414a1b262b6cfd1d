"""Tells the problems panel what is wrong, and finds repairs for what is in sight."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from explorer.graph.flow import Flow, NodeFlow
from explorer.remarks.remark import Remark
from explorer.ui.desk import Desk
from explorer.ui.problems import sentences
from explorer.ui.problems.panel import MOST, ProblemsPanel
from explorer.ui.problems.remarking import RemarkBook
from explorer.ui.problems.repairing import RepairBook, Said
from explorer.ui.problems.row import ProblemLine
from explorer.ui.shell.parts import Parts

SHOW_MS = 50
TRIED = 20
"""Faults, and remarks, that repairs are looked for; each is tried on a copy of the design."""


class ProblemsPresenter(QObject):
    """Keeps the list true."""

    def __init__(
        self,
        panel: ProblemsPanel,
        desk: Desk,
        book: RepairBook | None = None,
        remarks: RemarkBook | None = None,
    ) -> None:
        super().__init__(panel)
        self.panel, self.desk = panel, desk
        self.book = book or RepairBook(desk)
        self.remarks = remarks or RemarkBook(desk)
        self._problems: list[Said] = []
        self._later = QTimer(self, singleShot=True, interval=SHOW_MS)
        self._later.timeout.connect(self._renew)
        desk.changed.connect(self._later.start)
        desk.selected.connect(panel.select)
        self.book.found.connect(self._later.start)
        self.remarks.changed.connect(self._later.start)
        panel.dismissed.connect(self._dismiss)
        panel.broughtBack.connect(self.remarks.bring_back)
        panel.picked.connect(self._pick)
        panel.repair.connect(self._repair)
        self.show()

    def activate(self) -> None:
        """The panel came into sight."""
        self.show()

    def deactivate(self) -> None:
        """The panel is out of sight; nothing needs to be shown."""

    @property
    def count(self) -> int:
        """How many faults there are."""
        return len(self.desk.workspace.flow.faults)

    def _renew(self) -> None:
        """Follow the design while somebody looks; the badge asks for `count` by itself."""
        if self.panel.isVisible():
            self.show()

    def show(self) -> None:
        """Show the problems of the present design; while they are being worked out, the last ones."""
        if not self.desk.workspace.is_worked_out:
            return
        flow = self.desk.workspace.flow
        waiting = flow.report.waiting
        problems = [*flow.faults, *flow.report.some_waiting(flow.ranks, MOST)][:MOST]
        remarks = [one for one in self.remarks.remarks if _node(flow, one.address) is not None][:MOST]
        self._problems = [*problems, *remarks]
        self.book.want([*flow.faults[:TRIED], *remarks[:TRIED]])
        self.panel.set_empty(
            "No problems. Every block fits its input."
            if len(self.desk.workspace.document.root)
            else "The canvas is empty. Drag a block there, or press Tab and type."
        )
        lines = [self._line(key, problem, flow) for key, problem in enumerate(self._problems)]
        self.panel.show_lines(lines, len(flow.faults), len(waiting), self.remarks.hidden)
        self.panel.select(self.desk.address)

    def _line(self, key: int, problem: Said, flow: Flow) -> ProblemLine:
        repairs = tuple(
            (repair.title, " · ".join(part for part in (repair.effect, repair.cost) if part))
            for repair in self.book.of(problem)
        )
        if isinstance(problem, Remark):
            said = sentences.without_name(problem.message, problem.address)
            return ProblemLine(
                key, problem.address, said, is_remark=True, repairs=repairs, others=problem.others
            )
        said = sentences.sentence(problem, _node(flow, problem.address))
        return ProblemLine(key, problem.address, said, problem.waits_for is not None, repairs=repairs)

    def _pick(self, key: int) -> None:
        if key < len(self._problems):
            address = self._problems[key].address
            self.desk.select(address)

    def _dismiss(self, key: int) -> None:
        remark = self._problems[key] if key < len(self._problems) else None
        if isinstance(remark, Remark):
            self.remarks.dismiss(remark)
            self.show()

    def _repair(self, key: int, number: int) -> None:
        if key < len(self._problems) and self.book.apply(self._problems[key], number):
            self._later.stop()
            self.show()


def _node(flow: Flow, address: str) -> NodeFlow | None:
    try:
        return flow.at(address)
    except KeyError:
        return None


def open_panel(parts: Parts) -> ProblemsPresenter:
    """Make the panel for the dock."""
    return ProblemsPresenter(ProblemsPanel(), parts.desk, parts.book, parts.remarks)
