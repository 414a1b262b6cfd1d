"""`explorer block list|add|remove|trust|sleep`: the user's own blocks."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from explorer import trust
from explorer.cli.trouble import Trouble
from explorer.folders import blocks_folder
from explorer.graph.files import FileProblem
from explorer.library.shelf import Library
from explorer.trust import TrustProblem

ASLEEP = "not trusted: its code has not been run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and with which."""
    parts = parser.add_subparsers(dest="part", metavar="list|add|remove|trust|sleep", required=True)
    rows = parts.add_parser("list", help="all own blocks, and files that are none")
    rows.add_argument("--json", action="store_true", help="one JSON value")
    add = parts.add_parser("add", help="take the file of a block into the folder")
    add.add_argument("file", help="a .block.json file, or a .py file, which sleeps until it is trusted")
    remove = parts.add_parser("remove", help="delete the file of a block; designs keep their copies")
    remove.add_argument("name")
    for name, words in (("trust", "let a Python file run as it is now"), ("sleep", "take trust back")):
        part = parts.add_parser(name, help=words)
        part.add_argument("file", help="its path, or its name in the folder of own blocks")


def run(arguments: argparse.Namespace) -> int:
    """Do it; refusals are sentences."""
    try:
        if arguments.part == "list":
            return _list(as_json=arguments.json)
        return {"add": _add, "remove": _remove, "trust": _trust, "sleep": _sleep}[arguments.part](arguments)
    except (FileProblem, TrustProblem) as problem:
        raise Trouble(str(problem)) from None


def _list(*, as_json: bool) -> int:
    from explorer.blocks.registry import registry
    from explorer.graph.resolve import Resolver

    shelf, resolver = Library().shelf(), Resolver(registry())
    rows: list[dict[str, Any]] = []
    for block in shelf.blocks:
        flow = resolver.resolve(block.document)
        parameters = None if flow.problems else flow.parameters
        rows.append(
            {"id": block.name, "title": block.title, "kind": "group", "about": block.about}
            | {"parameters": parameters, "digest": block.digest}
        )
    for code in trust.own_code():
        about = code.problem or ("trusted" if code.trusted else ASLEEP)
        rows.append(
            {"id": code.path.name, "title": ", ".join(code.declares) or code.path.stem, "kind": "python"}
            | {"about": about, "trusted": code.trusted, "digest": code.digest[:16]}
        )
    if as_json:
        print(json.dumps({"blocks": rows, "problems": list(shelf.problems)}, ensure_ascii=False))
        return 0
    for row in rows:
        count = f"  {row['parameters']:,} parameters" if row.get("parameters") is not None else ""
        print(f"{row['id']:<24}  {row['title']:<24}{count}  {row['about']}".rstrip())
    for words in shelf.problems:
        print(words)
    if not rows and not shelf.problems:
        print(f"There are no own blocks yet. They lie in {blocks_folder()}.")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    path = Path(arguments.file)
    if path.suffix == ".py":
        code = trust.take_in(path)
        print(f"{code.path} is there, {ASLEEP}. Read it, then: explorer block trust {code.path.name}")
        return 0
    block = Library().add(path)
    print(f"“{block.title}” is among your blocks, as {block.name}.")
    return 0


def _remove(arguments: argparse.Namespace) -> int:
    Library().remove(arguments.name)
    print(f"{arguments.name} is removed. Designs that use it keep their copies.")
    return 0


def _trust(arguments: argparse.Namespace) -> int:
    code = trust.code_at(_path(arguments.file))
    trust.trust(code)
    declares = ", ".join(code.declares) or "no block that could be told from its text"
    size = f"{len(code.data):,} bytes, sha256 {code.digest[:16]}…"
    print(f"{code.path} ({size}) is trusted. It declares {declares}.")
    return 0


def _sleep(arguments: argparse.Namespace) -> int:
    path = _path(arguments.file)
    print(f"{path.name} sleeps again." if trust.distrust(path) else f"{path.name} was not trusted.")
    return 0


def _path(word: str) -> Path:
    """A file named by its path, or by its name in the folder; nothing outside the folder ever runs."""
    folder = blocks_folder()
    path = Path(word) if Path(word).exists() else folder / Path(word).name
    if path.resolve().parent != folder.resolve():
        raise TrustProblem(
            f"{path.name} does not lie among your own blocks. First: explorer block add {word[:200]}"
        )
    return folder / path.name
