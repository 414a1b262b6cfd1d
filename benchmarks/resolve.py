"""Resolve against torchinfo: pre-activation ResNet-1001 from cold, and after one edit at 1,000 layers."""

from __future__ import annotations

import statistics
import time

import interleaved
import torch
from torchinfo import summary

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Connect, SetField
from explorer.graph.model import Edge, Node
from explorer.graph.resolve import Resolver


def main() -> None:
    options = interleaved.arguments(3)
    torch.set_num_threads(1)
    document = find("preact_resnet_deep").build(depth=1001)
    flow = Resolver(registry()).resolve(document)
    print(f"{flow.leaves:,} layers, {flow.parameters:,} parameters")
    module = compile_flow(flow, "deep", torch.device("cpu")).module
    sample = torch.zeros(1, 3, 32, 32)

    def ours() -> object:
        return Resolver(registry()).resolve(document)

    def ours_with_all_rows() -> object:
        return list(Resolver(registry()).resolve(document).walk())

    def peer() -> object:
        return str(summary(module, input_data=[sample], verbose=0, depth=9))

    cases = {
        "torchinfo, full summary": peer,
        "resolve, cold": ours,
        "resolve, cold, every leaf listed": ours_with_all_rows,
    }
    ratios = interleaved.report(
        "pre-activation ResNet-1001", interleaved.measure(cases, options.rounds), "torchinfo, full summary"
    )
    after_edit = edit_times()
    print(
        "\nafter one edit, 1,000 flat layers: "
        f"median {statistics.median(after_edit):.2f} ms, worst {max(after_edit):.2f} ms"
    )
    interleaved.keep(options.out, {**ratios, "after one edit, ms": statistics.median(after_edit)})


def edit_times(layers: int = 1000) -> list[float]:
    """Milliseconds from an edit in the middle of a chain to the new flow."""
    document = Document()
    document.apply(AddNode(Node("input", "input", {"shape": (16, 32, 32)})))
    before = "input"
    for number in range(layers):
        block, fields = ("conv2d", {"filters": 16, "padding": 1}) if number % 2 == 0 else ("relu", {})
        document.apply(AddNode(Node(f"n{number}", block, fields)))
        document.apply(Connect(Edge(before, "y", f"n{number}", "x")))
        before = f"n{number}"
    resolver = Resolver(registry())
    resolver.resolve(document)
    times = []
    for number in range(30):
        start = time.perf_counter()
        document.apply(SetField(f"n{layers // 2}", "filters", 17 + number))
        resolver.resolve(document)
        times.append((time.perf_counter() - start) * 1e3)
    return times


if __name__ == "__main__":
    main()
