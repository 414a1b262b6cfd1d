"""Repairs of the problems in sight, tried one after the other while nothing else is to be done."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.graph.edits import EditProblem
from explorer.graph.flow import Problem
from explorer.graph.repairs import Repair, search
from explorer.remarks.curing import search_cures
from explorer.remarks.remark import Remark
from explorer.ui.desk import Desk
from explorer.ui.problems.remarking import aim_at

PAUSE_MS = 30
DONE = object()
Said: TypeAlias = Problem | Remark


class RepairBook(QObject):
    """Keeps the repairs that were found for the present revision.

    Attributes:
        carry_out: applies a repair; the program lets the canvas do it, which makes room for new nodes.

    Signals:
        found: the repairs of one more problem are known.

    """

    found = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._revision = -1
        self.carry_out: Callable[[Said, Repair], None] = self._apply
        self._known: dict[Said, tuple[Repair, ...]] = {}
        self._wanted: list[Said] = []
        self._search: tuple[Said, Iterator[Repair | None], list[Repair]] | None = None
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._try_next)

    def of(self, problem: Said) -> tuple[Repair, ...]:
        """Return what is known now; `want` asks for more."""
        self._renew()
        return self._known.get(problem, ())

    def want(self, problems: Iterable[Said]) -> None:
        """Look for repairs of these problems, in this order, before those wanted earlier."""
        self._renew()
        under_way = self._search[0] if self._search else None
        new = [p for p in problems if not _waits(p) and p not in self._known and p != under_way]
        self._wanted = list(dict.fromkeys([*new, *self._wanted]))
        if self._wanted:
            self._timer.start()

    def apply(self, problem: Said, number: int = 0) -> bool:
        """Carry out one of the repairs found, as one undo step."""
        found = self.of(problem)
        if number >= len(found):
            return False
        try:
            self.carry_out(problem, found[number])
        except EditProblem as refusal:
            self._desk.said.emit(str(refusal))
            return False
        return True

    def _apply(self, problem: Said, repair: Repair) -> None:
        self._desk.workspace.apply(repair.edit, repair.title)

    def _renew(self) -> None:
        if self._revision != self._desk.workspace.revision:
            self._revision = self._desk.workspace.revision
            self._known, self._wanted, self._search = {}, [], None

    def _tries(self, said: Said) -> Iterator[Repair | None]:
        workspace = self._desk.workspace
        if isinstance(said, Remark):
            return search_cures(workspace.trial, workspace.flow, said, aim_at(self._desk))
        return search(workspace.trial, workspace.catalogue, workspace.flow, said)

    def _try_next(self) -> None:
        """Try one repair of the first problem that is wanted."""
        self._renew()
        workspace = self._desk.workspace
        if not (self._wanted or self._search) or workspace.history.is_open or not workspace.is_worked_out:
            return
        if self._search is None:
            problem = self._wanted.pop(0)
            self._search = problem, self._tries(problem), []
        problem, tries, repairs = self._search
        tried = next(tries, DONE)
        if tried is DONE:
            self._known[problem], self._search = tuple(repairs), None
            self.found.emit()
        elif isinstance(tried, Repair):
            repairs.append(tried)
        if self._wanted or self._search:
            self._timer.start()


def _waits(said: Said) -> bool:
    return isinstance(said, Problem) and said.waits_for is not None
