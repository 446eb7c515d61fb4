import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rascue.core.errors import LinkError
from rascue.core.types import AudioState, SessionState
from rascue.link.messages import (
    Answer,
    CommandKind,
    Event,
    EventKind,
    Hello,
    Request,
    SensorLamp,
    SensorState,
    Snapshot,
    SoundLamp,
    encode,
    parse_from_engine,
    parse_request,
)

SNAPSHOT = Snapshot(
    seq=3,
    at_ns=123_456_789_012_345_678,
    state=SessionState.CUEING,
    cadence_spm=101.5,
    sensor=SensorLamp(state=SensorState.RUNNING, text="simulated walker", age_s=0.02),
    sound=SoundLamp(state=AudioState.RUNNING, text="speaker", audible=True),
)


@pytest.mark.parametrize(
    "message",
    [
        Hello(engine_version="0.1.0", boot_id="b"),
        SNAPSHOT,
        Event(kind=EventKind.STEP, data={"ic_ns": 5, "side": "L"}),
        Answer(id="x", ok=False, text="line one\nline two"),
    ],
)
def test_what_the_engine_says_survives_the_wire_as_one_line(message):
    line = encode(message)
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert parse_from_engine(line) == message


def test_a_request_survives_the_wire():
    request = Request(
        id="1", kind=CommandKind.ADJUST_TEMPO, args={"delta_spm": -5.0}, actor="therapist"
    )
    assert parse_request(encode(request)) == request


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"v": 2}, "another version"),
        ({"surprise": 1}, "surprise"),
        ({"kind": "explode"}, "kind"),
        ({"args": {}}, "delta_spm"),
        ({"args": {"delta_spm": 5, "more": 1}}, "more"),
        ({"args": {"delta_spm": 500}}, "less than or equal to 20"),
        ({"args": {"delta_spm": "fast"}}, "delta_spm"),
        ({"id": ""}, "id"),
    ],
)
def test_a_request_that_is_not_known_is_refused_in_one_line(change, says):
    plain = {
        "v": 1,
        "type": "command",
        "id": "1",
        "kind": "adjust_tempo",
        "args": {"delta_spm": 5},
        "actor": "a",
    }
    with pytest.raises(LinkError, match=says) as refused:
        parse_request(json.dumps(plain | change).encode())
    assert "\n" not in str(refused.value)


def test_a_number_that_is_none_is_not_accepted():
    with pytest.raises(LinkError, match="cadence_spm"):
        parse_from_engine(encode(SNAPSHOT).replace(b"101.5", b"NaN"))


def test_an_unknown_message_of_the_engine_is_refused():
    with pytest.raises(LinkError, match="unknown"):
        parse_from_engine(b'{"v":1,"type":"gossip"}')


@given(st.binary(max_size=200))
def test_no_bytes_bring_the_parsers_down(noise):
    for parse in (parse_request, parse_from_engine):
        with pytest.raises(LinkError):
            parse(noise)
