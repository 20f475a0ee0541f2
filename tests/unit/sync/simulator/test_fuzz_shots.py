"""The dealer of hostile messages: seeded, every kind, and never a witness's own speech."""

import json

from sync.messages.codec import decode, encode
from sync.messages.errors import NewerVersion, Undecodable
from sync.messages.topics import store_topic
from sync.rules.streams import Hello, Up
from sync.simulator.dice import Dice
from sync.simulator.fuzz.shots import KINDS, Dealer, Range, Recorded, Shot
from sync.simulator.fuzz.twists import TWISTS, body_of

AT = "2026-05-01T06:17:00.000Z"
TOPIC = store_topic("north", "up")
HELLO = encode(Hello(store="north", sinc=1, hinc=1, wall_clock=AT))
EVENTS = tuple({"kind": "grant", "sku": f"sku-{n}", "granted": n, "at": AT} for n in range(30))
UP = encode(Up(store="north", sinc=1, hinc=1, first=1, chain_before="0" * 16, head=30, dver=0, events=EVENTS))


def dealer(seed: int) -> Dealer:
    """One over two messages; whatever can be read as said by north in its present life is its speech."""

    def is_speech(topic: str, payload: bytes) -> bool:
        try:
            said = decode(payload)
        except (Undecodable, NewerVersion):
            return False
        return topic == TOPIC and isinstance(said, Hello | Up) and said.store == "north" and said.sinc >= 1

    traffic = [Recorded(TOPIC, HELLO, is_goat=False), Recorded(TOPIC, UP, is_goat=False)]

    def lie(_: Dice) -> tuple[str, bytes]:
        return "omo/1/goat/0/up", b"jx"

    return Dealer(seed, Range(traffic, is_speech, lie, lie, ("north", "goat")))


def dealt(seed: int, count: int) -> list[Shot]:
    """So many shots."""
    return list(dealer(seed).deal(count))


def test_a_seed_deals_the_same_shots_and_another_seed_others() -> None:
    assert dealt(3, 500) == dealt(3, 500)
    assert dealt(3, 500) != dealt(4, 500)


def test_every_kind_is_dealt_and_counted() -> None:
    one = dealer(5)
    shots = list(one.deal(3_000))
    assert len(shots) == sum(one.dealt.values()) == 3_000
    assert set(one.dealt) == {kind for kind, _ in KINDS}
    assert one.withheld > 0


def test_what_reads_as_a_witness_own_speech_is_dealt_only_as_a_replay() -> None:
    for shot in dealt(6, 2_000):
        if shot.topic != TOPIC or shot.kind.startswith("replay"):
            continue
        try:
            said = decode(shot.payload)
        except (Undecodable, NewerVersion):
            continue
        assert not (isinstance(said, Hello | Up) and said.store == "north" and said.sinc >= 1), shot


def test_twists_change_plain_and_packed_messages() -> None:
    for name, twist in TWISTS.items():
        dice = Dice(9)
        for payload in (HELLO, UP):
            twisted = {twist(dice, payload, ("north", "goat")) for _ in range(20)}
            assert twisted - {payload}, name


def test_a_packed_message_is_twisted_inside_its_packing() -> None:
    changed = [TWISTS["other version"](Dice(seed), UP, ()) for seed in range(20)]
    assert all(payload[:1] == b"z" for payload in changed)
    assert {repr(json.loads(body_of(payload))["v"]) for payload in changed} > {"2", "None"}
