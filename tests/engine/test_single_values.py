"""Batches of one sample before a batch norm, and layers that fail: said before, or by name."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from nets import chain, node, resolve
from torch import nn

from explorer.architectures.gallery import find
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.modules.boxes import YoloDecode
from explorer.engine.modules.reparametrised import WeightStandardization
from explorer.engine.training.layer_failures import LayerFailed
from explorer.engine.training.loop import TrainingRun
from explorer.engine.training.losses import SettingProblem
from explorer.engine.training.single_values import single_value_norms
from explorer.protocol.records import TrainSettings
from explorer.training.batches import leaves_one_over, norms_of_one_value

CPU = torch.device("cpu")
IRIS = load("iris")
NORMED = chain(
    (4,),
    node("fc1", "linear", features=8),
    node("norm1", "batch_norm"),
    node("relu1", "relu"),
    node("fc2", "linear", features=3),
)


def run(batch: int, document=NORMED, validation: float | None = None) -> TrainingRun:
    module = compile_flow(resolve(document), "n", CPU, seed=1).module
    settings = TrainSettings(dataset="iris", batch=batch, epochs=2, rate=1e-2, validation=validation)
    return TrainingRun("run", module, IRIS, settings, CPU)


def test_batches_of_one_are_refused_with_the_address() -> None:
    with pytest.raises(SettingProblem, match=r"^norm1 is a batch norm .* batch of 2 or more"):
        run(1)
    plain = chain((4,), node("fc1", "linear", features=3))
    assert next(iter(run(1, plain).steps())) is None


def test_a_last_sample_joins_the_batch_before() -> None:
    train = len(run(16)._train)
    batch = next(n for n in range(7, train) if train % n == 1)
    training = run(batch)
    assert f"takes {batch + 1:,} samples" in training.joined
    assert training.steps_per_epoch == train // batch
    ends = [figures for figures in training.steps() if figures is not None]
    assert [end.step for end in ends] == [train // batch, 2 * (train // batch)]
    sizes = training.samples_in(0, 2 * training.steps_per_epoch)
    assert sizes.sum() == 2 * train
    assert sizes.max() == batch + 1
    plain = run(batch, chain((4,), node("fc1", "linear", features=3)))
    assert not plain.joined
    assert plain.steps_per_epoch == train // batch + 1


@pytest.mark.parametrize(("samples", "batch", "one"), [(9, 4, 1), (8, 4, 0), (1, 4, 0), (3, 1, 0)])
def test_what_leaves_one_over(samples: int, batch: int, one: int) -> None:
    assert leaves_one_over(samples, batch) == one


@pytest.mark.parametrize(
    "document",
    [
        NORMED,
        chain((8, 9, 9), node("a", "aspp", filters=8)),
        chain((8, 12, 12), node("a", "ppm")),
        chain((16, 8, 8), node("a", "bam")),
        chain(
            (16, 8, 8), node("a", "bottleneck"), node("g", "global_pool", keep=True), node("n", "batch_norm")
        ),
    ],
)
def test_what_is_foreseen_is_what_the_live_model_shows(document) -> None:
    flow = resolve(document)
    module = compile_flow(flow, "n", CPU, seed=1).module
    (given,) = flow.inputs.values()
    sample = torch.randn(1, *given.shape)
    foreseen = norms_of_one_value(flow)
    assert foreseen == single_value_norms(module.train(), sample)
    assert foreseen
    with pytest.raises(ValueError, match="more than 1 value"):
        module.train()(sample)


@pytest.mark.parametrize("id_", ["resnet18", "mobilenet_v2", "vit_mnist", "googlenet"])
def test_networks_of_the_gallery_have_none(id_: str) -> None:
    assert not norms_of_one_value(resolve(find(id_).build()))


def test_a_layer_that_fails_is_named() -> None:
    training = run(16)
    training.module.norm1.register_buffer("running_mean", torch.zeros(5))
    with pytest.raises(LayerFailed, match=r"^norm1 could not work on a batch of 16 samples of 4\.") as caught:
        next(iter(training.steps()))
    assert caught.value.address == "norm1"


def test_standardised_weights_that_are_equal_have_finite_gradients() -> None:
    for layer in (nn.Conv2d(1, 3, 1), nn.Conv2d(2, 3, 3)):
        nn.init.constant_(layer.weight, 0.5)
        made = WeightStandardization(layer)
        made(torch.randn(2, layer.in_channels, 5, 5)).sum().backward()
        for weight in made.parameters():
            assert weight.grad is not None
            assert bool(torch.isfinite(weight.grad).all())


@pytest.mark.parametrize("form", ["v2", "v3"])
def test_boxes_of_yolo_stay_finite(form: str) -> None:
    decode = YoloDecode(form, 2, ((10.0, 13.0),), 32)
    x = torch.full((1, 7, 2, 2), 120.0, requires_grad=True)
    boxes, _ = decode(x)
    assert np.isfinite(boxes.detach().numpy()).all()
    boxes.sum().backward()
    assert bool(torch.isfinite(x.grad).all())
    small = torch.randn(1, 7, 2, 2)
    sides = decode(small)[0][0, 0, 2:] - decode(small)[0][0, 0, :2]
    scale = 32 if form == "v2" else 1
    expected = small[0, 2:4, 0, 0].exp() * torch.tensor([10.0, 13.0]) * scale
    assert torch.allclose(sides, expected, rtol=1e-5)
