"""Published weights are loaded whole or not at all: by names, by place, whatever wraps them."""

from __future__ import annotations

import os
import pickle
import re
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from nets import design, node, resolve
from safetensors.torch import save_file
from torch import nn

from explorer.architectures.gallery import find
from explorer.engine import published
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.weights import WeightProblem

CPU = torch.device("cpu")


TINY = {"input": (3, 32, 32), "width": 4}


def compiled(name: str, classes: int = 10, seed: int = 0, **options: Any) -> Compiled:
    return compile_flow(resolve(find(name).build(classes=classes, **options)), name, CPU, seed=seed)


def same(one: Compiled, other: Compiled) -> bool:
    theirs = one.module.state_dict()
    return all(torch.equal(value, theirs[key]) for key, value in other.module.state_dict().items())


class Block(nn.Module):
    """A residual block as others write it: the shortcut stands behind the path."""

    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.n1 = nn.BatchNorm2d(filters)
        self.c2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.n2 = nn.BatchNorm2d(filters)
        self.down = nn.Sequential()
        if stride > 1 or channels != filters:
            self.down = nn.Sequential(
                nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.n2(self.c2(self.n1(self.c1(x)).relu()))
        return (y + self.down(x)).relu()


def foreign() -> nn.Module:
    """The small residual network of the gallery in somebody else's words, with statistics of its own."""
    torch.manual_seed(5)
    model = nn.Sequential(
        OrderedDict(
            stem=nn.Sequential(nn.Conv2d(1, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()),
            body=nn.Sequential(
                Block(16, 16, 1),
                Block(16, 16, 1),
                Block(16, 32, 2),
                Block(32, 32, 1),
                Block(32, 64, 2),
                Block(64, 64, 1),
            ),
            head=nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)),
        )
    )
    for norm in model.modules():
        if isinstance(norm, nn.BatchNorm2d):
            nn.init.normal_(norm.weight)
            norm.running_mean.normal_()
            norm.running_var.uniform_(0.5, 2)
    return model.eval()


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_network_under_other_names_answers_alike(tmp_path: Path, wrapped: bool) -> None:
    peer, ours = foreign(), compiled("resnet_small")
    state = {f"module.{key}" if wrapped else key: value for key, value in peer.state_dict().items()}
    path = tmp_path / "net.pth"
    torch.save({"state_dict": state, "epoch": 3} if wrapped else state, path)
    report = published.load(ours.module, ours.flow, path)
    assert report.told == ()
    assert report.how == "their order in the file"
    assert len(report.matched) == sum(not key.endswith("num_batches_tracked") for key in state)
    x = torch.randn(3, 1, 28, 28)
    with torch.no_grad():
        torch.testing.assert_close(ours.module.eval()(x), peer(x), atol=1e-5, rtol=1e-5)


