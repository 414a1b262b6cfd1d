"""Designs on disk: hostile files are refused in a sentence, saving never loses the old file."""

from __future__ import annotations

import errno
import json
import os
import stat
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from nets import SMALL, node, resolve

from explorer.architectures.gallery import gallery
from explorer.graph import edits as e
from explorer.graph import files
from explorer.graph.document import Document
from explorer.graph.files import FileProblem
from explorer.graph.model import Frame, Note

GOOD = files.encode(SMALL)


def rich() -> Document:
    """A document with everything a file can hold."""
    document = SMALL.copy()
    document.apply(e.DefineGroup("inner", (node("x", "input"), node("a", "relu")), ()))
    document.apply(e.DefineGroup("block", (node("b", "group:inner"),), ()))
    document.apply(e.SetNote("note1", Note("note1", 'größer ∑ "quoted" \\ [{', (0.5, -2.0)), "inner"))
    document.apply(e.SetFrame("frame1", Frame("frame1", "stem", ("conv1",))))
    document.apply(e.SetDots(SMALL.root.edges[1], ((120.0, 40.5), (180.0, -8.0))))
    document.apply(e.SetSetting("seed", 3))
    document.apply(e.SetSetting("rate", 2e-3))
    document.apply(e.SetSetting("tags", ("a", 1, 2.5)))
    document.apply(e.SetFlag("fc1", "frozen", True))
    document.apply(e.SetTitle("fc1", "Klassen"))
    document.apply(e.AddNode(node("odd", "not_yet_known", any=True, big=2**62, text="x")))
    return document


def refusal(data: bytes) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(FileProblem) as problem:
        files.decode(data)
    text = str(problem.value)
    assert text.endswith(".")
    assert 10 < len(text) < 700
    return text


def open_or_refuse(data: bytes) -> None:
    """Either a FileProblem, or a document that resolves (with problems in its flow, perhaps)."""
    try:
        document = files.decode(data)
    except FileProblem:
        return
    resolve(document)


def changed(**parts: Any) -> bytes:
    value = json.loads(GOOD)
    value.update(parts)
    return json.dumps(value).encode()


def with_nodes(*rows: dict[str, Any], wires: Any = ()) -> bytes:
    return changed(graph={"nodes": list(rows), "wires": list(wires)})


def test_round_trip_and_the_same_bytes_again() -> None:
    document = rich()
    again = files.decode(files.encode(document))
    assert again.same_as(document)
    assert again.revision == 0
    assert files.encode(again) == files.encode(document)


def test_one_node_a_line_so_that_files_diff_well() -> None:
    before = files.encode(SMALL).decode().splitlines()
    document = SMALL.copy()
    document.apply(e.SetField("conv1", "filters", 8))
    after = files.encode(document).decode().splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    assert before[0] == "{"
    assert before[1].startswith(' "format"')


@pytest.mark.parametrize("name", sorted(gallery()))
def test_gallery_networks_round_trip(name: str) -> None:
    document = gallery()[name].build()
    assert files.decode(files.encode(document)).same_as(document)


def test_truncated_anywhere() -> None:
    data = files.encode(rich())
    for end in range(0, len(data.rstrip()) - 1, 7):
        refusal(data[:end])


@given(st.binary(max_size=300))
@example(b"\xff\xfe{}")
@example(b"\x00")
@example(b"null")
@example(b"[]")
@example(b'"text"')
@example(b"{" * 40)
@example(b'"' * 101)
@example(b'{"a":"' + b"\\" * 99)
def test_random_bytes(data: bytes) -> None:
    refusal(data)


@settings(max_examples=150)
@given(st.data())
def test_good_files_with_bytes_exchanged(data: st.DataObject) -> None:
    damaged = bytearray(files.encode(rich()))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    open_or_refuse(bytes(damaged))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(["format", "version", "name", "graph", "groups", "settings", "odd"]), JSON)
def test_any_json_in_any_place(key: str, value: Any) -> None:
    open_or_refuse(changed(**{key: value}))


@given(st.sampled_from(["id", "block", "fields", "pos", "title", "muted", "odd"]), JSON)
def test_any_json_in_any_part_of_a_node(key: str, value: Any) -> None:
    open_or_refuse(with_nodes({"id": "a", "block": "conv2d", key: value}))


