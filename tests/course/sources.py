"""A small lab to be read, and ways to spoil it."""

from __future__ import annotations

HEAD = """---
kernelspec: {name: python3, display_name: Python 3}
ecslab:
  lab: 99-small
  version: 3
  seed: 5
  points: 2
  title: {en: Small, ja: 小さなラボ}
---

"""

INTRO = """+++ {"key": "intro", "role": "prose", "lang": "en"}

# Small {{ port }}

+++ {"key": "intro", "role": "prose", "lang": "ja"}

# 小さなラボ {{ port }}

"""

CODE = """```{code-cell} ipython3
:key: start
:role: given

from ecslab import lab
cloud = lab.start("99-small")
```

```{code-cell} ipython3
:key: answer
:role: answer

kept = 1
### solution
found = kept + 1
### starter
found = None
### end
```

```{code-cell} ipython3
:key: check
:role: check
:points: 2

lab.check("1.1", answer=found)
```
"""

SMALL = HEAD + INTRO + CODE


def write(folder, text=SMALL):
    """A lab's folder with this lab.md; returns the path of lab.md."""
    lab = folder / "99-small"
    lab.mkdir(exist_ok=True)
    path = lab / "lab.md"
    path.write_text(text, encoding="utf-8")
    return path
