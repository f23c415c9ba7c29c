"""Every reason code of the data plane, with the fields that its wording may use.

`ecsim.view.words` words each of them in English and Japanese. The entry of kind `http` in the journal has the code
in `code` and these fields in `why`.
"""

from __future__ import annotations

REASONS: dict[str, tuple[str, ...]] = {
    # The balancer answers for itself (ecs-behaviour.md 8.3)
    "http.no_targets": ("target_group", "draining"),
    "http.connection_refused": ("task", "address", "port"),
    "http.connection_closed": ("task", "address"),
    "http.deregistration_delay_over": ("task", "address"),
    "http.connect_timeout": ("task", "address", "timeout_s"),
    "http.idle_timeout": ("task", "address", "timeout_s"),
    "http.action_not_simulated": ("action",),
    "http.plain_http_to_https": ("host", "port"),
    # No balancer answers: the client has a connection error
    "http.unknown_host": ("host",),
    "http.no_listener": ("host", "port"),
    "http.no_answer": ("host", "port", "timeout_s"),
    "http.refused": ("host", "port"),
    "http.closed": ("host", "port"),
    "http.tls_failed": ("host", "port"),
    "http.certificate_mismatch": ("host", "names"),
    "http.client_gave_up": ("host", "port", "timeout_s"),
    "http.bad_url": ("url",),
}
"""Code to field names."""
