"""A few of the trials of `tools/kill_trial.py`; it runs a hundred by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from explorer import launch

ROOT = Path(__file__).parents[2]


def test_engines_and_programs_killed_at_random_moments() -> None:
    words = [sys.executable, str(ROOT / "tools" / "kill_trial.py"), "--count", "3", "--seed", "4"]
    done = subprocess.run(words, env=launch.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("noticed after") >= 2
