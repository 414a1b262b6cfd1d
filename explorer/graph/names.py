"""Names of nodes: they become Python identifiers and torch attribute names, so not every word will do."""

from __future__ import annotations

import keyword
import re
from collections.abc import Container, Iterable
from functools import lru_cache

MODULE_ATTRIBUTES = frozenset(
    [
        "T_destination",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    ]
)
"""Public attributes of `torch.nn.Module`: a child of that name would hide them (kept true by a test)."""

RESERVED = MODULE_ATTRIBUTES | {"self", "torch", "nn", "F", "math", "Tensor", "Model"}
_LEGAL = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}\Z")


@lru_cache(maxsize=4096)
def why_not(name: str) -> str | None:
    """Say in words why `name` cannot name a node, or return None when it can."""
    if not _LEGAL.match(name):
        return f"“{name[:70]}” cannot be a name: start with a letter, then letters, digits and _, 64 at most."
    if keyword.iskeyword(name) or keyword.issoftkeyword(name):
        return f"“{name}” is a word of Python; take another name, such as {name}_1."
    if name in RESERVED:
        return f"“{name}” already means something on every torch module; take {name}_1."
    return None


def fresh(stem: str, taken: Container[str]) -> str:
    """Return the first of `stem1`, `stem2`, … that is legal and not taken; any text will do as stem."""
    base = _base(stem)
    number = 1
    while (name := f"{base}{number}") in taken or why_not(name):
        number += 1
    return name


def _base(stem: str) -> str:
    letters = re.sub(r"[^A-Za-z0-9_]+", "_", stem).lstrip("_0123456789").rstrip("0123456789")
    return letters[:50] or "node"


def unique(name: str, taken: Container[str]) -> str:
    """Return `name` itself when it is legal and free, else the next numbered one."""
    return name if name not in taken and why_not(name) is None else fresh(name, taken)


class Names:
    """Hands out names for many nodes at once; it remembers how far it has counted."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)
        self._counted: dict[str, int] = {}

    def unique(self, name: str) -> str:
        """Like the function, and the name is taken from now on."""
        found = name
        if name in self._taken or why_not(name):
            base = _base(name)
            number = self._counted.get(base, 0) + 1
            while (found := f"{base}{number}") in self._taken or why_not(found):
                number += 1
            self._counted[base] = number
        self._taken.add(found)
        return found
