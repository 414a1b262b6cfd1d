"""Source of our own modules without what only the program uses: the hook through which they are looked at,
and the types of buffers, which TorchScript takes for something else.

In a file nobody ever sets `probe`, so it is None: what is only done when it is set falls away, and with it
the methods that nothing else calls.
"""

from __future__ import annotations

import ast
import re
import textwrap


def without_probes(source: str) -> str:
    """A class as it is when nobody looks inside."""
    lines = source.splitlines()
    tree = ast.parse(source).body[0]
    edits: list[tuple[int, int, list[str]]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and _only_declares(node):
            after = node.end_lineno or node.lineno
            blank = after < len(lines) and not lines[after].strip()
            edits.append((node.lineno, after + blank, []))
        elif isinstance(node, ast.If) and "self.probe" in ast.unparse(node.test):
            edits.append(_decided(node, lines))
        elif isinstance(node, ast.Expr) and ast.unparse(node).startswith("self.probe("):
            edits.append((node.lineno, node.end_lineno or node.lineno, []))
    for first, last, instead in sorted(_outermost(edits), reverse=True):
        lines[first - 1 : last] = instead
    text = "\n".join(_without_words(lines))
    text = re.sub(r" +# type: ignore\[[\w, -]+\]$", "", text, flags=re.M)
    return _without_idle(re.sub(r"\n\n\n+", "\n\n", text))


def _only_declares(node: ast.AnnAssign) -> bool:
    """Whether a line of a class is the probe, or tells the type of a buffer."""
    assert isinstance(node.target, ast.Name)
    return node.col_offset == 4 and (node.target.id == "probe" or node.value is None)


def _outermost(edits: list[tuple[int, int, list[str]]]) -> list[tuple[int, int, list[str]]]:
    return [
        edit
        for edit in edits
        if not any(o[0] <= edit[0] and edit[1] <= o[1] and o is not edit for o in edits)
    ]


def _decided(node: ast.If, lines: list[str]) -> tuple[int, int, list[str]]:
    """The lines of an `if` about the probe once it is known to be None."""
    last = node.end_lineno or node.lineno
    test = ast.unparse(node.test)
    if test == "self.probe is not None":
        return node.lineno, last, _branch(node.orelse, node, lines)
    if test == "self.probe is None":
        return node.lineno, last, _branch(node.body, node, lines)
    rest = re.sub(r"self\.probe is None and ", "", lines[node.lineno - 1])
    return node.lineno, node.lineno, [rest]


def _branch(body: list[ast.stmt], node: ast.If, lines: list[str]) -> list[str]:
    if not body:
        return []
    text = "\n".join(lines[body[0].lineno - 1 : body[-1].end_lineno])
    return textwrap.indent(textwrap.dedent(text), " " * node.col_offset).splitlines()


def _without_words(lines: list[str]) -> list[str]:
    """Leave out the paragraph of a docstring that tells of the probe."""
    text = "\n".join(lines)
    text = re.sub(
        r"\n *While `probe` is set[^\n]*(?:\n(?! *\n)(?! *\"\"\")[^\n]*)*\n(?= *\n| *\"\"\")", "\n", text
    )
    return re.sub(r"\n\n( *)\"\"\"\n\n(?= *def)", r'\n\n\1"""\n\n', text).splitlines()


def _without_idle(source: str) -> str:
    """Leave out methods that nothing calls any more."""
    while True:
        tree = ast.parse(source).body[0]
        assert isinstance(tree, ast.ClassDef)
        lines = source.splitlines()
        for item in tree.body:
            if not isinstance(item, ast.FunctionDef) or item.name.startswith("__"):
                continue
            if item.name in ("forward", "extra_repr") or re.search(rf"\.{item.name}\b", source):
                continue
            first = min([item.lineno, *(d.lineno for d in item.decorator_list)])
            end = item.end_lineno or item.lineno
            del lines[first - 1 : end + (end < len(lines) and not lines[end].strip())]
            source = "\n".join(lines).rstrip()
            break
        else:
            return source
