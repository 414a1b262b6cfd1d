"""Kept weights: named by content, held once, bounded, on disk a moment later, there for the next engine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine.weights import WeightProblem
from explorer.engine.weights.content import digest_of, hash_of
from explorer.engine.weights.live import LiveWeights
from explorer.engine.weights.store import MOST_PASSING, Kept, Store

KIB = 1024


class Layers(nn.Module):
    """Some tensors of 1 KiB each; their numbers say what they are."""

    def __init__(self, *numbers: float) -> None:
        super().__init__()
        self.layers = nn.ParameterList(torch.full((256,), float(number)) for number in numbers)


def live(*numbers: float) -> LiveWeights:
    return LiveWeights(Layers(*numbers))


def keep(store: Store, name: str, *numbers: float, passing: bool = True) -> Kept:
    return store.keep(name, live(*numbers), passing=passing)


def numbers(store: Store, name: str) -> list[float]:
    """First number of every tensor of a state."""
    state = store.state(name)
    assert state is not None
    return [float(tensor[0]) for tensor in store.tensors(state).values()]


def on_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.safetensors"))


# names by content


def test_equal_content_has_one_name_and_anything_else_another() -> None:
    one = torch.arange(6.0)
    same = [one, one.clone(), torch.arange(12.0)[::2] / 2, one.reshape(2, 3).T.contiguous().T.reshape(6)]
    assert len({hash_of(tensor) for tensor in same}) == 1
    others = [
        one,
        one.reshape(2, 3),
        one.double(),
        one.half(),
        one.to(torch.bfloat16),
        one.int(),
        -one,
        one.bool(),
        torch.tensor(0.0),
        torch.tensor(-0.0),
        torch.zeros(0),
        torch.zeros(0, 3),
    ]
    assert len({hash_of(tensor) for tensor in others}) == len(others)
    assert hash_of(nn.Parameter(one)) == hash_of(one)


def test_a_digest_names_tensors_and_contents() -> None:
    assert digest_of({"a": "1", "b": "2"}) == digest_of({"b": "2", "a": "1"})
    assert len({digest_of(m) for m in ({"a": "1", "b": "2"}, {"a": "2", "b": "1"}, {"a": "1"}, {})}) == 4


class Norm(nn.Module):
    """A parameter, and statistics that torch changes without counting it."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.norm = nn.Linear(3, 3), nn.BatchNorm1d(3)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(self.layer(x))


@pytest.mark.parametrize("optimiser", [torch.optim.SGD, torch.optim.Adam, torch.optim.AdamW])
@pytest.mark.parametrize("foreach", [False, True])
def test_every_change_is_noticed(optimiser: type[torch.optim.Optimizer], foreach: bool) -> None:
    weights = LiveWeights(Norm())
    seen = [weights.digest]
    assert weights.digest == seen[0]
    weights.module(torch.randn(4, 3))
    seen.append(weights.digest)
    descent = optimiser(weights.module.parameters(), lr=0.1, foreach=foreach)  # type: ignore[call-arg]
    weights.module(torch.randn(4, 3)).square().sum().backward()
    before = weights.hashes()
    descent.step()
    after = weights.hashes()
    assert all(before[name] != after[name] for name, _ in weights.module.named_parameters())
    with torch.no_grad():
        weights.module.state_dict()["layer.bias"].add_(1)
    seen += [digest_of(after), weights.digest]
    weights.module.layer.weight.data = torch.zeros(3, 3)
    seen.append(weights.digest)
    assert len(set(seen)) == len(seen)
    assert weights.hashes() == {n: hash_of(t) for n, t in weights.tensors().items()}


def test_other_numbers_in_the_same_memory_are_noticed() -> None:
    weights, numbers = live(1), np.zeros(256, np.float32)
    seen = set()
    for number in range(3):
        numbers[:] = number
        weights.take({"layers.0": torch.from_numpy(numbers)})
        seen.add(weights.digest)
    assert len(seen) == 3


