"""What a test has found out and wants told at the end of the run, whichever worker ran it: `record_property("told", text)`."""

from __future__ import annotations


def pytest_terminal_summary(terminalreporter):
    """Tell it."""
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            if getattr(report, "when", None) != "call":
                continue
            for name, text in report.user_properties:
                if name == "told":
                    terminalreporter.section(report.nodeid)
                    terminalreporter.write_line(text)
