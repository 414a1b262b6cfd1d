"""Records that are part of several messages."""

from __future__ import annotations

from typing import TypeAlias

import msgspec
import numpy as np

FieldValue: TypeAlias = bool | int | float | str | tuple[int | float | str, ...] | None
"""Value of a field of a block, as designs hold it."""


class Sample(msgspec.Struct, frozen=True, omit_defaults=True):
    """The input a view is made for.

    Exactly one is given: `index` of a data set, an image file (`path`), a `text` for an input with a
    vocabulary, or `values` themselves (float32, shape of the design's input). With none of them, an example:
    a photograph for pictures, a melody for sequences, a sentence for texts. `more` are those of further
    inputs, by name.
    """

    dataset: str = ""
    index: int = 0
    path: str = ""
    values: np.ndarray | None = None
    text: str | None = None
    more: dict[str, Sample] = msgspec.field(default_factory=dict)


class Drawing(msgspec.Struct, frozen=True, omit_defaults=True):
    """How the next token is drawn (see `explorer.text.drawing`); the same seed draws the same."""

    temperature: float = 1.0
    top_k: int = 0
    top_p: float = 1.0
    seed: int = 0


class Piece(msgspec.Struct, frozen=True):
    """A token that was written: its text, and how likely the network held it (at temperature 1)."""

    text: str
    probability: float


class Likely(msgspec.Struct, frozen=True):
    """A token that may come next: as it is shown, by the network, and after temperature, top-k and top-p."""

    shown: str
    model: float
    drawn: float


class TrainSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a design is trained.

    Attributes:
        dataset: id of a data set. epochs, batch: whole numbers. rate: learning rate.
        optimiser, loss, schedule: ids of the tables in `explorer.training`.
        metric: id of the one that is shown first; empty for the task's own.
        validation: share held out, or None for the data set's own held-out part.
        device: auto, cpu, cuda or mps. amp, channels_last, compiled: speed switches.
        directory: where checkpoints go; empty for none. keep_seconds: pause between checkpoints.
        fresh: start from new weights drawn from the seed (the same seed gives the same curve);
            off, training goes on from the weights that are there.
        resume: continue from the newest checkpoint in `directory`.

    """

    dataset: str = "mnist5k"
    epochs: int = 5
    batch: int = 32
    rate: float = 2e-3
    optimiser: str = "adam"
    momentum: float = 0.9
    decay: float = 0.0
    loss: str = "cross_entropy"
    schedule: str = "constant"
    metric: str = ""
    seed: int = 0
    validation: float | None = None
    device: str = "auto"
    amp: bool = False
    channels_last: bool = False
    compiled: bool = False
    directory: str = ""
    keep_seconds: float = 10.0
    fresh: bool = False
    resume: bool = False


class Layer(msgspec.Struct, frozen=True):
    """One row of the measured summary: torchinfo's figures for the live model, for one sample."""

    address: str
    kind: str
    output: tuple[int, ...]
    parameters: int


class Output(msgspec.Struct, frozen=True):
    """One output of the network for one sample, in the form in which people read it.

    Attributes:
        name: of the output.
        form: what `values` are, float32 unless said otherwise.
            `classes` (n) probabilities of a vector of class scores. `shares` (n) each from 0 to 1 for itself.
            `next` (n) probabilities of what comes behind the last token of a text.
            `words` (t) the likeliest class of each step, with its probability in `scores`.
            `boxes` (k, 4) as x1, y1, x2, y2 in pixels of the input, those that were found.
            `regions` (h, w) int: the class of every place.
            `picture` (c, h, w). `film` (c, t, h, w). `rows` (t, d). `maps` (c, h, w). `numbers` (n).
        labels: of boxes, their class or −1. scores: of boxes; of regions (classes) the share of the places.
        masks: of boxes, uint8 (k, h, w), where the network draws them.
        names: of the classes, empty when nobody knows them. shape: of the output as it is.

    """

    name: str
    form: str
    values: np.ndarray
    shape: tuple[int, ...]
    labels: tuple[int, ...] = ()
    scores: tuple[float, ...] = ()
    masks: np.ndarray | None = None
    names: tuple[str, ...] = ()


class Tile(msgspec.Struct, frozen=True):
    """Small pictures of one node's output, for the canvas.

    `maps` is float32 (k, h, w) for feature maps, (1, n) for vectors; `total` is how many there are.
    `low` and `high` are the range over all values of the node.
    """

    address: str
    maps: np.ndarray
    total: int
    low: float
    high: float


class AttentionLayer(msgspec.Struct, frozen=True):
    """Weights of one attention layer: float32 (heads, queries, keys), rows add up to 1.

    `grid` is (rows, columns) when the last rows·columns tokens are patches of a picture. `asking` and `asked`
    name the inputs whose tokens queries and keys are, where they are those of texts; where a translation
    looks at its source, `asking` names the output, and the tokens are those that are written there.
    """

    address: str
    weights: np.ndarray
    grid: tuple[int, int] | None = None
    asking: str = ""
    asked: str = ""


class Answer(msgspec.Struct, frozen=True):
    """The network's main answer for one sample where that is a vector; `scores` are empty where it is none.

    Attributes:
        scores: one number a unit, the first 1,000. classes: names of the units, empty when nobody knows them.
        kind: what the numbers are: `probabilities` of classes, independent `shares` from 0 to 1, `vectors`
            or `values` as the network gives them.

    """

    scores: np.ndarray
    classes: tuple[str, ...] = ()
    kind: str = "probabilities"


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """The number that an attribution explains: of one output, or of a layer's.

    Attributes:
        at: name of the output or address of the layer; empty for the main output.
        unit: class, channel or feature; None for the strongest (with `total` or `spans` alone: all of them).
        spans: where, as (first, behind the last) along each axis of places: row and column, or step; none for
            all places. Values in it are added up.
        total: add up everything, whatever the unit.

    """

    at: str = ""
    unit: int | None = None
    spans: tuple[tuple[int, int], ...] = ()
    total: bool = False