def as_torchvision(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """State of our ResNet under the names that most checkpoints of it have."""
    words = {"stem.": "", "head.fc1": "fc", "projection_bn": "downsample.1", "projection": "downsample.0"}

    def renamed(key: str) -> str:
        for ours, theirs in words.items():
            key = key.replace(ours, theirs)
        return re.sub(r"stage(\d)\.block(\d)", lambda m: f"layer{m[1]}.{int(m[2]) - 1}", key)

    return {renamed(key): value for key, value in state.items()}


WRAPPINGS: dict[str, Callable[[dict[str, torch.Tensor]], object]] = {
    "bare": lambda state: state,
    "state_dict": lambda state: {"state_dict": state, "epoch": 7, "best": 0.5},
    "model": lambda state: {"model": state, "optimizer": {"lr": 0.1}},
    "model_ema": lambda state: {"model_ema": {f"module.{k}": v for k, v in state.items()}},
    "nested": lambda state: {"model": {"state_dict": {f"module.{k}": v for k, v in state.items()}}},
    "compiled": lambda state: {f"_orig_mod.module.{k}": v for k, v in state.items()},
}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_names_of_a_publisher_in_any_wrapping(tmp_path: Path, wrapping: str) -> None:
    one, other = compiled("resnet18", seed=1, **TINY), compiled("resnet18", seed=2, **TINY)
    torch.save(WRAPPINGS[wrapping](as_torchvision(one.module.state_dict())), tmp_path / "net.pth")
    report = published.load(other.module, other.flow, tmp_path / "net.pth")
    assert report.how == "the names of ResNet (torchvision, timm)"
    assert report.told == ()
    assert same(one, other)


def test_sorted_names_of_a_publisher_are_enough(tmp_path: Path) -> None:
    one, other = compiled("resnet18", seed=1, **TINY), compiled("resnet18", seed=2, **TINY)
    save_file(as_torchvision(one.module.state_dict()), tmp_path / "net.safetensors")
    assert published.load(other.module, other.flow, tmp_path / "net.safetensors").told == ()
    assert same(one, other)


def test_a_head_of_another_size_stays_and_is_told(tmp_path: Path) -> None:
    one, other = compiled("resnet18", seed=1, **TINY), compiled("resnet18", 3, seed=2, **TINY)
    head = other.module.state_dict()["head.fc1.weight"].clone()
    torch.save(as_torchvision(one.module.state_dict()), tmp_path / "net.pth")
    report = published.load(other.module, other.flow, tmp_path / "net.pth")
    assert report.fits
    assert report.told == (
        "head.fc1.weight is 3×32 here, 10×32 in the file; it stays as it is.",
        "head.fc1.bias is 3 here, 10 in the file; it stays as it is.",
    )
    assert torch.equal(other.module.state_dict()["head.fc1.weight"], head)
    theirs = one.module.state_dict()
    for key, value in other.module.state_dict().items():
        assert key.startswith("head.") or torch.equal(value, theirs[key]), key


def test_what_does_not_fit_is_named_and_nothing_is_loaded(tmp_path: Path) -> None:
    one, other = compiled("resnet18", seed=1, **TINY), compiled("resnet18", seed=2, **TINY)
    before = {key: value.clone() for key, value in other.module.state_dict().items()}
    whole = as_torchvision(one.module.state_dict())
    cut = "layer3.0.downsample.0.weight"
    spoilt = {
        "cut": ({key: value for key, value in whole.items() if key != cut}, ("1 is not in the file",)),
        "shape": ({**whole, "layer1.0.conv1.weight": torch.zeros(4, 4, 1, 1)}, ("4×4×3×3 here, 4×4×1×1",)),
        "deeper": (
            as_torchvision(compiled("resnet34", **TINY).module.state_dict()),
            ("80 of the file found no place",),
        ),
    }
    for name, (state, parts) in spoilt.items():
        torch.save(state, tmp_path / f"{name}.pth")
        with pytest.raises(WeightProblem) as caught:
            published.load(other.module, other.flow, tmp_path / f"{name}.pth")
        said = str(caught.value)
        assert said.startswith(f"{name}.pth does not fit this design, and nothing was loaded. By the names")
        assert all(part in said for part in parts), said
        assert all(torch.equal(before[key], value) for key, value in other.module.state_dict().items())
    torch.save({**whole, "more.weight": torch.zeros(2, 2)}, tmp_path / "more.pth")
    report = published.load(other.module, other.flow, tmp_path / "more.pth")
    assert report.told == ("more.weight of the file found no place.",)
    assert same(one, other)


def test_safetensors_under_unknown_names_say_what_would_help(tmp_path: Path) -> None:
    one, other = compiled("resnet_small", seed=1), compiled("resnet_small", seed=2)
    save_file(one.module.state_dict(), tmp_path / "own.safetensors")
    assert published.load(other.module, other.flow, tmp_path / "own.safetensors").told == ()
    assert same(one, other)
    save_file(foreign().state_dict(), tmp_path / "theirs.safetensors")
    with pytest.raises(WeightProblem, match="keeps no order of layers"):
        published.load(other.module, other.flow, tmp_path / "theirs.safetensors")


def test_layers_count_as_they_run_not_as_they_were_added(tmp_path: Path) -> None:
    wires = ("input -> a", "a -> b", "b -> c", "c -> output")
    ends = (node("input", "input", shape=(4,)), node("output", "output"))
    added = [node(id, "linear", features=4) for id in "cab"]
    ours = compile_flow(resolve(design([*added, *ends], *wires)), "n", CPU)
    theirs = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4))
    torch.save(theirs.state_dict(), tmp_path / "net.pth")
    published.load(ours.module, ours.flow, tmp_path / "net.pth")
    for id, layer in zip("abc", theirs, strict=True):
        assert torch.equal(ours.module.state_dict()[f"{id}.weight"], layer.weight)


