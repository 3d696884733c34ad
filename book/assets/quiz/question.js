/**
 * coldstart.question: a question of the bank on the page. The quiz, the mock exam and its report show the same one.
 *
 * `places` says where links lead: chapter ("{section}.html", empty on the chapter's own page), lab ("labs/{section}.html") and numbers
 * ("numbers.html"); the last two may be left out.
 */
(() => {
  "use strict";

  const coldstart = (globalThis.coldstart ??= {});
  if (coldstart.question) return;

  const LABELS = {
    full: "Every fact behind this answer is checked by machine.",
    partial: "Some of the facts behind this answer are checked by machine.",
    cited: "This answer rests on AWS's documentation.",
  };
  const FOUND_BY_RUNNING = "This answer was found by running the code.";
  const PROOFS = {
    model: "AWS API model", model_doc: "AWS API reference", cfnlint: "cfn-lint rule",
    lifecycle: "cfn-lint runtime table", lab: "lab result", doc: "AWS documentation",
  };
  const NUMBER = ["no", "one", "two", "three", "four"];

  /** Create an element; properties starting with "aria-" or "data-" and unknown ones become attributes. */
  const make = (tag, properties = {}, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (name in node && !name.includes("-")) node[name] = value;
      else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.filter((child) => child != null));
    return node;
  };

  const button = (text, act, { primary = false, ...properties } = {}) => {
    const node = make("button", { className: `cq-button${primary ? " cq-button--primary" : ""}`, type: "button", ...properties }, text);
    node.addEventListener("click", act);
    return node;
  };

  /** A generator of numbers in [0, 1) that gives the same ones for the same text (FNV-1a, then mulberry32). */
  const random = (text) => {
    let state = 2166136261;
    for (const letter of text) state = Math.imul(state ^ letter.codePointAt(0), 16777619);
    return () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
    };
  };

  const shuffled = (items, seed) => {
    const next = random(String(seed));
    const order = [...items];
    for (let last = order.length - 1; last > 0; last -= 1) {
      const other = Math.floor(next() * (last + 1));
      [order[last], order[other]] = [order[other], order[last]];
    }
    return order;
  };

  const newSeed = () => Math.floor(Math.random() * 2 ** 31);

  /** The text of a piece of the bank's HTML, without listings and without "(Choose TWO.)". */
  const plain = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html;
    for (const listing of holder.content.querySelectorAll("pre")) listing.remove();
    return holder.content.textContent.replace(/\(Choose \w+\.\)/, "").replace(/\s+/g, " ").trim();
  };

  /** All or nothing. */
  const isRight = (question, picked) => question.options.every((option) => option.correct === picked.includes(option.id));
  const keys = (question) => question.options.filter((option) => option.correct);

  /** What to say to somebody who has chosen another number of options than is asked for. */
  const guard = ({ choose }, count) => `Choose exactly ${NUMBER[choose]}${count ? `; you have chosen ${NUMBER[count] ?? count}` : ""}.`;

  /** The order of the options depends on seed and question alone, so that it stays over a reload. */
  const options = (question, seed, name) => {
    const order = question.shuffle ? shuffled(question.options, `${seed}/${question.id}`) : question.options;
    const type = question.type === "multiple_response" ? "checkbox" : "radio";
    const rows = order.map((option) => {
      const id = `${name}-${option.id}`;
      const input = make("input", { type, id, name, value: option.id });
      const label = make("label", { htmlFor: id, className: "cq-label" }, input, make("span", { className: "cq-text", innerHTML: option.html }));
      return make("div", { className: "cq-option", "data-option": option.id }, label);
    });
    return make("div", { className: "cq-options" }, ...rows);
  };

  /** The question as a group of its options, headed by `heading`, which can take the focus. */
  const fields = (question, { seed, heading, name = `cq-${question.id}` }) => {
    const stem = make("div", { className: "cq-stem", id: `${name}-stem`, innerHTML: question.stem.html });
    const head = make("span", { id: `${name}-legend`, tabIndex: -1 }, heading);
    return make("fieldset", { className: "cq-question", "aria-labelledby": `${name}-legend ${name}-stem` },
      make("legend", { className: "cq-count" }, head), stem, options(question, seed, name));
  };

  const picked = (group) => [...group.querySelectorAll("input:checked")].map((input) => input.value);

  const verdict = (option, chosen) => {
    if (option.correct) return chosen ? "Correct, your answer" : "Correct answer";
    return chosen ? "Wrong, your answer" : "Wrong";
  };

  /** Show on every option whether it was right, whether it was chosen, and why; below them, the evidence. */
  const reveal = (group, question, answer, places) => {
    for (const option of question.options) {
      const row = group.querySelector(`[data-option="${option.id}"]`);
      const chosen = answer.includes(option.id);
      Object.assign(row.querySelector("input"), { checked: chosen, disabled: true });
      row.classList.add(option.correct ? "cq-option--right" : chosen ? "cq-option--wrong" : "cq-option--rest");
      row.append(make("div", { className: "cq-why" }, make("p", { className: "cq-verdict" }, verdict(option, chosen)), make("div", { innerHTML: option.why.html })));
    }
    group.append(evidence(question, places));
  };

  const chapter = ({ slug, anchor }, places) => `${(places.chapter ?? "").replace("{section}", slug)}#${anchor}`;
  const lab = ({ slug }, places) => places.lab?.replace("{section}", slug);

  const evidence = ({ section, proof, sources }, places) => {
    const claims = proof.facts.map(({ id, claim, by }) =>
      make("li", {}, places.numbers ? make("a", { href: `${places.numbers}#${id}` }, claim) : claim, " ",
        make("span", { className: "cq-by" }, by.map((kind) => PROOFS[kind] ?? kind).join(", "))));
    const links = sources.map((url) => make("li", {}, make("a", { href: url }, url.replace(/^https:\/\//, ""))));
    return make("div", { className: "cq-evidence" },
      make("a", { href: chapter(section, places) }, "Read this part of the chapter"),
      places.lab ? make("a", { href: lab(section, places) }, "Do the lab") : null,
      make("details", { className: "cq-proof" }, make("summary", {}, "Evidence"), make("p", {}, proof.run ? FOUND_BY_RUNNING : LABELS[proof.label]), make("ul", {}, ...claims, ...links)));
  };

  coldstart.question = { make, button, shuffled, newSeed, plain, isRight, keys, guard, fields, picked, reveal, chapter, lab };
})();
