"""The lessons on the oldest or the newest versions that requirements.txt admits.

    python -m tools.versions oldest|newest [--python PYTHON] [LESSON ...]

Makes an environment of its own (below build/, removed at the end), runs every lesson in it
with its solutions, where a check that does not say "right" is an error, and notes versions
and outcome in results/versions.json, from which `make course` writes the README's table.
"""

import argparse
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from datetime import date
from pathlib import Path

import nbformat

from tools.course_copy import private_course
from tools.editions.lesson import answers
from tools.editions.run import solved
from tools.files import check_writable, private_folder, write_text
from tools.lessons import BUILD, RESULTS, ROOT, chosen
from tools.suite import pytest

#: One lesson after another to whichever of the two workers is free (few, and all slow).
ONE_BY_ONE = ["--dist=load", "--maxschedchunk=1"]
NOTE = RESULTS / "versions.json"
RESOLUTION = {"oldest": "lowest-direct", "newest": "highest"}
PACKAGES = ["tensorflow", "keras", "numpy", "pandas", "matplotlib", "statsmodels"]
PACKAGES += ["scikit-learn", "ipywidgets", "jupyterlab"]

VERSIONS = """
import json, platform
from importlib import metadata
def version(name):
    for name in (name, name + "-cpu"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            pass
print(json.dumps({"python": platform.python_version()} | {n: version(n) for n in %r}))
"""


def environment(place, end, python):
    """Make an environment in ``place`` with one end of the ranges; returns its Python."""
    uv = [str(Path(sys.executable).with_name("uv"))]
    if not Path(uv[0]).is_file():
        uv = ["uv"]
    made = str(place / ("Scripts" if os.name == "nt" else "bin") / "python")
    install = [*uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", made]
    for command in (
        [*uv, "venv", "--quiet", "--allow-existing", "--python", python, str(place)],
        [*install, "--resolution", RESOLUTION[end], "-r", "requirements.txt"],
        [*install, "-r", "requirements-dev.txt"],  # keeps what is there
        [
            made,
            "-c",
            "import matplotlib.font_manager",
        ],  # lists the fonts, as `make lab` does
    ):
        subprocess.run(command, cwd=ROOT, check=True)
    return made


def with_solutions(lessons, folder):
    """Write the lessons with their solutions into a folder; returns the paths."""
    paths = []
    for lesson in lessons:
        notebook = lesson.read()
        solved(notebook, answers(lesson))
        paths.append(str(folder / lesson.path.name))
        nbformat.write(notebook, paths[-1])
    return paths


def outcome(report):
    """(passed, failed) of a JUnit report."""
    suite = ElementTree.parse(report).getroot().find("testsuite")
    total, bad, left = (
        sum(int(suite.get(name)) for name in names)
        for names in (("tests",), ("failures", "errors"), ("skipped",))
    )
    return total - bad - left, bad


def main(arguments):
    """Run one end; returns pytest's exit code."""
    parser = argparse.ArgumentParser(prog="make test-oldest", description=__doc__)
    parser.add_argument("end", choices=RESOLUTION)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("lessons", nargs="*")
    asked = parser.parse_intermixed_args(arguments)
    lessons, whole = chosen(asked.lessons), chosen([])
    check_writable(NOTE, BUILD / "any")
    with private_folder(BUILD, asked.end) as place, private_course("run") as run:
        python = environment(place, asked.end, asked.python)
        paths = with_solutions(lessons, run / "notebooks")
        report = f"--junitxml={place / 'report.xml'}"
        code = pytest(*ONE_BY_ONE, report, *paths, python=python, strict=True)
        passed, failed = outcome(place / "report.xml")
        said = subprocess.run([python, "-c", VERSIONS % PACKAGES], capture_output=True)
    if lessons == whole:
        known = json.loads(NOTE.read_text()) if NOTE.is_file() else {}
        known[asked.end] = {
            "date": str(date.today()),
            "lessons": len(lessons),
            "passed": passed,
            "failed": failed,
            "versions": json.loads(said.stdout),
        }
        write_text(NOTE, json.dumps(known, indent=1, sort_keys=True) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
