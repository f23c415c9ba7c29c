"""The one style sheet of all views: scoped to `.ecsv`, light and dark, readable by colour-blind people.

Colours follow the reader's system, and where JupyterLab or mkdocs-material say which theme is on, they follow that.
Hues are those of Okabe and Ito (blue, bluish green, orange, vermilion); state is never told by colour alone: marks
and patterns differ too. Text has a contrast of at least 4.5:1 on its ground; a test computes it.
"""

from __future__ import annotations

LIGHT: dict[str, str] = {
    "bg": "#ffffff",
    "card": "#f6f8fa",
    "line": "#d3d9e0",
    "grid": "#e7ebef",
    "text": "#17202b",
    "soft": "#4b5866",
    "accent": "#0a5ca8",
    "good": "#0a6b4f",
    "warn": "#8a4b00",
    "bad": "#b1330a",
    "chip": "#e8edf3",
    "provisioning": "#d5dbe2",
    "on-provisioning": "#17202b",
    "pending": "#b9d3ec",
    "on-pending": "#0d2238",
    "activating": "#7db4e0",
    "on-activating": "#06182a",
    "running": "#1a68ad",
    "on-running": "#ffffff",
    "deactivating": "#f2bd57",
    "on-deactivating": "#2e1e00",
    "stopping": "#e08c4a",
    "on-stopping": "#241000",
    "deprovisioning": "#bdc4cc",
    "on-deprovisioning": "#17202b",
    "stopped": "#8b95a0",
    "on-stopped": "#0d1319",
    "healthy": "#0b7f5e",
    "on-healthy": "#ffffff",
    "unhealthy": "#c24005",
    "on-unhealthy": "#ffffff",
    "initial": "#a9c6e2",
    "draining": "#e3a534",
    "unused": "#c3c9d0",
}
"""The colours by day."""

DARK: dict[str, str] = {
    "bg": "#12171e",
    "card": "#1b222b",
    "line": "#3a4653",
    "grid": "#252e39",
    "text": "#e9eef4",
    "soft": "#abb8c6",
    "accent": "#7cbcf5",
    "good": "#5ad1a9",
    "warn": "#f4bd5c",
    "bad": "#ff946a",
    "chip": "#2a3440",
    "provisioning": "#414c58",
    "on-provisioning": "#f2f5f8",
    "pending": "#2f506e",
    "on-pending": "#eaf3fb",
    "activating": "#34709f",
    "on-activating": "#ffffff",
    "running": "#5aaeef",
    "on-running": "#04121f",
    "deactivating": "#d9a03a",
    "on-deactivating": "#1d1300",
    "stopping": "#e5884a",
    "on-stopping": "#1f0d00",
    "deprovisioning": "#5f6a76",
    "on-deprovisioning": "#ffffff",
    "stopped": "#7d8894",
    "on-stopped": "#05080b",
    "healthy": "#3fc79b",
    "on-healthy": "#03170f",
    "unhealthy": "#ff7a45",
    "on-unhealthy": "#1f0800",
    "initial": "#3d6689",
    "draining": "#e0aa45",
    "unused": "#525d69",
}
"""The colours by night."""

TASK_STATES = (
    "PROVISIONING",
    "PENDING",
    "ACTIVATING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
)
TARGET_STATES = ("initial", "healthy", "unhealthy", "draining", "unused")


