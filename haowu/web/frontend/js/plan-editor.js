// The editor of a plan: who is picked becomes a row with a rate of its own, and every row shows what a sale brings.
function fill(row, option) {
  const [face, words] = option.children;
  row.querySelector("[data-face]").replaceChildren(face.cloneNode(true));
  row.querySelector("[data-name]").textContent = words.querySelector(".t").textContent;
  row.querySelector("[data-note]").textContent = words.querySelector("small").textContent;
  row.querySelector("[name$=-streamer]").value = option.dataset.code;
  row.dataset.known = "1";
}

function start(form) {
  const rows = form.querySelector("#streamers");
  const total = form.querySelector("[name=streamers-TOTAL_FORMS]");
  const blank = document.getElementById("streamers-empty");
  const codeOf = (row) => row.querySelector("[name$=-streamer]");

  for (const row of rows.children) row.hidden = !codeOf(row).value;

  form.addEventListener("picked", (event) => {
    if (!event.target.matches("[data-adds]")) return;
    const { option } = event.detail;
    if ([...rows.children].some((row) => codeOf(row).value === option.dataset.code)) return;
    const part = blank.content.cloneNode(true);
    for (const each of part.querySelectorAll("[name], [id], [for]")) {
      for (const name of ["name", "id", "for"]) {
        if (each.hasAttribute(name)) each.setAttribute(name, each.getAttribute(name).replace("__prefix__", total.value));
      }
    }
    const row = part.firstElementChild;
    fill(row, option);
    const before = [...rows.children].filter((each) => !each.hidden).pop();
    if (before) row.querySelector("[name$=-bps]").value = before.querySelector("[name$=-bps]").value;
    rows.append(row);
    total.value = Number(total.value) + 1;
    row.querySelector("[name$=-bps]").focus();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });

  rows.addEventListener("click", (event) => {
    const button = event.target.closest("[data-remove-row]");
    if (!button) return;
    const row = button.closest("li");
    for (const input of row.querySelectorAll("input")) input.value = "";
    row.hidden = true;
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // The preview also says what each listed streamer would get.
  form.addEventListener("htmx:after:swap", () => {
    const nets = new Map();
    for (const each of form.querySelectorAll("[data-row-nets] > li")) nets.set(each.dataset.code, each);
    for (const row of rows.children) {
      const found = nets.get(codeOf(row).value);
      row.querySelector("[data-net]").textContent = found ? found.dataset.net : "–";
      const warning = row.querySelector("[data-warn]");
      warning.textContent = found ? found.textContent.trim() : "";
      warning.hidden = !warning.textContent;
    }
    const price = form.querySelector("[data-price]");
    if (price) form.querySelector("[data-price-shown]").textContent = price.textContent;
  });
}

export function ready(part) {
  for (const form of part.querySelectorAll("form[data-plan]")) {
    if (form.dataset.started) continue;
    form.dataset.started = "1";
    start(form);
  }
}
