"""The palette's section “My blocks”: groups from the library, and Python files, asleep or trusted."""

from __future__ import annotations

from explorer import words
from explorer.blocks.registry import Registry
from explorer.graph.resolve import Resolver
from explorer.library.block_file import OwnBlock
from explorer.library.shelf import Shelf
from explorer.style.families import FAMILIES
from explorer.trust import OwnCode
from explorer.ui.canvas.own_blocks import CODE, OWN
from explorer.ui.palette.rows import PaletteBlock, PaletteFamily

CHAPTER = "My blocks"
ASLEEP = "not trusted: its code has not been run"


def families(shelf: Shelf, code: list[OwnCode], catalogue: Registry) -> list[PaletteFamily]:
    """The section, empty where the user has no blocks."""
    found = []
    if shelf.blocks:
        groups = tuple(_group(block) for block in shelf.blocks)
        found.append(PaletteFamily("Groups", groups, CHAPTER))
    python = [row for each in code for row in _python(each, catalogue)]
    if python:
        found.append(PaletteFamily("Python", tuple(python), CHAPTER))
    return found


def parameters(block: OwnBlock, catalogue: Registry) -> str:
    """What it has for the input that it was saved with, in words."""
    flow = Resolver(catalogue).resolve(block.document)
    if flow.problems:
        return ""
    inputs = ", ".join(tensor.text for tensor in flow.inputs.values() if tensor is not None)
    return f"{words.count(flow.parameters)} parameters for {inputs}"


def _group(block: OwnBlock) -> PaletteBlock:
    colour = block.colour if block.colour in FAMILIES else "composite"
    about = block.about or block.title
    return PaletteBlock(OWN + block.name, block.title, "group", colour, (block.name,), about)


def _python(code: OwnCode, catalogue: Registry) -> list[PaletteBlock]:
    if code.trusted and not code.problem:
        there = [catalogue[name] for name in code.declares if name in catalogue]
        return [
            PaletteBlock(
                cls.id, cls.title, cls.icon, cls.family, (code.path.stem,), (cls.__doc__ or "").strip()
            )
            for cls in there
        ]
    title = f"{code.path.name} (asleep)"
    about = code.problem or f"{code.path.name}: {ASLEEP}. Enter or a double click shows it."
    return [PaletteBlock(CODE + str(code.path), title, "clock", "io", tuple(code.declares), about)]
