"""What the run so far would have cost on AWS: an estimate, in US dollars."""

from __future__ import annotations

from ecsim.view.naming import duration_text
from ecsim.view.prices import AS_OF, SOURCE, STAND_IN, TABLE, Prices
from ecsim.view.rendering import View, escaped, note, page, table, wrapped
from ecsim.view.snapshot import Picture
from ecsim.view.usage import Usage, usage
from ecsim.view.words import label, language

MONTH_HOURS = 730


def cost(picture: Picture, lang: str = "en") -> View:
    """Estimate what real AWS would have asked for the run up to now.

    Fargate by vCPU and GB, from the start of the image pull to STOPPED, at least one minute a task; Application
    Load Balancers by the hour, a part of an hour counting whole. See `ecsim.view.prices` for sources and date.

    Args:
        picture: the cloud.
        lang: "en" or "ja".
    """
    lang = language(lang)
    used = usage(picture)
    if not used.tasks and not used.balancers:
        return note(label(lang, "cost.nothing"), lang=lang)
    prices = TABLE.get(picture.region, TABLE[STAND_IN])
    rows = _rows(used, prices, lang)
    total = used.vcpu_hours * prices.vcpu_hour + used.gb_hours * prices.gb_hour
    total += used.balancer_hours * prices.balancer_hour
    month = MONTH_HOURS * (
        used.running_vcpu * prices.vcpu_hour
        + used.running_gb * prices.gb_hour
        + used.running_balancers * prices.balancer_hour
    )
    notes = _notes(used, picture, lang)
    return View(
        text=_text(rows, total, month, notes, picture, lang),
        html=page(_html(rows, total, month, notes, picture, lang), lang=lang, kind="cost"),
    )


def _rows(used: Usage, prices: Prices, lang: str) -> list[tuple[str, str, str, str]]:
    """What, how much of it, the price of one, and the amount."""
    rows = []
    for key, quantity, price, count in (
        ("cost.vcpu", used.vcpu_hours, prices.vcpu_hour, used.tasks),
        ("cost.memory", used.gb_hours, prices.gb_hour, used.tasks),
        ("cost.balancer", used.balancer_hours, prices.balancer_hour, used.balancers),
    ):
        if count:
            what = label(lang, key, tasks=count, balancers=count)
            many = f"{quantity:.4f}" if isinstance(quantity, float) else str(quantity)
            unit = label(lang, f"{key}.unit")
            rows.append((what, f"{many} {unit}", f"{price:.6f}".rstrip("0"), f"{quantity * price:.4f}"))
    return rows


def _notes(used: Usage, picture: Picture, lang: str) -> list[str]:
    out = []
    if used.tasks:
        minimum = "cost.note.minimum" if used.raised else "cost.note.none_minimum"
        out += [label(lang, minimum, tasks=used.raised), label(lang, "cost.note.requested")]
    if used.balancers:
        out.append(label(lang, "cost.note.balancer"))
    for key, count in (
        ("cost.note.other_launch", used.other_launch),
        ("cost.note.unsized", used.unsized),
        ("cost.note.forgotten", used.forgotten),
    ):
        if count:
            out.append(label(lang, key, tasks=count))
    out.append(label(lang, "cost.note.left_out"))
    region = picture.region if picture.region in TABLE else STAND_IN
    if region != picture.region:
        out.append(label(lang, "cost.note.other_region", region=picture.region, used=region))
    return [*out, label(lang, "cost.note.source", region=region, date=AS_OF, source=SOURCE)]


def _text(
    rows: list[tuple[str, str, str, str]],
    total: float,
    month: float,
    notes: list[str],
    picture: Picture,
    lang: str,
) -> str:
    head = tuple(label(lang, f"cost.{key}") for key in ("item", "quantity", "price", "amount"))
    body = [head, *rows, (label(lang, "cost.total"), "", "", f"{total:.4f}")]
    return "\n".join(
        [
            f"{label(lang, 'cost.title')} ({label(lang, 'cost.estimate')})",
            label(lang, "cost.so_far", time=duration_text(picture.now_ms, lang)),
            *table(body, indent="  "),
            f"{label(lang, 'cost.month')}: ${month:,.2f}",
            *(line for text in notes for line in wrapped(text, first="- ")),
        ]
    )


def _html(
    rows: list[tuple[str, str, str, str]],
    total: float,
    month: float,
    notes: list[str],
    picture: Picture,
    lang: str,
) -> str:
    head = "".join(
        f'<th scope="col">{escaped(label(lang, f"cost.{key}"))}</th>'
        for key in ("item", "quantity", "price", "amount")
    )
    body = "".join("<tr>" + "".join(f"<td>{escaped(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    body += f"<tr><td>{escaped(label(lang, 'cost.total'))}</td><td></td><td></td><td>{total:.4f}</td></tr>"
    so_far = label(lang, "cost.so_far", time=duration_text(picture.now_ms, lang))
    return (
        f'<div class="ev-top"><span class="ev-title">{escaped(label(lang, "cost.title"))}</span>'
        f'<span class="ev-chip">{escaped(label(lang, "cost.estimate"))}</span></div>'
        f'<div class="ev-sum"><p><span class="ev-big">${total:.4f}</span><br>'
        f'<span class="ev-soft">{escaped(so_far)}</span></p>'
        f'<p><span class="ev-big">${month:,.2f}</span><br>'
        f'<span class="ev-soft">{escaped(label(lang, "cost.month"))}</span></p></div>'
        f'<div class="ev-scroll"><table class="ev-bill"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
        f'<div class="ev-fine">{"".join(f"<p>{escaped(text)}</p>" for text in notes)}</div>'
    )
