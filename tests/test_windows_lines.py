"""The README's lines for Windows, as far as another system can play it.

In an unpacked ZIP (no git, no make) below a folder with spaces and accents. Played are the
launcher `py`, backslashes and `Scripts`; the packages are those of this environment, so that
nothing is fetched.
"""

import json
import os
import re
import subprocess
import sys
import sysconfig
import time
import urllib.request
from pathlib import Path

import pytest

from tools.course_copy import copy
from tools.lessons import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LINES = [
    line
    for block in re.findall(r"(?s)```powershell\n(.*?)```", README)
    for line in block.strip().splitlines()
]
VENV, INSTALL, LAB, EXECUTE, FORECAST = LINES


def played(line):
    """A line of PowerShell as the words of a command of this system."""
    bin_folder = "Scripts" if os.name == "nt" else "bin"
    words = line.replace("\\", "/").replace("/Scripts/", f"/{bin_folder}/").split()
    if words[0] == "py":
        assert re.fullmatch(r"-3\.1[0-3]", words[1])
        return [sys.executable, *words[2:]]
    return words


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The course as it lies after unpacking, with its environment made by the first line."""
    folder = tmp_path_factory.mktemp("Été à l'école") / "recurrent networks-main"
    copy(folder)
    run(folder, VENV)
    mine = next((folder / ".venv").rglob("site-packages"))
    (mine / "ours.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    script = Path(played(EXECUTE)[0]).with_name("jupyter-execute")
    script = folder / script  # pip would have put it there
    call = "from nbclient.cli import main; main()"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{call}" "$@"\n')
    script.chmod(0o755)
    return folder


def run(folder, line, *more, **how):
    words = played(line)
    words[0] = str(folder / words[0]) if words[0].startswith(".venv") else words[0]
    env = {**os.environ, "PATH": str(folder), "PIP_NO_INDEX": "1", "PYTHONUTF8": "0"}
    how = {"check": True, "timeout": 300, **how}
    return subprocess.run([*words, *more], cwd=folder, env=env, **how)


def test_install(unpacked):
    done = run(unpacked, INSTALL, capture_output=True, text=True)
    assert "already satisfied" in done.stdout and "Collecting" not in done.stdout


def test_lab(unpacked):
    words = played(LAB)
    log = (unpacked / "lab.log").open("w+", encoding="utf-8")
    lab = subprocess.Popen(
        [unpacked / words[0], *words[1:], "--no-browser", "--allow-root"],
        cwd=unpacked, stderr=log, stdout=log,
        env={**os.environ, "JUPYTER_TOKEN": "open", "JUPYTER_RUNTIME_DIR": str(unpacked)},
    )  # fmt: skip
    try:
        for _ in range(600):
            log.seek(0)
            address = re.search(r"http://localhost:\d+/", log.read())
            if address or lab.poll() is not None:
                break
            time.sleep(0.2)
        path = "api/contents/00_welcome.ipynb?content=0&token=open"
        with urllib.request.urlopen(address[0] + path) as answer:
            assert json.load(answer)["type"] == "notebook"
    finally:
        lab.terminate()
        lab.wait()
        log.close()


def test_a_lesson_without_a_browser(unpacked):
    run(unpacked, EXECUTE, capture_output=True)
    left = (unpacked / "notebooks" / "00_welcome.ipynb").read_bytes()
    assert left == (ROOT / "notebooks" / "00_welcome.ipynb").read_bytes()


def test_a_forecast_starts_and_understands_its_line(unpacked):
    done = run(unpacked, FORECAST, "--season", "-3", check=False, capture_output=True)
    assert done.returncode == 2 and b"-3" in done.stdout + done.stderr
    assert b"Traceback" not in done.stderr
