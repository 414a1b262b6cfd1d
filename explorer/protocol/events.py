"""What the engine answers. `job` and `revision` are those of the request."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np

from explorer.protocol.pictures import Picture
from explorer.protocol.records import Answer, AttentionLayer, Layer, Output, Tile


class _Event(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Common part of all events."""

    job: int = 0
    revision: int = 0


class Ready(_Event, frozen=True):
    """The engine is there: versions, and the devices it could use (the first is the choice).

    `shared` is the size in bytes of the shared memory through which large arrays come; 0 for none.
    `states` are the names of weights that an engine before this one kept, the newest last; `trouble` says
    in words why none can be kept on disk, if so.
    """

    version: int
    torch: str
    devices: tuple[str, ...]
    threads: int
    shared: int = 0
    states: tuple[str, ...] = ()
    trouble: str = ""


class Carried(msgspec.Struct, frozen=True):
    """What a layer that changed took over: `kept` of `total` numbers; `words`: “6 filters kept, 2 new”."""

    address: str
    kept: int
    total: int
    words: str


class Loaded(_Event, frozen=True):
    """The design runs.

    Attributes:
        kept: addresses whose weights were taken over whole. partly: layers that took over a part.
        fresh: addresses whose weights were drawn anew. restored: whether what runs is the state asked for,
            bit for bit.
        digest: name of the weights by their content.

    """

    parameters: int
    device: str
    kept: tuple[str, ...]
    partly: tuple[Carried, ...] = ()
    fresh: tuple[str, ...] = ()
    restored: bool = False
    digest: str = ""


class Progress(_Event, frozen=True):
    """A long job goes on: `done` of `total` (0 when nobody knows), in `words` what it does."""

    done: int
    total: int
    words: str = ""


class StateKept(_Event, frozen=True):
    """Weights were kept under a name; `size` in bytes is what they take that no other state holds.

    A `Load` that leaves weights behind is answered by this first, unless there was no room for them. `gone`
    are names of states that had to make room: the oldest of those that a `Load` has left.
    """

    name: str
    digest: str
    size: int
    gone: tuple[str, ...] = ()


class StatesDropped(_Event, frozen=True):
    """Kept weights were forgotten: those of the names that there were."""

    names: tuple[str, ...]


class WeightsChanged(_Event, frozen=True):
    """Other weights are live: a kept state was taken, or some were drawn anew (`fresh`)."""

    digest: str
    name: str = ""
    fresh: tuple[str, ...] = ()


class Evaluated(_Event, frozen=True):
    """Figures of the present weights on held-out samples, by metric."""

    dataset: str
    digest: str
    samples: int
    figures: dict[str, float]


class Failed(_Event, frozen=True):
    """The job cannot be done: a sentence, the node concerned if one is, and details for the curious."""

    message: str
    address: str = ""
    details: str = ""
    request: str = ""


class Cancelled(_Event, frozen=True):
    """The job was given up as asked."""


class SourceText(_Event, frozen=True):
    """Python source of the design."""

    text: str


class Measured(_Event, frozen=True):
    """The live model measured by torchinfo."""

    layers: tuple[Layer, ...]
    parameters: int
    trainable: int
    macs: int


class SampleSet(_Event, frozen=True):
    """Inputs of a data set: float32 (n, *shape), class numbers, class names, axes, size of the set."""

    dataset: str
    indices: tuple[int, ...]
    inputs: np.ndarray
    targets: np.ndarray
    classes: tuple[str, ...]
    axes: tuple[str, ...]
    total: int


class TileSet(_Event, frozen=True):
    """Small pictures for the canvas, the sample they are made from, and the answer."""

    input: np.ndarray
    tiles: tuple[Tile, ...]
    answer: Answer
    step: int = 0


class FeatureSet(_Event, frozen=True):
    """All maps of one node: float32 (channels, h, w), (tokens, features) or (n,), made in eval mode.

    `channels` is how many there are when fewer were sent.
    """

    address: str
    input: np.ndarray
    values: np.ndarray
    channels: int
    axes: tuple[str, ...]
    answer: Answer
    step: int = 0


