// The stream of server-sent events. The browser reconnects by itself after a break; where it gives
// up (an answer that is no stream), we ask why and begin again.

const RETRY_FIRST_MS = 250;
const RETRY_MAX_MS = 5000;
// The server breaks every silence after 5 s; three of them missing means the connection is dead.
const SILENCE_MAX_MS = 15000;

const EVENTS = ["live", "link", "history", "rows", "mark"];

export function openStream(handlers) {
  let retryMs = RETRY_FIRST_MS;
  let source = null;
  let lastHeard = performance.now();

  function open() {
    source = new EventSource("/api/live");
    lastHeard = performance.now();
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        lastHeard = performance.now();
        retryMs = RETRY_FIRST_MS;
        const data = JSON.parse(event.data);
        handlers[name]?.(data);
        document.dispatchEvent(new CustomEvent(`rascue:${name}`, { detail: data }));
      });
    }
    source.addEventListener("signed_out", () => location.assign("/login"));
    source.onerror = lost;
  }

  function lost() {
    handlers.lost();
    source.close();
    setTimeout(comeBack, retryMs);
    retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
  }

  async function comeBack() {
    try {
      const answer = await fetch("/api/me");
      if (answer.status === 401) location.assign("/login");
      open();
    } catch {
      lost();
    }
  }

  setInterval(() => {
    const live = source.readyState === EventSource.OPEN;
    if (live && performance.now() - lastHeard > SILENCE_MAX_MS) lost();
  }, 1000);
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
