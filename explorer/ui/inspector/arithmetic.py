"""How a parameter count comes about, written as people would: `6·(1·5·5) + 6`."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

from explorer.graph.tensor import Tensor

_CONVOLUTIONS = frozenset(["conv1d", "conv2d", "conv3d"])
_TRANSPOSED = frozenset(["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"])
_PER_CHANNEL = frozenset(["batch_norm", "group_norm", "instance_norm"])


def parameters(block: str, fields: Mapping[str, object], tensor: Tensor | None) -> str:
    """Return the sum behind a block's parameter count, empty where only the number is known.

    Args:
        block: id of the block. fields: all its values. tensor: what arrives at its first input.

    """
    if tensor is None or not tensor.shape:
        return ""
    if block == "linear":
        return _with_bias(f"{fields['features']}·{tensor.shape[-1]}", fields, "features")
    if block in _CONVOLUTIONS:
        return _with_bias(_convolution(fields, tensor), fields, "filters")
    if block in _TRANSPOSED:
        return _with_bias(_transposed(fields, tensor), fields, "filters")
    if not fields.get("affine", False):
        return ""
    if block in _PER_CHANNEL:
        return f"2·{tensor.shape[0]}"
    if block == "layer_norm":
        axes = fields.get("axes")
        counted = {"all": prod(tensor.shape), "channels": tensor.shape[0]}.get(str(axes), tensor.shape[-1])
        return f"2·{counted}"
    return ""


def _with_bias(weights: str, fields: Mapping[str, object], width: str) -> str:
    return f"{weights} + {fields[width]}" if fields.get("bias") else weights


def _convolution(fields: Mapping[str, object], tensor: Tensor) -> str:
    channels = tensor.shape[0] // _whole(fields["groups"])
    return f"{fields['filters']}·({_product(channels, fields['kernel'])})"


def _transposed(fields: Mapping[str, object], tensor: Tensor) -> str:
    filters = _whole(fields["filters"]) // _whole(fields["groups"])
    return f"{tensor.shape[0]}·({_product(filters, fields['kernel'])})"


def _product(first: int, kernel: object) -> str:
    sizes = kernel if isinstance(kernel, tuple) else (kernel,)
    return "·".join(map(str, (first, *sizes)))


def _whole(value: object) -> int:
    return value if isinstance(value, int) and value else 1
