"""Pictures of the user: what is read, and that everything else gets a sentence."""

from __future__ import annotations

import os
import struct
import zlib
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from explorer import bounds, resources
from explorer.engine.data.images import ImageProblem, read_image


def saved(folder, picture: Image.Image, name="picture.png", **options):
    picture.save(folder / name, **options)
    return folder / name


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that promises many pixels and holds none."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(b"\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32), (3, 64, 17), (1, 300, 280)])
def test_a_photo_comes_in_the_shape_and_range_asked_for(shape):
    pixels = read_image(resources.path("data", "photos", "chelsea.jpg"), shape)
    assert pixels.shape == shape
    assert pixels.dtype == np.float32
    assert pixels.flags.c_contiguous
    assert 0 <= pixels.min() < 0.25 < 0.6 < pixels.max() <= 1


def test_every_bundled_photo_is_read():
    photos = sorted(resources.path("data", "photos").glob("*.jpg"))
    assert len(photos) == 9
    for photo in photos:
        assert read_image(photo, (3, 256, 256)).std() > 0.05


def test_colours_and_their_order_are_kept(tmp_path):
    pixels = read_image(saved(tmp_path, Image.new("RGB", (9, 9), (255, 0, 51))), (3, 4, 4))
    assert pixels[:, 0, 0] == pytest.approx([1, 0, 0.2])


def test_a_wide_picture_is_cut_to_its_middle(tmp_path):
    wide = Image.new("L", (300, 100), 0)
    wide.paste(255, (100, 0, 200, 100))
    pixels = read_image(saved(tmp_path, wide), (1, 10, 10))
    assert pixels[:, :, 1:-1].min() == 1
    assert pixels.min() > 0.8  # the outer columns take a little from across the cut


def test_see_through_parts_are_white(tmp_path):
    for picture in (Image.new("RGBA", (8, 8), (0, 0, 0, 0)), Image.new("LA", (8, 8), (0, 0))):
        assert read_image(saved(tmp_path, picture), (1, 4, 4)).min() == 1
    palette = Image.new("P", (8, 8), 0)
    assert read_image(saved(tmp_path, palette, "p.gif", transparency=0), (1, 4, 4)).min() == 1


def test_sixteen_bits_keep_their_grey(tmp_path):
    grey = Image.fromarray(np.full((8, 8), 32768, np.uint16))
    for name in ("deep.png", "deep.tif"):
        assert read_image(saved(tmp_path, grey, name), (1, 4, 4)) == pytest.approx(0.5, abs=0.01)


def test_floating_point_pictures_are_stretched_to_their_range(tmp_path):
    ramp = np.linspace(-3, 7, 64, dtype=np.float32).reshape(8, 8)
    ramp[0, 0] = np.nan
    pixels = read_image(saved(tmp_path, Image.fromarray(ramp), "float.tif"), (1, 8, 8))
    assert pixels[0, 0, 1] < 0.05
    assert pixels[0, 7, 7] == 1


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
def test_other_colour_modes_are_converted(tmp_path, mode):
    suffix = "tif" if mode == "CMYK" else "png"
    white = Image.new("RGB", (8, 8), "white").convert(mode)
    for channels in (1, 3):
        shape = (channels, 4, 4)
        assert read_image(saved(tmp_path, white, f"w.{suffix}"), shape) == pytest.approx(1, abs=0.01)


def test_the_orientation_of_the_camera_is_followed(tmp_path):
    top_left = Image.new("L", (16, 16), 0)
    top_left.paste(255, (0, 0, 8, 8))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    pixels = read_image(saved(tmp_path, top_left, "turned.png", exif=exif), (1, 2, 2))
    assert pixels[0].round().tolist() == [[0, 1], [0, 0]]


def test_the_first_frame_of_a_moving_picture_is_taken(tmp_path):
    frames = [Image.new("L", (8, 8), value) for value in (255, 0)]
    path = saved(tmp_path, frames[0], "moving.gif", save_all=True, append_images=frames[1:])
    assert read_image(path, (1, 4, 4)).min() == 1


