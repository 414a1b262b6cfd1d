"""The predicted receptive field covers every input value that one output value depends on."""

import pytest
import samples as samples_of
import torch
from reach import window_of
from samples import Built, Sample, batch, samples

from explorer.blocks.block import Block
from explorer.blocks.registry import registry
from explorer.graph.resolve import Resolver
from explorer.graph.tensor import SPATIAL, Tensor, image, sequence

MOVERS = {"constant", "reshape", "permute", "pad", "slice", "split", "concat", "stack", "repeat"}
"""Blocks that move values to other places; a window says nothing about them."""
BLOCKS = [cls for cls in samples_of.BLOCKS if cls.id not in MOVERS]
torch.set_num_threads(1)


def seen(sample: Sample) -> list[int] | None:
    """Extent of the input that the middle output depends on, along each sliding axis of the first input."""
    x = sample.inputs[0]
    predicted = sample.outputs[0]
    if x is None or x.dtype != "float" or predicted is None or predicted.axes != x.axes:
        return None
    model = Built(sample).double().eval()
    given = [None if t is None else batch(t, 1) for t in sample.inputs]
    inputs = [t.double() if t is not None and t.is_floating_point() else t for t in given]
    first = inputs[0]
    assert first is not None
    first.requires_grad_()
    y = model(*inputs)[0]
    if not y.requires_grad:
        return None
    for dim, axis in enumerate(predicted.axes, 1):
        if axis in SPATIAL:
            y = y.narrow(dim, predicted.shape[dim - 1] // 2, 1)
    y.square().sum().backward()
    assert first.grad is not None
    touched = first.grad[0].ne(0)
    extents = []
    for dim, axis in enumerate(x.axes):
        if axis in SPATIAL:
            others = [other for other in range(len(x.axes)) if other != dim]
            places = touched.any(others[-1]) if len(others) == 1 else touched.amax(others)
            where = places.nonzero().flatten()
            extents.append(int(where.max() - where.min()) + 1 if len(where) else 0)
    return extents


@pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.id)
def test_nothing_outside_the_window_matters(cls: type[Block]) -> None:
    torch.manual_seed(0)
    resolver = Resolver(registry())
    for sample in samples(cls, 10, seed=1):
        if (extents := seen(sample)) is None:
            continue
        receptive_field = window_of(resolver, sample.block, sample.inputs)
        if receptive_field is not None and receptive_field.whole:
            continue
        windows = receptive_field.windows if receptive_field is not None else ()
        windows += (1,) * (len(extents) - len(windows))
        assert all(have <= may for have, may in zip(extents, windows, strict=True)), f"{sample}: {extents}"


LOCAL = {
    "deformable_conv2d": "its moves begin at 0",
    "global_response_norm": "its factors begin at 0",
    "nonlocal": "its last norm begins at 0",
    "spatial_transformer": "where it reads begins as the identity; a gradient of 0 reaches the localisation",
    "reverse": "moves values to the other end",
    "hard_weights": "picks one place, which has no gradient",
    "global_pool": "has no place left",
}
"""Blocks that see everything although no gradient says so at the first step, and why."""


@pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.id)
def test_what_is_said_to_see_everything_sees_more_than_a_window(cls: type[Block]) -> None:
    if cls.id in LOCAL:
        return
    for x in (image(4, 23, 21), sequence(21, 8)):
        block = cls()
        if block.variadic or sum(not port.optional for port in block.inputs) != 1:
            return
        inputs = (x, *[None] * (len(block.inputs) - 1))
        resolver = Resolver(registry())
        known = resolver.block(block, inputs)
        window = window_of(resolver, block, inputs) if known.shape_error is None else None
        if window is None or not window.whole:
            continue
        sample = Sample(
            block, inputs, known.outputs, known.parameters, known.macs, known.macs_attention, known.inner
        )
        sizes = [size for size, axis in zip(x.shape, x.axes, strict=True) if axis in SPATIAL]
        for seed in range(5):  # a ReLU may let nothing through
            torch.manual_seed(seed)
            extents = seen(sample)
            if extents is None or any(e >= s // 2 for e, s in zip(extents, sizes, strict=True)):
                break
        else:
            pytest.fail(f"{cls.id} on {x.text} sees {extents}")


@pytest.mark.parametrize(
    ("block", "x", "fields", "window"),
    [
        ("conv2d", image(2, 15, 15), {"kernel": 3, "dilation": 4}, [9, 9]),
        ("conv2d", image(2, 15, 15), {"kernel": (5, 3), "stride": 2}, [5, 3]),
        ("avg_pool", image(2, 15, 15), {"kernel": (2, 3)}, [2, 3]),
        ("residual", image(2, 15, 15), {}, [5, 5]),
        ("spatial_attention", image(4, 25, 25), {}, [7, 7]),
        ("pyramidal_residual", image(4, 41, 41), {"stride": 4}, [11, 11]),
        ("self_attention", sequence(9, 4), {}, [9]),
    ],
)
def test_inside_the_window_everything_matters(
    block: str, x: Tensor, fields: dict[str, object], window: list[int]
) -> None:
    torch.manual_seed(0)
    configured = registry().configure(block, fields)  # type: ignore[arg-type]
    inputs = (x,) * len([port for port in configured.inputs if not port.optional])
    resolver = Resolver(registry())
    known = resolver.block(configured, inputs)
    counts = (known.parameters, known.macs, known.macs_attention, known.inner)
    assert seen(Sample(configured, inputs, known.outputs, *counts)) == window
    found = window_of(resolver, configured, inputs)
    assert found is not None
    assert found.whole or list(found.windows) == window


def test_parameters_do_not_depend_on_dilation() -> None:
    blocks = [registry().configure("conv2d", {"dilation": d, "padding": d}) for d in (1, 2, 4)]
    assert len({block.parameters_for((image(3, 20, 20),)) for block in blocks}) == 1
