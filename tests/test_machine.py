"""Other machines, other users, a folder that moved, a key that interrupts."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tools.course_copy import copy
from tools.lessons import ROOT
from utils import datasets

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
needs_make = pytest.mark.skipif(not shutil.which("make"), reason="no make here")
#: Another user, if we may become one: root would be allowed to write anywhere.
OTHER = {"user": 65534, "group": 65534} if getattr(os, "geteuid", int)() == 0 else {}


# ------------------------------------------------------------------ line ends of Windows


@pytest.fixture(scope="module")
def windows_clone(tmp_path_factory):
    """A clone as Git for Windows makes it by default."""
    origin = tmp_path_factory.mktemp("origin") / "course"
    clone = tmp_path_factory.mktemp("clone") / "course"
    copy(origin)
    for name in (".gitattributes", "Makefile", "README.md"):
        shutil.copy(ROOT / name, origin)
    git = ["git", "-c", "core.autocrlf=true", "-c", "core.safecrlf=false"]
    for command in (
        [*git, "init", "--quiet"],
        [*git, "add", "--all"],
        [*git, "-c", "user.name=t", "-c", "user.email=t", "commit", "-qm", "all"],
        [*git, "clone", "--quiet", ".", str(clone)],
    ):
        subprocess.run(command, cwd=origin, check=True)
    return clone


def test_a_clone_with_windows_line_ends_has_the_same_bytes(windows_clone):
    files = [p for p in windows_clone.rglob("*") if p.is_file()]
    files = [p.relative_to(windows_clone) for p in files if ".git" not in p.parts]
    assert len(files) > 80
    other = [
        str(p)
        for p in files
        if (windows_clone / p).read_bytes() != (ROOT / p).read_bytes()
    ]
    assert not other


def test_a_clone_with_windows_line_ends_loads_every_file(windows_clone):
    code = (
        "from utils import datasets as d\n"
        "loaders = [f for n, f in vars(d).items() if n.startswith('load_')]\n"
        "[load() for load in loaders]; print(len(loaders) == 7)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=windows_clone, capture_output=True, text=True
    )
    assert done.stdout == "True\n", done.stderr


def test_an_older_clone_is_told_how_to_mend_it_without_git(tmp_path):
    """Made before .gitattributes was there: the advice works as it stands."""
    folder = tmp_path / "cours d'été"
    shutil.copytree(ROOT / "data", folder)
    tables = sorted(folder.glob("*.csv"))
    for path in [*tables, folder / "SHA256SUMS"]:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(tables) == 2
    with pytest.raises(datasets.DataError, match="has got Windows line ends") as seen:
        datasets.data_path("sunspots.csv", folder)
    assert "git checkout" not in str(seen.value)
    exec(str(seen.value).splitlines()[-1], {})
    for path in tables:
        assert datasets.data_path(path.name, folder) == path
    tables[0].write_bytes(tables[0].read_bytes().replace(b"1", b"2", 1))
    with pytest.raises(datasets.DataError, match="has changed"):
        datasets.data_path(tables[0].name, folder)


# -------------------------------------------------------------------------- the Makefile

#: Stands for python3: makes an environment whose programs only say what they were asked.
FAKE_PYTHON = """\
#!/bin/sh
case "$1 $2" in
"-m venv")
    rm -rf .venv; mkdir -p .venv/bin
    for name in python pip uv; do
        printf '#!/bin/sh\\n# %s/.venv/bin/python\\necho "$@" >> log\\n' "$(pwd -P)" \\
            > .venv/bin/$name
        chmod +x .venv/bin/$name
    done
    echo made >> log ;;
