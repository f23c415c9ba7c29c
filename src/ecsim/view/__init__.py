"""Snapshots and journals as text, HTML and SVG, in English and Japanese."""
