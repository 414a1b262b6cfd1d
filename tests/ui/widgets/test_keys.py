"""Keys in sentences are those of the keyboard at hand; no sentence names them by itself."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import explorer
from explorer.ui.widgets.keys import native

MEANT = ("native", "key_of", "with_key", "modifier", "QKeySequence", "QShortcut", "Action")
TABLES = ("shell/actions/rows.py", "canvas/actions.py", "keys/presets.py")
UI = Path(explorer.__file__).parent / "ui"


def test_keys_are_written_as_people_here_read_them() -> None:
    assert native("Ctrl+Shift+G") == "Ctrl+Shift+G"


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: str(path.relative_to(UI)))
def test_no_sentence_names_a_key_by_itself(path: Path) -> None:
    if str(path.relative_to(UI)) in TABLES:
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        id(argument)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MEANT
        for argument in ast.walk(call)
    }
    docs = {
        id(item.body[0].value)
        for item in ast.walk(tree)
        if isinstance(item, ast.Module | ast.ClassDef | ast.FunctionDef)
        and item.body
        and isinstance(item.body[0], ast.Expr)
    }
    for item in ast.walk(tree):
        if isinstance(item, ast.Constant) and isinstance(item.value, str) and id(item) not in named | docs:
            assert "Ctrl" not in item.value, f"{path.name}, line {item.lineno}: use native()"
