"""The live model measured: torchinfo's figures, to stand beside the prediction."""

from __future__ import annotations

from typing import Any

import torch

from explorer.engine.compile import Compiled
from explorer.engine.probes import quiet
from explorer.protocol.events import Measured
from explorer.protocol.records import Layer


def measure_module(compiled: Compiled) -> Measured:
    """Run torchinfo once on a batch of one and return a row for every leaf address."""
    from torchinfo import summary

    tensors = [
        example(tensor.shape, tensor.dtype, compiled.device)
        for tensor in compiled.flow.inputs.values()
        if tensor
    ]
    with quiet(compiled.module):
        statistics = summary(
            compiled.module, input_data=tensors, verbose=0, depth=64, device=compiled.device, mode="eval"
        )
    names = {id(child): name for name, child in compiled.module.named_modules()}
    layers = tuple(
        Layer(names[info.layer_id] if info.layer_id in names else _address(info, compiled), info.class_name,
              _shape(info.output_size), int(info.num_params))
        for info in statistics.summary_list
        if info.is_leaf_layer
    )  # fmt: skip
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


def _address(info: Any, compiled: Compiled) -> str:
    for name, child in compiled.module.named_modules():
        if child is info.module:
            return str(name)
    return str(info.var_name)


def _shape(size: Any) -> tuple[int, ...]:
    """Output sizes without the batch; the first output where there are several."""
    if size and isinstance(size[0], list | tuple):
        size = size[0]
    return tuple(int(n) for n in size[1:])
