"""The editions for a class: nothing leaks, nothing names the machine, all is graded.

Lesson 13 alone is executed. What is graded: test_grading.py.
"""

import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from tests.leaks import leaks, machine, texts
from tools.editions import decks, pages, run
from tools.editions import folder as folders
from tools.editions import handout as hand
from tools.editions.__main__ import main
from tools.editions.lesson import answers
from tools.lessons import ROOT, all_lessons, chosen, printed, tags
from tools.strip import KEPT

LESSONS = all_lessons()
NAME = "13_windows"


def asked(page):
    """What a page would fetch from another host (a link to follow is no fetching)."""
    page = re.sub(r"<a [^>]*>", "", page)
    fetched = r"""(?:src|href|data|poster)=["']?(https?:)?//[^"'\s>]+"""
    inside = (
        r"""(?:url\(|@import|import\(|fetch\(|Worker\()\s*["']?(https?:)?//[^"')]+"""
    )
    return [m[0] for m in re.finditer(f"{fetched}|{inside}", page)]


def same(one, other):
    """True if two folders hold the same files with the same bytes."""
    files = [
        {
            p.relative_to(f).as_posix(): p.read_bytes()
            for p in f.rglob("*")
            if p.is_file()
        }
        for f in (one, other)
    ]
    return files[0] == files[1] and len(files[0]) > 10


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    folder = tmp_path_factory.mktemp("handout") / "student"
    main(["student", str(folder)])
    return folder


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Lesson 13 in the instructors' edition, executed twice."""
    folders = []
    with pytest.MonkeyPatch.context() as patch:
        for number in (1, 2):
            folder = tmp_path_factory.mktemp(f"made{number}")
            patch.setattr(run, "BUILD", folder / "build")  # nothing kept
            folders.append(folder / f"edition{number}")
            main(["instructor", str(folders[-1]), "13"])
    return folders


def test_student_has_what_is_needed_and_no_more(handout):
    assert {p.name for p in handout.iterdir()} == {
        *("LICENSE", "LICENSE-text.md", "Makefile", "README.md", "course.toml"),
        *(
            "constraints",
            "data",
            "docs",
            "forecast",
            "notebooks",
            "requirements.txt",
            "results",
        ),
        *("utils", "weights"),
    }
    assert [p.name for p in (handout / "docs").iterdir()] == ["glossary.md"]
    assert [p.stem for p in sorted((handout / "notebooks").iterdir())] == sorted(
        lesson.name for lesson in LESSONS
    )


def test_student_holds_no_solution(handout, tmp_path):
    assert leaks(handout) == []
    shutil.copy(chosen(["13"])[0].solutions, tmp_path)
    assert leaks(tmp_path) == ["13_windows.ipynb"], "the test above can fail"
    for name, text in texts(handout).items():
        assert "notebooks/solutions" not in text, name
        assert "colab-badge" not in text, name


def test_student_has_the_lessons_code_unchanged(handout):
    for lesson in LESSONS:
        notebook = nbformat.read(handout / "notebooks" / lesson.path.name, 4)
        nbformat.validate(notebook)
        before, after = lesson.read().cells, notebook.cells
        assert [c.id for c in after] == [c.id for c in before]
        for old, new in zip(before, after, strict=True):
            if old.cell_type == "code":
                assert new == old
            else:  # only badge, links and the place of the solutions may go
                assert len(new.source) > 0.6 * len(old.source) or "nav:" in old.source


