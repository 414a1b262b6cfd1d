"""Which input values does a number of the network depend on? One function for each method.

Saliency and integrated gradients go through captum. Grad-CAM is written out here, because captum's takes
axis 1 for channels, and layers of transformers have them last.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.bounds import PATH_BYTES
from explorer.engine import probes
from explorer.engine.probes import quiet
from explorer.graph.sharing import Place
from explorer.meaning.places import Grid

BATCH = 16
"""Steps on the path of integrated gradients that are computed at once, at most."""


def at_once(kept: int) -> int:
    """How many steps of the path are computed at once, from the bytes that each of them keeps."""
    return max(1, min(BATCH, PATH_BYTES // max(1, kept)))


class Importance(NamedTuple):
    """Importance of every value of the input.

    Attributes:
        values: of the input's shape; of Grad-CAM, of the layer's places, (frames, h, w).
        delta: how far the sum of integrated gradients is off. address: of the layer of Grad-CAM.

    """

    values: Tensor
    delta: float | None = None
    address: str = ""


class AttributionProblem(ValueError):
    """A method that cannot be used here; the text is a sentence."""


class Path(NamedTuple):
    """Of integrated gradients: how many steps, and how many of them at once."""

    steps: int
    batch: int


class Layer(NamedTuple):
    """A layer whose output is looked at: its address, where it runs, and how its features stand."""

    address: str
    place: Place
    grid: Grid | None = None


class Score(nn.Module):
    """A model that answers with one number a sample: what is to be explained.

    Args:
        model: the live model. others: the inputs behind the first that stay as they are, batches of one.
        number: of the input that is given; the others stand around it in order.
        pick: from an output (or, with `layer`, what that layer gives), batch first, to (N,).
        output: number of the output.
        layer: address and place of a layer whose output is meant instead.

    """

    def __init__(
        self,
        model: nn.Module,
        pick: Callable[[Tensor], Tensor],
        *,
        others: Sequence[Tensor] = (),
        number: int = 0,
        output: int = 0,
        layer: Layer | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self._pick, self._others, self._number = pick, tuple(others), number
        self._output, self._layer = output, layer

    def forward(self, x: Tensor) -> Tensor:
        """Take x (N, …) to (N,)."""
        around = [other.expand(len(x), *other.shape[1:]) for other in self._others]
        given = [*around[: self._number], x, *around[self._number :]]
        if self._layer is not None:
            with probes.outputs(self.model, {self._layer.address: self._layer.place}) as found:
                self.model(*given)
            return self._pick(found[self._layer.address])
        y: Tensor | tuple[Tensor, ...] = self.model(*given)
        return self._pick(y if isinstance(y, Tensor) else y[self._output])


def find(method: str) -> Method:
    """The row of a method; raises `AttributionProblem` where there is none of this name."""
    try:
        return METHODS[method]
    except KeyError:
        raise AttributionProblem(f"There is no method “{method}”; there is {', '.join(METHODS)}.") from None


def attribute(
    method: str,
    score: Score,
    sample: Tensor,
    layers: Sequence[Layer] = (),
    steps: int = 50,
    batch: int = BATCH,
) -> Importance:
    """Attribute a score to the input.

    Args:
        method: one of `METHODS`.
        score: what is explained; its model is left in the mode in which it was.
        sample: batch of one, (1, …).
        layers: for Grad-CAM, which looks at the first that leads to the score.
        steps: for integrated gradients. batch: how many of them are computed at once.

    Raises:
        AttributionProblem: no such method, the score does not depend on the input smoothly, or no layer
            has places and leads to the score.

    """
    run = find(method).run
    # cuDNN refuses to differentiate recurrent layers in eval mode
    with quiet(score.model), torch.backends.cudnn.flags(enabled=False), torch.enable_grad():
        try:
            return run(score, sample.detach().clone(), layers, Path(steps, batch))
        except (RuntimeError, AssertionError) as problem:
            if "require grad" in str(problem) or "not have been used" in str(problem):
                raise AttributionProblem(
                    "The target does not depend on the input through numbers that have a gradient (labels "
                    "and chosen boxes have none). Choose a score, or a layer in front of it."
                ) from None
            raise
        finally:
            score.model.zero_grad(set_to_none=True)


def _saliency(score: Score, sample: Tensor, _layers: Sequence[Layer], _path: Path) -> Importance:
    from captum.attr import Saliency

    return Importance(Saliency(score).attribute(sample.requires_grad_(), abs=False).detach()[0])


def _integrated(score: Score, sample: Tensor, _layers: Sequence[Layer], path: Path) -> Importance:
    from captum.attr import IntegratedGradients

    values, delta = IntegratedGradients(score).attribute(
        sample, n_steps=path.steps, internal_batch_size=path.batch, return_convergence_delta=True
    )
    return Importance(values.detach()[0].float(), float(delta.abs().max()))


def _grad_cam(score: Score, sample: Tensor, layers: Sequence[Layer], _path: Path) -> Importance:
    """Maps of a layer, each weighted by its mean slope, added up; what speaks against is left out."""
    suited = [layer for layer in layers if layer.grid is not None]
    if not suited:
        name = f"{layers[0].address} does not give any" if layers else "nothing in front of the target does"
        raise AttributionProblem(
            "Grad-CAM needs a layer whose features stand at places, as maps C × H × W or tokens of patches; "
            f"{name}."
        )
    with probes.outputs(score.model, {layer.address: layer.place for layer in suited}) as found:
        value = score(sample.requires_grad_()).sum()
    smooth = [layer for layer in suited if found[layer.address].requires_grad]
    slopes = torch.autograd.grad(value, [found[layer.address] for layer in smooth], allow_unused=True)
    for layer, slope in zip(smooth, slopes, strict=True):
        if slope is not None and layer.grid is not None:
            at_places = _at_places(slope[0], layer.grid)
            if layer.grid.skip and not bool(at_places.any()):
                continue
            weighted = at_places.mean(dim=1, keepdim=True) * _at_places(found[layer.address][0], layer.grid)
            cam = weighted.sum(0).clamp(min=0).detach().float()
            return Importance(cam.reshape(-1, *layer.grid.sizes[-2:]), address=layer.address)
    raise AttributionProblem(
        f"The features of {suited[0].address} do not reach the target. Choose a layer further in "
        "front for Grad-CAM (in front of the last attention, where only a class token is read)."
    )


def _at_places(values: Tensor, grid: Grid) -> Tensor:
    """Features of one sample as (channels, places); tokens that are no places are left out."""
    return values.movedim(grid.channels, 0).flatten(1)[:, grid.skip :]


class Method(NamedTuple):
    """What runs, and how many forward passes it makes for a number of steps, so many at once."""

    run: Callable[[Score, Tensor, Sequence[Layer], Path], Importance]
    passes: Callable[[int, int], int]


METHODS = {
    "saliency": Method(_saliency, lambda _steps, _batch: 1),
    # the steps in batches, and both ends of the path to see how far the sum is off
    "integrated_gradients": Method(_integrated, lambda steps, batch: math.ceil(steps / batch) + 2),
    "grad_cam": Method(_grad_cam, lambda _steps, _batch: 1),
}
