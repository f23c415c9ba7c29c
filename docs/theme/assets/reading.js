// Blocks that scroll sideways can be reached by keyboard. Material leaves its search dialog without a name.
(() => {
  const named = document.querySelector('[data-md-component="search"][role="dialog"]');
  const input = document.querySelector('[data-md-component="search-query"]');
  if (named && input && !named.hasAttribute("aria-label")) {
    named.setAttribute("aria-label", input.getAttribute("aria-label") || input.placeholder);
  }
  const reach = () => {
    for (const each of document.querySelectorAll(".md-typeset pre.output, .md-typeset .cell-view, .md-typeset__scrollwrap")) {
      if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
      else each.removeAttribute("tabindex");
    }
  };
  addEventListener("resize", reach);
  addEventListener("load", reach);
  reach();
})();
