"""A lab's cloud in a process of its own, as a module for `ecsim.cloud.process.spawn`. The lab comes from LAB_DIR."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ecsim.cloud.process import main
from ecslab.lab.stage import Stage

if __name__ == "__main__":

    def setup(cloud, world, _control):
        Stage(cloud, world, Path(os.environ["LAB_DIR"]))

    sys.exit(main(setup=setup))
