"""Without a file: run the sunspot workshop of lesson 21 and print its score table."""

import os
import signal
import threading
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LESSON = "21_sunspots"
#: The client that runs now, so that Ctrl-C can end its kernel.
RUNNING = []


def main():
    """Execute the lesson in a kernel of its own, print its cells tagged ``scores``."""
    path = NOTEBOOKS / f"{LESSON}.ipynb"
    if not path.is_file():
        print(f"The workshop is lesson 21, and {path} is not here. Name a CSV file.")
        return 2
    print(f"Running notebooks/{LESSON}.ipynb …", flush=True)
    start, notebook = time.perf_counter(), execute(path)
    print("\n\n".join(printed(notebook, "scores")))
    seconds = time.perf_counter() - start
    print(f"\nDone in {seconds:.0f} s. Read how: make lab")
    return 0


def execute(path):
    """Execute a notebook in a fresh kernel, in a thread, so that Ctrl-C reaches us."""
    notebook, failed = nbformat.read(path, as_version=4), []
    client = NotebookClient(
        notebook,
        timeout=1800,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(path.parent)}},
    )

    def work():
        try:
            client.execute()
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    RUNNING.append(client)
    thread.start()
    while thread.is_alive():
        thread.join(0.2)
    RUNNING.remove(client)
    if failed:
        raise failed[0]
    return notebook


def printed(notebook, tag):
    """What the executed cells with a tag printed and showed, one text for each."""
    texts = []
    for cell in notebook.cells:
        if tag in cell.metadata.get("tags", []):
            shown = (
                out.get("text") or out.get("data", {}).get("text/plain", "")
                for out in cell.outputs
            )
            texts.append("".join(shown).strip())
    if not texts:
        raise LookupError(f"{LESSON} has no cell tagged {tag!r}.")
    return texts


def stop():
    """End the kernel, with whatever it has started."""
    for client in RUNNING:
        process = getattr(getattr(client.km, "provisioner", None), "process", None)
        if process is None or process.poll() is not None:
            continue
        if hasattr(os, "killpg"):  # a kernel leads a group
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        client.km.cleanup_connection_file()
