// Blocks that scroll sideways can be reached by keyboard. Material leaves its search dialog without a name.
(() => {
  const named = document.querySelector('[data-md-component="search"][role="dialog"]');
  const input = document.querySelector('[data-md-component="search-query"]');
  if (named && input && !named.hasAttribute("aria-label")) {
    named.setAttribute("aria-label", input.getAttribute("aria-label") || input.placeholder);
  }
  // The theme makes a landmark of each block's copy button; hundreds of them are no help.
  const plain = () => {
    for (const each of document.querySelectorAll("nav.md-code__nav:not([role])")) each.setAttribute("role", "none");
  };
  new MutationObserver(plain).observe(document.body, { childList: true, subtree: true });
  plain();

  // A term's meaning stays inside the window.
  const keep = (event) => {
    const term = event.target.closest && event.target.closest(".term");
    if (!term) return;
    const tip = term.nextElementSibling;
    tip.style.removeProperty("--shift");
    const { left, right } = tip.getBoundingClientRect();
    const over = right - document.documentElement.clientWidth + 12;
    if (over > 0) tip.style.setProperty("--shift", `${-Math.min(over, left - 8)}px`);
  };
  addEventListener("mouseover", keep);
  addEventListener("focusin", keep);

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
