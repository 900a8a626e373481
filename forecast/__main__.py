"""``python -m forecast my.csv``, or from any other folder ``python COURSE/forecast my.csv``."""

import os
import signal
import sys
from pathlib import Path


def _stop(sign=signal.SIGINT, *_):
    """One line, and the end: a training or a library can neither delay nor swallow it."""
    if "forecast.workshop" in sys.modules:
        sys.modules["forecast.workshop"].stop()  # the workshop's kernel
    os.write(2, b"\nStopped.\n")
    os._exit(128 + sign)


if __name__ == "__main__":
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        sign = getattr(signal, name, None)  # what the system has of them
        if sign and signal.getsignal(sign) != signal.SIG_IGN:  # as under nohup
            signal.signal(sign, _stop)
    sys.path[0] = str(Path(__file__).resolve().parent.parent)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # names that a screen cannot show

    from forecast.command import main

    code = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)
