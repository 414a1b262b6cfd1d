"""Children run this very package, and nothing that lies about in the current folder."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import explorer
from explorer import launch
from explorer.cli import doctor_command
from explorer.client.engine import Engine
from explorer.protocol import events

PACKAGE = Path(explorer.__file__).parent
TRAPS = ("random", "torch", "numpy", "msgspec", "queue", "explorer", "sitecustomize", "importlib")


@pytest.fixture
def trapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is full of modules that must not be executed."""
    folder = tmp_path / "lecture notes"
    folder.mkdir()
    for name in TRAPS:
        (folder / f"{name}.py").write_text(
            f"from pathlib import Path\nPath({str(folder / 'caught')!r}).write_text({name!r})\n"
        )
    monkeypatch.chdir(folder)
    return folder


def output(*words: str, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        words, env=env or launch.environment(), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_the_traps_do_catch_what_is_started_as_usual(trapped: Path) -> None:
    subprocess.run([sys.executable, "-c", "import random"], capture_output=True, check=False)
    assert (trapped / "caught").exists()


@pytest.mark.parametrize("paths", [None, "", os.pathsep, "own"])
def test_nothing_in_the_current_folder_is_executed(
    trapped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: str | None
) -> None:
    if paths is not None:  # an empty part of the path stands for the current folder
        monkeypatch.setenv("PYTHONPATH", f"{tmp_path}{os.pathsep}{'' if paths == 'own' else paths}")
    assert output(*launch.command("--version")) == f"explorer {explorer.__version__}"
    assert output(*launch.code("import explorer, random; print(explorer.__file__)")) == explorer.__file__
    assert not (trapped / "caught").exists()


def test_the_engine_starts_among_traps(trapped: Path) -> None:
    inbox: queue.Queue[object] = queue.Queue()
    engine = Engine(inbox.put, inbox.put)
    engine.start()
    assert isinstance(inbox.get(timeout=60), events.Ready)
    engine.close(wait=True)
    assert not (trapped / "caught").exists()


def test_the_doctor_asks_torch_among_traps(trapped: Path) -> None:
    assert "cpu" in doctor_command.examine()["devices"]
    assert not (trapped / "caught").exists()


def test_a_window_is_opened_among_traps(trapped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(words: list[str], **options: object) -> None:
        started.append(real([*words[:-1], "--help"], stdout=subprocess.PIPE, **options))  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "Popen", popen)
    monkeypatch.setattr("tempfile.tempdir", str(trapped))
    explorer.show(explorer.load("lenet5_modern"))
    said, _ = started[0].communicate(timeout=60)
    assert b"explorer" in said
    assert started[0].returncode == 0
    assert not (trapped / "caught").exists()


def test_what_pythonpath_names_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "extension_of_ours.py").write_text("WORD = 'found'")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert output(*launch.code("import extension_of_ours; print(extension_of_ours.WORD)")) == "found"


def test_words_arrive_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    words = launch.code("import sys; print(sys.argv[1:])", "a b", "ä×", "--x=1")
    assert output(*words) == str(["a b", "ä×", "--x=1"])


def test_children_of_a_copy_run_the_copy(tmp_path: Path) -> None:
    """A checkout, a wheel that was unpacked: the same package, though another is installed."""
    shutil.copytree(PACKAGE / "cli", tmp_path / "explorer" / "cli")
    for name in ("__init__.py", "__main__.py", "launch.py"):
        shutil.copy(PACKAGE / name, tmp_path / "explorer" / name)
    assert _as_child_of(tmp_path) == str(tmp_path / "explorer" / "__init__.py")


def test_children_of_an_archive_run_the_archive(tmp_path: Path) -> None:
    archive = tmp_path / "explorer.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name in ("__init__.py", "__main__.py", "launch.py"):
            file.write(PACKAGE / name, f"explorer/{name}")
    assert _as_child_of(archive) == str(archive / "explorer" / "__init__.py")


def _as_child_of(home: Path) -> str:
    """Where a child's package is when that of its parent lies at `home`."""
    inner = "import explorer.__main__; print(explorer.__file__)"
    outer = (
        f"import sys, subprocess; sys.path.insert(0, {str(home)!r}); from explorer import launch\n"
        f"subprocess.run(launch.code({inner!r}), env=launch.environment(), check=True)"
    )
    env = {key: value for key, value in launch.environment().items() if key != "PYTHONPATH"}
    return output(sys.executable, "-P", "-c", outer, env=env)


def test_grandchildren_are_safe_too(trapped: Path) -> None:
    text = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import random'], check=True)"
    output(*launch.code(text))
    assert not (trapped / "caught").exists()


def test_no_console_window_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert launch.creation_flags() == 0
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(subprocess, "CREATE_NO_WINDOW", 0x08000000, raising=False)
    assert launch.creation_flags() == 0x08000000
