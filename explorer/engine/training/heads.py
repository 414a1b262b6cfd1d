"""Auxiliary heads of a live model: their answers while it trains, and a way past them when it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from explorer.engine.probes import quiet


class Heads:
    """Every module that has a `loss_weight`, with the main answer told from theirs.

    One quiet forward pass shows which of several outputs is the main one, and which modules do nothing
    but make an auxiliary answer; these are skipped in evaluation.

    Attributes:
        weights: how much the loss of each answer counts, in the order in which `heard` gives them.

    """

    def __init__(self, module: nn.Module, sample: Tensor) -> None:
        ends = [(name, child) for name, child in module.named_modules() if hasattr(child, "loss_weight")]
        self._ends = [child for _, child in ends]
        self.weights: list[float] = [float(child.loss_weight) for child in self._ends]
        self._answers: list[Tensor | None] = [None] * len(ends)
        # One function for each for good: a compiled model would be compiled anew for every other one.
        self._takers = [self._taker(number) for number in range(len(ends))]
        self._place = 0
        self._skipped: list[nn.Module] = []
        if ends:
            parents = [module.get_submodule(name.rpartition(".")[0]) for name, _ in ends]
            self._look(module, parents, sample)

    def _taker(self, number: int) -> Callable[[dict[str, Tensor]], None]:
        def take(seen: dict[str, Tensor]) -> None:
            self._answers[number] = seen["scores"]

        return take

    def _look(self, module: nn.Module, parents: list[nn.Module], sample: Tensor) -> None:
        made: dict[nn.Module, object] = {}

        def keep(parent: nn.Module, _inputs: object, output: object) -> None:
            made[parent] = output

        handles = [parent.register_forward_hook(keep) for parent in parents]
        try:
            with quiet(module), torch.no_grad(), self.heard() as answers:
                output = module(sample)
        finally:
            for handle in handles:
                handle.remove()
        if isinstance(output, tuple):
            others = [n for n, one in enumerate(output) if not any(one is answer for answer in answers)]
            self._place = others[0] if others else 0
        self._skipped = [
            parent
            for parent, answer in zip(parents, answers, strict=True)
            if parent is not module and made.get(parent) is answer
        ]

    def main(self, output: Tensor | tuple[Tensor, ...]) -> Tensor:
        """The main answer among the outputs of the model."""
        return output if isinstance(output, Tensor) else output[self._place]

    @contextmanager
    def heard(self) -> Iterator[list[Tensor]]:
        """Collect the answers of the forward pass inside the block into the list."""
        answers: list[Tensor] = []
        for end, taker in zip(self._ends, self._takers, strict=True):
            end.probe = taker
        try:
            yield answers
            answers += [answer for answer in self._answers if answer is not None]
        finally:
            for number, end in enumerate(self._ends):
                end.probe = None
                self._answers[number] = None

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Skip the heads inside the block: nothing in them is computed, and their outputs are None."""
        for parent in self._skipped:
            parent.forward = _nothing
        try:
            yield
        finally:
            for parent in self._skipped:
                del parent.forward


def _nothing(*_inputs: Tensor) -> None:
    return None
