"""Weights of the networks of a course: what `metrics.json` says, measured again on held-out pieces."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer import resources
from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.engine import weights
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.data.delay import steps_since
from explorer.engine.data.scenes import drawn
from explorer.engine.data.turned_digits import DEGREES, angles
from explorer.graph.resolve import Resolver
from explorer.training.average_precision import Found, mean_average_precision
from explorer.training.metrics import METRICS as MEASURES

METRICS = json.loads(resources.path("weights", "metrics.json").read_text())
FEW = 100
COURSE = (
    "unet_shapes",
    "lstm_delay",
    "rnn_delay",
    "stn_mnist",
    "digits_autoencoder",
    "digits_vae",
    "ssd_shapes",
    "photos_x2",
    "convlstm_digits",
    "resnet20_textures",
)
MOST = 8_000_000
"""Bytes of all of them."""


@cache
def trained(name: str) -> nn.Module:
    """The network of the gallery with its weights; all of them fit."""
    flow = Resolver(registry()).resolve(find(name).build())
    module = compile_flow(flow, name, torch.device("cpu")).module.eval()
    matched, problems = weights.load(module, resources.weights_file(name))
    assert problems == ()
    assert len(matched) == len(module.state_dict())
    assert flow.parameters == METRICS[name]["parameters"]
    return module


@cache
def held_out(dataset: str, count: int = FEW) -> tuple[torch.Tensor, torch.Tensor]:
    """The last examples of a data set, which nothing was trained on."""
    data = load(dataset)
    assert count <= data.held_out
    return torch.as_tensor(data.inputs[-count:]), torch.as_tensor(data.targets[-count:])


def answers(name: str, count: int = FEW) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Inputs, what the network says, and what is right."""
    inputs, targets = held_out(METRICS[name]["dataset"], count)
    with torch.inference_mode():
        return inputs, trained(name)(inputs), targets


def mean(metric: str, said: torch.Tensor, targets: torch.Tensor) -> float:
    return float(MEASURES[metric].values(said, targets).mean())


def test_all_together_are_small() -> None:
    sizes = [resources.path("weights", f"{name}.safetensors").stat().st_size for name in COURSE]
    assert sum(sizes) < MOST


def test_the_unet_finds_every_pixel() -> None:
    _, said, targets = answers("unet_shapes", 40)
    iou = mean("iou", said, targets)
    assert iou >= 0.9
    assert iou == pytest.approx(METRICS["unet_shapes"]["iou"], abs=0.03)


def test_the_lstm_remembers_what_the_rnn_forgets() -> None:
    inputs, said, targets = answers("lstm_delay", 600)
    right = (said.argmax(1) == targets).numpy()
    long_ago = steps_since(inputs.numpy()) >= 30
    assert right.mean() == pytest.approx(METRICS["lstm_delay"]["accuracy"], abs=0.005)
    assert right[long_ago].mean() >= 0.95
    _, said, targets = answers("rnn_delay", 600)
    plain = (said.argmax(1) == targets).numpy()
    assert plain.mean() == pytest.approx(METRICS["rnn_delay"]["accuracy"], abs=0.01)
    assert plain[long_ago].mean() < 0.4  # one of four by chance


def test_the_spatial_transformer_turns_digits_back() -> None:
    inputs, _ = held_out("digits_turned", 400)
    seen: list[torch.Tensor] = []
    handle = (
        trained("stn_mnist")
        .get_submodule("upright.theta")
        .register_forward_hook(lambda _module, _inputs, theta: seen.append(theta))
    )
    _, said, targets = answers("stn_mnist", 400)
    handle.remove()
    accuracy = mean("accuracy", said, targets)
    assert accuracy >= 0.94
    assert accuracy == pytest.approx(METRICS["stn_mnist"]["accuracy"], abs=0.03)
    theta = seen[0].reshape(-1, 2, 3)
    back = torch.atan2(theta[:, 1, 0] - theta[:, 0, 1], theta[:, 0, 0] + theta[:, 1, 1]).numpy()
    given = angles(DEGREES, 0)[-len(inputs) :]
    found = abs(np.corrcoef(back, given)[0, 1])
    assert found == pytest.approx(METRICS["stn_mnist"]["correlation_of_turns"], abs=0.1)
    assert found > 0.5


