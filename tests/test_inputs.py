"""The one door: what other systems send is theirs to choose, but for what no database keeps."""

from datetime import UTC, date, datetime

import pytest

from haowu.ground import inputs
from haowu.ground.inputs import InputInvalid

TAKEN = ["王", "👨‍👩‍👧", "\U0001fae8", "\U00031350", "L\u3000号", "é", "e\u0301", "\u202eabc", "a" * 64]
REFUSED = [
    "",
    " ",
    "\u3000",
    "a" * 65,
    "a\x00b",
    "\x00",
    "cut \ud83d",
    "line\nline",
    "\x1b[31m",
    "\x85",
    None,
    7,
    True,
    ["a"],
]


@pytest.mark.parametrize("value", TAKEN)
def test_text_of_every_script_is_taken_as_it_is(value):
    assert inputs.text(value, max_length=64) == value


@pytest.mark.parametrize("value", REFUSED)
def test_text_that_no_database_keeps_is_refused(value):
    with pytest.raises(InputInvalid):
        inputs.text(value, max_length=64)


def test_text_over_several_lines_may_have_line_ends_and_tabs_but_no_nul():
    assert inputs.text("a\r\n\tb", max_length=64, lines=True) == "a\r\n\tb"
    with pytest.raises(InputInvalid):
        inputs.text("a\n\x00", max_length=64, lines=True)


def test_what_cannot_be_stored_can_still_be_shown():
    assert inputs.printable("a\x00b\ud83d") == "a\\x00b\\ud83d"


@pytest.mark.parametrize("value", [-1, 2**31, True, 1.0, "1", None, 10**400])
def test_a_whole_number_is_a_json_number_within_its_column(value):
    with pytest.raises(InputInvalid):
        inputs.whole(value)


@pytest.mark.parametrize(("value", "number"), [("0", 0), (" 12 ", 12), ("+7", 7)])
def test_digits_in_a_cell_are_a_whole_number(value, number):
    assert inputs.whole_text(value) == number


@pytest.mark.parametrize("value", ["", "1.0", "１２", "1_000", "9" * 5000, "-1", "2147483648", "0x10"])
def test_other_text_in_a_cell_is_no_whole_number(value):
    with pytest.raises(InputInvalid):
        inputs.whole_text(value)


@pytest.mark.parametrize(
    "value",
    ["2024-06-01T08:30:00+08:00", "2024-06-01t00:30:00z", "2024-06-01T00:30:00Z", "2024-06-01 00:30:00.000+00:00"],
)
def test_a_moment_has_an_offset_and_letters_of_either_case(value):
    assert inputs.moment(value) == datetime(2024, 6, 1, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2024-06-01T08:30:00",
        "0001-01-01T00:00:00+08:00",
        "0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2200-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:59-12:00",
        "2024-02-30T00:00:00Z",
        "2024-06-01",
        "tomorrow",
        "2024-06-01T08:30:00\x00Z",
        1717200000,
        None,
    ],
)
def test_a_moment_without_offset_or_outside_of_our_years_is_refused(value):
    with pytest.raises(InputInvalid):
        inputs.moment(value)


def test_a_day_is_ten_characters_within_our_years():
    assert inputs.day("2024-06-01") == date(2024, 6, 1)
    for value in ("20240601", "2024-W22-6", "0001-01-01", "9999-12-31", "２０２４-06-01", "2024-13-01", None):
        with pytest.raises(InputInvalid):
            inputs.day(value)


def test_json_may_begin_with_a_byte_order_mark():
    assert inputs.json_of(b'\xef\xbb\xbf{"a": 1}') == inputs.json_of('\ufeff{"a": 1}') == {"a": 1}


@pytest.mark.parametrize("document", ["[" * 100_000, "NaN", "-Infinity", "{", "", b"\xff\xfe", "\x00"])
def test_json_that_cannot_be_read_is_refused_and_never_a_traceback(document):
    with pytest.raises(InputInvalid):
        inputs.json_of(document)


@pytest.mark.parametrize(
    "bad", ["NaN", "-Infinity", "1" * 5000, "[" * 9000 + "]" * 9000, '{"a":' * 500 + "1" + "}" * 500]
)
def test_in_a_document_of_entries_what_no_reader_takes_leaves_its_neighbours_alone(bad):
    before, value, after = inputs.json_of_entries(f'\ufeff[{{"[": "]\\"["}}, {bad}, [[1]]]'.encode())
    assert (before, after) == ({"[": ']"['}, [[1]])
    with pytest.raises(InputInvalid):
        inputs.text(value, max_length=64)
    with pytest.raises(InputInvalid):
        inputs.whole(value)


@pytest.mark.parametrize("document", [b"[" * 9000, b'{"a": ]', b"", "名".encode("gbk"), b"\xff"])
def test_a_document_of_entries_that_is_no_json_is_refused_whole(document):
    with pytest.raises(InputInvalid):
        inputs.json_of_entries(document)


def test_a_cut_emoji_is_printed_as_json_that_reads_back_the_same():
    line = inputs.json_line({"名": "\ud83d👍"})
    assert line == '{"名": "\\ud83d👍"}'
    assert inputs.json_of(line.encode()) == {"名": "\ud83d👍"}


@pytest.mark.parametrize("digits", ["9" * 21, "-" + "9" * 5000, "1" * 1_000_000])
def test_an_absurd_number_spoils_its_own_place_and_not_the_document(digits):
    good, absurd = inputs.json_of(f"[7, {digits}]")
    assert inputs.whole(good) == 7
    with pytest.raises(InputInvalid):
        inputs.whole(absurd)


@pytest.mark.parametrize("value", ["", "-a", "a b", "a\n", "号", "a" * 65, None, 7])
def test_a_plain_number_has_no_character_that_a_bank_would_change(value):
    assert inputs.plain("2024-06.20_A:1", max_length=64) == "2024-06.20_A:1"
    with pytest.raises(InputInvalid):
        inputs.plain(value, max_length=64)


def test_a_file_is_read_as_utf8_or_gbk():
    assert inputs.decoded("\ufeff名".encode()) == inputs.decoded("名".encode("gb18030")) == "名"
    assert inputs.decoded("名".encode("utf-16")) == inputs.decoded("\ufeff名".encode("utf-16-be")) == "名"
    with pytest.raises(InputInvalid):
        inputs.decoded(b"\xff\xff\xff")


@pytest.mark.parametrize("good", ["a", "!~", "x" * 8, "2024-06/7:b@c"])
def test_visible_ascii_is_taken_as_it_is(good):
    assert inputs.visible_ascii(good, max_length=13) == good


@pytest.mark.parametrize("bad", ["", " ", "a b", "名", "a\n", "\x7f", "é", "x" * 14, None, 7])
def test_what_is_no_visible_ascii_is_refused(bad):
    with pytest.raises(inputs.InputInvalid):
        inputs.visible_ascii(bad, max_length=13)
