"""Paging: `maxResults` and `nextToken`.

A token names the last item that was shown, so that items which come and go between two pages shift nothing.
"""

from __future__ import annotations

import base64
import binascii
from itertools import islice
from typing import TYPE_CHECKING, Any

from ecsim.api.ecs.refusals import invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PAGE_MAX = 100


def page(
    items: Iterable[str], params: Mapping[str, Any], *, size: int = PAGE_MAX, size_max: int = PAGE_MAX
) -> tuple[list[str], str | None]:
    """One page of names or ARNs; nothing behind the page is looked at, except to know whether there is more.

    Args:
        items: distinct names or ARNs, in an order that does not change.
        params: the request.
        size: how many a page has when the caller does not say.
        size_max: how many the caller may ask for.

    Returns:
        The items of the page, and the token of the next one or None.

    Raises:
        ApiError: `maxResults` or `nextToken` is wrong.
    """
    wanted = params.get("maxResults") or size
    if not 1 <= wanted <= size_max:
        raise invalid_parameter(f"maxResults must be between 1 and {size_max}")
    rest = iter(items)
    token = params.get("nextToken")
    if token:
        _skip(rest, _last_shown(token))
    shown = list(islice(rest, wanted))
    more = next(rest, None) is not None
    return shown, _token(shown[-1]) if more else None


def paged(member: str, found: tuple[list[str], str | None]) -> dict[str, Any]:
    """A page as the members of a response."""
    items, token = found
    return {member: items} | ({"nextToken": token} if token else {})


def _token(last: str) -> str:
    return base64.urlsafe_b64encode(last.encode()).decode()


def _last_shown(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token.encode()).decode()
    except (binascii.Error, ValueError) as wrong:
        raise invalid_parameter("Invalid token.") from wrong


def _skip(items: Iterator[str], last: str) -> None:
    """Go past the last item shown.

    Raises:
        ApiError: it is no longer there.
    """
    for item in items:
        if item == last:
            return
    raise invalid_parameter("Invalid token.")
