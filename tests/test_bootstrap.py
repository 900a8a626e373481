"""The first cell: in the repository, in a stand-in for Colab, and where nothing is found."""

import os
import shutil
import subprocess
import sys

import pytest

from tools.course_copy import copy
from tools.lessons import GUARDED, all_lessons, manifest

COURSE = manifest()["course"]
LESSONS = all_lessons()


@pytest.fixture(scope="session")
def clone_source(tmp_path_factory):
    """A local repository with the working tree's files on the manifest's ref."""
    folder = tmp_path_factory.mktemp("origin") / "course"
    copy(folder)
    for command in (
        ["init", "--quiet", f"--initial-branch={COURSE['ref']}"],
        ["add", "--all"],
        ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "--quiet", "-m", "all"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)
    return folder


def python(code, folder, colab=False, origin=None):
    """Run code in an empty folder; the manifest's address leads to a local repository."""
    path = [GUARDED["PYTHONPATH"]]
    if colab:
        fake = folder.parent / "fake"
        (fake / "google" / "colab").mkdir(parents=True, exist_ok=True)
        (fake / "google" / "colab" / "__init__.py").touch()
        path.append(str(fake))
        code = "import google.colab\n" + code  # as Colab's kernel does at its start
    redirect = {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{origin}.insteadOf",
        "GIT_CONFIG_VALUE_0": COURSE["repository"],
    }
    env = {**os.environ, **GUARDED, "PYTHONPATH": os.pathsep.join(path)}
    env |= redirect if origin else {}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
    )


def first_cell(lesson):
    return next(c.source for c in lesson.read().cells if c.cell_type == "code")


SEE = "\nfrom utils import windows, datasets; print(len(datasets.load_sunspots()), SEED)\n"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_colab(lesson, clone_source, tmp_path):
    """An empty folder, google.colab present: clones once, also when the cell runs twice."""
    folder = tmp_path / "content"
    folder.mkdir()
    cell = first_cell(lesson)
    done = python(cell + "\n" + cell + SEE, folder, colab=True, origin=clone_source)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "3177 0" in done.stdout
    assert f"at {COURSE['ref']}, cloned into" in done.stdout
    assert [p.name for p in folder.iterdir()] == [COURSE["folder"]]


def test_colab_with_a_wrong_address(tmp_path):
    folder = tmp_path / "content"
    folder.mkdir()
    done = python(
        first_cell(LESSONS[0]), folder, colab=True, origin=tmp_path / "nowhere"
    )
    assert done.returncode == 1
    assert f"Could not clone {COURSE['repository']} at {COURSE['ref']}" in done.stderr
    assert "Is the address in this cell that of your course?" in done.stderr
    assert not any(folder.iterdir()), "a failed clone leaves nothing behind"


def test_colab_without_a_network(tmp_path):
    done = python(first_cell(LESSONS[0]), tmp_path, colab=True)
    assert done.returncode == 1
    assert "Could not clone" in done.stderr
    assert "Is there a network?" in done.stderr


def test_outside_the_repository(tmp_path):
    done = python(first_cell(LESSONS[0]), tmp_path)
    assert done.returncode == 1
    assert "The course's folder was not found above" in done.stderr
    assert f"git clone {COURSE['repository']}" in done.stderr


@pytest.mark.parametrize("inside", [".", "notebooks", "data"])
def test_inside_the_repository(inside, clone_source, tmp_path):
    """From any folder of the course, and before another package named utils."""
    shutil.copytree(clone_source, tmp_path / "course")
    folder = tmp_path / "course" / inside
    other = tmp_path / "other" / "utils"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise ImportError('the wrong utils')")
    code = f"import sys; sys.path.insert(0, {str(other.parent)!r})\n"
    done = python(code + first_cell(LESSONS[0]) + SEE, folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "3177 0\n"


def test_the_seed_can_be_moved(clone_source, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", "300")
    done = python(first_cell(LESSONS[0]) + "\nprint(SEED)", clone_source)
    assert done.stdout == "300\n"
