"""From a block's `module:name` to the class, and to source that needs only torch."""

from __future__ import annotations

import ast
import importlib
import inspect
from functools import cache
from types import ModuleType
from typing import Any, TypeAlias

from explorer.engine.export.plain import without_probes

OWN_PREFIX = "explorer.engine.modules."
SIZED = frozenset(["Reshape", "Resize", "Slice", "UnfoldTime", "State"])
"""Modules of ours that are written as an expression, so that their sizes may follow other tensors."""


def is_sized(target: str) -> bool:
    """Whether the sizes among the arguments of a module may be expressions."""
    return is_own(target) and target.partition(":")[2] in SIZED


@cache
def resolve_target(target: str) -> Any:
    """Return the class that `module:name` stands for; targets come from block classes, never from files."""
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)


def is_own(target: str) -> bool:
    """Whether the class is ours and has to be written into an exported file."""
    return target.startswith(OWN_PREFIX)


def written_name(target: str) -> str:
    """How the class is called in an exported file: `nn.Conv2d`, or its own name."""
    return target.partition(":")[2] if is_own(target) else "nn." + target.partition(":")[2]


def own_sources(targets: list[str], *, plain: bool = False) -> dict[str, str]:
    """Source of our own modules and of everything in their files that they use, in writing order.

    Args:
        targets: of the modules. plain: leave out what only serves to look inside.

    """
    found: dict[str, str] = {}
    for target in targets:
        module_name, _, name = target.partition(":")
        _gather(_definitions(importlib.import_module(module_name), plain), name, found, set())
    return found


def _gather(definitions: Definitions, name: str, found: dict[str, str], open_names: set[str]) -> None:
    if name in found or name in open_names:
        return
    if name not in definitions:
        return
    text, needs = definitions[name]
    for need in needs:
        _gather(definitions, need, found, open_names | {name})
    found[name] = text


Definitions: TypeAlias = dict[str, tuple[str, tuple[str, ...]]]


@cache
def _definitions(module: ModuleType, plain: bool) -> Definitions:
    """Top-level classes, functions and constants of a file, with the names each one uses."""
    source = inspect.getsource(module)
    lines = source.splitlines()
    result: dict[str, tuple[str, tuple[str, ...]]] = {}
    for item in ast.parse(source).body:
        names: list[str] = []
        if isinstance(item, ast.ClassDef | ast.FunctionDef):
            names = [item.name]
            first = min([item.lineno, *(d.lineno for d in item.decorator_list)])
        elif isinstance(item, ast.Assign):
            names = [t.id for t in item.targets if isinstance(t, ast.Name)]
            first = item.lineno
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            names = [item.target.id]
            first = item.lineno
        else:
            continue
        text = "\n".join(lines[first - 1 : item.end_lineno])
        if plain and isinstance(item, ast.ClassDef):
            text = without_probes(text)
        used = tuple({node.id: None for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)})
        for name in names:
            result[name] = (text, tuple(n for n in used if n != name))
    return result
