"""Looking after a job while it computes: it is given up between layers, and says how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as modules

from explorer.engine.jobs import Jobs
from explorer.protocol.events import Event, Progress

SILENT = 0.5
"""Seconds before the first word: what is done sooner needs none."""
BETWEEN = 0.25
"""Seconds between two words."""


class Watch:
    """A context in which one job is looked after.

    One hook is set for all modules and none on a module, so that nothing can be left behind on a model. For
    backward passes it also hooks the tensors that gradients run back to: they live no longer than the job.
    """

    def __init__(
        self,
        job: int,
        jobs: Jobs,
        emit: Callable[[Event], None],
        model: nn.Module | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """See to `job`; its forward passes are those of `model`, where there is one."""
        self._job, self._jobs, self._emit, self._model, self._clock = job, jobs, emit, model, clock
        self._started = self._told = clock()
        self._passes = self._made = self._leaves = 0
        self._seen: set[int] = set()
        self._hooks = ExitStack()

    def __enter__(self) -> Watch:
        for handle in (
            modules.register_module_forward_pre_hook(self._before),
            modules.register_module_module_registration_hook(self._on_made),
        ):
            self._hooks.callback(handle.remove)
        return self

    def __exit__(self, *_: object) -> None:
        self._hooks.close()

    def _before(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Torch calls this before every module."""
        self._jobs.check(self._job)
        if module is self._model:
            self._passes += 1
            self._seen.clear()
        elif not module._modules:
            self._seen.add(id(module))
            self._follow_back(inputs)
            self._tell(self._layers_done)

    def _follow_back(self, inputs: tuple[Any, ...]) -> None:
        """Ask again when the gradient arrives here on its way back."""
        if not torch.is_grad_enabled():
            return
        for tensor in inputs:  # the first will do
            if isinstance(tensor, torch.Tensor) and tensor.requires_grad:
                tensor.register_hook(self._before_gradient)  # type: ignore[no-untyped-call]
                return

    def _before_gradient(self, _gradient: torch.Tensor) -> None:
        self._jobs.check(self._job)

    def _on_made(self, _parent: nn.Module, _name: str, made: nn.Module | None) -> None:
        """Torch calls this whenever a module becomes part of another."""
        self._jobs.check(self._job)
        if made is not None and not made._modules:
            self._made += 1
            self._tell(self._layers_made)

    def _tell(self, say: Callable[[], tuple[int, int, str]]) -> None:
        now = self._clock()
        if now - self._started < SILENT or now - self._told < BETWEEN:
            return
        self._told = now
        done, total, words = say()
        self._emit(Progress(job=self._job, done=done, total=total, words=words))

    def _layers_made(self) -> tuple[int, int, str]:
        total = max(self._jobs.layers, self._made) if self._jobs.layers else 0
        return self._made, total, f"Layer {self._made:,}{_of(total)} is made"

    def _layers_done(self) -> tuple[int, int, str]:
        seen = len(self._seen)
        if not self._passes or self._model is None:  # layers of something else, e.g. of a block's picture
            return seen, 0, f"Layer {seen:,}"
        if not self._leaves:
            self._leaves = sum(not child._modules for child in self._model.modules())
        passes = max(self._jobs.passes, self._passes)
        first = f"Pass {self._passes:,} of {passes:,}, layer" if passes > 1 else "Layer"
        done = (self._passes - 1) * self._leaves + seen
        return done, passes * self._leaves, f"{first} {seen:,}{_of(self._leaves)}"


def _of(total: int) -> str:
    return f" of {total:,}" if total else ""
