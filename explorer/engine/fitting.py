"""Layers that are set up from data without gradients: filters from principal components, regions, a search.

Their modules have `fit(x, progress)`: x is what arrives at the layer, (N, …); `progress(done, total)` is
called now and then and may raise, after which the layer is as it was before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from explorer.engine.compile import Compiled
from explorer.engine.probes import quiet

BATCH = 32
Progress = Callable[[int, int], None]
"""Steps done and their number, which is 0 while it is not known."""


class FitProblem(ValueError):
    """A layer that cannot be fitted; the text is a sentence."""


def fit(compiled: Compiled, address: str, batches: Sequence[torch.Tensor], progress: Progress) -> int:
    """Collect what arrives at a layer and let it fit itself; returns the number of samples.

    Args:
        compiled: the live model. address: of a layer whose module has `fit`.
        batches: inputs of the design, batch first. progress: see above; an exception in it goes through.

    Raises:
        FitProblem: the layer has nothing to fit, or the data do not suit it.

    """
    module: Any = compiled.layer_at(address)
    if not callable(getattr(module, "fit", None)):
        raise FitProblem(f"{address} is trained by gradients or not at all; there is nothing to fit.")
    arrived = _collect(compiled.module, module, batches, progress)
    if not bool(arrived.isfinite().all()):
        raise FitProblem(f"{address} cannot be fitted: what arrives there is not finite.")
    try:
        with torch.no_grad():
            module.fit(arrived, progress)
    except ValueError as problem:
        raise FitProblem(f"{address} cannot be fitted: {problem}") from None
    return int(arrived.shape[0])


def _collect(
    model: nn.Module, module: nn.Module, batches: Sequence[torch.Tensor], progress: Progress
) -> torch.Tensor:
    found: list[torch.Tensor] = []

    def keep(_module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        found.append(inputs[0].detach().clone())

    handle = module.register_forward_pre_hook(keep)
    try:
        with quiet(model), torch.no_grad():
            for batch in batches:
                progress(0, 0)
                model(batch)
    finally:
        handle.remove()
    return torch.cat(found)
