"""A lesson that misbehaves fails as a notebook under test, and a good one passes."""

import shutil
import subprocess
import sys
import uuid
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools.lessons import BUILD, ROOT


@pytest.fixture
def folder():
    """A folder below the repository, where its conftest applies."""
    folder = BUILD / f"selftest-{uuid.uuid4().hex[:8]}"
    folder.mkdir(parents=True)
    yield folder
    shutil.rmtree(folder)


def test_the_slowest_lessons_run_first(request):
    """Two workers end together: neither waits for a long lesson that began last."""
    names = [
        "test_a.py",
        "13_windows.ipynb",
        "44_sequence_to_sequence.ipynb",
        "test_b.py",
    ]
    items = [SimpleNamespace(path=ROOT / name) for name in names]
    (course,) = [
        p
        for p in request.config.pluginmanager.get_plugins()
        if getattr(p, "__file__", None) == str(ROOT / "conftest.py")
    ]
    course.pytest_collection_modifyitems(items)
    order = [names.index(item.path.name) for item in items]
    assert order == [2, 1, 0, 3]


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("print('fine')", None),
        ("import warnings; warnings.warn('beware')", "writes to stderr"),
        ("import os; os.write(2, b'from C++')", "writes to stderr"),
        ("print('MAE {mae:.2f}')", "prints a placeholder: {mae:.2f}"),
        (
            "import urllib.request as u; u.urlopen('http://example.org')",
            "network is blocked",
        ),
        ("open('left.txt', 'w')", "must not write outside temporary folders"),
    ],
)
def test_runs(code, complaint, folder):
    path = folder / "00_welcome.ipynb"  # a name of the manifest, for its minutes
    nbformat.write(new_notebook(cells=[new_code_cell(code)]), path)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--nbmake",
        "--overwrite",
        "-p",
        "no:xdist",
    ]
    done = subprocess.run([*command, path], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode == 0) == (complaint is None), done.stdout
    if complaint:
        assert complaint in done.stdout
    else:
        assert "seconds for each lesson" in done.stdout
