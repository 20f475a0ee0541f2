"""The stage: a whole demo of its own in a temporary folder, whose programs can be killed and brought back."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final, Self

from hub.broker.mosquitto import find_mosquitto, write_configuration
from hub.chaos.errors import NoStage
from hub.demo.broker import BROKER_FOLDER, module_argv
from hub.demo.children import end_leftovers, last_lines
from hub.demo.memory import Memory
from hub.demo.ports import choose
from hub.walk.place import Place, read_place
from hub.walk.tools import with_word
from sync.link.address import split_url

START_LIMIT_S: Final = 180.0
GONE_LIMIT_S: Final = 10.0
STOP_LIMIT_S: Final = 60.0
LEDGER: Final = "agent.db"
LOOK_S: Final = 0.01


@dataclass(slots=True)
class Program:
    """A program of the stage: `hub`, `broker`, or a store's id for its agent.

    Attributes:
        pid: Its process now or before it was killed.
        process: The process if it was brought back here; the demo's own child otherwise.
        is_down: It was killed and not brought back yet.
    """

    name: str
    argv: list[str]
    pid: int
    log: Path
    process: subprocess.Popen[bytes] | None = None
    is_down: bool = False

    def is_running(self) -> bool:
        """Whether its process is there, and no zombie."""
        if self.process is not None:
            return self.process.poll() is None
        try:
            state = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return False
        return state not in {"Z", "X"}


class Stage:
    """A running demo.

    Args:
        folder: Its folder.
        told: What `demo --json` said.
        demo: Its process.
    """

    def __init__(self, folder: Path, told: dict[str, Any], demo: subprocess.Popen[str]) -> None:
        self.folder = folder
        self.told = told
        self.place: Place = read_place(json.dumps(told))
        self._demo = demo
        self.programs = {"hub": self._program("hub", told["hub"])}
        self.programs["broker"] = self._program("broker", told["broker"])
        self.programs |= {store["id"]: self._program(store["id"], store) for store in told["stores"]}
        self.broker_kind = str(told["broker"]["kind"])

    @classmethod
    async def set_up(cls, folder: Path, stores: int, broker: str) -> Self:
        """Start a demo on free ports.

        Raises:
            NoStage: It did not come up.
        """
        base = choose(stores, usual=False).base
        argv = module_argv(
            "hub.demo",
            *("--json", "--no-browser", "--data", str(folder), "--port-base", str(base)),
            *("--stores", str(stores), "--broker", broker),
        )
        with _log(folder.parent / "demo.log") as log:
            demo = subprocess.Popen(  # noqa: ASYNC220, S603 - our own demo; starting it takes no time
                argv, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
            )
        assert demo.stdout is not None
        try:
            async with asyncio.timeout(START_LIMIT_S):
                line = await asyncio.to_thread(demo.stdout.readline)
        except TimeoutError:
            line = ""
        if not line:
            demo.terminate()
            raise NoStage(f"the demo did not come up:\n{last_lines(folder.parent / 'demo.log')}")
        return cls(folder, json.loads(line), demo)

    @property
    def stores(self) -> tuple[str, ...]:
        """The ids of its stores."""
        return tuple(store.id for store in self.place.stores)

    @property
    def hub_database(self) -> Path:
        """The hub's file."""
        return self.folder / "hub" / "data" / "hub.sqlite"

    def ledger(self, store: str) -> Path:
        """A store's file."""
        return self.folder / "stores" / store / "data" / LEDGER

    def verify_argv(self, name: str) -> list[str]:
        """The command that checks a program's own books."""
        return with_word(self.programs[name].argv, "serve" if name == "hub" else "run", "verify")

    async def kill(self, name: str) -> bool:
        """SIGKILL to a program; False when it is down already.

        Raises:
            NoStage: Its process does not go.
        """
        program = self.programs[name]
        if program.is_down:
            return False
        program.is_down = True
        with contextlib.suppress(ProcessLookupError):
            os.kill(program.pid, signal.SIGKILL)
        try:
            async with asyncio.timeout(GONE_LIMIT_S):
                while program.is_running():  # noqa: ASYNC110 - nobody tells of a process that is not our child
                    await asyncio.sleep(LOOK_S)
        except TimeoutError as error:
            raise NoStage(f"{name} (process {program.pid}) survived SIGKILL") from error
        return True

    def bring_back(self, name: str) -> None:
        """Start a killed program with its own argv; what it says goes on in its log."""
        program = self.programs[name]
        with _log(program.log) as log:
            program.process = subprocess.Popen(  # noqa: S603 - the argv that the demo itself gives
                program.argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        program.pid, program.is_down = program.process.pid, False

    def swap_broker(self) -> str:
        """Let the killed broker come back empty and of the other kind, on the same port; returns the kind.

        Its folder is wiped: users, rules, whatever it kept. The hub's command writes users and rules anew.

        Raises:
            NoStage: The hub's command was refused.
        """
        program, folder = self.programs["broker"], self.folder / BROKER_FOLDER
        for path in folder.iterdir():
            if not path.name.startswith("."):  # a draft that the hub is writing at this moment is no state
                path.unlink(missing_ok=True)
        argv = with_word(self.programs["hub"].argv, "serve", "broker")
        argv.insert(argv.index("broker") + 1, "sync")
        done = subprocess.run(argv, capture_output=True, text=True, timeout=STOP_LIMIT_S, check=False)  # noqa: S603
        if done.returncode:
            raise NoStage(f"omo-hub broker sync: {done.stdout}{done.stderr}")
        mosquitto, port = find_mosquitto(), split_url(self.told["broker"]["url"])[1]
        if self.broker_kind == "embedded" and mosquitto is not None:
            program.argv = [str(mosquitto), "-c", str(write_configuration(mosquitto, port, folder))]
            self.broker_kind = "mosquitto"
        else:
            users = folder / "users.json"
            program.argv = module_argv("hub.broker.embedded", "--port", str(port), "--users", str(users))
            self.broker_kind = "embedded"
        return self.broker_kind

    def fallen(self) -> list[str]:
        """Programs that ended although nobody killed them, in words; each is brought back."""
        found = []
        for program in self.programs.values():
            if program.is_down or program.is_running():
                continue
            code = program.process.returncode if program.process else "unknown"
            found.append(
                f"{program.name} ended by itself with code {code}; its last lines:\n{last_lines(program.log)}"
            )
            program.is_down = True
            self.bring_back(program.name)
        return found

    async def close(self) -> None:
        """Stop everything that was started, kindly, then by force."""
        ours = [program.process for program in self.programs.values() if program.process is not None]
        for process in ours:
            process.terminate()
        await asyncio.gather(*(asyncio.to_thread(_end, process) for process in ours))
        self._demo.send_signal(signal.SIGINT)
        await asyncio.to_thread(_end, self._demo)
        if self._demo.stdout is not None:
            self._demo.stdout.close()
        await end_leftovers(Memory.of(self.folder).children)

    def _program(self, name: str, told: dict[str, Any]) -> Program:
        log = self.folder / "logs" / f"{name if name in {'hub', 'broker'} else f'{name}-agent'}.log"
        return Program(name, list(told["start"]), int(told["pid"]), log)


def _end(process: subprocess.Popen[Any]) -> None:
    try:
        process.wait(STOP_LIMIT_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_LIMIT_S)


@contextlib.contextmanager
def _log(path: Path) -> Any:
    """A log file to go on in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file: IO[bytes] = path.open("ab")
    try:
        yield file
    finally:
        file.close()
