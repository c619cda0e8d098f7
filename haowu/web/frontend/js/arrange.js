// Rows of a list are dragged by their handle into another order; where one is put is sent at once. The buttons beside
// the handle do the same step by step, also without this file.
const ENDS = ["pointerup", "pointercancel"];

export function ready(part) {
  for (const list of part.querySelectorAll("[data-arrange]")) {
    list.addEventListener("pointerdown", (event) => {
      const handle = event.target.closest("[data-drag]");
      if (!handle) return;
      event.preventDefault();
      drag(list, handle.closest("[data-row]"));
    });
  }
}

// The document listens: a row that is put elsewhere loses the pointer that it had captured.
function drag(list, row) {
  const before = row.nextElementSibling;
  row.classList.add("is-dragged");
  const move = (event) => {
    const over = document.elementFromPoint(row.getBoundingClientRect().left + 8, event.clientY)?.closest("[data-row]");
    if (!over || over === row || over.parentElement !== list) return;
    const box = over.getBoundingClientRect();
    over[event.clientY < box.top + box.height / 2 ? "before" : "after"](row);
  };
  const end = async (event) => {
    document.removeEventListener("pointermove", move);
    for (const over of ENDS) document.removeEventListener(over, end);
    row.classList.remove("is-dragged");
    if (event.type === "pointercancel" || row.nextElementSibling === before) {
      list.insertBefore(row, before);
      return;
    }
    if (!(await sent(list, row))) list.insertBefore(row, before);
  };
  document.addEventListener("pointermove", move);
  for (const over of ENDS) document.addEventListener(over, end);
}

async function sent(list, row) {
  const above = row.previousElementSibling;
  const beside = above || row.nextElementSibling;
  const answer = new FormData();
  answer.set("csrfmiddlewaretoken", list.closest("form").elements.csrfmiddlewaretoken.value);
  answer.set(above ? "after" : "before", beside.dataset.row);
  const reply = await fetch(row.dataset.place, { method: "POST", body: answer, headers: { "HX-Request": "true" } });
  if (reply.ok) number(list);
  return reply.ok;
}

// The buttons of each row name its neighbours as they stand now.
function number(list) {
  for (const row of list.querySelectorAll("[data-row]")) {
    for (const [name, beside] of [["before", row.previousElementSibling], ["after", row.nextElementSibling]]) {
      const button = row.querySelector(`[name=${name}]`);
      button.value = beside ? beside.dataset.row : "";
      button.hidden = !beside;
    }
  }
}
