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


@pytest.mark.parametrize("ending", ["pth", "safetensors"])
def test_order_never_decides_between_layers_of_one_size(tmp_path: Path, ending: str) -> None:
    ours = compiled("resnet_small")
    before = {key: value.clone() for key, value in ours.module.state_dict().items()}
    path = tmp_path / f"net.{ending}"
    save_file(foreign().state_dict(), path) if ending == "safetensors" else torch.save(
        foreign().state_dict(), path
    )
    with pytest.raises(published.Misfit, match="layers have the size of others") as caught:
        published.load(ours.module, ours.flow, path)
    assert "stage1_block1.conv2" in caught.value.report.alike
    assert "neither the names of the design nor those of a known library" in str(caught.value)
    assert all(torch.equal(before[key], value) for key, value in ours.module.state_dict().items())


class Funnel(nn.Module):
    """Layers each of its own size under nobody's names."""

    def __init__(self, classes: int = 3) -> None:
        super().__init__()
        self.zeta, self.alpha, self.mid = nn.Linear(6, 5), nn.Linear(5, 4), nn.Linear(4, classes)


def funnel() -> Compiled:
    wires = ("input -> a", "a -> b", "b -> c", "c -> output")
    ends = (node("input", "input", shape=(6,)), node("output", "output"))
    layers = [node(id, "linear", features=size) for id, size in (("a", 5), ("b", 4), ("c", 3))]
    return compile_flow(resolve(design([*layers, *ends], *wires)), "n", CPU)


@pytest.mark.parametrize("turned", [False, True])
def test_sizes_that_occur_once_need_no_names(tmp_path: Path, turned: bool) -> None:
    peer, ours = Funnel(), funnel()
    rows = list(peer.state_dict().items())
    torch.save({"state_dict": dict(rows[::-1] if turned else rows), "epoch": 3}, tmp_path / "net.pth")
    report = published.load(ours.module, ours.flow, tmp_path / "net.pth")
    assert (report.how, report.told) == ("sizes that occur once", ())
    for id, layer in (("a", peer.zeta), ("b", peer.alpha), ("c", peer.mid)):
        assert torch.equal(ours.module.state_dict()[f"{id}.weight"], layer.weight)


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
        assert said.startswith(f"{name}.pth does not fit this design, and nothing was loaded.")
        assert "By the names of ResNet (torchvision, timm), " in said
        assert all(part in said for part in parts), said
        assert all(torch.equal(before[key], value) for key, value in other.module.state_dict().items())
    torch.save({**whole, "more.weight": torch.zeros(2, 2)}, tmp_path / "more.pth")
    with pytest.raises(published.Misfit, match=r"1 of the file found no place \(more\.weight\)"):
        published.load(other.module, other.flow, tmp_path / "more.pth")
    assert all(torch.equal(before[key], value) for key, value in other.module.state_dict().items())


def test_own_names_in_a_sorted_file(tmp_path: Path) -> None:
    one, other = compiled("resnet_small", seed=1), compiled("resnet_small", seed=2)
    save_file(one.module.state_dict(), tmp_path / "own.safetensors")
    assert published.load(other.module, other.flow, tmp_path / "own.safetensors").told == ()
    assert same(one, other)


def test_equal_layers_are_not_guessed(tmp_path: Path) -> None:
    wires = ("input -> a", "a -> b", "b -> c", "c -> output")
    ends = (node("input", "input", shape=(4,)), node("output", "output"))
    added = [node(id, "linear", features=4) for id in "cab"]
    ours = compile_flow(resolve(design([*added, *ends], *wires)), "n", CPU)
    theirs = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4), nn.Linear(4, 4))
    torch.save(theirs.state_dict(), tmp_path / "net.pth")
    with pytest.raises(published.Misfit, match=r"3 layers have the size of others \(a, b, and 1 more\)"):
        published.load(ours.module, ours.flow, tmp_path / "net.pth")


def test_by_size_a_head_of_another_size_stays(tmp_path: Path) -> None:
    torch.save(Funnel(7).state_dict(), tmp_path / "net.pth")
    ours = funnel()
    report = published.load(ours.module, ours.flow, tmp_path / "net.pth")
    assert [difference.ours for difference in report.differing] == [(3, 4), (3,)]
    assert not report.left


def test_a_table_of_another_length_is_no_head(tmp_path: Path) -> None:
    one, other = compiled("vit_tiny_p16", input=(3, 32, 32)), compiled("vit_tiny_p16", input=(3, 64, 64))
    torch.save(one.module.state_dict(), tmp_path / "net.pth")
    with pytest.raises(published.Misfit, match="position"):
        published.load(other.module, other.flow, tmp_path / "net.pth")


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