def test_by_place_a_head_of_another_size_stays(tmp_path: Path) -> None:
    torch.save(foreign().state_dict(), tmp_path / "net.pth")
    three = compiled("resnet_small", 3)
    report = published.load(three.module, three.flow, tmp_path / "net.pth")
    assert [difference.ours for difference in report.differing] == [(3, 64), (3,)]
    assert not report.left


def test_tensors_without_plain_numbers_are_not_there(tmp_path: Path) -> None:
    one, other = compiled("lenet5_modern", seed=1), compiled("lenet5_modern", seed=2)
    before = {key: value.clone() for key, value in other.module.state_dict().items()}
    whole = one.module.state_dict()
    odd = {
        "sparse": whole["fc3.weight"].to_sparse(),
        "complex": whole["fc3.weight"].to(torch.complex64),
        "empty": whole["fc3.weight"].to("meta"),
    }
    for name, value in odd.items():
        torch.save({**whole, "fc3.weight": value}, tmp_path / f"{name}.pth")
        with pytest.raises(WeightProblem, match=r"1 is not in the file \(fc3\.weight\)"):
            published.load(other.module, other.flow, tmp_path / f"{name}.pth")
        assert all(torch.equal(before[key], value) for key, value in other.module.state_dict().items())


def test_half_precision_is_taken(tmp_path: Path) -> None:
    one, other = compiled("resnet18", seed=1, **TINY), compiled("resnet18", seed=2, **TINY)
    halves = {key: value.half() for key, value in as_torchvision(one.module.state_dict()).items()}
    torch.save(halves, tmp_path / "net.pth")
    published.load(other.module, other.flow, tmp_path / "net.pth")
    theirs = one.module.state_dict()["stage1.block1.conv1.weight"].half().float()
    assert torch.equal(other.module.state_dict()["stage1.block1.conv1.weight"], theirs)


class Bomb:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, ("touch /tmp/must_not_be_there",)


def test_files_that_load_nothing(tmp_path: Path) -> None:
    ours = compiled("lenet5_modern")
    before = {key: value.clone() for key, value in ours.module.state_dict().items()}
    torch.save(compiled("resnet_small").module.state_dict(), tmp_path / "other.pth")
    torch.save(before, tmp_path / "whole.pth")
    (tmp_path / "torn.pth").write_bytes((tmp_path / "whole.pth").read_bytes()[:-400])
    (tmp_path / "bomb.pth").write_bytes(pickle.dumps({"conv1.weight": Bomb()}))
    (tmp_path / "text.pth").write_text("no weights")
    torch.save([1, 2, 3], tmp_path / "list.pth")
    torch.save({"a": 1}, tmp_path / "numbers.pth")
    with zipfile.ZipFile(tmp_path / "zip.pth", "w") as file:
        file.writestr("data.pkl", b"cos\nsystem\n(S'true'\ntR.")
    os.mkfifo(tmp_path / "pipe.pth")
    for name in ("other", "torn", "bomb", "text", "list", "numbers", "zip", "pipe", "missing"):
        with pytest.raises(WeightProblem) as caught:
            published.load(ours.module, ours.flow, tmp_path / f"{name}.pth")
        assert str(caught.value).startswith(f"{name}.pth ")
    assert not Path("/tmp/must_not_be_there").exists()
    assert all(torch.equal(before[key], value) for key, value in ours.module.state_dict().items())
