"""Taking submissions in: which files there are, whose they are, and reading them without trusting them.

A submission is a notebook, a folder, a zip or a tar, by itself or as Moodle, Canvas, GitHub Classroom or nbgrader
hand out a class's work. Only regular files are opened, never through a symbolic link below the folder that was named,
never a FIFO or a device, never more than the size limit; what is read goes to a file that has no name, one piece at a
time. Everything ends up somewhere: as a submission (with a score, be it 0), or in the list of what was left aside.
"""

from ecslab.grading.intake.choice import Taken
from ecslab.grading.intake.entries import printable
from ecslab.grading.intake.shelf import Shelf
from ecslab.grading.intake.taking import Intake, NoSuchInput, take

__all__ = ["Intake", "NoSuchInput", "Shelf", "Taken", "printable", "take"]
