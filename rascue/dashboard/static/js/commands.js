// Everything a person asks of the engine, and what came of it.
import { toast } from "./toast.js";

export async function ask(path, body) {
  let answer;
  try {
    answer = await fetch(`/api/session/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    toast("The device cannot be reached. Use the stop at the device.", { bad: true });
    return null;
  }
  if (answer.status === 401) location.assign("/login");
  const said = await answer.json();
  if (!answer.ok) {
    toast(said.detail, { bad: true });
    return null;
  }
  return said.text;
}

// A change by a hand is told with an undo: the opposite change.
async function change(path, key, delta) {
  const text = await ask(path, { [key]: delta });
  if (text !== null) {
    toast(text, { undo: () => ask(path, { [key]: -delta }), replaces: path });
  }
}

function isTyping(element) {
  return element?.matches("input:not([type=radio]), textarea, select") ?? false;
}

function bindStopKeys() {
  addEventListener(
    "keydown",
    (event) => {
      const stops = [...document.querySelectorAll("form[data-command=stop]")];
      const running = stops.some((stop) => stop.checkVisibility());
      const isSpace = event.key === " " && !isTyping(event.target);
      if (!running || event.repeat || !(event.key === "Escape" || isSpace)) return;
      // Also when another button has the focus: a hurried hand must not change the tempo.
      event.preventDefault();
      event.stopPropagation();
      ask("stop");
    },
    { capture: true },
  );
  // A button is pressed by Space when the key comes up; the stop has been done already.
  addEventListener("keyup", (event) => {
    if (event.key === " " && event.target.matches?.("button")) event.preventDefault();
  });
}

export function bindCommands() {
  bindStopKeys();
  addEventListener("submit", (event) => {
    if (event.target.dataset.command !== "stop") return;
    event.preventDefault();
    ask("stop");
  });
  addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { tempo, level, command } = button.dataset;
    if (tempo) change("tempo", "delta_spm", Number(tempo));
    if (level) change("level", "delta_db", Number(level));
    if (command) ask(command);
  });
}
