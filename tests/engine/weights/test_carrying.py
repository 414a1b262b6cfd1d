"""What goes on whole when a design is edited, and how the rest is drawn."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from nets import SMALL, chain, design, node
from samples import BLOCKS, around, samples
from weight_desk import Desk, compiled, learned, same

from explorer.architectures.gallery import find
from explorer.blocks.block import Block
from explorer.engine import probes
from explorer.engine.compile import compile_flow
from explorer.engine.weights import drawing
from explorer.graph import edits as e
from explorer.graph import operations
from explorer.graph.model import Edge, Node
from explorer.protocol import requests
from explorer.protocol.events import Loaded
from explorer.protocol.records import Sample

CPU = torch.device("cpu")


def test_a_layer_draws_by_its_address_and_the_seed_alone() -> None:
    small = compiled(SMALL).module.state_dict()
    longer = SMALL.copy()
    longer.apply(
        operations.insert_on_wire(
            longer, longer.root.into("conv1")[0], node("new", "conv2d", filters=1, kernel=1), "x", "y"
        )
    )
    other = compiled(longer).module.state_dict()
    assert all(torch.equal(small[name], other[name]) for name in small)
    assert not torch.equal(compiled(SMALL, seed=2).module.state_dict()["fc1.weight"], small["fc1.weight"])
    twins = compiled(chain((4,), node("a", "linear", features=4), node("b", "linear", features=4))).module
    assert not torch.equal(twins.a.weight, twins.b.weight)


def test_what_is_added_to_a_design_is_what_it_would_have_been_from_the_start() -> None:
    desk = Desk(SMALL.copy())
    document = desk.document
    wire = document.root.into("fc1")[0]
    loaded = desk.edit(
        operations.insert_on_wire(document, wire, node("fc0", "linear", features=36), "x", "y")
    )
    assert (loaded.fresh, loaded.partly) == (("fc0",), ())
    again = Desk(document.copy())
    assert loaded.digest == again.engine.model().weights.digest


@pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.id)
def test_no_number_is_left_as_memory_gave_it(cls: type[Block], monkeypatch: pytest.MonkeyPatch) -> None:
    """Parameters get their values after the build; what they hold before must not matter."""
    flow = around(cls, samples(cls, 1, seed=3)[0])
    found = []
    for dirt in (float("nan"), 7.0):
        with monkeypatch.context() as patch:
            patch.setattr(drawing, "_filled", lambda tensor, dirt=dirt: tensor.data.fill_(dirt))
            module = compile_flow(flow, "n", CPU, seed=3).module
        found.append(dict(module.named_buffers()) | module.state_dict())
    for name, tensor in found[0].items():
        assert torch.equal(tensor, found[1][name]), name
        assert not bool(tensor.isnan().any()), name


# what goes on whole


@pytest.mark.parametrize(
    "edit",
    [
        e.SetField("conv1", "stride", 2),
        e.SetField("conv1", "padding", 1),
        e.SetField("conv1", "dilation", 2),
        e.SetBlock("conv1", "dilated_conv2d", {"filters": 4, "kernel": 3}),
        e.SetBlock("relu1", "tanh", {}),
        e.SetFlag("relu1", "muted", True),
        e.SetFlag("conv1", "frozen", True),
        e.SetTitle("conv1", "stem"),
        e.Rename("conv1", "stem"),
        e.SetField("pool1", "kernel", 3),
    ],
    ids=lambda edit: type(edit).__name__ + repr(getattr(edit, "field", "")),
)
def test_the_kernels_of_a_layer_stay_whatever_else_of_it_changes(edit: e.Edit) -> None:
    desk = learned(SMALL.copy())
    before = desk.tensors()
    loaded = desk.edit(edit)
    name = "stem" if isinstance(edit, e.Rename) else "conv1"
    assert name in loaded.kept
    assert torch.equal(desk.tensors()[f"{name}.weight"], before["conv1.weight"])


def test_a_layer_of_another_kind_starts_anew_even_if_its_shapes_agree() -> None:
    desk = learned(chain((4, 6, 6), node("norm", "batch_norm")))
    loaded = desk.edit(e.SetBlock("norm", "group_norm", {"groups": 2}))
    assert loaded.fresh == ("norm",)
    assert torch.equal(desk.tensors()["norm.weight"], torch.ones(4))


def test_frozen_layers_stay_frozen() -> None:
    desk = learned(SMALL.copy())
    desk.edit(e.SetFlag("conv1", "frozen", True))
    desk.edit(operations.group(desk.document, ["conv1", "relu1"])[0])
    module = desk.engine.model().module
    assert [p.requires_grad for p in module.get_submodule("group1.conv1").parameters()] == [False, False]
    assert all(p.requires_grad for p in module.fc1.parameters())


def test_a_wrong_wire_that_is_taken_back_costs_nothing() -> None:
    desk = learned(find("lenet5_modern").build())
    before, answers = desk.tensors(), desk.answers()
    (wire,) = desk.document.root.into("conv2")
    wrong = e.Batch((e.Disconnect(wire), e.Connect(Edge("input", "y", "conv2", "x"))))
    assert desk.edit(wrong).partly
    loaded = desk.undo()
    assert loaded is not None
    assert loaded.restored
    assert same(desk.answers(), answers)
    assert all(torch.equal(value, before[name]) for name, value in desk.tensors().items())


def test_undoing_an_edit_does_not_undo_training() -> None:
    desk = learned(find("lenet5_modern").build())
    first = desk.answers()
    ids = ["flatten", "fc1", "relu3", "fc2", "relu4", "fc3"]
    loaded = desk.edit(operations.group(desk.document, ids)[0])
    assert not loaded.fresh
    assert not loaded.partly
    assert same(desk.answers(), first)
    desk.learn(6)
    second = desk.answers()
    assert not same(second, first)
    loaded = desk.undo()
    assert loaded is not None
    assert not loaded.restored
    assert same(desk.answers(), second)
    desk.redo()
    assert same(desk.answers(), second)


def test_a_redo_finds_what_was_learned_after_the_edit() -> None:
    desk = learned(SMALL.copy())
    first = desk.answers()
    desk.edit(operations.dissolve(desk.document, ["pool1"]))
    desk.learn(6)
    second = desk.answers()
    desk.undo()
    assert same(desk.answers(), first)
    desk.redo()
    assert same(desk.answers(), second)


def test_layers_that_are_passed_through_keep_their_weights() -> None:
    desk = learned(chain((4, 6, 6), node("a", "conv2d", filters=4, kernel=1), node("b", "relu")))
    answers = desk.answers()
    desk.edit(e.SetFlag("a", "muted", True))
    desk.edit(operations.group(desk.document, ["a", "b"])[0])
    desk.edit(e.Rename("a", "c", "group1"))
    loaded = desk.edit(e.SetFlag("c", "muted", False, "group1"))
    assert loaded.kept == ("group1.c",)
    assert same(desk.answers(), answers)


# weights that are shared, groups that are used twice


def test_own_weights_begin_as_those_that_were_shared() -> None:
    document = chain((3, 8, 8), *(Node(n, "conv2d", {"filters": 3, "kernel": 1}) for n in ("a", "b", "c")))
    document.apply(operations.share(document, ["a", "b", "c"]))
    desk = learned(document)
    answers = desk.answers()
    loaded = desk.edit(operations.unshare(document, ["b"]))
    assert loaded.kept == ("a", "b")
    assert same(desk.answers(), answers)
    state = desk.engine.model().module.state_dict()
    assert state["a.weight"].data_ptr() != state["b.weight"].data_ptr()
    desk.edit(operations.dissolve(document, ["a"]))
    assert set(desk.tensors()) == {"b.weight", "b.bias", "c.weight", "c.bias"}


def test_a_group_that_is_used_twice_keeps_the_weights_of_both_uses() -> None:
    inside = [node("x", "input"), node("conv", "conv2d", filters=3, kernel=1), node("y", "output")]
    document = design(
        [node("input", "input", shape=(3, 8, 8)), node("one", "group:g"), node("two", "group:g")],
        *("input -> one", "one -> two"),
        groups={"g": (inside, ["x -> conv", "conv -> y"])},
    )
    document.apply(e.AddNode(node("output", "output")))
    document.apply(e.Connect(Edge("two", "y", "output", "x")))
    desk = learned(document)
    answers = desk.answers()
    assert desk.edit(e.Rename("conv", "stem", "g")).kept == ("one.stem", "two.stem")
    assert same(desk.answers(), answers)
    assert not desk.edit(operations.ungroup(document, "one")[0]).fresh
    assert same(desk.answers(), answers)


# layers that are fitted, or hold whole numbers


def test_labels_of_places_go_on_only_in_a_layer_that_is_set_up_alike() -> None:
    desk = learned(chain((2, 8, 8), node("it", "superpixel_pool", regions=16), node("f", "flatten")))
    desk.engine.model().module.it.labels.fill_(15)
    desk.edit(e.SetTitle("f", "list"))
    assert bool((desk.tensors()["it.labels"] == 15).all())
    loaded = desk.edit(e.SetField("it", "regions", 4))
    assert loaded.fresh == ("it",)
    assert int(desk.tensors()["it.labels"].max()) == 3


def test_a_sketch_of_another_width_runs() -> None:
    desk = learned(chain((6, 4, 4), node("it", "compact_bilinear_pool", width=64)))
    desk.edit(e.SetField("it", "width", 16))
    assert desk.answers()[0].shape == (2, 16)


# wrappers


def wrap(desk: Desk, name: str, wrapper: str, text: str, place: str) -> Loaded:
    ports: Any = ({"x": "x"}, {"y": "y", "last": "last"})
    moves = [(name, f"{name}.{place}")]
    return desk.edit(operations.turn_into(desk.document, name, wrapper, {"inner": text}, ports, moves=moves))


def unwrap(desk: Desk, name: str, block: str, fields: dict[str, Any], place: str) -> Loaded:
    ports: Any = ({"x": "x"}, {"y": "y", "last": "last"})
    moves = [(f"{name}.{place}", name)]
    return desk.edit(operations.turn_into(desk.document, name, block, fields, ports, moves=moves))


def test_a_layer_with_normalised_weights_goes_on_with_what_it_had() -> None:
    desk = learned(chain((2, 6, 6), node("it", "conv2d", filters=3)))
    before, answers = desk.tensors(), desk.answers()
    loaded = wrap(desk, "it", "weight_norm", "conv2d(filters=3)", "layer")
    assert loaded.kept == ("it",)
    assert torch.equal(desk.tensors()["it.layer.bias"], before["it.bias"])
    torch.testing.assert_close(desk.answers(), answers)
    exact = desk.answers()
    unwrap(desk, "it", "conv2d", {"filters": 3}, "layer")
    assert same(desk.answers(), exact)
    desk.undo()
    assert same(desk.answers(), exact)
    desk.undo()
    assert same(desk.answers(), answers)


def test_a_bounded_layer_has_settled_when_it_goes_on() -> None:
    desk = learned(chain((6,), node("it", "linear", features=5)))
    weight = desk.tensors()["it.weight"]
    wrap(desk, "it", "spectral_norm", "linear(features=5)", "layer")
    with probes.quiet(desk.engine.model().module):
        bounded = desk.engine.model().module.it.layer.weight
    torch.testing.assert_close(bounded, weight / torch.linalg.matrix_norm(weight, 2), rtol=1e-3, atol=1e-4)
    answers = desk.answers()
    unwrap(desk, "it", "linear", {"features": 5}, "layer")
    assert same(desk.answers(), answers)


def test_a_layer_for_every_step_goes_on() -> None:
    desk = learned(chain((4, 6), node("it", "linear", features=5)))
    weight = desk.tensors()["it.weight"]
    assert wrap(desk, "it", "time_distributed", "linear(features=5)", "step").kept == ("it.step",)
    assert torch.equal(desk.tensors()["it.step.weight"], weight)


def test_the_direction_that_was_there_goes_on() -> None:
    desk = learned(chain((4, 6), node("it", "gru", hidden=5)))
    weight = desk.tensors()["it.weight_ih_l0"]
    loaded = wrap(desk, "it", "bidirectional", "gru(hidden=5)", "ahead")
    assert (loaded.kept, loaded.fresh) == (("it.ahead",), ("it.back",))
    assert torch.equal(desk.tensors()["it.ahead.weight_ih_l0"], weight)


# looking changes nothing


def test_probing_and_measuring_change_nothing() -> None:
    desk = learned(find("vit_mnist").build())
    digest = desk.engine.model().weights.digest
    sample = Sample(dataset="mnist5k")
    for request in (
        requests.Tiles(sample=sample),
        requests.Attention(sample=sample),
        requests.Attribution(method="saliency", sample=sample),
        requests.Evaluate(dataset="mnist5k"),
        requests.Measure(),
    ):
        desk.ask(request)
        assert desk.engine.model().weights.digest == digest
    desk.learn(8)
    assert desk.engine.model().weights.digest != digest
