"use strict";
/* Shows one moment of the play after the other. Everything comes from the data in the page, and all
   of it goes in as text. */
(() => {
  const at = (id) => document.getElementById(id);
  const play = JSON.parse(at("play").textContent);
  const moments = play.moments;
  const last = moments.length - 1;
  const starts = [];
  let whole = 0;
  for (const moment of moments) { starts.push(whole); whole += moment.duration; }
  const firstOf = play.chapters.map((_, n) => moments.findIndex((m) => m.chapter === n + 1));
  const MARKS = { "+": ["added", "new"], "-": ["removed", "gone"], "~": ["changed", "changed"],
    "!": ["refused", "refused"] };
  const STATES = { S: "sleeping", R: "running", T: "stopped", Z: "zombie", X: "reaped", D: "waiting" };
  const KEPT = 400;
  let now = 0;
  let chosen = 0;
  let timer = 0;

  const make = (tag, text, attributes = {}) => {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  };

  // ---- tables

  const NUMBERS = new Set(["KPID", "VPID", "PTS", "SID", "FG"]);
  const isNumber = (head) => NUMBERS.has(head) || head.startsWith("IN ");
  const NAMES = { tasks: "Tasks as the machine sees them", devpts: "devpts",
    calls: "Boundary: system calls since the moment before" };

  const cell = (table, row, head, text) => {
    if (head === "TASK" || head === "COMMAND" || (head === "OWNER" && row.task)) {
      const name = make("th", "", { scope: "row", class: "name" });
      name.style.paddingLeft = `${row.depth * 1.4}rem`; // by script: the policy lets no attribute
      const button = make("button", text, { type: "button", "data-task": row.task,
        "data-pane": table.kind + table.name, "aria-pressed": row.task === chosen });
      name.append(button);
      return name;
    }
    const made = make("td", text);
    if (isNumber(head)) made.className = "n";
    else if (head === "CID" || head === "INSTANCE" || head === "WHO") made.className = "where";
    else if (head === "CALL" || head === "ANSWER" || head === "TRANSLATED") made.className = "call";
    if (head === "S") {
      made.textContent = text + (text === "Z" ? "†" : text === "T" ? "‖" : "");
      made.title = STATES[text] || "";
    }
    if (head === "ANSWER" && row.mark === "!") made.classList.add("refused");
    return made;
  };

  const draw = (table) => {
    const pane = make("section", "", { class: "pane" });
    const drawn = make("table");
    const caption = make("caption", NAMES[table.kind] || table.caption);
    const count = table.rows.length + table.more;
    caption.append(make("small", `${count} ${count === 1 ? "row" : "rows"}`));
    const head = make("tr");
    head.append(make("th", "", { class: "mark", scope: "col", "aria-label": "what changed" }));
    for (const name of table.head) {
      head.append(make("th", name, { scope: "col", class: isNumber(name) ? "n" : "" }));
    }
    const body = make("tbody");
    for (const row of table.rows) {
      const line = make("tr");
      const [kind, word] = MARKS[row.mark] || ["", ""];
      line.append(make("td", row.mark, { class: `mark ${kind}`, title: word }));
      row.cells.forEach((text, n) => line.append(cell(table, row, table.head[n], text)));
      if (row.task && row.task === chosen && table.kind !== "calls") line.classList.add("chosen");
      if (row.mark === "+") line.classList.add("fresh");
      if (row.mark === "-") line.classList.add("gone");
      body.append(line);
    }
    const top = make("thead");
    top.append(head);
    drawn.append(caption, top, body);
    pane.append(drawn);
    if (table.more) pane.append(make("p", `and ${table.more} more`, { class: "unseen" }));
    const known = table.rows.some((row) => row.task === chosen);
    if (table.kind === "space" && chosen && !known) {
      pane.append(make("p", `· ${nameOf(chosen)} is not visible here`, { class: "unseen" }));
    }
    return pane;
  };

  const tablesOf = (moment) => moment.tables.map((n) => play.tables[n]);

  const nameOf = (task) => {
    const row = tablesOf(moments[now])[0].rows.find((one) => one.task === task);
    return row ? row.cells[1] : "the selected task";
  };

  const drawScreen = (screen) => {
    const pane = make("section", "", { class: "pane" });
    const head = make("h2", screen.name);
    head.append(make("small", screen.owner || "nobody there"));
    pane.append(head, make("pre", screen.lines.join("\n")));
    return pane;
  };

  // ---- the moment

  const log = () => {
    const lines = [];
    for (let n = 0; n <= now; n += 1) {
      const before = moments[Math.max(0, n - 1)];
      for (const command of moments[n].commands) lines.push([before.prompt, command, ""]);
      for (const line of moments[n].output) lines.push(["", line, ""]);
      if (moments[n].failure) lines.push(["", moments[n].failure, "err"]);
    }
    const shown = make("pre", "", { id: "log", tabindex: 0, "aria-label": "typed and printed" });
    for (const [prompt, text, kind] of lines.slice(-KEPT)) {
      if (prompt) shown.append(make("b", prompt));
      shown.append(kind ? make("span", text, { class: kind }) : text, "\n");
    }
    return shown;
  };

  const said = (moment) => {
    const words = [`Step ${moment.position} of ${play.last}`];
    if (moment.commands.length) words.push(moment.commands[moment.commands.length - 1]);
    for (const row of tablesOf(moment)[0].rows) {
      if (MARKS[row.mark]) words.push(`${MARKS[row.mark][1]}: ${row.cells[1]} ${row.cells[0]}`);
    }
    if (moment.failure) words.push(moment.failure);
    return words.join("; ");
  };

  const show = (wanted) => {
    now = Math.max(0, Math.min(last, wanted));
    const moment = moments[now];
    const focus = document.activeElement;
    const kept = focus && focus.dataset ? [focus.dataset.pane, focus.dataset.task] : [];
    const tables = tablesOf(moment);
    const panes = at("panes");
    const spaces = make("div", "", { class: "many" });
    spaces.append(...tables.filter((one) => one.kind === "space").map(draw));
    if (!spaces.childElementCount) {
      spaces.append(make("p", "Nobody has pids of their own yet.", { class: "unseen" }));
    }
    const below = make("div", "", { class: "many across" });
    const output = make("section", "", { class: "pane log" });
    output.append(make("h2", "Typed and printed"), log());
    below.append(output, ...moment.screens.map((n) => drawScreen(play.screens[n])));
    below.append(...tables.filter((one) => one.kind === "devpts").map(draw));
    const calls = tables.filter((one) => one.kind === "calls").map(draw);
    for (const one of calls) {
      one.classList.add("across");
      one.id = "calls";
      one.tabIndex = 0;
    }
    panes.replaceChildren(draw(tables[0]), spaces, below, ...calls);
    const end = at("log");
    end.scrollTop = end.scrollHeight;
    if (kept[1]) {
      for (const one of panes.querySelectorAll("button")) {
        if (one.dataset.pane === kept[0] && one.dataset.task === kept[1]) one.focus();
      }
    }
    const words = at(`chapter-${Math.max(1, moment.chapter)}`);
    const narration = at("narration");
    if (words && narration.dataset.chapter !== words.id) {
      narration.dataset.chapter = words.id;
      narration.replaceChildren(...Array.from(words.childNodes, (node) => node.cloneNode(true)));
    }
    document.querySelectorAll("#chapters a").forEach((link, n) => {
      if (n + 1 === moment.chapter) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    });
    const seek = at("seek");
    seek.value = now;
    seek.setAttribute("aria-valuetext", said(moment));
    at("status").textContent = said(moment);
    at("play-pause").textContent = timer ? "Pause" : now === last ? "Again" : "Play";
  };

  const stop = () => { clearTimeout(timer); timer = 0; };
  const go = (wanted) => { stop(); show(wanted); };
  const tick = () => {
    timer = setTimeout(() => {
      if (now < last) { show(now + 1); tick(); } else { stop(); show(now); }
    }, moments[now].duration / Number(at("speed").value));
  };
  const toggle = () => {
    if (timer) { go(now); return; }
    if (now === last) show(0);
    tick();
    show(now);
  };
  const jump = (time) => {
    let wanted = starts.findIndex((start, n) => start <= time && time < start + moments[n].duration);
    if (wanted < 0) wanted = time < 0 ? 0 : last;
    go(wanted);
  };
  const seconds = (count) => {
    const before = now;
    jump(starts[now] + count * 1000);
    if (now === before) go(now + Math.sign(count));
  };
  const chapter = (step) => {
    const found = firstOf.filter((n) => n >= 0 && (step > 0 ? n > now : n < now));
    if (found.length) go(step > 0 ? found[0] : found[found.length - 1]);
    else go(step > 0 ? last : 0);
  };

  // ---- what people do

  const KEYS = {
    " ": toggle, ",": () => go(now - 1), ".": () => go(now + 1),
    ArrowLeft: () => seconds(-5), ArrowRight: () => seconds(5),
    "shift+ArrowLeft": () => jump(starts[now] - whole / 10),
    "shift+ArrowRight": () => jump(starts[now] + whole / 10),
    "[": () => chapter(-1), "]": () => chapter(1), Home: () => go(0), End: () => go(last),
    f: () => (document.fullscreenElement ? document.exitFullscreen()
      : document.documentElement.requestFullscreen()),
    "?": () => at("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || at("help").open) return;
    const tag = event.target.tagName;
    if (tag === "SELECT" || (tag === "BUTTON" && (event.key === " " || event.key === "Enter"))) return;
    if (event.target.id === "seek" && /^(Arrow|Home|End|Page)/.test(event.key)) return;
    if (/^(log|calls)$/.test(event.target.id) && /^(Arrow|Home|End|Page)/.test(event.key)) return;
    const tenth = /^[0-9]$/.test(event.key);
    const arrow = event.key.startsWith("Arrow") && event.shiftKey;
    const action = tenth ? () => jump((Number(event.key) * whole) / 10)
      : KEYS[(arrow ? "shift+" : "") + event.key];
    if (action) { event.preventDefault(); action(); }
  });
  at("first").addEventListener("click", () => go(0));
  at("back").addEventListener("click", () => go(now - 1));
  at("play-pause").addEventListener("click", toggle);
  at("forward").addEventListener("click", () => go(now + 1));
  at("last").addEventListener("click", () => go(last));
  at("keys").addEventListener("click", KEYS["?"]);
  at("seek").addEventListener("input", (event) => go(Number(event.target.value)));
  at("panes").addEventListener("click", (event) => {
    const task = Number(event.target.dataset.task);
    if (task) { chosen = chosen === task ? 0 : task; show(now); }
  });
  at("chapters").addEventListener("click", (event) => {
    const wanted = firstOf[Number(event.target.dataset.chapter) - 1];
    if (wanted >= 0) { event.preventDefault(); go(wanted); }
  });
  const fromAddress = () => {
    const found = /^#step=(\d+)$/.exec(location.hash);
    if (!found) return 0;
    const wanted = moments.findIndex((moment) => moment.position >= Number(found[1]));
    return wanted < 0 ? last : wanted;
  };
  window.addEventListener("hashchange", () => go(fromAddress()));
  document.body.classList.remove("no-script");
  at("transcript").open = false;
  show(fromAddress());
})();
