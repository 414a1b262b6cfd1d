"""Layers that changed size take over what fits, and say so."""

from __future__ import annotations

import pytest
import torch
from nets import chain, design, node
from torch import Tensor
from weight_desk import Desk, compiled, learned

from explorer.architectures.gallery import find
from explorer.engine import probes
from explorer.graph import edits as e
from explorer.graph import operations
from explorer.graph.document import Document
from explorer.graph.model import Node
from explorer.protocol.events import Carried, Loaded


def output_at(desk: Desk, address: str) -> Tensor:
    """What a layer gives, in evaluation."""
    module = desk.engine.model().module
    with probes.outputs(module, [address]) as found:
        desk.answers()
    return found[address]


def words(loaded: Loaded) -> dict[str, str]:
    return {layer.address: layer.words for layer in loaded.partly}


def test_a_widened_convolution_keeps_its_filters_and_the_next_one_its_slices() -> None:
    desk = learned(find("lenet5_modern").build())
    before = output_at(desk, "conv1")
    old = desk.tensors()
    loaded = desk.edit(e.SetField("conv1", "filters", 8))
    assert torch.equal(output_at(desk, "conv1")[:, :6], before)
    first, second = loaded.partly
    assert first == Carried("conv1", 156, 208, "6 filters kept, 2 new")
    assert second.words == "6 of 8 input maps kept in each kernel"
    assert set(loaded.kept) == {"fc1", "fc2", "fc3"}
    new = desk.tensors()
    assert torch.equal(new["conv2.weight"][:, :6], old["conv2.weight"])
    assert torch.equal(new["conv2.bias"], old["conv2.bias"])
    drawn = compiled(desk.document, seed=0).module.state_dict()
    assert torch.equal(new["conv1.weight"][6:], drawn["conv1.weight"][6:])
    assert torch.equal(new["conv2.weight"][:, 6:], drawn["conv2.weight"][:, 6:])


def test_a_narrowed_one_keeps_its_first_filters() -> None:
    desk = learned(find("lenet5_modern").build())
    before = desk.tensors()
    loaded = desk.edit(e.SetField("conv1", "filters", 4))
    assert words(loaded)["conv1"] == "4 of 6 filters kept"
    assert words(loaded)["conv2"] == "4 of 6 input maps kept in each kernel"
    assert torch.equal(desk.tensors()["conv1.weight"], before["conv1.weight"][:4])
    assert torch.equal(desk.tensors()["conv2.weight"], before["conv2.weight"][:, :4])


def test_without_fitting_only_the_layers_that_changed_start_anew() -> None:
    desk = learned(find("lenet5_modern").build())
    loaded = desk.edit(e.SetField("conv1", "filters", 8), fit=False)
    assert loaded.fresh == ("conv1", "conv2")
    assert loaded.partly == ()
    drawn = compiled(desk.document, seed=0).module.state_dict()
    assert torch.equal(desk.tensors()["conv2.bias"], drawn["conv2.bias"])


def test_behind_a_flatten_whole_channels_are_kept() -> None:
    desk = learned(find("lenet5_modern").build())
    old = desk.tensors()["fc1.weight"].reshape(120, 16, 5, 5)
    loaded = desk.edit(e.SetField("conv2", "padding", 1))
    assert words(loaded)["fc1"] == "400 of 576 inputs kept for each output"
    new = desk.tensors()["fc1.weight"].reshape(120, 16, 6, 6)
    assert torch.equal(new[:, :, :5, :5], old)


def joined() -> Document:
    """Two convolutions whose maps are joined, a norm, an activation, and layers that read all."""
    layers = [
        node("input", "input", shape=(2, 4, 4)),
        node("a", "conv2d", filters=3, kernel=1),
        node("b", "conv2d", filters=2, kernel=1),
        node("join", "concat"),
        node("norm", "batch_norm"),
        node("act", "relu"),
        node("each", "depthwise_conv2d", kernel=1),
        node("read", "conv2d", filters=2, kernel=1),
        node("flat", "flatten"),
        node("fc", "linear", features=2),
        node("output", "output"),
    ]
    wires = ["input -> a", "input -> b", "a -> join.x1", "b -> join.x2", "join -> norm", "norm -> act"]
    ends = ["act -> each", "each -> read", "act -> flat", "flat -> fc", "fc -> output"]
    return design(layers, *wires, *ends)


