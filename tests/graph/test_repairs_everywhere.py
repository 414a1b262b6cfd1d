"""All blocks on unsuitable inputs: sentences say what is wrong, cures are tried, and none comes twice."""

from __future__ import annotations

import re

import pytest
from nets import chain, codes, design, node, resolve

from explorer.blocks.registry import registry
from explorer.graph.document import Document
from explorer.graph.edits import AddNode, Batch, Connect, SetField
from explorer.graph.model import Edge, Node
from explorer.graph.repairs import Repair, advice, repairs
from explorer.graph.resolve import Resolver

INPUTS = {
    "vector": ((784,), "D", "float"),
    "maps": ((12, 9, 10), "CHW", "float"),
    "one place": ((3, 1, 1), "CHW", "float"),
    "sequence": ((9, 10), "TD", "float"),
    "signal": ((5, 30), "CT", "float"),
    "film": ((3, 4, 9, 9), "CTHW", "float"),
    "tokens on a map": ((9, 10, 12), "HWD", "float"),
    "ids": ((7,), "T", "int"),
}
ADVICE = re.compile(r"\b(use|set|choose|insert|leave|try|make|would fit|pad by)\b", re.IGNORECASE)
"""Words of a cure; they belong on buttons, which are there only for cures that were tried."""
RESOLVER = Resolver(registry())


def single(block: str, shape: tuple[int, ...], axes: str, dtype: str, **fields: object) -> Document:
    """The block with this input at all its ports, and an output."""
    document = Document()
    given: dict[str, object] = {"shape": shape, "axes": axes, "dtype": dtype}
    made = registry().configure(block, fields)
    for each in (Node("input", "input", given), Node("it", block, dict(fields)), Node("output", "output")):
        document.apply(AddNode(each))
    ports = ("x1", "x2") if made.variadic else [port.name for port in made.inputs if not port.optional]
    for port in ports:
        document.apply(Connect(Edge("input", "y", "it", port)))
    if made.outputs:
        document.apply(Connect(Edge("it", made.outputs[0], "output", "x")))
    return document


def offered(document: Document, address: str = "it") -> list[Repair]:
    flow = RESOLVER.resolve(document)
    problem = next(problem for problem in flow.faults if problem.address == address)
    return repairs(document, RESOLVER, flow, problem)


def titles(block: str, given: str, **fields: object) -> list[str]:
    return [repair.title for repair in offered(single(block, *INPUTS[given], **fields))]


@pytest.mark.parametrize("given", INPUTS)
def test_words_and_cures(given: str) -> None:
    """One test for each input, since a block takes a hundredth of a second."""
    for cls in registry().blocks:
        if cls.id in ("input", "output", "constant"):
            continue
        document = single(cls.id, *INPUTS[given])
        flow = RESOLVER.resolve(document)
        for problem in (problem for problem in flow.faults if problem.address == "it"):
            assert not ADVICE.search(problem.message), problem.message
            found = repairs(document, RESOLVER, flow, problem)
            assert len({repair.title for repair in found}) == len(found)
            results = []
            for repair in found:
                copy = document.copy()
                copy.apply(repair.edit)
                then = resolve(copy)
                assert not [fault for fault in then.faults if fault.address == "it"], (cls.id, repair.title)
                is_field = isinstance(repair.edit, SetField)
                results.append(repr(then.nodes["it"].block) if is_field else repair.title)
            assert len(set(results)) == len(results), (cls.id, given, results)


@pytest.mark.parametrize(
    ("block", "given", "first"),
    [
        ("conv2d", "tokens on a map", "Insert Permute to C×H×W (features become channels)"),
        ("max_pool", "tokens on a map", "Insert Permute to C×H×W (features become channels)"),
        ("conv_lstm2d", "film", "Insert Permute to T×C×H×W"),
        ("batch_norm", "sequence", "Insert Permute (features become channels)"),
        ("max_pool", "sequence", "Insert Permute (features become channels)"),
        ("highway", "sequence", "Set form to dense"),
        ("conv2d", "vector", "Insert Reshape to maps 1×28×28"),
        ("window_partition", "tokens on a map", "Set window to 3×5"),
        ("patch_embedding", "maps", "Set patch to 9×10"),
    ],
)
def test_the_cure_that_a_person_would_name(block: str, given: str, first: str) -> None:
    assert titles(block, given)[0] == first


def test_layer_norm_on_maps_takes_other_axes() -> None:
    assert {"Set axes to all", "Set axes to channels"} <= set(titles("layer_norm", "maps"))


def test_the_greatest_length() -> None:
    nodes = [
        node("e", "input", shape=(8,)),
        node("s", "input", shape=(8,)),
        node("m", "input", shape=(23, 8)),
    ]
    wires = ["e -> it.embedding", "s -> it.state", "m -> it.encoder", "it -> output"]
    document = design([*nodes, node("it", "fc_attention"), node("output", "output")], *wires)
    assert "Set max length to 23" in [repair.title for repair in offered(document)]


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "wanted"), [(224, 3, 2, 112), (7, 3, 2, 4), (15, 5, 3, 5), (30, 4, 2, 15)]
)
def test_same_with_a_stride_keeps_the_stride(size: int, kernel: int, stride: int, wanted: int) -> None:
    """⌈n / s⌉ places, as TensorFlow's rule has it."""
    fields = {"filters": 8, "kernel": kernel, "stride": stride, "padding": "same"}
    document = chain((3, size, size), node("it", "conv2d", **fields))
    best = offered(document)[0]
    assert best.title.endswith("instead of “same”")
    assert best.effect == f"→ 8×{wanted}×{wanted}"
    document.apply(best.edit)
    assert not codes(resolve(document))


def test_dilated_kernels_are_told_what_fits() -> None:
    document = chain((8, 5, 5), node("it", "conv2d", kernel=3, dilation=3))
    assert [repair.title for repair in offered(document)] == ["Pad by 1", "Use 2×2", "Set dilation to 1"]


def test_a_skip_can_be_cured_by_enlarging() -> None:
    document = chain((4, 16, 16), node("conv", "conv2d", filters=4, kernel=3, stride=2, padding=1))
    document.apply(AddNode(node("sum", "add")))
    for wire in (Edge("conv", "y", "sum", "x1"), Edge("input", "y", "sum", "x2")):
        document.apply(Connect(wire))
    found = offered(document, "sum")
    sizes = {
        resolve(copy).nodes["sum"].outputs["y"].text
        for repair in found
        if (copy := document.copy()).apply(repair.edit) or True
    }
    assert {"4×16×16", "4×8×8"} <= sizes, [repair.title for repair in found]


def test_advice_is_made_from_what_was_tried() -> None:
    found = offered(single("autoencoder", *INPUTS["maps"]))
    assert advice(found[:2]) == "Insert Flatten or insert global average pool."
    assert advice([]) == ""
    assert isinstance(found[0].edit, Batch)
