"""Containers are programs: what an image does when it is started, asked, signalled and ended."""
