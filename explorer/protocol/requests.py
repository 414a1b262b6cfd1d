"""What the program asks. Each request has a `job` number; its answers carry the same."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from explorer.protocol.records import Drawing, FieldValue, Sample, Target, TrainSettings


class _Request(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Common part: `job` names the request, `revision` the state of the document it is about."""

    job: int = 0
    revision: int = 0


class Hello(_Request, frozen=True):
    """First message: the version we speak, and the folder where kept weights live (empty: in memory only).

    A folder belongs to one design, and to one engine at a time. `pool` is the descriptor of shared memory for
    large arrays, which the engine has inherited, and `mark` what stands at its start; −1 where there is none
    (see `explorer.protocol.shared`).
    """

    version: int
    store: str = ""
    pool: int = -1
    mark: bytes = b""


class Load(_Request, frozen=True):
    """Here is the design (the bytes of its file) at `revision`; compile it and carry the weights over.

    Attributes:
        design: bytes of its file. seed: for the weights that are drawn anew.
        moves: how addresses have moved since the last `Load`, as `explorer.graph.moves.moves_of` tells of
            every edit: steps in order, the pairs of a step move at once.
        leave: name under which the weights of the design that is left are kept; empty for not at all. They
            may go again for lack of room, those of `KeepState` stay.
        restore: name of a kept state, as a rule what was left when the design last was as it is now. It is
            taken instead, bit for bit, where the present weights do not give every tensor of the new design
            its whole value, and where nothing has been learned since it was kept. exact: take it in any case
            in which it fits.
        fit: a layer that changed size takes over what fits; off, it starts anew.

    """

    design: bytes
    seed: int = 0
    moves: tuple[tuple[tuple[str, str], ...], ...] = ()
    leave: str = ""
    restore: str = ""
    exact: bool = False
    fit: bool = True


class Source(_Request, frozen=True):
    """The design as Python source."""


Form: TypeAlias = Literal["python", "pt2", "onnx", "torchscript"]
"""Forms in which the engine writes a model."""


class Export(_Request, frozen=True):
    """Write the live model for others: `python`, or `pt2`, `onnx`, `torchscript` with its weights."""

    path: str
    to: Form


class Measure(_Request, frozen=True):
    """torchinfo's summary of the live model."""


class Time(_Request, frozen=True):
    """How long every layer of the live model takes for one sample; the median of so many passes."""

    sample: Sample
    passes: int = 20


class Samples(_Request, frozen=True):
    """Inputs of a data set, to choose from."""

    dataset: str
    indices: tuple[int, ...]


class Tiles(_Request, frozen=True):
    """Small pictures of every node's output, and the answer, in one forward pass."""

    sample: Sample
    most: int = 4
    size: int = 32


class Answers(_Request, frozen=True):
    """Every output for one sample, in the form in which people read it."""

    sample: Sample


class Features(_Request, frozen=True):
    """All maps of one node."""

    address: str
    sample: Sample
    most: int = 512


class Arithmetic(_Request, frozen=True):
    """How one value of a layer comes about; without a place, the largest.

    Attributes:
        place: index in the layer's output, without the batch. most: how many parts are sent one by one.

    """

    address: str
    sample: Sample
    place: tuple[int, ...] = ()
    most: int = 8


class Statistics(_Request, frozen=True):
    """Mean, spread, zeros and histogram of every node's output over several samples.

    Without a data set, over the one example input.
    """

    dataset: str
    count: int = 64


class Attention(_Request, frozen=True):
    """The weights of every attention layer."""

    sample: Sample


class Attribution(_Request, frozen=True):
    """Which input values a number of the answer depends on.

    Methods: saliency, integrated_gradients, grad_cam.
    `target` None is the strongest class, or what comes nearest to one; a whole number is that unit of the
    main output. `address` is the layer of Grad-CAM, empty for the last one with places.
    """

    method: str
    sample: Sample
    target: Target | int | None = None
    address: str = ""
    steps: int = 50