def test_what_did_not_change_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    weights = live(1, 2, 3)
    store = Store()
    store.keep("one", weights, passing=True)
    looked: list[Tensor] = []
    monkeypatch.setattr(
        "explorer.engine.weights.live.hash_of", lambda tensor: looked.append(tensor) or hash_of(tensor)
    )
    store.keep("two", weights, passing=True)
    assert not looked
    with torch.no_grad():
        weights.module.layers[1].add_(1)
    store.keep("three", weights, passing=True)
    assert len(looked) == 1


# keeping


@pytest.fixture(params=["memory", "disk"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "kept") if request.param == "disk" else ""


def test_states_come_back_and_share_what_they_have_in_common(folder: str) -> None:
    store = Store(folder)
    assert keep(store, "one", 1, 2, 3).size == 3 * KIB
    assert keep(store, "two", 1, 2, 4).size == KIB
    assert keep(store, "twin", 1, 2, 4).size == 0
    assert [numbers(store, name) for name in ("one", "two", "twin")] == [[1, 2, 3], [1, 2, 4], [1, 2, 4]]
    store.close()
    if folder:
        assert on_disk(Path(folder)) < 4 * KIB + 4 * 300  # four tensors, and the heads of the files


def test_what_is_kept_does_not_change_with_the_model_nor_with_what_is_taken(folder: str) -> None:
    store, weights = Store(folder), live(1, 2)
    store.keep("one", weights, passing=False)
    with torch.no_grad():
        weights.module.layers[0].fill_(9)
    state = store.state("one")
    assert state is not None
    for tensor in store.tensors(state).values():
        tensor.fill_(7)
    assert numbers(store, "one") == [1, 2]
    store.close()


def test_a_name_stands_for_what_was_kept_last(folder: str) -> None:
    store = Store(folder)
    keep(store, "one", 1, 2)
    keep(store, "other", 5)
    keep(store, "one", 3)
    assert store.names == ("other", "one")
    assert numbers(store, "one") == [3]
    assert store.drop(["one", "nobody", "one"]) == ("one",)
    assert store.state("one") is None
    assert store.names == ("other",)
    store.close()


@pytest.mark.parametrize("where", ["memory", "disk"])
def test_where_there_is_no_room_the_oldest_that_may_pass_go(where: str, tmp_path: Path) -> None:
    room = 4 * KIB
    store = Store(str(tmp_path), KIB, room) if where == "disk" else Store("", room)
    keep(store, "named", 1, passing=False)
    for number in (2, 3, 4):
        assert keep(store, f"h{number}", number).gone == ()
    assert store.keep("h5", live(5), passing=True, spare={"h2"}).gone == ("h3",)
    assert keep(store, "h6", 6, 7).gone == ("h2", "h4")
    assert store.names == ("named", "h5", "h6")
    assert [numbers(store, name) for name in store.names] == [[1], [5], [6, 7]]
    store.close()
    if where == "disk":
        assert Store(str(tmp_path), KIB, room).names == ("named", "h5", "h6")


def test_named_states_are_never_pushed_out(folder: str) -> None:
    store = Store(folder, 3 * KIB, 3 * KIB)
    keep(store, "before widening", 1, 2, passing=False)
    keep(store, "h1", 3)
    with pytest.raises(WeightProblem, match=r"no room for “too much”.*Delete some first"):
        keep(store, "too much", 4, 5, passing=False)
    with pytest.raises(WeightProblem, match="no room"):
        keep(store, "h2", 4, 5)
    assert store.names == ("before widening", "h1")
    keep(store, "before widening", 4, 5, 6, passing=False)
    assert numbers(store, "before widening") == [4, 5, 6]
    assert store.names == ("before widening",)
    store.close()


def test_there_are_at_most_so_many_that_may_pass() -> None:
    store, weights = Store(), live(1)
    for number in range(MOST_PASSING + 2):
        kept = store.keep(f"h{number}", weights, passing=True)
    assert kept.gone == ("h1",)
    assert len(store.names) == MOST_PASSING


# the disk


def test_memory_holds_no_more_than_it_may(tmp_path: Path) -> None:
    store = Store(str(tmp_path), 2 * KIB)
    for number in range(6):
        keep(store, f"h{number}", number)
        store.settle()
    assert store.in_memory <= 2 * KIB
    assert [numbers(store, f"h{number}") for number in range(6)] == [[number] for number in range(6)]
    store.close()


def test_files_of_which_little_is_needed_are_written_anew(tmp_path: Path) -> None:
    room = 30 * KIB
    store = Store(str(tmp_path), KIB, room)
    keep(store, "first", *range(20), passing=False)
    keep(store, "first", 0, *range(100, 104), passing=False)
    keep(store, "second", *range(200, 218))
    store.settle()
    assert numbers(store, "first") == [0, 100, 101, 102, 103]
    assert on_disk(tmp_path) <= room
    store.drop(["first", "second"])
    store.close()
    assert on_disk(tmp_path) == 0
    assert Store(str(tmp_path)).names == ()


CHILD = """
import sys, torch
sys.path.insert(0, sys.argv[2])
from test_weight_store import keep
from explorer.engine.weights.store import Store
store = Store(sys.argv[1])
keep(store, "before widening", 1, 2, 3, passing=False)
keep(store, "h1", 1, 2, 4)
store.settle()
keep(store, "h1", 1, 2, 5)
store.settle()
print("kept", flush=True)
sys.stdin.read()
"""


def test_what_was_kept_outlives_an_engine_that_is_killed(tmp_path: Path) -> None:
    here = str(Path(__file__).parent)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(tmp_path), here],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "kept\n"
        child.kill()
        child.wait()
    store = Store(str(tmp_path))
    assert store.names == ("before widening", "h1")
    assert numbers(store, "before widening") == [1, 2, 3]
    assert numbers(store, "h1") == [1, 2, 5]
    state = store.state("before widening")
    assert state is not None
    assert not state.passing
    assert keep(store, "h2", 1, 2, 3).size == 0
    store.close()


