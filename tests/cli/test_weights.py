"""`explorer weights`: what is published, fetched from a server on this machine, written for the design."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import torch
from file_server import Files, serving
from nets import resolve
from safetensors.torch import load_file

from explorer.__main__ import main
from explorer.architectures.gallery import find
from explorer.cli import weights_command
from explorer.client.weights.publishers import Published
from explorer.engine.compile import compile_flow

Answer = tuple[int, str, str]


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    monkeypatch.setenv("EXPLORER_CACHE_DIR", str(tmp_path / "cache"))
    with serving() as found:
        yield found


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> Answer:
    capsys.readouterr()
    code = main([str(word) for word in words])
    return code, *capsys.readouterr()


def weights_of(name: str) -> tuple[dict[str, torch.Tensor], bytes]:
    state = compile_flow(resolve(find(name).build()), name, torch.device("cpu"), seed=9).module.state_dict()
    file = BytesIO()
    torch.save({"state_dict": {f"module.{key}": value for key, value in state.items()}}, file)
    return state, file.getvalue()


def test_list(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "weights", "resnet50", "--list", "--json")
    rows = json.loads(out)
    assert (code, err) == (0, "")
    assert [row["title"] for row in rows] == ["resnet50-0676ba61.pth", "resnet50-11ad3fa6.pth"]
    assert rows[0]["sha256"] == "0676ba61"
    assert rows[0]["fetched"] is False
    code, out, _ = run(capsys, "weights", "--list")
    assert code == 0
    assert "swin_t-704ceda3.pth" in out
    assert len(out.splitlines()) > 45
    assert files.asked == []


def test_fetched_once_and_written_for_the_design(
    files: Files, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    state, content = weights_of("lenet5_modern")
    offer = Published("lenet5_modern", files.put("lenet", content))
    monkeypatch.setattr(weights_command, "published", lambda _id: (offer,))
    code, out, err = run(capsys, "weights", "lenet5_modern")
    assert code == 0
    assert Path(out.strip()).read_bytes() == content
    assert f"{offer.file}: 0.2 of 0.2 MiB" in err
    target = tmp_path / "own.safetensors"
    code, out, err = run(capsys, "weights", "lenet5_modern", "-o", target)
    assert (code, out) == (0, "")
    assert "10 tensors by the names of the design." in err
    assert len(files.asked) == 1
    written = load_file(target)
    assert set(written) == set(state)
    assert all(torch.equal(written[key], value) for key, value in state.items())


def test_from_an_address_or_a_file(files: Files, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, content = weights_of("lenet5_modern")
    address = files.put("net", content, "")
    code, out, _ = run(capsys, "weights", "lenet5_modern", "--from", address)
    assert code == 0
    kept = Path(out.strip())
    assert kept.name == "net.pth"
    code, _, err = run(capsys, "weights", "mlp_spirals", "--from", kept, "-o", tmp_path / "a.safetensors")
    assert code == 1
    assert "net.pth holds weights of another network" in err
    assert "conv1.weight of the file found no place." in err  # every one by name
    assert not (tmp_path / "a.safetensors").exists()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("lenet5", "--from", "ROOT/none.pth"), 1, "answers 404 Not Found for none.pth."),
        (("lenet5", "--from", "http://127.0.0.1:9/n.pth"), 1, "Take a file that you have with --from FILE."),
        (("lenet5",), 1, "No published weights are known for lenet5."),
        (("lenet5", "--from", "missing.pth", "-o", "x.safetensors"), 1, "missing.pth cannot be read"),
        (("lenet5", "--from", "missing.pth", "-o", "x.pth"), 2, "written as .safetensors"),
        (("nonsense",), 2, "There is no architecture “nonsense”"),
        (("nonsense", "--list"), 2, "There is no architecture “nonsense”"),
        ((), 2, "Whose weights?"),
    ],
)
def test_what_cannot_be(
    files: Files, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, said: str
) -> None:
    done = run(capsys, "weights", *(word.replace("ROOT", files.root) for word in words))
    assert done[0] == code
    assert done[1] == ""
    assert said in done[2]
