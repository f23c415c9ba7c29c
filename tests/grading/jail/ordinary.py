"""`python -I ordinary.py COMMAND...`: run a command as an ordinary user, without any right of root's.

Where the interpreter lies in a folder that is closed to others (root's own home), this process alone sees that
folder as an empty one with the interpreter in it: its mounts are its own, and vanish with it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

USER = 41_234


def main() -> None:
    from ecslab.grading.jail.system import call, mount

    root = Path(__file__).resolve().parents[3]
    call("unshare", 0x00020000)
    mount(None, "/", None, 0x4000 | 0x40000)
    needed = [Path(sys.base_prefix), Path(sys.prefix), root]
    held = [(path.resolve(), os.open(path.resolve(), os.O_PATH)) for path in needed]
    for closed in closed_folders([path for path, _ in held]):
        mount("tmpfs", str(closed), "tmpfs", 0, "mode=755")
    for path, descriptor in held:
        if not path.exists():
            path.mkdir(parents=True)
            mount(f"/proc/self/fd/{descriptor}", str(path), None, 0x1000 | 0x4000)
        os.close(descriptor)
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.execvp(sys.argv[1], sys.argv[1:])


def closed_folders(paths: list[Path]) -> list[Path]:
    """The topmost folders above these paths that others may not pass through."""
    found: list[Path] = []
    for path in paths:
        for folder in reversed([path, *path.parents]):
            if not folder.stat().st_mode & 0o001:
                if folder not in found:
                    found.append(folder)
                break
    return found


if __name__ == "__main__":
    main()
