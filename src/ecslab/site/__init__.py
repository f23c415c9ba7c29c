"""The course site: its Markdown, its pictures, its build, its tests' tools, and `ecslab start`.

Pages are plain Markdown in docs/en and docs/ja, read by mkdocs with the extension `ecslab.site.fences`.
Nothing here is a mkdocs plugin: any generator that uses Python-Markdown builds the same pages.
"""
