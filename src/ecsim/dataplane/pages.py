"""The pages that a load balancer makes itself, and what curl says when nobody answers."""

from __future__ import annotations

from collections.abc import Mapping

TITLES = {
    400: "400 Bad Request",
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}
HEADERS = {"server": "awselb/2.0", "content-type": "text/html"}


def page(status: int) -> str:
    """The HTML that an Application Load Balancer answers with."""
    title = TITLES[status]
    return (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
    )


def curl_says(code: str, why: Mapping[str, object]) -> str:
    """A connection error in curl's words, with its exit code in front. Source: curl(1), exit codes."""
    host, port = why.get("host"), why.get("port")
    match code:
        case "http.unknown_host":
            return f"curl: (6) Could not resolve host: {host}"
        case "http.no_listener" | "http.refused":
            return f"curl: (7) Failed to connect to {host} port {port}: Connection refused"
        case "http.no_answer":
            return (
                f"curl: (28) Connection to {host} port {port} timed out after {why.get('timeout_s')} seconds"
            )
        case "http.client_gave_up":
            return (
                f"curl: (28) Operation timed out after {why.get('timeout_s')} seconds with 0 bytes received"
            )
        case "http.certificate_mismatch":
            return (
                f"curl: (60) SSL: no alternative certificate subject name matches target host name '{host}'"
            )
        case "http.tls_failed":
            return f"curl: (35) {host} port {port} does not speak TLS: wrong version number"
        case "http.closed":
            return f"curl: (52) Empty reply from server {host} port {port}"
    return f"curl: (3) URL rejected: {why.get('url')}"
