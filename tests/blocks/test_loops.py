"""Loops wired from parts: what is drawn is one step, what runs is one for every element of the sequence."""

from __future__ import annotations

import pytest
import torch
from nets import design, node, resolve
from torch import nn

from explorer.engine.compile import build_module, compile_flow
from explorer.engine.export.python import write_python
from explorer.graph import edits as e
from explorer.graph.document import Document

CPU = torch.device("cpu")


def elman(hidden: int = 4, steps: int = 5) -> Document:
    """h = tanh(U x + V h), drawn; the sequence is scaled before the loop and squashed behind it."""
    nodes = [
        node("x", "input", shape=(steps, 3)),
        node("scaled", "scale", factor=2.0),
        node("step", "each_step"),
        node("hidden", "state", shape=(hidden,)),
        node("drive", "linear", features=hidden),
        node("recall", "linear", features=hidden, bias=False),
        node("sum", "add"),
        node("squash", "tanh"),
        node("next", "next_state", of="hidden"),
        node("collect", "collect", steps=steps),
        node("gate", "sigmoid"),
        node("y", "output"),
        node("last", "output"),
    ]
    return design(
        nodes,
        "x -> scaled",
        "scaled -> step",
        "x -> hidden",
        "step -> drive",
        "hidden -> recall",
        "drive -> sum.x1",
        "recall -> sum.x2",
        "sum -> squash",
        "squash -> next",
        "next -> collect",
        "collect -> gate",
        "gate -> y",
        "next -> last",
    )


def test_a_drawn_cell_is_a_recurrent_network() -> None:
    flow = resolve(elman())
    assert not flow.problems
    assert [tensor.shape for tensor in flow.outputs.values() if tensor] == [(5, 4), (4,)]
    assert flow.parameters == 3 * 4 + 4 + 4 * 4
    assert flow.macs == 5 * (3 * 4 + 4 * 4)
    model = compile_flow(flow, "elman", CPU, seed=0).module
    peer = nn.RNN(3, 4, batch_first=True)
    with torch.no_grad():
        peer.weight_ih_l0.copy_(model.get_submodule("drive").weight)
        peer.weight_hh_l0.copy_(model.get_submodule("recall").weight)
        peer.bias_ih_l0.copy_(model.get_submodule("drive").bias)
        peer.bias_hh_l0.zero_()
    x = torch.randn(2, 5, 3)
    y, last = model(x)
    expected, state = peer(2 * x)
    torch.testing.assert_close(y, expected.sigmoid())
    torch.testing.assert_close(last, state[0])
    y.sum().backward()
    assert all(weight.grad is not None for weight in model.parameters())


def test_the_source_is_a_plain_loop_that_runs_alone() -> None:
    flow = resolve(elman())
    source = write_python(flow, "elman")
    assert "for step in scaled.unbind(1):" in source
    assert "hidden = squash" in source
    assert "collect.append(squash)" in source
    model, again = compile_flow(flow, "elman", CPU, seed=0).module, build_module(source)
    again.load_state_dict(model.state_dict())
    x = torch.randn(3, 5, 3)
    for one, other in zip(model(x), again(x), strict=True):
        assert torch.equal(one, other)


def test_two_sequences_can_be_walked_together() -> None:
    document = design(
        [
            node("a", "input", shape=(4, 3)),
            node("b", "input", shape=(4, 3)),
            node("one", "each_step"),
            node("other", "each_step"),
            node("sum", "add"),
            node("collect", "collect", steps=4),
            node("y", "output"),
        ],
        "a -> one",
        "b -> other",
        "one -> sum.x1",
        "other -> sum.x2",
        "sum -> collect",
        "collect -> y",
    )
    flow = resolve(document)
    assert not flow.problems
    a, b = torch.randn(2, 4, 3), torch.randn(2, 4, 3)
    assert torch.equal(compile_flow(flow, "n", CPU).module(a, b), a + b)
    document.apply(e.SetField("b", "shape", (6, 3)))
    words = {problem.message for problem in resolve(document).faults}
    assert "one takes 4 steps apart, another block here 6. Make them equal." in words


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (e.SetField("collect", "steps", 9), "collect collects 9 steps, but there are 5. Set steps to 5."),
        (e.SetField("next", "of", "nobody"), "hidden needs one Next state that names it; it has 0."),
        (e.SetField("next", "of", "nobody"), "next is the next value of “nobody”, which is no state here."),
        (e.SetField("x", "shape", (5,)), "needs steps T first"),
        (e.SetBlock("step", "relu", {}), "collect is part of a loop, but nothing here hands out steps."),
    ],
)
def test_what_makes_no_loop_is_said(edit: e.Edit, words: str) -> None:
    document = elman()
    document.apply(edit)
    found = [problem.message for problem in resolve(document).faults]
    assert any(words in message for message in found), found


def test_a_state_of_another_shape_is_said() -> None:
    document = elman()
    document.apply(e.SetField("hidden", "shape", (7,)))
    document.apply(e.SetField("recall", "features", 4))
    found = [problem.message for problem in resolve(document).faults]
    assert "next gives 4, but hidden holds 7." in found


def test_states_begin_at_zero_on_the_inputs_device_for_every_sample() -> None:
    model = compile_flow(resolve(elman()), "n", CPU, seed=0).module
    x = torch.randn(4, 5, 3)
    torch.testing.assert_close(model(x)[0][1:2], model(x[1:2])[0])
