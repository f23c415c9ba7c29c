// "Open the lab": opens the learner's copy in JupyterLab where there is one, and tells how to get there elsewhere.
(() => {
  const open = (button) => {
    const labs = globalThis.ecslabHost && globalThis.ecslabHost.labs;
    if (labs) {
      location.href = `${labs}${button.dataset.lang}/${button.dataset.lab}.ipynb`;
      return;
    }
    const hint = button.parentElement.querySelector(".lab-open__hint");
    hint.textContent = hint.dataset.hint;
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-lab]");
    if (button) open(button);
  });
})();
