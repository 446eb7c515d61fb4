// The list of songs: send a file, and look again while something is being prepared.

const LOOK_EVERY_MS = 1000;

const form = document.getElementById("add-song");
const list = document.getElementById("songs");
const sending = document.getElementById("sending");
const problem = document.getElementById("song-problem");

async function look() {
  const answer = await fetch("/songs", { headers: { "HX-Request": "true" } });
  if (answer.ok) list.innerHTML = await answer.text();
}

function refuse(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

// Only this old kind of request tells how much was sent.
function send(file) {
  const request = new XMLHttpRequest();
  request.open("POST", `/api/songs?name=${encodeURIComponent(file.name)}`);
  request.upload.addEventListener("progress", (event) => {
    sending.value = event.loaded / event.total;
  });
  request.addEventListener("loadend", () => {
    sending.hidden = true;
    if (request.status === 200) form.reset();
    else refuse(reason(request));
    look();
  });
  sending.hidden = false;
  request.send(file);
}

function reason(request) {
  try {
    return JSON.parse(request.responseText).detail;
  } catch {
    return request.responseText.trim() || "The device cannot be reached.";
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  refuse("");
  const [file] = form.elements.file.files;
  if (file.size > 80e6) refuse("Keep it below 80 MB.");
  else send(file);
});

setInterval(() => {
  if (list.querySelector("[data-busy]")) look();
}, LOOK_EVERY_MS);
