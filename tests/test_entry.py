"""The `explorer` command itself: what it says arrives whatever the system's code page is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from explorer import launch
from explorer.cli import display


@pytest.mark.parametrize("page", ["cp1252", "ascii", "latin-1"])
def test_output_is_utf8_where_the_system_wants_another(page: str) -> None:
    env = {**launch.environment(), "PYTHONIOENCODING": page}
    done = subprocess.run(
        launch.command("summary", "lenet5_modern"), env=env, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "×" in done.stdout.decode()
    wrong = subprocess.run(launch.command("check", "no_such_×"), env=env, capture_output=True, check=False)
    assert wrong.returncode == 2
    assert "no_such_×" in wrong.stderr.decode()


def opened(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """Start the program as on a server: without a display."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    env = {key: value for key, value in launch.environment().items() if key not in hidden}
    return subprocess.run(
        launch.command(*words), env={**env, **environment}, capture_output=True, check=False, timeout=60
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
@pytest.mark.parametrize("words", [(), ("lenet5_modern",), ("--theme", "dark")], ids=str)
def test_without_a_display_it_says_what_works(words: tuple[str, ...]) -> None:
    done = opened(*words)
    assert done.returncode == 1
    said = done.stderr.decode()
    assert "There is no display here" in said
    assert "explorer summary" in said
    assert "Traceback" not in said
    assert len(said) < 500


def test_help_needs_no_display() -> None:
    done = opened("--fresh", "--help")
    assert done.returncode == 0
    assert b"usage: explorer" in done.stdout


def test_a_display_or_a_platform_of_its_own_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(display, "_is_there", lambda _library: True)
    for known in ({"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "w"}, {"QT_QPA_PLATFORM": "offscreen"}):
        assert display.why_no_window(known) == ""
    monkeypatch.setattr(sys, "platform", "darwin")
    assert display.why_no_window({}) == ""
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(display, "_is_there", lambda _library: False)
    assert "sudo apt-get install" in display.why_no_window({"DISPLAY": ":0"})