esac
"""


@pytest.fixture
def course():
    """A folder with the Makefile, the requirements and a stand-in for Python.

    Not in pytest's own folder, which is closed to other users.
    """
    above = Path(tempfile.mkdtemp())
    above.chmod(0o755)
    folder = above / "cours d'été $1"
    folder.mkdir()
    for path in [ROOT / "Makefile", *ROOT.glob("requirements*.txt")]:
        shutil.copy(path, folder)
    fake = above / "python-of-this-test"
    fake.write_text(FAKE_PYTHON)
    fake.chmod(0o755)
    yield folder
    shutil.rmtree(above)


def make(folder, *words, path=None, **options):
    """Run make with the stand-in as its Python."""
    fake = folder.parent / "python-of-this-test"
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    if path:
        environment["PATH"] = f"{path}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["make", f"PYTHON={fake}", *words],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        **options,
    )


def log(folder):
    path = folder / "log"
    lines = path.read_text().splitlines() if path.exists() else []
    path.unlink(missing_ok=True)
    return lines


@needs_make
def test_a_moved_folder_sets_itself_up_again(course):
    assert make(course, "lab").returncode == 0
    assert log(course)[0] == "made"
    assert make(course, "lab").returncode == 0
    assert "made" not in log(course), "once is enough"
    moved = course.rename(course.with_name("renommé"))
    done = make(moved, "lab")
    assert done.returncode == 0, done.stderr
    assert "Another folder or another Python than before" in done.stdout
    assert "made" in log(moved)
    (moved / ".venv" / "bin" / "python").unlink()  # its Python was removed
    assert make(moved, "lab").returncode == 0
    assert "made" in log(moved)


@needs_make
def test_another_python_than_before_is_heard(course):
    fake = course.parent / "python-of-this-test"
    assert make(course, "lab").returncode == 0
    assert "made" in log(course)
    fake.write_text(FAKE_PYTHON + 'echo "(3, 12)"\n')
    assert make(course, "lab").returncode == 0
    assert "made" in log(course)


@needs_make
@pytest.mark.parametrize("user", ["0", "1000"])
def test_root_gets_a_lab_for_this_machine_only(course, user):
    programs = course.parent / "programs"
    programs.mkdir()
    (programs / "id").write_text(f"#!/bin/sh\necho {user}\n")
    (programs / "id").chmod(0o755)
    assert make(course, "lab", path=programs).returncode == 0
    asked = log(course)[-1]
    assert "-m jupyterlab" in asked
    assert ("--allow-root --ip=127.0.0.1" in asked) == (user == "0")


@needs_make
@pytest.mark.parametrize(
    ("words", "slip"),
    [
        (["lab", "LESON=13"], "make lab does not know LESON"),
        (["lab", "LESSON=13"], "make lab does not know LESSON"),
        (
            ["student", "OUTT=x"],
            "make student does not know OUTT, only PYTHON CONSTRAINTS OUT LESSON",
        ),
        (["seeds", "LESSON=13", "SEED=3"], "make seeds does not know SEED"),
        (["forecast", "FILE=x", "SEASONS=7"], "make forecast does not know SEASONS"),
        (["test-oldest", "ENDS=python3.10"], "make test-oldest does not know ENDS"),
        (["slides", "OUT=x", "SOLUTIONS=yes"], "make slides does not know SOLUTIONS"),
        (["BIN=elsewhere"], "make lab does not know BIN"),
    ],
)
def test_make_refuses_what_it_does_not_know(course, words, slip):
    done = make(course, *words)
    assert done.returncode == 2
    assert slip in done.stderr
    assert not log(course), "nothing was run"


@needs_make
def test_make_knows_what_its_help_says(course):
    """Each variable in the Makefile's head is taken by the command that it stands with."""
    head = MAKEFILE.split("\n\n")[0]
    for line in re.split(r"\n#   (?=make )", head)[1:]:
        (command,) = re.findall(r"make ([\w-]+)", line)[:1]
        for name in re.findall(r"\b([A-Z]{2,})=", line):
            if (command, name) == ("lab", "PYTHON"):
                continue
            done = make(course, "--dry-run", command, f"{name}=x")
            assert "does not know" not in done.stderr, done.stderr


def bound(folder):
    """Words that begin a command which may not write here; root gives up its privilege."""
    for path in [*folder.rglob("*"), folder]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return ["setpriv", "--bounding-set=-dac_override"] if OTHER else []


@pytest.mark.skipif(
    bool(OTHER) and not shutil.which("setpriv"), reason="root, no setpriv"
)
def test_a_read_only_copy_runs_lessons_and_forecasts(tmp_path):
    """With the environment of another place, as on a shared disk of a class."""
    folder = tmp_path / "course"
    copy(folder)
    words = bound(folder)
    refused = subprocess.run([*words, "touch", folder / "x"], capture_output=True)
    assert refused.returncode, "this folder can be written, so that nothing is proved"
    series = tmp_path / "series.csv"
    rows = (f"{2000 + k // 12}-{k % 12 + 1:02d},{100 + k % 12}" for k in range(60))
    series.write_text("month,value\n" + "\n".join(rows))
    made, out = tmp_path / "executed", tmp_path / "out"
    out.mkdir()
    lesson = [
        "jupyter",
        "nbconvert",
        "--to=notebook",
        "--execute",
        f"--output-dir={made}",
    ]
    jobs = [
        [*lesson, "notebooks/13_windows.ipynb"],
        ["forecast", str(series), f"--out={out}"],
    ]
    try:
        for job in jobs:
            command = [*words, sys.executable, "-m", *job]
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
    finally:
        for path in folder.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
        folder.chmod(0o755)
    assert (made / "13_windows.ipynb").is_file()
    assert list(out.glob("*.csv"))


