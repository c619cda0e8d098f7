// A form beside a message takes back what it says was done: for ten seconds, then the message stands alone.
const SECONDS = 10;

export function ready(part) {
  for (const form of part.querySelectorAll("[data-undo]")) {
    setTimeout(() => form.remove(), SECONDS * 1000);
  }
}
