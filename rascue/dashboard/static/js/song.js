// One song: its waveform with a line at each beat, and what a person does about them.
import { ask } from "./commands.js";
import { toast } from "./toast.js";

const SHOWN_S = 8;

const canvas = document.getElementById("wave");
const place = document.getElementById("place");
const audio = document.getElementById("audio");
const fixes = document.querySelector("[data-song]");
const path = `/api/songs/${fixes?.dataset.song}`;

let map = { beats_s: [] };
let points = [];
let taps = [];

function style(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}

function draw() {
  const wide = canvas.clientWidth;
  const scale = devicePixelRatio;
  canvas.width = wide * scale;
  canvas.height = 200 * scale;
  const pen = canvas.getContext("2d");
  pen.scale(scale, scale);
  const from = Number(place.value);
  const x = (s) => ((s - from) / SHOWN_S) * wide;
  pen.fillStyle = style("--muted");
  points.forEach((point, k) => {
    const tall = Math.max(1, point * 150);
    pen.fillRect((k / points.length) * wide, 110 - tall / 2, wide / points.length, tall);
  });
  pen.fillStyle = style("--cue");
  for (const beat of map.beats_s) {
    if (beat < from || beat > from + SHOWN_S) continue;
    pen.fillRect(x(beat) - 1.5, 14, 3, 186);
    pen.beginPath();
    pen.arc(x(beat), 10, 8, 0, 7);
    pen.fill();
  }
  if (!audio.paused) {
    pen.fillStyle = style("--accent");
    pen.fillRect(x(audio.currentTime) - 1, 0, 2, 200);
  }
}

async function showPlace() {
  const answer = await fetch(`${path}/outline?from_s=${place.value}&length_s=${SHOWN_S}`);
  points = (await answer.json()).points;
  draw();
}

function show(news) {
  map = news;
  document.getElementById("tempo").textContent = map.tempo;
  document.getElementById("reach").textContent = map.reach;
  document.getElementById("undo").disabled = !map.can_undo;
  document.getElementById("close").hidden = !map.other;
  draw();
}

async function fix(body) {
  const answer = await fetch(`${path}/beats`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (answer.ok) show(said);
  else toast(said.detail, { bad: true });
}

function walkable(tempo) {
  return Math.min(Math.max(tempo, 60), 140);
}

function hear(sound, spm) {
  ask("preview", { sound, cue_spm: Number(spm), accent_every: 1 });
}

// --- playing and tapping -----------------------------------------------------------------------

const play = document.getElementById("play");
const tapped = document.getElementById("taps");

function follow() {
  if (audio.paused) return;
  if (audio.currentTime > Number(place.value) + SHOWN_S) {
    place.value = audio.currentTime;
    showPlace();
  }
  draw();
  requestAnimationFrame(follow);
}

function pause() {
  audio.pause();
  play.textContent = "Play here";
  if (taps.length) fix({ what: "tap", taps_s: taps });
  taps = [];
  tapped.textContent = "while it plays";
}

async function startPlaying() {
  audio.currentTime = Number(place.value);
  await audio.play();
  play.textContent = "Pause";
  follow();
}

function tap() {
  if (audio.paused) return;
  taps.push(audio.currentTime);
  tapped.textContent = `${taps.length} taps`;
}

if (fixes) {
  play.addEventListener("click", () => (audio.paused ? startPlaying() : pause()));
  document.getElementById("tap").addEventListener("pointerdown", tap);
  audio.addEventListener("ended", pause);
  place.addEventListener("change", showPlace);
  place.addEventListener("input", draw);
  addEventListener("resize", draw);
  for (const button of document.querySelectorAll("[data-fix]")) {
    const { fix: what, by } = button.dataset;
    button.addEventListener("click", () => fix({ what, by_s: Number(by ?? 0) }));
  }
  document.querySelector("[data-hear]").addEventListener("click", () => {
    hear(map.sound, document.getElementById("listen-spm").value);
  });
  document.getElementById("hear-this").addEventListener("click", () => {
    hear(map.sound, walkable(map.tempo));
  });
  document.getElementById("hear-other").addEventListener("click", () => {
    hear(map.other.sound, walkable(map.other.tempo));
  });
  fetch(path)
    .then((answer) => answer.json())
    .then((news) => {
      show(news);
      document.getElementById("listen-spm").value = walkable(news.tempo);
      place.value = Math.max(0, news.beats_s[0] - 0.5);
      showPlace();
    });
}
