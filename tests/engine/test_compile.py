"""Recompiling keeps weights; too large designs are refused; weights travel by safetensors."""

from __future__ import annotations

import linecache
import os
import time
from pathlib import Path

import pytest
import torch
from nets import SMALL, chain, node, resolve
from safetensors.torch import save_file

from explorer.architectures.gallery import gallery
from explorer.engine import weights
from explorer.engine.compile import BuildProblem, compile_flow, refuse_too_large
from explorer.engine.devices import DeviceProblem, available, choose
from explorer.engine.measure import measure_module
from explorer.engine.weights import WeightProblem
from explorer.graph import edits as e
from explorer.graph.document import Document
from explorer.graph.memory import memory_of
from explorer.graph.operations import group

CPU = torch.device("cpu")


def test_the_seed_decides_the_weights_and_the_global_state_stays() -> None:
    flow = resolve(SMALL)
    torch.manual_seed(4)
    state = torch.random.get_rng_state()
    one, two, other = (compile_flow(flow, "n", CPU, seed=seed).module.state_dict() for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert not torch.equal(one["fc1.weight"], other["fc1.weight"])


def changed(*edits: e.Edit) -> Document:
    document = SMALL.copy()
    for edit in edits:
        document.apply(edit)
    return document


@pytest.mark.parametrize(
    ("edit", "kept"),
    [
        (e.SetTitle("conv1", "stem"), {"conv1", "fc1"}),
        (e.SetFlag("relu1", "muted", True), {"conv1", "fc1"}),
        (e.SetFlag("fc1", "frozen", True), {"conv1", "fc1"}),
        (e.SetField("conv1", "filters", 5), set()),
        (e.SetField("conv1", "padding", 1), {"conv1"}),
        (e.SetField("fc1", "features", 7), {"conv1"}),
        (e.SetBlock("relu1", "tanh", {}), {"conv1", "fc1"}),
        (e.Rename("conv1", "stem"), {"fc1"}),
    ],
    ids=lambda value: repr(sorted(value) if isinstance(value, set) else value),
)
def test_layers_go_on_whole_when_their_tensors_fit(edit: e.Edit, kept: set[str]) -> None:
    before = compile_flow(resolve(SMALL), "n", CPU, seed=1)
    old = {key: value.clone() for key, value in before.module.state_dict().items()}
    after = compile_flow(resolve(changed(edit)), "n", CPU, before, seed=2, fit=False)
    assert set(after.came.kept) == kept
    for key, value in after.module.state_dict().items():
        if key in old and old[key].shape == value.shape and key.endswith("weight"):
            assert torch.equal(old[key], value) is (key.rpartition(".")[0] in kept), key


def test_statistics_of_norms_and_weights_inside_composites_are_kept() -> None:
    flow = resolve(gallery()["resnet_small"].build())
    before = compile_flow(flow, "n", CPU, seed=1)
    before.module(torch.randn(4, 1, 28, 28))
    old = {key: value.clone() for key, value in before.module.state_dict().items()}
    after = compile_flow(flow, "n", CPU, before, seed=2)
    new = after.module.state_dict()
    assert all(torch.equal(value, new[key]) for key, value in old.items())
    assert "stage1_block1.conv1" in after.came.kept
    assert after.module.state_dict()["norm.num_batches_tracked"] == 1


def test_weights_follow_to_new_addresses_where_they_are_told() -> None:
    grouped = SMALL.copy()
    grouped.apply(group(SMALL, ["conv1", "relu1"])[0])
    for moves, kept in (((), ("fc1",)), (grouped.moved, ("group1.conv1", "fc1"))):
        before = compile_flow(resolve(SMALL), "n", CPU, seed=1)
        weight = before.module.conv1.weight.clone()
        after = compile_flow(resolve(grouped), "n", CPU, before, seed=2, moves=moves)
        assert after.came.kept == kept
        now = after.module.state_dict()["group1.conv1.weight"]
        assert torch.equal(now, weight) is bool(moves)


def test_old_sources_are_forgotten() -> None:
    flow = resolve(SMALL)
    for _ in range(5):
        compile_flow(flow, "n", CPU)
    assert sum(name.startswith("<design ") for name in linecache.cache) <= 2


def test_a_deep_network_is_recompiled_with_its_weights() -> None:
    flow = resolve(gallery()["preact_resnet_deep"].build())
    before = compile_flow(flow, "n", CPU, seed=1)
    after = compile_flow(flow, "n", CPU, before, seed=2)
    assert len(after.came.kept) == sum(known.parameters > 0 for _, known in flow.walk())


@pytest.mark.parametrize("kind", ["weights", "maps"])
def test_what_does_not_fit_is_refused_before_anything_is_allocated(kind: str) -> None:
    wide = [node(f"fc{n}", "linear", features=65_536) for n in range(12)]
    maps = [node(f"conv{n}", "conv2d", filters=65_536, kernel=1, groups=1) for n in range(1)]
    document = chain((65_536,), *wide) if kind == "weights" else chain((1, 30_000, 30_000), *maps)
    started = time.monotonic()
    with pytest.raises(BuildProblem, match=r"needs [\d,.]+ [GT]iB .* (fc|conv)\d+ takes most of it\."):
        compile_flow(resolve(document), "huge", CPU)
    assert time.monotonic() - started < 20


def test_training_and_batches_need_more(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = resolve(SMALL)
    monkeypatch.setattr(
        "explorer.engine.compile.free_memory",
        lambda _: flow.parameters * 4 * 4 + memory_of(flow).training * 8,
    )
    refuse_too_large(flow, CPU, 8, training=True)
    with pytest.raises(BuildProblem, match="batch of 9"):
        refuse_too_large(flow, CPU, 9, training=True)


def test_designs_with_problems_are_not_compiled() -> None:
    with pytest.raises(BuildProblem, match="conv1"):
        compile_flow(resolve(changed(e.SetField("conv1", "kernel", 99))), "n", CPU)


def test_devices() -> None:
    assert available()[-1] == "cpu"
    assert choose("cpu") == CPU
    with pytest.raises(DeviceProblem, match="quantum"):
        choose("quantum")


@pytest.mark.parametrize("name", ["lenet5_modern", "vit_mnist", "lstm_rows"])
def test_torchinfo_agrees_on_parameters(name: str) -> None:
    flow = resolve(gallery()[name].build())
    compiled = compile_flow(flow, "n", CPU)
    state = {key: value.clone() for key, value in compiled.module.state_dict().items()}
    measured = measure_module(compiled)
    assert compiled.module.training
    assert all(torch.equal(state[key], value) for key, value in compiled.module.state_dict().items())
    assert measured.parameters == flow.parameters
    addresses = {name for name, _ in compiled.module.named_modules()}
    assert {layer.address for layer in measured.layers} <= addresses


# weight files


def test_weights_round_trip(tmp_path: Path) -> None:
    one = compile_flow(resolve(SMALL), "n", CPU, seed=1).module
    two = compile_flow(resolve(SMALL), "n", CPU, seed=2).module
    weights.save(one, tmp_path / "w.safetensors")
    assert [p.name for p in tmp_path.iterdir()] == ["w.safetensors"]
    matched, problems = weights.load(two, tmp_path / "w.safetensors")
    assert (len(matched), problems) == (4, ())
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))


