"""Figures as files: text stays text in Inter, whatever machine opens them."""

from __future__ import annotations

import base64
import re
import struct
import xml.etree.ElementTree as ET
import zlib
from pathlib import Path

import pytest
from nets import SMALL, design, node
from PySide6.QtGui import QFont, QImage, QRawFont
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication

from explorer import resources
from explorer.architectures.gallery import find
from explorer.blocks.registry import registry
from explorer.figures.networks import boxes, corners
from explorer.figures.networks.font_subset import FontProblem, subset
from explorer.figures.networks.inks import colour
from explorer.figures.networks.shapes import Ink, Line, Text
from explorer.figures.picture import PictureProblem, render_file
from explorer.graph import edits as e
from explorer.graph.resolve import Resolver
from explorer.style.tokens import palette

PLAIN = QFont.HintingPreference.PreferNoHinting
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def application():
    return QApplication.instance() or QApplication([])


@pytest.fixture(scope="module")
def resnet():
    return find("resnet50").build()


def unpacked(woff: bytes) -> dict[str, bytes]:
    """Tables of a WOFF."""
    assert woff[:4] == b"wOFF"
    assert struct.unpack_from(">I", woff, 8)[0] == len(woff)
    tables = {}
    for row in range(struct.unpack_from(">H", woff, 12)[0]):
        tag, offset, stored, length, _ = struct.unpack_from(">4sIIII", woff, 44 + 20 * row)
        data = woff[offset : offset + stored]
        tables[tag.decode()] = zlib.decompress(data) if stored < length else data
        assert len(tables[tag.decode()]) == length
    return tables


def as_truetype(tables: dict[str, bytes]) -> bytes:
    """The same tables as a plain font file."""
    head, body = struct.pack(">IHHHH", 0x00010000, len(tables), 0, 0, 0), b""
    for tag, data in sorted(tables.items()):
        head += struct.pack(">4sIII", tag.encode(), 0, 12 + 16 * len(tables) + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return head + body


def test_an_svg_has_text_in_the_font_it_carries(tmp_path, resnet):
    file = tmp_path / "resnet.svg"
    render_file(resnet, str(file), style="boxes")
    root = ET.parse(file).getroot()
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert {"Stage 1", "3 bottleneck blocks", "256×56×56"} <= {text.replace("\u00a0", " ") for text in texts}
    assert root.get("font-family", "").startswith("Inter")
    style = root.find(f"{SVG}style").text
    faces = dict(re.findall(r"font-weight: (\d+); src: url\(\"data:font/woff;base64,([^\"]+)", style))
    assert faces.keys() == {text.get("font-weight") for text in root.iter(f"{SVG}text")}
    for text in root.iter(f"{SVG}text"):
        font = QRawFont(as_truetype(unpacked(base64.b64decode(faces[text.get("font-weight")]))), 16.0)
        assert font.isValid()
        assert all(font.supportsCharacter(ord(letter)) for letter in text.text), text.text
        assert float(text.get("textLength")) > 0
    assert file.stat().st_size < 100_000
    assert not list(root.iter(f"{SVG}svg"))[1:], "not every program knows an svg within an svg"


def test_a_subset_has_the_outlines_of_the_whole_font_and_no_others():
    file = resources.path("fonts", "Inter-Regular.ttf")
    part = QRawFont(
        as_truetype(unpacked(subset(file, "Aä8×"))), 40.0, QFont.HintingPreference.PreferNoHinting
    )
    whole = QRawFont(str(file), 40.0, QFont.HintingPreference.PreferNoHinting)
    for letter in "Aä8×":
        one, other = (font.pathForGlyph(font.glyphIndexesForString(letter)[0]) for font in (part, whole))
        assert one == other, letter
        assert not one.isEmpty()
    assert not part.supportsCharacter(ord("B"))
    assert len(subset(file, "Aä8×")) < 12_000
    assert unpacked(subset(file, "")).keys() >= {"cmap", "glyf", "head"}


def test_a_font_of_another_kind_is_refused(tmp_path):
    (tmp_path / "odd.ttf").write_bytes(b"OTTO" + bytes(20))
    with pytest.raises(FontProblem, match=r"odd\.ttf"):
        subset(tmp_path / "odd.ttf", "a")


def test_a_pdf_embeds_the_font_and_says_which_letters_it_shows(tmp_path, resnet):
    file = tmp_path / "resnet.pdf"
    render_file(resnet, str(file), style="volumes")
    data = file.read_bytes()
    assert data.startswith(b"%PDF")
    assert re.search(rb"/FontName /\w+\+Inter-Regular", data)
    assert b"/FontFile2" in data
    assert b"/ToUnicode" in data


@pytest.mark.parametrize("style", ["boxes", "volumes"])
def test_a_png_has_the_width_asked_for_and_both_themes_differ(tmp_path, resnet, style):
    made = {}
    for mode in ("light", "dark"):
        render_file(resnet, str(tmp_path / f"{mode}.png"), style=style, mode=mode, width=640)
        made[mode] = QImage(str(tmp_path / f"{mode}.png"))
        assert made[mode].width() == 640
        assert made[mode].pixelColor(2, 2) == palette(mode).panel
    assert made["light"] != made["dark"]


def test_the_svg_shows_what_the_png_shows(tmp_path, resnet):
    render_file(resnet, str(tmp_path / "a.svg"), style="boxes")
    assert QSvgRenderer(str(tmp_path / "a.svg")).isValid()
    made = boxes.figure(Resolver(registry()).resolve(resnet), "resnet50")
    root = ET.parse(tmp_path / "a.svg").getroot()
    assert [text.text for text in root.iter(f"{SVG}text")] == [
        s.words for s in made.shapes if isinstance(s, Text)
    ]
    assert float(root.get("width")) == pytest.approx(made.width, abs=0.01)


def test_names_with_signs_of_xml_stay_text(tmp_path):
    made = design([node("input", "input", shape=(3,)), node("out", "output")], "input -> out")
    made.apply(e.SetTitle("input", "a < b & \x01 “c”"))
    made.apply(e.SetName("x & <y>\x02"))
    render_file(made, str(tmp_path / "a.svg"), style="boxes")
    root = ET.parse(tmp_path / "a.svg").getroot()
    assert any((text.text or "").startswith("a < b & ") for text in root.iter(f"{SVG}text"))
    assert root.find(f"{SVG}title").text == "x & <y>"


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_file_that_cannot_be_written_is_said(tmp_path, suffix):
    file = Path(tmp_path, "missing", f"a.{suffix}")
    with pytest.raises(PictureProblem, match=rf"a\.{suffix}|missing"):
        render_file(SMALL, str(file), style="boxes")


def test_too_many_pixels_are_refused(tmp_path):
    with pytest.raises(PictureProblem, match="smaller width"):
        render_file(SMALL, str(tmp_path / "a.png"), style="boxes", width=60_000)


def test_inks_mix_with_the_ground_and_corners_are_round():
    light = palette("light")
    assert colour(Ink("family:conv"), light) == light.families["conv"]
    assert colour(Ink("family:conv", 0.0), light) == light.panel
    line = Line(((0, 0), (50, 0), (50, 50)), Ink("wire"), arrow=True)
    kinds = [step.kind for step in corners.steps(line)]
    assert kinds == ["move", "line", "bend", "line"]
    assert corners.head(line)[0] == (50, 50)
    assert corners.head(Line(((0, 0), (5, 0)), Ink("wire"))) == ()
