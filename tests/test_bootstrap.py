"""The first cell: in the repository, in a stand-in for Colab, and where nothing is found.

And what `utils` settles for it: kernel, backend of Keras, seed, environment variables.
"""

import os
import shutil
import subprocess
import sys

import pytest

from tools.course_copy import copy
from tools.first_cell import first_cell as first_cell_of
from tools.lessons import GUARDED, all_lessons, manifest

COURSE = manifest()["course"]
LESSONS = all_lessons()
CELL = first_cell_of(COURSE)


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


def python(code, folder, colab=False, origin=None, options=(), **variables):
    """Run code in an empty folder; the manifest's address leads to a local repository.

    Args:
        code: what a cell holds.
        folder: where it runs.
        colab: in a stand-in for Colab.
        origin: the repository that is cloned.
        options: of Python.
        variables: added to the environment.
    """
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
    env |= (redirect if origin else {}) | variables
    return subprocess.run(
        [sys.executable, *options, "-c", code],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
    )


def first_cell(lesson):
    return next(c.source for c in lesson.read().cells if c.cell_type == "code")


SEE = "\nfrom utils import windows, datasets; print(len(datasets.load_sunspots()), SEED)\n"


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_every_lesson_begins_with_the_same_cell(lesson):
    """What is tried below on the first lesson's holds for all."""
    title, cell = first_cell(lesson).split("\n", 1)
    assert title.startswith("# @title ") and cell == CELL


def test_colab(clone_source, tmp_path):
    """An empty folder, google.colab present: clones once, also when the cell runs twice."""
    folder = tmp_path / "content"
    folder.mkdir()
    cell = first_cell(LESSONS[0])
    done = python(cell + "\n" + cell + SEE, folder, colab=True, origin=clone_source)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "3177 0" in done.stdout
    assert f"at {COURSE['ref']}, cloned into" in done.stdout
    assert [p.name for p in folder.iterdir()] == [COURSE["folder"]]


def test_colab_without_git(tmp_path):
    """No advice that needs git where there is none."""
    folder = tmp_path / "content"
    folder.mkdir()
    done = python(first_cell(LESSONS[0]), folder, colab=True, PATH=str(tmp_path))
    assert done.returncode == 1
    said = done.stderr.splitlines()[-1]
    assert said.startswith("RuntimeError: git could not be started")
    assert f"Unpack the ZIP file of {COURSE['repository']}" in said
    assert str(folder / COURSE["folder"]) in said


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
    assert "or as a ZIP file" in done.stderr


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


def test_the_course_comes_before_another_utils_also_when_it_is_on_the_path(
    clone_source, tmp_path
):
    other = tmp_path / "other" / "utils"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("raise ImportError('the wrong utils')")
    path = [str(other.parent), str(clone_source)]
    code = f"import sys; sys.path[:0] = {path!r}\n" + first_cell(LESSONS[0])
    done = python(code + "\n" + first_cell(LESSONS[0]) + SEE, clone_source)
    assert done.stdout == "3177 0\n", done.stderr


@pytest.mark.parametrize("seed", ["0", "300", "4294967295", "007"])
def test_the_seed_can_be_moved(clone_source, seed):
    done = python(CELL + "\nprint(SEED)", clone_source, COURSE_SEED=seed)
    assert done.stdout == f"{int(seed)}\n", done.stderr


@pytest.mark.parametrize(
    "seed", ["abc", "", "1.5", "-1", "4294967296", "5000000000", "²", "1e3", "0" * 5000]
)
def test_a_seed_that_is_none_is_refused_by_name(clone_source, seed):
    done = python(CELL, clone_source, COURSE_SEED=seed)
    said = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert f"The environment variable COURSE_SEED is {seed!r}" in said
    assert "a whole number from 0 to 4294967295" in said


def test_settings_that_mean_nothing_are_named(clone_source):
    done = python(CELL, clone_source, COURSE_SEEED="3")
    assert done.stdout.startswith("No effect: COURSE_SEEED. The course knows")
    done = python(CELL, clone_source, COURSE_STRICT="yes")
    assert "The environment variable COURSE_STRICT is 'yes'" in done.stderr


def test_the_wrong_kernel_is_told_the_right_one(clone_source):
    """A Python without the packages: a sentence, before the first import fails."""
    done = python(CELL, clone_source, options=["-S"])
    said = done.stderr.splitlines()[-1]
    assert done.returncode == 1
    assert "No module named" not in done.stderr
    assert said.startswith("ImportError: This notebook's kernel, Python 3.")
    for word in (
        *(sys.executable, "has no numpy", "tensorflow", str(clone_source / ".venv")),
        *("it is not there yet", "In VS Code: Select Kernel", "In Jupyter", "make lab"),
        str(clone_source / "requirements.txt"),
    ):
        assert word in said, word
    folder = clone_source / ".venv"
    folder.mkdir()
    done = python(CELL, clone_source, options=["-S"])
    folder.rmdir()
    assert "it is not there yet" not in done.stderr


def test_a_kernel_that_is_too_old_is_told_so(clone_source):
    code = "import sys; sys.version_info = (3, 9, 1)\n" + CELL
    done = python(code, clone_source)
    assert "is older than 3.10. Choose the course's own environment" in done.stderr


def test_keras_runs_on_tensorflow_whatever_the_environment_says(clone_source):
    code = CELL + "\nimport keras; print(keras.config.backend())"
    done = python(code, clone_source, KERAS_BACKEND="jax", KERAS_MAX_EPOCHS="1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "No effect in this kernel: the environment's KERAS_BACKEND=jax.",
        "No effect in this kernel: the environment's KERAS_MAX_EPOCHS=1.",
        "tensorflow",
    ]


def test_keras_on_another_backend_has_a_sentence(clone_source):
    """Imported before the first cell, in the same kernel."""
    code = (
        "import sys, types; keras = sys.modules['keras'] = types.ModuleType('keras')\n"
        "keras.__spec__ = True\n"
        "keras.backend = types.SimpleNamespace(backend=lambda: 'jax')\n"
    )
    done = python(code + CELL, clone_source)
    said = done.stderr.splitlines()[-1]
    assert "Keras has been imported in this kernel and runs on jax" in said
    assert "Restart the kernel and run this cell first" in said
