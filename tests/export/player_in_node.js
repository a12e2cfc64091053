"use strict";
/* Enough of a document for the page's player, so that its keys can be pressed without a browser.
   argv: the player, its data; standard input: what is pressed, as JSON.  Prints what is said then. */
const { readFileSync } = require("node:fs");

class Element {
  constructor(tag) {
    Object.assign(this, { tagName: tag.toUpperCase(), attributes: {}, childNodes: [], dataset: {},
      style: {}, heard: {}, className: "", value: "1" });
    this.classList = { add: (name) => { this.className += ` ${name}`; }, remove: () => {} };
  }

  setAttribute(name, value) {
    this.attributes[name] = String(value);
    if (name.startsWith("data-")) this.dataset[name.slice(5)] = String(value);
    if (name === "id") byId.set(value, this);
  }

  removeAttribute(name) { delete this.attributes[name]; }

  append(...nodes) { this.childNodes.push(...nodes); }

  replaceChildren(...nodes) { this.childNodes = nodes; }

  cloneNode() { return this; }

  get childElementCount() { return this.childNodes.length; }

  set textContent(text) { this.childNodes = [text]; }

  get textContent() { return this.childNodes.map((one) => one.textContent ?? one).join(""); }

  addEventListener(name, listener) { this.heard[name] = listener; }

  querySelectorAll(tag) {
    const below = this.childNodes.filter((one) => one instanceof Element);
    const found = below.flatMap((one) => one.querySelectorAll(tag));
    return [...below.filter((one) => one.tagName === tag.toUpperCase()), ...found];
  }

  showModal() { this.open = true; }

  focus() { document.activeElement = this; }
}

const byId = new Map();
const body = new Element("body");
globalThis.location = { hash: "" };
globalThis.window = new Element("window");
globalThis.document = Object.assign(new Element("document"), {
  body,
  activeElement: body,
  createElement: (tag) => new Element(tag),
  getElementById: (id) => {
    if (!byId.has(id)) byId.set(id, new Element("div"));
    return byId.get(id);
  },
});
const [, , player, data] = process.argv;
document.getElementById("play").textContent = readFileSync(data, "utf8");
(0, eval)(readFileSync(player, "utf8"));

const said = JSON.parse(readFileSync(0, "utf8")).map((pressed) => {
  const panes = document.getElementById("panes");
  const task = /^task (\d+)$/.exec(pressed);
  if (task) {
    panes.heard.click({ target: { dataset: { task: task[1] } } });
  } else {
    const shiftKey = pressed.startsWith("shift+");
    document.heard.keydown({ key: pressed.replace("shift+", ""), shiftKey, target: body,
      preventDefault() {} });
  }
  return {
    status: document.getElementById("status").textContent,
    play: document.getElementById("play-pause").textContent,
    help: Boolean(document.getElementById("help").open),
    pressed: panes.querySelectorAll("button")
      .filter((one) => one.attributes["aria-pressed"] === "true").map((one) => one.dataset.pane),
    unseen: panes.querySelectorAll("p").map((one) => one.textContent),
    scopes: panes.querySelectorAll("th").map((one) => one.attributes.scope ?? ""),
    captions: panes.querySelectorAll("caption").length,
    tables: panes.querySelectorAll("table").length,
  };
});
process.stdout.write(JSON.stringify(said));
process.exit(0);
