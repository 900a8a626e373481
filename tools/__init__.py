"""The commands behind the Makefile, each run as ``python -m tools.NAME``.

A command ends by its exit code, by a sentence, or at Ctrl-C at once by one line. What ends
all of them so stands here, because a key may be pressed while a command still imports.
"""

import errno
import os
import sys
from subprocess import CalledProcessError

STOPPED = 130  # as a shell says of a command that Ctrl-C ended
#: What the machine, not the command, is to blame for.
_NAMES = "EACCES EPERM EROFS ENOSPC EDQUOT ENOTDIR EISDIR EEXIST ENAMETOOLONG EFBIG"
OUTSIDE = {getattr(errno, name) for name in _NAMES.split() if hasattr(errno, name)}


def ended(kind, error, trace):
    """Say in one line how a command ended; an error of our own keeps its traceback."""
    code = 1
    if issubclass(kind, KeyboardInterrupt):
        if "tools.lessons" in sys.modules:
            sys.modules["tools.lessons"].stop()
        code, line = STOPPED, "\nStopped."
    elif issubclass(kind, OSError) and error.errno in OUTSIDE:
        line = ": ".join(str(x) for x in (error.filename, error.strerror) if x)
    elif issubclass(kind, CalledProcessError):
        words = (
            error.cmd if isinstance(error.cmd, str) else " ".join(map(str, error.cmd))
        )
        code, line = error.returncode, f"This failed: {words}"
        if code == STOPPED:
            line = ""  # it has said so itself
    else:
        sys.__excepthook__(kind, error, trace)
        return
    sys.stdout.flush()
    if line:
        print(line, file=sys.stderr, flush=True)
    os._exit(code if code > 0 else 1)  # not sys.exit, which waits for threads


if sys.argv[:1] == ["-m"]:  # a command is being started, not imported by a test
    sys.excepthook = ended
