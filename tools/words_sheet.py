"""Write every word of the program on one sheet, to be read: `python tools/words_sheet.py OUT`.

`OUT/words.md` has the sentences of problems with the buttons of their repairs, remarks, cards of blocks,
networks, commands, and all other strings of the sources; `OUT/cards-N.png` has the pictures of the cards, a
chapter or two each. All is taken from the registries and the tables of the tests, so nothing new is left out.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
sys.path[:0] = [str(folder) for folder in (ROOT, TESTS, TESTS / "graph", TESTS / "remarks")]
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from test_remarks import SAMPLES  # noqa: E402
from test_repairs_everywhere import INPUTS, RESOLVER, single  # noqa: E402

from explorer.architectures.architecture import SECTIONS  # noqa: E402
from explorer.architectures.gallery import gallery  # noqa: E402
from explorer.blocks.block import Block  # noqa: E402
from explorer.blocks.card import read  # noqa: E402
from explorer.blocks.fields import Choice, Field  # noqa: E402
from explorer.blocks.registry import chapters, registry  # noqa: E402
from explorer.engine.local import demonstrate  # noqa: E402
from explorer.graph.catalogue import BadField  # noqa: E402
from explorer.graph.document import Document  # noqa: E402
from explorer.graph.edits import Disconnect  # noqa: E402
from explorer.graph.repairs import repairs  # noqa: E402
from explorer.remarks.curing import cures  # noqa: E402
from explorer.remarks.finding import aim_of, remarks  # noqa: E402
from explorer.remarks.registry import kinds  # noqa: E402
from explorer.ui.shell.actions import rows  # noqa: E402

CARDS_A_SHEET = 16
UNFIT_VALUES: tuple[Any, ...] = (-1, 0, 10**9, "?", (2, 2, 2, 2, 2), None)
Lines = Iterator[str]


def problem_lines() -> Lines:
    """Every block on every unsuitable input, with wires missing, and with fields out of their limits."""
    said: dict[str, str] = {}
    for cls in registry().blocks:
        for label, message in _field_messages(cls):
            said.setdefault(_wording(message.replace(label, "…")), f"- {cls.id}: {message}")
        if cls.id in ("input", "output", "constant"):
            continue
        for given in INPUTS:
            whole = single(cls.id, *INPUTS[given])
            for document in (whole, _without_a_wire(whole)):
                flow = RESOLVER.resolve(document)
                for problem in flow.faults:
                    if (wording := _wording(problem.message.replace(cls.title, "…"))) not in said:
                        found = repairs(document, RESOLVER, flow, problem)
                        buttons = "".join(f" [{r.title} | {r.effect} | {r.cost}]" for r in found)
                        said[wording] = f"- {cls.id}, {given}: {problem.message}{buttons}"
    yield from said.values()


def _wording(message: str) -> str:
    """What is left of a sentence without its numbers."""
    return re.sub(r"\d[\d,.×]*", "0", message)


def _without_a_wire(document: Document) -> Document:
    copy = document.copy()
    for edge in list(copy.graph().into("it"))[:1]:
        copy.apply(Disconnect(edge))
    return copy


def _field_messages(cls: type[Block]) -> Iterator[tuple[str, str]]:
    for name, field in cls.fields.items():
        for value in UNFIT_VALUES:
            try:
                cls(**{name: value})
            except BadField as problem:
                yield field.label.lower(), str(problem)


def remark_lines() -> Lines:
    """Each kind with its reason, and what its sample is told."""
    for code, kind in kinds().items():
        yield f"- {code}: **{kind.title}** — {kind.find.__doc__}"
        make, _ = SAMPLES[code]
        if make is None:
            continue
        document = make()
        flow = RESOLVER.resolve(document)
        for one in remarks(document, flow):
            if one.code == code:
                found = cures(document, RESOLVER, flow, one, aim_of(document))
                yield f"  - {one.message}" + "".join(f" [{r.title} | {r.effect} | {r.cost}]" for r in found)


def card_lines() -> Lines:
    """Title, words, sections, fields, formula and the words in the picture of each card."""
    titles = {chapter.number: chapter.title for chapter in chapters()}
    chapter = ""
    for cls in registry().blocks:
        if cls.category != chapter:
            chapter = cls.category
            yield f"\n### {chapter} {titles.get(chapter, '')}\n"
        card = read(cls.__doc__, cls.formula, cls.uncompiled)
        yield f"\n**{cls.title}** ({cls.id})"
        yield from card.what
        yield from ([f"formula: {card.formula}"] if card.formula else [])
        yield from (f"- {name}: {text}" for name, text in card.sections)
        yield from (f"- field {_field(field)}" for field in cls.fields.values())
        yield f"- picture: {_picture_words(cls.id)}"


def _field(field: Field[Any]) -> str:
    choices = f" ({', '.join(field.choices)})" if isinstance(field, Choice) else ""
    return f"{field.label}{choices} {field.unit}: {field.doc}"


def _picture_words(block: str) -> str:
    if block in ("input", "output"):
        return "none"
    picture = demonstrate(block).picture
    panels = " ".join(f"{one.sign} {one.title}" for one in getattr(picture, "panels", ()))
    gates = ", ".join(getattr(picture, "gates", ()))
    return f"{type(picture).__name__}: {panels}{gates} — {picture.note}"


def network_lines() -> Lines:
    """What the gallery says of each network."""
    for entry in gallery().values():
        opening = entry.about.partition("\n\n")[0].replace("\n", " ")
        yield f"\n**{entry.title}** ({entry.id}, {entry.year}, {entry.category}) {entry.source}"
        yield opening
        yield from (f"- {name}: {entry.section(name)}" for name in SECTIONS if entry.section(name))
        yield from ([f"- options: {entry.options}"] if entry.options else [])


def command_lines() -> Lines:
    """Titles of commands, and why they cannot be used."""
    shown = MagicMock()
    made = [
        *rows.file_rows(shown, lambda: None),
        *rows.export_rows(shown),
        *rows.edit_rows(shown),
        *rows.view_rows(shown, lambda: None, shown),
        *rows.beside_rows(shown),
        *rows.run_rows(shown),
    ]
    yield from (
        f"- {row.section}: {row.title} ({', '.join(row.keys)})" for row in made if row.section != "Gallery"
    )


def source_lines() -> Lines:
    """All strings of the sources that have several words and are no docstrings; `{…}` stands for a value."""
    for file in sorted((ROOT / "explorer").rglob("*.py")):
        found = list(dict.fromkeys(_strings(ast.parse(file.read_text()))))
        if found:
            yield f"\n{file.relative_to(ROOT / 'explorer')}"
            yield from (f"- {text}" for text in found)


def _strings(tree: ast.AST) -> Iterator[str]:
    statements = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    parts = {id(part) for node in joined for part in ast.walk(node) if part is not node}
    for node in ast.walk(tree):
        if id(node) in statements or id(node) in parts:
            continue
        if isinstance(node, ast.JoinedStr):
            text = "".join(_shown(part) for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if " " in text.strip() and any(letter.isalpha() for letter in text):
            yield " ".join(text.split())


def _shown(part: ast.expr) -> str:
    return part.value if isinstance(part, ast.Constant) else "{" + ast.unparse(part.value) + "}"  # type: ignore[attr-defined]


def draw_cards(folder: Path) -> None:
    """The pictures of all cards, a few on each sheet."""
    from explorer.cli.parser import run

    ids = [cls.id for cls in registry().blocks if cls.id not in ("input", "output")]
    for number, start in enumerate(range(0, len(ids), CARDS_A_SHEET), 1):
        run(["cards", *ids[start : start + CARDS_A_SHEET], "-o", str(folder / f"cards-{number:02}.png")])


def main(words: Sequence[str]) -> None:
    """Write the sheet and the pictures."""
    folder = Path(words[0])
    folder.mkdir(parents=True, exist_ok=True)
    parts = {
        "Problems": problem_lines,
        "Remarks": remark_lines,
        "Cards": card_lines,
        "Networks": network_lines,
        "Commands": command_lines,
        "Strings of the sources": source_lines,
    }
    with (folder / "words.md").open("w") as sheet:
        for title, lines in parts.items():
            found = list(lines())
            sheet.write(f"\n## {title}\n\n" + "\n".join(found) + "\n")
            print(f"{title}: {len(found):,} lines")  # noqa: T201
    draw_cards(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