def test_student_commands_work(handout):
    words = ["make", "--dry-run", "--always-make", "lab", "forecast"]
    done = subprocess.run(words, cwd=handout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "notebooks/00_welcome.ipynb" in done.stdout
    assert "-m forecast" in done.stdout and ".ci" not in done.stdout
    words = [sys.executable, "-B", "-m", "forecast", "--help"]
    done = subprocess.run(words, cwd=handout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_make_hands_words_on_as_they_are():
    """Spaces, quotes and dollars in OUT and FROM; a ~ that the shell leaves alone."""
    words = ["OUT=~/a b$c\"d'e", "FROM=x `y`", "LESSON=13 21"]
    done = subprocess.run(
        [
            *[
                "make",
                "--no-print-directory",
                "--dry-run",
                "--old-file=.venv/site",
                "slides",
            ],
            *words,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    line = shlex.split(done.stdout.splitlines()[-1])
    assert line[line.index("slides") :] == [
        *("slides", "~/a b$c\"d'e", "--from", "x `y`", "13", "21")
    ]


def test_student_readme_points_to_files_that_are_there(handout):
    text = (handout / "README.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert len(links) == len(LESSONS) + 3
    assert all((handout / link).is_file() for link in links), links


def test_student_is_the_same_every_time(handout, tmp_path):
    main(["student", str(tmp_path / "again")])
    assert same(handout, tmp_path / "again")
    assert machine(handout) == {}


def test_links_lead_to_lessons_of_the_edition(tmp_path):
    main(["student", str(tmp_path / "few"), "12", "13"])
    text = "\n".join(texts(tmp_path / "few" / "notebooks").values())
    assert set(re.findall(r"\]\((\d\d)_\w+\.ipynb", text)) == {"12", "13"}
    assert "14 · Honest forecasts →" in text, "its name stays, the link goes"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], "no edition ''"),
        (["other", "OUT"], "no edition 'other'"),
        (["student"], "OUT is missing.*as in: make student OUT="),
        (["student", " "], "OUT is missing"),
        (["student", "OUT", "--from", "run"], "student takes no FROM"),
        (["instructor", "OUT", "--solutions", "yes"], "instructor takes no SOLUTIONS"),
        (["student", "OUT", "13", "77"], "'77'"),
        (["nbgrader", "OUT", ""], "No lesson begins with ''"),
        (["slides", "OUT", "--from", "nowhere", "13"], "windows.ipynb is not there"),
    ],
)
def test_what_is_not_understood_is_named(words, named, tmp_path):
    words = [str(tmp_path / "x") if word == "OUT" else word for word in words]
    with pytest.raises(SystemExit, match=named):
        main(words)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "place",
    [
        "utils/handout",
        "notebooks/x/y",
        "data",
        ".venv/x",
        "new",
        ".",
        "tests/../docs/x",
    ],
)
def test_no_edition_inside_the_course(place):
    out = ROOT / place
    before = out.exists()
    with pytest.raises(SystemExit, match=r"inside the course's own folder.*OUT=\.\./"):
        main(["student", str(out), "13"])
    assert out.exists() == before


def test_no_edition_inside_the_course_by_another_way(tmp_path, monkeypatch):
    """A link, a folder above, the home, and a name that only this system takes for it."""
    (tmp_path / "link").symlink_to(ROOT / "utils")
    monkeypatch.setenv("HOME", str(ROOT))
    monkeypatch.setenv("USERPROFILE", str(ROOT))
    for place in (f"{tmp_path}/link/x", f"{tmp_path}/link", "~/handout", "~"):
        with pytest.raises(SystemExit, match="inside the course's own folder"):
            main(["student", place, "13"])
    (tmp_path / "course" / "build").mkdir(parents=True)
    (tmp_path / "course" / "data").symlink_to(tmp_path)
    with monkeypatch.context() as patch:  # a folder of the course that leads out of it
        patch.setattr(folders, "ROOT", tmp_path / "course")
        patch.setattr(folders, "BUILD", tmp_path / "course" / "build")
        with pytest.raises(SystemExit, match="inside the course's own folder"):
            folders.allowed(str(tmp_path / "course" / "data" / "x"), "make student")
    monkeypatch.setattr(Path, "samefile", lambda one, other: str(other) == str(ROOT))
    with pytest.raises(SystemExit, match="inside the course's own folder"):
        folders.allowed(str(tmp_path / "COURSE" / "x"), "make student")


def test_build_and_home_are_places_for_editions(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert folders.allowed("~/x", "make x") == tmp_path.resolve() / "x"
    assert folders.allowed(str(ROOT / "build" / "new"), "make x")
    with pytest.raises(SystemExit, match="OUT=~nobody-of-that-name/x: "):
        folders.allowed("~nobody-of-that-name/x", "make x")


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ("file", "is a file"),
        ("file/sub", "file is a file"),
        ("x" * 300, "name too long"),
        ("/".join(["x" * 200] * 30), "name too long"),
        ("circle/x", "circle|loop|symbolic"),
        ("full", "is not empty\\. Name"),
        ("killed", "is not empty .*killed has left .x-unfinished-1: delete it"),
    ],
)
def test_a_place_that_cannot_be_is_a_sentence(place, named, tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    (tmp_path / "killed" / ".x-unfinished-1").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SystemExit, match=f"(?si)OUT=.*{named}"):
        main(["student", str(tmp_path / place), "13"])
    assert sorted(tmp_path.rglob("*")) == before


