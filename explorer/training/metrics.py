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


def _psnr(answers: Any, targets: Any) -> Any:
    """Of pictures in 0..1; an answer that is exact to the last bit gets 100 dB."""
    difference = answers.reshape(len(targets), -1) - targets.reshape(len(targets), -1)
    return -10 * ((difference**2).mean(1) + 1e-10).log10()


def _iou(answers: Any, targets: Any) -> Any:
    """Mean over the classes that are in the truth or in the answer."""
    found = answers.argmax(1).reshape(len(targets), -1)
    wanted = targets.reshape(len(targets), -1)
    total = there = 0.0
    for number in range(answers.shape[1]):
        both = ((found == number) & (wanted == number)).sum(1)
        either = ((found == number) | (wanted == number)).sum(1)
        total = total + both / (either + (either == 0))
        there = there + (either > 0) * 1.0
    return total / there


def _places(answers: Any, targets: Any) -> Any:
    return ((answers.argmax(1) == targets) * 1.0).reshape(len(targets), -1).mean(1)


METRICS: Table[Metric] = Table(
    "metric",
    Metric("accuracy", "Accuracy", "share of right answers", "share", "higher", _right),
    Metric("top3", "Top-3", "right answer among the first three", "share", "higher", _among_first),
    Metric("iou", "IoU", "overlap with the truth, mean over classes", "share", "higher", _iou),
    Metric("places", "Right places", "share of places with the right class", "share", "higher", _places),
    Metric("psnr", "PSNR", "peak signal to noise, in dB", "number", "higher", _psnr),
    Metric("distance", "Mean distance", "mean absolute error", "number", "lower", _distance),
)
