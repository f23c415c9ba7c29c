"""In the kernel: outputs of a cell are cut after so many bytes.

This spares an honest mistake, such as a loop that prints without end, its cost. It is no wall: the code that runs in
the kernel could undo it, so the grader's client counts for itself.
"""

from __future__ import annotations

from typing import Any, Final

_COUNTED: Final = ("stream", "display_data", "execute_result", "update_display_data")
_SHORT: Final = 200
MARK: Final = "[cut: this cell has more than"


def cut(session: Any, most: int) -> None:
    """Let a session send at most so many characters of outputs for each cell.

    Args:
        session: the kernel's `jupyter_client.session.Session`.
        most: characters of one cell.
    """
    send = session.send
    sent: dict[str, int] = {}

    def sparing(
        stream: Any, msg_or_type: Any, content: Any = None, parent: Any = None, *rest: Any, **more: Any
    ) -> Any:
        whole = isinstance(msg_or_type, dict)
        kind = msg_or_type.get("msg_type") if whole else msg_or_type
        if kind in _COUNTED:
            about = msg_or_type if whole else {"content": content, "parent_header": parent or {}}
            cell = _cell(about.get("parent_header") or {})
            before = sent.get(cell, 0)
            sent[cell] = before + _size(about.get("content") or {})
            if before > most:
                return None
            if sent[cell] > most + _SHORT:
                text = f"{MARK} {most:,} characters of outputs]\n"
                return send(
                    stream, "stream", {"name": "stderr", "text": text}, parent=about.get("parent_header")
                )
        return send(stream, msg_or_type, content, parent, *rest, **more)

    session.send = sparing


def _cell(parent: Any) -> str:
    return str(parent.get("header", parent).get("msg_id"))


def _size(content: Any) -> int:
    data = content.get("data")
    values = data.values() if isinstance(data, dict) else [content.get("text", "")]
    return sum(len(one) if isinstance(one, str) else len(repr(one)) for one in values)
