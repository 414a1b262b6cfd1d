"""Names by content: of a tensor, and of all the weights of a design."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import torch
from torch import Tensor


def hash_of(tensor: Tensor) -> str:
    """Name of a tensor: equal for equal number type, shape and bytes, wherever it lives."""
    plain = tensor.detach().cpu().contiguous()
    name = sha256(f"{plain.dtype} {tuple(plain.shape)}\n".encode())
    name.update(plain.reshape(-1).view(torch.uint8).numpy().data)
    return name.hexdigest()


def digest_of(hashes: Mapping[str, str]) -> str:
    """Name of weights, given the hash of every tensor by its name; their order does not matter."""
    rows = (f"{name}\t{content}\n" for name, content in sorted(hashes.items()))
    return sha256("".join(rows).encode()).hexdigest()
