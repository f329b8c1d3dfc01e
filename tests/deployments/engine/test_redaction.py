"""Remote output becomes text that may be stored: decoded, cleaned, without secrets."""

import base64
import json
import shlex
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from deployments.engine.redaction import MASK, Redactor

PASSWORD = "s3cr/t+pä$s 'w\"rd"
TOKEN = "ghp_0123456789abcdef"
KEY_LINES = (
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ",
    "QyNTUxOQAAACBn0zRkq7Yl1x9w2m4vFhT5sJ8uPpLk",
)
PRIVATE_KEY = "\n".join(
    (
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        *KEY_LINES,
        "-----END OPENSSH PRIVATE KEY-----\n",
    )
)


def redact(secrets: list[str], *chunks: bytes) -> str:
    redactor = Redactor(secrets)
    return "".join(redactor.feed(chunk) for chunk in chunks) + redactor.flush()


def cut_in_two(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    return ((data[:at], data[at:]) for at in range(len(data) + 1))


def test_output_without_secrets_passes_unchanged_and_at_once() -> None:
    assert Redactor([]).feed("Zürich: 3 Dateien\n".encode()) == "Zürich: 3 Dateien\n"


def test_a_secret_becomes_a_mask_of_fixed_length() -> None:
    assert redact([TOKEN], f"token={TOKEN};".encode()) == f"token={MASK};"


FORMS = {
    "exact": PASSWORD,
    "json": json.dumps(PASSWORD)[1:-1],
    "json_unicode": json.dumps(PASSWORD, ensure_ascii=False)[1:-1],
    "json_slash": json.dumps(PASSWORD)[1:-1].replace("/", "\\/"),
    "url": quote(PASSWORD, safe=""),
    "url_lower_case": "s3cr%2ft%2bp%c3%a4%24s%20%27w%22rd",
    "url_form": "s3cr%2Ft%2Bp%C3%A4%24s+%27w%22rd",
    "url_path": "s3cr/t%2Bp%C3%A4%24s%20%27w%22rd",
    "shell_single": shlex.quote(PASSWORD)[1:-1],
    "shell_trace": PASSWORD.replace("'", "'\\''"),
    "shell_double": PASSWORD.replace('"', '\\"').replace("$", "\\$"),
    "shell_backslash": "s3cr/t+pä\\$s\\ \\'w\\\"rd",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_way_to_write_a_secret_is_masked(form: str) -> None:
    assert redact([PASSWORD], f"<{form}>".encode()) == f"<{MASK}>"


@pytest.mark.parametrize("before", ["", "u", "us", "user:"])
@pytest.mark.parametrize("encode", [base64.b64encode, base64.urlsafe_b64encode])
def test_base64_is_masked_wherever_the_secret_begins_in_it(
    before: str, encode: Callable[[bytes], bytes]
) -> None:
    encoded = encode(f"{before}{PASSWORD}:after".encode()).decode()

    masked = redact([PASSWORD], encoded.encode())

    assert MASK in masked
    # At most one character at either side mixes bits of the secret with others.
    longest_rest = len(before) * 4 // 3 + len(":after") * 4 // 3 + 2 * 2
    assert len(masked.replace(MASK, "")) <= longest_rest


def test_a_secret_alone_in_base64_leaves_nothing_but_the_mask() -> None:
    assert redact([TOKEN], base64.b64encode(TOKEN.encode())) == MASK


def test_base64_in_lines_is_masked_line_by_line() -> None:
    secret = "a long value " * 12
    encoded = base64.encodebytes(secret.strip().encode())

    assert redact([secret], encoded) == (MASK + "\n") * encoded.count(b"\n")


def test_each_line_of_a_key_is_masked_and_its_frame_is_not() -> None:
    output = "".join(f"{line}\r\n" for line in PRIVATE_KEY.splitlines())

    assert redact([PRIVATE_KEY], output.encode()) == (
        "-----BEGIN OPENSSH PRIVATE KEY-----\r\n"
        f"{MASK}\r\n{MASK}\r\n"
        "-----END OPENSSH PRIVATE KEY-----\r\n"
    )


def test_a_key_printed_whole_is_one_mask() -> None:
    assert redact([PRIVATE_KEY], f"key: {PRIVATE_KEY}".encode()) == f"key: {MASK}\n"


def test_values_shorter_than_eight_characters_are_left_alone() -> None:
    assert redact(["1234567", "", "  abc  "], b"1234567 abc") == "1234567 abc"


def test_white_space_around_a_secret_does_not_hide_it() -> None:
    assert redact([f"  {TOKEN}\n"], f"[{TOKEN}]".encode()) == f"[{MASK}]"


def test_overlapping_secrets_leave_no_rest_of_either() -> None:
    secrets = ["abcdefgh", "efghijkl", "ghijklmnop"]

    assert redact(secrets, b"<abcdefghijklmnop>") == f"<{MASK}>"


def test_the_longer_of_two_secrets_with_one_beginning_is_masked_whole() -> None:
    assert redact(["password", "password-2"], b"password-2!") == f"{MASK}!"
    assert redact(["password", "password-2"], b"password-3!") == f"{MASK}-3!"


def test_two_secrets_side_by_side_are_two_masks() -> None:
    assert redact(["abcdefgh", "12345678"], b"abcdefgh12345678") == MASK + MASK


SPLIT_CASES = {
    "plain": ([TOKEN], f"a {TOKEN} b {TOKEN}"),
    "almost": ([TOKEN], f"a {TOKEN[:-1]} b {TOKEN[:8]}"),
    "overlap": (["abcdefgh", "efghijkl"], "xabcdefghijkly abcdefgefghijkl"),
    "nested": (["abcdefgh", "defghijklmno", "efghijkl"], "abcdefghijklmnabcdefghijkl"),
    "prefix": (["password", "password-and-more"], "password-and-morpassword-and-more"),
    "repeated": (["aaaaaaaa", "aaaaaaaaab"], "a" * 20 + "b" + "a" * 7),
    "multibyte": ([PASSWORD], f"é{PASSWORD}é€{quote(PASSWORD)}€"),
    "key": ([PRIVATE_KEY], f"x\n{PRIVATE_KEY}y {PRIVATE_KEY[40:90]}"),
}


@pytest.mark.parametrize(("secrets", "text"), SPLIT_CASES.values(), ids=SPLIT_CASES)
def test_the_result_does_not_depend_on_where_the_stream_is_cut(
    secrets: list[str], text: str
) -> None:
    data = text.encode()
    expected = Redactor(secrets).mask(text)

    assert redact(secrets, *(bytes((byte,)) for byte in data)) == expected
    for chunks in cut_in_two(data):
        assert redact(secrets, *chunks) == expected, chunks


def test_no_part_of_a_cut_secret_is_shown_early() -> None:
    for first, second in cut_in_two(f"a {TOKEN} b".encode()):
        redactor = Redactor([TOKEN])
        masked = redactor.feed(first)
        assert masked in {"a", "a ", f"a {MASK}", f"a {MASK} ", f"a {MASK} b", ""}
        assert masked + redactor.feed(second) + redactor.flush() == f"a {MASK} b"


def test_a_line_that_cannot_begin_a_secret_is_shown_at_once() -> None:
    assert Redactor([TOKEN, PRIVATE_KEY]).feed(b"Installing...\n") == "Installing...\n"


def test_only_the_possible_beginning_is_held_back_and_released_when_it_was_none() -> (
    None
):
    redactor = Redactor([TOKEN])

    assert redactor.feed(b"user ghp_01") == "user "
    assert redactor.feed(b"x\n") == "ghp_01x\n"


def test_flush_shows_the_beginning_of_a_secret_that_never_came() -> None:
    redactor = Redactor([TOKEN])
    redactor.feed(b"ghp_0123456")

    assert redactor.flush() == "ghp_0123456"
    assert redactor.flush() == ""


def test_invalid_utf8_and_a_cut_off_character_become_replacement_characters() -> None:
    assert redact([TOKEN], b"\xff\xfe ok \xe2\x82") == "\ufffd\ufffd ok \ufffd"


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_a_character_cut_in_two_arrives_whole(cut: int) -> None:
    data = "\N{PARTY POPPER}".encode()

    assert redact([], data[:cut], data[cut:]) == "\N{PARTY POPPER}"


def test_controls_go_except_those_that_shape_text() -> None:
    data = "a\0b\x07c\x08\x1f\td\r\n\x1b[31me\x1b[0m\x85\x9bf\x7f".encode()

    assert redact([], data) == "a\ufffdbc\td\r\n\x1b[31me\x1b[0mf\x7f"


def test_a_title_keeps_an_end_although_bells_go() -> None:
    data = b"\x07a\x1b]0;title\x07b\x07\x1b]8;;link\x1b\\c\x07\x1b]no\nend\x07"
    expected = "a\x1b]0;title\x1b\\b\x1b]8;;link\x1b\\c\x1b]no\nend"

    assert redact([], *(bytes((byte,)) for byte in data)) == expected
    for chunks in cut_in_two(data):
        assert redact([], *chunks) == expected, chunks


def test_a_control_character_inside_a_secret_does_not_hide_it() -> None:
    assert redact([TOKEN], TOKEN.replace("_", "_\x07").encode()) == MASK
    assert redact(["bell\x07-in-value"], b"<bell\x07-in-value>") == f"<{MASK}>"


def test_masking_an_error_message_leaves_the_stream_alone() -> None:
    redactor = Redactor([TOKEN])
    redactor.feed(b"ghp_")

    assert redactor.mask(f"bad token {TOKEN}\0") == f"bad token {MASK}\ufffd"
    assert redactor.flush() == "ghp_"


def test_regular_expression_characters_in_a_secret_mean_themselves() -> None:
    assert redact([".*+?^$[](){}|\\"], b"abc .*+?^$[](){}|\\ d") == f"abc {MASK} d"


def test_no_more_than_the_longest_secret_is_ever_held_back() -> None:
    redactor = Redactor(["x" * 40])
    for _ in range(100):
        redactor.feed(b"x" * 39)
        assert redactor.feed(b".").endswith(".")