def test_scalars_and_statistics_travel_too(tmp_path: Path) -> None:
    model = compile_flow(resolve(gallery()["resnet_small"].build()), "n", CPU).module
    weights.save(model, tmp_path / "w")
    assert weights.load(model, tmp_path / "w")[1] == ()


def test_what_fits_is_read_and_the_rest_is_told(tmp_path: Path) -> None:
    weights.save(compile_flow(resolve(SMALL), "n", CPU, seed=1).module, tmp_path / "w")
    wider = compile_flow(
        resolve(changed(e.SetField("fc1", "features", 5), e.SetField("conv1", "bias", False))), "n", CPU
    ).module
    matched, problems = weights.load(wider, tmp_path / "w")
    assert matched == ("conv1.weight",)
    assert problems == (
        "fc1.weight is [5, 36] here, [3, 36] in the file.",
        "fc1.bias is [5] here, [3] in the file.",
        "conv1.bias is not in the design.",
    )


def test_files_that_are_no_weights(tmp_path: Path) -> None:
    model = compile_flow(resolve(SMALL), "n", CPU, seed=1).module
    before = {key: value.clone() for key, value in model.state_dict().items()}
    weights.save(model, tmp_path / "good")
    good = (tmp_path / "good").read_bytes()
    for end in range(0, len(good), 7):
        (tmp_path / "torn").write_bytes(good[:end])
        with pytest.raises(WeightProblem, match="torn"):
            weights.load(model, tmp_path / "torn")
    (tmp_path / "pickle").write_bytes(b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.")
    (tmp_path / "huge").write_bytes(b"\xff" * 8 + b"{}")
    save_file({"another": torch.zeros(3)}, tmp_path / "other")
    os.mkfifo(tmp_path / "pipe")
    for name in ("pickle", "huge", "other", "pipe", "missing", "."):
        with pytest.raises(WeightProblem):
            weights.load(model, tmp_path / name)
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())


def test_weights_that_cannot_be_written(tmp_path: Path) -> None:
    model = compile_flow(resolve(SMALL), "n", CPU).module
    for place in (tmp_path / "no" / "w", tmp_path):
        with pytest.raises(WeightProblem, match="not written"):
            weights.save(model, place)
    assert not list(tmp_path.iterdir())


def test_no_pickle_anywhere() -> None:
    root = Path(__file__).parents[2] / "explorer"
    for path in root.rglob("*.py"):
        # published checkpoints are pickles; torch reads tensors out of them and runs nothing
        safe = 'torch.load(file, map_location="cpu", weights_only=True)'
        reads = path.name == "reading.py" and path.parent.name == "published"
        text = path.read_text().replace("import pickletools", "")  # follows pickles, runs none
        text = text.replace(safe, "") if reads else text
        for word in (
            "import pickle",
            "torch.load(",
            "torch.save(",
            "shelve",
            "marshal",
            "allow_pickle=True",
            "joblib",
        ):
            assert word not in text, f"{word} in {path}"