@needs_make
def test_a_folder_that_may_not_be_written_has_a_sentence(course):
    course.chmod(0o555)
    done = make(course, "lab", **OTHER)
    course.chmod(0o755)
    assert done.returncode == 2
    assert "may not be written: copy the course to a folder of yours" in done.stdout


@needs_make
def test_pins_in_the_environment_mean_nothing(course, monkeypatch):
    """A machine may have CONSTRAINTS for something else; ours stand on make's own line."""
    monkeypatch.setenv("CONSTRAINTS", "constraints/of another program.txt")
    done = make(course, "lab")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (course / ".venv" / "pinned").read_text()
    done = make(course, "lab", "CONSTRAINTS=none.txt")
    assert done.returncode == 2 and "CONSTRAINTS=none.txt: no such file" in done.stdout


def supported(machine):
    """What the set-up says of a Python on a machine: its exit message, or ""."""
    code = re.search(r"(?s)\ndefine supported\n(.*?)\nendef", MAKEFILE)[1]
    before = [
        "import platform, sys, sysconfig",
        *(f"{name} = {value}" for name, value in machine.items()),
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([*before, code])],
        capture_output=True,
        text=True,
    )
    assert done.returncode == bool(done.stderr)
    return done.stderr


MAC = {"sys.platform": "'darwin'", "sysconfig.get_config_var": "lambda name: None"}
MUSL = {"sysconfig.get_config_var": "lambda name: 'x86_64-linux-musl'"}


@pytest.mark.parametrize(
    ("machine", "sentence"),
    [
        ({}, ""),
        ({"sys.version_info": (2, 7, 18)}, "This is Python 2.7"),
        ({"sys.version_info": (3, 9, 1)}, "This is Python 3.9"),
        ({"sys.version_info": (3, 14, 0)}, "This is Python 3.14"),
        (
            MAC | {"platform.machine": "lambda: 'x86_64'"},
            "no longer made for Intel Macs",
        ),
        (MAC | {"platform.machine": "lambda: 'arm64'"}, ""),
        ({"sys.maxsize": "2**31 - 1"}, "not made for this Python"),
        (
            {"platform.python_implementation": "lambda: 'PyPy'"},
            "not made for this Python",
        ),
        (MUSL, "not made for this Python"),
    ],
)
def test_the_set_up_says_what_a_python_cannot(machine, sentence):
    said = supported(machine)
    assert (sentence in said) if sentence else not said
    if sentence:
        assert "make lab PYTHON=python3.12" in said


def works(name):
    """True for a Python that is installed here, and not only a name for one."""
    path = shutil.which(name)
    return (
        path and not subprocess.run([path, "-c", "0"], capture_output=True).returncode
    )


def test_any_python_can_read_that_sentence():
    """No f-strings and the like: Python 2.7 and 3.5 must be able to say that they are old."""
    code = re.search(r"(?s)\ndefine supported\n(.*?)\nendef", MAKEFILE)[1]
    compile(code, "supported", "exec")
    assert not re.search(r"\bf\"|\bf'|:=|print |match ", code)
    for name in ("python2", "python2.7", "python3.5", "python3.6"):
        if works(name):
            done = subprocess.run([name, "-c", code], capture_output=True, text=True)
            assert done.stderr.startswith("This is Python ")


# -------------------------------------------------------------------------------- Ctrl-C

LESSON = "13_windows"
SLEEP = """\
import os, pathlib, time
pathlib.Path(os.environ["MARK"]).write_text(str(os.getpid()))
time.sleep(600)"""
TABLE = f"""\
def grid():
    return [{{"seed": 1}}]

def experiment(seed):
    {SLEEP.replace(chr(10), chr(10) + "    ")}"""


