"""`./omo walk`: every step with its time and what it saw; exit code 1 at the first that fails."""

import argparse
import contextlib
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hub.demo.broker import module_argv
from hub.walk import counter_steps, line_steps, shop_steps, till_steps
from hub.walk.errors import BadPlace, StepFailed, WalkError
from hub.walk.place import Place, read_place
from hub.walk.scene import Scene
from hub.walk.tools import order_control

START_LIMIT_S = 180
STOP_LIMIT_S = 60
Step = tuple[str, Callable[[Scene], str]]

STEPS: tuple[Step, ...] = (
    ("HQ and clerk sign in", shop_steps.everybody_signs_in),
    ("goods arrive at the store", shop_steps.goods_arrive),
    ("the shop shows live stock", shop_steps.shop_shows_stock),
    ("the same order twice is one order", shop_steps.order_twice_is_one),
    ("too many are refused politely", shop_steps.too_many_are_refused),
    ("the order page shows code and QR", shop_steps.order_page_shows_code),
    ("the pick slip is printed", shop_steps.slip_is_printed),
    ("the counter shows the order", counter_steps.counter_shows_order),
    ("pick with the scanner", counter_steps.pick_with_scanner),
    ("ready, and the customer sees it", counter_steps.ready_is_told),
    ("hand over by QR, paid at the counter", counter_steps.hand_over_by_qr),
    ("the receipt reads back", counter_steps.receipt_of_order),
    ("the QR counts once", counter_steps.second_show_is_refused),
    ("sell at the till by scans", till_steps.sell_by_scans),
    ("the till's receipt reads back", till_steps.receipt_of_sale),
    ("the shop shows the sale", till_steps.shop_shows_the_sale),
    ("a short pick", counter_steps.short_pick),
    ("pay online in the sandbox", shop_steps.pay_in_sandbox),
    ("collect by typed code", counter_steps.sandbox_order_is_collected),
    ("the line is cut", line_steps.line_is_cut),
    ("the till sells alone", line_steps.till_sells_alone),
    ("a known order is handed over", line_steps.known_order_is_handed_over),
    ("an order never received is handed over", line_steps.unheard_order_is_handed_over),
    ("the line is restored", line_steps.line_is_restored),
    ("the board is in step", shop_steps.board_is_in_step),
    ("the books agree", line_steps.books_agree),
)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="./omo walk", description="The pre-production walk.")
    parser.add_argument(
        "--against",
        help="what `demo --json` printed: a file, the line itself, or - for standard input;"
        " without it a demo of its own is started and stopped",
    )
    return parser.parse_args()


def walk(place: Place) -> int:
    """All steps; returns how many failed: 0 or 1."""
    scene = Scene.at(place)
    say(f"Walk at {place.hub_url}, store {scene.store.id}, broker {place.broker_kind}\n")
    begun = time.monotonic()
    for number, (name, act) in enumerate(STEPS, start=1):
        started = time.monotonic()
        try:
            saw = act(scene)
        except (StepFailed, KeyError, TypeError, IndexError) as error:
            why = str(error) if isinstance(error, StepFailed) else f"an answer has another form: {error!r}"
            say(f"■ {number:>2}  {name:<40} {(time.monotonic() - started) * 1000:>7.0f} ms\n      {why}\n")
            leave_line_up(scene)
            return 1
        say(f"● {number:>2}  {name:<40} {(time.monotonic() - started) * 1000:>7.0f} ms  {saw}\n")
    say(f"All {len(STEPS)} steps passed in {time.monotonic() - begun:.1f} s\n")
    return 0


def leave_line_up(scene: Scene) -> None:
    """Do not leave a store cut off when the walk ends early."""
    with contextlib.suppress(StepFailed):
        order_control(scene.store.line_control, "restore")


@contextlib.contextmanager
def own_demo(folder: Path) -> Iterator[str]:
    """A demo in a folder of its own on free ports; gives its JSON line.

    Raises:
        BadPlace: It ended, or said nothing within START_LIMIT_S.
    """
    argv = module_argv("hub.demo", "--json", "--no-browser", "--data", str(folder))
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own demo
        try:
            assert process.stdout is not None
            said, _, _ = select.select([process.stdout], [], [], START_LIMIT_S)
            line = process.stdout.readline() if said else ""
            if not line:
                raise BadPlace(f"the demo did not come up (its logs are in {folder / 'logs'})")
            yield line
        finally:
            process.terminate()
            try:
                process.wait(STOP_LIMIT_S)
            except subprocess.TimeoutExpired:
                process.kill()


def walk_alone() -> int:
    """The walk against a demo of its own; what a failed one leaves behind is kept to be looked at."""
    folder = Path(tempfile.mkdtemp(prefix="omo-walk-"))
    with own_demo(folder) as line:
        failed = walk(read_place(line))
    if failed:
        say(f"  the demo's data and logs are in {folder}\n")
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return failed


def description(against: str) -> str:
    """The JSON line from wherever it was said to be.

    Raises:
        BadPlace: It cannot be read.
    """
    if against == "-":
        return sys.stdin.read()
    if against.lstrip().startswith("{"):
        return against
    try:
        return Path(against).read_text("utf-8")
    except OSError as error:
        raise BadPlace(f"{against} cannot be read: {error.strerror}") from error


def say(text: str) -> None:
    """Words for the person, at once."""
    sys.stdout.write(text)
    sys.stdout.flush()


def main() -> int:
    """Read the arguments and walk."""
    options = arguments()
    try:
        if options.against:
            return walk(read_place(description(options.against)))
        return walk_alone()
    except WalkError as error:
        sys.stderr.write(f"omo walk: {error}\n")
        return 1


if __name__ == "__main__":
    raise SystemExit(main())
