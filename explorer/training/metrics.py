"""Metrics: figures that say how good an answer is, beside the loss that is minimised.

A metric is one row: its words, and how it is worked out. It then appears in the settings, the curves, the
list of runs, the weights' story and on the command line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from explorer.training.table import Table


@dataclass(frozen=True)
class Metric:
    """A figure of merit.

    Attributes:
        id: as on the command line. title: on the axis of curves. about: half a sentence.
        unit: `share` of one, written as per cent, or plain `number`.
        better: which way is good.
        values: from answers (n, …) and targets (n, …) to one value for each sample (n,), by methods that
            arrays and tensors both have. Figures are means over samples, whatever the batches.

    """

    id: str
    title: str
    about: str
    unit: Literal["share", "number"]
    better: Literal["higher", "lower"]
    values: Callable[[Any, Any], Any]


def _right(answers: Any, targets: Any) -> Any:
    return (answers.argmax(1) == targets) * 1.0


def _among_first(answers: Any, targets: Any) -> Any:
    """1 where fewer than three classes score higher than the true one."""
    count = answers.shape[1]
    own = (answers * (targets[:, None] == targets.new_tensor(range(count))[None])).sum(1)
    return ((answers > own[:, None]).sum(1) < 3) * 1.0


def _distance(answers: Any, targets: Any) -> Any:
    difference = (answers.reshape(len(targets), -1) - targets.reshape(len(targets), -1)).abs()
    return difference.mean(1)


METRICS: Table[Metric] = Table(
    "metric",
    Metric("accuracy", "Accuracy", "share of right answers", "share", "higher", _right),
    Metric("top3", "Top-3", "right answer among the first three", "share", "higher", _among_first),
    Metric("distance", "Mean distance", "mean absolute error", "number", "lower", _distance),
)
