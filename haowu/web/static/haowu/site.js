// Progressive enhancement only: every page works without it.
"use strict";

// Forms with a live preview: fetch the table that the server computes whenever price or rate change.
for (const form of document.querySelectorAll("[data-preview]")) {
  const box = form.querySelector("[data-preview-box]");
  const update = async () => {
    const price = form.querySelector("[name=price]"), rate = form.querySelector("[data-preview-rate]");
    if (!rate.value) { return; }
    const query = new URLSearchParams({ fragment: "1", price: price ? price.value : "", rate: rate.value });
    const answer = await fetch(`${form.dataset.preview}?${query}`);
    if (answer.ok) { box.innerHTML = await answer.text(); }
  };
  let waiting;
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(update, 250); });
  update();
}

// "One more row": copy the formset's empty row.
for (const button of document.querySelectorAll("[data-add-row]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const total = document.querySelector(`[name=${button.dataset.addRow}-TOTAL_FORMS]`);
    const row = document.getElementById(`${button.dataset.addRow}-empty`).content.cloneNode(true);
    for (const part of row.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) {
        if (part.hasAttribute(name)) { part.setAttribute(name, part.getAttribute(name).replace("__prefix__", total.value)); }
      }
    }
    button.before(row);
    total.value = Number(total.value) + 1;
  });
}