@pytest.mark.parametrize(
    "opening", [b"[", b'{"a":', b'{"format":"architecture-explorer","version":1,"graph":[']
)
def test_nested_a_hundred_thousand_deep(opening: bytes) -> None:
    assert "nested" in refusal(opening * 100_000)


def test_brackets_in_texts_are_no_nesting() -> None:
    text = "[{" * 2_000 + '\\"'
    assert files.decode(changed(name=text)).name == text[:200]


def test_the_depth_check_is_linear() -> None:
    for data in (b'"\\' * 2_000_000, b'\\"' * 2_000_000, b'"' + b"[" * 4_000_000, b'""' * 2_000_000):
        started = time.process_time()
        refusal(data + b"[]" * 40)
        assert time.process_time() - started < 20  # quadratic would be hours


@pytest.mark.parametrize(
    "number",
    [b"9" * 5_000, b"-" + b"9" * 5_000, b"1e999", b"NaN", b"Infinity", b"-Infinity", b"1" + b"0" * 400],
)
@pytest.mark.parametrize(
    "place",
    [
        b'"version":%s',
        b'"settings":{"a":%s}',
        b'"graph":{"nodes":[{"id":"a","block":"relu","pos":[%s,0]}]}',
        b'"graph":{"nodes":[{"id":"a","block":"relu","fields":{"p":%s}}]}',
    ],
)
def test_numbers_that_are_none(number: bytes, place: bytes) -> None:
    head = b'{"format":"architecture-explorer","name":"n",'
    rest = b"" if b"version" in place else b',"version":1'
    graph = b"" if b"graph" in place else b',"graph":{}'
    refusal(head + place % number + rest + graph + b"}")


def test_a_billion_channels_is_a_problem_of_the_flow() -> None:
    document = files.decode(with_nodes({"id": "a", "block": "conv2d", "fields": {"filters": 10**9}}))
    assert resolve(document).problems[0].code == "field"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "class",
        "lambda",
        "train",
        "forward",
        "self",
        "a.b",
        "a b",
        "__import__('os')",
        "x\n",
        "é",
        "a" * 100,
        "0",
    ],
)
def test_ids_that_are_no_names(name: str) -> None:
    words = refusal(with_nodes({"id": "a", "block": "relu"}, {"id": name, "block": "relu"}))
    assert words.startswith("node 2 of the design has a bad id: ")
    assert "the group “" in refusal(changed(groups={name: {}}))


def test_inconsistent_files_are_refused_with_the_place() -> None:
    a = {"id": "a", "block": "relu"}
    assert "node 2 of the design" in refusal(with_nodes(a, a))
    assert "wire 1 of the design" in refusal(with_nodes(a, wires=[["a", "y", "b", "x"]]))
    assert "twice" in refusal(with_nodes(a, wires=[["a", "y", "a", "x"]] * 2))
    assert "node 1 of the design uses the group “b”" in refusal(with_nodes({"id": "a", "block": "group:b"}))
    assert "contains itself" in refusal(changed(groups={"b": {"nodes": [{"id": "a", "block": "group:b"}]}}))
    ring = {
        "b": {"nodes": [{"id": "a", "block": "group:c"}]},
        "c": {"nodes": [{"id": "a", "block": "group:b"}]},
    }
    assert "contains itself" in refusal(changed(groups=ring))
    assert "node 1 of the design" in refusal(with_nodes({"id": "a", "block": "relu", "pos": [1e300, 0]}))
    assert "node 1 of the design" in refusal(with_nodes({"id": "a", "block": "relu", "title": "x" * 20_000}))
    assert "node 1 of the design" in refusal(
        with_nodes({"id": "a", "block": "relu", "fields": {"p": list(range(200))}})
    )
    frame = {"id": "f", "title": "t", "nodes": []}
    assert "the design has two frames" in refusal(changed(graph={"frames": [frame, frame]}))
    note = {"id": "f", "text": "t"}
    assert "the design has two notes" in refusal(changed(graph={"notes": [note, note]}))
    refusal(changed(graph={"nodes": [a], "notes": [{"id": "a", "text": "t"}]}))


def test_groups_may_stand_in_any_order() -> None:
    groups = {
        "a": {"nodes": [{"id": "n", "block": "group:b"}]},
        "b": {"nodes": [{"id": "n", "block": "group:c"}]},
        "c": {},
    }
    assert set(files.decode(changed(groups=groups)).groups) == {"a", "b", "c"}


