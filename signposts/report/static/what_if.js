// What-if: the published log ratios with some readings replaced. Sums, shared luck and softmax of docs/method.md.
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("what-if-data").textContent);
  const form = document.getElementById("what-if"), headline = document.getElementById("what-if-headline");
  const controls = [...form.querySelectorAll("[data-indicator]")], sets = [...form.querySelectorAll("[name=odds]")];
  const unpack = (text) => text.split(" ").flatMap((run) => { const [value, count = 1] = run.split("x").map(Number); return Array(count).fill(value / 1000); });
  const reading = (packed) => {
    if (!packed.length) return null;
    const [f, l, apart, z] = packed, plain = unpack(l);
    return { f, plain, contaminated: unpack(apart).map((value, h) => value + plain[h]), z: z ? unpack(z) : null };
  };
  const logSum = (values) => { const top = Math.max(...values); return top + Math.log(values.reduce((sum, value) => sum + Math.exp(value - top), 0)); };

  // c = -1/2 [(n-1) ln(1-rho) + ln(1+(n-1) rho)] - 1/2 rho/(1-rho) [Q - T^2 / (1+(n-1) rho)]; fewer than two readings share none.
  const luck = ({ n, t, q, rho }, h) => {
    if (n < 2) return 0;
    const spread = 1 + (n - 1) * rho;
    return -0.5 * ((n - 1) * Math.log1p(-rho) + Math.log(spread)) - 0.5 * rho / (1 - rho) * (q[h] - t[h] ** 2 / spread);
  };

  const probabilities = (supposed, priors) => {
    const plain = [...data.plain], contaminated = [...data.contaminated];
    const groups = data.groups.map((group) => ({ ...group, t: [...group.t], q: [...group.q] }));
    const add = (one, group, sign) => {
      one.plain.forEach((value, h) => { plain[h] += sign * one.f * value; contaminated[h] += sign * one.f * one.contaminated[h]; });
      if (!one.z || !group) return;
      group.n += sign;
      one.z.forEach((value, h) => { group.t[h] += sign * value; group.q[h] += sign * value * value; });
    };
    for (const [key, step] of Object.entries(supposed)) {
      const indicator = data.indicators[key], now = reading(indicator.now);
      if (now) add(now, groups[indicator.group], -1);
      add(reading(indicator.steps[step]), groups[indicator.group], 1);
    }
    const prior = data.scenario.map((scenario, h) => Math.log(priors[scenario]) + data.onset[h]);
    const shared = prior.map((_, h) => data.kappa * groups.reduce((sum, group) => sum + luck(group, h), 0));
    const joint = prior.map((value, h) => value + plain[h] + shared[h]);
    joint.push(Math.log(priors[data.other]) + logSum(prior.map((value, h) => value + contaminated[h] + shared[h])) - logSum(prior));
    const total = logSum(joint), found = data.titles.map(() => 0);
    joint.forEach((value, h) => { found[h < data.scenario.length ? data.scenario[h] : data.other] += Math.exp(value - total); });
    return found;
  };

  const percent = (share) => (share < 0.01 ? "under 1\u00a0%" : share > 0.99 ? "over 99\u00a0%" : `${Math.round(100 * share)}\u00a0%`);
  const chosen = (control) => Number(control.value);
  const show = () => {
    const supposed = {}, words = [], kept = new URLSearchParams();
    for (const control of controls) {
      const step = chosen(control), key = control.dataset.indicator, texts = JSON.parse(control.dataset.words);
      control.closest("li").classList.toggle("supposed", step > 0);
      control.closest("li").querySelector("output").textContent = step > 0 ? `supposed: ${texts[step - 1]}` : "as reported";
      if (!step) continue;
      supposed[key] = step - 1;
      words.push(`${control.dataset.title}: ${texts[step - 1]}`);
      kept.set(key, JSON.parse(control.dataset.supposed)[step - 1]);
    }
    const set = sets.find((one) => one.checked);
    if (set.value !== "published") kept.set("odds", set.value);
    const found = probabilities(supposed, JSON.parse(set.dataset.priors));
    found.forEach((share, place) => {
      const row = form.parentElement.querySelector(`[data-place="${place}"]`);
      row.querySelector(".number").textContent = percent(share);
      row.querySelector(".number").dataset.value = share;
      row.querySelector(".dot-now").style.left = `${100 * share}%`;
      row.querySelector(".from").textContent = `reported: ${percent(data.now[place])}`;
    });
    const best = found.indexOf(Math.max(...found)), any = words.length || set.value !== "published";
    headline.textContent = any ? `Supposed, not reported: ${data.titles[best]} ${percent(found[best])}` : "Nothing is supposed yet";
    document.getElementById("what-if-said").textContent = words.length ? `${words.join("; ")}.` : "";
    document.getElementById("what-if-command").textContent = words.length && set.value === "published" ? `signposts what-if ${[...kept].map(([key, value]) => `${key}=${value}`).join(" ")}` : "";
    try { history.replaceState(null, "", `#${kept}`); } catch { /* an address that cannot be kept */ }
  };

  const state = new URLSearchParams(location.hash.slice(1));
  for (const control of controls) {
    const place = JSON.parse(control.dataset.supposed).indexOf(state.get(control.dataset.indicator));
    if (place >= 0) control.value = String(place + 1);
  }
  const asked = sets.find((one) => one.value === state.get("odds"));
  if (asked) asked.checked = true;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  document.getElementById("what-if-find").addEventListener("input", (event) => {
    event.stopPropagation();
    const words = event.target.value.toLocaleLowerCase("en").split(/\s+/).filter(Boolean);
    controls.forEach((control) => { control.closest("li").hidden = !words.every((word) => control.dataset.title.toLocaleLowerCase("en").includes(word)); });
  });
  form.hidden = false;
  show();
})();
