"""A service's events, as DescribeServices gives them, oldest first."""

from __future__ import annotations

from ecsim.view.happened import message_of
from ecsim.view.history import ServiceHistory, find_service, service_history
from ecsim.view.lanes import no_service
from ecsim.view.lines import LINES_MAX, Line, as_html, as_text
from ecsim.view.rendering import View, note, page
from ecsim.view.snapshot import Picture
from ecsim.view.words import label, language


def events(picture: Picture, service: str, lang: str = "en") -> View:
    """The events of a service in AWS's own words, which stay English in every language.

    Args:
        picture: the cloud.
        service: its name, `<cluster>/<service>`, or its ARN.
        lang: "en" or "ja".
    """
    lang = language(lang)
    subject = find_service(picture, service)
    if subject is None:
        return no_service(picture, service, lang)
    history = service_history(picture, subject)
    if not history.events:
        return note(label(lang, "events.nothing", service=history.name), lang=lang)
    lines = _lines(history)
    left = max(0, len(lines) - LINES_MAX)
    title, lines = label(lang, "events.title", service=history.name), lines[left:]
    return View(
        text=as_text(title, lines, left, lang),
        html=page(as_html(title, lines, left, lang), lang=lang, kind="events"),
    )


def _lines(history: ServiceHistory) -> list[Line]:
    return [Line(at_ms=entry.at_ms, text=message_of(entry), kind="event") for entry in history.events]
