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
from explorer.graph import files
from explorer.graph.resolve import Resolver

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


@pytest.mark.parametrize("path", sorted(resources.path("designs").glob("*.arch.json")), ids=lambda p: p.name)
def test_starter_designs_open_and_run(path):
    document = files.load(path)
    flow = Resolver(registry()).resolve(document)
    assert flow.problems == ()
    data = load(str(document.settings["dataset"]))
    module = compile_flow(flow, document.name, torch.device("cpu")).module.eval()
    with torch.inference_mode():
        output = module(torch.as_tensor(data.inputs[:2]))
    assert output.shape == (2, len(data.classes))
