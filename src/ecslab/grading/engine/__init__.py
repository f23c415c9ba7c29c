"""How many submissions are graded: on this machine's cores, on a Dask cluster, in shards; and going on after a stop.

A task is (submission, manifest, options) -> result, and nothing else goes in: whoever grades it, whenever and however
often, the result is the same. So trying again, resuming, and spreading over machines need no care for order. `work`
says what a submission is graded by; `pool` grades on this machine.
"""
