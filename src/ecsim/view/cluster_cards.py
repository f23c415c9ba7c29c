"""The map of the cloud: clusters, load balancers, services, and their tasks as cards by Availability Zone."""

from __future__ import annotations

from ecsim.view.cards_html import clusters_html
from ecsim.view.cards_text import clusters_text
from ecsim.view.layout import layout
from ecsim.view.rendering import View, note, page
from ecsim.view.snapshot import Picture
from ecsim.view.words import label, language


def cluster_map(picture: Picture, lang: str = "en") -> View:
    """What is there now.

    Args:
        picture: the cloud.
        lang: "en" or "ja".
    """
    lang = language(lang)
    if not picture.clusters:
        return note(label(lang, "map.empty"), lang=lang)
    clusters = [layout(picture, cluster) for cluster in picture.clusters]
    return View(
        text=clusters_text(picture, clusters, lang),
        html=page(clusters_html(picture, clusters, lang), lang=lang, kind="map"),
    )