def test_no_right_to_write_is_a_sentence(tmp_path, monkeypatch):
    """As root nothing is forbidden, so the system's answer is put in its place."""

    def refuse(path, *args, **kwargs):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(SystemExit, match=r"cannot be made: Permission.*locked"):
        main(["student", str(tmp_path / "locked" / "x"), "13"])


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left")])
@pytest.mark.parametrize("there", [True, False])
def test_an_edition_is_whole_or_absent(error, there, tmp_path, monkeypatch):
    """Whatever stops it, no half of it is left for the next run to stumble over."""
    out = tmp_path / "above" / "edition"
    if there:
        out.mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))

    def stop(*words):
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(hand, "lesson_table", stop)
        with pytest.raises((KeyboardInterrupt, OSError)):
            main(["student", str(out), "13"])
    assert sorted(tmp_path.rglob("*")) == before
    main(["student", str(out), "13"])
    assert (out / "README.md").is_file()
    assert [p.name for p in out.parent.iterdir()] == ["edition"]


def test_slides_say_at_once_that_reveal_is_missing(tmp_path, monkeypatch):
    def missing(name):
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(decks.resources, "files", missing)
    monkeypatch.setattr(decks, "executed", lambda lessons: pytest.fail("too late"))
    with pytest.raises(SystemExit, match=r"sphinx-revealjs.*make \.venv/site"):
        main(["slides", str(tmp_path / "x"), "13"])


def test_outputs_are_made_anew_when_a_package_changes(monkeypatch):
    lesson = chosen(["13"])[0]
    before = run.key(lesson.read(), lesson)
    assert before == run.key(lesson.read(), lesson)
    monkeypatch.setattr(run, "installed", lambda: "keras 9")
    assert before != run.key(lesson.read(), lesson)


def test_instructor_has_every_check_right(executed):
    notebook = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4)
    nbformat.validate(notebook)
    said = [printed(c).strip() for c in notebook.cells if "check" in tags(c)]
    solutions = answers(chosen(["13"])[0])
    assert said == [f"Exercise {name}: right ✓" for name in solutions]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.execution_count
            assert all(o.output_type != "error" for o in cell.outputs)
            assert all(o.get("name") != "stderr" for o in cell.outputs)


def test_instructor_shows_stub_reason_solution_and_check_in_this_order(executed):
    cells = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4).cells
    solutions = answers(chosen(["13"])[0])
    places = [i for i, c in enumerate(cells) if "exercise" in c.metadata]
    assert len(places) == len(solutions)
    for place, (name, (reason, code)) in zip(places, solutions.items(), strict=True):
        stub, why, answer, check = cells[place : place + 4]
        assert f"# exercise {name}" in stub.source and "..." in stub.source
        assert why.source == f"#### Solution of {name}\n\n{reason}"
        assert len(reason.split()) > 8 and name not in reason
        assert answer.source == code
        assert "check" in tags(check)


def test_a_wrong_solution_stops_the_edition(tmp_path, monkeypatch):
    """The first check stops the run, so this costs no training and no TensorFlow."""
    found = answers(chosen(["13"])[0])
    wrong = dict.fromkeys(found, ("no reason", "def count_windows(*_): return 7"))
    monkeypatch.setattr(run, "answers", lambda lesson: wrong)
    with pytest.raises(
        CellExecutionError, match=r"(?s)NotSolved.*13-windows-1: not yet"
    ):
        main(["instructor", str(tmp_path / "x"), "13"])


def test_instructor_is_the_same_every_time(executed):
    assert same(*executed)


def test_instructor_names_no_machine(executed, tmp_path):
    assert machine(executed[0], str(executed[0])) == {}
    (tmp_path / "page.html").write_text(f"saved in {ROOT}/x")
    assert list(machine(tmp_path)) == ["page.html"], "the test above can fail"
    notebook = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4)
    assert set(notebook.metadata.language_info) == {"name"}
    assert all(set(c.metadata) <= KEPT for c in notebook.cells)


