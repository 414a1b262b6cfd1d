"""Wrappers: the same block backwards, at every step, or with other weights."""

from __future__ import annotations

import pytest
import torch
from nets import chain, design, node, resolve
from samples import build
from torch import nn
from torch.nn.utils.parametrize import type_before_parametrizations

from explorer.blocks.inner import read
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow
from explorer.graph import edits as e
from explorer.graph.catalogue import BadField
from explorer.graph.document import Document
from explorer.graph.edits import EditProblem
from explorer.graph.operations import group
from explorer.graph.tensor import Tensor, image, sequence

CPU = torch.device("cpu")


def values(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def part(model, name: str) -> nn.Module:
    return model.level.parts[name]


@pytest.mark.block("bidirectional")
@pytest.mark.parametrize("inner", ["lstm(hidden=5)", "gru(hidden=5, variant='torch')", "rnn(hidden=5)"])
def test_both_directions_equal_the_layer_that_has_them_built_in(inner: str) -> None:
    name, _, fields = inner.partition("(")
    ours = build("bidirectional", sequence(7, 4), inner=inner)
    more = {"variant": "torch"} if "torch" in fields else {}
    peer = build(name, sequence(7, 4), hidden=5, bidirectional=True, **more)
    state = part(ours, "ahead").state_dict()
    state |= {f"{key}_reverse": value for key, value in part(ours, "back").state_dict().items()}
    peer.only.load_state_dict(state)
    x = values(3, 7, 4)
    for one, other in zip(ours(x), peer(x), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize(
    ("wrapper", "inner"),
    [
        ("bidirectional", "gru(hidden=4)"),
        ("time_distributed", "linear(features=4)"),
        ("weight_norm", "linear(features=4)"),
        ("weight_standardization", "linear(features=4)"),
        ("spectral_norm", "linear(features=4)"),
    ],
)
def test_a_wrapper_says_where_what_it_wraps_runs(wrapper: str, inner: str) -> None:
    block = registry().configure(wrapper, {"inner": inner})
    document = chain((5, 3), node("it", wrapper, inner=inner), node("end", "flatten"))
    module = compile_flow(resolve(document), "n", CPU).module
    wrapped = module.get_submodule(f"it.{block.wrapped}")
    assert type_before_parametrizations(wrapped).__name__.lower() == read(inner)[0]


@pytest.mark.block("bidirectional")
def test_reversing_the_input_swaps_the_halves() -> None:
    model = build("bidirectional", sequence(6, 3), inner="gru(hidden=4)")
    part(model, "back").load_state_dict(part(model, "ahead").state_dict())
    x = values(2, 6, 3)
    forwards, backwards = model(x)[0].chunk(2, -1)
    other_forwards, other_backwards = model(x.flip(1))[0].flip(1).chunk(2, -1)
    torch.testing.assert_close(forwards, other_backwards)
    torch.testing.assert_close(backwards, other_forwards)


@pytest.mark.block("time_distributed")
@pytest.mark.parametrize("steps", [1, 3, 8])
def test_every_step_goes_through_the_same_weights(steps: int) -> None:
    film = Tensor((steps, 2, 5, 6), ("T", "C", "H", "W"))
    model = build("time_distributed", film, inner="conv2d(filters=4, kernel=3)")
    assert model.sample.parameters == 4 * (2 * 9 + 1)
    assert model.sample.macs == steps * 4 * 2 * 9 * 3 * 4
    x = values(2, steps, 2, 5, 6)
    conv = part(model, "step")
    torch.testing.assert_close(model(x)[0], torch.stack([conv(x[:, t]) for t in range(steps)], 1))


@pytest.mark.block("time_distributed")
def test_a_composite_can_be_distributed_and_its_costs_count_at_every_step() -> None:
    film = Tensor((5, 8, 6, 6), ("T", "C", "H", "W"))
    model, once = build("time_distributed", film, inner="residual"), build("residual", image(8, 6, 6))
    assert model.sample.macs == 5 * once.sample.macs
    assert model.sample.parameters == once.sample.parameters
    inner = model.sample.inner
    assert inner is not None
    assert inner.activation_bytes > 5 * once.sample.inner.activation_bytes
    assert sum(known.macs for _, known in inner.walk()) == model.sample.macs


def with_group() -> tuple[Document, str]:
    """Frames through a group of two layers, then flattened."""
    nodes = [
        node("x", "input", shape=(1, 8, 8)),
        node("conv1", "conv2d", filters=3, kernel=3),
        node("relu1", "relu"),
        node("o", "output"),
    ]
    document = design(nodes, "x -> conv1", "conv1 -> relu1", "relu1 -> o")
    edit, use = group(document, ["conv1", "relu1"], "", "frame")
    document.apply(edit)
    return document, use


@pytest.mark.block("time_distributed")
def test_a_group_can_be_wrapped_runs_and_follows_its_changes() -> None:
    document, use = with_group()
    document.apply(e.SetField("x", "shape", (4, 1, 8, 8)))
    document.apply(e.SetField("x", "axes", "TCHW"))
    document.apply(e.SetBlock(use, "time_distributed", {"inner": "group:frame"}))
    flow = resolve(document)
    assert not flow.problems
    assert flow.outputs["o"] == Tensor((4, 3, 6, 6), ("T", "C", "H", "W"))
    assert flow.macs == 4 * 3 * 9 * 36
    model = compile_flow(flow, "film", CPU).module
    x = values(2, 4, 1, 8, 8)
    conv = model.get_submodule(f"{use}.step.conv1")
    torch.testing.assert_close(model(x), torch.stack([conv(x[:, t]).relu() for t in range(4)], 1))
    document.apply(e.SetField("conv1", "filters", 7, "frame"))
    assert resolve(document).outputs["o"].shape == (4, 7, 6, 6)
    with pytest.raises(EditProblem, match="in use"):
        document.apply(e.DropGroup("frame"))


@pytest.mark.block("time_distributed")
def test_a_group_cannot_wrap_itself_and_must_exist() -> None:
    document, _ = with_group()
    with pytest.raises(EditProblem, match="contain itself"):
        document.apply(e.SetBlock("relu1", "time_distributed", {"inner": "group:frame"}, "frame"))
    document.apply(e.SetBlock("x", "input", {"shape": (4, 8)}))
    with pytest.raises(EditProblem, match="no group"):
        document.apply(e.AddNode(node("t", "time_distributed", inner="group:nobody")))


LAYERS = [
    ("linear(features=4)", sequence(3, 6)),
    ("conv2d(filters=4, kernel=3)", image(5, 7, 7)),
    ("conv_transpose2d(filters=4, kernel=3, groups=2)", image(6, 5, 5)),
]


def rows(layer: nn.Module) -> torch.Tensor:
    """Weights with one row for each filter."""
    weight = layer.weight
    assert isinstance(weight, torch.Tensor)
    return (weight.transpose(0, 1) if isinstance(layer, nn.ConvTranspose2d) else weight).flatten(1)


@pytest.mark.block("weight_norm")
@pytest.mark.parametrize(("inner", "x"), LAYERS)
def test_the_length_of_a_filter_is_g(inner: str, x: Tensor) -> None:
    model = build("weight_norm", x, inner=inner).only
    lengths = model.layer.parametrizations.weight.original0
    with torch.no_grad():
        lengths.copy_(torch.arange(1.0, 1 + lengths.numel()).reshape(lengths.shape))
    torch.testing.assert_close(rows(model.layer).norm(dim=1), lengths.flatten())
    plain = build(inner.partition("(")[0], x, **read(inner)[1])
    assert model_parameters(model) - lengths.numel() == plain.sample.parameters


def model_parameters(model: nn.Module) -> int:
    return sum(p.numel() for p in model.parameters())


@pytest.mark.block("weight_standardization")
@pytest.mark.parametrize(("inner", "x"), LAYERS)
def test_filters_have_mean_0_and_deviation_1(inner: str, x: Tensor) -> None:
    eps = 0.25
    model = build("weight_standardization", x, inner=inner, eps=eps).only
    raw = model.layer.parametrizations.weight.original
    axis = 1 if isinstance(model.layer, nn.ConvTranspose2d) else 0
    spread = raw.transpose(0, axis).flatten(1).std(1, correction=0)
    found = rows(model.layer)
    torch.testing.assert_close(found.mean(1), torch.zeros(len(found)), atol=1e-6, rtol=0)
    torch.testing.assert_close(found.std(1, correction=0), spread / (spread + eps))  # eps outside the root


@pytest.mark.block("spectral_norm")
@pytest.mark.parametrize(("inner", "x"), LAYERS)
def test_the_largest_singular_value_becomes_1(inner: str, x: Tensor) -> None:
    model = build("spectral_norm", x, inner=inner, iterations=50).only.train()
    for _ in range(3):
        model(values(1, *x.shape))
    model.eval()
    assert torch.linalg.matrix_norm(rows(model.layer), 2).item() == pytest.approx(1, abs=1e-3)


@pytest.mark.block("weight_norm", "weight_standardization", "spectral_norm")
@pytest.mark.parametrize("block", ["weight_norm", "weight_standardization", "spectral_norm"])
@pytest.mark.parametrize(
    ("inner", "words"),
    [
        ("residual", "open residual"),
        ("relu", "no weight matrix"),
        ("group:a", "open the group"),
        ("conv2d(kernel=0)", "kernel"),
        ("nobody", "no block"),
        ("__import__('os')", "what is wrapped"),
        ("conv2d(filters=open('x'))", "filters of what is wrapped"),
        ("conv2d(**{})", "fields with names"),
        ("(" * 200, "what is wrapped"),
        ("", "a block with its fields"),
    ],
)
def test_what_cannot_be_wrapped_is_refused_in_words(block: str, inner: str, words: str) -> None:
    with pytest.raises(BadField, match=words):
        build(block, image(3, 8, 8), inner=inner)


@pytest.mark.block("time_distributed", "bidirectional")
def test_wrappers_over_time_refuse_what_has_no_time_or_other_ports() -> None:
    with pytest.raises(AssertionError, match="steps T first"):
        build("time_distributed", image(3, 8, 8))
    with pytest.raises(AssertionError, match="along time"):
        build("bidirectional", image(3, 8, 8))
    with pytest.raises(BadField, match="one input and one output"):
        build("time_distributed", sequence(3, 4), inner="lstm")
    with pytest.raises(BadField, match="one input and one output"):
        build("time_distributed", sequence(3, 4), inner="add")
