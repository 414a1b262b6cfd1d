"""The shipped weights do what their metrics file says, on digits they have not seen."""

from __future__ import annotations

import json

import pytest
import torch

from explorer import resources
from explorer.architectures.gallery import find, gallery
from explorer.blocks.registry import registry
from explorer.engine import weights
from explorer.engine.compile import compile_flow
from explorer.engine.data.catalogue import load
from explorer.engine.data.scenes import drawn
from explorer.engine.local import LocalEngine
from explorer.graph import files
from explorer.graph.resolve import Resolver
from explorer.protocol import requests
from explorer.session.session import first_sample

METRICS = json.loads(resources.path("weights", "metrics.json").read_text())
LEAST = {"lenet5_modern": 0.98, "vit_mnist": 0.95}


@pytest.mark.parametrize("name", sorted(LEAST))
def test_accuracy_on_the_held_out_digits(name):
    flow = Resolver(registry()).resolve(find(name).build((1, 28, 28)))
    module = compile_flow(flow, name, torch.device("cpu")).module.eval()
    matched, problems = weights.load(module, resources.weights_file(name))
    assert problems == ()
    assert len(matched) == len(module.state_dict())
    data = load(METRICS[name]["dataset"])
    _, held_out = data.split()
    assert len(held_out) == METRICS[name]["held_out"] == 1000
    with torch.inference_mode():
        answers = module(torch.as_tensor(data.inputs[held_out])).argmax(1).numpy()
    accuracy = float((answers == data.targets[held_out]).mean())
    assert accuracy >= LEAST[name]
    assert abs(accuracy - METRICS[name]["accuracy"]) <= 0.003
    assert flow.parameters == METRICS[name]["parameters"]


def test_every_architecture_with_weights_has_them():
    named = {entry.weights for entry in gallery().values() if entry.weights}
    assert named == set(METRICS) | {
        "efficientnet_lite0"
    }  # published; `test_efficientnet_lite.py` looks at it
    assert all(resources.weights_file(name) for name in named)


STARTERS = sorted(resources.path("designs").glob("*.arch.json"))
TELL = ("02-digits", "04-residual", "07-memory", "09-vision-transformer")
"""Starters that tell the classes of their data apart."""


def test_starters_stand_in_the_order_of_a_course():
    assert [int(path.name.partition("-")[0]) for path in STARTERS] == list(range(1, 11))
    titles = [files.load(path).name for path in STARTERS]
    assert len(set(titles)) == 10


@pytest.mark.parametrize("path", STARTERS, ids=lambda p: p.name)
def test_a_starter_answers_as_it_opens(path):
    """With its own sample and weights: all but the points come trained and are right."""
    document = files.load(path)
    weights_file = resources.weights_file(document.settings.get("weights"))
    assert bool(weights_file) == (path.name != "01-points.arch.json")
    engine = LocalEngine(document)
    assert engine.flow.problems == ()
    assert not engine.weight_problems
    said = engine.ask(requests.Answers(sample=first_sample(document)))
    assert said.outputs
    if path.name.partition(".")[0] in TELL:
        (output,) = said.outputs
        assert output.names[int(output.values.argmax())] == said.truth


def test_the_photograph_is_a_cat():
    document = files.load(STARTERS[2])
    (output,) = LocalEngine(document).ask(requests.Answers(sample=first_sample(document))).outputs
    assert "cat" in output.names[int(output.values.argmax())]


def test_the_scene_of_the_starters_is_found_whole():
    """Four shapes: as boxes by the detector, as places by the U-Net."""
    for path, form in ((STARTERS[4], "regions"), (STARTERS[5], "boxes")):
        document = files.load(path)
        sample = first_sample(document)
        truth = drawn(sample.index + 1, 0)[-1]
        (output,) = LocalEngine(document).ask(requests.Answers(sample=sample)).outputs
        assert output.form == form
        if form == "boxes":
            assert sorted(output.labels) == sorted(truth.labels.tolist())
        else:
            assert (output.values == truth.classes).mean() > 0.98
