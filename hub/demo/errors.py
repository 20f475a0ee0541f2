"""What can keep the demo from coming up. Each text says what happened and what to do.

DemoError
├── PortTaken        another program uses a port the demo needs
├── FolderInUse      another demo runs on the same folder
├── ChildFell        one of the demo's processes ended by itself
├── SetupFailed      a command or a call of the set-up was refused
└── NotHealthy       something did not become ready in time
"""


class DemoError(Exception):
    """The demo cannot go on; nothing it has set up is lost."""

    code = "demo"


class PortTaken(DemoError):
    """Another program uses a port the demo needs."""

    code = "port_taken"


class FolderInUse(DemoError):
    """Another demo runs on the same folder."""

    code = "folder_in_use"


class ChildFell(DemoError):
    """One of the demo's processes ended by itself."""

    code = "child_fell"


class SetupFailed(DemoError):
    """A command or a call of the set-up was refused."""

    code = "setup_failed"


class NotHealthy(DemoError):
    """Something did not become ready in time."""

    code = "not_healthy"
