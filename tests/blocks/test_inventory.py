"""Everything that the source texts name is there, and its own property is shown by a test."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from explorer.blocks.registry import chapters, registry

HERE = Path(__file__).parent
ROWS = [line.split() for line in (HERE / "ids.txt").read_text().splitlines() if line[:1] != "#" and line]
"""Id and chapter of every block that the lecture and the articles name."""


def shown() -> set[str]:
    """Ids in the marks `@pytest.mark.block(...)` of this folder's tests."""
    found = set[str]()
    for path in HERE.glob("test_*.py"):
        for item in ast.walk(ast.parse(path.read_text())):
            if not isinstance(item, ast.FunctionDef) or not item.name.startswith("test_"):
                continue
            for mark in item.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.block":
                    found |= {word.value for word in mark.args if isinstance(word, ast.Constant)}
    return found


SHOWN = shown()


@pytest.mark.parametrize(("block", "chapter"), ROWS, ids=[row[0] for row in ROWS])
def test_the_block_is_there_and_its_property_is_tested(block: str, chapter: str) -> None:
    assert registry()[block].category == chapter
    assert block in SHOWN, f"no test is marked with block({block!r})"


def test_the_list_is_whole() -> None:
    assert len(ROWS) == 180
    assert len({row[0] for row in ROWS}) == len(ROWS)


def test_marks_name_blocks_that_exist() -> None:
    assert {name for name in SHOWN if name not in registry()} == set()


def test_every_file_of_a_chapter_is_listed() -> None:
    for chapter in chapters():
        package = Path(__file__).parents[2] / chapter.package.replace(".", "/")
        assert {path.stem for path in package.glob("*.py")} - {"__init__"} == set(chapter.files)
        assert {cls.category for cls in registry().blocks if cls.__module__.startswith(chapter.package)} == {
            chapter.number
        }
