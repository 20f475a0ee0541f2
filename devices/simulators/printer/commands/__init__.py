"""What each ESC/POS command does, by its name: a function of the carriage and the bytes behind the name."""

from devices.simulators.printer.commands.codes import CODES
from devices.simulators.printer.commands.pages import PAGES
from devices.simulators.printer.commands.pictures import PICTURES
from devices.simulators.printer.commands.places import PLACES
from devices.simulators.printer.commands.settings import SETTINGS
from devices.simulators.printer.commands.table import Table

COMMANDS: Table = SETTINGS | PLACES | PAGES | CODES | PICTURES

__all__ = ["COMMANDS"]
