// The session screen: start, faults, remarks, live charts.
import { ask } from "./commands.js";
import { asynchronyChart, cadenceChart } from "./charts.js";

const NO_ROWS = { rows: [], marks: [] };

// --- start -------------------------------------------------------------------------------------

const start = document.getElementById("start");
start.addEventListener("submit", (event) => {
  event.preventDefault();
  const { patient, program } = Object.fromEntries(new FormData(start));
  ask("start", { patient, program });
});

// --- faults ------------------------------------------------------------------------------------

const faults = document.getElementById("faults");
let shownFaults = "[]";

function faultBox(fault) {
  const box = document.createElement("div");
  box.className = `fault ${fault.tone}`;
  const words = document.createElement("p");
  const text = document.createElement("strong");
  text.textContent = fault.text;
  words.append(text, ` ${fault.remedy} ${fault.detail}`);
  box.append(words);
  if (fault.latched) {
    const button = document.createElement("button");
    button.textContent = "Done, clear it";
    button.addEventListener("click", () => ask("clear-fault", { code: fault.code }));
    box.append(button);
  }
  return box;
}

function showFaults(list) {
  const text = JSON.stringify(list);
  if (text === shownFaults) return;
  shownFaults = text;
  faults.replaceChildren(...list.map(faultBox));
}

// --- remarks -----------------------------------------------------------------------------------

// Not modal: the stop button stays in reach.
const dialog = document.getElementById("mark-dialog");
document.querySelector("[data-mark]").addEventListener("click", () => dialog.show());
dialog.addEventListener("close", () => {
  const input = dialog.querySelector("input");
  if (dialog.returnValue === "ok" && input.value.trim()) ask("mark", { text: input.value.trim() });
  input.value = "";
});

// --- the session that ended --------------------------------------------------------------------

const last = document.getElementById("last-session");
let session = null;

function showEnd(view) {
  if (session && !view.session) {
    last.querySelector("a").href = `/sessions/${session}`;
    last.hidden = false;
  }
  if (view.session) last.hidden = true;
  session = view.session;
}

// --- charts ------------------------------------------------------------------------------------

let history = NO_ROWS;
let shownS = 120;
let charts = null;

function xRange() {
  const end = history.rows.at(-1)?.[0] ?? 0;
  if (shownS === 0) return [0, Math.max(end, 60)];
  return [Math.max(0, end - shownS), Math.max(end, shownS)];
}

function makeCharts() {
  const options = { marks: () => history.marks, xRange };
  return {
    cadence: cadenceChart(document.getElementById("chart-cadence"), options),
    asynchrony: asynchronyChart(document.getElementById("chart-asynchrony"), options),
  };
}

function drawCharts() {
  const visible = document.getElementById("chart-cadence").clientWidth > 0;
  if (typeof uPlot === "undefined" || !visible) return;
  charts ??= makeCharts();
  const column = (k) => history.rows.map((row) => row[k]);
  charts.cadence.setData([column(0), column(1), column(2), column(3)]);
  charts.asynchrony.setData([column(0), column(4)]);
}

let drawAsked = false;
function askDraw() {
  if (drawAsked) return;
  drawAsked = true;
  requestAnimationFrame(() => {
    drawAsked = false;
    drawCharts();
  });
}

for (const button of document.querySelectorAll("[data-range-s]")) {
  button.addEventListener("click", () => {
    shownS = Number(button.dataset.rangeS);
    for (const other of document.querySelectorAll("[data-range-s]")) {
      other.setAttribute("aria-pressed", String(other === button));
    }
    askDraw();
  });
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const chart of Object.values(charts ?? {})) chart.destroy();
  charts = null;
  askDraw();
});

// --- news --------------------------------------------------------------------------------------

document.addEventListener("rascue:live", ({ detail: view }) => {
  showFaults(view.faults);
  showEnd(view);
});
document.addEventListener("rascue:link", ({ detail: link }) => {
  if (!link.connected) showFaults([]);
});
document.addEventListener("rascue:history", ({ detail }) => {
  history = detail;
  askDraw();
});
document.addEventListener("rascue:rows", ({ detail }) => {
  history.rows.push(...detail);
  askDraw();
});
document.addEventListener("rascue:mark", ({ detail }) => {
  history.marks.push(detail);
  askDraw();
});

// For tests: what is drawn, as data.
window.rascueRows = () => history.rows;
