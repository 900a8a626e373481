"""What runs in .github/workflows is what everybody can run: make targets, README lines."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tools import executed
from tools.lessons import ROOT, all_lessons

FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
README = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
WRITES = {
    ("site.yml", "deploy"): {"contents", "pages", "id-token"},
    ("weekly.yml", "report"): {"issues"},
}


def workflow(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def jobs():
    return [(p.name, n, j) for p in FILES for n, j in workflow(p)["jobs"].items()]


def understood(line):
    """Is a line one of the README's, or a target of the Makefile with words that it takes?"""
    if line in (x.strip().split("    #")[0] for x in README):
        return True
    target = re.fullmatch(r"make ([a-z-]+)((?: [A-Z]+=\S+)*)", line)
    if not target:
        return False
    made = subprocess.run(
        ["make", "-n", *line.split()[1:]], cwd=ROOT, capture_output=True
    )
    return made.returncode == 0


def test_every_line_that_a_workflow_runs_is_a_make_target_or_a_line_of_the_readme():
    for file, name, job in jobs():
        for step in job["steps"]:
            for line in step.get("run", "").splitlines():
                assert understood(line), f"{file}, {name}: {line}"


@pytest.mark.parametrize(
    "line", ["make tset", "pytest", "make test LESSN=13", "make check && pip list"]
)
def test_other_lines_are_not_understood(line):
    assert not understood(line)


def test_every_action_is_pinned_by_a_commit_and_names_its_version():
    for path in FILES:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line:
                assert re.search(
                    r"uses: [\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line
                ), line


def test_only_the_deploying_job_and_the_report_may_write():
    for path in FILES:
        assert workflow(path)["permissions"] == {}
    for file, name, job in jobs():
        rights = {k for k, v in job["permissions"].items() if v == "write"}
        assert rights == WRITES.get((file, name), set()), (file, name)
        assert job["timeout-minutes"] <= 120
        for step in job["steps"]:
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


def test_no_secret_is_asked_for():
    for path in FILES:
        assert "secrets." not in path.read_text(encoding="utf-8")


def test_both_ends_of_python_are_tested():
    (test,) = [j for f, n, j in jobs() if f == "test.yml"]
    low, high = re.search(r"TensorFlow needs (3\.\d+) to (3\.\d+)", MAKEFILE).groups()
    assert test["strategy"]["matrix"]["python"] == [low, high]


@pytest.mark.parametrize(
    ("old", "new"),
    [("runs-on:", "run-on:"), ("timeout-minutes: 90", "timeout-minutes: [90]")],
)
def test_a_workflow_that_is_not_valid_is_refused(tmp_path, old, new):
    bad = tmp_path / "test.yml"
    text = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    bad.write_text(text.replace(old, new), encoding="utf-8")
    command = [Path(sys.executable).with_name("check-jsonschema"), "--builtin-schema"]
    assert subprocess.run([*command, "vendor.github-workflows", bad]).returncode


def test_an_action_that_is_not_pinned_is_refused(tmp_path):
    bad = tmp_path / ".github" / "workflows" / "test.yml"
    bad.parent.mkdir(parents=True)
    text = (ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8")
    bad.write_text(re.sub(r"@[0-9a-f]{40} # ", "@", text), encoding="utf-8")
    zizmor = [Path(sys.executable).with_name("zizmor"), "--quiet", "--offline"]
    assert subprocess.run([*zizmor, tmp_path], capture_output=True).returncode


# --- the branch of executed notebooks, and the one issue -----------------------------------


@pytest.fixture
def origin(tmp_path, monkeypatch):
    """A course of three lessons with a bare repository as its origin."""
    course, bare = tmp_path / "course", tmp_path / "origin.git"
    subprocess.run(["git", "init", "-q", "--bare", bare], check=True)
    subprocess.run(["git", "init", "-q", course], check=True)
    (course / "notebooks").mkdir()
    for lesson in all_lessons()[:3]:
        shutil.copy(lesson.path, course / "notebooks")
    for name in ("LICENSE", "LICENSE-text.md"):
        shutil.copy(ROOT / name, course)
    who = ["-c", "user.name=a", "-c", "user.email=a@localhost"]
    subprocess.run(["git", "add", "."], cwd=course, check=True)
    subprocess.run(["git", *who, "commit", "-qm", "."], cwd=course, check=True)
    subprocess.run(["git", "remote", "add", "origin", bare], cwd=course, check=True)
    monkeypatch.setattr(executed, "ROOT", course)
    return course, bare


def as_executed(course, folder, output):
    folder.mkdir()
    for path in (course / "notebooks").glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
        code[0]["outputs"] = [output]
        (folder / path.name).write_text(json.dumps(notebook), encoding="utf-8")
    return folder


SAID = {"output_type": "stream", "name": "stdout", "text": ["hello"]}


def test_the_branch_holds_executed_lessons_in_one_commit(origin, tmp_path):
    course, bare = origin
    folder = as_executed(course, tmp_path / "run", SAID)
    for _ in range(2):  # the second overwrites the first
        executed.main(folder)

    def of(*words):
        done = subprocess.run(
            ["git", "-C", bare, *words], check=True, capture_output=True, text=True
        )
        return done.stdout

    assert of("rev-list", "--count", "executed").strip() == "1"
    files = of("ls-tree", "-r", "--name-only", "executed").split()
    names = [f"notebooks/{x.path.name}" for x in all_lessons()[:3]]
    assert files == ["LICENSE", "LICENSE-text.md", "README.md", *names]
    assert "hello" in of("show", f"executed:{names[0]}")
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=course, capture_output=True, text=True
    )
    assert status.stdout == ""  # tree and index are as they were


def test_what_was_not_executed_is_not_pushed(origin, tmp_path):
    course, _ = origin
    error = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
    with pytest.raises(SystemExit, match="stopped at an error"):
        executed.main(as_executed(course, tmp_path / "bad", error))
    with pytest.raises(SystemExit, match="was not executed"):
        executed.main(course / "notebooks")
    with pytest.raises(SystemExit, match=all_lessons()[0].name):
        folder = as_executed(course, tmp_path / "short", SAID)
        (folder / all_lessons()[0].path.name).unlink()
        executed.main(folder)


FAKE = """#!/bin/sh
echo "$@" >> "$LOG"
case "$1 $2" in "issue list") echo "$OPEN";; esac
"""


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for gh is a shell script")
@pytest.mark.parametrize(
    ("is_open", "does"), [("", "issue create"), ("7", "issue comment 7")]
)
def test_failed_weekly_runs_share_one_issue(tmp_path, is_open, does):
    gh = tmp_path / "gh"
    gh.write_text(FAKE)
    gh.chmod(0o755)
    log = tmp_path / "log"
    env = {**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    env |= {"LOG": str(log), "OPEN": is_open, "RUN": "the address"}
    command = [sys.executable, "-m", "tools.report"]
    subprocess.run(command, cwd=ROOT, env=env, check=True)
    last = log.read_text().splitlines()[-1]
    assert last.startswith(does) and last.endswith("the address")
    said = subprocess.run(
        command, cwd=ROOT, env={**env, "RUN": ""}, capture_output=True
    )
    assert said.returncode == 1 and b"weekly workflow" in said.stderr