def problem(path, shape=(3, 8, 8)) -> str:
    with pytest.raises(ImageProblem) as caught:
        read_image(path, shape)
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert len(sentence.splitlines()) == 1
    sentence.encode()
    return sentence


def test_a_file_that_is_not_there(tmp_path):
    assert problem(tmp_path / "cat.png") == "cat.png is not there any more. Choose another file."


def test_a_folder(tmp_path):
    assert "is a folder" in problem(tmp_path)


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="open files cannot be counted here")
def test_no_file_stays_open(tmp_path):
    (tmp_path / "empty.png").touch()
    (tmp_path / "notes.png").write_bytes(b"hello")
    before = len(os.listdir("/proc/self/fd"))
    for path in (tmp_path, tmp_path / "empty.png", tmp_path / "notes.png"):
        problem(path)
    read_image(resources.path("data", "photos", "brick.jpg"), (1, 8, 8))
    assert len(os.listdir("/proc/self/fd")) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.timeout(20)
def test_a_named_pipe_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    assert problem(tmp_path / "pipe.png").startswith("pipe.png is a pipe or a device")


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="this system has no device files")
def test_a_device_is_refused():
    assert "a pipe or a device" in problem("/dev/zero")


def test_a_link_in_a_circle(tmp_path):
    (tmp_path / "loop.png").symlink_to("loop.png")
    assert "loop.png cannot be opened" in problem(tmp_path / "loop.png")


@pytest.mark.parametrize(
    "path", ["nul\0byte.png", "x" * 5000 + ".png", "", "two\nlines.png", "odd\udcff.png"]
)
def test_odd_names(path):
    problem(path)


def test_an_empty_file(tmp_path):
    (tmp_path / "empty.png").touch()
    assert "0 bytes" in problem(tmp_path / "empty.png")


def test_a_huge_file_is_refused_unread(tmp_path):
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(bounds.PICTURE_BYTES + 1)
    assert "up to 64 MB" in problem(tmp_path / "huge.png")


@pytest.mark.parametrize(("width", "height"), [(10_001, 10_000), (14_000, 10_000), (60_000, 60_000)])
def test_a_picture_bomb_is_refused(tmp_path, width, height):
    (tmp_path / "bomb.png").write_bytes(png_of_size(width, height))
    assert "bomb.png has too many pixels" in problem(tmp_path / "bomb.png")


@pytest.mark.parametrize(
    "content", [b"hello", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"\0" * 99]
)
def test_things_that_are_no_pictures(tmp_path, content):
    (tmp_path / "notes.png").write_bytes(content)
    assert "notes.png is no picture" in problem(tmp_path / "notes.png")


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp", "tif", "bmp", "ppm"])
def test_a_picture_cut_short_is_damaged_or_none(tmp_path, suffix):
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = saved(tmp_path, Image.fromarray(noise), f"cut.{suffix}")
    whole = path.read_bytes()
    for part in (0.02, 0.5):
        path.write_bytes(whole[: int(len(whole) * part)])
        assert "cut." in problem(path)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp", "tif", "bmp", "ppm"])
def test_flipped_bytes_give_a_picture_or_a_sentence(tmp_path, suffix):
    random = np.random.default_rng(1)
    path = saved(tmp_path, Image.radial_gradient("L").convert("RGB").resize((40, 40)), f"odd.{suffix}")
    whole = np.frombuffer(path.read_bytes(), np.uint8)
    for _ in range(60):
        broken = whole.copy()
        places = random.integers(0, min(len(whole), 200), 3)
        broken[places] = random.integers(0, 256, 3)
        path.write_bytes(broken.tobytes())
        with suppress(ImageProblem):
            assert np.isfinite(read_image(path, (3, 8, 8))).all()


@pytest.mark.parametrize("shape", [(2, 8, 8), (0, 8, 8), (3, 0, 8), (3, -1, 8), (1, 10**6, 10**6)])
def test_an_input_that_no_picture_fits(tmp_path, shape):
    path = saved(tmp_path, Image.new("L", (8, 8)))
    assert problem(path, shape).startswith("picture.png cannot")
