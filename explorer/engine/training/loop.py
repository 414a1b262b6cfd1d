"""The training loop, as a generator that yields after every step."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from explorer.engine.data.dataset import Dataset, DatasetProblem
from explorer.engine.training import checkpoint, validation
from explorer.engine.training.heads import Heads
from explorer.engine.training.layer_failures import named
from explorer.engine.training.losses import SettingProblem, loss_called, make_optimiser
from explorer.engine.training.precision import half_type, vanishing_as_zero
from explorer.engine.training.settings import check_settings
from explorer.engine.training.single_values import single_value_norms
from explorer.graph.flow import Flow
from explorer.protocol.records import TrainSettings
from explorer.training.batches import joined_batch, leaves_one_over, refused_batch
from explorer.training.schedules import SCHEDULES
from explorer.training.tasks import TASKS, misfit

PACKED = 1024
"""Steps after which scalars that nobody has asked for are packed."""


@dataclass(frozen=True)
class EpochFigures:
    """Loss and metrics over the held-out part after an epoch, and over the samples it was trained on.

    The latter were measured while the weights changed, each sample counts alike; an epoch that was resumed
    in the middle counts what came after.
    """

    epoch: int
    step: int
    loss: float
    metrics: dict[str, float]
    train_loss: float = math.nan
    train_metrics: dict[str, float] = field(default_factory=dict)


@dataclass
class Progress:
    """Where a run stands. `losses` and `metrics` hold a value for every step since `first`, in tensors.

    They stay on the device until somebody asks, so that the loop never waits for it. Should nobody ask for
    long, scalars are packed into vectors, which take a hundredth of the memory.
    """

    step: int = 0
    epoch: int = 0
    first: int = 0
    losses: list[Tensor] = field(default_factory=list)
    metrics: dict[str, list[Tensor]] = field(default_factory=dict)

    def add(self, loss: Tensor, metrics: dict[str, Tensor]) -> None:
        """A step is done."""
        self.losses.append(loss)
        for name, value in metrics.items():
            self.metrics.setdefault(name, []).append(value)
        self.step += 1
        if (self.step - self.first) % PACKED == 0:
            self.losses = _packed(self.losses)
            self.metrics = {name: _packed(values) for name, values in self.metrics.items()}

    def take(self) -> tuple[int, np.ndarray, dict[str, np.ndarray]]:
        """Return and forget the steps so far: number of the first one, losses, values of each metric."""
        first, self.first = self.first, self.step
        losses, metrics = _on_host(self.losses), {n: _on_host(values) for n, values in self.metrics.items()}
        self.losses, self.metrics = [], {}
        return first, losses, metrics


def _packed(values: list[Tensor]) -> list[Tensor]:
    """The vectors at the front as they are, the scalars behind them as one vector more."""
    loose = next((n for n, value in enumerate(values) if value.dim() == 0), len(values))
    return [*values[:loose], torch.stack(values[loose:])] if loose < len(values) else values


def _together(values: list[Tensor]) -> Tensor:
    return torch.cat([value.reshape(-1) for value in values]) if values else torch.zeros(0)


def _on_host(values: list[Tensor]) -> np.ndarray:
    found: np.ndarray = _together(values).float().cpu().numpy()
    return found


class Diverged(ArithmeticError):
    """The loss is NaN or infinite; the text is a sentence with what to try."""


class TrainingRun:
    """One run: the model, the data on its device, the optimiser and where it stands.

    `steps()` yields after every step: None, or the epoch's figures when one has just ended.
    The order of the samples depends on the seed and the epoch only, so a resumed run sees what the
    unbroken one would have seen.
    """

    def __init__(
        self,
        name: str,
        module: nn.Module,
        data: Dataset,
        settings: TrainSettings,
        device: torch.device,
        frozen: Sequence[str] = (),
    ) -> None:
        self.name, self.module, self.data, self.settings, self.device = name, module, data, settings, device
        check_settings(settings, data)
        self.loss = loss_called(settings.loss)
        self.metrics = TASKS[data.row.task].measured
        self._factor = SCHEDULES[settings.schedule].factor
        try:
            train, held_out = data.split(settings.validation, settings.seed)
        except DatasetProblem as problem:
            raise SettingProblem(str(problem)) from None
        self._inputs = torch.as_tensor(data.inputs).to(device)
        self._targets = torch.as_tensor(data.targets).to(device)
        self._train = torch.as_tensor(np.asarray(train), device=device)
        self._held_out = torch.as_tensor(np.asarray(held_out), device=device)
        if settings.channels_last and self._inputs.dim() == 4:
            module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]  # torch's stub lacks it
        self._still = statistics_in(module, frozen)
        self._refuse_single_values()
        torch.manual_seed(settings.seed)
        self.optimiser = make_optimiser(settings, module.parameters())
        self._heads = Heads(module, self._inputs[:1])
        self._forward: Callable[..., Tensor] = torch.compile(module) if settings.compiled else module
        self._half = half_type(device)
        scales = settings.amp and self._half is torch.float16
        self._scaler = torch.amp.GradScaler(device.type, enabled=scales)
        self.progress = Progress()
        self.figures: EpochFigures | None = None
        self.trouble = ""
        self._before = 0.0
        self._started = time.monotonic()
        self._kept_at = self._started
        if settings.resume:
            self._resume()

    @property
    def steps_per_epoch(self) -> int:
        """Number of steps in one epoch; the last batch may be smaller, or larger by one sample."""
        return math.ceil(len(self._train) / self.settings.batch) - bool(self.joined)

    @property
    def seconds(self) -> float:
        """Time spent in this run, earlier parts included."""
        return self._before + time.monotonic() - self._started

    @property
    def seconds_left(self) -> float:
        """Estimate of the time to the end, from the pace so far."""
        total = self.settings.epochs * self.steps_per_epoch
        return self.seconds * (total - self.progress.step) / max(1, self.progress.step)

    def steps(self) -> Iterator[EpochFigures | None]:
        """Train to the end; raises `Diverged` when the loss is NaN or infinite."""
        progress, per_epoch = self.progress, self.steps_per_epoch
        while progress.epoch < self.settings.epochs:
            order = self._order(progress.epoch)
            done = progress.step - progress.epoch * per_epoch
            losses: list[Tensor] = []
            measured: list[dict[str, Tensor]] = []
            self._go_to_training_mode()
            for number in range(done, per_epoch):
                start = number * self.settings.batch
                stop = len(order) if number == per_epoch - 1 else start + self.settings.batch
                with vanishing_as_zero():
                    loss, metrics = self.take_step(order[start:stop])
                losses.append(loss)
                measured.append(metrics)
                progress.add(loss, metrics)
                last = progress.step == (progress.epoch + 1) * per_epoch
                if not last:
                    yield None
                    self._go_to_training_mode()
            progress.epoch += 1
            self._refuse_nan(losses)
            yield self._end_epoch(losses, measured)

    def _refuse_single_values(self) -> None:
        """Raise `SettingProblem` where batches of one sample cannot be normalised."""
        batch = min(self.settings.batch, len(self._train))
        if batch == 1 and (reason := refused_batch(self._single_values(), batch)):
            raise SettingProblem(reason)

    @cached_property
    def joined(self) -> str:
        """Says that the last sample of an epoch joins the batch before it; empty where it does not."""
        batch, samples = self.settings.batch, len(self._train)
        if not leaves_one_over(samples, batch):
            return ""
        return joined_batch(self._single_values(), samples, batch)

    def _single_values(self) -> list[str]:
        was_training = self.module.training
        self._go_to_training_mode()
        try:
            return single_value_norms(self.module, self._inputs[:1])
        finally:
            self.module.train(was_training)

    def _go_to_training_mode(self) -> None:
        self.module.train()
        for module in self._still:
            module.training = False

    def samples_in(self, first_step: int, count: int) -> np.ndarray:
        """How many samples `count` steps from `first_step` on took; the last of an epoch may take few."""
        per_epoch, batch = self.steps_per_epoch, self.settings.batch
        last = len(self._train) - (per_epoch - 1) * batch
        is_last = (np.arange(first_step, first_step + count) + 1) % per_epoch == 0
        return np.where(is_last, last, batch)

    def check(self) -> None:
        """Raise `Diverged` when one of the pending losses is no number (costs one transfer)."""
        self._refuse_nan(self.progress.losses)

    def take_step(self, index: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Train on the samples at `index`; returns loss and metrics, still on the device.

        The loss is what is minimised: that of the main answer and the weighted ones of auxiliary heads.
        """
        inputs, targets = self._inputs[index], self._targets[index]
        self._follow_schedule()
        if self.settings.channels_last and inputs.dim() == 4:
            inputs = inputs.contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, self._half, enabled=self.settings.amp):
            with named(self.module, inputs), self._heads.heard() as answers:
                output = self._heads.main(self._forward(inputs))
            loss = self.loss(output, targets)
            for weight, answer in zip(self._heads.weights, answers, strict=True):
                loss = loss + weight * self.loss(answer, targets)
        self.optimiser.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        self._scaler.step(self.optimiser)
        self._scaler.update()
        with torch.no_grad():
            metrics = {metric.id: metric.values(output, targets).float().mean() for metric in self.metrics}
        return loss.detach(), metrics

    def _follow_schedule(self) -> None:
        total = self.settings.epochs * self.steps_per_epoch
        factor = self._factor(min(1.0, self.progress.step / max(1, total)))
        for group in self.optimiser.param_groups:
            group["lr"] = self.settings.rate * factor

    def _order(self, epoch: int) -> Tensor:
        generator = np.random.default_rng([self.settings.seed, epoch])
        return self._train[torch.as_tensor(generator.permutation(len(self._train)), device=self.device)]

    def _refuse_nan(self, losses: list[Tensor]) -> None:
        finite = torch.isfinite(_together(losses))
        if not bool(finite.all()):
            step = self.progress.step - len(finite) + finite.tolist().index(False) + 1
            rate = self.settings.rate
            raise Diverged(
                f"The loss is NaN since step {step}. "
                f"Try a learning rate of {rate / 10:g} instead of {rate:g}."
            )

    def _end_epoch(self, losses: list[Tensor], measured: list[dict[str, Tensor]]) -> EpochFigures:
        loss, metrics = self.validate()
        progress, count = self.progress, len(losses)
        sizes = self.samples_in(progress.step - count, count)

        def mean(values: list[Tensor]) -> float:
            return float(np.average(_on_host(values), weights=sizes)) if count else math.nan

        trained = {metric.id: mean([found[metric.id] for found in measured]) for metric in self.metrics}
        self.figures = EpochFigures(progress.epoch, progress.step, loss, metrics, mean(losses), trained)
        return self.figures

    def validate(self) -> tuple[float, dict[str, float]]:
        """Mean loss and metrics of the main answer over the held-out samples, in eval mode."""
        was_training = self.module.training
        self.module.eval()
        samples = (self._inputs, self._targets)
        found = validation.figures(self.module, self._heads, self.loss, self.metrics, samples, self._held_out)
        self.module.train(was_training)
        return found

    # checkpoints

    def is_due(self) -> bool:
        """Whether it is time for the next checkpoint."""
        return (
            bool(self.settings.directory) and time.monotonic() - self._kept_at >= self.settings.keep_seconds
        )

    def keep(self) -> Path | None:
        """Write a checkpoint; returns its folder, None when the run keeps none or cannot (`trouble`).

        Raises:
            Diverged: the loss is no number; the last good checkpoint stays.

        """
        if not self.settings.directory:
            return None
        self.check()
        self._kept_at = time.monotonic()
        facts = checkpoint.Facts(
            self.name, self.progress.step, self.progress.epoch, self.seconds, self.settings
        )
        self.trouble = ""
        try:
            return checkpoint.write(Path(self.settings.directory), facts, self.module, self.optimiser)
        except OSError as problem:
            self.trouble = f"No checkpoint of step {facts.step:,}: {problem.strerror or problem}."
            return None

    def _resume(self) -> None:
        directory = Path(self.settings.directory)
        facts = checkpoint.go_on_from(directory, self.module, self.optimiser, self.steps_per_epoch)
        self.progress = Progress(facts.step, facts.epoch, facts.step)
        self._before = facts.seconds


def statistics_in(module: nn.Module, addresses: Sequence[str]) -> list[nn.Module]:
    """The modules below these addresses that keep statistics or state of their own.

    In training mode a norm replaces its running mean and variance, spectral norm its singular vector, even
    where no gradient reaches their weights. Frozen, they work as in evaluation.
    """
    below = (part for address in addresses for part in module.get_submodule(address).modules())
    return [part for part in below if next(part.buffers(recurse=False), None) is not None]


def refuse_misfit(flow: Flow, data: Dataset) -> None:
    """Raise `SettingProblem` when data and design do not fit together."""
    if reason := misfit(flow, data.row):
        raise SettingProblem(reason)
