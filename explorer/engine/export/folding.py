"""Long statements in several lines, as formatters of Python would have them."""

from __future__ import annotations

WIDTH = 88


def folded(text: str, width: int) -> list[str]:
    """A statement in one line, or with the arguments of its outermost brackets in lines of their own."""
    if len(text) <= width:
        return [text]
    if text.startswith("**{") and text.endswith("}") and " for i in " in text:
        made, over = text[3:-1].rsplit(" for i in ", 1)
        inside = folded(made, width - 4)
        return ["**{", *(f"    {line}" for line in inside), f"    for i in {over}", "}"]
    span = _outermost(text, ")") or _outermost(text, "]")
    if span is None:
        return [text]
    start, end = span
    pieces = _pieces(text[start + 1 : end])
    if not pieces:
        return [text]
    joined = ", ".join(pieces)
    if len(joined) <= width - 4 and "**" not in joined:
        return [text[: start + 1], f"    {joined}", *folded(text[end:], width)]
    inner: list[str] = []
    for piece in pieces:
        lines = folded(piece, width - 5)
        inner += [*lines[:-1], f"{lines[-1]},"]
    return [text[: start + 1], *(f"    {line}" for line in inner), *folded(text[end:], width)]


def _outermost(text: str, end: str) -> tuple[int, int] | None:
    """The widest pair of brackets of one kind that no others stand round; strings are passed over."""
    depth, start, best, quote = 0, 0, None, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[place - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            if depth == 0:
                start = place
            depth += 1
        elif letter in ")]}":
            depth -= 1
            if depth == 0 and letter == end and (best is None or place - start > best[1] - best[0]):
                best = (start, place)
    return best


def _pieces(text: str) -> list[str]:
    """Arguments, cut at the commas that stand in no brackets."""
    found, depth, start, quote = [], 0, 0, ""
    for place, letter in enumerate(text):
        if quote:
            quote = "" if letter == quote and text[place - 1] != "\\" else quote
        elif letter in "\"'":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        elif letter == "," and depth == 0:
            found.append(text[start:place].strip())
            start = place + 1
    last = text[start:].strip()
    return [*found, last] if last else found
