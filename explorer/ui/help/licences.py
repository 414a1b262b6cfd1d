"""Licences of the program, of what is shipped with it, and of the libraries that it uses."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from explorer import resources

PROGRAM = "architecture-explorer"
_OWN = (
    ("Bundled files", "LICENSES.md"),
    ("Data sets and pictures", "data/LICENSES.md"),
    ("Weights", "weights/LICENSES.md"),
    ("Font Inter", "fonts/Inter-OFL.txt"),
    ("Font JetBrains Mono", "fonts/JetBrainsMono-OFL.txt"),
)


@dataclass(frozen=True)
class Licence:
    """A text, and what it is about."""

    title: str
    text: str


def licences() -> list[Licence]:
    """The program's own first, then what is bundled, then the libraries in one list."""
    found = [Licence("Architecture Explorer", _program())]
    for title, name in _OWN:
        if text := _read(resources.path(*name.split("/"))):
            found.append(Licence(title, text))
    found.append(Licence("Libraries", libraries()))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _program() -> str:
    """The licence beside the package in a checkout, in the metadata of an installation."""
    if text := _read(resources.path().parent / "LICENSE"):
        return text
    try:
        files = metadata.files(PROGRAM) or []
    except metadata.PackageNotFoundError:
        files = []
    licence = next((file for file in files if file.name.upper().startswith("LICEN")), None)
    return _read(Path(str(licence.locate()))) if licence is not None else "MIT licence."


def libraries() -> str:
    """Each library that the program asks for, with its version and the licence that it states itself."""
    lines = []
    for name in _required():
        try:
            facts = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        lines.append(f"{facts['Name']} {facts['Version']}: {_stated(facts)}\n{_home(facts)}".strip())
    return "\n\n".join(lines)


def _required() -> list[str]:
    try:
        wanted = metadata.requires(PROGRAM) or []
    except metadata.PackageNotFoundError:
        return []
    names = [line.split(";")[0] for line in wanted if "extra ==" not in line]
    return sorted({_name(text) for text in names}, key=str.lower)


def _name(text: str) -> str:
    end = next((n for n, letter in enumerate(text) if not (letter.isalnum() or letter in "-_.")), len(text))
    return text[:end]


def _stated(facts: metadata.PackageMetadata) -> str:
    for key in ("License-Expression", "License"):
        words = "".join(facts.get_all(key) or []).strip().splitlines()
        if words and words[0] not in ("", "UNKNOWN"):
            return words[0]
    kinds = [c.split("::")[-1].strip() for c in facts.get_all("Classifier") or [] if c.startswith("License")]
    return ", ".join(kinds) or "no licence is stated in its metadata"


def _home(facts: metadata.PackageMetadata) -> str:
    if "Home-page" in facts:
        return str(facts["Home-page"])
    pages = facts.get_all("Project-URL") or []
    return next((str(page).split(",", 1)[-1].strip() for page in pages), "")
