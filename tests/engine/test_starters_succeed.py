"""A starter trained as it is opened, by its own settings, learns what it is there to show."""

from __future__ import annotations

import pytest

from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.engine.compile import compile_flow, frozen_addresses
from explorer.engine.data.catalogue import load
from explorer.engine.devices import choose
from explorer.engine.training.loop import TrainingRun
from explorer.graph import files
from explorer.graph.workspace import Workspace
from explorer.protocol.records import TrainSettings
from explorer.resources import path
from explorer.ui.training import run_settings

STARTERS = sorted(path("designs").glob("*.arch.json"))


def settings_of(design) -> TrainSettings:
    data = str(design.settings.get("dataset") or "mnist5k")
    return run_settings.of_design(TrainSettings(dataset=data, fresh=True), design.settings)


@pytest.mark.parametrize("seed", [0, 1])
def test_spirals_are_told_apart(seed):
    design = files.load(str(STARTERS[0]))
    flow = Workspace(registry(), design).flow
    settings = settings_of(design)
    assert settings.epochs <= 100  # it is watched
    device = choose("cpu")
    compiled = compile_flow(flow, design.name, device, seed=seed)
    run = TrainingRun(
        design.name, compiled.module, load(settings.dataset), settings, device, frozen_addresses(flow)
    )
    for _ in run.steps():
        pass
    _, metrics = run.validate()
    assert metrics["accuracy"] >= 0.95


@pytest.mark.parametrize("file", STARTERS, ids=lambda file: file.name)
def test_starters_bring_the_settings_of_their_network(file):
    design = files.load(str(file))
    (entry,) = [entry for entry in gallery().values() if entry.title == design.name]
    for name, value in entry.run.items():
        assert getattr(settings_of(design), name) == value == design.settings[name]


@pytest.mark.parametrize("bad", [0, -1, 10**9, "many", True, 2.5, None, (3, 4)])
def test_settings_that_are_none_are_left_out(bad):
    usual = TrainSettings()
    assert run_settings.of_design(usual, {"epochs": bad}) == usual