def test_the_end_of_the_program_writes_what_waits(tmp_path: Path) -> None:
    text = CHILD.replace("store.settle()\n", "").replace("sys.stdin.read()\n", "")
    here = str(Path(__file__).parent)
    subprocess.run([sys.executable, "-c", text, str(tmp_path), here], check=True, capture_output=True)
    store = Store(str(tmp_path))
    assert numbers(store, "h1") == [1, 2, 5]


def test_torn_files_are_cleared_away_and_the_rest_is_used(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    keep(store, "one", 1)
    store.settle()
    keep(store, "two", 2)
    store.close()
    (tmp_path / "tensors" / ".half").write_bytes(b"x")
    (tmp_path / "tensors" / "torn.safetensors").write_bytes(b"\xff" * 9)
    (tmp_path / "states" / "torn.state").write_bytes(b"\xc1")
    first = min((tmp_path / "tensors").glob("*-*.safetensors"))
    data = first.read_bytes()
    first.write_bytes(data[:-9])
    again = Store(str(tmp_path))
    assert again.names == ("two",)
    assert numbers(again, "two") == [2]
    left = [path.name for path in (tmp_path / "tensors").iterdir()]
    assert len(left) == 1
    assert len(list((tmp_path / "states").iterdir())) == 1


def test_damaged_numbers_are_noticed(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    keep(store, "one", 1)
    store.close()
    (path,) = (tmp_path / "tensors").iterdir()
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    again = Store(str(tmp_path))
    with pytest.raises(WeightProblem, match="damaged"):
        numbers(again, "one")


def test_a_disk_that_cannot_be_written_to_is_said_and_memory_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(str(tmp_path), 2 * KIB)

    def full(*_: object) -> None:
        raise WeightProblem("h1 was not written: No space left on device.")

    monkeypatch.setattr("explorer.engine.weights.packs.write", full)
    keep(store, "h1", 1)
    store.settle()
    keep(store, "h2", 2)
    store.settle()
    assert numbers(store, "h1") == [1]
    assert keep(store, "h3", 3).gone == ("h1",)  # no more than memory may hold
    store.settle()
    with pytest.raises(WeightProblem, match=r"“mine” cannot be kept: .*No space left"):
        keep(store, "mine", 4, passing=False)
    monkeypatch.undo()
    keep(store, "h4", 4)
    store.settle()
    keep(store, "mine", 4, passing=False)
    store.close()
    assert "mine" in Store(str(tmp_path)).names


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WeightProblem, match="cannot be kept in"):
        Store(str(tmp_path / "file" / "kept"))