def _variables(colours: dict[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in colours.items())


_RULES = """
.ecsv{background:var(--bg);color:var(--text);border:1px solid var(--line);border-radius:10px;padding:14px 16px;
margin:4px 0 12px;font:13px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Hiragino Sans","Noto Sans JP",
"Noto Sans CJK JP","Yu Gothic UI",Meiryo,sans-serif;text-align:left;container-type:inline-size;overflow-wrap:anywhere}
.ecsv *{box-sizing:border-box}
.ecsv p,.ecsv ol,.ecsv ul,.ecsv dl,.ecsv dd{margin:0;padding:0;list-style:none;font-size:inherit;line-height:inherit}
.ecsv li{margin:0;font-size:inherit;line-height:inherit}
.ecsv .ev-mono,.ecsv .ev-id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK JP",monospace;
font-size:.92em}
.ecsv .ev-top{display:flex;flex-wrap:wrap;gap:2px 10px;align-items:baseline;margin:0 0 10px}
.ecsv .ev-title{font-size:16px;font-weight:650;letter-spacing:-.005em}
.ecsv .ev-kind{color:var(--soft);font-size:12px}
.ecsv .ev-clock{margin-left:auto;color:var(--soft);font-variant-numeric:tabular-nums}
.ecsv .ev-soft{color:var(--soft)}
.ecsv .ev-good{color:var(--good)}.ecsv .ev-warn{color:var(--warn)}.ecsv .ev-bad{color:var(--bad)}
.ecsv .ev-note{color:var(--soft);margin:0}
.ecsv .ev-legend+.ev-note{margin-top:8px}
.ecsv .ev-plot~.ev-note{font-size:12px}
.ecsv .ev-chip{display:inline-block;background:var(--chip);color:var(--text);border-radius:5px;padding:0 6px;
font-size:11.5px;line-height:1.65;white-space:nowrap}
.ecsv .ev-pill{display:inline-block;border-radius:5px;padding:0 7px;font-size:11px;line-height:1.7;font-weight:600;
letter-spacing:.02em;white-space:nowrap;background:var(--f);color:var(--i)}
.ecsv .ev-dot{font-size:12px;margin-right:3px}
.ecsv svg{display:block;max-width:none;height:auto;overflow:hidden;background:none;margin:0}
.ecsv svg text{font-family:inherit;fill:var(--text)}
.ecsv svg .ev-t-soft{fill:var(--soft)}.ecsv svg .ev-t-mono{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.ecsv svg .ev-f{fill:var(--f)}.ecsv svg .ev-on{fill:var(--i)}
.ecsv svg .ev-share{fill:var(--healthy);fill-opacity:.42}
.ecsv svg .ev-grid{stroke:var(--grid);stroke-width:1}.ecsv svg .ev-rule{stroke:var(--line);stroke-width:1}
.ecsv .ev-legend{display:flex;flex-wrap:wrap;gap:3px 14px;margin-top:10px;color:var(--soft);font-size:11.5px}
.ecsv .ev-legend>li{display:flex;align-items:center;gap:5px;white-space:nowrap}
.ecsv .ev-legend.ev-wide>li{white-space:normal}
.ecsv .ev-swatch{flex:none;width:16px;height:11px;border-radius:3px;background:var(--f)}
.ecsv .ev-swatch.ev-thin{height:5px}
.ecsv .ev-plot{display:flex;align-items:flex-start}
.ecsv .ev-plot>svg:first-child{flex:none}
.ecsv .ev-plot>svg.ev-lanes{flex:1 1 0;width:0;min-width:0;overflow:visible;margin-right:4px}
.ecsv .ev-legend+.ev-legend{margin-top:3px}
.ecsv details{margin:10px 0 0;padding:0;border:0;background:none;box-shadow:none;font-size:inherit;color:inherit;
overflow:visible}
.ecsv summary{cursor:pointer;color:var(--soft);font-size:12px;font-weight:400;margin:0;padding:2px 0;border:0;
background:none;min-height:0;display:list-item;list-style:disclosure-closed inside}
.ecsv details[open]>summary{list-style-type:disclosure-open}
.ecsv summary::before,.ecsv summary::after{display:none;content:none}
"""

_MAP = """
.ecsv .ev-lb{border:1px solid var(--line);border-radius:8px;padding:8px 12px;margin:0 0 12px;background:var(--card)}
.ecsv .ev-flow{display:flex;flex-wrap:wrap;align-items:center;gap:4px 8px}
.ecsv .ev-flow+.ev-flow{margin-top:4px}
.ecsv .ev-arrow{color:var(--soft)}
.ecsv .ev-service{border-top:1px solid var(--line);padding:12px 0 4px}
.ecsv .ev-service>.ev-top{margin-bottom:6px}
.ecsv .ev-name{font-size:14.5px;font-weight:650}
.ecsv .ev-numbers{display:flex;flex-wrap:wrap;gap:2px 14px;font-variant-numeric:tabular-nums}
.ecsv .ev-numbers b{font-weight:650}
.ecsv .ev-deps{display:grid;gap:3px;margin:6px 0 10px}
.ecsv .ev-dep{display:flex;flex-wrap:wrap;gap:2px 8px;align-items:center;font-size:12px}
.ecsv .ev-zones{display:grid;grid-template-columns:repeat(auto-fit,minmax(232px,1fr));gap:10px}
.ecsv .ev-zone{border:1px dashed var(--line);border-radius:8px;padding:8px}
.ecsv .ev-zone>p{color:var(--soft);font-size:11.5px;margin:0 0 6px;display:flex;justify-content:space-between}
.ecsv .ev-cards{display:grid;gap:7px}
.ecsv .ev-many .ev-cards{grid-template-columns:repeat(auto-fill,minmax(104px,1fr));gap:5px}
.ecsv .ev-task{border:1px solid var(--line);border-left:4px solid var(--f);border-radius:6px;background:var(--card);
padding:6px 8px;min-width:0}
.ecsv .ev-host{border:1px solid var(--line);border-radius:6px;background:var(--card);padding:6px 8px;min-width:0}
.ecsv .ev-meter{display:grid;grid-template-columns:8em minmax(24px,1fr) max-content;gap:0 8px;
align-items:center;font-size:11.5px;margin-top:2px}
.ecsv .ev-bar{display:block;height:7px;border-radius:4px;background:var(--chip);border:1px solid var(--line);overflow:hidden}
.ecsv .ev-bar i{display:block;height:100%;background:var(--running)}
.ecsv .ev-sits{display:grid;gap:3px;margin-top:6px}
.ecsv .ev-sits li{display:flex;flex-wrap:wrap;gap:0 8px;align-items:center;font-size:12px}
.ecsv .ev-sits li[class^="s-"]{border-left:4px solid var(--f);padding-left:6px}
.ecsv .ev-task .ev-row,.ecsv .ev-host .ev-row{display:flex;flex-wrap:wrap;gap:1px 8px;align-items:center;justify-content:space-between}
.ecsv .ev-task .ev-row+.ev-row,.ecsv .ev-host .ev-row+.ev-row{margin-top:2px}
.ecsv .ev-containers{margin-top:4px;border-top:1px solid var(--grid);padding-top:3px;font-size:12px}
.ecsv .ev-containers li{display:flex;flex-wrap:wrap;gap:0 8px;justify-content:space-between}
.ecsv .ev-stopped{font-size:12px;margin-top:8px}
.ecsv .ev-stopped li{padding:2px 0;display:grid;align-items:start;grid-template-columns:auto auto 1fr;gap:0 8px}
"""

_LISTS = """
.ecsv .ev-log>li{display:grid;grid-template-columns:max-content 1fr;gap:0 12px;padding:5px 0;
border-top:1px solid var(--grid)}
.ecsv .ev-log>li:first-child{border-top:0}
.ecsv .ev-when{color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap;font-size:12px;padding-top:1px}
.ecsv .ev-when i{font-style:normal;display:block;font-size:11px}
.ecsv .ev-log .ev-mark{display:inline-block;min-width:1.9em;font-weight:700}
.ecsv .ev-code{display:block;color:var(--soft);font-size:11px}
.ecsv .ev-anchor{font-weight:600}
.ecsv .ev-sum{display:flex;flex-wrap:wrap;gap:4px 28px;align-items:baseline;margin:0 0 10px}
.ecsv .ev-big{font-size:26px;font-weight:650;font-variant-numeric:tabular-nums}
.ecsv .ev-scroll{overflow-x:auto}
.ecsv .ev-bill tr,.ecsv .ev-bill tr:hover{background:none}
.ecsv table.ev-bill{table-layout:auto;border-collapse:collapse;width:100%;font-size:12.5px;margin:0;display:table;border:0}
.ecsv table.ev-bill th,.ecsv table.ev-bill td{padding:4px 8px;border:0;border-top:1px solid var(--grid);text-align:right;
vertical-align:top;font-variant-numeric:tabular-nums;background:none;color:var(--text);white-space:nowrap}
.ecsv table.ev-bill th{color:var(--soft);font-weight:600;border-top:0}
.ecsv table.ev-bill th:first-child,.ecsv table.ev-bill td:first-child{text-align:left;white-space:normal;min-width:9em}
.ecsv table.ev-bill tr:last-child td{border-top:1px solid var(--line);font-weight:650}
.ecsv .ev-fine{color:var(--soft);font-size:11.5px;margin-top:10px}
.ecsv .ev-fine p+p{margin-top:3px}
.ecsv .ev-narrow{display:none}
@container (max-width:760px){.ecsv .ev-tick2,.ecsv .ev-word2{display:none}}
@container (max-width:560px){.ecsv .ev-word,.ecsv .ev-tick4{display:none}.ecsv .ev-narrow{display:inline}.ecsv .ev-clock{margin-left:0;width:100%}
.ecsv .ev-log>li{grid-template-columns:1fr}.ecsv .ev-when i{display:inline;margin-left:8px}}
@container (max-width:440px){.ecsv table.ev-bill tr>:nth-child(3){display:none}}
@media (max-width:600px){.ecsv{padding:12px}}
@media print{.ecsv{break-inside:avoid}}
"""


def _states() -> str:
    tasks = "".join(f".ecsv .s-{s}{{--f:var(--{s.lower()});--i:var(--on-{s.lower()})}}" for s in TASK_STATES)
    targets = "".join(f".ecsv .t-{s}{{--f:var(--{s})}}" for s in TARGET_STATES)
    rollout = (
        ".ecsv .r-IN_PROGRESS{--f:var(--activating);--i:var(--on-activating)}"
        ".ecsv .r-COMPLETED{--f:var(--healthy);--i:var(--on-healthy)}"
        ".ecsv .r-FAILED{--f:var(--unhealthy);--i:var(--on-unhealthy)}"
    )
    stages = "".join(
        f".ecsv .g-{kind}{{--f:var(--{colour});--i:var(--on-{colour})}}"
        for kind, colour in (
            ("scale", "activating"),
            ("test", "pending"),
            ("shift", "running"),
            ("bake", "deactivating"),
            ("clean", "deprovisioning"),
        )
    )
    hosts = (
        ".ecsv .h-ACTIVE{--f:var(--healthy);--i:var(--on-healthy)}"
        ".ecsv .h-DRAINING{--f:var(--deactivating);--i:var(--on-deactivating)}"
    )
    return tasks + targets + rollout + stages + hosts


def _sheet() -> str:
    """The whole sheet. `.ecsv` thrice outweighs what notebooks and sites say about lists, tables and details."""
    light, dark = _variables(LIGHT), _variables(DARK)
    themes = (
        f".ecsv{{{light}color-scheme:light}}"
        f"@media (prefers-color-scheme:dark){{.ecsv{{{dark}color-scheme:dark}}}}"
        f'[data-jp-theme-light="true"] .ecsv,[data-md-color-scheme="default"] .ecsv{{{light}color-scheme:light}}'
        f'[data-jp-theme-light="false"] .ecsv,[data-md-color-scheme="slate"] .ecsv{{{dark}color-scheme:dark}}'
        f"@media print{{.ecsv,[data-jp-theme-light] .ecsv,[data-md-color-scheme] .ecsv{{{light}}}}}"
    )
    rules = (_states() + _RULES + _MAP + _LISTS).replace("\n", "")
    return themes + rules.replace(".ecsv ", ".ecsv.ecsv.ecsv ")


CSS = _sheet()
"""The style sheet, ready for a `<style>` element."""
