"""`explorer summary DESIGN`: every layer with shapes, parameters and cost, predicted and measured."""

from __future__ import annotations

import argparse
import json
from typing import Any

from explorer.cli.designs import add_design, open_design, resolved, runnable
from explorer.cli.problem_rows import problem_rows
from explorer.cli.summary_table import levels, readable_depth, written
from explorer.cli.trouble import Trouble
from explorer.graph.document import Document
from explorer.graph.flow import Flow, NodeFlow
from explorer.graph.memory import memory_of
from explorer.graph.tensor import Tensor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The design, how deep, and how to print."""
    add_design(parser)
    parser.add_argument(
        "--depth", type=int, metavar="N", help="down to this level; a table shows what reads well otherwise"
    )
    parser.add_argument(
        "--measure", action="store_true", help="add torchinfo's and the real module's figures"
    )
    parser.add_argument("--json", action="store_true", help="one JSON value")


def run(arguments: argparse.Namespace) -> int:
    """Print the summary; exit code 1 when the design has problems."""
    document = open_design(arguments)
    flow = resolved(document)
    depth = arguments.depth if arguments.json or arguments.depth else readable_depth(flow)
    value = summarise(document, flow, depth)
    if arguments.measure:
        value["measured"] = _measure(document)
    if arguments.json:
        print(json.dumps(value, ensure_ascii=False))
    else:
        print(written(value, depth, levels(flow)))
    return 1 if value["problems"] else 0


def summarise(document: Document, flow: Flow, depth: int | None = None) -> dict[str, Any]:
    """The summary as plain values (the contract of `--json`)."""
    values = memory_of(flow)
    return {
        "name": document.name,
        "inputs": {name: _shape(tensor) for name, tensor in flow.inputs.items()},
        "outputs": {name: _shape(tensor) for name, tensor in flow.outputs.items()},
        "parameters": flow.parameters,
        "trainable_parameters": flow.trainable,
        "macs": flow.macs,
        "macs_attention": flow.macs_attention,
        "activation_bytes": flow.activation_bytes,
        "memory": {"forward": values.forward, "kept": values.kept, "training": values.training},
        "nodes": [_row(address, node) for address, node in flow.walk(depth=depth)],
        "problems": problem_rows(document, flow),
    }


def _row(address: str, node: NodeFlow) -> dict[str, Any]:
    return {
        "address": address,
        "block": node.block.id if node.block else "group",
        "inputs": {name: _shape(tensor) for name, tensor in node.inputs.items()},
        "outputs": {name: _shape(tensor) for name, tensor in node.outputs.items()},
        "parameters": node.parameters,
        "macs": node.macs,
    }


def _shape(tensor: Tensor | None) -> list[int] | None:
    return list(tensor.shape) if tensor else None


def _measure(document: Document) -> dict[str, Any]:
    """Figures of the live module: its own parameter count, and torchinfo's summary."""
    from explorer.engine.compile import BuildProblem, compile_flow
    from explorer.engine.devices import choose, set_threads
    from explorer.engine.measure import measure_module

    set_threads()
    try:
        compiled = compile_flow(runnable(document), document.name, choose("cpu"))
    except BuildProblem as problem:
        raise Trouble(str(problem)) from None
    measured = measure_module(compiled)
    return {
        "parameters": sum(p.numel() for p in compiled.module.parameters()),
        "torchinfo": {
            "parameters": measured.parameters,
            "trainable_parameters": measured.trainable,
            "mult_adds": measured.macs,
            "layers": [
                {
                    "address": row.address,
                    "kind": row.kind,
                    "output": list(row.output),
                    "parameters": row.parameters,
                }
                for row in measured.layers
            ],
        },
    }
