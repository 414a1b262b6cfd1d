"""What a panel may need of the open design it is about."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.ui.desk import Desk
from explorer.ui.problems.remarking import RemarkBook
from explorer.ui.problems.repairing import RepairBook
from explorer.ui.training.runner import Runner


@dataclass(frozen=True)
class Parts:
    """The desk of the design, the repairs and remarks that were found for it, and what starts its runs."""

    desk: Desk
    book: RepairBook
    runner: Runner
    remarks: RemarkBook
