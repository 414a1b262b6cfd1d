"""The `explorer` command itself: what it says arrives whatever the system's code page is."""

from __future__ import annotations

import subprocess

import pytest

from explorer import launch


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
