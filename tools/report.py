"""Say in one issue of the repository that a weekly run has failed.

    python -m tools.report

RUN is the address of the run. Opens an issue, or adds a line to the one that is open. Needs
`gh`, which a workflow's machine has, and the standard library only.
"""

import os
import shutil
import subprocess
import sys

TITLE = "The weekly run failed"
LABEL = "weekly"


def gh(*words):
    """What gh prints."""
    done = subprocess.run(["gh", *words], check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout.strip()


def main():
    """One issue, however often it fails."""
    if not shutil.which("gh") or not os.environ.get("RUN"):
        sys.exit("make report is for the weekly workflow: it needs gh, and RUN.")
    text = f"Windows, macOS, the newest or Colab's versions: {os.environ['RUN']}"
    gh("label", "create", LABEL, "--force", "--description", "what weekly runs see")
    show = ("--json", "number", "--jq", ".[0].number")
    found = gh("issue", "list", "--label", LABEL, "--state", "open", *show)
    if found:
        gh("issue", "comment", found, "--body", text)
    else:
        gh("issue", "create", "--title", TITLE, "--label", LABEL, "--body", text)


if __name__ == "__main__":
    main()
