"""The timeline of a service: a lane for each task, the deployments, the events, and the two percents at work."""

from __future__ import annotations

from ecsim.view.history import find_service, known_services, last_part, service_history
from ecsim.view.lanes_svg import drawn
from ecsim.view.lanes_text import written
from ecsim.view.rendering import View, note, page
from ecsim.view.scene import scene
from ecsim.view.snapshot import Picture
from ecsim.view.window import window
from ecsim.view.words import label, language


def timeline(
    picture: Picture,
    service: str,
    lang: str = "en",
    start_ms: int | None = None,
    end_ms: int | None = None,
) -> View:
    """What happened to a service, over time.

    Args:
        picture: the cloud.
        service: its name, `<cluster>/<service>`, or its ARN.
        lang: "en" or "ja".
        start_ms: from when on; by default the beginning of the latest stretch in which something happened.
        end_ms: until when; by default now, or a little after the last change when that was long ago.
    """
    lang = language(lang)
    subject = find_service(picture, service)
    if subject is None:
        return no_service(picture, service, lang)
    history = service_history(picture, subject)
    if not history.activity:
        return note(label(lang, "tl.nothing", service=history.name), lang=lang)
    shown = window(history.activity, picture.now_ms, start_ms, end_ms, history.shifts.busy())
    gathered = scene(picture, history, shown, lang)
    return View(text=written(gathered), html=page(drawn(gathered), lang=lang, kind="timeline"))


def no_service(picture: Picture, service: str, lang: str) -> View:
    """The view of a service that is not there: it says which ones are."""
    known = known_services(picture)
    key = "no_service" if known else "no_services"
    names = ", ".join(last_part(subject) for subject in known)
    return note(label(lang, key, service=service, services=names), lang=lang)