class NextToken(_Request, frozen=True):
    """What may come behind the text of the sample, the likeliest first."""

    sample: Sample
    drawing: Drawing = Drawing()
    most: int = 8


class Write(_Request, frozen=True):
    """Go on with the text of the sample (or translate it) by at most so many tokens, or to the end mark."""

    sample: Sample
    count: int = 200
    drawing: Drawing = Drawing()


class Weights(_Request, frozen=True):
    """The weight tensors of one node."""

    address: str
    most: int = 256


class Boundary(_Request, frozen=True):
    """The answer on a grid over the plane, for networks with two inputs."""

    low: tuple[float, float]
    high: tuple[float, float]
    resolution: int = 96


class Demonstrate(_Request, frozen=True):
    """A picture of what a block does, drawn from its real module.

    With an `address`, the live module there and what arrives at it; otherwise a new module of `block`
    with `fields`, on `inputs` of these shapes, axes and number types, or on examples that suit it.
    """

    block: str
    fields: dict[str, FieldValue]
    inputs: tuple[tuple[tuple[int, ...], str, str] | None, ...] = ()
    address: str = ""
    sample: Sample = Sample()


class Fit(_Request, frozen=True):
    """Set the layer at `address` up from what arrives at it for some samples, without gradients."""

    address: str
    dataset: str
    count: int = 256


class Train(_Request, frozen=True):
    """Start (or with `settings.resume` continue) training."""

    settings: TrainSettings
    paused: bool = False


class Pause(_Request, frozen=True):
    """Hold after the present step."""


class Resume(_Request, frozen=True):
    """Go on."""


class Step(_Request, frozen=True):
    """Do single steps while paused."""

    count: int = 1


class Stop(_Request, frozen=True):
    """End the run, with a checkpoint."""


class SaveWeights(_Request, frozen=True):
    """Write the weights as safetensors: the present ones, or the kept state called `state`."""

    path: str
    state: str = ""


class LoadWeights(_Request, frozen=True):
    """Read weights: our own safetensors by name, or `published` ones, whose names may be others.

    Of published ones all or nothing is taken; a last layer of another size stays as it is. With a
    `digest` the file must hold exactly the weights of that content.
    """

    path: str
    published: bool = False
    digest: str = ""


class KeepState(_Request, frozen=True):
    """Keep the present weights under a name; the same name again replaces what it stood for.

    With `of` those of another state are kept, so that what a `Load` has left under `of` stays for good.
    """

    name: str
    of: str = ""


class UseState(_Request, frozen=True):
    """Make kept weights the present ones, for the design as it stands."""

    name: str


class DropStates(_Request, frozen=True):
    """Forget kept weights."""

    names: tuple[str, ...]


class ResetWeights(_Request, frozen=True):
    """Draw weights anew from a seed: of the whole design, or of the nodes at `addresses` only."""

    seed: int = 0
    addresses: tuple[str, ...] = ()


class Evaluate(_Request, frozen=True):
    """Measure the present weights on the held-out part of a data set, with the metrics of its task."""

    dataset: str


class Cancel(_Request, frozen=True):
    """Give up the job `target`, waiting or going on; one that has been answered is left alone."""

    target: int


class Ack(_Request, frozen=True):
    """The progress message `number` has been shown; the next may come."""

    number: int


class Returned(_Request, frozen=True):
    """The array at a place in shared memory is not looked at any more; its room is free."""

    place: int


class Shutdown(_Request, frozen=True):
    """End the engine."""


Request: TypeAlias = (
    Hello
    | Load
    | Source
    | Export
    | Measure
    | Time
    | Samples
    | Tiles
    | Answers
    | Features
    | Arithmetic
    | Statistics
    | Attention
    | Attribution
    | NextToken
    | Write
    | Weights
    | Boundary
    | Train
    | Pause
    | Resume
    | Step
    | Stop
    | SaveWeights
    | LoadWeights
    | Demonstrate
    | Fit
    | KeepState
    | UseState
    | DropStates
    | ResetWeights
    | Evaluate
    | Cancel
    | Ack
    | Returned
    | Shutdown
)
