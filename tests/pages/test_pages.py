"""What all pages share."""

import base64
import io
import json
import re
import zlib

import numpy as np
import pytest
import soundfile

from parakeet.pages.document import make_document, resource
from parakeet.pages.media import sound_address, spectrum_address
from parakeet.pages.table import table_section


def content(address):
    kind, data = re.fullmatch(r"data:([a-z/]+);base64,(.+)", address).groups()
    return kind, base64.b64decode(data)


@pytest.mark.parametrize(("rate", "kept"), [(22050, 22050), (48000, 24000), (8000, 8000)])
def test_a_sound_in_the_page_is_the_sound_at_its_rate_or_the_highest_allowed(rate, kept):
    wav = 0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate).astype(np.float32)
    kind, data = content(sound_address(wav, rate, most_rate=24000))
    read, read_rate = soundfile.read(io.BytesIO(data), dtype="float32")
    assert (kind, read_rate, len(read)) == ("audio/flac", kept, kept)
    if rate == kept:
        assert np.abs(read - wav).max() < 1e-4


def test_a_spectrum_is_a_picture_with_high_frequencies_at_its_top():
    rate = 16000
    wav = np.sin(2 * np.pi * 7000 * np.arange(rate) / rate)
    kind, data = content(spectrum_address(wav, rate, width=100, height=40))
    assert kind == "image/png"
    at = data.index(b"IDAT")
    pixels = np.frombuffer(zlib.decompress(data[at + 4 : -16]), np.uint8).reshape(40, 101)[:, 1:]
    assert np.unravel_index(pixels.argmax(), pixels.shape)[0] in (4, 5), "7 of 8 kHz are at an eighth from the top"


def test_texts_can_not_break_out_of_a_table_or_a_title():
    hostile = "</script><script>alert(1)</script>"
    table = table_section("All & everything", {"text": 0, "n": 2}, [[hostile, 1.5]], "Search", flagged="<only>")
    page = make_document(hostile, [table, ""], f"parakeet {hostile}", scripts=[resource("parakeet.pages", "table.js")])
    assert "<script>alert" not in page
    rows = re.search(r"<script type='application/json' id='rows'>(.*?)</script>", page).group(1)
    assert json.loads(rows) == {"columns": [{"title": "text", "digits": 0}, {"title": "n", "digits": 2}], "rows": [[hostile, 1.5]]}
    assert "All &amp; everything" in page
    assert "&lt;only&gt;" in page


def test_a_table_has_a_box_only_where_rows_can_be_flagged():
    assert "row-flagged" not in table_section("A", {"a": 0}, [], "Search")
