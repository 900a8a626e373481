"""Write whole files: beside, then renamed, so that nobody ever reads half of one."""

import os
import secrets
import shutil
from contextlib import contextmanager
from pathlib import Path

import nbformat

#: Names of unfinished files and folders begin so (.gitignore leaves them out).
BESIDE = ".new-"


def write_bytes(path, content):
    """Write a file whole or not at all: beside its place, then renamed into it.

    Args:
        path: the file; its folder is made if it is not there.
        content: bytes.

    Raises:
        OSError: the folder may not be written, the disk is full, …; the file is as before.
    """
    path = Path(path).resolve()  # through a link, to the file that it names
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{BESIDE}{secrets.token_hex(6)}-{path.name}")
    try:
        beside.write_bytes(content)
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    except OSError as error:  # named as the caller knows it
        raise type(error)(error.errno, error.strerror, str(path)) from None
    finally:
        beside.unlink(missing_ok=True)


def write_text(path, text):
    """Write a text whole or not at all, as UTF-8 with line ends of one byte."""
    write_bytes(path, text.encode("utf-8"))


def write_notebook(path, notebook):
    """Write a notebook whole or not at all, as nbformat would."""
    write_text(path, nbformat.writes(notebook).rstrip("\n") + "\n")


def check_writable(*paths):
    """Stop with a sentence if one of these files could not be written at the end.

    For commands that compute before they write. A file's folder is made if it is absent.
    """
    for path in paths:
        folder = Path(path).resolve().parent
        trial = folder / f"{BESIDE}{secrets.token_hex(6)}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            trial.touch()
            trial.unlink()
        except OSError as error:
            raise SystemExit(
                f"{path} cannot be written ({error.strerror}: {folder}), so nothing was "
                "run. Use a copy of the course in a folder of yours."
            ) from None


@contextmanager
def private_folder(parent, name):
    """A new folder ``parent/name-…`` of this process alone; removed at the end."""
    folder = Path(parent) / f"{name}-{os.getpid()}-{secrets.token_hex(4)}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(folder, target):
    """Move a finished folder to ``target``; what stood there is deleted.

    Two processes may publish to one target: each finds a whole folder, the last one stays.
    """
    target = Path(target)
    for _ in range(100):
        old = target.with_name(f"{BESIDE}{secrets.token_hex(6)}-{target.name}")
        if target.exists():
            try:
                target.rename(old)
            except FileNotFoundError:
                continue  # another process was faster
            shutil.rmtree(old, ignore_errors=True)
        try:
            Path(folder).rename(target)
            return
        except OSError:
            if not target.exists():
                raise
    raise SystemExit(f"{target} is written by another command all the time.")
