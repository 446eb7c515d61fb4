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
bindCommands();

openStream({
  live: (view) => {
    showView(view);
    ages.seen(view);
  },
  link: (link) => {
    showTrouble(link.connected ? "" : `${link.text} No beat sounds until it is back; this page waits.`);
    ages.trouble(link.connected ? "" : "engine not running");
  },
  lost: () => {
    showTrouble("The connection to the device is lost; trying again. The beat may go on.");
    ages.trouble("no connection to the device");
  },
});
