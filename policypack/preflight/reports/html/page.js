"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.querySelector(".filters");
  const fields = ["q", "severity", "status", "kind", "certainty", "framework"];
  const places = all(".place");

  function filter() {
    const wanted = Object.fromEntries(fields.map((name) => [name, form.elements[name].value.trim().toLowerCase()]));
    const words = wanted.q.split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const place of places) {
      const data = place.dataset;
      const fits =
        words.every((word) => data.text.includes(word)) &&
        ["severity", "status", "kind", "certainty"].every((name) => !wanted[name] || data[name] === wanted[name]) &&
        (!wanted.framework || data.framework.split(" ").includes(wanted.framework));
      place.hidden = !fits;
      if (fits) shown += 1;
    }
    for (const rule of all(".rule")) rule.hidden = !rule.querySelector(".place:not([hidden])");
    for (const run of all(".run")) {
      const note = run.querySelector(".nothing");
      note.hidden = !run.querySelector(".place") || !!run.querySelector(".place:not([hidden])");
    }
    form.elements.shown.value = `${shown} of ${places.length} findings`;
  }

  function remember() {
    const parameters = new URLSearchParams();
    for (const name of fields) if (form.elements[name].value) parameters.set(name, form.elements[name].value);
    history.replaceState(null, "", `#${parameters}`);
  }

  function fromAddress() {
    const hash = location.hash.slice(1);
    if (!hash.includes("=")) return;
    const parameters = new URLSearchParams(hash);
    for (const name of fields) form.elements[name].value = parameters.get(name) || "";
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => (filter(), remember()));
  form.addEventListener("reset", () => setTimeout(() => (filter(), remember())));
  fromAddress();
  filter();

  const runs = all(".run");
  const tabs = all(".stacks a");
  function show(id) {
    for (const run of runs) run.hidden = run.id !== id;
    for (const tab of tabs) tab.dataset.run === id ? tab.setAttribute("aria-current", "true") : tab.removeAttribute("aria-current");
  }
  for (const tab of tabs) tab.addEventListener("click", (event) => (event.preventDefault(), show(tab.dataset.run)));
  if (tabs.length) show(runs[0].id);

  for (const graph of all(".graph")) draw(graph);

  function draw(graph) {
    const { nodes, edges } = JSON.parse(document.getElementById(graph.dataset.graph).textContent);
    const svg = graph.querySelector("svg");
    const about = graph.querySelector(".about");
    const groups = new Map(all("[data-node]", svg).map((item) => [Number(item.dataset.node), item]));
    const paths = all("[data-edge]", svg);
    const whole = svg.viewBox.baseVal;
    const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
    let view = { ...full };
    const apply = () => svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);

    function zoom(factor, x = view.x + view.width / 2, y = view.y + view.height / 2) {
      const width = Math.min(Math.max(view.width * factor, 120), full.width * 2);
      const ratio = width / view.width;
      view = { x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio, width, height: view.height * ratio };
      apply();
    }
    function point(event) {
      const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return [spot.x, spot.y];
    }
    svg.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(event.deltaY > 0 ? 1.2 : 1 / 1.2, ...point(event));
    }, { passive: false });
    let from = null;
    let moved = false;
    svg.addEventListener("pointerdown", (event) => { from = point(event); moved = false; });
    svg.addEventListener("pointermove", (event) => {
      if (!from || !event.buttons) return;
      const [x, y] = point(event);
      if (Math.abs(x - from[0]) + Math.abs(y - from[1]) > 4) moved = true;
      view.x -= x - from[0];
      view.y -= y - from[1];
      apply();
    });
    svg.addEventListener("pointerup", () => (from = null));

    function button(text, act) {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = text;
      made.addEventListener("click", act);
      return made;
    }
    function list(title, entries) {
      if (!entries.length) return;
      const head = document.createElement("b");
      head.textContent = title;
      const made = document.createElement("ul");
      for (const entry of entries) made.appendChild(document.createElement("li")).append(entry);
      about.append(head, made);
    }
    function center(index) {
      const rect = groups.get(index).querySelector("rect");
      const width = Math.min(full.width, 1100);
      const height = (width * full.height) / full.width;
      const at = { x: Number(rect.getAttribute("x")), y: Number(rect.getAttribute("y")) };
      view = { x: at.x - width / 2, y: at.y - height / 2, width, height };
      apply();
    }
    function choose(index, move) {
      for (const item of all(".lit, .chosen", svg)) item.classList.remove("lit", "chosen");
      svg.classList.toggle("focus", index !== null);
      about.hidden = index === null;
      if (index === null) return;
      const node = nodes[index];
      groups.get(index).classList.add("lit", "chosen");
      about.replaceChildren();
      const title = document.createElement("h4");
      title.textContent = node.name;
      const type = document.createElement("code");
      type.textContent = node.type;
      const place = document.createElement("p");
      place.className = "file";
      place.textContent = node.place;
      about.append(title, type, place);
      list("Findings", node.findings.map((found) => button(`${found.severity}: ${found.rule}`, () => (location.hash = found.id))));
      const before = [], after = [];
      edges.forEach(([source, target, label], number) => {
        if (source !== index && target !== index) return;
        paths[number].classList.add("lit");
        const other = source === index ? target : source;
        groups.get(other).classList.add("lit");
        const text = nodes[other].name + (label ? ` (${label})` : "");
        (source === index ? after : before).push(button(text, () => choose(other, true)));
      });
      list("Waits for", before);
      list("Is needed by", after);
      about.append(button("Close", () => (choose(null), groups.get(index).focus())));
      if (move) { center(index); groups.get(index).focus({ preventScroll: true }); }
    }
    svg.addEventListener("click", (event) => {
      if (moved) return;
      const group = event.target.closest("[data-node]");
      choose(group ? Number(group.dataset.node) : null);
    });
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    graph.addEventListener("keydown", (event) => {
      const group = event.target.closest("[data-node]");
      if (event.key === "Escape") return choose(null);
      if (!group) return;
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(Number(group.dataset.node)); }
      if (step[event.key]) { event.preventDefault(); neighbour(group, step[event.key]); }
    });
    function spot(group) {
      const rect = group.querySelector("rect");
      return [Number(rect.getAttribute("x")), Number(rect.getAttribute("y"))];
    }
    function neighbour(group, [dx, dy]) {
      const [x, y] = spot(group);
      let best = null, least = Infinity;
      for (const other of all(".node", svg)) {
        const [ox, oy] = spot(other);
        const along = (ox - x) * dx + (oy - y) * dy;
        const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
        if (other !== group && along > 0 && along + 3 * aside < least) { least = along + 3 * aside; best = other; }
      }
      if (best) best.focus();
    }
    graph.querySelector(".tools").addEventListener("click", (event) => {
      const what = event.target.dataset.do;
      if (what === "in") zoom(1 / 1.4);
      if (what === "out") zoom(1.4);
      if (what === "fit") { view = { ...full }; apply(); }
      if (what === "all") svg.classList.toggle("all", event.target.checked);
    });
    graph.querySelector("[data-do=find]").addEventListener("change", (event) => {
      const word = event.target.value.trim().toLowerCase();
      const index = word ? nodes.findIndex((node) => `${node.name} ${node.type}`.toLowerCase().includes(word)) : -1;
      choose(index >= 0 ? index : null, true);
    });
  }
})();
