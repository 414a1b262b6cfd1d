"""Uses of a group that differ in what it exposes: as live modules, in exported files, through edits."""

from __future__ import annotations

import re

import torch
from nets import design, node, resolve

from explorer.engine.compile import compile_flow
from explorer.engine.export.python import write_python
from explorer.graph.edits import AddNode, Connect, Disconnect, SetExposed, SetField
from explorer.graph.marks import Exposed
from explorer.graph.model import Edge
from explorer.graph.moves import moves_of
from explorer.library import block_file, using


def two_widths(width: int):  # type: ignore[no-untyped-def]
    """A unit used twice, the second time with a width of its own."""
    unit = (
        [
            node("x", "input"),
            node("conv", "conv2d", filters=4, padding=1),
            node("r", "relu"),
            node("y", "output"),
        ],
        ["x -> conv", "conv -> r", "r -> y"],
    )
    document = design(
        [
            node("input", "input", shape=(3, 8, 8)),
            node("one", "group:unit"),
            node("two", "group:unit", width=width),
            node("output", "output"),
        ],
        *("input -> one", "one -> two", "two -> output"),
        groups={"unit": unit},
    )
    document.apply(SetExposed("width", Exposed("width", (("conv", "filters"),)), "unit"))
    return document


def test_the_live_module_has_the_widths_of_its_uses() -> None:
    made = compile_flow(resolve(two_widths(7)), "d", torch.device("cpu"), seed=0)
    shapes = {name: tuple(t.shape) for name, t in made.module.state_dict().items()}
    assert shapes["one.conv.weight"] == (4, 3, 3, 3)
    assert shapes["two.conv.weight"] == (7, 4, 3, 3)
    assert made.module(torch.zeros(2, 3, 8, 8)).shape == (2, 7, 8, 8)


def test_the_exported_text_is_one_class_with_arguments() -> None:
    document = two_widths(7)
    flow = resolve(document)
    text = write_python(flow, "d")
    assert len(re.findall(r"^class ", text, re.M)) <= 2  # one for the unit, one for the model
    names: dict[str, object] = {}
    exec(compile(text, "d", "exec"), names)
    written = names["Model"]()  # type: ignore[operator]
    live = compile_flow(flow, "d", torch.device("cpu"), seed=0).module
    written.load_state_dict(live.state_dict())
    x = torch.rand(2, 3, 8, 8)
    assert torch.equal(written.eval()(x), live.eval()(x))


def test_a_value_that_changes_keeps_all_other_weights() -> None:
    document = two_widths(7)
    first = compile_flow(resolve(document), "d", torch.device("cpu"), seed=0)
    document.apply(SetField("two", "width", 9))
    second = compile_flow(resolve(document), "d", torch.device("cpu"), first, seed=1)
    one, two = first.module.state_dict(), second.module.state_dict()
    assert torch.equal(one["one.conv.weight"], two["one.conv.weight"])
    assert torch.equal(one["two.conv.weight"], two["two.conv.weight"][:7])  # it grew and keeps what fits


def test_an_update_from_the_library_keeps_the_weights_that_fit() -> None:
    document, newer = two_widths(7), two_widths(7)
    newer.apply(AddNode(node("tail", "conv2d", filters=5), "unit"))
    newer.apply(Disconnect(Edge("r", "y", "y", "x"), "unit"))
    newer.apply(Connect(Edge("r", "y", "tail", "x"), "unit"))
    newer.apply(Connect(Edge("tail", "y", "y", "x"), "unit"))
    first = compile_flow(resolve(document.copy()), "d", torch.device("cpu"), seed=0)
    own = block_file.made(newer, newer.root["one"], None, "unit", "Unit")
    edit = using.update(document, "unit", own)
    document.apply(edit)
    second = compile_flow(
        resolve(document), "d", torch.device("cpu"), first, seed=1, moves=moves_of(edit, document)
    )
    one, two = first.module.state_dict(), second.module.state_dict()
    assert torch.equal(one["one.conv.weight"], two["one.conv.weight"])
    assert two["two.tail.weight"].shape == (5, 7, 3, 3)
    assert torch.equal(one["two.conv.weight"][:, :4], two["two.conv.weight"][:, :4])