@pytest.fixture
def sleeping(tmp_path):
    """A course of one lesson that never ends."""
    folder = tmp_path / "course"
    for part in ("tools", "tests/guard"):
        shutil.copytree(
            ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
        )
    for name in ("course.toml", "conftest.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    (folder / "notebooks").mkdir()
    (folder / "results").mkdir()
    (folder / "docs").mkdir()
    (folder / "docs" / "claims.md").write_text("# Claims\n")
    first = "# 13 · Sleep\n\n**Why?**"
    table = new_code_cell(TABLE, metadata={"tags": ["light"]})
    cells = [new_markdown_cell(first), table, new_code_cell(SLEEP)]
    nbformat.write(new_notebook(cells=cells), folder / "notebooks" / f"{LESSON}.ipynb")
    return folder


def files_of(folder):
    """What a commit would hold: {path: bytes}, without build/ and byte-code."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and not {"build", "__pycache__", ".pytest_cache"} & set(path.parts)
    }


def alive(process):
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{process}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


@pytest.mark.skipif(os.name == "nt", reason="a terminal of POSIX")
@pytest.mark.parametrize("command", ["measure", "seeds", "results", "suite"])
def test_ctrl_c_ends_a_command_in_one_line(command, sleeping, tmp_path):
    """In a terminal of its own, when the lesson is known to run; no clock decides."""
    import pty

    mark, before = tmp_path / "mark", files_of(sleeping)
    words = [sys.executable, "-m", f"tools.{command}"]
    words += ["13"] if command != "suite" else []
    environment = {**os.environ, "MARK": str(mark), "PYTHONDONTWRITEBYTECODE": "1"}
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(sleeping)
        os.execve(words[0], words, environment)
    for _ in range(1200):  # at most two minutes, on a machine that is very busy
        if mark.exists() and mark.read_text():
            break
        time.sleep(0.1)
    asleep = int(mark.read_text())
    os.write(terminal, b"\x03")
    said = b""
    try:
        while new := os.read(terminal, 4096):
            said += new
    except OSError:  # Linux: the other end is closed
        pass
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 130, said.decode()
    assert said.decode().rpartition("^C")[2].split() == ["Stopped."]
    for _ in range(100):
        if not alive(asleep):
            break
        time.sleep(0.1)
    assert not alive(asleep), "the kernel has ended, too"
    assert files_of(sleeping) == before, "no file was changed"
    left = {path.name for path in (sleeping / "build").glob("*")}
    assert left <= {"seeds", "results"}, "what was its own is removed"


def hook(body):
    """How a command of tools ends that does this."""
    code = (
        f"import sys; sys.argv = ['-m']; import tools; import subprocess, os\n{body}\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("body", "said", "code"),
    [
        ("raise KeyboardInterrupt", "\nStopped.\n", 130),
        (
            "open('Makefile/x', 'w')",
            "Makefile/x: Not a directory\n",
            1,
        ),
        (
            "raise PermissionError(13, 'Permission denied', 'x')",
            "x: Permission denied\n",
            1,
        ),
        (
            "raise OSError(28, 'No space left on device')",
            "No space left on device\n",
            1,
        ),
        (
            "subprocess.run([sys.executable, '-c', '1/0'], stderr=-3, check=True)",
            f"This failed: {sys.executable} -c 1/0\n",
            1,
        ),
    ],
)
def test_errors_of_the_machine_are_one_line(body, said, code):
    done = hook(body)
    assert (done.stderr, done.returncode) == (said, code)


def test_errors_of_ours_keep_their_traceback():
    done = hook("{}['ours']")
    assert "Traceback" in done.stderr and "KeyError" in done.stderr
    assert done.returncode == 1


def test_no_module_has_a_name_of_the_standard_library():
    for path in [*(ROOT / "tools").rglob("*.py"), *(ROOT / "utils").glob("*.py")]:
        assert path.stem not in sys.stdlib_module_names, path


def test_nothing_stands_on_one_system_only():
    """Modules that only some systems have are imported where they are needed, if at all."""
    some = {"resource", "fcntl", "termios", "pty", "pwd", "grp", "winreg", "msvcrt"}
    for part in ("utils", "forecast", "tools"):
        for path in (ROOT / part).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            found = set(re.findall(r"(?m)^(?:import|from) (\w+)", text))
            assert not found & some, path
