"""The main job in a real window: a real mouse and keyboard under Xvfb (tools/tour.py does the walking)."""

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
@pytest.mark.timeout(600)
def test_from_the_palette_to_attention(tmp_path):
    missing = [name for name in NEEDED if shutil.which(name) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)}: sudo apt-get install xvfb xauth xdotool")
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
    screen = ["xvfb-run", "-a", "-s", "-screen 0 1920x1080x24"]
    command = [*screen, sys.executable, str(ROOT / "tools" / "tour.py"), str(tmp_path)]
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=550, env=environment, check=False
    )
    report = json.loads((tmp_path / "tour.json").read_text()) if (tmp_path / "tour.json").exists() else {}
    assert result.returncode == 0, f"{report.get('failed')}\n{result.stderr[-3000:]}"
    assert "needs one axis" in report["problem"]
    assert report["nodes"] == 6
    assert report["accuracy"] >= 0.95
    assert report["maps"] == 32
    assert report["heads"] == 16
    pictures = sorted(path.name for path in tmp_path.glob("*.png"))
    assert len(pictures) == 5
