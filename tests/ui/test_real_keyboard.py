"""A real keyboard under Xvfb: what an offscreen window cannot show (tools/keyboard_trial.py presses)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDED = ("Xvfb", "xdotool", "xvfb-run", "xauth")


@pytest.mark.skipif(sys.platform != "linux", reason="Xvfb is for X11 systems")
def test_signs_typed_with_shift_the_menu_key_and_sideways_wheels(tmp_path):
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: sudo apt-get install xvfb xauth xdotool")
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1280x900x24"]
    result = subprocess.run(
        [*screen, sys.executable, str(ROOT / "tools" / "keyboard_trial.py")],
        capture_output=True,
        text=True,
        timeout=90,
        env=environment,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-2000:]
    found = json.loads(result.stdout)
    assert found == {
        "ctrl+plus": True,
        "ctrl+shift+equal": True,
        "ctrl+KP_Add": True,
        "button 7": 60,
        "button 6": -60,
        "shift wheel": 60,
        "?": True,
        "Menu": "conv2 · Conv 2d",
        "focus after it": True,
        "right click": "relu1 · ReLU",
    }
