"""Checkpoints that ask for more than they hold are refused before memory is taken; ordinary ones are read."""

from __future__ import annotations

import io
import os
import pickle
import resource
import time
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from explorer import bounds
from explorer.engine.published.reading import read
from explorer.engine.weights import WeightProblem
from explorer.engine.weights.files import names_in

STATE = {"conv.weight": torch.ones(8, 3, 3, 3), "conv.bias": torch.zeros(8), "steps": torch.tensor(3)}


class Calls:
    """Pickles as a call."""

    def __init__(self, function: Callable[..., Any], *arguments: Any) -> None:
        self.function, self.arguments = function, arguments

    def __reduce__(self) -> tuple[Any, ...]:
        return self.function, self.arguments


def archive(path: Path, description: bytes, compression: int = zipfile.ZIP_STORED, **records: bytes) -> None:
    with zipfile.ZipFile(path, "w", compression) as file:
        file.writestr("archive/data.pkl", description)
        file.writestr("archive/version", "3\n")
        for name, data in records.items():
            file.writestr(f"archive/data/{name.removeprefix('_')}", data)


def calling(function: Callable[..., Any], *arguments: Any) -> Callable[[Path], None]:
    return lambda path: archive(path, pickle.dumps({"a": Calls(function, *arguments)}, protocol=2))


def described(values: int) -> bytes:
    """The description of one tensor of so many values."""
    kept = io.BytesIO()
    torch.save({"a": torch.zeros(5)}, kept)
    with zipfile.ZipFile(kept) as file:
        name = next(name for name in file.namelist() if name.endswith("data.pkl"))
        return file.read(name).replace(b"K\x05", b"J" + values.to_bytes(4, "little"))


def unpacking(path: Path) -> None:
    archive(path, described(2**25), zipfile.ZIP_DEFLATED, _0=bytes(2**27))


def legacy(path: Path) -> None:
    torch.save({"a": torch.zeros(5)}, path, _use_new_zipfile_serialization=False)
    path.write_bytes(path.read_bytes().replace(b"K\x05", b"J" + (2**30).to_bytes(4, "little")))


def itself(path: Path) -> None:
    holder: dict[str, Any] = {}
    holder["model"] = holder
    torch.save(holder, path)


def tuple_keys(path: Path) -> None:
    """The hash of the key is worked out 2**60 times."""
    code = b"\x80\x02}K\x01q\x00" + b"h\x00\x86q\x00" * 60 + b"K\x00s."
    archive(path, code)


BOMBS: dict[str, tuple[Callable[[Path], None], str]] = {
    "bytearray": (calling(bytearray, 5 * 10**9), "would call .*bytearray, which is no part of weights"),
    "tensor": (calling(torch.FloatTensor, 10**9), "would call torch.FloatTensor"),
    "program": (calling(os.system, "touch executed"), "would call .*system"),
    "unpacking": (unpacking, "would unpack from .* KiB to 128 MiB"),
    "missing": (lambda path: archive(path, described(2**30)), "bytes of values; there are none"),
    "short": (lambda path: archive(path, described(2**30), _0=bytes(20)), "there are 20 bytes"),
    "legacy": (legacy, "says that it holds 4.0 GiB of values, but has"),
    "itself": (itself, "holds no tensors"),
    "keys": (tuple_keys, "without a name"),
    "memo": (lambda path: archive(path, b"\x80\x02]r\xff\xff\xff\xff."), "no state dict|no tensors"),
    "steps": (lambda path: archive(path, b"\x80\x02" + b"N0" * 600_000 + b"}."), "more steps"),
    "long": (lambda path: archive(path, b"\x80\x02" + b"N0" * 5_000_000 + b"}."), "more than 8 MiB"),
    "torn": (lambda path: archive(path, described(5)[:40]), "torn"),
    "text": (lambda path: path.write_text("weights"), "neither safetensors nor"),
    "other": (lambda path: zipfile.ZipFile(path, "w").close(), "no checkpoint of torch"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_words(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write, words = BOMBS[name]
    write(tmp_path / "bomb.pth")
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(WeightProblem, match=rf"bomb\.pth .*({words})") as problem:
        read(tmp_path / "bomb.pth")
    assert time.process_time() - started < 4
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024  # KiB
    assert str(problem.value).endswith((".", ")"))
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("zipped", [True, False])
@pytest.mark.parametrize(
    "held", [STATE, OrderedDict(STATE), {"state_dict": STATE, "epoch": 3, "best": [0.5]}]
)
def test_ordinary_checkpoints_are_read(held: Any, zipped: bool, tmp_path: Path) -> None:
    torch.save(held, tmp_path / "net.pth", _use_new_zipfile_serialization=zipped)
    found = read(tmp_path / "net.pth")
    assert found.keys() == STATE.keys()
    assert all(torch.equal(found[name], value) for name, value in STATE.items())


@pytest.mark.parametrize("kind", [torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.bool])
def test_every_kind_of_number(kind: torch.dtype, tmp_path: Path) -> None:
    module = torch.nn.Linear(3, 2).to(kind if kind.is_floating_point else torch.float32)
    held = {"mask": torch.ones(3, dtype=kind), **dict(module.named_parameters())}
    torch.save(held, tmp_path / "net.pth")
    assert read(tmp_path / "net.pth")["mask"].dtype == kind


def test_one_value_that_counts_as_a_thousand_million_is_no_weight(tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(1).expand(10**9), "b": torch.ones(2)}, tmp_path / "net.pth")
    assert list(read(tmp_path / "net.pth")) == ["b"]


def test_an_adam_beside_the_weights_is_no_hindrance(tmp_path: Path) -> None:
    module = torch.nn.Linear(3, 2)
    adam = torch.optim.Adam(module.parameters())
    module(torch.ones(3)).sum().backward()
    adam.step()
    torch.save({"model": module.state_dict(), "optimizer": adam.state_dict()}, tmp_path / "net.pth")
    assert list(read(tmp_path / "net.pth")) == ["weight", "bias"]


@pytest.mark.parametrize("ask", [read, names_in])
def test_tables_of_safetensors_are_bounded(ask: Callable[[Path], object], tmp_path: Path) -> None:
    file = tmp_path / "net.safetensors"
    for length in (2**63, bounds.HEADER_BYTES + 1, 50):
        file.write_bytes(length.to_bytes(8, "little") + b"{}")
        with pytest.raises(WeightProblem, match=r"net\.safetensors is no whole safetensors file"):
            ask(file)
    save_file({f"a{n}": torch.zeros(0) for n in range(bounds.TENSORS + 1)}, file)
    with pytest.raises(WeightProblem, match="20,001 tensors; 20,000 are the limit"):
        ask(file)
