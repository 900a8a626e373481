"""Loaded by every Python that has this folder on its path, before anything else.

It refuses connections beyond this machine, and writes into the course's folder or outside
temporary folders, so that a lesson that needs a network, or leaves files behind, fails
its test.
"""

import os
import re
import socket
import sys
import tempfile
from pathlib import Path

LOCAL = re.compile(r"localhost|::1|127(\.\d{1,3}){3}")
_resolve = socket.getaddrinfo


def _refuse(host):
    raise OSError(f"The network is blocked in tests: {host!r} was asked for.")


def _getaddrinfo(host, *args, **kwargs):
    if host and not LOCAL.fullmatch(str(host)):
        _refuse(host)
    return _resolve(host, *args, **kwargs)


socket.getaddrinfo = _getaddrinfo

_course = str(Path(__file__).resolve().parents[2]) + os.sep
_jupyter = [
    os.environ.get(n) for n in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "MPLCONFIGDIR")
]
_open_to = [
    os.path.realpath(folder) + os.sep
    for folder in [tempfile.gettempdir(), "/dev", "/proc", *filter(None, _jupyter)]
]
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


def _guard(event, args):
    if event == "socket.connect":
        address = args[1]
        host = address[0] if isinstance(address, tuple) else "localhost"
        if not LOCAL.fullmatch(str(host)):
            _refuse(host)
    elif (
        event == "open"
        and isinstance(args[0], (str, bytes))
        and (args[2] or 0) & _WRITES
    ):
        path = os.path.realpath(os.fsdecode(args[0])) + os.sep
        if path.startswith(_course) or not path.startswith(tuple(_open_to)):
            raise PermissionError(
                f"A lesson must not write outside temporary folders: {path[:-1]}"
            )


sys.addaudithook(_guard)
