"""`explorer list blocks|architectures|datasets`."""

from __future__ import annotations

import argparse
import json
from typing import Any


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to list, and how."""
    parser.add_argument("what", choices=("blocks", "architectures", "datasets"))
    parser.add_argument("--json", action="store_true", help="one JSON value")


def run(arguments: argparse.Namespace) -> int:
    """Print the rows."""
    rows = {"blocks": _blocks, "architectures": _architectures, "datasets": _datasets}[arguments.what]()
    if arguments.json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    widths = [max(len(str(row[key])) for row in rows) for key in ("id", "title")]
    for row in rows:
        print(f"{row['id']:<{widths[0]}}  {row['title']:<{widths[1]}}  {row['category']}")
    return 0


def _blocks() -> list[dict[str, Any]]:
    from explorer.blocks.registry import registry

    return [
        {
            "id": block.id,
            "title": block.title,
            "category": block.category,
            "family": block.family,
            "composite": block.is_composite,
            "fields": {name: field.default for name, field in block.fields.items()},
            "inputs": [port.name for port in block.inputs],
        }
        for block in registry().blocks
    ]


def _architectures() -> list[dict[str, Any]]:
    from explorer.architectures.gallery import gallery

    return [
        {
            "id": entry.id,
            "title": entry.title,
            "category": entry.category,
            "year": entry.year,
            "source": entry.source,
            "input": list(entry.input.shape),
            "classes": entry.classes,
            "dataset": entry.dataset,
            "options": entry.options,
        }
        for entry in gallery().values()
    ]


def _datasets() -> list[dict[str, Any]]:
    from explorer.training.datasets import DATASETS

    return [
        {
            "id": entry.id,
            "title": entry.title,
            "category": entry.category,
            "task": entry.task,
            "shape": list(entry.shape),
            "classes": list(entry.classes),
        }
        for entry in DATASETS.values()
    ]
