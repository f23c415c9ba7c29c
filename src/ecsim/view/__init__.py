"""Views: snapshots and journals as text and HTML, in English and Japanese.

A view is a function of a `Picture` and a language; it knows no clock and changes nothing. Sentences live in
`ecsim.view.words`, colours in `ecsim.view.style`.
"""

from ecsim.view.bill import cost
from ecsim.view.cluster_cards import cluster_map
from ecsim.view.happenings import events
from ecsim.view.lanes import timeline
from ecsim.view.reasons import why
from ecsim.view.rendering import View
from ecsim.view.replay import recording
from ecsim.view.snapshot import Picture

__all__ = ["Picture", "View", "cluster_map", "cost", "events", "recording", "timeline", "why"]
