"""The pinned versions satisfy requirements.txt, on every Python and every system."""

import re

import pytest
from packaging.requirements import Requirement

from tools.constraints import MADE
from tools.lessons import ROOT

SYSTEMS = [
    ("linux", "x86_64"),
    ("linux", "aarch64"),
    ("darwin", "arm64"),
    ("win32", "AMD64"),
]


def lines(path):
    text = re.sub(r"(^|\s)#.*", "", path.read_text(encoding="utf-8"), flags=re.M)
    return [Requirement(x) for x in text.splitlines() if x.strip()]


def environment(version, system, machine):
    return {
        "python_version": version, "python_full_version": f"{version}.5",
        "sys_platform": system, "platform_machine": machine, "extra": "",
        "platform_system": {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}[system],
        "os_name": "nt" if system == "win32" else "posix",
        "implementation_name": "cpython", "platform_python_implementation": "CPython",
    }  # fmt: skip


def apply(requirements, place):
    return [r for r in requirements if r.marker is None or r.marker.evaluate(place)]


@pytest.mark.parametrize("name", MADE)
def test_pins_satisfy_the_requirements(name):
    pins = lines(ROOT / "constraints" / f"{name}.txt")
    wanted = lines(ROOT / "requirements.txt")
    lowest = int(MADE[name][1].split(".")[1])
    for minor in range(lowest, 14):
        for system in SYSTEMS:
            place = environment(f"3.{minor}", *system)
            at = {r.name: r.specifier for r in apply(pins, place)}
            assert len(at) == len(apply(pins, place)), "one version for each package"
            for need in apply(wanted, place):
                (pin,) = at[need.name]
                assert pin.operator == "==", pin
                assert need.specifier.contains(pin.version), f"{need}: {pin.version}"


def test_both_ends_differ_and_colab_lies_between():
    at = {
        n: {r.name: str(r.specifier) for r in lines(ROOT / "constraints" / f"{n}.txt")}
        for n in MADE
    }
    assert at["oldest"]["keras"] < at["colab"]["keras"] < at["newest"]["keras"]


def test_uv_is_pinned_in_one_place_and_allowed():
    version = re.search(
        r"(?m)^UV := uv==(\S+)$", (ROOT / "Makefile").read_text()
    ).group(1)
    (need,) = [r for r in lines_of_dev() if r.name == "uv"]
    assert need.specifier.contains(version)


def lines_of_dev():
    text = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8")
    rows = [x for x in text.splitlines() if x and not x.startswith(("#", "-r"))]
    return [Requirement(x) for x in rows]