@pytest.mark.parametrize("name", ["digits_autoencoder", "digits_vae"])
def test_digits_are_drawn_again_from_sixteen_numbers(name: str) -> None:
    inputs, said, targets = answers(name, 400)
    error = float(F.mse_loss(said, targets))
    assert error == pytest.approx(METRICS[name]["loss"], rel=0.1)
    assert error < 0.4 * float(F.mse_loss(inputs.mean(0, keepdim=True).expand_as(inputs), inputs))


def test_codes_drawn_by_chance_become_digits_for_the_variational_one_only() -> None:
    """How sure LeNet-5 is of what the decoders draw from codes of the normal distribution."""
    flow = Resolver(registry()).resolve(find("lenet5_modern").build((1, 28, 28)))
    judge = compile_flow(flow, "judge", torch.device("cpu")).module.eval()
    weights.load(judge, resources.weights_file("lenet5_modern"))
    codes = torch.randn(200, 16, generator=torch.Generator().manual_seed(0))
    sure = {}
    for name in ("digits_autoencoder", "digits_vae"):
        with torch.inference_mode():
            sure[name] = float(judge(trained(name).get_submodule("decoder")(codes)).softmax(1).amax(1).mean())
    assert sure["digits_vae"] > 0.75
    assert sure["digits_vae"] > sure["digits_autoencoder"]


def test_the_detector_finds_shapes() -> None:
    scenes = drawn(1000, 0)[-60:]
    pictures, _ = held_out("scenes", 60)
    assert np.array_equal(scenes[0].picture, pictures[0].numpy())
    with torch.inference_mode():
        boxes, scores, labels = (tensor.numpy() for tensor in trained("ssd_shapes")(pictures))
    truth = [Found(one.boxes, one.labels, np.ones(len(one.labels))) for one in scenes]
    said = [Found(b[k >= 0], k[k >= 0], s[k >= 0]) for b, s, k in zip(boxes, scores, labels, strict=True)]
    found = mean_average_precision(truth, said)
    assert found >= 0.9
    assert found == pytest.approx(METRICS["ssd_shapes"]["mean_average_precision"], abs=0.05)


def test_enlarged_photographs_are_nearer_than_bicubic_ones() -> None:
    inputs, said, targets = answers("photos_x2", 200)
    usual = F.interpolate(inputs, scale_factor=2, mode="bicubic", align_corners=False).clamp(0, 1)
    own, other = mean("psnr", said, targets), mean("psnr", usual, targets)
    assert own == pytest.approx(METRICS["photos_x2"]["psnr"], abs=0.05)
    assert other == pytest.approx(METRICS["photos_x2"]["psnr_bicubic"], abs=0.05)
    assert own > other + 0.5


def test_the_next_frame_is_nearer_than_the_last() -> None:
    inputs, said, targets = answers("convlstm_digits")
    error, copied = float(F.mse_loss(said, targets)), float(F.mse_loss(inputs[:, -1], targets))
    assert error == pytest.approx(METRICS["convlstm_digits"]["loss"], rel=0.2)
    assert error < 0.5 * copied


def test_the_residual_network_and_those_without_shortcuts() -> None:
    _, said, targets = answers("resnet20_textures", 300)
    own = METRICS["resnet20_textures"]
    assert mean("accuracy", said, targets) == pytest.approx(own["accuracy"], abs=0.02)
    depths = own["depths"]
    assert depths["plain56_cifar"]["train_loss"] > depths["plain20_cifar"]["train_loss"]
    assert depths["plain56_cifar"]["train_loss"] > depths["resnet56_cifar"]["train_loss"]
