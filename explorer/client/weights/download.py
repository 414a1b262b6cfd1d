"""Fetches a file over https: whole, checked and bounded, or not at all."""

from __future__ import annotations

import hashlib
import http.client
import os
import shutil
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from explorer.atomic import swap
from explorer.bounds import WEIGHT_BYTES

SECONDS = 20.0
"""Longest silence of the other side."""
PIECE = 256 * 1024
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class DownloadProblem(OSError):
    """A file that could not be fetched; the text is a sentence. `unreachable` where nobody answered."""

    def __init__(self, message: str, *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.unreachable = unreachable


class GivenUp(Exception):
    """Somebody did not want to wait any longer; nothing was left behind."""


Watch = Callable[[int, int | None], bool]
"""Called with the bytes so far and of all (None: not said); True goes on, False gives up."""


def fetch(
    address: str,
    target: Path,
    watch: Watch = lambda _done, _total: True,
    *,
    sha256: str = "",
    most: int = WEIGHT_BYTES,
    seconds: float = SECONDS,
) -> None:
    """Fetch `address` into `target`, which is there as a whole afterwards or as it was before.

    Args:
        address: https, or http on this machine. target: in a folder that is made where it is missing.
        watch: see `Watch`. sha256: first digits of the checksum, lower case; empty if not known.
        most: largest size in bytes. seconds: longest silence.

    Raises:
        DownloadProblem: no connection, an error of the server, too large, torn, or another file than wanted.
        GivenUp: `watch` said so.

    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    host = _host(_allowed(address))
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _opener(address).open(address, timeout=seconds) as answer, open(part, "wb") as file:
            total = _announced(answer, target, most)
            digest = _receive(answer, file, watch, total, most)
        if sha256 and not digest.startswith(sha256):
            raise DownloadProblem(
                f"{target.name} from {host} is not the file that was published: its checksum begins with "
                f"{digest[: len(sha256)]}, not {sha256}. Nothing was kept."
            )
        swap(part, target)
    except (DownloadProblem, GivenUp):
        raise
    except (OSError, http.client.HTTPException, ValueError) as problem:
        raise _problem(problem, host, target, seconds) from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def checksum(path: Path) -> str:
    """SHA-256 of a file, as digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _receive(answer: BinaryIO, file: BinaryIO, watch: Watch, total: int | None, most: int) -> str:
    """Copy piece by piece; returns the checksum."""
    digest, done = hashlib.sha256(), 0
    while True:
        if not watch(done, total):
            raise GivenUp
        piece = answer.read(PIECE)
        if not piece:
            break
        done += len(piece)
        if done > most:
            raise DownloadProblem(f"More than {_gibibytes(most)} came; nothing was kept.")
        digest.update(piece)
        file.write(piece)
    if total is not None and done != total:
        raise DownloadProblem(
            f"The connection broke: {done:,} of {total:,} bytes came, and nothing was kept. Try again."
        )
    if not done:
        raise DownloadProblem("The file is empty; nothing was kept.")
    return digest.hexdigest()


def _announced(answer: Any, target: Path, most: int) -> int | None:
    """Length as the server says, if it does; refused when it is too much for here."""
    said = answer.headers.get("Content-Length", "")
    if answer.headers.get("Transfer-Encoding") or not said.isdigit():
        return None
    total = int(said)
    if total > most:
        raise DownloadProblem(
            f"{target.name} has {_gibibytes(total)}, more than the {_gibibytes(most)} that are taken."
        )
    free = shutil.disk_usage(target.parent).free
    if total > free:
        raise DownloadProblem(
            f"{target.name} has {_gibibytes(total)}; in {target.parent} only {_gibibytes(free)} are free."
        )
    return total


# addresses


def _allowed(address: str) -> urllib.parse.SplitResult:
    """Take an address apart; refuses all but https, and http on this machine."""
    try:
        parts = urllib.parse.urlsplit(address)
        name = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise DownloadProblem(f"“{address[:120]}” is not an address.") from None
    local = name in LOOPBACK
    if not name or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise DownloadProblem(f"“{address[:120]}” is refused: files come over https only.")
    return parts


class _SameRules(urllib.request.HTTPRedirectHandler):
    """Follows where a server sends, under the same rules; nobody from outside leads to this machine."""

    def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        there = urllib.parse.urljoin(req.full_url, headers.get("Location") or "")
        local = _allowed(there).hostname in LOOPBACK
        if local and urllib.parse.urlsplit(req.full_url).hostname not in LOOPBACK:
            raise DownloadProblem(f"{req.host} leads to “{there[:120]}” on this machine; that is refused.")
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _opener(address: str) -> urllib.request.OpenerDirector:
    """Nothing but http and https, each with an end; this machine is not asked through a proxy."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler({} if _allowed(address).hostname in LOOPBACK else None),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _SameRules(),
    ):
        opener.add_handler(handler)
    opener.addheaders = [("User-Agent", "architecture-explorer")]
    return opener


def _host(parts: urllib.parse.SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


# words


def _problem(problem: Exception, host: str, target: Path, seconds: float) -> DownloadProblem:
    """Say what went wrong on the way."""
    if isinstance(problem, urllib.error.HTTPError):
        problem.close()
        return DownloadProblem(f"{host} answers {problem.code} {problem.reason} for {target.name}.")
    reason = problem.reason if isinstance(problem, urllib.error.URLError) else problem
    if isinstance(reason, TimeoutError):
        return DownloadProblem(f"{host} has been silent for {seconds:.0f} seconds.", unreachable=True)
    if isinstance(reason, socket.gaierror):
        return DownloadProblem(f"{host} cannot be reached: no network.", unreachable=True)
    if isinstance(reason, ConnectionRefusedError):
        return DownloadProblem(f"{host} cannot be reached: it refuses connections.", unreachable=True)
    if isinstance(reason, ssl.SSLError):
        return DownloadProblem(f"The connection to {host} is not safe ({reason.reason or reason}).")
    if isinstance(problem, urllib.error.URLError):
        return DownloadProblem(f"{host} cannot be reached: {_words(reason)}.", unreachable=True)
    if isinstance(problem, http.client.HTTPException | ConnectionError):
        return DownloadProblem(f"The connection to {host} broke ({_words(problem)}); nothing was kept.")
    return DownloadProblem(f"{target.name} could not be kept in {target.parent}: {_words(problem)}.")


def _words(problem: object) -> str:
    return str(getattr(problem, "strerror", None) or problem or type(problem).__name__)


def _gibibytes(size: int) -> str:
    return f"{size / 2**30:.1f} GiB" if size >= 2**29 else f"{size / 2**20:.0f} MiB"