def test_behind_a_join_every_branch_keeps_its_own() -> None:
    desk = learned(joined())
    old = desk.tensors()
    loaded = desk.edit(e.SetField("a", "filters", 5))
    new = desk.tensors()
    rows, gone = [0, 1, 2, 5, 6], [3, 4]
    for name in ("norm.weight", "norm.running_mean", "norm.running_var", "each.weight"):
        assert torch.equal(new[name][rows], old[name]), name
    assert torch.equal(new["norm.running_mean"][gone], torch.zeros(2))
    assert torch.equal(new["fc.weight"].reshape(2, 7, 16)[:, rows], old["fc.weight"].reshape(2, 5, 16))
    assert words(loaded)["norm"] == "5 channels kept, 2 new"
    assert words(loaded)["fc"] == "80 of 112 inputs kept for each output"


def test_branches_are_known_again_when_they_move() -> None:
    desk = learned(joined())
    old = desk.tensors()
    widen = e.SetField("a", "filters", 5, "part")
    edit, _ = operations.group(desk.document, ["a", "b", "join"], name="part")
    desk.edit(e.Batch((edit, widen)))
    assert torch.equal(desk.tensors()["norm.weight"][[0, 1, 2, 5, 6]], old["norm.weight"])


@pytest.mark.parametrize(
    ("layers", "edit", "said"),
    [
        (
            [node("it", "conv2d", filters=2, kernel=3)],
            e.SetField("it", "kernel", 5),
            "the middle 3×3 of 5×5 places kept",
        ),
        (
            [node("it", "conv2d", filters=2, kernel=5)],
            e.SetField("it", "kernel", 3),
            "the middle 3×3 of 5×5 places kept",
        ),
        ([node("it", "conv2d", filters=2, kernel=3, bias=False)], e.SetField("it", "bias", True), "bias new"),
        (
            [node("it", "conv_transpose2d", filters=2, kernel=2)],
            e.SetField("it", "filters", 3),
            "2 filters kept, 1 new",
        ),
    ],
    ids=["larger kernel", "smaller kernel", "bias", "transposed"],
)
def test_pictures_are_read_with_what_is_left(layers: list[Node], edit: e.Edit, said: str) -> None:
    desk = learned(chain((2, 9, 9), *layers))
    old = desk.tensors()["it.weight"]
    assert words(desk.edit(edit)) == {"it": said}
    new = desk.tensors()["it.weight"]
    large, little = (new, old) if new.numel() >= old.numel() else (old, new)
    gap = (large.shape[-1] - little.shape[-1]) // 2
    inner = large[: little.shape[0], : little.shape[1]]
    inner = inner[..., gap : gap + little.shape[-2], gap : gap + little.shape[-1]] if gap else inner
    assert torch.equal(inner, little)


def test_recurrent_units_keep_every_gate() -> None:
    desk = learned(chain((5, 3), node("it", "lstm", hidden=2)))
    old = desk.tensors()
    loaded = desk.edit(e.SetField("it", "hidden", 4))
    assert words(loaded) == {"it": "2 units kept, 2 new"}
    new = desk.tensors()
    for name in ("weight_ih_l0", "bias_ih_l0"):
        gates = new[f"it.{name}"].reshape(4, 4, *new[f"it.{name}"].shape[1:])
        assert torch.equal(gates[:, :2].reshape(old[f"it.{name}"].shape), old[f"it.{name}"])
    assert torch.equal(
        new["it.weight_hh_l0"].reshape(4, 4, 4)[:, :2, :2].reshape(8, 2), old["it.weight_hh_l0"]
    )
