"""A block in the place of another takes over what fits of the weights, and undo brings the old ones back."""

from __future__ import annotations

import torch
from weight_desk import Desk

from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.blocks.substitution import substituted
from explorer.graph.edits import Batch, SetField


def learn(desk: Desk) -> dict[str, torch.Tensor]:
    """Give the weights values that no seed draws."""
    state = desk.engine.model().module.state_dict()
    with torch.no_grad():
        for number, (_, value) in enumerate(sorted(state.items())):
            if value.is_floating_point():
                value.fill_(number + 0.5)
    return {name: value.clone() for name, value in state.items()}


def swap(desk: Desk, node: str, block: str) -> Batch:
    return substituted(desk.document, registry(), [node], block, "")


def test_a_layer_of_the_same_form_keeps_all_its_weights() -> None:
    desk = Desk(find("lenet5_modern").build(input=(1, 28, 28)))
    before = learn(desk)
    loaded = desk.edit(
        Batch((*swap(desk, "conv2", "dilated_conv2d").edits, SetField("conv2", "dilation", 1)))
    )
    assert "conv2" in loaded.kept
    after = desk.engine.model().module.state_dict()
    assert all(torch.equal(after[name], value) for name, value in before.items())


def test_undo_brings_the_weights_of_the_old_block_back() -> None:
    desk = Desk(find("lenet5_modern").build(input=(1, 28, 28)))
    before = learn(desk)
    loaded = desk.edit(swap(desk, "relu3", "prelu"))
    assert "relu3" in loaded.fresh
    assert "fc2" in loaded.kept
    desk.undo()
    after = desk.engine.model().module.state_dict()
    assert after.keys() == before.keys()
    assert all(torch.equal(after[name], value) for name, value in before.items())
