// The sounds page: hear one through the device, stop it, choose a patient.
import { ask } from "./commands.js";

const form = document.getElementById("sound");

function choice() {
  const { patient: _, ...fields } = Object.fromEntries(new FormData(form));
  fields.accent_every = Number(fields.accent_every);
  if (fields.intensity) fields.intensity = Number(fields.intensity);
  fields.cue_spm = Number(fields.cue_spm);
  return fields;
}

// Key and fullness mean something for music only.
function showWhatApplies() {
  const isMusic = form.querySelector("[name=sound]:checked")?.dataset.music === "1";
  for (const name of ["key", "intensity"]) form.elements[name].disabled = !isMusic;
}

if (form) {
  document.querySelector("[data-hear]").addEventListener("click", () => {
    if (form.elements.cue_spm.reportValidity()) ask("preview", choice());
  });
  form.addEventListener("change", (event) => {
    if (event.target.name === "patient") {
      location.assign(`/sounds?patient=${encodeURIComponent(event.target.value)}`);
    }
    showWhatApplies();
  });
  showWhatApplies();
}

// Opened before the engine was reached: the sounds are known as soon as it is.
if (!form) {
  document.addEventListener("rascue:link", ({ detail }) => {
    if (detail.connected) location.reload();
  });
}
