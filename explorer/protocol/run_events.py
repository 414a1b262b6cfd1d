"""What the engine tells of a run."""

from __future__ import annotations

import numpy as np

from explorer.protocol.base_event import BaseEvent


class RunStarted(BaseEvent, frozen=True):
    """Training begins (or goes on at `step`)."""

    run: str
    dataset: str
    device: str
    steps_per_epoch: int
    epochs: int
    step: int
    epoch: int


class RunSteps(BaseEvent, frozen=True):
    """What happened since the last acknowledged progress: float32 arrays, one value a step."""

    number: int
    run: str
    first_step: int
    losses: np.ndarray
    metrics: dict[str, np.ndarray]
    epoch: int
    seconds: float
    left: float


class RunEpoch(BaseEvent, frozen=True):
    """An epoch is over: loss and metrics on the held-out part."""

    run: str
    epoch: int
    step: int
    loss: float
    metrics: dict[str, float]


class RunPaused(BaseEvent, frozen=True):
    """Training holds (or, with `paused=False`, goes on)."""

    run: str
    step: int
    paused: bool


class RunEnded(BaseEvent, frozen=True):
    """Training is over. Reasons: done, stopped, diverged, failed; `message` says more in words."""

    run: str
    reason: str
    message: str
    step: int
    epoch: int
    loss: float
    metrics: dict[str, float]
    seconds: float


class Checkpointed(BaseEvent, frozen=True):
    """A checkpoint was written; or, with `trouble` and no path, could not be, and the run goes on."""

    run: str
    step: int
    path: str
    trouble: str = ""
