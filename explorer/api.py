"""The Python side: load, build, summarise and show designs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.architectures.gallery import find, gallery
from explorer.blocks.registry import registry
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver

if TYPE_CHECKING:
    from torch import nn


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
