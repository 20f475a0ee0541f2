"""The lines of the virtual scanner's control port: a code to scan, or a colon and a word."""

import asyncio
import json

from devices.simulators.control import Refused
from devices.simulators.revision import Revision, whole_number
from devices.simulators.scanner.device import ScannerLine, check_code
from devices.simulators.scanner.manner import ENDS, Manner

_SPLIT_S = 0.05
_MAX_BURST = 200
_MAX_PACE_MS = 1000
_TOGGLES = {"split": "splits", "glue": "glues", "noise": "is_noisy", "bounce": "bounces"}
_WORDS = (
    *(f":{word}, :no-{word}" for word in _TOGGLES),
    *(":well", ":slow MS", ":aim E0|none", ":prefix TEXT|none", f":end {'|'.join(ENDS)}"),
    *(":burst N CODE", ":scan CODE", ":unplug", ":plug", ":state", ":wait REVISION"),
)
_NO_NUMBER = f":slow takes 0 to {_MAX_PACE_MS} ms, :burst 1 to {_MAX_BURST} and a code, :wait a number"


class ScannerOrders:
    """Obeys one line after the other; scans never mix."""

    def __init__(self, line: ScannerLine) -> None:
        self.revision = Revision()
        self._line = line
        self._manner = Manner()
        self._turn = asyncio.Lock()
        self._scans = 0

    async def obey(self, line: str) -> str:
        """Carry out one line; what to say after ``ok``.

        Raises:
            Refused: it cannot be done; in its text why.
        """
        if not line.startswith(":"):
            await self._scan(line)
            return ""
        word, _, rest = line[1:].partition(" ")
        if word in {"state", "wait"}:
            if word == "wait":
                await self.revision.wait(whole_number(rest, 10**12, _NO_NUMBER))
            return json.dumps(self.facts())
        await self._change(word, rest)
        self.revision.grow()
        return ""

    def facts(self) -> dict[str, object]:
        """The state for people and tests."""
        it = self._manner
        return {
            "plugged": self._line.is_plugged,
            "device": self._line.path,
            "uri": self._line.uri,
            "scans": self._scans,
            "held": len(it.held),
            **{word: getattr(it, name) for word, name in _TOGGLES.items()},
            "slow_ms": it.pace_ms,
            "aim": it.aim,
            "prefix": it.prefix,
            "end": it.end,
            "revision": self.revision.number,
        }

    async def _change(self, word: str, rest: str) -> None:
        toggled = _TOGGLES.get(word.removeprefix("no-"))
        if toggled is not None and not rest:
            setattr(self._manner, toggled, not word.startswith("no-"))
        elif word == "scan":
            await self._scan(rest)
        elif word == "burst":
            count, _, code = rest.partition(" ")
            await self._scan(code, whole_number(count, _MAX_BURST, _NO_NUMBER))
        elif word in {"plug", "unplug"} and not rest:
            async with self._turn:
                await self._plug(word == "plug")
        else:
            self._set(word, rest)

    async def _plug(self, is_wanted: bool) -> None:  # noqa: FBT001 - in or out
        try:
            await (self._line.plug() if is_wanted else self._line.unplug())
        except OSError as error:
            raise Refused(f"it cannot be plugged in: {error}") from error

    def _set(self, word: str, rest: str) -> None:
        if word == "well" and not rest:
            self._manner = Manner(aim=self._manner.aim, prefix=self._manner.prefix, end=self._manner.end)
        elif word == "slow":
            self._manner.pace_ms = whole_number(rest, _MAX_PACE_MS, _NO_NUMBER)
        elif word == "end" and rest in ENDS:
            self._manner.end = rest
        elif word == "aim" and (rest == "none" or (len(rest) == 2 and rest.isascii() and rest.isalnum())):
            self._manner.aim = "" if rest == "none" else rest
        elif word == "prefix" and 0 < len(rest) <= 20:
            self._manner.prefix = "" if rest == "none" else rest
        else:
            raise Refused(f"unknown word; write a code, or one of: {', '.join(_WORDS)}")

    async def _scan(self, code: str, count: int = 1) -> None:
        """Read a code so many times; a burst leaves in one go."""
        check_code(self._line, code)
        async with self._turn:
            pieces = [piece for _ in range(count) for piece in self._manner.pieces(code)]
            whole = [b"".join(pieces)] if count > 1 and not self._manner.pace_ms else pieces
            for number, piece in enumerate(whole):
                if number:
                    await asyncio.sleep(self._manner.pace_ms / 1000 or _SPLIT_S)
                self._line.write(piece)
            self._scans += count
        self.revision.grow()