def test_page_shows_everything(executed):
    page = (executed[0] / "pages" / f"{NAME}.html").read_text(encoding="utf-8")
    cells = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4).cells
    outputs = [o for c in cells if c.cell_type == "code" for o in c.outputs]
    figures = [o for o in outputs if "image/png" in o.get("data", {})]
    assert len(figures) >= 2
    assert page.count('src="data:image/png;base64,') >= len(figures) + 1
    assert page.count('class="animation"') == 1, "the animation has its player"
    assert page.count("right ✓") == len(answers(chosen(["13"])[0]))
    assert "<title>13 · Windows</title>" in page
    assert page.count("<math") == 6 and "$" not in re.sub(
        r"<(script|style|pre|code)\b.*?</\1>|<[^>]*>", "", page, flags=re.DOTALL
    )


def test_page_asks_no_other_host(executed):
    page = (executed[0] / "pages" / f"{NAME}.html").read_text(encoding="utf-8")
    assert asked(page) == []
    assert "default-src 'none'" in page, "the browser itself would refuse"
    assert page.index("Content-Security-Policy") < page.index("<script")


@pytest.mark.parametrize(
    "part",
    [
        '<script src="https://example.org/a.js"></script>',
        "<script src=//example.org/a.js></script>",
        '<link rel="stylesheet" href="http://example.org/a.css">',
        '<img src="https://example.org/badge.svg">',
        "<style>@import 'https://example.org/a.css'</style>",
        "<style>p {background: url(https://example.org/a.png)}</style>",
        "<script>import('https://example.org/a.mjs')</script>",
    ],
)
def test_asking_is_noticed(part):
    assert asked(part)
    assert not asked('<a class="x" href="https://example.org">a link</a>')


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda x: x.name)
def test_formulas_are_drawn_without_a_script(lesson):
    notebook = lesson.read()
    notebook.cells = [c for c in notebook.cells if c.cell_type == "markdown"]
    source = "\n".join(
        re.sub(r"```.*?```|`[^`]*`", "", c.source) for c in notebook.cells
    )
    formulas = re.findall(r"\$\$.+?\$\$|\$[^$]+\$", source, flags=re.DOTALL)
    page = pages.page(notebook, "x").split("<main>")[1]
    drawn = re.findall(r"<math.*?</math>", page, flags=re.DOTALL)
    assert len(drawn) == len(formulas)
    assert not [formula for formula in drawn if "\\" in formula], "an unknown command"


def test_what_names_the_machine_is_taken_out(tmp_path):
    temporary = tempfile.gettempdir()
    said = f"in {tmp_path}/x and {temporary}/tmpab12cd34/y, {ROOT}, <F at 0x7f001122aa>"
    assert run.impersonal(said, tmp_path) == "in …/x and …/y, …, <F>"
    line = "GRU: done · loss 0.1 · 12 s"
    assert run.impersonal(line, tmp_path) == "GRU: done · loss 0.1"


def test_slides_tell_the_story_without_the_exercises(executed, tmp_path):
    pytest.importorskip("sphinx_revealjs", reason="make .venv/site installs reveal.js")
    notebook = nbformat.read(executed[0] / "notebooks" / f"{NAME}.ipynb", 4)
    notebook.cells = [c for c in notebook.cells if "solution" not in tags(c)]
    lesson = chosen([NAME])[0]
    for cell, source in zip(notebook.cells, lesson.read().cells, strict=True):
        cell.source = source.source  # as `make test` leaves it, badge and all
    (tmp_path / "ran").mkdir()
    nbformat.write(notebook, tmp_path / "ran" / f"{NAME}.ipynb")
    out = tmp_path / "slides"
    main(["slides", str(out), "--from", str(tmp_path / "ran"), "13"])
    page = (out / f"{NAME}.html").read_text(encoding="utf-8")
    assert "colab-badge" not in page
    lesson = chosen([NAME])[0]
    sections = [c for c in lesson.read().cells if c.source.startswith("## ")]
    assert len(re.findall("<section>", page)) > len(sections) > 4
    assert "Exercise 13-windows-1" not in page and "COURSE = " not in page
    assert not re.search(r"<(link|script|img)\b[^>]*(src|href)=.(?!data:)", page)
    assert "Reveal.initialize" in page and ".reveal .slides" in page
    text = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", page)
    assert not re.search(r"\$\$|mathjax", text, re.IGNORECASE)
