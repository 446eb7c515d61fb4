// The page of one past session: its charts.
import { asynchronyChart, cadenceChart } from "./charts.js";

const element = document.getElementById("session-cadence");

async function draw() {
  const answer = await fetch(element.dataset.series);
  if (!answer.ok) {
    element.textContent = (await answer.json()).detail;
    return;
  }
  const { cadence, asynchrony, marks } = await answer.json();
  const end = Math.max(cadence[0].at(-1) ?? 0, asynchrony[0].at(-1) ?? 0, 10);
  const options = { marks: () => marks, xRange: () => [0, end], withTarget: false };
  cadenceChart(element, options).setData(cadence);
  const below = document.getElementById("session-asynchrony");
  asynchronyChart(below, { ...options, marks: () => [] }).setData(asynchrony);
}

if (typeof uPlot !== "undefined") draw();
