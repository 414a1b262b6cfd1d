"""Weights come over the wire whole and checked, are kept, and nothing is left of what went wrong."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from file_server import Files, serving

from explorer.architectures.gallery import gallery
from explorer.client.weights import cache, download
from explorer.client.weights.download import DownloadProblem, GivenUp, fetch
from explorer.client.weights.publishers import elsewhere, published, table

CONTENT = os.urandom(1_000_000)


@pytest.fixture
def files() -> Iterator[Files]:
    with serving() as found:
        yield found


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("EXPLORER_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "weights"


def test_a_file_comes_whole_with_progress_and_the_second_time_from_here(files: Files, kept: Path) -> None:
    weights = elsewhere("resnet18", files.put("net", CONTENT))
    seen: list[tuple[int, int | None]] = []
    path = cache.obtain(weights, lambda done, total: bool(seen.append((done, total))) or True)
    assert path == kept / weights.file
    assert path.read_bytes() == CONTENT
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert len(seen) > 3
    assert cache.is_here(weights)
    assert cache.obtain(weights) == path
    assert len(files.asked) == 1
    # what was spoilt meanwhile is fetched again
    path.write_bytes(b"spoilt")
    assert cache.obtain(weights).read_bytes() == CONTENT
    assert len(files.asked) == 2
    assert [item.name for item in kept.iterdir()] == [weights.file]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/net-00000000.pth", "its checksum begins with .*, not 00000000. Nothing was kept"),
        ("/short.pth", r"1,000,000 of 1,000,500 bytes came"),
        ("/less-CHECK.pth", "its checksum begins with"),
        ("/dropped.pth", r"1,000 of 1,000,000 bytes came"),
        ("/huge.pth", r"huge.pth has 1024.0 GiB, more than the 8.0 GiB"),
        ("/none.pth", "answers 404 Not Found for none.pth"),
        ("/to?file:///etc/passwd", "“file:///etc/passwd” is refused: files come over https only"),
        ("/to?http://example.invalid/net.pth", "refused: files come over https only"),
        ("/to?ftp://example.invalid/net.pth", "refused: files come over https only"),
    ],
)
def test_what_goes_wrong_is_said_and_leaves_nothing(files: Files, kept: Path, path: str, words: str) -> None:
    address = files.root + path.replace("CHECK", hashlib.sha256(CONTENT).hexdigest()[:8])
    if "none" not in path:
        files.held[address.removeprefix(files.root)] = CONTENT
    with pytest.raises(DownloadProblem, match=words):
        cache.obtain(elsewhere("resnet18", address))
    assert not kept.exists() or list(kept.iterdir()) == []


def test_a_bound_holds_where_no_length_is_said(files: Files, kept: Path) -> None:
    address = files.put("net", CONTENT)
    with pytest.raises(DownloadProblem, match="more than the 1 MiB that are taken"):
        cache.obtain(elsewhere("resnet18", address), most=900_000)

    class Endless:
        def read(self, size: int) -> bytes:
            return bytes(size)

    target = kept / "endless"
    with open(os.devnull, "wb") as file, pytest.raises(DownloadProblem, match="More than 5 MiB came"):
        download._receive(Endless(), file, lambda *_: True, None, 5 * 2**20)  # type: ignore[arg-type]
    assert not target.exists()


def test_an_old_file_stays_when_the_new_one_does_not_come(files: Files, tmp_path: Path) -> None:
    target = tmp_path / "net.pth"
    target.write_bytes(b"old")
    with pytest.raises(DownloadProblem):
        fetch(files.put("net", CONTENT), target, sha256="00")
    assert target.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["net.pth"]


def test_nobody_there(kept: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    with pytest.raises(DownloadProblem, match="cannot be reached: it refuses connections") as caught:
        cache.obtain(elsewhere("resnet18", f"http://127.0.0.1:{port}/net.pth"))
    assert caught.value.unreachable


def test_no_network_and_no_name(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", nowhere)
    with pytest.raises(DownloadProblem) as caught:
        cache.obtain(published("resnet50")[0])
    assert str(caught.value) == "download.pytorch.org cannot be reached: no network."
    assert caught.value.unreachable


def test_silence_has_an_end(files: Files, tmp_path: Path) -> None:
    files.hold.clear()
    with pytest.raises(DownloadProblem, match="has been silent for 0 seconds") as caught:
        fetch(files.root + "/silent.pth", tmp_path / "net.pth", seconds=0.2)
    assert caught.value.unreachable
    files.held["/slow.pth"] = CONTENT
    with pytest.raises(DownloadProblem, match="silent"):
        fetch(files.root + "/slow.pth", tmp_path / "net.pth", seconds=0.2)
    assert list(tmp_path.iterdir()) == []


def test_giving_up_leaves_nothing(files: Files, kept: Path) -> None:
    reached, stop = threading.Event(), threading.Event()

    def watch(done: int, _total: int | None) -> bool:
        if done:
            reached.set()
            stop.wait(5)
        return not stop.is_set()

    ended: list[Exception] = []

    def work() -> None:
        try:
            cache.obtain(elsewhere("resnet18", files.put("net", CONTENT)), watch)
        except GivenUp as end:
            ended.append(end)

    thread = threading.Thread(target=work)
    thread.start()
    assert reached.wait(5)
    assert [item.suffix for item in kept.iterdir()] == [".part"]
    stop.set()
    thread.join(5)
    assert len(ended) == 1
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org/a.pth",
        "file:///etc/passwd",
        "ftp://example.org/a",
        "/etc/passwd",
        "",
        "https://",
        "https://[::1",
        "https://example.org:port/a.pth",
        "http://127.0.0.1.example.org/a.pth",
    ],
)
def test_other_addresses_are_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(DownloadProblem, match=r"refused: files come over https only|is not an address"):
        fetch(address, tmp_path / "net.pth")
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(files: Files, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DownloadProblem, match=r"net\.pth could not be kept in .*file"):
        fetch(files.put("net", CONTENT), tmp_path / "file" / "net.pth")


def test_the_table_names_networks_of_the_gallery_and_files_with_checksums() -> None:
    known = table()
    assert set(known) <= set(gallery())
    assert len(known) > 40
    for id, entries in known.items():
        for weights in entries:
            assert weights.id == id
            assert weights.address.startswith("https://")
            assert len(weights.sha256) >= 8, weights.file
            assert 5 < weights.mebibytes < 1_200
            assert re.search(r"\d\u00a0%$", weights.figure)
            assert weights.dataset
            assert weights.input
            assert weights.licence
    assert published("lenet5") == ()


def test_where_files_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("EXPLORER_CACHE_DIR", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache.folder() == tmp_path / "architecture-explorer" / "weights"
    monkeypatch.setenv("EXPLORER_CACHE_DIR", str(tmp_path / "mine"))
    assert cache.folder() == tmp_path / "mine" / "weights"
