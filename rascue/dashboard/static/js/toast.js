// Short messages that go by themselves; one with an undo stays for 10 s.

const SHOWN_MS = 10000;

export function toast(text, { bad = false, undo = null, replaces = "" } = {}) {
  const list = document.getElementById("toasts");
  if (replaces) list.querySelector(`[data-about="${replaces}"]`)?.remove();
  const box = document.createElement("div");
  box.className = bad ? "toast bad" : "toast";
  box.dataset.about = replaces;
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Undo";
    button.addEventListener("click", () => {
      box.remove();
      undo();
    });
    box.append(button);
  }
  list.append(box);
  setTimeout(() => box.remove(), SHOWN_MS);
}
