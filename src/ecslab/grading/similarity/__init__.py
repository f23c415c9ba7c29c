"""Which submissions have code of the same shape. Information for a person who then reads both; it changes no grade.

`shapes` turns code into fingerprints that do not see names, comments and the order of statements; `compare` finds the
pairs that share what hardly anybody else has; `pages` shows the places side by side; `command` is `ecslab similar`.
Why so: design/0010-similarity.md.
"""
