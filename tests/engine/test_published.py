"""Published weights find their layers by name or by place; strange files load nothing."""

from __future__ import annotations

import os
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from nets import resolve
from safetensors.torch import save_file
from torch import nn

from explorer.architectures.gallery import find
from explorer.engine import published
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.weights import WeightProblem

CPU = torch.device("cpu")


def compiled(name: str, seed: int = 0, **options: object) -> Compiled:
    return compile_flow(resolve(find(name).build(**options)), name, CPU, seed=seed)  # type: ignore[arg-type]


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
                Block(16, 16, 1), Block(16, 16, 1), Block(16, 32, 2), Block(32, 32, 1), Block(32, 64, 2),
                Block(64, 64, 1),
            ),
            head=nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)),
        )
    )  # fmt: skip
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
    matched, problems = published.load(ours.module, ours.flow, path)
    assert problems == ()
    assert len(matched) == sum(not key.endswith("num_batches_tracked") for key in state)
    x = torch.randn(3, 1, 28, 28)
    with torch.no_grad():
        torch.testing.assert_close(ours.module.eval()(x), peer(x), atol=1e-5, rtol=1e-5)


def test_safetensors_are_taken_under_own_names_only(tmp_path: Path) -> None:
    one, other = compiled("resnet_small", seed=1), compiled("resnet_small", seed=2)
    save_file(one.module.state_dict(), tmp_path / "own.safetensors")
    assert published.load(other.module, other.flow, tmp_path / "own.safetensors")[1] == ()
    for key, value in other.module.state_dict().items():
        assert torch.equal(value, one.module.state_dict()[key])
    save_file(foreign().state_dict(), tmp_path / "theirs.safetensors")
    with pytest.raises(WeightProblem, match="does not keep the order"):
        published.load(other.module, other.flow, tmp_path / "theirs.safetensors")


def test_own_names_come_first_and_another_head_is_told(tmp_path: Path) -> None:
    one, other = compiled("lenet5_modern", seed=1), compiled("lenet5_modern", seed=2)
    torch.save(one.module.state_dict(), tmp_path / "own.pt")
    assert published.load(other.module, other.flow, tmp_path / "own.pt")[1] == ()
    three = compiled("lenet5_modern", classes=3)
    matched, problems = published.load(three.module, three.flow, tmp_path / "own.pt")
    assert "conv1.weight" in matched
    assert "fc3.weight [3, 84] found nothing in the file." in problems
    assert "fc3.weight [10, 84] of the file found no place." in problems


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
