"""Every view of `inspect` of one network of the gallery, at a small size: answered, or refused in words.

`python tests/cli/inspect_gallery.py [ID …]` runs them all, the heavy ones too, and prints a line for each.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

from explorer.architectures.architecture import OptionProblem
from explorer.architectures.figures import figures
from explorer.architectures.gallery import find, gallery
from explorer.blocks.registry import registry
from explorer.cli.inspect_command import write
from explorer.cli.inspect_views import VIEWS, Look
from explorer.cli.trouble import Trouble
from explorer.engine.local import LocalEngine
from explorer.engine.state import RequestProblem
from explorer.graph.document import Document
from explorer.graph.flow import Flow
from explorer.graph.resolve import Resolver
from explorer.protocol.records import Sample

SIDES = (32, 48, 64, 96, 160, 192, 224, 299)
LIGHT = 4e6
"""Parameters up to which, …"""
QUICK = 1e8
"""… and MACs up to which a network is looked at in every run of the tests."""
MOST_VALUES = 1e6
"""Numbers that enter; a graph of thousands of nodes has millions."""
RESOLVER = Resolver(registry())


@cache
def small(id: str) -> tuple[Document, Flow]:
    """The network at the smallest size that it takes."""
    entry = find(id)
    if entry.input.axes == ("C", "H", "W"):
        for side in SIDES:
            try:
                document = entry.build((entry.input.shape[0], side, side), resolver=RESOLVER)
            except OptionProblem:
                continue
            flow = RESOLVER.resolve(document)
            if not flow.problems:
                return document, flow
    document = entry.build(resolver=RESOLVER)
    return document, RESOLVER.resolve(document)


def is_quick(id: str) -> bool:
    known = figures().get(id)
    if known is not None and known.parameters > 4 * LIGHT:  # not even built
        return False
    _, flow = small(id)
    values = sum(tensor.size for tensor in flow.inputs.values() if tensor)
    return flow.parameters <= LIGHT and flow.macs <= QUICK and values <= MOST_VALUES


def asked(flow: Flow) -> Iterator[tuple[str, str, str]]:
    """View, layer and method: layers in the front, the middle and at the end."""
    layers = [address for address, node in flow.walk() if not flow.graph[address.partition(".")[0]].muted]
    heavy = [address for address in layers if flow.at(address).parameters]
    for address in dict.fromkeys([layers[0], layers[len(layers) // 2], layers[-1]]):
        yield "features", address, ""
    yield "filters", (heavy or layers)[0], ""
    yield "filters", (heavy or layers)[-1], ""
    yield "attention", "", ""
    for method in ("saliency", "integrated_gradients", "grad_cam"):
        yield "attribution", "", method
    yield "statistics", "", ""


def look(id: str, folder: Path) -> dict[str, str]:
    """Ask for every view and write its picture and arrays; what was refused, in words, by view."""
    document, flow = small(id)
    engine, refused = LocalEngine(document), {}
    for view, address, method in asked(flow):
        arguments = argparse.Namespace(at=address, method=method, target=None, steps=3)
        try:
            shown = VIEWS[view](engine, arguments, Sample())
        except (RequestProblem, Trouble) as problem:
            refused[f"{view} {address or method}".strip()] = str(problem)
            continue
        _check(shown)
        for suffix in (".png", ".npz"):
            write(shown, str(folder / f"{view}{suffix}"), suffix)
    return refused


def _check(shown: Look) -> None:
    assert shown.arrays
    assert all(isinstance(values, np.ndarray) and values.size for values in shown.arrays.values())
    assert shown.facts
    assert all(fact.strip() for fact in shown.facts)
    assert np.asarray(shown.picture).std() > 0


def main(ids: list[str]) -> None:
    """Look at all of them, and say what is refused and how long it takes."""
    import tempfile

    for id in ids or gallery():
        begun = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            refused = look(id, Path(folder))
        note = "; ".join(f"{view}: {words}" for view, words in refused.items())
        pace = "quick" if is_quick(id) else "     "
        sys.stdout.write(f"{id:<34} {pace} {time.monotonic() - begun:6.1f} s  {note}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
