"""Virtual time that runs by itself: N virtual seconds for each real one.

For `ecslab cloud --speed N`: then `aws ecs wait services-stable`, which sleeps in its own process, comes to its end.
A call arrives at a moment of virtual time that depends on the real clock; the journal has that moment (`at_ms`), so a
replay of the journal is exact even though a second run is not.
"""

from __future__ import annotations

import threading
import time

from ecsim.cloud.cloud import Cloud

TICK_S = 0.05


class Speed:
    """Moves a cloud's time along with the real one until it is closed.

    Args:
        cloud: whose time it is.
        factor: virtual seconds for each real second, more than 0.

    Raises:
        ValueError: the factor is not a positive number.
    """

    def __init__(self, cloud: Cloud, factor: float) -> None:
        if not 0 < factor < float("inf"):
            raise ValueError(
                f"the speed is a number above 0, e.g. 60 for a virtual minute a second; not {factor!r}"
            )
        self._cloud = cloud
        self._factor = factor
        self._begun = time.monotonic()
        self._begun_ms = cloud.now_ms
        self._over = threading.Event()
        self._catching_up = False
        cloud.gate.before.append(self._arrived)
        self._thread = threading.Thread(target=self._run, name="ecsim-speed", daemon=True)
        self._thread.start()

    def _arrived(self, _service: str, _operation: str) -> None:
        """A call came: its moment is now."""
        self.catch_up()

    def catch_up(self) -> None:
        """Let virtual time pass up to where it should be by now."""
        with self._cloud.gate.lock:
            if self._catching_up:  # what happens in time makes calls itself
                return
            self._catching_up = True
            try:
                passed_ms = int((time.monotonic() - self._begun) * 1_000 * self._factor)
                behind = self._begun_ms + passed_ms - self._cloud.now_ms
                if behind > 0:
                    self._cloud.advance_ms(behind)
            finally:
                self._catching_up = False

    def _run(self) -> None:
        while not self._over.wait(TICK_S):
            self.catch_up()

    def close(self) -> None:
        """Stop the clock where it is."""
        self._over.set()
        self._thread.join()
        if self._arrived in self._cloud.gate.before:
            self._cloud.gate.before.remove(self._arrived)
