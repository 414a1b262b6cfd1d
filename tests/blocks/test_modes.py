"""Every block works in low precision, in both modes, and whole under torch.compile unless it says why not."""

from __future__ import annotations

import pytest
import torch
from samples import BLOCKS, Built, Sample, around, batch, samples

from explorer.blocks.block import Block
from explorer.engine.compile import build_module
from explorer.engine.export.python import write_python

each_block = pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.id)
torch.set_num_threads(1)


def made(cls: type[Block], count: int, seed: int) -> list[tuple[Sample, Built, list[torch.Tensor | None]]]:
    torch.manual_seed(0)
    return [
        (sample, Built(sample), [None if t is None else batch(t, 2) for t in sample.inputs])
        for sample in samples(cls, count, seed=seed)
    ]


@each_block
def test_automatic_mixed_precision(cls: type[Block]) -> None:
    for sample, model, inputs in made(cls, 3, seed=11):
        for mode in (True, False):
            model.train(mode)
            with torch.autocast("cpu", torch.bfloat16):
                outputs = model(*inputs)
            for y, predicted in zip(outputs, sample.outputs, strict=True):
                assert predicted is not None
                assert tuple(y.shape[1:]) == predicted.shape, str(sample)
                assert bool(y.isfinite().all()), str(sample)


@each_block
def test_evaluation_repeats_itself(cls: type[Block]) -> None:
    for sample, model, inputs in made(cls, 2, seed=12):
        model.eval()
        with torch.no_grad():
            one, other = model(*inputs), model(*inputs)
        assert all(torch.equal(a, b) for a, b in zip(one, other, strict=True)), str(sample)


@each_block
def test_chance_is_declared(cls: type[Block]) -> None:
    """What draws in training says so: a view then tells in which mode its numbers were made."""
    for sample, model, inputs in made(cls, 4, seed=13):
        model.train()
        state = torch.get_rng_state()
        with torch.no_grad():
            model(*inputs)
        drew = not torch.equal(state, torch.get_rng_state())
        if sample.inner is None:
            assert sample.block.random or not drew, str(sample)


LEAVES = [cls for cls in BLOCKS if not cls.is_composite]  # a composite compiles when its parts do


@pytest.mark.parametrize("cls", [cls for cls in LEAVES if not cls.uncompiled], ids=lambda cls: cls.id)
def test_compiles_whole(cls: type[Block]) -> None:
    for one, other in zip(*compiled(cls), strict=True):
        torch.testing.assert_close(one, other)


@pytest.mark.parametrize("cls", [cls for cls in LEAVES if cls.uncompiled], ids=lambda cls: cls.id)
def test_what_the_card_says_of_compiling_is_true(cls: type[Block]) -> None:
    with pytest.raises(torch._dynamo.exc.TorchDynamoException):
        compiled(cls)


def compiled(cls: type[Block]) -> tuple[tuple[torch.Tensor, ...], tuple[torch.Tensor, ...]]:
    """What the module gives compiled in one graph, and what it gives plainly."""
    _, model, inputs = made(cls, 1, seed=14)[0]
    model.only.eval()
    torch._dynamo.reset()
    with torch.no_grad():
        whole = torch.compile(model.only, backend="eager", fullgraph=True)(*inputs)
        return _listed(whole), _listed(model.only(*inputs))


def _listed(made: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return made if isinstance(made, tuple) else (made,)


SCRIPTED = {
    *("attention", "positions", "arithmetic", "chance", "codes", "fourier", "deformable", "experts"),
    *("scans", "graphs", "losses", "normalisation"),
}
"""Files of modules that TorchScript takes as they stand in an exported file."""
VARIABLE = {"dot_scores", "weighted_sum"}
"""Blocks that exports write as an expression."""


def _file(cls: type[Block]) -> str:
    return (cls.target or "").partition(":")[0].rpartition(".")[2]


@pytest.mark.parametrize(
    "cls",
    [cls for cls in LEAVES if _file(cls) in SCRIPTED and cls.id not in VARIABLE],
    ids=lambda cls: cls.id,
)
def test_the_exported_class_can_be_scripted(cls: type[Block]) -> None:
    sample = samples(cls, 1, seed=15)[0]
    text = write_python(around(cls, sample), "scripted")
    module = build_module(text).eval()
    inputs = [batch(t, 2) for t in sample.inputs if t is not None]
    scripted = torch.jit.script(module)
    for one, other in zip(_listed(scripted(*inputs)), _listed(module(*inputs)), strict=True):
        torch.testing.assert_close(one, other)
