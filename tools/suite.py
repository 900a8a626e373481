"""Every lesson as a student runs it, and every test: what `make test` proves.

    python -m tools.suite

Lessons are executed in a folder of this run alone, so that two runs do not disturb each
other, and are left in build/run, whose notebooks `make site` and `make slides` take by
FROM=build/run/notebooks.
"""

import argparse
import os
import subprocess
import sys

from tools.course_copy import private_course
from tools.files import publish
from tools.lessons import BUILD, ONE_THREAD, ROOT

#: Two at a time; a notebook's outputs are kept for what is built from them.
PYTEST = ["--numprocesses=2", "--dist=worksteal", "--nbmake", "--nbmake-timeout=600"]
PYTEST += ["--overwrite", "--durations=10"]
RUN = BUILD / "run"


def pytest(*arguments, python=sys.executable, strict=False):
    """Run pytest on two cores in the course's folder, one thread each; returns its exit code.

    With ``strict`` a check of a lesson that does not say "right" is an error.

    At Ctrl-C pytest would wait for the lessons that its workers run; a worker that has lost
    pytest ends, and with it its kernel.
    """
    settings = os.environ | ONE_THREAD | ({"COURSE_STRICT": "1"} if strict else {})
    command = [python, "-m", "pytest", *PYTEST, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, env=settings)
    try:
        return process.wait()
    except KeyboardInterrupt:
        try:
            process.wait(1)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def main(arguments):
    """Run everything; returns pytest's exit code."""
    parser = argparse.ArgumentParser(prog="make test", description=__doc__)
    parser.parse_args(arguments)
    with private_course("run") as folder:
        code = pytest("--ignore=tests/browser", str(folder / "notebooks"), "tests")
        publish(folder, RUN)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
