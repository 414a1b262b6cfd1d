"""The Python side: load, build, summarise and show designs."""

from __future__ import annotations

import os
from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer import words
from explorer.architectures.gallery import find, gallery
from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import Tensor

if TYPE_CHECKING:
    from torch import nn

MOST_ROWS = 200
"""Layers in a table; a notebook keeps what it shows in its file."""
MOST_PROBLEMS = 10


def load(design: str | os.PathLike[str], **options: Any) -> Document:
    """Return a design: a `.arch.json` file, or an architecture of the gallery with its options.

    Raises:
        FileProblem, UnknownArchitecture, OptionProblem: with a sentence each.

    """
    name = os.fspath(design)
    if name in gallery() and not Path(name).exists():
        return find(name).build(**options)
    if options or not (Path(name).exists() or name.endswith(".json")):
        return find(name).build(**options)
    return files.load(name)


def flow(document: Document) -> Flow:
    """Work out shapes, parameters, cost and problems, without torch."""
    return Resolver(registry()).resolve(document)


def summary(document: Document) -> dict[str, Any]:
    """Return what `explorer summary --json` prints."""
    from explorer.cli.summary_command import summarise

    return summarise(document, flow(document))


def build(document: Document, seed: int | None = None) -> nn.Module:
    """Return the live model; its modules are named as the design's addresses.

    Raises:
        BuildProblem: the design has problems, or does not fit into memory.

    """
    from explorer.engine.compile import compile_flow
    from explorer.engine.devices import choose

    return compile_flow(flow(document), document.name, choose("cpu"), seed=seed).module


def show(document: Document) -> None:
    """Open the program on a design, in a process of its own; returns at once."""
    import subprocess
    import tempfile

    from explorer import launch

    with tempfile.NamedTemporaryFile(suffix=files.SUFFIX, delete=False) as file:
        file.write(files.encode(document))
    subprocess.Popen(
        launch.command(file.name), env=launch.environment(), creationflags=launch.creation_flags()
    )


def save(document: Document, path: str | os.PathLike[str]) -> None:
    """Write a design as a `.arch.json` file; raises `FileProblem`, and an older file is then as it was."""
    files.save(document, path)


def _short(document: Document) -> str:
    """What a shell shows: `<LeNet-5: 12 layers, 61,706 parameters, 1×28×28 → 10>`."""
    known = flow(document)
    ends = [_sizes(side.values()) for side in (known.inputs, known.outputs)]
    problems = f", {words.plural(len(known.faults), 'problem')}" if known.faults else ""
    return (
        f"<{document.name[:60]}: {words.plural(known.leaves, 'layer')}, {known.parameters:,} parameters, "
        f"{ends[0]} → {ends[1]}{problems}>"
    )


def _sizes(tensors: Iterable[Tensor | None]) -> str:
    return ", ".join(words.shape(tensor.shape) if tensor else "?" for tensor in tensors) or "nothing"


def _drawn(document: Document) -> str | None:
    """The canvas as SVG, as notebooks show it; None where there is nothing to draw, or too much."""
    import tempfile

    from explorer.figures.picture import PictureProblem, render_file

    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "design.svg")
        try:
            render_file(document, file)
        except PictureProblem:
            return None
        return Path(file).read_text(encoding="utf-8")


def _table(known: Flow) -> str:
    """The layers with shapes, parameters and cost as a table, as notebooks show it."""
    heads = ("Layer", "Block", "Input", "Output", "Parameters", "MACs")
    layers = list(known.walk(depth=1))
    rows = [
        (
            address,
            type(node.block).title if isinstance(node.block, Block) else "group",
            _sizes(node.inputs.values()),
            _sizes(node.outputs.values()),
            words.count(node.parameters),
            words.count(node.macs),
        )
        for address, node in layers[:MOST_ROWS]
    ]
    if (more := len(layers) - MOST_ROWS) > 0:
        rows.append((f"and {words.count(more)} more", "", "", "", "", ""))
    rows.append(("all", "", "", "", words.count(known.parameters), words.count(known.macs)))
    lines = [_row(row, "td") for row in rows]
    problems = "".join(f"<p>{escape(fault.message)}</p>" for fault in known.faults[:MOST_PROBLEMS])
    return f"{problems}<table><thead>{_row(heads, 'th')}</thead><tbody>{''.join(lines)}</tbody></table>"


def _row(cells: Iterable[str], tag: str) -> str:
    return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"


def _total(known: Flow) -> str:
    """What a shell shows: `<Flow of 14 nodes: 61,706 parameters, 416,520 MACs>`."""
    faults = f", {words.plural(len(known.faults), 'problem')}" if known.faults else ""
    figures = f"{words.count(known.parameters)} parameters, {words.count(known.macs)} MACs"
    return f"<Flow of {words.plural(len(known.nodes), 'node')}: {figures}{faults}>"


# a document knows neither blocks nor pictures; whoever loads it here has both
Document.__repr__ = _short  # type: ignore[method-assign, assignment]
Document._repr_svg_ = _drawn  # type: ignore[attr-defined]
Flow.__repr__ = _total  # type: ignore[method-assign, assignment]
Flow._repr_html_ = _table  # type: ignore[attr-defined]
