"""What the engine holds between requests: one design, its live model and at most one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import torch

from explorer.blocks.registry import registry
from explorer.engine.compile import Compiled
from explorer.engine.data import catalogue, images
from explorer.engine.data.dataset import Dataset, DatasetProblem
from explorer.engine.data.examples import fill
from explorer.engine.devices import choose
from explorer.engine.jobs import Jobs
from explorer.engine.lengths import Lengths
from explorer.engine.memory import free_memory
from explorer.engine.reading import answer_of
from explorer.engine.training.loop import TrainingRun
from explorer.engine.weights.store import Store
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor
from explorer.meaning import heavy
from explorer.meaning.outputs import Context, context_of
from explorer.protocol.events import Event
from explorer.protocol.records import Answer, Sample
from explorer.training.table import UnknownName


class RequestProblem(ValueError):
    """A request that cannot be answered; the text is a sentence, `address` the node concerned."""

    def __init__(self, message: str, address: str = "") -> None:
        super().__init__(message)
        self.address = address


@contextmanager
def light() -> Iterator[None]:
    """What is too heavy is a request that cannot be answered."""
    try:
        yield
    except heavy.TooHeavy as problem:
        raise RequestProblem(str(problem), problem.address) from None


@dataclass
class ActiveRun:
    """A run with what the server needs to step it."""

    run: TrainingRun
    job: int
    revision: int
    paused: bool = False
    budget: int = 0
    unacknowledged: int | None = None
    number: int = 0
    reported_at: float = 0.0


@dataclass
class EngineState:
    """State of the engine; the handlers read and change it, `emit` sends an event.

    `settings` are those of the design, `loss` the one its weights were last trained with here. `era` counts
    how often the weights of the live model were found to be others than those with which it `arrived` (a
    digest): something was learned then, or set.
    """

    emit: Callable[[Event], None]
    device: torch.device = field(default_factory=choose)
    compiled: Compiled | None = None
    revision: int = -1
    name: str = "design"
    document: Document | None = None
    active: ActiveRun | None = None
    resolver: Resolver = field(default_factory=lambda: Resolver(registry()))
    jobs: Jobs = field(default_factory=Jobs)
    shared: int = 0
    trained: int = 0
    settings: Mapping[str, object] = field(default_factory=dict)
    loss: str = ""
    store: Store = field(default_factory=Store)
    era: int = 0
    arrived: str = ""
    _data: dict[str, Dataset] = field(default_factory=dict)
    _lengths: tuple[Compiled, Lengths] | None = None

    def model(self) -> Compiled:
        """The live model; raises `RequestProblem` when there is none."""
        if self.compiled is None:
            raise RequestProblem("The design does not run yet; repair its problems first.")
        return self.compiled

    def give_up_if_cancelled(self, job: int) -> None:
        """Raise `GivenUp` when somebody cancelled the job; long handlers ask now and then."""
        self.jobs.check(job)

    def lengths(self) -> Lengths:
        """Programs of the live model for texts of other lengths; raises `RequestProblem` without a model."""
        compiled = self.model()
        assert self.document is not None
        if self._lengths is None or self._lengths[0] is not compiled:
            self._lengths = (compiled, Lengths(compiled, self.document))
        return self._lengths[1]

    @property
    def step(self) -> int:
        """Training step whose weights the model has now; 0 before training."""
        return self.active.run.progress.step if self.active else self.trained

    def input_tensor(self, sample: Sample) -> torch.Tensor:
        """The sample as a batch of one, on the device, in the shape the design wants.

        Raises:
            RequestProblem: it has another shape, or cannot be read.

        """
        compiled = self.model()
        wanted = list(compiled.flow.inputs.values())
        if len(wanted) != 1 or wanted[0] is None:
            raise RequestProblem(f"Views work on one input; this design has {len(wanted)}.")
        return self.tensor(sample, wanted[0])

    def inputs(self, sample: Sample) -> list[torch.Tensor]:
        """A batch of one for every input: the sample for the first, examples for the others.

        Raises:
            RequestProblem: the sample has another shape, or cannot be read.

        """
        compiled = self.model()
        self._refuse_too_large(compiled)
        if not compiled.flow.inputs:
            raise RequestProblem("This design has no input: nothing can be sent through it.")
        first, *others = compiled.flow.inputs.items()
        if not others:
            return [self.input_tensor(sample)]
        made = [self.tensor(sample, first[1]) if first[1] else torch.empty(0)]
        return made + [fill(tensor, name).to(compiled.device) for name, tensor in others if tensor]

    def _refuse_too_large(self, compiled: Compiled) -> None:
        """Raise `RequestProblem` when the inputs do not fit or a layer takes very long, before it runs."""
        free = min(free_memory(compiled.device), free_memory(torch.device("cpu")))
        with light():
            heavy.refuse_large_inputs(compiled.flow, free)
            if compiled.device.type == "cpu":
                heavy.refuse_slow_layer(compiled.flow)

    def tensor(self, sample: Sample, wanted: Tensor) -> torch.Tensor:
        """A sample as a batch of one of the wanted shape, on the device; raises `RequestProblem`."""
        shape = wanted.shape
        values = self._values(sample, wanted)
        if values.shape != shape:
            raise RequestProblem(
                f"The design wants {'×'.join(map(str, shape))}, "
                f"the sample is {'×'.join(map(str, values.shape))}."
            )
        kind = {"float": torch.float32, "int": torch.int64, "bool": torch.bool}[wanted.dtype]
        return torch.as_tensor(np.ascontiguousarray(values)).to(self.model().device, kind)[None]

    def batch(self, dataset: str, count: int) -> torch.Tensor:
        """The first samples of a data set as a batch on the device; raises `RequestProblem`."""
        total = min(count, len(self.dataset(dataset).inputs))
        return torch.cat([self.input_tensor(Sample(dataset=dataset, index=i)) for i in range(total)])

    def batches(self, dataset: str, count: int) -> list[torch.Tensor]:
        """Samples for every input: of a data set for the first, examples for the others.

        Without a data set it is one example. Raises `RequestProblem`.
        """
        if not dataset:
            return self.inputs(Sample())
        first, *others = self.inputs(Sample(dataset=dataset))
        total = min(count, len(self.dataset(dataset).inputs))
        wanted = next(iter(self.model().flow.inputs.values()))
        assert wanted is not None
        rows = [first, *(self.tensor(Sample(dataset=dataset, index=i), wanted) for i in range(1, total))]
        return [torch.cat(rows), *(other.expand(total, *other.shape[1:]) for other in others)]

    def _values(self, sample: Sample, wanted: Tensor) -> np.ndarray:
        shape = wanted.shape
        if sample.values is not None:
            return sample.values
        if sample.path:
            if len(shape) != 3:
                raise RequestProblem("A picture needs an input C × H × W.")
            try:
                return images.read_image(sample.path, (shape[0], shape[1], shape[2]))
            except images.ImageProblem as problem:
                raise RequestProblem(str(problem)) from None
        if sample.dataset:
            return fit(self.dataset(sample.dataset).inputs[self._index(sample)], shape)
        try:
            example: np.ndarray = fill(wanted)[0].numpy()
        except images.ImageProblem as problem:
            raise RequestProblem(str(problem)) from None
        return example

    def truth(self, sample: Sample) -> str:
        """Name of the class that a sample of a data set has; empty where it has none as a whole."""
        if not sample.dataset or sample.values is not None or sample.path:
            return ""
        data = self.dataset(sample.dataset)
        if data.row.task != "classification":
            return ""
        return data.classes[int(data.targets[self._index(sample)])]

    def _index(self, sample: Sample) -> int:
        count = len(self.dataset(sample.dataset).inputs)
        if not 0 <= sample.index < count:
            raise RequestProblem(
                f"{sample.dataset} has samples 0 to {count - 1:,}, there is no {sample.index:,}."
            )
        return sample.index

    def dataset(self, name: str) -> Dataset:
        """Load a data set (kept after the first time); raises `RequestProblem`."""
        try:
            if name not in self._data:
                self._data[name] = catalogue.load(name)
            return self._data[name]
        except (UnknownName, DatasetProblem) as problem:
            raise RequestProblem(str(problem)) from None

    def context(self, dataset: str = "") -> Context:
        """What is known of the answers beside the flow, for a data set that is looked at."""
        return context_of(self.settings, dataset, self.loss)

    def answer(self, output: object, dataset: str = "", compiled: Compiled | None = None) -> Answer:
        """The main output as it is read; empty when it is no vector. `compiled` ran, or the live one."""
        return answer_of((compiled or self.model()).flow, output, self.context(dataset))


def fit(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Pad a picture with its border value, or repeat its grey channel, where that is all that is missing."""
    if values.shape == shape or values.ndim != 3 or len(shape) != 3:
        return values
    if values.shape[0] == 1 and shape[0] == 3:
        values = np.repeat(values, 3, axis=0)
    missing = [n - m for n, m in zip(shape[1:], values.shape[1:], strict=True)]
    if values.shape[0] == shape[0] and all(0 <= m <= 8 for m in missing):
        margins = [(0, 0), *((m // 2, m - m // 2) for m in missing)]
        values = np.pad(values, margins)
    return values
