"""Loading: everything that a design needs is there, or nothing changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from explorer.engine.published.differences import judged
from explorer.engine.published.matching import Match, best, sides
from explorer.engine.published.reading import read
from explorer.engine.published.report import Report
from explorer.engine.weights import WeightProblem
from explorer.graph.flow import Flow


class Misfit(WeightProblem):
    """A file that does not hold what the design needs; `report` names every tensor."""

    def __init__(self, message: str, report: Report) -> None:
        super().__init__(message)
        self.report = report


def load(
    module: nn.Module,
    flow: Flow,
    path: str | os.PathLike[str],
    go_on: Callable[[], None] = lambda: None,
) -> Report:
    """Copy published weights into a live model.

    Args:
        module: compiled from `flow`. flow: of the design. path: see `reading.read`.
        go_on: called now and then while nothing has changed; what it raises ends the loading.

    Returns:
        What was matched, and what else the file holds. A last layer with another number of outputs stays as
        it is, and is named.

    Raises:
        WeightProblem: the file cannot be read.
        Misfit: it does not hold all that the design needs; nothing changed.

    """
    name = Path(path).name
    go_on()
    theirs = read(path)
    go_on()
    own = module.state_dict()
    both = sides(own, theirs, (key for key, _ in module.named_parameters()), flow)
    match = best(both)
    report = judged(match.report, theirs, flow, name)
    if not report.fits:
        raise Misfit(report.refusal(name), report)
    go_on()
    _copy(match, own, theirs)
    return report


def _copy(match: Match, own: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor]) -> None:
    ready = {key: source.take(theirs).reshape(own[key].shape) for key, source in match.sources.items()}
    with torch.no_grad():
        for key, value in ready.items():
            own[key].copy_(value)
