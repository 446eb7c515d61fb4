// Every page of a signed-in person: keeps the live stream and puts its values in place.
import { bindCommands } from "./commands.js";
import { openStream } from "./stream.js";
import { showView } from "./view.js";
import { watchAges } from "./ages.js";

const banner = document.getElementById("link-banner");

function showTrouble(text) {
  banner.textContent = text;
  banner.hidden = text === "";
}

const ages = watchAges();
let hasView = false;
bindCommands();

// What belongs outside a session waits for the first news, so that nothing moves under a finger.
function showOutside() {
  for (const element of document.querySelectorAll("[data-hide]")) element.hidden = false;
}

openStream({
  live: (view) => {
    hasView = true;
    showView(view);
    ages.seen(view);
  },
  link: (link) => {
    showTrouble(link.connected ? "" : `${link.text} No beat sounds until it is back; this page waits.`);
    ages.trouble(link.connected ? "" : "engine not running");
    if (!link.connected && !hasView) showOutside();
  },
  lost: () => {
    showTrouble("The connection to the device is lost; trying again. The beat may go on.");
    ages.trouble("no connection to the device");
  },
});
