// A field of codes filled by searching for names: [data-picker] holds the field, a search box and the list of what was
// found (haowu/tenants/pickers.py answers it as options). data-many keeps one code a line; data-adds has no field of its
// own and tells the page what was chosen by the event "picked".
const WAIT = 200;

function start(box) {
  const field = box.querySelector(".picker-code :is(input, textarea)");
  const search = box.querySelector("[role=combobox]");
  const list = box.querySelector("[role=listbox]");
  const picked = box.querySelector(".picker-picked");
  const unpick = box.querySelector("template");
  const many = "many" in box.dataset;
  let at = -1;
  let waiting;

  if (field) {
    field.closest(".picker-code").hidden = true;
    field.required = false;
    const label = box.querySelector("label");
    search.id = `${field.id}-search`;
    if (label) label.htmlFor = search.id;
  }

  const codes = () => (field ? field.value.split(/[\s,，、;；]+/).filter(Boolean) : []);
  const options = () => [...list.querySelectorAll("[role=option]")];

  function close() {
    list.hidden = true;
    at = -1;
    search.setAttribute("aria-expanded", "false");
    search.removeAttribute("aria-activedescendant");
  }

  function mark(place) {
    const all = options();
    if (!all.length) return;
    at = (place + all.length) % all.length;
    all.forEach((option, number) => {
      option.id = `${list.id}-${number}`;
      option.setAttribute("aria-selected", number === at ? "true" : "false");
    });
    search.setAttribute("aria-activedescendant", all[at].id);
    all[at].scrollIntoView({ block: "nearest" });
  }

  async function find() {
    const answer = await fetch(`${box.dataset.picker}?${new URLSearchParams({ q: search.value })}`);
    if (!answer.ok) return;
    list.innerHTML = await answer.text();
    for (const option of options()) option.classList.toggle("off", codes().includes(option.dataset.code));
    list.hidden = false;
    search.setAttribute("aria-expanded", "true");
    mark(0);
  }

  function show(option) {
    const row = document.createElement("li");
    row.dataset.code = option.dataset.code;
    row.append(...[...option.children].map((child) => child.cloneNode(true)));
    row.append(unpick.content.cloneNode(true));
    if (!many) picked.replaceChildren();
    picked.append(row);
    picked.hidden = false;
    search.parentElement.hidden = !many;
  }

  function choose(option) {
    if (!option) return;
    search.value = "";
    close();
    if (field && !codes().includes(option.dataset.code)) {
      field.value = many ? [...codes(), option.dataset.code].join("\n") : option.dataset.code;
      show(option);
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    box.dispatchEvent(new CustomEvent("picked", { bubbles: true, detail: { option } }));
  }

  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(find, WAIT);
  });
  search.addEventListener("focus", find);
  search.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) find();
      else mark(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (!list.hidden) choose(options()[at]);
    } else if (event.key === "Escape") close();
  });
  // Typing in the search field is no change of the form around it.
  for (const kind of ["input", "change"]) search.addEventListener(kind, (event) => event.stopPropagation());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
  search.addEventListener("blur", close);

  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unpick]");
    if (!button || !field) return;
    const row = button.closest("li");
    field.value = codes().filter((code) => code !== row.dataset.code).join("\n");
    row.remove();
    picked.hidden = !picked.children.length;
    search.parentElement.hidden = false;
    search.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // What the field holds already is shown by name; a code that nobody has stays in the field, which then stays in sight.
  async function recall() {
    const query = new URLSearchParams({ codes: codes().join(",") });
    const answer = await fetch(`${box.dataset.picker}?${query}`);
    if (!answer.ok) return;
    const found = document.createElement("ul");
    found.innerHTML = await answer.text();
    const known = [...found.querySelectorAll("[role=option]")];
    known.forEach(show);
    if (known.length < codes().length) field.closest(".picker-code").hidden = false;
  }
  if (codes().length) recall();
}

export function ready(part) {
  for (const box of part.querySelectorAll("[data-picker]")) {
    if (box.dataset.started) continue;
    box.dataset.started = "1";
    start(box);
  }
}
