"""Shared weights in the live model: one module, called at several places, seen at each of them."""

from __future__ import annotations

import pytest
import torch
from nets import chain, node, resolve
from torch import nn

from explorer.blocks.registry import registry
from explorer.engine import observe, probes
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.export.python import write_python
from explorer.engine.measure import measure_module
from explorer.graph import edits as e
from explorer.graph import operations
from explorer.graph.builder import Builder
from explorer.graph.document import Document
from explorer.graph.model import Node
from explorer.graph.resolve import Resolver
from explorer.graph.sharing import place_of
from explorer.graph.tensor import image, sequence
from explorer.meaning.exposing import exposing

CPU = torch.device("cpu")


def compiled(document: Document) -> Compiled:
    made = compile_flow(resolve(document), "shared", CPU, seed=0)
    made.module.eval()
    return made


def twice() -> Document:
    """conv → relu → conv again, same weights."""
    document = chain(
        (3, 8, 8),
        Node("conv1", "conv2d", {"filters": 3, "kernel": 3, "padding": 1}),
        Node("act", "relu"),
        Node("conv2", "conv2d", {"filters": 3, "kernel": 3, "padding": 1}),
    )
    document.apply(operations.share(document, ["conv1", "conv2"]))
    return document


def test_one_module_under_the_owners_name_and_the_plain_result() -> None:
    model = compiled(twice())
    assert list(model.module.state_dict()) == ["conv1.weight", "conv1.bias"]
    assert model.flow.parameters == sum(p.numel() for p in model.module.parameters())
    assert "conv2 = self.conv1(act)" in model.source
    x = torch.randn(2, 3, 8, 8)
    plain = nn.Conv2d(3, 3, 3, padding=1)
    plain.load_state_dict({k.removeprefix("conv1."): v for k, v in model.module.state_dict().items()})
    assert torch.equal(model.module(x), plain(torch.relu(plain(x))))


def test_a_probe_at_each_place_sees_that_call_in_every_pass() -> None:
    model = compiled(twice())
    places = {name: place_of(model.flow, name) for name in ("conv1", "act", "conv2")}
    with probes.outputs(model.module, places) as found, torch.no_grad():
        for _ in range(2):
            x = torch.randn(1, 3, 8, 8)
            y = model.module(x)
            assert torch.equal(found["act"], found["conv1"].relu())
            assert torch.equal(found["conv2"], y)
    assert not probes.hooks_left(model.module)


def test_gradients_of_all_places_add_up() -> None:
    model = compiled(twice())
    x = torch.randn(2, 3, 8, 8)
    model.module(x).square().sum().backward()
    apart = twice()
    apart.apply(operations.unshare(apart, ["conv2"]))
    other = compiled(apart)
    state = model.module.state_dict()
    other.module.load_state_dict(
        {k: state[f"conv1.{k.partition('.')[2]}"] for k in other.module.state_dict()}
    )
    other.module(x).square().sum().backward()
    gradients = [other.layer_at(name).weight.grad for name in ("conv1", "conv2")]
    torch.testing.assert_close(model.layer_at("conv2").weight.grad, gradients[0] + gradients[1])


def test_muting_the_owner_keeps_its_module_for_the_others() -> None:
    document = twice()
    document.apply(e.SetFlag("conv1", "muted", True))
    model = compiled(document)
    assert list(model.module.state_dict()) == ["conv1.weight", "conv1.bias"]
    x = torch.randn(1, 3, 8, 8)
    assert torch.equal(model.module(x), model.layer_at("conv2")(x.relu()))
    with pytest.raises(KeyError):
        model.layer_at("conv1")


def test_weights_stay_when_another_place_is_added() -> None:
    model = compiled(twice())
    document = twice()
    document.apply(e.SetField("act", "odd", None))
    again = compile_flow(resolve(document), "shared", CPU, before=model, seed=5)
    assert torch.equal(again.module.state_dict()["conv1.weight"], model.module.state_dict()["conv1.weight"])


def test_attention_is_seen_at_each_place() -> None:
    g = Builder(registry(), Resolver(registry()))
    x = g.input("input", sequence(5, 8))
    first = g.add("multi_head_attention", x, name="attend", heads=2)
    (second,) = g.again("attend", first, name="attend_again")
    g.output("output", second)
    document = Document()
    document.apply(operations.adopt(g.graph, "twice"))
    model = compiled(document)
    layers = exposing(model.flow, "attention")
    with observe.exposed(model.module, model.flow, layers) as seen, torch.no_grad():
        model.module(torch.randn(1, 5, 8))
    maps = {address: observe.attention_of(found) for address, found in seen.items()}
    assert len(maps) == 2
    one, two = maps.values()
    assert one.shape == two.shape
    assert not torch.allclose(one, two)
    torch.testing.assert_close(two.sum(-1), torch.ones_like(two.sum(-1)))
    assert not probes.hooks_left(model.module)


def test_groups_run_again_with_their_weights() -> None:
    g = Builder(registry(), Resolver(registry()))
    a, b = g.input("a", image(4, 8, 8)), g.input("b", image(4, 4, 6))

    def head(inside: Builder, x):  # type: ignore[no-untyped-def]
        x = inside.add("conv2d", x, name="conv", filters=6, kernel=3, padding=1)
        return inside.add("relu", x, name="act"), inside.add("conv2d", x, name="score", filters=2, kernel=1)

    (maps, scores) = g.group("head", head, a)
    (maps_b, scores_b) = g.again("head", b, name="head_b")
    for name, wire in (("y1", maps), ("y2", scores), ("y3", maps_b), ("y4", scores_b)):
        g.output(name, wire)
    document = Document()
    document.apply(operations.adopt(g.graph, "heads", g.groups))
    model = compiled(document)
    assert sum(p.numel() for p in model.module.parameters()) == model.flow.parameters == 4 * 6 * 9 + 6 + 14
    places = {n: place_of(model.flow, n) for n in ("head.conv", "head_b.conv", "head_b.score")}
    given = torch.randn(1, 4, 8, 8), torch.randn(1, 4, 4, 6)
    with probes.outputs(model.module, places) as found, torch.no_grad():
        out = model.module(*given)
    assert torch.equal(out[2], found["head_b.conv"].relu())
    assert torch.equal(out[0], found["head.conv"].relu())
    assert torch.equal(out[3], found["head_b.score"])
    namespace: dict[str, object] = {}
    exec(write_python(model.flow, "alone"), namespace)
    alone = namespace["Model"]()  # type: ignore[operator]
    assert list(alone.state_dict()) == list(model.module.state_dict())


def test_measured_rows_stand_at_the_addresses_of_the_places() -> None:
    model = compiled(twice())
    measured = measure_module(model)
    rows = {row.address: row for row in measured.layers}
    assert set(rows) == {"conv1", "act", "conv2"}
    assert measured.parameters == model.flow.parameters
    assert measured.macs == 2 * 84 * 64  # torchinfo counts biases too
    assert [rows[a].parameters for a in ("conv1", "conv2")] == [84, 0]


def test_frozen_with_all_that_share() -> None:
    document = twice()
    document.apply(e.SetFlag("conv2", "frozen", True))
    model = compiled(document)
    assert model.flow.trainable == 0
    assert not any(p.requires_grad for p in model.module.parameters())


def test_a_chain_of_equal_nodes_shares_one_class() -> None:
    document = chain((3, 8, 8), *(node(f"c{k}", "conv2d", filters=3, kernel=1) for k in range(4)))
    document.apply(operations.share(document, [f"c{k}" for k in range(4)]))
    assert compiled(document).source.count("nn.Conv2d(") == 1
