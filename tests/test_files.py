"""Files and folders are written whole or not at all, and never by two at once."""

import os
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tools import course_copy, files
from tools.lessons import BUILD, ROOT


@pytest.mark.parametrize("when", ["write_bytes", "replace"])
def test_an_interrupted_write_leaves_the_old_file(when, tmp_path, monkeypatch):
    path = tmp_path / "README.md"
    files.write_text(path, "old\n")
    kept = getattr(Path, when)

    def interrupted(self, *words):
        if when == "write_bytes":
            kept(self, words[0][:3])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, when, interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.write_text(path, "new and longer\n")
    monkeypatch.undo()
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [
        ("README.md", "old\n")
    ]


def test_a_file_is_written_as_it_is_everywhere(tmp_path):
    path = tmp_path / "new" / "folder" / "x.txt"
    files.write_text(path, "é\r\nx\n")
    assert path.read_bytes() == b"\xc3\xa9\r\nx\n", "line ends as they are"
    path.chmod(0o640)
    link = tmp_path / "link"
    link.symlink_to(path)
    files.write_text(link, "through")
    assert link.is_symlink() and path.read_text() == "through"
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o640


def test_the_error_names_the_file_that_was_meant(tmp_path, monkeypatch):
    def full(self, content):
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(
        OSError, match=r"No space left on device: '.*[/\\\\]x.csv'"
    ) as seen:
        files.write_text(tmp_path / "x.csv", "1")
    assert seen.value.filename == str(tmp_path / "x.csv")


def test_a_notebook_is_written_as_nbformat_writes_it(tmp_path):
    notebook = new_notebook(cells=[new_code_cell("é = 1")])
    files.write_notebook(tmp_path / "a.ipynb", notebook)
    nbformat.write(notebook, tmp_path / "b.ipynb")
    assert (tmp_path / "a.ipynb").read_bytes() == (tmp_path / "b.ipynb").read_bytes()


def test_what_cannot_be_written_is_said_before_anything_is_run(tmp_path):
    files.check_writable(tmp_path / "new" / "x.csv")
    assert not any((tmp_path / "new").iterdir()), "nothing is left"
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"cannot be written.*nothing was run"):
        files.check_writable(tmp_path / "x", tmp_path / "file" / "x.csv")


def test_two_runs_have_two_folders(tmp_path, monkeypatch):
    monkeypatch.setattr(course_copy, "BUILD", tmp_path)
    with (
        course_copy.private_course("run") as one,
        course_copy.private_course("run") as two,
    ):
        assert one != two
        for folder in (one, two):
            assert (folder / "course.toml").is_file()
            assert not (folder / "notebooks" / "solutions").exists()
    assert not any(tmp_path.iterdir()), "and leave none"


def test_the_last_to_finish_is_what_stays(tmp_path):
    for number in (1, 2):
        folder = tmp_path / f"run-{number}"
        folder.mkdir()
        (folder / "x").write_text(str(number))
        files.publish(folder, tmp_path / "run")
    assert [p.name for p in tmp_path.iterdir()] == ["run"]
    assert (tmp_path / "run" / "x").read_text() == "2"


def test_one_who_finds_the_place_taken_tries_again(tmp_path, monkeypatch):
    """Between looking and renaming, another run has published."""
    for name in ("mine", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    rename, waiting = Path.rename, [tmp_path / "other"]

    def raced(self, target):
        if self.name == "mine" and waiting:
            rename(waiting.pop(), target)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", raced)
    files.publish(tmp_path / "mine", tmp_path / "run")
    assert [p.name for p in (tmp_path / "run").iterdir()] == ["mine"]
    assert [p.name for p in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize(
    "place", ["utils/handout", "notebooks/x", "data", "results/a/b"]
)
def test_a_copy_is_not_made_inside_what_is_copied(place):
    before = sorted(ROOT.rglob("handout"))
    with pytest.raises(SystemExit, match="lies inside a folder of the course"):
        course_copy.copy(ROOT / place)
    assert sorted(ROOT.rglob("handout")) == before


def test_a_copy_deletes_nothing(tmp_path):
    (tmp_path / "mine.txt").touch()
    with pytest.raises(SystemExit, match="is not empty: name a new folder"):
        course_copy.copy(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    assert BUILD == ROOT / "build", "below which a copy is made anew"
