"""How random settings of blocks are drawn where anything legal would hardly ever fit.

Each file may have two tables by block id:
    FIELDS  a function of (rng, *inputs) that returns fields to set over the random ones.
    INPUTS  a function of (rng) that returns the input tensors, in port order, None for an empty port.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

FIELDS: dict[str, Callable[..., dict[str, Any]]] = {}
INPUTS: dict[str, Callable[..., tuple[Any, ...]]] = {}
for _file in pkgutil.iter_modules(__path__, f"{__name__}."):
    _module = importlib.import_module(_file.name)
    FIELDS |= getattr(_module, "FIELDS", {})
    INPUTS |= getattr(_module, "INPUTS", {})
