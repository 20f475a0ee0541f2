"""A printer's answers by their fixed bits: written by hand from the ESC/POS reference, and any bytes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import PortTimeout
from devices.ports.memory import MemoryPort
from devices.printing.answers import Answer, AnswerKind, AnswerReader
from devices.printing.delivery import (
    Mark,
    MarkWait,
    ask_report,
    await_mark,
    completion_request,
    drain,
    process_id,
    settle_marks,
)
from devices.printing.status import Paper, PrinterState, Report, read_automatic, read_real_time

REAL_TIME, SENSOR = AnswerKind.REAL_TIME, AnswerKind.SENSOR


@pytest.mark.parametrize(
    ("stream", "answers"),
    [
        ("12 1A 16", [Answer(REAL_TIME, b"\x12"), Answer(REAL_TIME, b"\x1a"), Answer(REAL_TIME, b"\x16")]),
        ("00 03 0C", [Answer(SENSOR, b"\0"), Answer(SENSOR, b"\3"), Answer(SENSOR, b"\x0c")]),
        ("14 00 00 0F", [Answer(AnswerKind.AUTOMATIC, b"\x14\0\0\x0f")]),
        ("37 22 61 62 31 32 00", [Answer(AnswerKind.PROCESS, b"ab12")]),
        ("11 13 FF 80", []),
        # a printer that stops the line does so in the middle of anything
        ("10 13 00 11 00 00", [Answer(AnswerKind.AUTOMATIC, b"\x10\0\0\0")]),
        ("37 22 61 13 11 62 31 32 00", [Answer(AnswerKind.PROCESS, b"ab12")]),
        # a block that breaks off gives nothing, and what broke it counts by itself
        ("10 00 12", [Answer(REAL_TIME, b"\x12")]),
        ("37 22 61 12", [Answer(REAL_TIME, b"\x12")]),
        ("10 00 10 00 00 00", [Answer(AnswerKind.AUTOMATIC, b"\x10\0\0\0")]),
    ],
)
def test_answers_are_told_apart(stream: str, answers: list[Answer]) -> None:
    assert AnswerReader().feed(bytes.fromhex(stream)) == answers


@given(st.lists(st.binary(max_size=20), max_size=20))
def test_any_bytes_at_any_chunking_give_the_same_answers(chunks: list[bytes]) -> None:
    whole, apart = AnswerReader(), AnswerReader()
    expected = whole.feed(b"".join(chunks))
    assert [answer for chunk in chunks for answer in apart.feed(chunk)] == expected
    assert apart.garbage == whole.garbage
    for answer in expected:
        if answer.kind is AnswerKind.AUTOMATIC:
            assert read_automatic(answer.data).state is not PrinterState.UNKNOWN


@given(st.binary(max_size=8))
def test_only_four_right_answers_tell_a_state(answers: bytes) -> None:
    is_right = len(answers) == 4 and all(byte & 0x93 == 0x12 for byte in answers)
    assert (read_real_time(answers) != Report()) is is_right


def test_each_bit_of_a_real_time_status_stands_for_its_own_fact() -> None:
    well = Report(
        is_online=True,
        is_cover_open=False,
        has_cutter_error=False,
        has_error=False,
        paper=Paper.OK,
        drawer_pin_high=False,
    )
    assert read_real_time(bytes.fromhex("12121212")) == well
    assert read_real_time(bytes.fromhex("16121212")).drawer_pin_high is True
    assert read_real_time(bytes.fromhex("1A161212")).is_cover_open is True
    assert read_real_time(bytes.fromhex("1A521A12")).has_cutter_error is True
    assert read_real_time(bytes.fromhex("1A523212")).has_error is True
    assert read_real_time(bytes.fromhex("12121E1E")).paper is Paper.LOW


@pytest.mark.parametrize(
    ("block", "state", "pin"),
    [
        ("10000000", PrinterState.ONLINE, False),
        ("14000000", PrinterState.ONLINE, True),
        ("10000300", PrinterState.PAPER_LOW, False),
        ("18000F00", PrinterState.PAPER_OUT, False),
        ("38000000", PrinterState.COVER_OPEN, False),
        ("18080000", PrinterState.CUTTER, False),
        ("18200000", PrinterState.ERROR, False),
        ("18000000", PrinterState.PAUSED, False),
    ],
)
def test_an_automatic_status_is_read(block: str, state: PrinterState, pin: bool) -> None:
    report = read_automatic(bytes.fromhex(block))
    assert (report.state, report.drawer_pin_high) == (state, pin)


async def opened(port: MemoryPort) -> MemoryPort:
    await port.open(0.1)
    return port


def wait(process: bytes | None, timeout_s: float = 0.2, patience_s: float = 0.0) -> MarkWait:
    return MarkWait(process, is_asked=True, timeout_s=timeout_s, patience_s=patience_s, ask_s=0.01)


async def test_a_printer_without_paper_is_asked_and_waited_for() -> None:
    said = [bytes.fromhex("1A32127E")] * 60 + [bytes.fromhex("12121212") + b"\0"]
    port = await opened(MemoryPort(lambda _request: said.pop(0) if said else b""))
    states: list[PrinterState] = []
    mark = await await_mark(port, wait(None, 0.5, 60.0), lambda report: states.append(report.state))
    assert (mark, states) == (Mark(), [PrinterState.PAPER_OUT] * 60 + [PrinterState.ONLINE])


async def test_half_an_answer_is_never_completed_by_the_answer_to_the_next_question() -> None:
    """The last byte tells that paper is low; one place too early it would tell that the cover is open."""
    low, asked = bytes.fromhex("1212121E"), [0]

    def late(_request: bytes) -> bytes:
        asked[0] += 1
        return low[:2] if asked[0] == 1 else low[2:] + low[:2]

    port = await opened(MemoryPort(late))
    heard: list[Report] = []
    assert await await_mark(port, wait(None, 0.1), heard.append) is None
    assert heard == []
    port.say(low[2:] + b"\0")
    assert await await_mark(port, replace(wait(None), is_asked=False), heard.append) == Mark()
    assert heard == []


async def test_patience_ends() -> None:
    port = await opened(MemoryPort(lambda _request: bytes.fromhex("1A32127E")))
    assert await await_mark(port, wait(None, 0.02, 0.06), lambda _report: None) is None


async def test_a_mark_of_another_job_is_no_mark_of_this_one() -> None:
    port = await opened(MemoryPort())
    heard: list[Report] = []
    port.say(bytes.fromhex("37 22") + b"aaaa\0" + bytes.fromhex("18 00 0F 00"))
    port.say(bytes.fromhex("37 22") + b"bbbb\0")
    assert await await_mark(port, wait(b"bbbb"), heard.append) == Mark()
    assert [report.state for report in heard] == [PrinterState.PAPER_OUT]
    port.say(bytes.fromhex("37 22") + b"aaaa\0")
    assert await await_mark(port, wait(b"bbbb", 0.02), heard.append) is None


async def test_the_answer_to_gs_r_is_no_process_id_and_the_other_way_round() -> None:
    port = await opened(MemoryPort())
    port.say(b"\x0c")
    assert await await_mark(port, wait(None), lambda _report: None) == Mark(is_paper_out=True)
    port.say(b"\x00")
    assert await await_mark(port, wait(b"bbbb", 0.02), lambda _report: None) is None


@pytest.mark.parametrize("said", ["FF 00", "00 9D", "00 00", "10 00 FF 00", "80 0C"])
async def test_a_byte_among_rubbish_is_no_mark(said: str) -> None:
    """The answer to GS r is one byte of four that rubbish holds too: it counts where it comes alone."""
    port = await opened(MemoryPort())
    port.say(bytes.fromhex(said))
    assert await await_mark(port, replace(wait(None, 0.02), is_asked=False), lambda _report: None) is None


async def test_a_mark_that_is_owed_comes_before_the_answer_to_one_more_question() -> None:
    said = [b"\0"]
    port = await opened(MemoryPort(lambda _request: said.pop(0) if said else b""))
    port.say(b"\0")
    assert await settle_marks(port, wait(None), lambda _report: None) is True
    assert port.written == [bytes.fromhex("1D 72 01")]
    assert await settle_marks(port, replace(wait(None, 0.02), is_asked=False), lambda _report: None) is False


async def test_a_printer_that_gives_too_few_answers_tells_nothing_and_its_late_ones_are_thrown_away() -> None:
    port = await opened(MemoryPort(lambda _request: b"\x12\x12"))
    assert await ask_report(port, 0.02) == Report()
    port.say(b"\x12\x72")
    await drain(port)
    with pytest.raises(PortTimeout):
        await port.read(1, 0.01)


def test_a_process_id_names_one_attempt() -> None:
    assert process_id("job", 1) != process_id("job", 2)
    assert len(process_id("job", 1)) == 4
    request = completion_request("gs_h", b"ab12")
    assert request == bytes.fromhex("1D 28 48 06 00 30 30") + b"ab12"
    assert completion_request("gs_r", b"ab12") == bytes.fromhex("1D 72 01")
    assert completion_request("none", b"ab12") == b""
