"""nbgrader for the labs of ecslab: `nbgrader generate_assignment LAB`, then `nbgrader autograde LAB`."""

c = get_config()  # noqa: F821 - nbgrader gives it
c.CourseDirectory.course_id = "ecslab"
# The labs come with starters in their answer cells: there are no solutions to be cleared.
c.ClearSolutions.enabled = False
# A cell may let hours of virtual time pass; a minute of real time is far more than it needs.
c.ExecutePreprocessor.timeout = 120
