"""The files of a run. One module a format; each makes text of results and their scores, and touches nothing else.

`write.write_outputs` writes them all. What learners wrote may be in every one of them (names, messages, values of
their calls): each format neutralises it in its own way, see `inert`. Files for learners (`feedback/`, `gradescope/`,
`junit.xml`, the GitHub summary and annotations, LMS imports) say of hidden checks their points and nothing else; files
for the instructor (`results.json`, `audit.jsonl`) say everything.
"""
