// Every page can be read, and its simple forms sent, without this file. It moves things in place (htmx), keeps the theme,
// previews what a form would come to, and lets an act be taken back.
import "htmx.org";
import * as arrange from "./arrange.js";
import * as picker from "./picker.js";
import * as planEditor from "./plan-editor.js";
import * as undo from "./undo.js";

const root = document.documentElement;
root.classList.add("js");

// "/" goes to the search field.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const field = document.querySelector("[data-find]");
  if (event.key === "/" && !typing && field) {
    event.preventDefault();
    field.focus();
  }
});

// What was searched for comes in place: the keyboard and the suggestions give way to it.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[role=search]")) document.activeElement?.blur();
});
document.addEventListener("click", (event) => {
  if (event.target.closest(".suggest a")) document.activeElement?.blur();
});

// The theme changes at once; the form that carries it tells the server, which draws it from then on.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-switch]");
  if (!form) return;
  event.preventDefault();
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  const answer = new FormData(form);
  answer.set("theme", root.dataset.theme);
  fetch(form.action, { method: "POST", body: answer, redirect: "manual" });
  document.dispatchEvent(new Event("themechange"));
});

// One act, one request: a second press of the same button does nothing. Coming back by "Back" makes it ready again.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) event.preventDefault();
  form.dataset.sent = "1";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

function ready(part) {
  for (const each of [undo, picker, planEditor, arrange]) each.ready(part);
  // Forms with a live preview: ask for the table that the server computes whenever a figure changes.
  for (const form of part.querySelectorAll("[data-preview]")) {
    const box = form.querySelector("[data-preview-box]");
    const update = async () => {
      const price = form.querySelector("[name=price]");
      const rate = form.querySelector("[data-preview-rate]");
      if (!rate.value) return;
      const query = new URLSearchParams({ fragment: "1", price: price ? price.value : "", rate: rate.value });
      const answer = await fetch(`${form.dataset.preview}?${query}`);
      if (answer.ok) box.innerHTML = await answer.text();
    };
    let waiting;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(update, 250);
    });
    update();
  }
  // "One more row": copy the formset's empty row.
  for (const button of part.querySelectorAll("[data-add-row]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const total = document.querySelector(`[name=${button.dataset.addRow}-TOTAL_FORMS]`);
      const row = document.getElementById(`${button.dataset.addRow}-empty`).content.cloneNode(true);
      for (const part of row.querySelectorAll("[name], [id], [for]")) {
        for (const name of ["name", "id", "for"]) {
          if (part.hasAttribute(name)) {
            part.setAttribute(name, part.getAttribute(name).replace("__prefix__", total.value));
          }
        }
      }
      button.before(row);
      total.value = Number(total.value) + 1;
    });
  }
  // All boxes of a table by the one in its head.
  for (const all of part.querySelectorAll("[data-check-all]")) {
    all.addEventListener("change", () => {
      for (const box of document.querySelectorAll(`input[name="${all.dataset.checkAll}"]`)) {
        box.checked = all.checked;
        box.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
  // How many boxes are chosen: [data-chosen=name] shows it, and is hidden while none is.
  for (const count of part.querySelectorAll("[data-chosen]")) {
    const name = count.dataset.chosen;
    const all = count.querySelector("[data-choose-all]");
    const update = () => {
      const boxes = document.querySelectorAll(`input[name="${name}"]:checked`).length;
      const chosen = all?.checked ? count.dataset.chosenAll : boxes;
      for (const figure of count.querySelectorAll("[data-chosen-count]")) figure.textContent = chosen;
      count.hidden = !boxes && !all?.checked;
    };
    document.addEventListener("change", (event) => (event.target.name === name || event.target === all) && update());
    update();
  }
  // A field that narrows the list beside it as one types.
  for (const field of part.querySelectorAll("[data-narrows]")) {
    field.hidden = false;
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const item of document.querySelectorAll(`${field.dataset.narrows} > *`)) {
        const text = item.textContent.toLowerCase();
        item.hidden = !words.every((word) => text.includes(word));
      }
    });
  }
}
ready(document);
document.addEventListener("htmx:after:swap", (event) => ready(event.target.nodeType === 1 ? event.target : document));

// Copy to the clipboard what a button names.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.dataset.copied = "1";
  const said = button.querySelector("[data-copied-text]");
  if (said) said.hidden = false;
});

// A list beside its open item: what was pressed is the one that is open.
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("[data-open-list] a[hx-get]");
  if (!pressed) return;
  for (const link of pressed.closest("[data-open-list]").querySelectorAll("[aria-current]")) {
    link.removeAttribute("aria-current");
  }
  pressed.setAttribute("aria-current", "true");
});

// An open menu closes when one clicks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details[data-menu][open]")) menu.open = false;
});

// Charts weigh more than everything else: only a page that has one loads them.
if (document.querySelector("[data-chart]")) {
  import(document.body.dataset.charts);
}
