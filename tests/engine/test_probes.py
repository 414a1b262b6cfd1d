"""Looking inside leaves no trace; attention rows are distributions; attributions add up."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from nets import chain, design, node, resolve
from torch import nn

from explorer.architectures.gallery import gallery
from explorer.engine import observe, probes, reduce
from explorer.engine.attribution import AttributionProblem, Importance, Layer, Score, at_once, attribute
from explorer.engine.compile import Compiled, compile_flow
from explorer.graph.document import Document
from explorer.graph.sharing import Place
from explorer.meaning.exposing import exposing
from explorer.meaning.places import grid_of, last_with_places, patch_grid

CPU = torch.device("cpu")


def compiled(document: Document | str) -> Compiled:
    built = gallery()[document].build() if isinstance(document, str) else document
    return compile_flow(resolve(built), "n", CPU, seed=0)


@contextmanager
def untouched(module: nn.Module) -> Iterator[None]:
    """Hooks, modes, statistics, gradients and random state are the same afterwards, whatever happened."""
    state = {key: value.clone() for key, value in module.state_dict().items()}
    modes = [child.training for child in module.modules()]
    torch.manual_seed(5)
    generator = torch.random.get_rng_state()
    try:
        yield
    finally:
        assert not probes.hooks_left(module)
        assert [child.training for child in module.modules()] == modes
        assert all(torch.equal(state[key], value) for key, value in module.state_dict().items())
        assert torch.equal(torch.random.get_rng_state(), generator)
        assert all(parameter.grad is None for parameter in module.parameters())


NET = chain(
    (1, 8, 8),
    node("conv1", "conv2d", filters=4, kernel=3),
    node("norm1", "batch_norm"),
    node("drop1", "dropout"),
    node("relu1", "relu"),
    node("flatten", "flatten"),
    node("fc1", "linear", features=3),
)


def test_success_leaves_nothing() -> None:
    module = compiled(NET).module
    module.norm1.eval()  # modes may be mixed
    with untouched(module), probes.quiet(module), probes.outputs(module, ["conv1", "fc1"]) as found:
        y = module(torch.randn(2, 1, 8, 8))
        assert probes.hooks_left(module)
    assert torch.equal(found["fc1"], y)
    assert list(found) == ["conv1", "fc1"]


def test_a_bad_address_leaves_nothing_and_sets_no_hook() -> None:
    module = compiled(NET).module
    with (
        untouched(module),
        pytest.raises(KeyError, match="nobody"),
        probes.outputs(module, ["conv1", "nobody"]),
    ):
        raise AssertionError("must not get here")
    layers = exposing(VIT.flow, "attention")
    missing = ("nobody", layers[0][1])
    with (
        untouched(VIT.module),
        pytest.raises(KeyError, match="nobody"),
        observe.exposed(VIT.module, VIT.flow, [*layers, missing]),
    ):
        raise AssertionError("must not get here")


def test_a_raising_module_or_reduction_leaves_nothing() -> None:
    module = compiled(NET).module
    with (
        untouched(module),
        pytest.raises(RuntimeError),
        probes.quiet(module),
        probes.outputs(module, ["conv1"]),
    ):
        module(torch.randn(2, 7, 8, 8))

    def broken(_address: str, _tensor: torch.Tensor) -> None:
        raise ZeroDivisionError

    with (
        untouched(module),
        pytest.raises(ZeroDivisionError),
        probes.quiet(module),
        probes.outputs(module, ["fc1"], broken),
    ):
        module(torch.randn(2, 1, 8, 8))


def test_several_outputs_show_the_first() -> None:
    module = compiled("lstm_rows").module
    with probes.outputs(module, ["lstm"]) as found:
        module(torch.randn(2, 28, 28))
    assert found["lstm"].shape == (2, 28, 64)


VIT = compiled("vit_mnist")


def test_attention_rows_add_up_and_the_explicit_path_equals_the_fused_one() -> None:
    module, layers = VIT.module, exposing(VIT.flow, "attention")
    x = torch.randn(2, 1, 28, 28)
    with untouched(module), probes.quiet(module), torch.no_grad():
        fused = module(x)
        with observe.exposed(module, VIT.flow, layers) as found:
            explicit = module(x)
        assert torch.equal(module(x), fused)
    assert list(found) == [address for address, _ in layers]
    assert len(layers) == 4
    for seen in found.values():
        weights = observe.attention_of(seen)
        assert weights.shape == (2, 4, 50, 50)
        assert bool((weights >= 0).all())
        torch.testing.assert_close(weights.sum(-1), torch.ones(2, 4, 50))
    torch.testing.assert_close(explicit, fused, atol=1e-5, rtol=1e-4)
    assert patch_grid(VIT.flow) == (7, 7)


def test_causal_attention_looks_back_only() -> None:
    document = design(
        [
            node("x", "input", shape=(6, 8), axes="TD"),
            node("attend", "self_attention", causal=True),
            node("o", "output"),
        ],
        "x -> attend",
        "attend -> o",
    )
    model = compiled(document)
    with observe.exposed(model.module, model.flow, exposing(model.flow, "attention")) as found:
        model.module(torch.randn(1, 6, 8))
    (seen,) = found.values()
    assert torch.equal(seen["weights"], seen["weights"].tril())


def test_an_exception_inside_the_attention_probe_leaves_nothing() -> None:
    with (
        untouched(VIT.module),
        pytest.raises(RuntimeError),
        probes.quiet(VIT.module),
        observe.exposed(VIT.module, VIT.flow, exposing(VIT.flow, "attention")),
    ):
        VIT.module(torch.randn(1, 3, 28, 28))


# attribution


def explain(
    method: str, model: Compiled, x: torch.Tensor, unit: int, address: str = "", steps: int = 0
) -> Importance:
    """Attribute a unit of the only output; Grad-CAM looks at `address`."""
    layers = []
    if address:
        tensor = next(iter(model.flow.at(address).outputs.values()))
        layers = [Layer(address, Place(address), tensor and grid_of(tensor, patch_grid(model.flow)))]
    return attribute(method, Score(model.module, lambda y: y[:, unit]), x, layers, steps)


@pytest.mark.parametrize("name", ["lenet5_modern", "vit_mnist", "mlp_spirals", "resnet_small"])
@pytest.mark.parametrize("method", ["saliency", "integrated_gradients"])
def test_attributions_have_the_shape_of_the_input(name: str, method: str) -> None:
    model = compiled(name)
    (tensor,) = model.flow.inputs.values()
    assert tensor is not None
    x = torch.randn(1, *tensor.shape)
    with untouched(model.module):
        found = explain(method, model, x, 1, steps=64)
    assert found.values.shape == tensor.shape
    assert not x.requires_grad


def test_integrated_gradients_add_up_to_the_difference_of_the_scores() -> None:
    model = compiled("lenet5_modern")
    module, x = model.module, torch.rand(1, 1, 32, 32)
    with untouched(module):
        found = explain("integrated_gradients", model, x, 3, steps=200)
    with probes.quiet(module), torch.no_grad():
        difference = float(module(x)[0, 3] - module(torch.zeros_like(x))[0, 3])
    assert found.delta is not None
    assert abs(float(found.values.sum()) - difference) <= found.delta + 1e-5
    assert found.delta < 0.02 * max(1.0, abs(difference))


def test_steps_of_the_path_are_computed_in_as_many_parts_as_memory_wants() -> None:
    assert [at_once(kept) for kept in (0, 2**20, 2**27, 2**40)] == [16, 16, 4, 1]
    model, x, sizes = compiled("lenet5_modern"), torch.rand(1, 1, 32, 32), []
    score = Score(model.module, lambda y: y[:, 3])
    whole = attribute("integrated_gradients", score, x, steps=8)
    with model.module.conv1.register_forward_hook(lambda _m, given, _y: sizes.append(len(given[0]))):
        parts = attribute("integrated_gradients", score, x, steps=8, batch=3)
    assert max(sizes) == 3
    torch.testing.assert_close(parts.values, whole.values)


def test_saliency_is_the_gradient() -> None:
    model = compiled(NET)
    module, x = model.module, torch.randn(1, 1, 8, 8)
    found = explain("saliency", model, x, 2)
    with probes.quiet(module):
        given = x.clone().requires_grad_()
        module(given)[0, 2].backward()
    module.zero_grad(set_to_none=True)
    assert given.grad is not None
    torch.testing.assert_close(found.values, given.grad[0])


def test_grad_cam_is_captums_on_maps() -> None:
    from captum.attr import LayerGradCam

    model = compiled("lenet5_modern")
    x = torch.rand(1, 1, 32, 32)
    with untouched(model.module):
        found = explain("grad_cam", model, x, 0, "conv2")
    with probes.quiet(model.module):
        other = LayerGradCam(model.module, model.module.conv2).attribute(x, target=0, relu_attributions=True)
    assert found.values.shape == (1, 10, 10)
    torch.testing.assert_close(found.values, other.detach()[0])


def test_grad_cam_of_tokens_lies_on_the_patches() -> None:
    """Channels of tokens stand last; the class token has no place."""
    x = torch.rand(1, 1, 28, 28)
    address = last_with_places(VIT.flow)
    assert address == "encoder4.norm1"
    with untouched(VIT.module):
        found = explain("grad_cam", VIT, x, 3, address)
    with probes.quiet(VIT.module), probes.outputs(VIT.module, [address]) as seen:
        score = VIT.module(x)[0, 3]
    (slope,) = torch.autograd.grad(score, seen[address])
    places, slopes = seen[address][0, 1:], slope[0, 1:]
    expected = (places * slopes.mean(0)).sum(1).clamp(min=0).reshape(1, 7, 7)
    torch.testing.assert_close(found.values, expected.detach())


@pytest.mark.parametrize(
    ("method", "address"), [("magic", ""), ("grad_cam", "fc1"), ("grad_cam", "flatten"), ("grad_cam", "")]
)
def test_attributions_that_make_no_sense(method: str, address: str) -> None:
    model = compiled("lenet5_modern")
    x = torch.rand(1, 1, 32, 32)
    with untouched(model.module), pytest.raises(AttributionProblem):
        explain(method, model, x, 0, address, steps=10)


# making tensors small


def test_tiles_are_small_whatever_comes() -> None:
    for shape, axes, expected in (
        ((64, 100, 50), ("C", "H", "W"), (4, 32, 16)),
        ((2, 3, 3), ("C", "H", "W"), (2, 3, 3)),
        ((1000,), ("D",), (1, 128)),
        ((5,), ("D",), (1, 5)),
        ((50, 64), ("T", "D"), (1, 25, 32)),
        ((3, 4, 8, 8), ("C", "T", "H", "W"), (3, 8, 8)),
        ((), (), (1, 1)),
        ((6, 6, 8), ("H", "W", "C"), (4, 6, 6)),
    ):
        maps, _ = reduce.tile(torch.randn(shape), axes, 4, 32)
        assert tuple(maps.shape) == expected, shape


def test_histograms_of_odd_values() -> None:
    counts, low, high = reduce.histogram(torch.tensor([float("nan"), float("inf"), 1.0, 3.0]))
    assert (counts.sum(), low, high) == (2, 1.0, 3.0)
    counts, low, high = reduce.histogram(torch.full((7,), 2.0))
    assert (counts.sum(), low, high) == (7, 2.0, 2.0)
    counts, low, _ = reduce.histogram(torch.tensor([float("nan")]))
    assert counts.sum() == 0
    assert low != low
    assert reduce.histogram(torch.arange(5))[0].sum() == 5
