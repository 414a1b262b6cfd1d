"""Every network of the gallery becomes a module that runs, from source that needs nothing but torch."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from nets import resolve
from torch import nn

from explorer.architectures.architecture import Architecture
from explorer.architectures.gallery import gallery
from explorer.engine.compile import build_module, compile_flow
from explorer.engine.data.examples import fill
from explorer.engine.export.python import write_python
from explorer.graph.flow import Flow

ENTRIES = list(gallery().values())
each = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
KINDS = {"float": torch.float32, "int": torch.int64, "bool": torch.bool}
ALONE = """
import json, sys
sys.modules["explorer"] = None
import torch
found = {}
for name in sys.argv[2:]:
    space = {"__name__": "alone"}
    with open(f"{sys.argv[1]}/{name}.py") as file:
        exec(compile(file.read(), name, "exec"), space)
    with torch.device("meta"):
        found[name] = list(space["Model"]().state_dict())
print(json.dumps(found))
"""
torch.set_num_threads(1)


def on_meta(flow: Flow, entry: Architecture) -> nn.Module:
    with torch.device("meta"):
        return build_module(write_python(flow, entry.title)).eval()


def shapes(made: Any) -> list[tuple[int, ...]]:
    return [tuple(y.shape[1:]) for y in (made if isinstance(made, tuple) else (made,))]


def predicted(flow: Flow) -> list[tuple[int, ...]]:
    return [tensor.shape for tensor in flow.outputs.values() if tensor is not None]


@each
def test_the_module_is_what_was_predicted(entry: Architecture) -> None:
    flow = resolve(entry.build())
    model = on_meta(flow, entry)
    assert sum(p.numel() for p in model.parameters()) == flow.parameters
    leaves = {address for address, node in flow.walk() if node.parameters}
    owners = {key.rpartition(".")[0] for key, _ in model.named_parameters()}
    assert all(any(o == leaf or o.startswith(f"{leaf}.") for leaf in leaves) for o in owners)
    given = [
        torch.zeros((2, *t.shape), dtype=KINDS[t.dtype], device="meta") for t in flow.inputs.values() if t
    ]
    with torch.no_grad():
        assert shapes(model(*given)) == predicted(flow)


@each
def test_it_answers_a_real_input(entry: Architecture) -> None:
    flow = resolve(entry.build())
    model = compile_flow(flow, entry.title, torch.device("cpu"), seed=0).module.eval()
    given = [fill(tensor, name) for name, tensor in flow.inputs.items() if tensor]
    with torch.no_grad():
        made = model(*given)
    assert shapes(made) == predicted(flow)
    assert all(bool(y.float().isfinite().all()) for y in (made if isinstance(made, tuple) else (made,)))


def test_written_source_has_the_same_keys_alone(tmp_path: Path) -> None:
    expected = {}
    for entry in ENTRIES:
        flow = resolve(entry.build())
        (tmp_path / f"{entry.id}.py").write_text(write_python(flow, entry.title))
        expected[entry.id] = list(on_meta(flow, entry).state_dict())
    words = [sys.executable, "-I", "-c", ALONE, str(tmp_path), *expected]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, timeout=280, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    assert json.loads(done.stdout) == expected
