"""Tasks: what a network is asked to do with data, which losses and metrics suit, and whether both fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from explorer import words
from explorer.blocks.convolution.auxiliary import auxiliary_answers, auxiliary_outputs, misused_head
from explorer.graph.flow import Flow
from explorer.training.datasets import DataSet
from explorer.training.metrics import METRICS, Metric
from explorer.training.table import Table


@dataclass(frozen=True)
class Task:
    """A task.

    Attributes:
        id: as in data sets. title: in menus. losses: ids of those that suit, the usual one first.
        metrics: ids of those that tell something, the one that is shown first of all in front.
        answer: shape that an answer has to have for a data set. what: the targets in words.

    """

    id: str
    title: str
    losses: tuple[str, ...]
    metrics: tuple[str, ...]
    answer: Callable[[DataSet], tuple[int, ...]]
    what: Callable[[DataSet], str]

    @property
    def measured(self) -> tuple[Metric, ...]:
        """The metrics themselves."""
        return tuple(METRICS[name] for name in self.metrics)


TASKS: Table[Task] = Table(
    "task",
    Task(
        "classification",
        "Classification",
        ("cross_entropy", "mse"),
        ("accuracy", "top3"),
        lambda data: (len(data.classes),),
        lambda data: f"{len(data.classes)} classes",
    ),
    Task(
        "segmentation",
        "Segmentation",
        ("cross_entropy",),
        ("iou", "places"),
        lambda data: (len(data.classes), *data.target),
        lambda data: f"{len(data.classes)} classes at {words.shape(data.target)} places",
    ),
    Task(
        "pictures",
        "Pictures",
        ("mse",),
        ("psnr", "distance"),
        lambda data: data.target,
        lambda data: f"pictures of {words.shape(data.target)}",
    ),
    Task(
        "regression",
        "Regression",
        ("mse",),
        ("distance",),
        lambda data: data.target or (1,),
        lambda data: f"targets of {words.shape(data.target or (1,))}",
    ),
)


def misfit(flow: Flow, data: DataSet) -> str:
    """Say why a design cannot learn from a data set, with the numbers; nothing when it can."""
    if misused := misused_head(flow):
        head, reader = misused
        return (
            f"{head} is an auxiliary classifier, which is dropped after training, but {reader} reads "
            "its answer. Wire it to an output, or to nothing."
        )
    auxiliary = auxiliary_outputs(flow)
    main = [tensor for name, tensor in flow.outputs.items() if name not in auxiliary]
    if len(flow.inputs) != 1 or len(main) != 1:
        beside = " beside those of auxiliary classifiers" if auxiliary else ""
        return (
            "Training needs one input and one output; this design has "
            f"{len(flow.inputs)} and {len(main)}{beside}."
        )
    wanted, given = *flow.inputs.values(), *main
    if wanted is not None and wanted.shape != data.shape:
        return f"{data.title} gives {words.shape(data.shape)}, the input takes {wanted.text}."
    if wanted is not None and wanted.dtype != "float":
        return f"{data.title} gives numbers, the input takes ids."
    task = TASKS[data.task]
    sizes = task.answer(data)
    heads = [(f"the answer of {name}", tensor) for name, tensor in auxiliary_answers(flow).items()]
    for name, tensor in (("the output", given), *heads):
        if tensor is not None and tensor.shape != sizes:
            return f"{data.title} has {task.what(data)}, {name} is {tensor.text}, not {words.shape(sizes)}."
    return ""