def test_unknown_fields_are_named_with_their_path() -> None:
    assert "odd" in refusal(changed(odd=1))
    words = refusal(with_nodes({"id": "a", "block": "relu", "colour": "red"}))
    assert "colour" in words
    assert words.endswith(", at node 1 of the design.")
    assert refusal(with_nodes({"id": 3, "block": "relu"})).endswith(", at id of node 1 of the design.")
    assert refusal(changed(name=3)).endswith(", at name.")
    assert refusal(changed(groups={"g": {"nodes": [{"id": 3}]}})).endswith(", at id of node 1 of a group.")
    assert "$" not in refusal(changed(graph=[])) + refusal(changed(settings={"a": {}}))


def test_names_without_end_are_shortened() -> None:
    long = "x" * 10**6
    for data in (
        with_nodes({"id": long, "block": "relu"}),
        with_nodes({"id": "a", "block": f"group:{long}"}),
        with_nodes({"id": "a", "block": "relu"}, wires=[["a", "y", long, "x"]]),
        changed(groups={long: {}}),
        changed(**{long[:5_000]: 1}),
    ):
        assert len(refusal(data)) < 400


def test_other_formats_and_newer_versions() -> None:
    assert "newer program" in refusal(changed(version=4))
    assert "newer program" in refusal(changed(version=4, odd={"of": "the future"}))
    for version in (0, -1, True, 1.5, "1", None, [1]):
        assert "version" in refusal(changed(version=version))
    assert "no design" in refusal(changed(format="something"))
    assert "no design" in refusal(b"{}")
    assert "empty" in refusal(b" \n ")


def test_older_versions_are_migrated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "VERSION", 2)
    monkeypatch.setitem(files.MIGRATIONS, 1, lambda value: {**value, "name": "migrated", "version": 2})
    assert files.decode(GOOD).name == "migrated"


# files on disk


def test_what_is_no_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.arch.json")
    (tmp_path / "folder.arch.json").mkdir()
    (tmp_path / "empty.arch.json").touch()
    (tmp_path / "locked.arch.json").write_bytes(GOOD)
    with (tmp_path / "huge.arch.json").open("wb") as file:
        file.truncate(200 * 2**20)
    (tmp_path / "link.arch.json").symlink_to(tmp_path / "nowhere")
    for name in ("pipe", "folder", "empty", "huge", "link", "missing"):
        with pytest.raises(FileProblem, match=f"{name}.arch.json"):
            files.load(tmp_path / f"{name}.arch.json")
    for odd in ("/dev/zero", "a\x00b", "x" * 5_000):
        with pytest.raises(FileProblem):
            files.load(odd)


def test_save_and_load(tmp_path: Path) -> None:
    path = tmp_path / "n.arch.json"
    files.save(rich(), path)
    assert files.load(path).same_as(rich())
    assert [p.name for p in tmp_path.iterdir()] == ["n.arch.json"]
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    path.chmod(0o600)
    files.save(SMALL, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    (tmp_path / "link").symlink_to(path)
    files.save(rich(), tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert files.load(path).same_as(rich())


@pytest.mark.parametrize("broken", ["fsync", "replace", "chmod", "write"])
def test_a_failing_save_leaves_the_old_file(
    broken: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "n.arch.json"
    files.save(SMALL, path)

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if broken == "write":

        def half(*words: Any, **more: Any) -> Any:
            return _Full(open(*words, **more))

        monkeypatch.setattr("explorer.atomic.open", half, raising=False)
    else:
        monkeypatch.setattr(os, broken, full)
    with pytest.raises(FileProblem, match="No space left"):
        files.save(rich(), path)
    monkeypatch.undo()
    assert files.load(path).same_as(SMALL)
    assert [p.name for p in tmp_path.iterdir()] == ["n.arch.json"]


class _Full:
    """A file on a disk that is full after half of the data."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def __enter__(self) -> _Full:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, data: bytes) -> None:
        self.file.write(data[: len(data) // 2])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_interrupted_save_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.save(SMALL, tmp_path / "n.arch.json")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="a disk that is always full is a Linux device")
def test_places_where_nothing_can_be_saved(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for place in (
        tmp_path / "no" / "folder.arch.json",
        tmp_path,
        tmp_path / "pipe",
        Path("/dev/full"),
        Path("/dev/null"),
    ):
        with pytest.raises(FileProblem, match="not saved"):
            files.save(SMALL, place)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    assert stat.S_ISFIFO(os.stat(tmp_path / "pipe").st_mode)
