"""The lessons on the oldest or the newest versions that requirements.txt admits.

    python -m tools.versions oldest|newest [--python PYTHON] [LESSON ...]

Makes an environment of its own (build/versions), runs every notebook and every exercise in it as
`make test` does, and notes versions and outcome in results/versions.json, from which `make
course` writes the README's table.
"""

import argparse
import json
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from datetime import date
from pathlib import Path

from tools.course_copy import copy
from tools.lessons import BUILD, RESULTS, ROOT, chosen

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


def environment(end, python):
    """A new environment with one end of the ranges; returns its folder."""
    place = BUILD / "versions" / end
    shutil.rmtree(place, ignore_errors=True)
    uv = [str(Path(sys.executable).with_name("uv"))]
    if not Path(uv[0]).is_file():
        uv = ["uv"]
    install = [*uv, "pip", "install", "--quiet", "--compile-bytecode"]
    install += ["--python", str(place / "bin" / "python")]
    for command in (
        [*uv, "venv", "--quiet", "--python", python, str(place)],
        [*install, "--resolution", RESOLUTION[end], "-r", "requirements.txt"],
        [*install, "-r", "requirements-dev.txt"],  # keeps what is there
    ):
        subprocess.run(command, cwd=ROOT, check=True)
    return place


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
    place = environment(asked.end, asked.python)
    python = str(place / "bin" / "python")
    run = BUILD / "versions" / f"{asked.end}-run"
    copy(run)
    report = run / "report.xml"
    names = [x.name for x in chosen(asked.lessons)]
    command = [python, "-m", "pytest", "--numprocesses=2", "--dist=worksteal"]
    command += [
        "--nbmake",
        "--nbmake-timeout=600",
        "--overwrite",
        f"--junitxml={report}",
    ]
    command += [str(run / "notebooks" / f"{name}.ipynb") for name in names]
    command += ["tests/test_exercises.py", "-k", " or ".join(names)]
    code = subprocess.run(command, cwd=ROOT).returncode
    passed, failed = outcome(report)
    said = subprocess.run([python, "-c", VERSIONS % PACKAGES], capture_output=True)
    known = json.loads(NOTE.read_text()) if NOTE.is_file() else {}
    if len(names) == len(chosen([])):
        known[asked.end] = {
            "date": str(date.today()),
            "lessons": len(names),
            "passed": passed,
            "failed": failed,
            "versions": json.loads(said.stdout),
        }
        NOTE.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
