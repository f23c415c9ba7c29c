"""`python -I inside.py FOLDER TIER PART`: enter a jail, try things, and print how each of them went, as JSON.

Outside the jail there are things to reach: a file, a folder, a process, and sockets that listen. The same attempts run
in the tier `process`, which has no walls: what succeeds there and nowhere else is what a wall keeps in.
"""

# ruff: noqa: PTH101, PTH104, PTH208, C901
from __future__ import annotations

import asyncio
import contextlib
import ctypes
import errno
import json
import mmap
import os
import resource
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

MIB = 2**20
ROOT = Path(__file__).resolve().parents[3]


class World:
    """What is to be reached."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "private").mkdir(mode=0o755)
        self.secret = folder / "private" / "secret.txt"
        self.secret.write_text("hidden")
        self.other_port = listening_tcp()
        self.cloud = listening_tcp()
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.other, self.udp_address = self.other_port.getsockname(), self.udp.getsockname()
        self.unix = socket.socket(socket.AF_UNIX)
        self.unix.bind(str(folder / "private" / "door"))
        self.unix.listen()
        self.abstract = socket.socket(socket.AF_UNIX)
        self.abstract.bind(f"\0ecslab-{os.getpid()}")
        self.abstract.listen()
        self.abstract_name = f"\0ecslab-{os.getpid()}"
        self.victim = os.fork()
        if self.victim == 0:
            signal.pause()
            os._exit(0)

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.victim, signal.SIGKILL)


def listening_tcp() -> socket.socket:
    one = socket.socket()
    one.bind(("127.0.0.1", 0))
    one.listen()
    return one


def syscall(number: int, *arguments: int) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    result = libc.syscall(ctypes.c_long(number), *(ctypes.c_long(one) for one in arguments))
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


def number_of(name: str) -> int:
    from ecslab.grading.jail.system import number

    return number(name) or 999


def forbidden(world: World, home: Path):
    """Attempts by name; each returns when it succeeded."""
    libc = ctypes.CDLL(None, use_errno=True)
    other = world.other

    def connect(family, kind, protocol, address):
        with socket.socket(family, kind, protocol) as one:
            one.settimeout(3)
            one.connect(address)

    def send_fast_open():
        with socket.socket() as one:
            one.settimeout(3)
            one.sendto(b"x", 0x20000000, other)

    def send_udp():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.sendto(b"x", world.udp_address)

    def through_a_link():
        (home / "link").symlink_to(world.secret)
        return (home / "link").read_text()

    def rename_out():
        (home / "out").write_text("x")
        os.rename(home / "out", world.folder / "private" / "out")

    def c(function, *arguments):
        if getattr(libc, function)(*arguments) == -1:
            raise OSError(ctypes.get_errno(), function)

    def listen():
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            one.listen()

    return {
        "read a file of the grader": world.secret.read_text,
        "list the grader's folder": lambda: os.listdir(world.folder / "private"),
        "read the solutions": lambda: os.listdir(ROOT / "solutions"),
        "read the checks": lambda: next((ROOT / "course").glob("*/checks.py")).read_text(),
        "read through a link": through_a_link,
        "link to it": lambda: os.link(world.secret, home / "hard"),
        "write beside it": lambda: (world.folder / "private" / "mine").write_text("x"),
        "rename out of the scratch folder": rename_out,
        "change its mode": lambda: os.chmod(world.secret, 0o600),
        "change its times": lambda: os.utime(world.secret),
        "write among Python's packages": lambda: Path(json.__file__).with_name("mine.py").write_text("x"),
        "write to the root": lambda: Path("/mine").write_text("x"),
        "read another's environment": lambda: Path(f"/proc/{world.victim}/environ").read_bytes(),
        "read another's memory map": lambda: Path(f"/proc/{world.victim}/maps").read_text(),
        "pass through another's root": lambda: os.listdir(f"/proc/{world.victim}/root/etc"),
        "signal another": lambda: os.kill(world.victim, signal.SIGCONT),
        "signal the parent": lambda: os.kill(os.getppid() or 2**22, signal.SIGCONT),
        "trace another": lambda: c("ptrace", 16, world.victim, 0, 0),
        "read another's memory": lambda: syscall(number_of("process_vm_readv"), world.victim, 0, 0, 0, 0, 0),
        "limit another": lambda: resource.prlimit(world.victim, resource.RLIMIT_CORE, (0, 0)),
        "renice another": lambda: os.setpriority(os.PRIO_PROCESS, world.victim, 19),
        "bind another to a core": lambda: os.sched_setaffinity(world.victim, {0}),
        "connect to another port": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, 0, other),
        "connect by MPTCP": lambda: connect(socket.AF_INET, socket.SOCK_STREAM, 262, other),
        "connect by fast open": send_fast_open,
        "send UDP": send_udp,
        "connect to a Unix socket": lambda: connect(
            socket.AF_UNIX, socket.SOCK_STREAM, 0, str(world.folder / "private" / "door")
        ),
        "connect to an abstract socket": lambda: connect(
            socket.AF_UNIX, socket.SOCK_STREAM, 0, world.abstract_name
        ),
        "pair datagram sockets": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM),
        "open netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
        "listen": listen,
        "make memory that nobody counts": lambda: os.memfd_create("x"),
        "share anonymous memory": lambda: mmap.mmap(-1, 4096),
        "make a System V segment": lambda: syscall(number_of("shmget"), 0, 4096, 0o1600),
        "map /dev/zero": lambda: mmap.mmap(os.open("/dev/zero", os.O_RDWR), 4096, mmap.MAP_SHARED),
        "make a user namespace": lambda: c("unshare", 0x10000000),
        "set up io_uring": lambda: syscall(number_of("io_uring_setup"), 1, ctypes.addressof(_ZEROES)),
    }


_ZEROES = ctypes.create_string_buffer(4096)


def hopeless(home: Path):
    """Attempts that need rights which the jail does not have; without walls, root has them."""
    libc = ctypes.CDLL(None, use_errno=True)

    def c(function, *arguments):
        if getattr(libc, function)(*arguments) == -1:
            raise OSError(ctypes.get_errno(), function)

    return {
        "be root": lambda: os.setresuid(0, 0, 0) if os.getuid() else 1 / 0,
        "mount": lambda: c("mount", b"tmpfs", str(home).encode(), b"tmpfs", 0, None),
        "change the root": lambda: os.chroot(str(home)),
        "open a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
        "open a packet socket": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
        "make a device": lambda: os.mknod(home / "disk", stat.S_IFBLK | 0o600, os.makedev(254, 0)),
        "load a BPF program": lambda: syscall(number_of("bpf"), 5, 0, 0),
        "open performance counters": lambda: syscall(number_of("perf_event_open"), 0, 0, -1, -1, 0),
        "enter another's namespace": lambda: c("setns", os.open("/proc/self/ns/net", os.O_RDONLY), 0),
        "set the clock": lambda: syscall(number_of("clock_settime"), 0, ctypes.addressof(_ZEROES)),
    }


def allowed(world: World, home: Path, cloud_port: int):
    """What a lab needs."""

    def database():
        with contextlib.closing(sqlite3.connect(home / "work" / "db")) as one:
            one.execute("create table t (a)")
            one.commit()

    def thread():
        done = []
        one = threading.Thread(target=lambda: done.append(1))
        one.start()
        one.join()
        return done[0]

    async def nothing():
        await asyncio.sleep(0)

    def reach_the_cloud():
        with socket.create_connection(("127.0.0.1", cloud_port), timeout=3):
            pass

    def temporary():
        with tempfile.TemporaryFile() as one:
            one.write(b"x")

    def program():
        assert subprocess.run(["/bin/echo", "hi"], capture_output=True, check=True).stdout == b"hi\n"

    return {
        "write to the scratch folder": lambda: (home / "work" / "file").write_text("x"),
        "keep a database": database,
        "use a temporary file": temporary,
        "run a thread": thread,
        "run a program": program,
        "run an event loop": lambda: asyncio.run(nothing()),
        "reach the cloud": reach_the_cloud,
        "import a package": lambda: __import__("wave"),
        "draw random bytes": lambda: os.urandom(8),
    }


def greedy(home: Path):
    """Attempts to take more than there is."""

    def memory():
        return len(bytearray(4 * 2**30))

    def one_file():
        with (home / "big").open("wb") as file:
            for _ in range(200):
                file.write(bytes(MIB))
                file.flush()

    def processes():
        started = []
        try:
            while len(started) < 400:
                pid = os.fork()
                if pid == 0:
                    signal.pause()
                    os._exit(0)
                started.append(pid)
        finally:
            for pid in started:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            (home / "big").unlink(missing_ok=True)
            Path(home, "started").write_text(str(len(started)))

    def descriptors():
        opened = []
        try:
            while len(opened) < 5000:
                opened.append(os.open("/dev/null", os.O_RDONLY))
        finally:
            for one in opened:
                os.close(one)

    return {"memory": memory, "one file": one_file, "processes": processes, "descriptors": descriptors}


def tried(attempts) -> dict[str, list]:
    found = {}
    for name, attempt in attempts.items():
        try:
            attempt()
        except BaseException as error:  # noqa: BLE001
            code = errno.errorcode.get(getattr(error, "errno", None) or 0, "")
            found[name] = ["refused", type(error).__name__, code]
        else:
            found[name] = ["done"]
    return found


def main() -> None:
    from ecslab.grading.jail import enter
    from ecslab.grading.jail.enter import PORT, Jail
    from ecslab.grading.jail.privileges import PR_SET_CHILD_SUBREAPER
    from ecslab.grading.jail.system import prctl
    from ecslab.grading.jail.tier import Tier

    folder, tier, part = Path(sys.argv[1]), Tier(sys.argv[2]), sys.argv[3]
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    folder.chmod(0o755)
    world = World(folder)
    for name in ("sockets", "jail"):
        (folder / name).mkdir(mode=0o711)
    port = PORT if tier is Tier.NAMESPACES else world.cloud.getsockname()[1]
    jail = Jail(
        tier=tier,
        folder=str(folder / "jail"),
        sockets=str(folder / "sockets"),
        port=port,
        memory_bytes=512 * MIB,
        disk_bytes=16 * MIB,
        processes=64,
        cpu_s=60,
    )
    out, told = os.pipe()

    def work() -> None:
        home = Path(jail.home)
        os.chdir(home / "work")
        os.environ.update({"HOME": str(home), "TMPDIR": str(home / "tmp")})
        tempfile.tempdir = None
        enter.seal(tier)
        attempts = {
            "forbidden": lambda: forbidden(world, home),
            "hopeless": lambda: hopeless(home),
            "allowed": lambda: allowed(world, home, port),
            "greedy": lambda: greedy(home),
        }[part]
        found = tried(attempts())
        if part == "greedy":
            found["started"] = int((home / "started").read_text())
        if part == "hopeless" and Path("/proc/self/status").exists():
            text = Path("/proc/self/status").read_text()
            found["status"] = dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)
        with os.fdopen(told, "w") as file:
            json.dump(found, file)

    started = enter.start(jail, work, [told])
    os.close(told)
    with os.fdopen(out) as file:
        text = file.read()
    os.waitpid(started.pid, 0)
    world.end()
    if started.listening is not None:
        started.listening.close()
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
