"""The lines of the exported source that concern one address."""

from __future__ import annotations

import re

_CLASS = re.compile(r"^class (\w+)\(")


def lines_of(source: str, address: str) -> str:
    """Return the lines that make and use the module at an address, with the names of their methods.

    The address is followed through the classes of the file; what cannot be followed gives an empty text.
    """
    classes = _classes(source)
    owner = "Model"
    *path, last = address.split(".")
    for name in path:
        made = _making(classes.get(owner, []), name)
        owner = next((word for word in re.findall(r"\w+", made) if word in classes), "")
    return _excerpt(owner, classes.get(owner, []), last) if owner in classes else ""


def _classes(source: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in source.splitlines():
        head = _CLASS.match(line)
        if head:
            lines = found.setdefault(head[1], [])
        elif line and not line.startswith((" ", "\t", ")")):
            lines = []
        lines.append(line)
    return found


def _making(lines: list[str], name: str) -> str:
    start = f"self.{name} = "
    return next((line.strip()[len(start) :] for line in lines if line.strip().startswith(start)), "")


def _excerpt(owner: str, lines: list[str], name: str) -> str:
    word = re.compile(rf"(?<![\w.])(self\.)?{re.escape(name)}(?!\w)")
    found: list[str] = [f"class {owner}(nn.Module):"]
    method, shown = "", ""
    for line in lines[1:]:
        if line.strip().startswith("def "):
            method = line
        elif word.search(line) and not line.strip().startswith(('"""', "#")):
            if method and method != shown:
                found += [""] * (len(found) > 1) + [method]
                shown = method
            found.append(line)
    return "\n".join(found) if len(found) > 1 else ""
