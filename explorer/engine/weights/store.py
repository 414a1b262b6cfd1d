"""Kept weights: states by name, every tensor held once, in memory as far as there is room, else on disk."""

from __future__ import annotations

import threading
from collections.abc import Collection, Container, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec
from torch import Tensor

from explorer.engine.weights.files import WeightProblem
from explorer.engine.weights.live import LiveWeights
from explorer.engine.weights.packs import Packs
from explorer.engine.weights.shelf import Shelf
from explorer.engine.weights.state import State, entry_of
from explorer.engine.weights.writer import Writer
from explorer.graph.files import FileProblem, write_atomically

MEMORY = 256 * 2**20
"""Bytes of tensors that stay in memory; without a folder there is no more room than this."""
DISK = 4 * 2**30
"""Bytes of tensors that are kept in all."""


MOST_PASSING = 1_000
"""States that may pass; as many as there are steps that can be undone."""


class Kept(NamedTuple):
    """What keeping took: the state, the bytes that no other holds, and names that had to make room."""

    state: State
    size: int
    gone: tuple[str, ...]


class Store:
    """States of one design. What is kept is on disk a moment later, and there for the next engine.

    Where there is no room, states that may pass go, those kept longest ago first. A folder belongs to one
    engine at a time.
    """

    def __init__(self, folder: str = "", memory: int = MEMORY, disk: int = DISK) -> None:
        """Open a folder, made where there is none, with what is kept there; `""` keeps in memory only.

        Raises:
            WeightProblem: the folder cannot be used.

        """
        self._lock = threading.RLock()
        self._disk = threading.Lock()
        self._states: dict[str, State] = {}
        self._shelf = Shelf(memory)
        self._memory, self._room = memory, disk if folder else memory
        self._number = 0
        self._packs: Packs | None = None
        self._writer = Writer(self._write)
        self._trouble = ""
        if folder:
            self._open(Path(folder))

    def _open(self, folder: Path) -> None:
        try:
            self._manifests = folder / "states"
            self._manifests.mkdir(parents=True, exist_ok=True)
            self._packs = Packs(folder / "tensors")
            found = [self._read_manifest(path, self._packs) for path in self._manifests.glob("*.state")]
            for state in sorted(filter(None, found), key=lambda state: state.number):
                self._states[state.name] = state
                self._shelf.count(state)
                self._number = state.number
            self._packs.give_up(self._shelf.needed)
        except OSError as problem:
            raise WeightProblem(f"Weights cannot be kept in {folder}: {problem.strerror}.") from None

    def _read_manifest(self, path: Path, packs: Packs) -> State | None:
        """The state of a manifest; one that is torn, or whose tensors are gone, is taken away."""
        with suppress(ValueError, RecursionError):
            state = msgspec.msgpack.decode(path.read_bytes(), type=State)
            if all(entry.content in packs for entry in state.tensors.values()):
                return state
        path.unlink(missing_ok=True)
        return None

    # reading

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all states, the one kept last at the end."""
        with self._lock:
            return tuple(self._states)

    @property
    def era(self) -> int:
        """The latest era of which something is kept."""
        with self._lock:
            return max((state.era for state in self._states.values()), default=0)

    @property
    def in_memory(self) -> int:
        """Bytes of tensors that are in memory."""
        with self._lock:
            return self._shelf.in_memory

    def state(self, name: str) -> State | None:
        """The record of a state; None where there is none of that name."""
        with self._lock:
            return self._states.get(name)

    def tensors(self, state: State) -> dict[str, Tensor]:
        """All tensors of a state by name, for the caller alone; raises `WeightProblem`."""
        wanted = {entry.content for entry in state.tensors.values()}
        with self._lock:
            found = self._shelf.copies(wanted)
        missing = wanted - found.keys()
        if missing:
            if self._packs is None:
                raise WeightProblem(f"The weights of “{state.name}” are not kept any more.")
            with self._disk:
                found.update(self._packs.read(missing))
        seen = set[str]()
        result: dict[str, Tensor] = {}
        for name, entry in state.tensors.items():
            tensor = found[entry.content]
            result[name] = tensor.clone() if entry.content in seen else tensor
            seen.add(entry.content)
        return result

    # writing

    def keep(
        self,
        name: str,
        weights: LiveWeights,
        *,
        passing: bool,
        step: int = 0,
        era: int = 0,
        spare: Collection[str] = (),
    ) -> Kept:
        """Keep weights under a name; what that name stood for before is forgotten.

        Args:
            name: of the state. weights: as they are now. passing: whether it may go for lack of room.
            step: of training. era: see `State`. spare: names of others that must not go for this one.

        Raises:
            WeightProblem: there is no room, or the disk cannot be written to.

        """
        hashes, tensors = weights.hashes(), weights.tensors()
        entries = {key: entry_of(tensor, hashes[key]) for key, tensor in tensors.items()}
        with self._lock:
            self._number += 1
            state = State(name, entries, passing, step, era, self._number)
            self._refuse(state)
            before = self._states.pop(name, None)
            self._states[name] = state
            self._shelf.count(state)
            if before is not None:
                self._shelf.discount(before)
            gone = self._make_room({name, *spare})
            on_disk: Container[str] = self._packs if self._packs is not None else ()
            for key, entry in entries.items():
                self._shelf.put(entry.content, tensors[key], on_disk)
            kept = Kept(state, self._shelf.only_in(state), gone)
        self._write_soon(name, *gone)
        return kept

    def keep_again(self, name: str, of: str) -> Kept | None:
        """Keep what `of` stands for under a name, for good; None where there is nothing of that name.

        Raises:
            WeightProblem: as `keep`.

        """
        with self._lock:
            if of not in self._states:
                return None
            self._number += 1
            state = msgspec.structs.replace(self._states[of], name=name, passing=False, number=self._number)
            self._refuse(state)
            self._shelf.count(state)
            if (before := self._states.pop(name, None)) is not None:
                self._shelf.discount(before)
            self._states[name] = state
            gone = self._make_room({name})
            kept = Kept(state, self._shelf.only_in(state), gone)
        self._write_soon(name, *gone)
        return kept

    def _refuse(self, state: State) -> None:
        if self._trouble and not state.passing:
            raise WeightProblem(f"“{state.name}” cannot be kept: {self._trouble}")
        staying = [s for n, s in self._states.items() if n != state.name and not s.passing]
        size = Shelf.size_of([state, *staying])
        if size > self._room:
            raise WeightProblem(
                f"There is no room for “{state.name}”: with the other named states it would take "
                f"{size / 2**20:,.0f} MiB of {self._room / 2**20:,.0f}. Delete some first."
            )

    def _make_room(self, spared: Collection[str]) -> tuple[str, ...]:
        room = self._memory if self._trouble else self._room
        passing = [state.name for state in self._states.values() if state.passing]
        gone: list[str] = []
        for name in passing:
            if self._shelf.total <= room and len(passing) - len(gone) <= MOST_PASSING:
                break
            if name not in spared:
                self._shelf.discount(self._states.pop(name))
                gone.append(name)
        return tuple(gone)

    def drop(self, names: Iterable[str]) -> tuple[str, ...]:
        """Forget states; returns the names of those that were there."""
        with self._lock:
            found = tuple(name for name in dict.fromkeys(names) if name in self._states)
            for name in found:
                self._shelf.discount(self._states.pop(name))
        self._write_soon(*found)
        return found

    # the disk

    def _write_soon(self, *names: str) -> None:
        if self._packs is not None and names:
            self._writer.ask(*names)

    def settle(self) -> None:
        """Wait until everything is on disk."""
        self._writer.settle()

    def close(self) -> None:
        """Write what is not on disk yet, and end."""
        self._writer.close()

    def _write(self, name: str) -> None:
        """Make the disk hold what is kept under a name now (on the writer's thread)."""
        packs = self._packs
        if packs is None:
            return
        try:
            with self._disk:
                if self._write_state(name, packs):
                    self._trouble = ""
                self._tidy(packs)
        except (WeightProblem, FileProblem, OSError) as problem:
            self._trouble = str(problem)
        with self._lock:
            self._shelf.trim(packs)

    def _write_state(self, name: str, packs: Packs) -> bool:
        """Write a state, or take its record away; whether there was anything to write."""
        manifest = self._manifests / f"{sha256(name.encode()).hexdigest()[:32]}.state"
        with self._lock:
            state = self._states.get(name)
            wanted = {entry.content for entry in state.tensors.values()} if state is not None else set()
            new = self._shelf.held(content for content in wanted if content not in packs)
        if state is None:
            manifest.unlink(missing_ok=True)
            return False
        if new:
            path = packs.write(new)
            with self._lock:
                packs.add(path, new)
        write_atomically(manifest, msgspec.msgpack.encode(state))
        return True

    def _tidy(self, packs: Packs) -> None:
        """Give back the room of what nothing needs; write files anew of which little is needed."""
        with self._lock:
            packs.give_up(self._shelf.needed)
        while packs.size > self._room:
            with self._lock:
                worst = packs.wasteful(self._shelf.needed)
            if worst is None:
                return
            _, contents = worst
            path = packs.write(packs.read(contents))
            with self._lock:
                packs.add(path, contents)
                packs.give_up(self._shelf.needed)
