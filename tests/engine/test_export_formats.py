"""Programs of torch.export, ONNX and TorchScript: from the same file, with the live weights, sizes open."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import torch
from nets import SMALL, chain, node

from explorer.architectures.gallery import gallery
from explorer.blocks.registry import registry
from explorer.engine.compile import Compiled, compile_flow
from explorer.engine.export import formats
from explorer.engine.export.design import Design, study
from explorer.engine.local import LocalEngine
from explorer.engine.state import RequestProblem
from explorer.graph.document import Document
from explorer.graph.resolve import Resolver
from explorer.protocol import events, requests

CPU = torch.device("cpu")
torch.set_num_threads(1)
NET = chain(
    (3, 32, 32),
    node("conv1", "conv2d", filters=4, kernel=3, padding=1, stride=2),
    node("bn1", "batch_norm"),
    node("relu1", "relu"),
    node("up", "resize", scale=2.0),
    node("pool", "global_pool"),
    node("fc", "linear", features=5),
)


def prepared(document: Document) -> tuple[Design, Compiled]:
    resolver = Resolver(registry())
    flow = resolver.resolve(document)
    return study(document, flow, resolver), compile_flow(flow, document.name, CPU, seed=1)


def test_a_program_of_torch_export_takes_other_sizes() -> None:
    design, live = prepared(NET)
    made = design.written(live, "pt2")
    assert made.note == "any batch; height and width from 3"
    again = torch.export.load(io.BytesIO(made.content)).module()
    x = torch.randn(3, 3, 41, 20)
    torch.testing.assert_close(again(x), design.model(live)(x))


def test_a_net_without_loops_is_scripted() -> None:
    design, live = prepared(NET)
    made = design.written(live, "torchscript")
    assert made.note == "any batch; height and width of any size"
    again = torch.jit.load(io.BytesIO(made.content))
    x = torch.randn(3, 3, 41, 20)
    torch.testing.assert_close(again(x), design.model(live)(x))
    with pytest.raises(Exception, match="x has to be"):
        again(torch.randn(3, 1, 41, 20))


def test_a_loop_is_traced_and_it_is_said() -> None:
    design, live = prepared(gallery()["gru_lecture_300_500"].build())
    made = design.written(live, "torchscript")
    assert made.note.startswith("traced, not scripted")
    x = formats.examples(design.flow)[0]
    torch.testing.assert_close(torch.jit.load(io.BytesIO(made.content))(x), design.model(live)(x))


def test_onnx_answers_as_torch_does_at_other_sizes() -> None:
    design, live = prepared(NET)
    made = design.written(live, "onnx")
    assert "within 1e-05 of torch's" in made.note
    model, x = design.model(live), torch.randn(3, 3, 41, 20)
    formats.compare(made.content, model, ["x"], (x,))

    class Shifted(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return model(x) + 0.1

    with pytest.raises(formats.ExportProblem, match=r"answers otherwise .* by up to 0\.1"):
        formats.compare(made.content, Shifted(), ["x"], (x,))


def test_onnx_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    design, live = prepared(NET)
    monkeypatch.setattr(formats, "find_spec", lambda name: None)
    with pytest.raises(formats.ExportProblem, match="pip install onnx onnxscript"):
        design.written(live, "onnx")


def test_open_sizes_are_those_of_the_design() -> None:
    design, _ = prepared(gallery()["unet_same_bn"].build((3, 64, 64), width=4))
    (axes,) = formats.open_sizes(design.flow, formats.followed(design.flow, design.law))
    assert sorted(axes) == [0, 2, 3]
    assert formats.larger(design.law) == {("input", 1): 80, ("input", 2): 96}


@pytest.mark.parametrize("form", ["python", "pt2", "torchscript"])
def test_the_engine_writes_it(form: requests.Form, tmp_path: Path) -> None:
    path = tmp_path / "model"
    answer = LocalEngine(SMALL).ask(requests.Export(path=str(path), to=form))
    assert isinstance(answer, events.Exported)
    assert path.stat().st_size > 1000


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(RequestProblem, match="was not saved"):
        LocalEngine(SMALL).ask(requests.Export(path=str(tmp_path / "no" / "model.py"), to="python"))
