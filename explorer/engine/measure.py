"""The live model measured: torchinfo's figures, to stand beside the prediction."""

from __future__ import annotations

from typing import Any

import torch

from explorer.engine.compile import Compiled
from explorer.engine.probes import quiet
from explorer.graph.sharing import place_of
from explorer.protocol.events import Measured
from explorer.protocol.records import Layer


def measure_module(compiled: Compiled) -> Measured:
    """Run torchinfo once on a batch of one and return a row for every leaf address."""
    from torchinfo import summary
    from torchinfo.torchinfo import clear_cached_forward_pass

    tensors = [
        example(tensor.shape, tensor.dtype, compiled.device)
        for tensor in compiled.flow.inputs.values()
        if tensor
    ]
    with quiet(compiled.module):
        statistics = summary(
            compiled.module, input_data=tensors, verbose=0, depth=64, device=compiled.device, mode="eval"
        )
    clear_cached_forward_pass()  # it would hold on to the model
    addresses = _Addresses(compiled)
    layers = tuple(
        Layer(addresses.of(info), info.class_name, _shape(info.output_size), _parameters(info))
        for info in statistics.summary_list
        if info.is_leaf_layer
    )
    return Measured(
        layers=layers,
        parameters=int(statistics.total_params),
        trainable=int(statistics.trainable_params),
        macs=int(statistics.total_mult_adds),
    )


def example(shape: tuple[int, ...], dtype: str, device: torch.device) -> torch.Tensor:
    """A batch of one of the given kind."""
    if dtype == "float":
        return torch.zeros(1, *shape, device=device)
    return torch.zeros(1, *shape, device=device, dtype=torch.int64 if dtype == "int" else torch.bool)


class _Addresses:
    """Addresses of torchinfo's rows; a module with shared weights has one for each of its calls."""

    def __init__(self, compiled: Compiled) -> None:
        self._paths = {id(child): name for name, child in compiled.module.named_modules()}
        self._calls: dict[str, list[str]] = {}
        for address, _ in compiled.flow.walk():
            try:
                place = place_of(compiled.flow, address)
            except KeyError:  # passed through
                continue
            if place.uses > 1:
                self._calls.setdefault(place.path, []).append(address)

    def of(self, info: Any) -> str:
        """Address of one row; rows of the same module come in the order of its calls."""
        path = self._paths.get(id(info.module), str(info.var_name))
        calls = self._calls.get(path)
        return calls.pop(0) if calls else path


def _parameters(info: Any) -> int:
    """Parameters of a row; those of a module that has run before are not counted again."""
    return 0 if info.is_recursive else int(info.num_params)


def _shape(size: Any) -> tuple[int, ...]:
    """Output sizes without the batch; the first output where there are several."""
    if size and isinstance(size[0], list | tuple):
        size = size[0]
    return tuple(int(n) for n in size[1:])
