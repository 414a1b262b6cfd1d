"""The DESIGN argument: a file or an id of the gallery, with its options."""

from __future__ import annotations

import argparse
import json
from functools import cache
from pathlib import Path
from typing import Any

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.gallery import UnknownArchitecture, find, gallery
from explorer.blocks.registry import registry
from explorer.cli.trouble import USAGE, Trouble
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.graph.repairs import advice, all_repairs
from explorer.graph.resolve import Resolver


def add_design(parser: argparse.ArgumentParser) -> None:
    """Add DESIGN and the options that shape a gallery network."""
    parser.add_argument("design", metavar="DESIGN", help="a .arch.json file, or the id of an architecture")
    parser.add_argument("--input", metavar="3x224x224", help="sizes of one sample (architectures only)")
    parser.add_argument("--classes", type=int, metavar="N", help="length of the output (architectures only)")
    parser.add_argument(
        "--set", action="append", default=[], metavar="OPTION=VALUE", help="an option of the architecture"
    )


def is_gallery(name: str) -> bool:
    """Whether the word is an id of the gallery rather than a file."""
    return name in gallery()


def open_design(arguments: argparse.Namespace, dataset: str = "") -> Document:
    """Return the design that the arguments name.

    Args:
        arguments: with `design`, `input`, `classes` and `set`.
        dataset: a gallery network takes its input size and classes from this data set.

    Raises:
        Trouble: no such design, a broken file, or options that do not fit.

    """
    name: str = arguments.design
    given = arguments.input is not None or arguments.classes is not None or arguments.set
    if not is_gallery(name) and (Path(name).exists() or name.endswith(".json")):
        if given:
            raise Trouble(
                "--input, --classes and --set shape architectures of the gallery; a file is taken as it is.",
                USAGE,
            )
        try:
            return files.load(name)
        except files.FileProblem as problem:
            raise Trouble(str(problem)) from None
    try:
        entry = find(name)
        sizes = sizes_of(arguments.input) if arguments.input else None
        classes = arguments.classes
        if dataset:
            from explorer.training.datasets import DATASETS

            facts = DATASETS[dataset]
            if sizes is None and len(facts.shape) == len(entry.input.shape):
                sizes = tuple(facts.shape)
            if classes is None and facts.classes:
                classes = len(facts.classes)
        return entry.build(sizes, classes, resolver=resolver(), **dict(map(_option, arguments.set)))
    except UnknownArchitecture as problem:
        raise Trouble(f"{problem} Nor is there a file of that name.", USAGE) from None
    except OptionProblem as problem:
        raise Trouble(str(problem), USAGE) from None


def options_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options with which a network of the gallery is built, its own among them; none for a file."""
    if not is_gallery(arguments.design) or Path(arguments.design).exists():
        return {}
    return {**find(arguments.design).options, **dict(map(_option, arguments.set))}


def open_named(name: str) -> Document:
    """Return the design of a file or of the gallery as it is; raises `Trouble`."""
    return open_design(argparse.Namespace(design=name, input=None, classes=None, set=[]))


def sizes_of(text: str) -> tuple[int, ...]:
    """Read `3x224x224`."""
    try:
        return tuple(int(part) for part in text.lower().replace("×", "x").split("x"))
    except ValueError:
        raise Trouble(f"An input is written like 3x224x224, not “{text}”.", USAGE) from None


def _option(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Trouble(f"--set takes OPTION=VALUE, not “{text}”.", USAGE)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def resolved(document: Document) -> Flow:
    """Work the design out."""
    return resolver().resolve(document)


@cache
def resolver() -> Resolver:
    """One for the whole command: what building a design had to find out need not be found again."""
    return Resolver(registry())


def runnable(document: Document) -> Flow:
    """Work the design out and refuse it when it has problems."""
    flow = resolved(document)
    if flow.problems:
        problems = flow.faults or flow.problems
        cures = all_repairs(document, resolver(), flow, problems)
        lines = "\n".join(
            f"  {problem.message} {advice(found)}".rstrip()
            for problem, found in zip(problems, cures, strict=True)
        )
        raise Trouble(f"{document.name} has problems:\n{lines}")
    return flow
