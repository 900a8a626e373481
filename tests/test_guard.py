"""The guard that kernels run under does refuse what it should."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.lessons import GUARDED, ROOT


def guarded(code, folder):
    env = {**os.environ, **GUARDED}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=env,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    "code",
    [
        "import urllib.request as u; u.urlopen('http://example.org')",
        "import socket; socket.create_connection(('192.0.2.1', 80), 5)",
        "import socket; s = socket.socket(); s.connect(('192.0.2.1', 80))",
        "import socket; socket.create_connection(('localhost.example.org', 80), 5)",
        "import socket; socket.create_connection(('127.example.org', 80), 5)",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', "
        "'import urllib.request as u; u.urlopen(\"http://example.org\")'], check=True)",
    ],
)
def test_network_is_refused(code, tmp_path):
    done = guarded(code, tmp_path)
    assert done.returncode != 0
    assert "The network is blocked in tests" in done.stderr


def test_git_clones_from_files_only(tmp_path):
    done = guarded(
        "import subprocess as s; s.run(['git', 'clone', 'https://example.org/x'])",
        tmp_path,
    )
    assert "'https' not allowed" in done.stderr


def test_loopback_is_open(tmp_path):
    code = (
        "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen(); "
        "c = socket.create_connection(s.getsockname()); print('open')"
    )
    assert guarded(code, tmp_path).stdout == "open\n"


def test_a_folder_beside_the_temporary_one_is_another(tmp_path):
    """A name that only begins like a temporary folder's is none."""
    code = (
        "import tempfile; p = tempfile.gettempdir() + '-other'; "
        "open(p + '/x', 'w')"  # refused before it is looked for
    )
    done = guarded(code, tmp_path)
    assert "must not write outside temporary folders" in done.stderr


def test_ipythons_folder_is_of_one_process_alone():
    """No fixed name in a folder that others may write to; gone when the process ends."""
    code = (
        "from tools.lessons import GUARDED; import os; f = GUARDED['IPYTHONDIR']; "
        "print(f, oct(os.stat(f).st_mode & 0o777), os.path.isdir(f))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True
        ).stdout.split()
        for _ in range(2)
    ]
    assert runs[0][0] != runs[1][0]
    for folder, mode, there in runs:
        assert there == "True" and not Path(folder).exists()
        assert os.name == "nt" or mode == "0o700"


def test_writing_is_for_temporary_folders(tmp_path):
    good = guarded("open('here.txt', 'w').write('x'); print('written')", tmp_path)
    assert good.stdout == "written\n"
    path = ROOT / "never.txt"
    bad = guarded(f"open({str(path)!r}, 'w')", tmp_path)
    assert "must not write outside temporary folders" in bad.stderr
    assert not path.exists()
