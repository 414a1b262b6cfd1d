"""What an output's values are and how they lie, from its last blocks, the task and the loss."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.blocks.convolution.auxiliary import auxiliary_outputs
from explorer.graph.catalogue import INPUT
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.tensor import Tensor
from explorer.training.datasets import DATASETS
from explorer.training.losses import LOSSES

LOGITS, PROBABILITIES, LOG_PROBABILITIES = "logits", "probabilities", "log_probabilities"
SHARES, VECTORS, VALUES = "shares", "vectors", "values"
CLASSES = frozenset([LOGITS, PROBABILITIES, LOG_PROBABILITIES])
"""Kinds in which the units along the axis are classes that exclude each other."""
COARSEST = 8
"""Maps down to this part of the picture say something of each place; coarser ones are read by a detector."""
BOX_PARTS = ("boxes", "scores", "labels", "masks")
BARE = frozenset(["conv", "linear"])
"""Families of blocks that end in a weighted sum, as scores do that a softmax of the loss reads."""


@dataclass(frozen=True)
class Context:
    """What is known beside the flow.

    Attributes:
        task: of the design (`classification`, `segmentation`, …); empty when nobody said.
        dataset: id of the one that is looked at; empty for none.
        loss: id of the loss the weights were trained with here; empty where nobody knows.

    """

    task: str = ""
    dataset: str = ""
    loss: str = ""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the data set's classes."""
        return DATASETS[self.dataset].classes if self.dataset in DATASETS else ()


UNKNOWN = Context()


def context_of(settings: Mapping[str, object], dataset: str = "", loss: str = "") -> Context:
    """What is known beside the flow, from the settings of a design and the data set that is looked at."""
    own = str(settings.get("dataset") or "")
    return Context(str(settings.get("task") or ""), dataset or own, loss)


@dataclass(frozen=True)
class Meaning:
    """Of one output.

    Attributes:
        kind: `logits` (a softmax makes probabilities of them), `probabilities`, `log_probabilities`, `shares`
            (each from 0 to 1 for itself), `vectors` (only their direction counts) or `values` as they are.
        layout: `vector`, `steps` (a row each), `maps` (values for each place), `picture`, `film` or `other`.
        axis: along which the units (classes, channels, features) stand.
        role: of what a detector gives: `boxes`, or `scores`, `labels`, `masks` of boxes; empty otherwise.

    """

    kind: str
    layout: str
    axis: int
    role: str = ""

    @property
    def is_classes(self) -> bool:
        """Whether the units are classes that exclude each other."""
        return self.kind in CLASSES

    @property
    def shown(self) -> str:
        """Kind of the values once they were made readable: scores of classes become probabilities."""
        return PROBABILITIES if self.is_classes else self.kind


def main_output(flow: Flow) -> str:
    """Name of the output that is meant when nobody names one: no auxiliary head's; empty without outputs."""
    known = [name for name, tensor in flow.outputs.items() if tensor is not None]
    helpers = auxiliary_outputs(flow) if len(known) > 1 else set()
    return next((name for name in known if name not in helpers), known[0] if known else "")


def meaning_of(flow: Flow, name: str, context: Context = UNKNOWN) -> Meaning:
    """What an output of a flow is.

    Args:
        flow: of the whole design, without problems. name: of the output; `KeyError` where there is none.
        context: task, data set and loss.

    """
    tensor = flow.outputs[name]
    if tensor is None:
        raise KeyError(name)
    steps, _ = _back(flow, name)
    layout, role = _layout(flow, tensor, context), _role(flow, name, tensor)
    if tensor.dtype != "float" or not tensor.shape or role:
        return Meaning(VALUES, layout, max(tensor.channels, 0), role)
    gives, axis = _given(steps, tensor)
    if not gives:
        gives = LOGITS if _are_scores(flow, steps, tensor, layout, context) else VALUES
    axis = tensor.channels if axis is None else axis
    if layout == "picture" and gives in CLASSES and tensor.shape[axis] > 1:
        layout = "maps"
    return Meaning(gives, layout, axis, role)


@dataclass(frozen=True)
class _Step:
    """A node on the way back from an output, and the port through which its values leave it."""

    node: NodeFlow
    port: str

    @property
    def tensor(self) -> Tensor | None:
        return self.node.outputs.get(self.port)

    @property
    def passes(self) -> bool:
        return bool(getattr(self.node.block, "passes", False))


def _back(flow: Flow, name: str) -> tuple[list[_Step], bool]:
    """Nodes from an output of a level back to the one that makes its values, composites entered.

    Whether they lead to the level's own input, which is only passed on.
    """
    steps: list[_Step] = []
    edges = flow.graph.into(name)
    while edges:
        edge = edges[0]
        node = flow.nodes[edge.src]
        if node.block is not None and node.block.id == INPUT:
            return steps, True
        if flow.graph[edge.src].muted:
            pass
        elif node.inner is not None and edge.out in node.inner.outputs:
            inside, through = _back(node.inner, edge.out)
            steps += inside
            if not through:
                return steps, False
        else:
            steps.append(_Step(node, edge.out))
            if not steps[-1].passes:
                return steps, False
        edges = flow.graph.into(edge.src)[:1]
    return steps, False


