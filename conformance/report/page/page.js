"use strict";
// Without this script the page is a table whose cells link to the text below it. With it, the table can be filtered and walked by
// the arrow keys, and a cell opens its result in a dialog, which is filled from that same text.
(() => {
  const byId = (id) => document.getElementById(id);
  const matrix = byId("matrix"), filters = byId("filters"), dialog = byId("result");
  const groups = [...matrix.tBodies];
  const rows = [...matrix.querySelectorAll("tbody tr[data-level]")];
  const articleOf = (row) => byId(row.cells[0].firstElementChild.hash.slice(1));
  const columnOf = (link) => String(link.closest("td").cellIndex - 1);

  // The text below the table stands in noscript, so that a browser that runs this script reads it as one piece for each requirement
  // and makes elements only of what is looked at.
  function partsOf(article, leaveOut = "") {
    const parts = document.createElement("template");
    parts.innerHTML = article.firstElementChild.textContent.replace(leaveOut, "");
    return parts.content;
  }

  // Filters.

  let column = ""; // the only one shown, by its number
  const texts = new Map(); // by row, reckoned when somebody first searches
  const diagrams = /<svg[^]*?<\/svg>/g; // as they are written, which is no text to be found

  function textOf(row) {
    if (!texts.has(row)) texts.set(row, partsOf(articleOf(row), diagrams).textContent.toLowerCase());
    return texts.get(row);
  }

  function filter() {
    const wanted = Object.fromEntries(new FormData(filters));
    const words = wanted.text.toLowerCase().split(/\s+/).filter(Boolean);
    const selector = (wanted.column === "" ? "td" : `td:nth-of-type(${Number(wanted.column) + 1})`) + " > a." + wanted.verdict;
    let shown = 0;
    for (const group of groups) {
      let left = 0;
      for (const row of group.querySelectorAll("tr[data-level]")) {
        row.hidden = (wanted.chapter !== "" && group.dataset.chapter !== wanted.chapter)
          || (wanted.level !== "" && row.dataset.level !== wanted.level)
          || (wanted.verdict !== "" && !row.querySelector(selector))
          || !words.every((word) => textOf(row).includes(word));
        left += row.hidden ? 0 : 1;
      }
      group.hidden = left === 0;
      group.style.setProperty("--rows", left);
      shown += left;
    }
    if (wanted.column !== column) {
      column = wanted.column;
      for (const row of [matrix.tHead.rows[0], ...rows]) {
        for (const cell of [...row.cells].slice(1)) cell.hidden = column !== "" && String(cell.cellIndex - 1) !== column;
      }
      matrix.style.setProperty("--columns", column === "" ? matrix.tHead.rows[0].cells.length - 1 : 1);
    }
    tell(shown);
    makeReachable(current && current.offsetParent ? current : visible()[0]?.[0]);
  }

  function tell(shown) {
    byId("shown").textContent = `${shown} of ${rows.length} requirements`;
    byId("nothing").hidden = shown > 0;
  }

  // The table is a grid: one of its links is reached by Tab, the others by the arrow keys.

  let current = null;

  function visible() {
    return rows.filter((row) => !row.hidden)
      .map((row) => [...row.cells].filter((cell) => !cell.hidden).map((cell) => cell.firstElementChild));
  }

  function makeReachable(link) {
    if (current) current.tabIndex = -1;
    current = link ?? null;
    if (current) current.tabIndex = 0;
  }

  matrix.addEventListener("focusin", (event) => {
    if (event.target.matches("th[scope=row] > a, td > a")) makeReachable(event.target);
  });

  matrix.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey || !current) return;
    const lines = visible();
    let y = lines.findIndex((line) => line.includes(current));
    if (y < 0) return;
    let x = lines[y].indexOf(current);
    const [lastX, lastY] = [lines[y].length - 1, lines.length - 1];
    const move = (dx, dy) => {
      do { x += dx; y += dy; } while (lines[y]?.[x] && !lines[y][x].href); // over requirements that a report does not have
    };
    switch (event.key) {
      case "ArrowLeft": move(-1, 0); break;
      case "ArrowRight": move(1, 0); break;
      case "ArrowUp": move(0, -1); break;
      case "ArrowDown": move(0, 1); break;
      case "Home": x = 0; if (event.ctrlKey) y = 0; break;
      case "End": x = lastX; if (event.ctrlKey) y = lastY; break;
      default: return;
    }
    event.preventDefault();
    const next = lines[y]?.[x];
    if (next?.href) next.focus();
  });

  // The dialog.

  function open(hash, column) {
    const id = decodeURIComponent(hash.slice(1));
    const link = id.startsWith("f-") && [...matrix.querySelectorAll("td > a")].find((link) => link.hash === "#" + id);
    const article = link ? articleOf(link.closest("tr")) : byId(id)?.closest("#requirements article");
    if (!article) return false;
    if (link) column = columnOf(link);
    const parts = partsOf(article);
    parts.querySelector("h3").remove();
    let title = article.dataset.id;
    if (column !== undefined) {
      for (const part of parts.querySelectorAll("[data-of]")) {
        if (!part.dataset.of.split(" ").includes(column)) part.remove();
      }
      const name = matrix.tHead.rows[0].cells[Number(column) + 1].textContent;
      title += ` — ${name}`;
      for (const who of parts.querySelectorAll(".who")) who.textContent = name;
    }
    for (const part of parts.querySelectorAll("[id]")) part.removeAttribute("id");
    byId("result-title").textContent = title;
    byId("result-body").replaceChildren(parts);
    if (!dialog.open) dialog.showModal();
    byId("result-title").focus();
    byId("result-body").scrollTop = 0;
    history.replaceState(null, "", hash);
    return true;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href^='#r-'], a[href^='#f-']");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (open(link.hash, link.closest("#matrix td") ? columnOf(link) : undefined)) event.preventDefault();
  });

  dialog.addEventListener("close", () => history.replaceState(null, "", "#"));
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close(); // beside it
  });

  function follow() {
    if (!open(location.hash)) {
      const target = byId(location.hash.slice(1));
      if (target?.matches("details")) target.open = true;
    }
  }

  // The sections off the screen are laid out a few at a time, when the browser has nothing else to do: each time it paints anew.

  const idle = window.requestIdleCallback ?? setTimeout; // Safari has no idle callbacks
  const waiting = [...groups];

  function layOut() {
    for (const group of waiting.splice(0, 5)) group.classList.add("laid-out");
    if (waiting.length > 0) idle(layOut);
    else matrix.removeAttribute("aria-busy");
  }

  // On paper stands everything.

  const articles = [...document.querySelectorAll("#requirements article")];
  addEventListener("beforeprint", () => articles.forEach((article) => article.append(partsOf(article))));
  addEventListener("afterprint", () => articles.forEach((article) => article.replaceChildren(article.firstElementChild)));

  // What needs this script appears now.

  document.documentElement.classList.add("scripted");
  matrix.setAttribute("role", "grid");
  filters.hidden = byId("keys").hidden = false;
  for (const link of matrix.querySelectorAll("a")) link.tabIndex = -1;
  filters.addEventListener("input", filter);
  filters.addEventListener("submit", (event) => event.preventDefault());
  filters.querySelector("button").addEventListener("click", () => { filters.reset(); filter(); });
  window.addEventListener("hashchange", follow);
  tell(rows.length);
  makeReachable(rows[0]?.cells[0].firstElementChild);
  if (location.hash.length > 1) follow();
  matrix.setAttribute("aria-busy", "true");
  addEventListener("load", () => idle(layOut));
})();
