"""Where and on what a task starts: what RunTask, StartTask and services ask for in the same words."""
