// The sensor's set-up page: look for sensors, start a check, follow it until its verdict.
const POLL_MS = 400;
const TITLES = { imucheck: "Checking…", mount: "Getting ready…" };

const found = document.getElementById("found");
const looking = document.getElementById("looking");
const progress = document.getElementById("progress");
const part = (name) => progress.querySelector(`[data-${name}]`);

const chosen = () => found.querySelector("input:checked")?.value;

function enable(on) {
  for (const button of document.querySelectorAll("[data-check]")) {
    button.disabled = !on || !chosen();
  }
}

function choice(sensor, index) {
  const label = document.createElement("label");
  label.className = "choice";
  const input = document.createElement("input");
  Object.assign(input, { type: "radio", name: "sensor", value: sensor, checked: index === 0 });
  label.append(input, ` ${sensor}`);
  return label;
}

async function look() {
  looking.textContent = "Looking for sensors…";
  const sensors = await (await fetch("/api/sensor/found")).json();
  found.replaceChildren(...sensors.map(choice));
  looking.textContent = sensors.length
    ? "These answer:"
    : "No sensor answers. Check its plug and cable, then look again.";
  enable(true);
}

// Lines that ask a person for something, or count, come large; findings come as a list.
function show(job) {
  const running = job.good === null;
  const findings = job.lines.filter((line) => /^(ok|FAILED)\s/.test(line));
  const others = job.lines.filter((line) => !/^(ok|FAILED)\s/.test(line));
  progress.hidden = false;
  part("bar").hidden = !running;
  part("step").textContent = running ? (others.at(-1) ?? TITLES[job.kind]) : job.good ? "Good." : "Not good yet.";
  part("lines").replaceChildren(
    ...findings.map((line) => {
      const item = document.createElement("li");
      item.textContent = line.replace(/\s{2,}/g, " · ").replace(/^ok/, "good").replace(/^FAILED/, "not good");
      return item;
    }),
  );
  const verdict = part("verdict");
  verdict.hidden = running;
  verdict.className = `message ${job.good ? "good" : "bad"}`;
  const told = job.good ? others.find((line) => /is fit|well worn/.test(line)) : others.at(-1);
  verdict.textContent = (told ?? "").replace(/^rascue \w+: /, "");
  enable(!running);
}

async function follow() {
  const job = await (await fetch("/api/sensor/job")).json();
  if (!job.kind) return;
  show(job);
  if (job.good === null) setTimeout(follow, POLL_MS);
}

async function start(kind) {
  const body = { kind, sensor: chosen(), placement: document.getElementById("placement").value };
  const answer = await fetch("/api/sensor/check", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) {
    show({ kind, sensor: "", good: false, lines: [said.detail] });
    return;
  }
  show(said);
  progress.scrollIntoView({ block: "center" });
  setTimeout(follow, POLL_MS);
}

document.querySelector("[data-look]").addEventListener("click", look);
for (const button of document.querySelectorAll("[data-check]")) {
  button.addEventListener("click", () => start(button.dataset.check));
}
look().then(follow);
