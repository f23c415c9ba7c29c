"""The jail around a learner's kernel: what a process can no longer do, whatever runs in it.

`tiers` says which walls this machine offers, `enter` puts a process behind them, `watch` keeps count of what it uses.
Only Python's own library and the kernel's system calls: nothing to install, and a warm process can be jailed after it
was forked (design/0008-jail.md).
"""
