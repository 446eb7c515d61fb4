// Puts the texts of a view (rascue/dashboard/words.py) where the page names them:
//   data-live="key"        text          data-tone="key"   tone for the style
//   data-live-value="key"  value         data-show="key"   shown only when true; data-hide: hidden

function pick(view, path) {
  return path.split(".").reduce((value, key) => value?.[key], view);
}

function setIfNew(element, property, value) {
  if (element[property] !== value) element[property] = value;
}

export function showView(view) {
  for (const element of document.querySelectorAll("[data-live]")) {
    setIfNew(element, "textContent", String(pick(view, element.dataset.live) ?? ""));
  }
  for (const element of document.querySelectorAll("[data-live-value]")) {
    setIfNew(element, "value", pick(view, element.dataset.liveValue));
  }
  for (const element of document.querySelectorAll("[data-tone]")) {
    // The key is kept aside once, because the style reads the tone from the attribute itself.
    element.toneKey ??= element.dataset.tone;
    const tone = pick(view, element.toneKey);
    if (element.dataset.tone !== tone) element.dataset.tone = tone;
  }
  for (const element of document.querySelectorAll("[data-show]")) {
    setIfNew(element, "hidden", !pick(view, element.dataset.show));
  }
  for (const element of document.querySelectorAll("[data-hide]")) {
    setIfNew(element, "hidden", Boolean(pick(view, element.dataset.hide)));
  }
}
