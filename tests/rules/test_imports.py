"""Who may import whom, read from the source and measured in fresh processes."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "explorer"


def test_the_import_contracts_hold() -> None:
    pytest.importorskip("importlinter", reason="import-linter is in the dev extra")
    words = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command; lint_imports_command()",
        "--no-cache",
    ]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-1_000:]


ONLY = {
    "graph": {"networkx", "msgspec", "explorer.graph", "explorer.atomic", "explorer.bounds"},
    "text": {"numpy", "explorer.resources", "explorer.text", "explorer.words"},
    "blocks": {
        "explorer.blocks",
        "explorer.graph",
        "explorer.bounds",
        "explorer.extensions",
        "explorer.text",
        "explorer.trust",
    },
    "library": {"msgspec", "explorer.library", "explorer.graph", "explorer.bounds", "explorer.folders"},
    "architectures": {
        "explorer.architectures",
        "explorer.blocks",
        "explorer.extensions",
        "explorer.graph",
        "explorer.resources",
        "msgspec",
    },
    "protocol": {"msgspec", "numpy", "explorer.protocol"},
    "client": {
        "msgspec",
        "explorer.atomic",
        "explorer.bounds",
        "explorer.client",
        "explorer.folders",
        "explorer.launch",
        "explorer.protocol",
    },
    "session": {
        "msgspec",
        "numpy",
        "filelock",
        "explorer.session",
        "explorer.protocol",
        "explorer.graph",
        "explorer.resources",
        "explorer.folders",
        "explorer.atomic",
        "explorer.bounds",
        "explorer.training",
        "explorer.words",
    },
}


def imported(path: Path) -> set[str]:
    """Modules a file imports, wherever it does."""
    found = set[str]()
    for item in ast.walk(ast.parse(path.read_text())):
        if isinstance(item, ast.Import):
            found.update(alias.name for alias in item.names)
        elif isinstance(item, ast.ImportFrom):
            assert item.level == 0, f"relative import in {path}"
            if item.module == "explorer":
                found.update(f"explorer.{alias.name}" for alias in item.names)
            else:
                found.add(item.module or "")
    return found


@pytest.mark.parametrize("package", sorted(ONLY))
def test_a_package_imports_nothing_else(package: str) -> None:
    for path in (PACKAGE / package).rglob("*.py"):
        for name in imported(path):
            parts = name.split(".")
            known = ".".join(parts[:2]) if parts[0] == "explorer" else parts[0]
            assert known in ONLY[package] or known in sys.stdlib_module_names, f"{path.name} imports {name}"


def loaded_by(code: str, *names: str) -> list[str]:
    """Which of the modules are there after running code in a fresh process."""
    ask = f"{code}\nimport sys, json\nprint(json.dumps([n for n in {names!r} if n in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_importing_the_package_costs_nothing() -> None:
    assert (
        loaded_by("import explorer", "torch", "PySide6", "networkx", "numpy", "msgspec", "explorer.api") == []
    )


def test_building_and_resolving_a_design_loads_neither_torch_nor_qt() -> None:
    code = (
        "from explorer.architectures.gallery import gallery; from explorer.blocks.registry import registry;"
        "from explorer.graph.resolve import Resolver;"
        "from explorer.graph import files, repairs, layout, workspace;"
        "import explorer.client.engine, explorer.session.session;"
        "Resolver(registry()).resolve(gallery()['resnet_small'].build())"
    )
    assert loaded_by(code, "torch", "PySide6", "pyqtgraph", "captum") == []


def test_the_window_loads_no_torch() -> None:
    assert loaded_by("import explorer.ui.app", "torch", "captum", "torchinfo", "explorer.engine") == []


def test_the_first_picture_of_the_window_needs_nothing_slow() -> None:
    slow = ("torch", "numpy", "networkx", "pyqtgraph", "explorer.blocks", "explorer.graph.document")
    assert loaded_by("import explorer.ui.start", *slow) == []


def test_the_engine_loads_no_qt() -> None:
    assert loaded_by("import explorer.engine.server, explorer.engine.local", "PySide6", "pyqtgraph") == []


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("*.py") if path.name != "conftest.py"]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