def _given(steps: list[_Step], tensor: Tensor) -> tuple[str, int | None]:
    """What the last block that says so gives, and the axis of the output along which it belongs together."""
    origin = steps[-1] if steps else None
    gives = getattr(origin.node.block, "gives", "") if origin else ""
    if not gives or origin is None or origin.tensor is None:
        return "", None
    along = getattr(origin.node.block, "gives_along", None)
    axis = along(*origin.node.arriving) if along else None
    if axis is None:
        return gives, None
    before = origin.tensor
    for after in [step.tensor for step in reversed(steps[:-1])] + [tensor]:
        if after is None:
            continue
        axis = _followed(before, axis, after)
        if axis is None:  # cut apart or mixed with others: each is still a share
            return SHARES, None
        before = after
    return gives, axis


def _followed(before: Tensor, axis: int, after: Tensor) -> int | None:
    """Where an axis went when values were moved; None where it is not whole any more."""
    size, letter = before.shape[axis], before.axes[axis]
    if before.size == size and after.shape.count(size) >= 1 and after.size == size:
        return after.shape.index(size)
    places = [
        n for n, (s, a) in enumerate(zip(after.shape, after.axes, strict=True)) if (s, a) == (size, letter)
    ]
    if before.axes == after.axes and after.shape[axis] == size:
        return axis
    return places[0] if len(places) == 1 and len(after.shape) == len(before.shape) else None


def _role(flow: Flow, name: str, tensor: Tensor) -> str:
    """What an output tells of boxes: they themselves, or what stands beside them; empty for other outputs."""

    def said(output: str) -> str:
        edges = flow.graph.into(output)
        port = edges[0].out if edges else ""
        port = {"classes": "labels"}.get(port, port)
        return port if port in BOX_PARTS else output if output in BOX_PARTS else ""

    own = said(name)
    if not own:
        return ""
    counts = [other.shape[0] for key, other in flow.outputs.items() if _are_boxes(said(key), other) and other]
    if own == "boxes":
        return own if _are_boxes(own, tensor) else ""
    return own if tensor.shape[:1] in [(count,) for count in counts] else ""


def _are_boxes(role: str, tensor: Tensor | None) -> bool:
    return role == "boxes" and tensor is not None and tensor.shape[1:] == (4,)


def _layout(flow: Flow, tensor: Tensor, context: Context) -> str:
    """How the values lie."""
    places = len(tensor.shape) - 1
    if places == 0:
        return "vector" if tensor.axes == ("D",) else "other"
    if places == 1:
        return "steps"
    if places == 2:
        return "picture" if _is_picture(flow, tensor, context) else "maps"
    return "film" if places == 3 and {"H", "W"} <= set(tensor.axes) else "other"


def _picture(flow: Flow) -> Tensor | None:
    """What comes in where that is a picture, or a frame of it where it is a film."""
    first = next(iter(flow.inputs.values()), None)
    if first is not None and first.axes == ("T", "C", "H", "W"):
        return Tensor(first.shape[1:], first.axes[1:], first.dtype)
    return first if first is not None and first.axes == ("C", "H", "W") else None


def _is_picture(flow: Flow, tensor: Tensor, context: Context) -> bool:
    """Whether a map looks like what came in: as many channels, about as many places."""
    given = _picture(flow)
    if given is None or context.task == "segmentation" or tensor.axes != ("C", "H", "W"):
        return False
    alike = given.shape[0] == tensor.shape[0] and tensor.shape[0] in (1, 3)
    return alike and min(tensor.shape[1:]) >= min(given.shape[1:]) // 2


def _are_scores(flow: Flow, steps: list[_Step], tensor: Tensor, layout: str, context: Context) -> bool:
    """Whether the loss takes the values for scores of classes that exclude each other."""
    units = tensor.shape[tensor.channels]
    reads = LOSSES[context.loss].reads if context.loss in LOSSES else ""
    if units < 2 or reads not in ("", LOGITS):
        return False
    if layout == "vector":
        return reads == LOGITS or context.task in CLASSIFY or units == len(context.classes)
    if layout == "steps":
        return units == len(context.classes) or units in _vocabularies(flow)
    if layout == "maps":
        given = _picture(flow)
        places = [size for n, size in enumerate(tensor.shape) if n != tensor.channels]
        fine = given is not None and min(places) * COARSEST >= min(given.shape[1:]) and max(places) > 1
        bare = bool(steps) and steps[-1].node.block is not None
        bare = bare and getattr(steps[-1].node.block, "family", "") in BARE
        return context.task == "segmentation" or (fine and bare and context.task in ("", "classification"))
    return False


CLASSIFY = ("classification", "deep supervision")
"""Tasks whose vectors are scores, one a class."""


def _vocabularies(flow: Flow) -> set[int]:
    """How many different ids the embeddings of the design know, when it reads ids."""
    if not any(tensor is not None and tensor.dtype == "int" for tensor in flow.inputs.values()):
        return set()
    found = set()
    for _, node in flow.walk():
        if node.block is not None and node.block.id == "embedding":
            found.add(int(getattr(node.block, "vocabulary", 0)))
    return found
