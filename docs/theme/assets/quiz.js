// Quizzes: an answer can be given again and again; each chosen option says why it is right or wrong.
(() => {
  const option = (input) => input.closest(".quiz__option");
  const clear = (form) => {
    for (const each of form.querySelectorAll(".quiz__option")) {
      each.classList.remove("is-right", "is-wrong");
      each.querySelector(".quiz__why").hidden = true;
    }
    const explain = form.querySelector(".quiz__explain");
    if (explain) explain.hidden = true;
    form.querySelector(".quiz__said").textContent = "";
  };
  const judge = (form) => {
    const inputs = [...form.querySelectorAll("input")];
    const chosen = inputs.filter((input) => input.checked);
    const said = form.querySelector(".quiz__said");
    clear(form);
    if (!chosen.length) {
      said.textContent = form.dataset.chooseFirst;
      return;
    }
    const right = (input) => input.dataset.right === "true";
    const passed = inputs.every((input) => input.checked === right(input));
    for (const input of passed ? inputs : chosen) {
      if (input.checked) option(input).classList.add(right(input) ? "is-right" : "is-wrong");
      option(input).querySelector(".quiz__why").hidden = false;
    }
    said.textContent = passed
      ? form.dataset.right
      : chosen.every(right) ? form.dataset.partly : form.dataset.tryAgain;
    const explain = form.querySelector(".quiz__explain");
    if (explain) explain.hidden = !passed;
  };
  for (const form of document.querySelectorAll("form.quiz")) {
    form.classList.add("is-live");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      judge(form);
    });
    form.addEventListener("change", () => clear(form));
  }
})();
