"""What the program does with a file of each kind; anything but an answer or a sentence is a finding."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import captum.attr  # noqa: F401  # its import alone may take longer than a mutant has
import torch

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.cli.summary_command import summarise
from explorer.cli.summary_table import levels, readable_depth, written
from explorer.engine import published, weights
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.data.images import ImageProblem, read_image
from explorer.engine.local import LocalEngine
from explorer.engine.server import Server
from explorer.engine.state import RequestProblem
from explorer.engine.weights import WeightProblem
from explorer.figures.picture import PictureProblem, render_file
from explorer.graph import files
from explorer.graph.difference import difference
from explorer.graph.kept_flow import KeptFlow
from explorer.graph.repairs import all_repairs
from explorer.graph.resolve import Resolver
from explorer.protocol import events, framing, requests
from explorer.protocol.records import Sample
from explorer.session import preferences
from explorer.session.folder import remains

LIGHT = 2_000_000
"""Bytes of activations and values of weights up to which a design is also built and run."""


class Finding(Exception):
    """Something that nobody should see: the text says what."""


def read(kind: str, data: bytes, folder: Path) -> str:
    """Let the program read a mutant in a folder of its own; returns how it ended, in a word or a sentence."""
    return READERS[kind](data, folder)


@cache
def _plain() -> Any:
    return find("lenet5_modern").build((1, 28, 28))


def _design(data: bytes, folder: Path) -> str:
    file = folder / "x.arch.json"
    file.write_bytes(data)
    try:
        document = files.load(file)
    except files.FileProblem as problem:
        return _sentence(problem)
    resolver = Resolver(registry())
    flow = resolver.resolve(document)
    if KeptFlow(resolver, document).flow() != flow:
        raise Finding("the kept flow differs from the resolved one")
    again = files.decode(files.encode(document))
    if not again.same_as(document):
        raise Finding("saved and opened it is another design")
    list(all_repairs(document, resolver, flow, flow.problems[:5], seconds=1))
    depth = readable_depth(flow)
    value = summarise(document, flow, depth)
    json.dumps(value)
    written(value, depth, levels(flow))
    difference(_plain(), document, resolver)
    for style in ("canvas", "boxes", "volumes"):
        try:
            render_file(document, str(folder / "x.svg"), style=style)  # type: ignore[arg-type]
        except PictureProblem as problem:
            _sentence(problem)
    if flow.problems:
        return "problems"
    if flow.parameters + flow.activation_bytes > LIGHT or flow.leaves > 300 or flow.macs > 10**8:
        return "fine"
    try:
        engine = LocalEngine(document)
        engine.ask(requests.Tiles(sample=Sample()))
    except RequestProblem as problem:
        return _sentence(problem)
    return "ran"


@cache
def _net() -> Compiled:
    return compile_flow(Resolver(registry()).resolve(_plain()), "net", torch.device("cpu"), seed=1)


def _weights(data: bytes, folder: Path) -> str:
    file, net = folder / "x.safetensors", _net()
    file.write_bytes(data)
    ends = []
    for load in (lambda: weights.load(net.module, file), lambda: published.load(net.module, net.flow, file)):
        try:
            load()
            ends.append("loaded")
        except WeightProblem as problem:
            ends.append(_sentence(problem))
    return " / ".join(ends)


def _checkpoint(data: bytes, folder: Path) -> str:
    file, net = folder / "x.pth", _net()
    file.write_bytes(data)
    try:
        published.load(net.module, net.flow, file)
    except WeightProblem as problem:
        return _sentence(problem)
    return "loaded"


def _picture(data: bytes, folder: Path) -> str:
    file = folder / "x.png"
    file.write_bytes(data)
    try:
        values = read_image(file, (3, 28, 28))
    except ImageProblem as problem:
        return _sentence(problem)
    if values.shape != (3, 28, 28) or not (values >= 0).all() or not (values <= 1).all():
        raise Finding("a picture with values outside 0 to 1")
    return "read"


def _preferences(data: bytes, folder: Path) -> str:
    os.environ["EXPLORER_CONFIG_DIR"] = str(folder)
    (folder / "settings.json").write_bytes(data)
    preferences.write(preferences.read())
    return "read"


def _sidecar(data: bytes, folder: Path) -> str:
    session = folder / "sessions" / "abc"
    session.mkdir(parents=True, exist_ok=True)
    (session / "facts").write_bytes(data)
    (session / "design").write_bytes(data if data[:1] == b"[" else files.encode(_plain()))
    found = remains(folder / "sessions")
    for one in found:
        try:
            one.load()
        except files.FileProblem as problem:
            return _sentence(problem)
    return "offered" if found else "swept away"


def _stream(data: bytes, folder: Path) -> str:
    os.chdir(folder)
    sink = io.BytesIO()
    Server(io.BytesIO(data), sink).serve()
    server = Server(io.BytesIO(), sink)
    asked: framing.Reader[requests.Request] = framing.Reader(io.BytesIO(data), requests.Request)
    with suppress(framing.BrokenStream):
        while not isinstance(request := asked.read(), requests.Shutdown):
            if isinstance(request, requests.Cancel | requests.Returned):
                continue  # of the connection, which has heard it above
            server._answer(request)
            for _ in range(3):
                if server._may_step():
                    server._train_one_step()
    if server.state.active is not None:
        server.state.active.run.keep()
    sink.seek(0)
    reader: framing.Reader[events.Event] = framing.Reader(sink, events.Event)
    count = 0
    try:
        while True:
            event = reader.read()
            count += 1
            if isinstance(event, events.Failed) and event.details:
                raise Finding(f"{event.request}: {event.details}")
    except framing.Closed:
        return f"{count} events"


def _sentence(problem: Exception) -> str:
    text = str(problem)
    if not 10 < len(text) < 2_000 or "\x1b" in text or "Traceback" in text:
        raise Finding(f"no sentence for people: {text[:300]!r}")
    return text


READERS: dict[str, Callable[[bytes, Path], str]] = {
    "design": _design,
    "weights": _weights,
    "checkpoint": _checkpoint,
    "picture": _picture,
    "preferences": _preferences,
    "sidecar": _sidecar,
    "stream": _stream,
}
