"""A Python file of the user's own runs only after it was trusted, and not in any other way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from nets import design, node

from explorer import bounds, trust
from explorer.cli.parser import run
from explorer.graph import files
from explorer.trust import TrustProblem

BLOCK = '''
from pathlib import Path
Path({marker!r}).write_text("it ran")
from explorer.blocks.block import Composite, block

@block("twice_mine", category="1.1.1", family="composite")
class TwiceMine(Composite):
    """Two ReLUs.

    Shapes: x → y.  Parameters: 0.
    Source: this test."""

    def expand(self, g, x):
        return g.add("relu", g.add("relu", x))
'''


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the user's files."""
    monkeypatch.setenv("EXPLORER_CONFIG_DIR", str(tmp_path / "config"))
    (tmp_path / "config" / "blocks").mkdir(parents=True)
    return tmp_path / "config" / "blocks"


@pytest.fixture
def mine(own_folder: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A file that leaves a marker when it runs, and the marker."""
    marker = tmp_path / "marker"
    path = own_folder / "mine.py"
    path.write_text(BLOCK.format(marker=str(marker)))
    return path, marker


def using_it(tmp_path: Path) -> Path:
    document = design(
        [node("input", "input", shape=(1, 4, 4)), node("a", "twice_mine"), node("output", "output")],
        *("input -> a", "a -> output"),
    )
    files.save(document, tmp_path / "d.arch.json")
    return tmp_path / "d.arch.json"


def explorer(*words: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: what was loaded there is gone afterwards."""
    return subprocess.run(
        [sys.executable, "-m", "explorer", *words], capture_output=True, text=True, timeout=120, check=False
    )


def test_nothing_runs_it_until_it_is_trusted(mine: tuple[Path, Path], tmp_path: Path) -> None:
    path, marker = mine
    file = str(using_it(tmp_path))
    listed = explorer("block", "list")
    assert "mine.py" in listed.stdout
    assert "not trusted: its code has not been run" in listed.stdout
    checked = explorer("check", file)
    assert checked.returncode == 1
    assert "declared in mine.py, which is not trusted" in checked.stdout
    assert explorer("list", "blocks").returncode == 0
    assert explorer("summary", file).returncode == 1
    assert not marker.exists()
    assert explorer("block", "trust", "mine.py").returncode == 0
    assert not marker.exists()  # trusting is no running
    assert explorer("check", file).returncode == 0
    assert marker.exists()
    marker.unlink()
    path.write_text(path.read_text() + "\n# changed\n")
    assert "not trusted" in explorer("check", file).stdout
    assert not marker.exists()


def test_the_engine_process_does_not_run_it_either(mine: tuple[Path, Path], tmp_path: Path) -> None:
    path, marker = mine
    file = str(using_it(tmp_path))
    assert explorer("export", file, "--to", "python", "-o", str(tmp_path / "m.py")).returncode != 0
    assert not marker.exists()
    explorer("block", "trust", str(path))
    assert explorer("export", file, "--to", "python", "-o", str(tmp_path / "m.py")).returncode == 0
    assert "relu" in (tmp_path / "m.py").read_text().lower()


def test_trust_is_of_this_content_at_this_place(mine: tuple[Path, Path]) -> None:
    path, _ = mine
    trust.trust(trust.code_at(path))
    assert trust.code_at(path).trusted
    path.with_name("copy.py").write_bytes(path.read_bytes())
    assert not trust.code_at(path.with_name("copy.py")).trusted
    text = path.read_bytes()
    path.write_bytes(text + b"#")
    assert not trust.code_at(path).trusted
    path.write_bytes(text)
    assert trust.code_at(path).trusted
    assert trust.distrust(path)
    assert not trust.code_at(path).trusted
    assert not trust.distrust(path)


def test_what_is_trusted_is_what_was_read(mine: tuple[Path, Path]) -> None:
    """Between the page that shows the text and the button the file may change."""
    path, _ = mine
    seen = trust.code_at(path)
    path.write_bytes(b"import os\n")
    trust.trust(seen)
    assert not trust.code_at(path).trusted


@pytest.mark.parametrize(
    "data", [b"def (", b"\x00", b"(" * 5_000, b"-" * 100_000 + b"1", b"\xff\xfe", b"x = 1\n" * 60_000]
)
def test_files_that_are_no_python_are_said(own_folder: Path, data: bytes) -> None:
    path = own_folder / "odd.py"
    path.write_bytes(data)
    (code,) = trust.own_code()
    assert "odd.py" in code.problem
    with pytest.raises(TrustProblem):
        trust.trust(code)
    if len(data) > bounds.OWN_CODE_BYTES:
        assert not code.data


def test_pipes_and_devices_are_not_opened(own_folder: Path) -> None:
    os.mkfifo(own_folder / "pipe.py")
    (own_folder / "folder.py").mkdir()
    (own_folder / "zero.py").symlink_to("/dev/zero")
    assert [code.trusted for code in trust.own_code()] == [False] * 3
    assert all(code.problem for code in trust.own_code())


def test_ids_are_told_without_running(own_folder: Path) -> None:
    (own_folder / "many.py").write_text(
        '@block("one")\nclass A: pass\n@b.block("two", target=f())\nclass B: pass\n'
        "@block(name)\nclass C: pass\n@other('three')\nclass D: pass\n"
    )
    assert trust.own_code()[0].declares == ("one", "two")
    assert trust.asleep("two") is not None
    assert trust.asleep("three") is None


def test_a_broken_list_of_trust_trusts_nothing(mine: tuple[Path, Path], tmp_path: Path) -> None:
    path, _ = mine
    trust.trust(trust.code_at(path))
    (tmp_path / "config" / "trusted").write_bytes(b"\xff\x00\xff" * 100)
    assert not trust.code_at(path).trusted


def test_the_command_line(tmp_path: Path, own_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    outside = tmp_path / "far.py"
    outside.write_text("x = 1\n")
    assert run(["block", "trust", str(outside)]) == 1  # it is not among the own blocks
    assert run(["block", "add", str(outside)]) == 0
    assert run(["block", "trust", "far.py"]) == 0
    assert run(["block", "sleep", "far.py"]) == 0
    assert not trust.code_at(own_folder / "far.py").trusted
    assert run(["block", "trust", "nothing.py"]) == 1
    assert run(["block", "remove", "nothing"]) == 1
    assert run(["block", "add", str(tmp_path / "missing.block.json")]) == 1
    assert run(["block", "list", "--json"]) == 0
    outside.write_text("x = 2\n")
    assert run(["block", "add", str(outside)]) == 1
    assert (own_folder / "far.py").read_text() == "x = 1\n"
    capsys.readouterr()


@pytest.mark.parametrize("code", ["raise SystemExit(3)", "1 / 0", "import nothing_like_this"])
def test_a_trusted_file_that_fails_costs_nothing_but_its_blocks(
    own_folder: Path, tmp_path: Path, code: str
) -> None:
    path = own_folder / "fails.py"
    path.write_text(code + "\n")
    trust.trust(trust.code_at(path))
    listed = explorer("list", "blocks")
    assert listed.returncode == 0
    assert "fails.py" in listed.stderr
