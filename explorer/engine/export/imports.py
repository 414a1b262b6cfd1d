"""The import lines that a text needs."""

from __future__ import annotations

import ast

IMPORTS = {
    "math": "import math",
    "OrderedDict": "from collections import OrderedDict",
    "Callable": "from collections.abc import Callable",
    "Iterator": "from collections.abc import Iterator",
    "Sequence": "from collections.abc import Sequence",
    "Any": "from typing import Any",
    "torch": "import torch",
    "Tensor": "from torch import Tensor",
    "nn": "from torch import nn",
    "F": "from torch.nn import functional as F",
}
"""By the name that they bring, in the order in which they stand."""
STANDARD = ("math", "OrderedDict", "Callable", "Iterator", "Sequence", "Any")


def imports_of(text: str) -> list[str]:
    """The lines for the names that a text uses: Python's own, an empty line, torch's."""
    used = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    plain = [IMPORTS[name] for name in STANDARD if name in used]
    rest = [line for name, line in IMPORTS.items() if name in used and name not in STANDARD]
    if {"Tensor", "nn"} <= used:
        rest[rest.index(IMPORTS["Tensor"])] = "from torch import Tensor, nn"
        rest.remove(IMPORTS["nn"])
    return [*plain, *([""] if plain and rest else []), *rest]
