// Every live number has an age: after 1 s it turns grey, after 3 s it is struck through and says
// why. Limits: ECOSYSTEM 3.2.

const OLD_S = 1;
const STALE_S = 3;
const CHECK_MS = 250;

function ageName(ageS) {
  if (ageS > STALE_S) return "stale";
  return ageS > OLD_S ? "old" : "fresh";
}

export function watchAges() {
  let arrivedMs = performance.now();
  let sensor = { age_s: 0, text: "" };
  let trouble = "";

  function show() {
    const linkS = (performance.now() - arrivedMs) / 1000;
    const sensorS = linkS + (sensor.age_s ?? 0);
    for (const element of document.querySelectorAll("[data-aged]")) {
      const ageS = element.dataset.aged === "sensor" ? sensorS : linkS;
      const name = ageName(ageS);
      if (element.dataset.age !== name) element.dataset.age = name;
      const reason = element.querySelector("[data-reason]");
      if (!reason) continue;
      const why = trouble || (linkS > OLD_S ? "no news from the engine" : "sensor is quiet");
      const text = name === "stale" ? `${Math.round(ageS)} s old: ${why}` : "";
      if (reason.textContent !== text) reason.textContent = text;
    }
  }

  setInterval(show, CHECK_MS);
  return {
    seen(view) {
      arrivedMs = performance.now();
      sensor = view.sensor;
      trouble = "";
    },
    trouble(text) {
      trouble = text;
    },
  };
}
