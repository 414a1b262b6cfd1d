"""A package of somebody else's that is installed beside the program adds one of everything."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from explorer import launch

SITE = Path(__file__).parent / "site"


def installed(*words: str, code: str = "") -> subprocess.CompletedProcess[str]:
    """Run the program where the package is installed."""
    env = launch.environment()
    env["PYTHONPATH"] = os.pathsep.join(filter(None, (str(SITE), env.get("PYTHONPATH", ""))))
    return subprocess.run(
        launch.code(code) if code else launch.command(*words),
        env={**env, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize(
    ("kind", "id"), [("blocks", "polite_unit"), ("architectures", "polite_net"), ("datasets", "corners")]
)
def test_it_stands_in_the_lists(kind: str, id: str) -> None:
    done = installed("list", kind, "--json")
    assert done.returncode == 0, done.stderr
    assert id in [row["id"] for row in json.loads(done.stdout)]


def test_its_network_of_its_block_trains_on_its_data(tmp_path: Path) -> None:
    done = installed(
        *(
            "train",
            "polite_net",
            "--data",
            "corners",
            "--epochs",
            "20",
            "--lr",
            "0.05",
            "--batch",
            "16",
            "--json",
        )
    )
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["event"] == "done"
    assert last["accuracy"] > 0.8


def test_its_block_opens_and_is_exported() -> None:
    done = installed("summary", "polite_net", "--depth", "2")
    assert "polite_unit" in done.stdout
    text = installed("export", "polite_net", "--to", "python", "-o", "-").stdout
    compile(text, "exported", "exec")
    assert "self.hidden" in text


def test_its_panel_is_in_the_table() -> None:
    done = installed(
        code="from explorer.ui.shell.panels import PANELS; print([row.id for row in PANELS][-1], len(PANELS))"
    )
    assert done.stdout.split()[0] == "notes", done.stderr


def test_what_is_taken_or_broken_is_left_out_and_said() -> None:
    done = installed(
        code="from explorer.blocks.registry import registry\n"
        "from explorer.training.datasets import DATASETS\n"
        "print(registry()['relu'].__name__, DATASETS['iris'].title)"
    )
    assert done.stdout.split(maxsplit=1) == ["ReLU", "Iris flowers\n"]
    assert "“broken” is left out: RuntimeError: this one is broken" in done.stderr
    assert "“relu” is left out: there is a block of that id already" in done.stderr
    assert "“iris” is left out" in done.stderr
