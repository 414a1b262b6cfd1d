"""What the engine answers. `job` and `revision` are those of the request."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np

from explorer.protocol import arithmetic, run_events, text_events, weight_events
from explorer.protocol.base_event import BaseEvent
from explorer.protocol.pictures import Picture
from explorer.protocol.records import Answer, AttentionLayer, Layer, Output, Target, Tile

ArithmeticSet = arithmetic.ArithmeticSet
RunStarted = run_events.RunStarted
RunSteps = run_events.RunSteps
RunEpoch = run_events.RunEpoch
RunPaused = run_events.RunPaused
RunEnded = run_events.RunEnded
Checkpointed = run_events.Checkpointed
NextTokens = text_events.NextTokens
Wrote = text_events.Wrote
Written = text_events.Written
StateKept = weight_events.StateKept
StatesDropped = weight_events.StatesDropped
WeightsChanged = weight_events.WeightsChanged
Evaluated = weight_events.Evaluated
WeightsSaved = weight_events.WeightsSaved
WeightsLoaded = weight_events.WeightsLoaded


class Ready(BaseEvent, frozen=True):
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


class Loaded(BaseEvent, frozen=True):
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


class Progress(BaseEvent, frozen=True):
    """A long job goes on: `done` of `total` (0 when nobody knows), in `words` what it does."""

    done: int
    total: int
    words: str = ""


class Failed(BaseEvent, frozen=True):
    """The job cannot be done: a sentence, the node concerned if one is, and details for the curious."""

    message: str
    address: str = ""
    details: str = ""
    request: str = ""


class Cancelled(BaseEvent, frozen=True):
    """The job was given up as asked."""


class SourceText(BaseEvent, frozen=True):
    """Python source of the design."""

    text: str


class Exported(BaseEvent, frozen=True):
    """The model was written; `note` says what sizes it takes, or nothing."""

    path: str
    note: str = ""


class Measured(BaseEvent, frozen=True):
    """The live model measured by torchinfo."""

    layers: tuple[Layer, ...]
    parameters: int
    trainable: int
    macs: int


class Timed(BaseEvent, frozen=True):
    """How long layers take for one sample, forward.

    Attributes:
        addresses, seconds: of every layer, the median over the passes.
        whole: of a pass in which no layer was looked at. passes: how many counted. device: where it ran.

    """

    addresses: tuple[str, ...]
    seconds: tuple[float, ...]
    whole: float
    passes: int
    device: str


class SampleSet(BaseEvent, frozen=True):
    """Inputs of a data set: float32 (n, *shape), class numbers, class names, axes, size of the set."""

    dataset: str
    indices: tuple[int, ...]
    inputs: np.ndarray
    targets: np.ndarray
    classes: tuple[str, ...]
    axes: tuple[str, ...]
    total: int


class TileSet(BaseEvent, frozen=True):
    """Small pictures for the canvas, the sample they are made from, and the answer.

    Here and in other answers `tokens` are those of the texts that were read, by input, as they are shown.
    """

    input: np.ndarray
    tiles: tuple[Tile, ...]
    answer: Answer
    step: int = 0
    tokens: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class FeatureSet(BaseEvent, frozen=True):
    """All maps of one node: float32 (channels, h, w), (tokens, features) or (n,), made in eval mode.

    Channels stand in front wherever the layer has them; `axes` are those of what was sent. `channels` is how
    many there are when fewer were sent.
    """

    address: str
    input: np.ndarray
    values: np.ndarray
    channels: int
    axes: tuple[str, ...]
    answer: Answer
    step: int = 0
    tokens: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class NodeStatistics(msgspec.Struct, frozen=True):
    """Distribution of one node's output."""

    address: str
    mean: float
    spread: float
    zeros: float
    low: float
    high: float
    counts: np.ndarray


class StatisticsSet(BaseEvent, frozen=True):
    """Distributions of all nodes over `samples` inputs."""

    nodes: tuple[NodeStatistics, ...]
    samples: int = 0


class AttentionSet(BaseEvent, frozen=True):
    """Weights of all attention layers, in running order, with the sample and the answer."""

    input: np.ndarray
    layers: tuple[AttentionLayer, ...]
    answer: Answer
    step: int = 0
    tokens: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class AnswerSet(BaseEvent, frozen=True):
    """Every output for one sample; `truth` is the label of the sample where there is one."""

    input: np.ndarray
    outputs: tuple[Output, ...]
    truth: str = ""
    step: int = 0
    tokens: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)


class AttributionMap(BaseEvent, frozen=True):
    """Signed importance of every input value, float32 of the input's shape (Grad-CAM: (frames, h, w)).

    Attributes:
        target: what was explained, with what the request left open filled in. words: the same in words.
        score: its value. delta: how much of its change integrated gradients miss.
        address: of the layer of Grad-CAM.

    """

    method: str
    input: np.ndarray
    values: np.ndarray
    target: Target
    answer: Answer
    delta: float | None = None
    words: str = ""
    score: float = 0.0
    address: str = ""


class WeightSet(BaseEvent, frozen=True):
    """Weight tensors of one node by name; `total` counts the filters when fewer were sent."""

    address: str
    names: tuple[str, ...]
    values: tuple[np.ndarray, ...]
    total: int


class Demonstrated(BaseEvent, frozen=True):
    """A picture of what a block does, and the shapes of its weight tensors by name."""

    block: str
    address: str
    picture: Picture
    weights: tuple[tuple[str, tuple[int, ...]], ...]


class FitProgress(BaseEvent, frozen=True):
    """A layer is being fitted: `done` of `total` steps."""

    address: str
    done: int
    total: int


class Fitted(BaseEvent, frozen=True):
    """The layer is fitted; `samples` is how many it was fitted on."""

    address: str
    samples: int


class BoundaryMap(BaseEvent, frozen=True):
    """The answer on a grid: float32 (units, resolution, resolution), first row at the lower edge."""

    scores: np.ndarray
    low: tuple[float, float]
    high: tuple[float, float]
    step: int = 0


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
    | Exported
    | Measured
    | Timed
    | SampleSet
    | TileSet
    | FeatureSet
    | ArithmeticSet
    | StatisticsSet
    | AttentionSet
    | AnswerSet
    | AttributionMap
    | NextTokens
    | Wrote
    | Written
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
