"""Torch is the oracle: predicted shapes, parameters and multiply-accumulates equal the real module's."""

import re
from contextlib import nullcontext
from functools import cache

import pytest
import torch
from quick import quick_norms
from samples import BLOCKS, Built, Sample, argument, batch, samples
from torch.utils.flop_counter import FlopCounterMode

from explorer.blocks.block import Block, Composite
from explorer.engine.export.targets import own_sources

WANTED, COMPOSED = 25, 10
"""Random settings of a layer; of what is made of layers, which are tried by themselves, too."""
LEAST = {"input": 8, "constant": 8, "class_token": 4, "one_hot": 10, "embedding": 15, "self_attention": 16}
"""Blocks with little to vary; parameterless ones need only a few inputs."""
BATCH = 2
NUMBERS = {"float": torch.float32, "int": torch.int64, "bool": torch.bool}

each_block = pytest.mark.parametrize("cls", BLOCKS, ids=lambda cls: cls.id)
torch.set_num_threads(1)


@cache
def drawn(cls: type[Block]) -> list[Sample]:
    wanted = COMPOSED if issubclass(cls, Composite) else WANTED
    found = samples(cls, wanted)
    least = min(wanted, LEAST.get(cls.id, wanted if len(cls.fields) > 1 else 4))
    assert len(found) >= least, f"only {len(found)} random settings of {cls.id} fit any input"
    return found


@each_block
def test_predictions_equal_the_real_module(cls: type[Block]) -> None:
    for sample in drawn(cls):
        with torch.device("meta"):
            model = Built(sample)
        assert sum(p.numel() for p in model.parameters()) == sample.parameters, str(sample)
        inputs = [None if t is None else batch(t, BATCH, "meta") for t in sample.inputs]
        norms = nullcontext() if sample.inner is None else quick_norms()
        with FlopCounterMode(display=False) as counter, torch.no_grad(), norms:
            outputs = model(*inputs)
        size = BATCH if sample.inputs else 1
        if cls.id == "fold_time":  # steps become samples: that is what it is for
            size *= sample.inputs[0].shape[0]
        for real, predicted in zip(outputs, sample.outputs, strict=True):
            assert predicted is not None
            assert tuple(real.shape) == (size, *predicted.shape), str(sample)
            assert real.dtype == NUMBERS[predicted.dtype], str(sample)
        assert counter.get_total_flops() == 2 * size * sample.macs, str(sample)
        assert 0 <= sample.macs_attention <= sample.macs
        if sample.inner is not None:
            assert sample.macs == sum(node.macs for _, node in sample.inner.walk())
            assert sample.parameters == sum(node.parameters for _, node in sample.inner.walk())


@each_block
def test_a_parameter_sum_is_true_and_a_caption_is_short(cls: type[Block]) -> None:
    for sample in drawn(cls):
        if sum_ := sample.block.parameter_sum(*sample.inputs):
            assert re.fullmatch(r"[0-9·+() ]+", sum_), str(sample)
            assert eval(sum_.replace("·", "*")) == sample.parameters, str(sample)
        for arriving in (sample.inputs, [None] * len(sample.inputs)):
            caption = sample.block.caption(*arriving)
            assert 0 < len(caption) < 120, str(sample)
            assert "\n" not in caption, str(sample)


def test_the_plain_layers_say_how_their_count_comes_about() -> None:
    said = {cls.id for cls in BLOCKS if any(s.block.parameter_sum(*s.inputs) for s in samples(cls, 8))}
    assert said >= {"linear", "conv1d", "conv2d", "conv3d", "conv_transpose2d", "batch_norm", "layer_norm"}


@each_block
def test_forward_and_backward(cls: type[Block]) -> None:
    torch.manual_seed(0)
    for sample in drawn(cls)[:6]:
        model = Built(sample)
        inputs = [None if t is None else batch(t, BATCH) for t in sample.inputs]
        before = [None if x is None else x.clone() for x in inputs]
        for x in inputs:
            if x is not None and x.is_floating_point():
                x.requires_grad_()
        outputs = model(*inputs)
        assert all(y.isfinite().all() for y in outputs), str(sample)
        tail = [y for y in outputs if y.is_floating_point() and y.requires_grad]
        if tail:
            torch.stack([y.sum() for y in tail]).sum().backward()
            for name, parameter in model.named_parameters():
                assert parameter.grad is not None, f"{name} of {sample}"
        for x, kept in zip(inputs, before, strict=True):
            assert x is None or torch.equal(x, kept), f"changes its input: {sample}"


@each_block
def test_our_own_modules_can_be_copied_out(cls: type[Block]) -> None:
    for sample in drawn(cls)[:4]:
        if sample.inner is not None:
            return
        target = sample.block.target_for(*sample.inputs)
        assert target is not None
        if not target.startswith("explorer."):
            continue
        head = (
            "import math\nimport torch\nfrom torch import Tensor, nn\nfrom torch.nn import functional as F\n"
        )
        text = "from __future__ import annotations\n" + head + "\n\n".join(own_sources([target]).values())
        namespace: dict[str, object] = {"__name__": "copied"}
        exec(compile(text, target, "exec"), namespace)
        made = namespace[target.partition(":")[2]]
        args, kwargs = sample.block.arguments(*sample.inputs)
        torch.manual_seed(0)
        given = {key: argument(value) for key, value in kwargs.items()}
        copied = made(*map(argument, args), **given).eval()  # type: ignore[operator]
        torch.manual_seed(0)
        ours = Built(sample).eval()
        inputs = [None if t is None else batch(t, BATCH) for t in sample.inputs]
        result = copied(*inputs)
        result = result if isinstance(result, tuple) else (result,)
        for a, b in zip(result, ours(*inputs), strict=True):
            torch.testing.assert_close(a, b)
