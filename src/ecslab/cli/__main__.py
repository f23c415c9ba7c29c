"""`python -m ecslab.cli`."""

import sys

from ecslab.cli import main

sys.exit(main())
