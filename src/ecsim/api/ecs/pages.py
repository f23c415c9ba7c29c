"""Paging: `maxResults` and `nextToken`.

A token names the last item that was shown, so that items which come and go between two pages shift nothing.
"""

from __future__ import annotations

import base64
import binascii
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from ecsim.api.ecs.refusals import invalid_parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

PAGE_MAX = 100

_Item = TypeVar("_Item")


def page(
    items: Iterable[_Item],
    params: Mapping[str, Any],
    *,
    key: Callable[[_Item], str],
    fits: Callable[[_Item], bool],
    size: int = PAGE_MAX,
) -> tuple[list[str], str | None]:
    """One page of the keys of items that fit; nothing behind it is looked at, except for whether there is more.

    The last item shown may have ceased to fit when the next page is asked for, so it is looked for among all items.

    Args:
        items: in an order that does not change.
        params: the request.
        key: the name or ARN of an item, distinct.
        fits: whether an item is wanted.
        size: how many a page has when the caller does not say.

    Raises:
        ApiError: `maxResults` or `nextToken` is wrong.
    """
    wanted = params.get("maxResults") or size
    if not 1 <= wanted <= PAGE_MAX:
        raise invalid_parameter(f"maxResults must be between 1 and {PAGE_MAX}")
    rest = iter(items)
    token = params.get("nextToken")
    if token:
        _skip(rest, key, _last_shown(token))
    fitting = (key(item) for item in rest if fits(item))
    shown = list(islice(fitting, wanted))
    more = next(fitting, None) is not None
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


def _skip(items: Iterator[_Item], key: Callable[[_Item], str], last: str) -> None:
    """Go past the last item shown.

    Raises:
        ApiError: it is no longer there.
    """
    for item in items:
        if key(item) == last:
            return
    raise invalid_parameter("Invalid token.")
