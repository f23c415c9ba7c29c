"""Work for a fork server in tests: it does what it is told."""

from __future__ import annotations

import os
import signal
import time

from ecslab.grading.channel import Channel


def warm(*arguments: str) -> None:
    os.environ["WARM"] = " ".join(arguments)


def run(channel: Channel) -> None:  # noqa: C901 - a list of orders
    while True:
        message = channel.receive()
        match message["do"]:
            case "say":
                channel.send({"pid": os.getpid(), "warm": os.environ["WARM"], "names": sorted(os.environ)})
            case "descriptors":
                open_ones = []
                for number in range(3, 64):
                    try:
                        os.fstat(number)
                    except OSError:
                        continue
                    open_ones.append(number)
                channel.send({"open": open_ones, "mine": channel.fileno()})
            case "exit":
                raise SystemExit(message["code"])
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
            case "leave":
                channel.send({"left": detached()})
            case "spin":
                try:
                    channel.send({})
                    while True:
                        time.sleep(0.01)
                except KeyboardInterrupt:
                    channel.send({"interrupted": True})


def detached() -> int:
    """A process in a session of its own whose parent has gone."""
    read, write = os.pipe()
    if os.fork() == 0:
        os.setsid()
        pid = os.fork()
        if pid:
            os.write(write, str(pid).encode())
            os._exit(0)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            time.sleep(60)
    return int(os.read(read, 20))
