"""What the axes of weight tensors mean, and how people call what is counted along them."""

from __future__ import annotations

from typing import NamedTuple

from torch import nn
from torch.nn.utils import parametrize


class Kind(NamedTuple):
    """How a layer's tensors are read.

    Attributes:
        outputs: what its outputs are called. inputs: what it reads. where: end of a sentence about inputs.

    """

    outputs: str = ""
    inputs: str = ""
    where: str = ""


FILTERS = Kind("filters", "input maps", "in each kernel")
OUTPUTS = Kind("outputs", "inputs", "for each output")
UNITS = Kind("units", "inputs", "for each unit")
CHANNELS = Kind("channels")
ROWS = Kind("rows")
OTHER = Kind()

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_NORMS = (nn.modules.batchnorm._NormBase, nn.GroupNorm, nn.LayerNorm)


def kind_of(owner: nn.Module) -> Kind:
    """How the layer that a tensor belongs to is spoken of."""
    if isinstance(owner, (*_CONVOLUTIONS, *_TRANSPOSED)):
        return FILTERS
    if isinstance(owner, nn.Linear):
        return OUTPUTS
    if isinstance(owner, nn.RNNBase):
        return UNITS
    if isinstance(owner, _NORMS):
        return CHANNELS
    return ROWS if isinstance(owner, nn.Embedding) else OTHER


def roles(owner: nn.Module, name: str, dims: int) -> tuple[str, ...]:
    """What each axis of a tensor counts.

    Args:
        owner: module that it belongs to. name: there. dims: number of its axes.

    Returns:
        `out` outputs, `in` inputs, `channel` inputs that are outputs too, `gates` several runs of outputs,
        `place` places of a window, `plain` anything else.

    """
    found: tuple[str, ...] = ()
    if isinstance(owner, _CONVOLUTIONS):
        each = owner.groups == owner.in_channels == owner.out_channels > 1
        found = ("channel" if each else "out", "in", *["place"] * (dims - 2))
    elif isinstance(owner, _TRANSPOSED):
        found = ("in", "out", *["place"] * (dims - 2)) if name == "weight" else ("out",)
    elif isinstance(owner, nn.Linear):
        found = ("out", "in")
    elif isinstance(owner, nn.RNNBase):
        found = ("gates", "in" if name.startswith("weight_ih") else "out")
    elif isinstance(owner, _NORMS) and dims == 1:
        found = ("channel",)
    elif isinstance(owner, nn.Embedding):
        found = ("out", "plain")
    return (*found, *["plain"] * dims)[:dims]


def owner_of_tensor(modules: dict[str, nn.Module], name: str) -> tuple[nn.Module, str]:
    """Module that reads a tensor, and what it is there: of one that is worked out from others the layer."""
    path, _, short = name.rpartition(".")
    owner = modules[path]
    if isinstance(owner, parametrize.ParametrizationList):
        layer, _, read = path.rpartition(".parametrizations.")
        return modules[layer], read
    return owner, short


def class_of(module: nn.Module) -> str:
    """Name of the class of a module, as it was before anything was hung into it."""
    return parametrize.type_before_parametrizations(module).__name__
