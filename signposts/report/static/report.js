// Makes the report easier to use where scripts run: theme, glossary tips, sorting, filtering, and charts to point at.
// Every page is complete without it.
(() => {
  "use strict";
  const own = document.currentScript;

  const themeButton = document.getElementById("theme");
  const isDark = () => {
    const chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const nameTheme = () => { themeButton.textContent = isDark() ? "Light" : "Dark"; themeButton.setAttribute("aria-label", isDark() ? "Switch to light theme" : "Switch to dark theme"); };
  if (themeButton) {
    themeButton.hidden = false;
    nameTheme();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", nameTheme);
    themeButton.addEventListener("click", () => {
      const next = isDark() ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      try { localStorage.setItem("signposts-theme", next); } catch { /* not kept */ }
      nameTheme();
    });
  }

  // Glossary: a tip on hover and focus with the words of the entry that the link leads to.
  const tip = document.createElement("div");
  tip.id = "tip"; tip.className = "tip"; tip.setAttribute("role", "tooltip"); tip.hidden = true;
  document.body.append(tip);
  const hideTip = () => { tip.hidden = true; document.querySelectorAll("[aria-describedby=tip]").forEach((one) => one.removeAttribute("aria-describedby")); };
  const showTip = (link) => {
    const meaning = document.querySelector(`#${CSS.escape(link.hash.slice(1))} dd`);
    if (!meaning) return;
    tip.textContent = meaning.textContent;
    tip.hidden = false;
    link.setAttribute("aria-describedby", "tip");
    const box = link.getBoundingClientRect();
    const width = tip.offsetWidth;
    const left = Math.max(8, Math.min(box.left, document.documentElement.clientWidth - width - 8));
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above > 0 ? above : box.bottom + 8) + scrollY}px`;
  };
  document.querySelectorAll("a.term").forEach((link) => {
    link.addEventListener("mouseenter", () => showTip(link));
    link.addEventListener("focus", () => showTip(link));
    link.addEventListener("mouseleave", hideTip);
    link.addEventListener("blur", hideTip);
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") hideTip(); });

  // Sorting: the heading becomes a button.
  const valueOf = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
  const compare = (kind, rising) => (a, b) => {
    if (kind === "number") {
      const [x, y] = [a, b].map((text) => (text === "" ? NaN : Number(String(text).replace("\u2212", "-").replace(/[,%+]/g, ""))));
      if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y);
      return rising ? x - y : y - x;
    }
    if (a === "" || b === "") return (a === "") - (b === "");
    return rising ? a.localeCompare(b, "en") : b.localeCompare(a, "en");
  };
  document.querySelectorAll("table.sortable").forEach((table) => {
    table.querySelectorAll("th[data-sort]").forEach((heading) => {
      if (heading.querySelector("a")) return;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => {
        const rising = heading.getAttribute("aria-sort") ? heading.getAttribute("aria-sort") !== "ascending" : heading.dataset.sort === "text";
        table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
        heading.setAttribute("aria-sort", rising ? "ascending" : "descending");
        const body = table.tBodies[0];
        const order = compare(heading.dataset.sort, rising);
        const rows = [...body.rows].map((row) => [valueOf(row, heading.cellIndex), row]);
        rows.sort((a, b) => order(a[0], b[0]));
        body.append(...rows.map((pair) => pair[1]));
      });
    });
  });

  // Filtering: of the evidence matrix and of lists. The state stands in the address, after the hash.
  const filters = document.getElementById("filters");
  if (filters) {
    filters.hidden = false;
    const field = (name) => document.getElementById(name);
    const names = ["find", "domain", "status", "indicator", "source", "grade", "from", "withreading", "all"].filter(field);
    const items = [...document.querySelectorAll("#matrix tbody tr, .indicator-list > li, #claims tbody tr")];
    const noun = filters.dataset.noun ?? "indicators";
    const fold = (text) => text.toLocaleLowerCase("en");
    const read = (name) => (field(name)?.type === "checkbox" ? field(name).checked : field(name)?.value.trim() ?? "");
    const state = new URLSearchParams(location.hash.slice(1));
    for (const name of names) {
      if (!state.has(name)) continue;
      if (field(name).type === "checkbox") field(name).checked = state.get(name) === "1"; else field(name).value = state.get(name);
    }
    const apply = () => {
      const words = fold(read("find")).split(/\s+/).filter(Boolean);
      const any = Boolean(words.length || read("domain") || read("status"));
      let shown = 0;
      for (const item of items) {
        const text = item.dataset.search ?? fold(item.textContent);
        const fits = words.every((word) => text.includes(word))
          && (!read("domain") || item.dataset.domain === read("domain"))
          && (!read("status") || item.dataset.status.includes(`|${read("status")}|`))
          && ["indicator", "source", "grade"].every((name) => !read(name) || item.dataset[name] === read(name))
          && (!read("from") || (item.dataset.day ?? "") >= read("from"))
          && (!read("withreading") || item.dataset.reading === "yes")
          && (!field("all") || any || read("all") || item.dataset.carries === "yes");
        item.hidden = !fits;
        shown += fits ? 1 : 0;
      }
      document.querySelectorAll("section.domain").forEach((section) => { section.hidden = !section.querySelector("li:not([hidden])"); });
      field("shown").textContent = `${shown} of ${items.length} ${noun}`;
      const nothing = field("nothing");
      if (nothing) nothing.hidden = shown > 0;
    };
    const remember = () => {
      const kept = new URLSearchParams();
      for (const name of names) { const value = read(name); if (value) kept.set(name, value === true ? "1" : value); }
      try { history.replaceState(null, "", `#${kept}`); } catch { /* an address that cannot be kept */ }
    };
    filters.addEventListener("input", () => { apply(); remember(); });
    filters.addEventListener("submit", (event) => event.preventDefault());
    apply();
  }

  // Search: the index is a script of its own, fetched when the page of searching is open.
  const search = document.getElementById("search");
  if (search) {
    search.hidden = false;
    search.addEventListener("submit", (event) => event.preventDefault());
    const script = document.createElement("script");
    script.src = search.dataset.index;
    script.onload = () => {
      const fold = (text) => text.toLocaleLowerCase("en").normalize("NFD").replace(/\p{M}/gu, "");
      const entries = window.signpostsIndex.map((row) => ({ row, title: fold(row[1]), all: fold(`${row[1]} ${row[2]} ${row[0]}`) }));
      const field = document.getElementById("search-words"), list = document.getElementById("search-results"), count = document.getElementById("search-count");
      const show = () => {
        const words = fold(field.value).split(/\s+/).filter(Boolean);
        list.replaceChildren();
        count.textContent = "";
        if (words.join("").length < 2) return;
        const hits = entries.filter((entry) => words.every((word) => entry.all.includes(word)))
          .map((entry, place) => [words.filter((word) => entry.title.includes(word)).length, place, entry.row])
          .sort((a, b) => b[0] - a[0] || a[1] - b[1]);
        for (const [, , [kind, title, text, address]] of hits.slice(0, 60)) {
          const item = document.createElement("li"), link = document.createElement("a"), more = document.createElement("span");
          link.href = address; link.textContent = title;
          more.className = "sub"; more.textContent = ` ${kind}. ${text.length > 160 ? `${text.slice(0, 160)}…` : text}`;
          item.append(link, more);
          list.append(item);
        }
        count.textContent = hits.length > 60 ? `60 of ${hits.length} found` : `${hits.length} found`;
        try { history.replaceState(null, "", `#${new URLSearchParams({ find: field.value })}`); } catch { /* an address that cannot be kept */ }
      };
      field.value = new URLSearchParams(location.hash.slice(1)).get("find") ?? "";
      field.addEventListener("input", show);
      show();
    };
    document.head.append(script);
  }

  // A figure as a file of its own: the drawing with the colours it has on the page, as SVG or on a PNG with its title.
  const styled = (figure) => {
    const drawing = figure.querySelector(".drawn .wide svg").cloneNode(true);
    const colours = getComputedStyle(document.documentElement);
    drawing.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    drawing.querySelectorAll("text[stroke]").forEach((words) => words.setAttribute("paint-order", "stroke"));
    return new XMLSerializer().serializeToString(drawing).replace(/var\((--[\w-]+)\)/g, (_, name) => colours.getPropertyValue(name).trim());
  };
  const save = (address, name) => {
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    if (address.startsWith("blob:")) setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  const asPng = async (figure) => {
    const picture = new Image();
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(styled(figure))}`;
    await picture.decode();
    const paper = Object.assign(document.createElement("canvas"), { width: 1200, height: 630 }), pen = paper.getContext("2d");
    const colours = getComputedStyle(document.documentElement), colour = (name) => colours.getPropertyValue(name).trim();
    pen.fillStyle = colour("--paper");
    pen.fillRect(0, 0, 1200, 630);
    pen.fillStyle = colour("--ink");
    pen.font = "700 34px Georgia, serif";
    pen.fillText(figure.querySelector(".title").textContent, 40, 58, 1120);
    const keys = [...figure.querySelectorAll(".legend li")];
    let across = 40;
    pen.font = "20px sans-serif";
    for (const key of keys) {
      const mark = key.querySelector("svg"), sample = getComputedStyle(mark), width = Number(mark.getAttribute("width")), height = Number(mark.getAttribute("height"));
      const copy = mark.cloneNode(true), sign = new Image();
      copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
      copy.setAttribute("stroke", sample.stroke); copy.setAttribute("fill", sample.fill); copy.setAttribute("stroke-width", 2);
      sign.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
      await sign.decode();
      pen.drawImage(sign, across, 94 - height / 2);
      pen.fillText(key.textContent.trim(), across + width + 8, 100);
      across += width + 8 + pen.measureText(key.textContent.trim()).width + 26;
    }
    const scale = Math.min(1120 / picture.width, 452 / picture.height);
    pen.drawImage(picture, 40, 124, picture.width * scale, picture.height * scale);
    pen.fillStyle = colour("--muted");
    pen.font = "16px sans-serif";
    pen.fillText(figure.querySelector(".cite-as").textContent, 40, 612, 1120);
    return paper.toDataURL("image/png");
  };
  document.querySelectorAll(".as-svg, .as-png").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const figure = button.closest("figure");
      if (button.className === "as-png") save(await asPng(figure), `${button.dataset.name}.png`);
      else save(URL.createObjectURL(new Blob([styled(figure)], { type: "image/svg+xml" })), `${button.dataset.name}.svg`);
    });
  });

  // Charts: the drawing in the page becomes one to point at. The interpreter needs no eval (Content-Security-Policy).
  const charts = [...document.querySelectorAll(".chart")];
  if (!charts.length || matchMedia("print").matches) return;
  // Fetched once a chart is near the window, that is after the first paint.
  let vega;
  const withVega = () => vega ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = own.dataset.vega;
    script.onload = () => resolve(window.vegaEmbed);
    script.onerror = reject;
    document.head.append(script);
  });
  const enliven = async (chart) => {
    const embed = await withVega();
    const drawn = chart.querySelector(".drawn");
    const specification = JSON.parse(chart.querySelector(".specification").textContent);
    const place = document.createElement("div");
    place.className = "live";
    const draw = async () => {
      const width = Math.floor(chart.clientWidth);
      if (!width || width === Number(place.dataset.width)) return;
      place.dataset.width = width;
      chart.view = (await embed(place, { ...specification, width }, { ast: true, actions: false, renderer: "svg", defaultStyle: false, tooltip: { theme: "custom" } })).view;
      place.querySelector("svg")?.setAttribute("aria-hidden", "true");
      chart.view.addEventListener("click", (_, item) => { if (item?.datum?.link) location.href = item.datum.link; });
    };
    chart.append(place);
    await draw();
    drawn.classList.add("replaced");
    new ResizeObserver(() => requestAnimationFrame(draw)).observe(chart);
  };
  // Crosshair: the nearest month is read out for mouse, touch and arrow keys.
  document.querySelectorAll(".chart[data-crosshair]").forEach((chart) => {
    const figure = chart.closest("figure"), output = figure.querySelector(".readout");
    const rows = JSON.parse(figure.querySelector(".readings").textContent).map((row) => ({ ...row, time: Date.parse(row.at) }));
    const line = document.createElement("div");
    line.className = "crosshair"; line.hidden = true;
    chart.append(line);
    let place = rows.length - 1;
    const show = (number) => {
      if (!chart.view) return;
      place = Math.max(0, Math.min(rows.length - 1, number));
      const row = rows[place];
      line.style.left = `${chart.view.scale("x")(row.time) + chart.view.origin()[0]}px`;
      line.hidden = false;
      const day = document.createElement("b");
      day.textContent = row.day + (row.hindsight ? ", in hindsight" : "");
      output.replaceChildren(day, `${row.shares.join(" · ")}${row.causes.length ? `. Largest causes: ${row.causes.join(", ")}` : ""}`);
    };
    const nearest = (event) => {
      if (!chart.view) return;
      const time = Number(chart.view.scale("x").invert(event.clientX - chart.getBoundingClientRect().left - chart.view.origin()[0]));
      show(rows.reduce((best, row, number) => (Math.abs(row.time - time) < Math.abs(rows[best].time - time) ? number : best), 0));
    };
    chart.addEventListener("pointermove", nearest);
    chart.addEventListener("pointerdown", nearest);
    chart.addEventListener("focus", () => show(place));
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1, Home: -rows.length, End: rows.length }[event.key];
      if (step) { event.preventDefault(); show(place + step); }
    });
  });

  // Elsewhere the mark nearest to the pointer says its words, and the arrow keys go from mark to mark.
  const marksOf = (view) => {
    const found = [];
    const walk = (group, x, y) => {
      for (const mark of group.items ?? []) for (const item of mark.items ?? []) {
        if (mark.marktype === "group") walk(item, x + (item.x ?? 0), y + (item.y ?? 0));
        else if (item.tooltip && item.bounds) found.push({ item, x: x + (item.bounds.x1 + item.bounds.x2) / 2, y: y + (item.bounds.y1 + item.bounds.y2) / 2 });
      }
    };
    const [x, y] = view.origin();
    walk({ items: [view.scenegraph().root] }, x, y);
    return found.sort((a, b) => a.x - b.x || a.y - b.y);
  };
  document.querySelectorAll(".chart:not([data-crosshair])").forEach((chart) => {
    let place = -1;
    const tell = (mark) => {
      const box = chart.getBoundingClientRect();
      chart.view.tooltip().call(chart.view, null, { clientX: box.left + (mark?.x ?? 0), clientY: box.top + (mark?.y ?? 0), vegaType: "" }, mark?.item, mark?.item.tooltip ?? null);
    };
    chart.addEventListener("pointermove", (event) => {
      if (!chart.view) return;
      const box = chart.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
      const distance = (mark) => Math.hypot(mark.x - x, mark.y - y);
      const nearest = marksOf(chart.view).reduce((best, mark) => (!best || distance(mark) < distance(best) ? mark : best), null);
      tell(nearest && distance(nearest) < 60 ? nearest : null);
    });
    chart.addEventListener("pointerleave", () => { if (chart.view) tell(null); });
    chart.addEventListener("blur", () => { if (chart.view) tell(null); });
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step || !chart.view) return;
      event.preventDefault();
      const marks = marksOf(chart.view);
      place = Math.max(0, Math.min(marks.length - 1, place + step));
      tell(marks[place]);
    });
  });

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      enliven(entry.target).catch(() => { entry.target.querySelector(".live")?.remove(); });
    }
  }, { rootMargin: "300px" });
  charts.forEach((chart) => seen.observe(chart));
})();