class NodeStatistics(msgspec.Struct, frozen=True):
    """Distribution of one node's output."""

    address: str
    mean: float
    spread: float
    zeros: float
    low: float
    high: float
    counts: np.ndarray


class StatisticsSet(_Event, frozen=True):
    """Distributions of all nodes."""

    nodes: tuple[NodeStatistics, ...]


class AttentionSet(_Event, frozen=True):
    """Weights of all attention layers, in running order, with the sample and the answer."""

    input: np.ndarray
    layers: tuple[AttentionLayer, ...]
    answer: Answer
    step: int = 0


class AnswerSet(_Event, frozen=True):
    """Every output for one sample; `truth` is the label of the sample where there is one."""

    input: np.ndarray
    outputs: tuple[Output, ...]
    truth: str = ""
    step: int = 0


class AttributionMap(_Event, frozen=True):
    """Signed importance of every input value, float32 of the input's shape (Grad-CAM: (1, h, w))."""

    method: str
    input: np.ndarray
    values: np.ndarray
    target: int
    answer: Answer
    delta: float | None = None


class WeightSet(_Event, frozen=True):
    """Weight tensors of one node by name; `total` counts the filters when fewer were sent."""

    address: str
    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    total: int


class Demonstrated(_Event, frozen=True):
    """A picture of what a block does, and the shapes of its weight tensors by name."""

    block: str
    address: str
    picture: Picture
    weights: tuple[tuple[str, tuple[int, ...]], ...]


class FitProgress(_Event, frozen=True):
    """A layer is being fitted: `done` of `total` steps."""

    address: str
    done: int
    total: int


class Fitted(_Event, frozen=True):
    """The layer is fitted; `samples` is how many it was fitted on."""

    address: str
    samples: int


class BoundaryMap(_Event, frozen=True):
    """Scores on a grid: float32 (classes, resolution, resolution), first row at the lower edge."""

    scores: np.ndarray
    low: tuple[float, float]
    high: tuple[float, float]
    step: int = 0


class RunStarted(_Event, frozen=True):
    """Training begins (or goes on at `step`)."""

    run: str
    dataset: str
    device: str
    steps_per_epoch: int
    epochs: int
    step: int
    epoch: int


class RunSteps(_Event, frozen=True):
    """What happened since the last acknowledged progress: float32 arrays, one value a step."""

    number: int
    run: str
    first_step: int
    losses: np.ndarray
    metrics: dict[str, np.ndarray]
    epoch: int
    seconds: float
    left: float


class RunEpoch(_Event, frozen=True):
    """An epoch is over: loss and metrics on the held-out part."""

    run: str
    epoch: int
    step: int
    loss: float
    metrics: dict[str, float]


class RunPaused(_Event, frozen=True):
    """Training holds (or, with `paused=False`, goes on)."""

    run: str
    step: int
    paused: bool


class RunEnded(_Event, frozen=True):
    """Training is over. Reasons: done, stopped, diverged, failed; `message` says more in words."""

    run: str
    reason: str
    message: str
    step: int
    epoch: int
    loss: float
    metrics: dict[str, float]
    seconds: float


class Checkpointed(_Event, frozen=True):
    """A checkpoint was written."""

    run: str
    step: int
    path: str


class WeightsSaved(_Event, frozen=True):
    """The weights were written; `digest` is their name by content."""

    path: str
    digest: str = ""


class WeightsLoaded(_Event, frozen=True):
    """Weights were read: which tensors matched, what did not and why, in words; and by which names."""

    path: str
    matched: tuple[str, ...]
    problems: tuple[str, ...]
    how: str = ""
    digest: str = ""


Event: TypeAlias = (
    Ready
    | Loaded
    | Failed
    | Progress
    | StateKept
    | StatesDropped
    | WeightsChanged
    | Evaluated
    | Cancelled
    | SourceText
    | Measured
    | SampleSet
    | TileSet
    | FeatureSet
    | StatisticsSet
    | AttentionSet
    | AnswerSet
    | AttributionMap
    | WeightSet
    | BoundaryMap
    | RunStarted
    | RunSteps
    | RunEpoch
    | RunPaused
    | RunEnded
    | Checkpointed
    | WeightsSaved
    | WeightsLoaded
    | Demonstrated
    | FitProgress
    | Fitted
)
