"""The source of the course: what a lab is, how it is read, and what is built from it. Runs nothing."""
